/* SPDX-License-Identifier: MIT */
/*
 * peer.h - the work of a task called directly, for the peers.
 */
#ifndef SY_PEER_H
#define SY_PEER_H

#include <errno.h>

#include "kernel.h"
#include "workloads/steps.h"

extern const struct sy_model sy_peer_serial;
extern const struct sy_model sy_peer_threads;
extern const struct sy_model sy_peer_semaphore;
extern const struct sy_model sy_peer_fork;
extern const struct sy_model sy_peer_pool;
extern const struct sy_model sy_peer_coroutine;
extern const struct sy_model sy_peer_eventloop;
extern const struct sy_model sy_peer_epoll;
extern const struct sy_model sy_peer_bare;
extern const struct sy_model sy_peer_pool_apply; /* peer_pool_calls.c */
extern const struct sy_model sy_peer_pool_submit;
extern const struct sy_model sy_peer_pool_map;

/* peer_handoff.c: its hand-offs; p...: of processes. */
extern const struct sy_mechanism sy_bare_condition;
extern const struct sy_mechanism sy_bare_posix;
extern const struct sy_mechanism sy_bare_futex;
extern const struct sy_mechanism sy_bare_pipe;
extern const struct sy_mechanism sy_bare_eventfd;
extern const struct sy_mechanism sy_bare_socketpair;
extern const struct sy_mechanism sy_bare_yield;
extern const struct sy_mechanism sy_bare_psemaphore;
extern const struct sy_mechanism sy_bare_pfutex;
extern const struct sy_mechanism sy_bare_ppipe;
extern const struct sy_mechanism sy_bare_psocketpair;
/* peer_sections.c: its tasks, as in struct sy_model. */
int sy_bare_open(void **state, struct sy_batch *batch);
int sy_bare_run(void *state);
void sy_bare_close(void *state);
/* peer_spawn.c */
extern const struct sy_mechanism sy_bare_join;
extern const struct sy_mechanism sy_bare_timed;
extern const struct sy_mechanism sy_bare_wait;

/* What there is to do. */
struct sy_peer {
	struct sy_batch *batch;
	const struct sy_load *load;
	const struct sy_io_job *job; /* NULL: cpu */
};

/* -ENOTSUP: neither cpu nor io. */
int sy_peer_init(struct sy_peer *peer, struct sy_batch *batch);
/* The same for a peer of one thread, which it also binds. */
int sy_peer_init_single(struct sy_peer *peer, struct sy_batch *batch);

/* What peers of one thread need, and why they are absent: they are not. */
void sy_peer_needs_single(const struct sy_batch *batch, struct sy_needs *needs);
const char *sy_peer_absent(void);

/* Sends task `index`'s request and receives its reply, blocking. */
int sy_peer_exchange(const struct sy_peer *peer, const struct sy_lane *lane,
                     uint64_t index, uint64_t *value);

static inline uint64_t sy_peer_compute(const struct sy_peer *peer,
                                       uint64_t index)
{
	return sy_kernel(sy_task_seed(index), peer->load->rounds);
}

static inline bool sy_peer_stamped(const struct sy_batch *batch, uint64_t index)
{
	return batch->latencies_ns &&
	       !(index & ((UINT64_C(1) << batch->stamp_shift) - 1));
}

/* The begin and the end of a task, as every model stamps them. */
static inline void sy_peer_begin(const struct sy_peer *peer,
                                 struct sy_lane *lane, uint64_t index)
{
	if (sy_peer_stamped(peer->batch, index))
		lane->begin_ns = sy_clock_ns();
}

static inline void sy_peer_end(const struct sy_peer *peer,
                               const struct sy_lane *lane, uint64_t index)
{
	if (sy_peer_stamped(peer->batch, index))
		peer->batch->latencies_ns[index >> peer->batch->stamp_shift] =
			sy_clock_ns() - lane->begin_ns;
}

/* A whole task in a context that may block. */
static inline int sy_peer_task(const struct sy_peer *peer, struct sy_lane *lane,
                               uint64_t index, uint64_t *value)
{
	int error = 0;

	sy_peer_begin(peer, lane, index);
	if (peer->job)
		error = sy_peer_exchange(peer, lane, index, value);
	else
		*value = sy_peer_compute(peer, index);
	sy_peer_end(peer, lane, index);
	return error;
}

#endif /* SY_PEER_H */
