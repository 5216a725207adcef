/* SPDX-License-Identifier: MIT */
/*
 * relay_processes.c - the ring of relay.h made of the caller and its children.
 *
 * Every process keeps all descriptors of the ring open, so none of them sees
 * the end of a pipe when another dies.  It is seen in the same way whatever
 * the mechanism, and at no cost to a hand-off: SIGCHLD ends the caller's wait.
 * One that comes between two waits would be lost.  Therefore a timer repeats
 * the signal during a run, more seldom than a slice is long, and the caller
 * learns of the death at the next one.  The mechanism's calls stay what they
 * are, without a time limit; a run costs two calls more.
 *
 * By default SIGCHLD does nothing, so one that comes late does no harm.
 */
#include <errno.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "relay.h"

/* Old C libraries do not name the field. */
#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

static const struct itimerspec every = {
	.it_interval = { .tv_nsec = 200 * 1000 * 1000 },
	.it_value = { .tv_nsec = 200 * 1000 * 1000 },
};
static const struct itimerspec never;

void sy_relay_processes_needs(const struct sy_mechanism *mechanism,
                              const struct sy_batch *batch,
                              struct sy_needs *needs)
{
	const struct sy_relay_way *way = mechanism->way;
	uint64_t count = sy_relay_contexts(batch);
	uint64_t descriptors = count * way->descriptors;

	needs->contexts = (uint32_t)count;
	needs->processes = (uint32_t)count - 1;
	/* Whoever counts a child's switches has a file of it open. */
	needs->descriptors = descriptors + count - 1;
	needs->mappings = 1;
	/* Each process has a table of all descriptors, a power of two long. */
	needs->bytes = count * sizeof(struct sy_relay_seat) +
	               descriptors * SY_RELAY_DESCRIPTOR_BYTES +
	               count * descriptors * 2 * sizeof(void *);
}

/* That it ends a wait is all that it does. */
static void interrupt(int signal)
{
	(void)signal;
}

static int watch_children(struct sy_relay *relay)
{
	struct sigevent event = { .sigev_notify = SIGEV_THREAD_ID,
		                  .sigev_signo = SIGCHLD };
	struct sigaction action = { .sa_handler = interrupt };
	sigset_t child;

	event.sigev_notify_thread_id = (pid_t)syscall(SYS_gettid);
	if (timer_create(CLOCK_MONOTONIC, &event, &relay->tick))
		return -errno;
	sigemptyset(&action.sa_mask);
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigaction(SIGCHLD, &action, &relay->action);
	pthread_sigmask(SIG_UNBLOCK, &child, &relay->mask);
	return 0;
}

static void unwatch_children(struct sy_relay *relay)
{
	pthread_sigmask(SIG_SETMASK, &relay->mask, NULL);
	sigaction(SIGCHLD, &relay->action, NULL);
	timer_delete(relay->tick);
}

static void serve(void *seat)
{
	sy_relay_serve(seat);
}

static int start_processes(struct sy_relay *relay)
{
	uint32_t i;
	int err = 0;

	fflush(NULL);
	for (i = 1; i < relay->count && !err; i++) {
		struct sy_relay_seat *seat = &relay->seats[i];

		err = sy_process_start(&seat->process, relay->batch, i, serve,
		                       seat);
	}
	for (i = 1; i < relay->count && !err; i++)
		err = sy_process_await(&relay->seats[i].process);
	return err;
}

void sy_relay_processes_close(void *data)
{
	struct sy_relay *relay = data;
	uint32_t i;

	for (i = 1; i < relay->count; i++)
		sy_process_end(&relay->seats[i].process);
	unwatch_children(relay);
	sy_relay_destroy(relay);
}

int sy_relay_processes_open(void **relay_out, struct sy_batch *batch,
                            const struct sy_mechanism *mechanism)
{
	struct sy_relay *relay;
	int err = sy_relay_create(&relay, batch, mechanism, true);

	if (err)
		return err;
	err = watch_children(relay);
	if (err) {
		sy_relay_destroy(relay);
		return err;
	}
	err = start_processes(relay);
	if (err)
		sy_relay_processes_close(relay);
	else
		*relay_out = relay;
	return err;
}

int sy_relay_processes_run(void *data, uint64_t count)
{
	struct sy_relay *relay = data;
	int err;

	timer_settime(relay->tick, 0, &every, NULL);
	err = sy_relay_run(relay, count);
	timer_settime(relay->tick, 0, &never, NULL);
	return err;
}
