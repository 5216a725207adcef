/* SPDX-License-Identifier: MIT */
/*
 * eventloop_internal.h - what the files of the event loop share: the run
 * queue, the beginning and end of a loop, and the rows of mechanisms.
 */
#ifndef SY_EVENTLOOP_INTERNAL_H
#define SY_EVENTLOOP_INTERNAL_H

#include <errno.h>
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

/* What so many loops open, the first one of the process among them. */
uint64_t sy_uv_descriptors(uint32_t loops);
/* And /dev/null for a loop with a stream: one to give up where accept has no
   more. */
#define SY_UV_DESCRIPTORS_OF_STREAMS 1
/* A stack with its guard, and a heap that malloc gives a new thread. */
#define SY_UV_MAPPINGS_A_THREAD 4

/*
 * uv_loop_init, but nothing is left open where it fails.  -EMFILE, -ENFILE,
 * -ENOMEM.
 */
int sy_uv_loop_begin(uv_loop_t *uv);
/* Closes every handle of a loop and the loop itself. */
void sy_uv_loop_end(uv_loop_t *uv);

/* In eventloop_row.c, which the rows of struct sy_mechanism are made of. */

/* What the state of each row begins with. */
struct sy_uv_row {
	uv_loop_t uv; /* first: tests look at what hangs on it */
	struct sy_batch *batch;
	int error; /* the first one met in a callback of this run, or 0 */
};

/*
 * Binds the caller as context 0 and opens a loop in `bytes` of zeroed memory,
 * which begin with a row.  What bind returns, -ENOMEM, -EMFILE, -ENFILE.
 */
int sy_uv_row_open(void **row, size_t bytes, struct sy_batch *batch);
/* Closes every handle, the loop, and frees the row. */
void sy_uv_row_close(void *row);
/* Of `loops` loops, each in a thread of its own, but for their threads. */
void sy_uv_row_needs(struct sy_needs *needs, uint32_t loops);
/* What a read callback was told, as an error: libuv's end of a stream is no
   errno. */
static inline int sy_uv_read_error(ssize_t count)
{
	return count == UV_EOF ? -EPIPE : count < 0 ? (int)count : 0;
}

/* The error is the run's, which ends after this pass over the loop. */
void sy_uv_row_stop(struct sy_uv_row *row, int error);

/* -ENOSPC: the kernel does not let a user have so many descriptors watched by
   epoll; libuv would abort. */
int sy_uv_watches_fit(uint64_t count);

/* In eventloop_brood.c: callback chains to be created, and ended or not. */

struct sy_uv_brood;

/* A kind of callback chain: one handle, with what goes with it. */
struct sy_uv_way {
	size_t bytes;          /* of it; a handle of libuv is first */
	uint32_t descriptors;  /* of it */
	uint32_t kernel_bytes; /* behind these, rather too many */
	/* Makes the handle.  An error, and there is none to be closed. */
	int (*init)(uv_loop_t *uv, void *chain);
	/* Sees to it that it is called back, in the next turn of the loop. */
	int (*start)(void *chain);
	/* Has it wait for what does not come; NULL: it does so already. */
	int (*wait)(void *chain);
	/* Closes what is not the handle's; NULL: there is nothing. */
	void (*end)(void *chain);
};

extern const struct sy_uv_way sy_uv_timer_way, sy_uv_async_way, sy_uv_pipe_way,
	sy_uv_socket_way;

/* Each chain is memory of its own, as libuv leaves it to its users. */
struct sy_uv_brood {
	struct sy_uv_row row; /* first */
	const struct sy_uv_way *way;
	/* One that was made has been called; NULL never. */
	void (*ran)(struct sy_uv_brood *brood, void *chain);
	uint64_t called; /* chains that were; counted before `ran` */
	uint64_t alive;  /* made, and not closed to the end */
	/* For all readers, and more than they get: a read that fills its
	   buffer is followed by one that finds nothing. */
	char buffer[16];
};

/* `bytes` as in sy_uv_row_open; `chains` will be alive at once. */
int sy_uv_brood_open(void **brood, size_t bytes, struct sy_batch *batch,
                     const struct sy_uv_way *way, uint64_t chains,
                     void (*ran)(struct sy_uv_brood *brood, void *chain));
/* One more.  -ENOMEM, -EMFILE, -ENFILE; those that were made stay. */
int sy_uv_brood_add(struct sy_uv_brood *brood);
/* Begins to close all; alive is 0 when the loop has seen to it. */
void sy_uv_brood_end(struct sy_uv_brood *brood);
void sy_uv_brood_close(void *brood);
/* For `chains` of them alive at once. */
void sy_uv_brood_needs(const struct sy_uv_way *way, uint64_t chains,
                       struct sy_needs *needs);

/* The rows; a new one is one line here and one in eventloop.c. */
extern const struct sy_mechanism sy_uv_callback_handoff, sy_uv_pipe_handoff,
	sy_uv_async_handoff;
extern const struct sy_mechanism sy_uv_timer_spawn, sy_uv_async_spawn,
	sy_uv_pipe_spawn;
extern const struct sy_mechanism sy_uv_timer_idle, sy_uv_socket_idle;

#endif /* SY_EVENTLOOP_INTERNAL_H */
