/* SPDX-License-Identifier: MIT */
/*
 * peer_coroutine.c - coroutine.bare: the work as straight-line code in a
 * coroutine, on the model's own stacks, switch and queue.
 *
 * One scheduler.  A yield after each task and a wait for the socket are
 * written out where they happen, as in a program that was made for this.
 */
#include "study/peer.h"

#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "coroutine/lane.h"
#include "coroutine/scheduler.h"

struct coroutines {
	struct sy_scheduler scheduler; /* first: found from it */
	struct sy_supply supply;
	struct sy_peer peer;
};

static const struct sy_peer *peer_of(const struct sy_coroutine *self)
{
	return &((const struct coroutines *)(const void *)self->scheduler)
	                ->peer;
}

static void stop(struct sy_coroutine *self)
{
	struct sy_fiber *next = sy_scheduler_next(self->scheduler);

	if (next != &self->fiber)
		sy_fiber_switch(&self->fiber, next, SY_LANE_SWITCH);
}

/* Goes to the end of the queue; returns itself, from the other side. */
static inline struct sy_coroutine *yield(struct sy_coroutine *self)
{
	struct sy_scheduler *scheduler = self->scheduler;
	struct sy_coroutine *next;

	if (--scheduler->tasks_left <= 0)
		sy_scheduler_poll(scheduler);
	next = sy_scheduler_take(scheduler);
	if (!next)
		return self;
	sy_scheduler_ready(scheduler, self);
	return (struct sy_coroutine *)(void *)sy_fiber_switch(
		&self->fiber, &next->fiber, SY_LANE_SWITCH);
}

static void await(struct sy_coroutine *self, uint32_t events)
{
	self->awaits = events;
	self->scheduler->io_parked++;
	self->scheduler->has_parked = true;
	self->scheduler->parked++;
	stop(self);
}

static int send_all(struct sy_coroutine *self, const unsigned char *bytes,
                    size_t count)
{
	bool watched = false;
	int rc = 0;

	while (count && !rc) {
		ssize_t sent = send(self->lane->fd, bytes, count,
		                    MSG_DONTWAIT | MSG_NOSIGNAL);

		if (sent >= 0) {
			bytes += sent;
			count -= (size_t)sent;
		} else if (errno == EAGAIN) {
			if (!watched)
				rc = sy_events_watch(self, true);
			watched = true;
			if (!rc)
				await(self, EPOLLOUT);
		} else if (errno != EINTR) {
			rc = -errno;
		}
	}
	if (watched)
		sy_events_watch(self, false);
	return rc;
}

/* The reply cannot be there yet: waits before it looks. */
static int receive_all(struct sy_coroutine *self, unsigned char *bytes,
                       size_t count)
{
	while (count) {
		ssize_t got;

		if (!self->readable && !self->ended)
			await(self, EPOLLIN);
		self->readable = false;
		got = recv(self->lane->fd, bytes, count, MSG_DONTWAIT);
		if (got > 0) {
			bytes += got;
			count -= (size_t)got;
		} else if (!got) {
			return -EPIPE;
		} else if (errno != EAGAIN && errno != EINTR) {
			return -errno;
		}
	}
	return 0;
}

static int exchange(struct sy_coroutine *self, const struct sy_peer *peer,
                    uint64_t index, uint64_t *value)
{
	const struct sy_load *load = peer->load;
	unsigned char *scratch = self->lane->scratch;
	unsigned char *reply = sy_io_reply(load, scratch);
	int error;

	*value = 0;
	sy_io_address(scratch, index);
	error = send_all(self, scratch, load->request_bytes);
	if (!error)
		error = receive_all(self, reply, load->reply_bytes);
	if (!error)
		error = sy_io_check(peer->job, reply, index, value);
	return error;
}

static void io_live(void *data)
{
	struct sy_coroutine *self = data;
	const struct sy_peer *peer = peer_of(self);
	struct sy_scheduler *scheduler = self->scheduler;
	uint64_t value;

	for (;;) {
		while (scheduler->next_task < scheduler->end_task ||
		       sy_scheduler_refill(scheduler)) {
			uint64_t index = scheduler->next_task++;
			int error;

			sy_peer_begin(peer, self->lane, index);
			error = exchange(self, peer, index, &value);
			sy_peer_end(peer, self->lane, index);
			sy_tally_add(&self->lane->tally, index, value, error);
			self = yield(self);
		}
		scheduler->running--;
		stop(self);
	}
}

static void cpu_live(void *data)
{
	struct sy_coroutine *self = data;
	const struct sy_peer *peer = peer_of(self);

	for (;;) {
		while (self->scheduler->next_task < self->scheduler->end_task ||
		       sy_scheduler_refill(self->scheduler)) {
			uint64_t index = self->scheduler->next_task++;

			sy_tally_add(&self->lane->tally, index,
			             sy_peer_compute(peer, index), 0);
			sy_scheduler_charge(self->scheduler,
			                    peer->load->rounds);
			self = yield(self);
		}
		self->scheduler->running--;
		stop(self);
	}
}

static int peer_run(void *state)
{
	struct coroutines *coroutines = state;

	coroutines->supply.count = coroutines->peer.batch->task_count;
	coroutines->supply.next = 0;
	return sy_scheduler_run(&coroutines->scheduler);
}

static int peer_open(void **state, struct sy_batch *batch)
{
	struct coroutines *coroutines =
		aligned_alloc(_Alignof(struct coroutines), sizeof(*coroutines));
	int rc;

	if (!coroutines)
		return -ENOMEM;
	memset(coroutines, 0, sizeof(*coroutines));
	coroutines->supply.schedulers = 1;
	rc = sy_peer_init_single(&coroutines->peer, batch);
	if (!rc)
		rc = sy_scheduler_open(&coroutines->scheduler, batch,
		                       &coroutines->supply, 0, SY_LANE_SWITCH,
		                       coroutines->peer.job ? io_live
		                                            : cpu_live);
	if (rc)
		free(coroutines);
	else
		*state = coroutines;
	return rc;
}

static void peer_close(void *state)
{
	struct coroutines *coroutines = state;

	sy_scheduler_close(&coroutines->scheduler);
	free(coroutines);
}

static const char *peer_absent(void)
{
	return SY_LANE_SWITCH_ABSENT;
}

static void peer_needs(const struct sy_batch *batch, struct sy_needs *needs)
{
	sy_peer_needs_single(batch, needs);
	/* The slab of stacks, split in two more by each guard. */
	needs->mappings = 6 + UINT64_C(2) * batch->inflight;
}

const struct sy_model sy_peer_coroutine = {
	.name = "coroutine.bare",
	.summary = "the work as straight-line code in a coroutine a lane",
	.absent = peer_absent,
	.needs = peer_needs,
	.open = peer_open,
	.run = peer_run,
	.close = peer_close,
};
