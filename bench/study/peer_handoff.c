/* SPDX-License-Identifier: MIT */
/*
 * peer_handoff.c - bare hand-offs: the loops that one writes to time a
 * mechanism, two threads or two processes, nothing noted on the way.
 *
 * Context 0 is the caller; context 1 waits for its turn between runs.
 */
#include "models.h"
#include "study/peer.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "futex.h"
#include "process.h"

struct pair;

/* One mechanism: what each side does, and what it needs. */
struct way {
	void (*run)(struct pair *pair, uint64_t count);
	void (*answer)(struct pair *pair);
	/* Gives context 1 the turn, once it is to stop. */
	void (*end)(struct pair *pair);
	/* Makes what side `to` reads from and the other writes to; or NULL. */
	int (*link)(struct pair *pair, int to);
	bool processes;
};

struct pair {
	struct sy_batch *batch;
	const struct way *way;
	pthread_t thread;
	struct sy_process process;
	sem_t bound; /* the thread is bound, or `error` says why not */
	int error;
	atomic_bool stop; /* looked at by a thread when its turn comes */
	int in[2];        /* of a side; -1: none */
	int out[2];       /* to the other side; may be the other's `in` */

	_Alignas(64) pthread_mutex_t mutex; /* guards `turn` of condition */
	pthread_cond_t changed[2];
	int turn;
	_Alignas(64) sem_t sem[2];
	_Alignas(64) _Atomic uint32_t word; /* of futex, yield: whose turn */
};

static inline bool stopped(const struct pair *pair)
{
	return atomic_load_explicit(&pair->stop, memory_order_relaxed);
}

static void pass_condition(struct pair *pair, int me)
{
	pthread_mutex_lock(&pair->mutex);
	pair->turn = !me;
	pthread_cond_signal(&pair->changed[!me]);
	while (pair->turn != me)
		pthread_cond_wait(&pair->changed[me], &pair->mutex);
	pthread_mutex_unlock(&pair->mutex);
}

static void run_condition(struct pair *pair, uint64_t count)
{
	for (; count; count -= 2)
		pass_condition(pair, 0);
}

static void answer_condition(struct pair *pair)
{
	pthread_mutex_lock(&pair->mutex);
	while (pair->turn != 1)
		pthread_cond_wait(&pair->changed[1], &pair->mutex);
	pthread_mutex_unlock(&pair->mutex);
	while (!stopped(pair))
		pass_condition(pair, 1);
}

static void end_condition(struct pair *pair)
{
	pthread_mutex_lock(&pair->mutex);
	pair->turn = 1;
	pthread_cond_signal(&pair->changed[1]);
	pthread_mutex_unlock(&pair->mutex);
}

/* Only a signal fails sem_wait. */
static inline void await(sem_t *sem)
{
	while (sem_wait(sem))
		;
}

static void run_semaphore(struct pair *pair, uint64_t count)
{
	for (; count; count -= 2) {
		sem_post(&pair->sem[1]);
		await(&pair->sem[0]);
	}
}

static void answer_semaphore(struct pair *pair)
{
	for (;;) {
		await(&pair->sem[1]);
		if (stopped(pair))
			return;
		sem_post(&pair->sem[0]);
	}
}

static void end_semaphore(struct pair *pair)
{
	sem_post(&pair->sem[1]);
}

/* A futex: private to threads, shared by processes. */
static inline void await_word(struct pair *pair, uint32_t me)
{
	while (atomic_load(&pair->word) != me)
		sy_futex_wait_local(&pair->word, !me);
}

static inline void pass_word(struct pair *pair, uint32_t to)
{
	atomic_store(&pair->word, to);
	sy_futex_wake_local(&pair->word, 1);
}

static inline void await_shared(struct pair *pair, uint32_t me)
{
	while (atomic_load(&pair->word) != me)
		sy_futex_wait(&pair->word, !me, NULL);
}

static inline void pass_shared(struct pair *pair, uint32_t to)
{
	atomic_store(&pair->word, to);
	sy_futex_wake(&pair->word, 1);
}

static void run_shared(struct pair *pair, uint64_t count)
{
	for (; count; count -= 2) {
		pass_shared(pair, 1);
		await_shared(pair, 0);
	}
}

/* A process is killed: there is no end to come to. */
static void answer_shared(struct pair *pair)
{
	for (;;) {
		await_shared(pair, 1);
		pass_shared(pair, 0);
	}
}

static void run_futex(struct pair *pair, uint64_t count)
{
	for (; count; count -= 2) {
		pass_word(pair, 1);
		await_word(pair, 0);
	}
}

static void answer_futex(struct pair *pair)
{
	for (;;) {
		await_word(pair, 1);
		if (stopped(pair))
			return;
		pass_word(pair, 0);
	}
}

static void end_futex(struct pair *pair)
{
	pass_word(pair, 1);
}

/* sched_yield: parked in a semaphore between runs. */
static inline void yield_until(struct pair *pair, uint32_t turn)
{
	while (atomic_load_explicit(&pair->word, memory_order_acquire) != turn)
		sched_yield();
}

#define NOBODYS_TURN 2

static void run_yield(struct pair *pair, uint64_t count)
{
	sem_post(&pair->sem[1]);
	for (; count; count -= 2) {
		atomic_store_explicit(&pair->word, 1, memory_order_release);
		yield_until(pair, 0);
	}
	atomic_store(&pair->word, NOBODYS_TURN);
	await(&pair->sem[0]);
}

static void answer_yield(struct pair *pair)
{
	for (;;) {
		uint32_t turn;

		await(&pair->sem[1]);
		if (stopped(pair))
			return;
		do {
			while (!(turn = atomic_load_explicit(
					 &pair->word, memory_order_acquire)))
				sched_yield();
			if (turn == 1)
				atomic_store_explicit(&pair->word, 0,
				                      memory_order_release);
		} while (turn != NOBODYS_TURN);
		atomic_store(&pair->word, 0);
		sem_post(&pair->sem[0]);
	}
}

/* Descriptors: one byte, or eventfd's eight. */
static inline bool put_byte(int fd)
{
	char byte = 1;

	return write(fd, &byte, 1) == 1;
}

static inline bool take_byte(int fd)
{
	char byte;

	return read(fd, &byte, 1) == 1;
}

static void run_bytes(struct pair *pair, uint64_t count)
{
	int in = pair->in[0], out = pair->out[0];

	for (; count; count -= 2)
		if (!put_byte(out) || !take_byte(in))
			abort();
}

static void answer_bytes(struct pair *pair)
{
	int in = pair->in[1], out = pair->out[1];

	while (take_byte(in) && !stopped(pair))
		if (!put_byte(out))
			abort();
}

static void end_bytes(struct pair *pair)
{
	if (!put_byte(pair->out[0]))
		abort();
}

static void run_events(struct pair *pair, uint64_t count)
{
	int in = pair->in[0], out = pair->out[0];
	eventfd_t events;

	for (; count; count -= 2)
		if (eventfd_write(out, 1) || eventfd_read(in, &events))
			abort();
}

static void answer_events(struct pair *pair)
{
	int in = pair->in[1], out = pair->out[1];
	eventfd_t events;

	while (!eventfd_read(in, &events) && !stopped(pair))
		if (eventfd_write(out, 1))
			abort();
}

static void end_events(struct pair *pair)
{
	if (eventfd_write(pair->out[0], 1))
		abort();
}

static int link_pipe(struct pair *pair, int to)
{
	int ends[2];

	if (pipe(ends))
		return -errno;
	pair->in[to] = ends[0];
	pair->out[!to] = ends[1];
	return 0;
}

static int link_eventfd(struct pair *pair, int to)
{
	int fd = eventfd(0, 0);

	if (fd < 0)
		return -errno;
	pair->in[to] = pair->out[!to] = fd;
	return 0;
}

/* One pair for each way, as a ring has it. */
static int link_sockets(struct pair *pair, int to)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends))
		return -errno;
	pair->in[to] = ends[0];
	pair->out[!to] = ends[1];
	return 0;
}

/* Each descriptor once, whoever shares it. */
static void unlink_sides(struct pair *pair)
{
	for (int i = 0; i < 2; i++) {
		if (pair->in[i] >= 0)
			close(pair->in[i]);
		if (pair->out[i] >= 0 && pair->out[i] != pair->in[i] &&
		    pair->out[i] != pair->in[!i])
			close(pair->out[i]);
	}
}

static int link_sides(struct pair *pair)
{
	int rc = 0;

	for (int i = 0; i < 2; i++)
		pair->in[i] = pair->out[i] = -1;
	for (int i = 0; i < 2 && pair->way->link && !rc; i++)
		rc = pair->way->link(pair, i);
	if (rc)
		unlink_sides(pair);
	return rc;
}

/* None of these can fail under Linux: they only set memory. */
static void init_primitives(struct pair *pair)
{
	int shared = pair->way->processes;

	sem_init(&pair->bound, shared, 0);
	sem_init(&pair->sem[0], shared, 0);
	sem_init(&pair->sem[1], shared, 0);
	pthread_mutex_init(&pair->mutex, NULL);
	pthread_cond_init(&pair->changed[0], NULL);
	pthread_cond_init(&pair->changed[1], NULL);
}

static void *thread_main(void *data)
{
	struct pair *pair = data;
	int error = pair->batch->bind(pair->batch, 1);

	pair->error = error;
	sy_context_see(&pair->batch->contexts[1]);
	sem_post(&pair->bound);
	if (!error)
		pair->way->answer(pair);
	return NULL;
}

static void process_main(void *data)
{
	struct pair *pair = data;

	sy_context_see(&pair->batch->contexts[1]);
	pair->way->answer(pair);
}

static int start_thread(struct pair *pair)
{
	int rc = -pthread_create(&pair->thread, NULL, thread_main, pair);

	if (rc)
		return rc;
	await(&pair->bound);
	if (pair->error)
		pthread_join(pair->thread, NULL);
	return pair->error;
}

static int start_process(struct pair *pair)
{
	int rc = sy_process_start(&pair->process, pair->batch, 1, process_main,
	                          pair);

	if (!rc)
		rc = sy_process_await(&pair->process);
	if (rc)
		sy_process_end(&pair->process);
	return rc;
}

static int open_pair(void **made, struct sy_batch *batch,
                     const struct sy_mechanism *mechanism)
{
	struct pair *pair;
	void *memory;
	int rc = batch->bind(batch, 0);

	if (!rc)
		rc = sy_shared_create(&memory, sizeof(*pair));
	if (rc)
		return rc;
	pair = memory;
	pair->batch = batch;
	pair->way = mechanism->way;
	init_primitives(pair);
	sy_context_see(&batch->contexts[0]);
	rc = link_sides(pair);
	if (rc)
		goto destroy_shared;
	rc = pair->way->processes ? start_process(pair) : start_thread(pair);
	if (rc)
		goto unlink;
	*made = pair;
	return 0;
unlink:
	unlink_sides(pair);
destroy_shared:
	sy_shared_destroy(memory, sizeof(*pair));
	return rc;
}

static int run_pair(void *data, uint64_t count)
{
	struct pair *pair = data;

	pair->way->run(pair, count);
	return 0;
}

static void close_pair(void *data)
{
	struct pair *pair = data;

	if (pair->way->processes) {
		sy_process_end(&pair->process);
	} else {
		atomic_store(&pair->stop, true);
		pair->way->end(pair);
		pthread_join(pair->thread, NULL);
	}
	unlink_sides(pair);
	sy_shared_destroy(pair, sizeof(*pair));
}

#define WAY(sort, link_, processes_)                                           \
	(&(const struct way){ .run = run_##sort,                               \
	                      .answer = answer_##sort,                         \
	                      .end = end_##sort,                               \
	                      .link = link_,                                   \
	                      .processes = processes_ })
#define end_yield end_semaphore
#define end_shared end_futex

#define BARE(NAME, SUMMARY, MOST, WAY)                                         \
	const struct sy_mechanism sy_bare_##NAME = {                           \
		.name = #NAME,                                                 \
		.summary = SUMMARY,                                            \
		.family = SY_SWITCH,                                           \
		.switches_min = 1,                                             \
		.switches_max = MOST,                                          \
		.way = WAY,                                                    \
		.needs = sy_pair_needs,                                        \
		.open = open_pair,                                             \
		.run = run_pair,                                               \
		.close = close_pair,                                           \
	}

BARE(condition, "threads, mutex and condition variables", 2,
     WAY(condition, NULL, false));
BARE(posix, "threads, POSIX semaphores", 1, WAY(semaphore, NULL, false));
BARE(futex, "threads, a futex", 1, WAY(futex, NULL, false));
BARE(pipe, "threads, pipes", 1, WAY(bytes, link_pipe, false));
BARE(eventfd, "threads, eventfds", 1, WAY(events, link_eventfd, false));
BARE(socketpair, "threads, a socket pair", 1, WAY(bytes, link_sockets, false));
BARE(yield, "threads, sched_yield", 1, WAY(yield, NULL, false));
BARE(psemaphore, "processes, POSIX semaphores", 1, WAY(semaphore, NULL, true));
BARE(pfutex, "processes, a futex", 1, WAY(shared, NULL, true));
BARE(ppipe, "processes, pipes", 1, WAY(bytes, link_pipe, true));
BARE(psocketpair, "processes, a socket pair", 1,
     WAY(bytes, link_sockets, true));
