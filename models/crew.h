/* SPDX-License-Identifier: MIT */
/*
 * crew.h - threads that are created and bound once, and parked between runs.
 *
 * The threads know nothing of tasks: a wake calls the crew's work function
 * once in each thread that it reaches, and a thread whose work function
 * returns parks again.
 */
#ifndef SY_CREW_H
#define SY_CREW_H

#include "model.h"

struct sy_crew;

/* `index` is that of the thread's context. */
typedef void sy_crew_work_fn(void *data, uint32_t index);

/*
 * Creates `count` threads as contexts `first` .. of the batch and returns when
 * all are bound.  On failure nothing is left behind: -EAGAIN (threads or
 * memory), -ENOMEM, or the first error of bind.
 */
int sy_crew_open(struct sy_crew **crew, struct sy_batch *batch, uint32_t first,
                 uint32_t count, sy_crew_work_fn *work, void *data);

/*
 * Sets at least min(count, parked) threads to work, and every thread that is
 * on its way to park: whoever is at work looks at the data once more.
 */
void sy_crew_wake(struct sy_crew *crew, uint32_t count);

/*
 * A run: the caller arms the crew, then gives it work, wakes it, and waits
 * until a thread has called finish.  It arms first because a thread that is
 * still awake may find the work, and end it, before the wake.
 */
void sy_crew_arm(struct sy_crew *crew);
void sy_crew_wait(struct sy_crew *crew);
/* Called by the thread that ended the last of the work. */
void sy_crew_finish(struct sy_crew *crew);

/* Ends the threads, whose work functions must return, and joins them. */
void sy_crew_close(struct sy_crew *crew);

#endif /* SY_CREW_H */
