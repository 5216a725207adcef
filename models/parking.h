/* SPDX-License-Identifier: MIT */
/*
 * parking.h - meeting places of contexts that the program itself switches:
 * coroutines and callback chains.
 *
 * Nobody sleeps here: who has to wait is put into a queue, and woken by a
 * callback.  With one thread (`threads` 1) no lock and no atomic is taken.
 * Queues are first in, first out; a unit or a lock that is let go of while
 * somebody waits belongs to the first of them at once.
 */
#ifndef SY_PARKING_H
#define SY_PARKING_H

#include "model.h"

#ifdef __cplusplus
extern "C" {
#endif

struct sy_parking;

/* One of those that meet; the caller's, and zeroed but for `wake`. */
struct sy_waiter {
	/*
	 * What it waited for has come, and `result` is set.  Called once for
	 * each op that parked, by the thread of whoever let it go on, which
	 * may be another one than its own.  It must not call the parking.
	 */
	void (*wake)(struct sy_waiter *waiter);
	int64_t result;
	/* The parking's. */
	struct sy_waiter *next, *previous;
	uint64_t place;
	uint32_t kind; /* enum sy_op_kind that it is parked in, or SY_DONE */
};

/* As many as the batch has, for so many threads.  -ENOMEM. */
int sy_parking_open(struct sy_parking **parking, const struct sy_batch *batch,
                    uint32_t threads);
void sy_parking_close(struct sy_parking *parking);

/*
 * Carries out SY_LOCK .. SY_NOTIFY.  True: done, and waiter->result is set.
 * False: the waiter is parked, and will be woken.
 */
bool sy_parking_op(struct sy_parking *parking, const struct sy_op *op,
                   struct sy_waiter *waiter);

/* SY_AWAIT's deadline has come.  True: it waits no longer, and is not woken;
   false: it is being woken. */
bool sy_parking_give_up(struct sy_parking *parking, struct sy_waiter *waiter);

#ifdef __cplusplus
}
#endif

#endif /* SY_PARKING_H */
