/* SPDX-License-Identifier: MIT */
/*
 * eventloop_internal.h - what the files of the event loop share.
 *
 * A loop and everything that hangs on it belongs to one thread while a run
 * lasts, and to the caller of open and close otherwise; only struct
 * sy_uv_model's two atomics and semaphores are touched by several.
 */
#ifndef SY_EVENTLOOP_INTERNAL_H
#define SY_EVENTLOOP_INTERNAL_H

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "model.h"

/*
 * Rounds of the kernel between two looks at descriptors and timers: about
 * 50 us of them at 1.5 ns a round.  Counted, as reading a clock would cost
 * more than an empty task.
 */
#define SY_UV_BUDGET_ROUNDS UINT64_C(32768)

/* Something that is to be called from a run queue. */
struct sy_uv_callback {
	struct sy_uv_callback *next;
	void (*call)(struct sy_uv_callback *callback);
};

/*
 * A first-in first-out run queue, drained from one uv_idle.  libuv polls its
 * descriptors between two drains without waiting while the idle is started,
 * so it is started only while something is queued.
 */
struct sy_uv_ready {
	struct sy_uv_callback *head, **tail;
	uint64_t rounds; /* computed since the last drain began */
	bool draining;   /* the idle is started */
	uv_idle_t idle;
	struct sy_context *context; /* noted once a drain; not NULL */
};

void sy_uv_ready_open(struct sy_uv_ready *ready, uv_loop_t *uv,
                      struct sy_context *context);
/* Starts the idle.  Only sy_uv_ready_push calls it. */
void sy_uv_ready_wake(struct sy_uv_ready *ready);

/* `callback` is called once, after those that are queued. */
static inline void sy_uv_ready_push(struct sy_uv_ready *ready,
                                    struct sy_uv_callback *callback)
{
	callback->next = NULL;
	*ready->tail = callback;
	ready->tail = &callback->next;
	if (!ready->draining)
		sy_uv_ready_wake(ready);
}

/* What libuv 1.44 opens: epoll, eventfd and a pipe for signals a loop. */
#define SY_UV_DESCRIPTORS_A_LOOP 4
/* And a pipe when the first loop of a process is made. */
#define SY_UV_DESCRIPTORS_A_PROCESS 2

/*
 * uv_loop_init, but nothing is left open where it fails.  -EMFILE, -ENFILE,
 * -ENOMEM.
 */
int sy_uv_loop_begin(uv_loop_t *uv);
/* Closes every handle of a loop and the loop itself. */
void sy_uv_loop_end(uv_loop_t *uv);

struct sy_uv_model;
struct sy_uv_loop;

/* One state machine. */
struct sy_uv_lane {
	struct sy_uv_callback callback; /* first: see lane_of */
	struct sy_lane *lane;
	struct sy_uv_loop *loop;
	uint32_t last;     /* enum sy_op_kind of the op before this one */
	bool was_blocking; /* the socket, before libuv took it */
	void *connection;  /* the variant's own, or NULL */
	uint64_t until_ns; /* of the sleep that is going on */
	uv_timer_t timer;
};

struct sy_uv_loop {
	uv_loop_t uv;
	struct sy_uv_ready ready;
	struct sy_uv_model *model;
	struct sy_uv_lane *lanes;
	uint32_t index;      /* of its context */
	uint32_t lane_count; /* lanes index, index + loops, ... of the batch */
	uint32_t lanes_live; /* that have a task or may still take one */
	uint64_t next, end;  /* tasks that are taken and not yet begun */
	uint64_t grain;      /* tasks to take at once, at most */
	bool parked;         /* a task has waited since tasks were taken */
	bool pipe_broken;    /* a SIGPIPE may be pending for this thread */
	unsigned char *buffer; /* io->buffer_bytes */
	pthread_t thread;      /* not for loop 0 */
	sem_t start;
	int bind_error;
} __attribute__((aligned(128)));

/* How a variant carries bytes. */
struct sy_uv_io {
	size_t buffer_bytes;         /* that the lanes of a loop share */
	uint32_t descriptors_a_lane; /* opened beside the batch's */
	/* Sets lane->connection; its handles are closed by sy_uv_loop_end,
	 * also after a failure. */
	int (*open)(struct sy_uv_lane *lane);
	/* Frees it after that. */
	void (*free)(struct sy_uv_lane *lane);
	/*
	 * True: task->result is set.  False: it will be, and then the lane
	 * is resumed.
	 */
	bool (*send)(struct sy_uv_lane *lane, struct sy_op op);
	bool (*receive)(struct sy_uv_lane *lane, struct sy_op op);
};

extern const struct sy_uv_io sy_uv_stream, sy_uv_poll;

struct sy_uv_model {
	struct sy_batch *batch;
	const struct sy_uv_io *io;
	struct sy_uv_loop *loops;
	uint32_t loop_count; /* to be opened */
	uint32_t open_count; /* loops that are open: the first ones */
	bool ending;         /* written before `start` is posted */
	sem_t done;          /* a thread is bound; all threads have run */
	_Alignas(128) atomic_uint_fast64_t next;    /* task that nobody took */
	_Alignas(128) atomic_uint_fast32_t running; /* threads in a run */
};

/* Opens the timers and connections of a loop; -errno, see sy_uv_io.open. */
int sy_uv_lanes_open(struct sy_uv_loop *loop);
/* After sy_uv_loop_end. */
void sy_uv_lanes_free(struct sy_uv_loop *loop);
/* Queues all lanes of a loop, each to take a task. */
void sy_uv_lanes_start(struct sy_uv_loop *loop);

/*
 * Goes on with a lane that has waited: at once, or in its turn where this
 * pass over the loop has computed enough.  The last thing that a watcher's
 * callback does.
 */
static inline void sy_uv_lane_resume(struct sy_uv_lane *lane)
{
	struct sy_uv_ready *ready = &lane->loop->ready;

	if (ready->rounds < SY_UV_BUDGET_ROUNDS)
		lane->callback.call(&lane->callback);
	else
		sy_uv_ready_push(ready, &lane->callback);
}

/* The same, with the result of what it waited for. */
static inline void sy_uv_lane_finish(struct sy_uv_lane *lane, int64_t result)
{
	lane->lane->task.result = result;
	sy_uv_lane_resume(lane);
}

/* The rows, ended by NULL; a new one is one line in eventloop.c. */
extern const struct sy_mechanism sy_uv_callback_handoff;

#endif /* SY_EVENTLOOP_INTERNAL_H */
