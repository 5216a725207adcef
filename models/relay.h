/* SPDX-License-Identifier: MIT */
/*
 * relay.h - control passed around a ring of threads or of processes.
 *
 * Context 0 is the thread that calls run; context i hands over to the one
 * behind it, and the last to context 0.  A way is how: it says what a context
 * waits on for its turn, how it is given one, and both together.  The driver
 * (relay_threads.c, relay_processes.c) says who the contexts are.  So a
 * mechanism is one way with one driver, a row at the foot of the way's file.
 *
 * All of it lies in one shared mapping, at the same address in each process.
 * Between runs every context but the caller's is asleep in its wait.
 */
#ifndef SY_RELAY_H
#define SY_RELAY_H

#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "model.h"
#include "process.h"

struct sy_relay;

/* About what the kernel has of a pipe's or a socket's end: its buffers. */
#define SY_RELAY_DESCRIPTOR_BYTES 4096

/* Of relay->turn: nobody's, between runs. */
#define SY_RELAY_PARKED UINT32_MAX

/*
 * What one context has of the mechanism.  All that a hand-off looks at lies in
 * the first cache line: each more is one that a switch has made cold.
 */
struct sy_relay_seat {
	/* The way's part. */
	union {
		sem_t semaphore;
		pthread_cond_t changed; /* with relay->mutex */
		struct {                /* futex, yield, spin */
			_Atomic uint32_t own;
			uint32_t index;
			_Atomic uint32_t *word; /* where its turn is told */
		};
		struct {
			int in, out; /* where its turn is read, and written */
		};
	};
	struct sy_relay_seat *next; /* whom it hands over to */
	struct sy_relay *relay;
	/* Not of context 0, nor of a thread. */
	struct sy_process process __attribute__((aligned(64)));
} __attribute__((aligned(64)));

/* Functions are called with the seat of whoever calls, but for `give`. */
struct sy_relay_way {
	/* Leaves nothing on failure.  What the kernel refuses: that errno. */
	int (*create)(struct sy_relay_seat *seat);
	void (*destroy)(struct sy_relay_seat *seat);
	/* Makes it the turn of `to`. */
	void (*give)(struct sy_relay_seat *to);
	/* Waits for one's turn.  -EINTR: a signal came, the turn has not. */
	int (*take)(struct sy_relay_seat *me);
	/* Gives the turn to the next and takes one's own: what is measured.
	   After -EINTR the turn was given, and take goes on. */
	int (*pass)(struct sy_relay_seat *me);
	/* The calls of one pass, with nobody to switch to. */
	int (*alone)(struct sy_relay_seat *me);
	/* For a wait that does not sleep: around a run, wakes the others, and
	   sees them asleep.  NULL: there is nothing to do. */
	void (*rouse)(struct sy_relay *relay);
	void (*park)(struct sy_relay *relay);
	unsigned descriptors; /* of a seat */
};

struct sy_relay {
	struct sy_batch *batch;
	const struct sy_relay_way *way;
	uint32_t count;          /* contexts */
	bool shared;             /* by processes */
	struct sy_crew *crew;    /* threads */
	atomic_bool stop;        /* threads: the next turn is the last */
	timer_t tick;            /* processes: see relay_processes.c */
	struct sigaction action; /* of SIGCHLD, as it was before */
	sigset_t mask;           /* the caller's, the same */

	_Alignas(64) pthread_mutex_t mutex; /* guards `holder` */
	struct sy_relay_seat *holder;       /* condition: whose turn it is */
	/* The index of it, for the ways that look again and again. */
	_Alignas(64) _Atomic uint32_t turn;
	_Alignas(64) _Atomic uint32_t parked; /* contexts that sleep on it */
	struct sy_relay_seat seats[];
};

/* The number of its context. */
static inline uint32_t sy_relay_index(const struct sy_relay_seat *seat)
{
	return (uint32_t)(seat - seat->relay->seats);
}

/* What the drivers share: binds the caller and makes the seats. */
int sy_relay_create(struct sy_relay **relay, struct sy_batch *batch,
                    const struct sy_mechanism *mechanism, bool shared);
void sy_relay_destroy(struct sy_relay *relay);
/* A context that is not the caller's: waits and passes on until `stop`. */
void sy_relay_serve(struct sy_relay_seat *me);

/* Contexts of the ring that is asked for. */
static inline uint32_t sy_relay_contexts(const struct sy_batch *batch)
{
	return batch->setting.contexts ? batch->setting.contexts : 2;
}

/* Of struct sy_mechanism, whose `way` is a struct sy_relay_way. */
int sy_relay_run(void *relay, uint64_t count);
int sy_relay_alone(void *relay, uint64_t count);

void sy_relay_threads_needs(const struct sy_mechanism *mechanism,
                            const struct sy_batch *batch,
                            struct sy_needs *needs);
int sy_relay_threads_open(void **relay, struct sy_batch *batch,
                          const struct sy_mechanism *mechanism);
void sy_relay_threads_close(void *relay);

void sy_relay_processes_needs(const struct sy_mechanism *mechanism,
                              const struct sy_batch *batch,
                              struct sy_needs *needs);
int sy_relay_processes_open(void **relay, struct sy_batch *batch,
                            const struct sy_mechanism *mechanism);
int sy_relay_processes_run(void *relay, uint64_t count);
void sy_relay_processes_close(void *relay);

/* What the rows of a driver have in common. */
#define SY_RELAY_THREADS                                                       \
	.family = SY_SWITCH, .needs = sy_relay_threads_needs,                  \
	.open = sy_relay_threads_open, .run = sy_relay_run,                    \
	.alone = sy_relay_alone, .close = sy_relay_threads_close

#define SY_RELAY_PROCESSES                                                     \
	.family = SY_SWITCH, .needs = sy_relay_processes_needs,                \
	.open = sy_relay_processes_open, .run = sy_relay_processes_run,        \
	.alone = sy_relay_alone, .close = sy_relay_processes_close

#endif /* SY_RELAY_H */
