/* SPDX-License-Identifier: MIT */
/*
 * eventloop_idle.c - callback chains that wait.
 *
 * A timer has been called once and is started again, to be called in a year.
 * A socket is one end of a connected Unix socket pair: its first byte was read
 * and it stays registered in the loop's epoll for the next, as the connection
 * of a client that does not ask.  The other end is in the same process.
 *
 * They are created some at a time with turns of the loop in between, so that
 * there never are many bytes on their way, for which the kernel would keep
 * memory that no waiting chain needs.
 */
#include "eventloop_internal.h"

#include <errno.h>

/* Created between two turns of the loop. */
#define AT_A_TIME 64

struct hall {
	struct sy_uv_brood brood; /* first */
	uint64_t made;
};

static void on_ran(struct sy_uv_brood *brood, void *chain)
{
	int error = brood->way->wait ? brood->way->wait(chain) : 0;

	if (error && !brood->row.error)
		brood->row.error = error;
}

static int idle_open(void **state, struct sy_batch *batch,
                     const struct sy_mechanism *mechanism)
{
	return sy_uv_brood_open(state, sizeof(struct hall), batch,
	                        mechanism->way, batch->setting.contexts,
	                        on_ran);
}

/* So many more, and each waits. */
static int add(struct hall *hall, uint64_t count)
{
	struct sy_uv_brood *brood = &hall->brood;
	int error;

	for (; count; count--) {
		error = sy_uv_brood_add(brood);
		if (error)
			return error;
		hall->made++;
	}
	while (brood->called < hall->made && !brood->row.error)
		uv_run(&brood->row.uv, UV_RUN_NOWAIT);
	return brood->row.error;
}

static int idle_run(void *state, uint64_t count)
{
	struct hall *hall = state;
	int error = 0;

	if (count > hall->brood.row.batch->setting.contexts)
		return -EINVAL; /* needs has not reckoned with these */
	while (hall->made < count && !error) {
		uint64_t more = count - hall->made;

		error = add(hall, more < AT_A_TIME ? more : AT_A_TIME);
	}
	return error;
}

static void idle_needs(const struct sy_mechanism *mechanism,
                       const struct sy_batch *batch, struct sy_needs *needs)
{
	sy_uv_brood_needs(mechanism->way, batch->setting.contexts, needs);
}

const struct sy_mechanism sy_uv_timer_idle = {
	.name = "timer",
	.summary = "uv_timer due in a year",
	.family = SY_IDLE,
	.way = &sy_uv_timer_way,
	.needs = idle_needs,
	.open = idle_open,
	.run = idle_run,
	.close = sy_uv_brood_close,
};

const struct sy_mechanism sy_uv_socket_idle = {
	.name = "socket",
	.summary = "uv_pipe that reads from a silent socket",
	.family = SY_IDLE,
	.way = &sy_uv_socket_way,
	.needs = idle_needs,
	.open = idle_open,
	.run = idle_run,
	.close = sy_uv_brood_close,
};
