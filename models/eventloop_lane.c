/* SPDX-License-Identifier: MIT */
/*
 * eventloop_lane.c - the state machine that carries out one task at a time.
 *
 * A lane runs its task up to an op that has to wait, and goes to the end of
 * the run queue after each task, so that the lanes of a loop take turns.
 *
 * libuv's timers count in whole milliseconds of a time that libuv reads once
 * a turn and rounds down, so one can expire up to a millisecond early.  A
 * sleep is therefore held against the clock when its timer expires and armed
 * again, for a millisecond, where it is early: never early, up to a
 * millisecond late.
 */
#include "eventloop_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "kernel.h"

#define NS_PER_MS UINT64_C(1000000)

/* A loop takes 1 / (GUIDED x loops) of what is left, 1 .. GRAIN_MAX tasks. */
#define GUIDED 4
#define GRAIN_MAX 256

static struct sy_uv_lane *lane_of(struct sy_uv_callback *callback)
{
	return (struct sy_uv_lane *)callback;
}

/*
 * Takes tasks for a loop from the counter that the loops share.  Parts of
 * what is left keep the loops busy to the end.  A loop holds no more than one
 * task of those that wait: another loop may have lanes free for the rest.
 */
static bool take_tasks(struct sy_uv_loop *loop)
{
	struct sy_uv_model *model = loop->model;
	uint64_t count = model->batch->task_count, next, part;

	if (model->loop_count == 1)
		return false; /* all were taken at the start */
	next = atomic_load_explicit(&model->next, memory_order_relaxed);
	if (next >= count)
		return false;
	loop->grain = loop->parked              ? 1
	              : loop->grain < GRAIN_MAX ? loop->grain * 2
	                                        : GRAIN_MAX;
	loop->parked = false;
	part = (count - next) / (GUIDED * model->loop_count) + 1;
	if (part > loop->grain)
		part = loop->grain;
	next = atomic_fetch_add_explicit(&model->next, part,
	                                 memory_order_relaxed);
	if (next >= count)
		return false;
	loop->next = next;
	loop->end = next + part < count ? next + part : count;
	return true;
}

static void arm_timer(struct sy_uv_lane *lane, uint64_t now_ns);

static void on_timer(uv_timer_t *timer)
{
	struct sy_uv_lane *lane = timer->data;
	uint64_t now_ns = sy_clock_ns();

	if (now_ns < lane->until_ns)
		arm_timer(lane, now_ns);
	else
		sy_uv_lane_resume(lane);
}

/* libuv adds the time to wait to its own time, which may be an old one. */
static void arm_timer(struct sy_uv_lane *lane, uint64_t now_ns)
{
	uint64_t left_ns = lane->until_ns - now_ns;
	uv_loop_t *uv = &lane->loop->uv;

	if (uv_now(uv) != now_ns / NS_PER_MS)
		uv_update_time(uv);
	uv_timer_start(&lane->timer, on_timer,
	               left_ns / NS_PER_MS + (left_ns % NS_PER_MS != 0), 0);
}

/* True: that time has come. */
static bool sleep_until(struct sy_uv_lane *lane, uint64_t until_ns)
{
	uint64_t now_ns = sy_clock_ns();

	if (now_ns >= until_ns)
		return true;
	lane->until_ns = until_ns;
	arm_timer(lane, now_ns);
	return false;
}

/* Carries out one op that is not SY_DONE.  False: the lane waits. */
static bool carry_out(struct sy_uv_lane *lane, struct sy_op op)
{
	const struct sy_uv_io *io = lane->loop->model->io;
	struct sy_task *task = &lane->lane->task;

	switch (op.kind) {
	case SY_COMPUTE:
		task->value = sy_kernel(task->value, op.rounds);
		lane->loop->ready.rounds += op.rounds;
		return true;
	case SY_SLEEP:
		return sleep_until(lane, op.until_ns);
	case SY_SEND:
	case SY_RECV:
		if (lane->connection)
			return op.kind == SY_SEND ? io->send(lane, op)
			                          : io->receive(lane, op);
		task->result = -EBADF;
		return true;
	default: /* an op that this model does not know: the task is over */
		task->error = -EINVAL;
		return true;
	}
}

static void begin_task(struct sy_uv_callback *callback);

static void go_on(struct sy_uv_callback *callback)
{
	struct sy_uv_lane *lane = lane_of(callback);
	struct sy_uv_loop *loop = lane->loop;
	struct sy_batch *batch = loop->model->batch;
	struct sy_task *task = &lane->lane->task;

	for (;;) {
		struct sy_op op = batch->step(task);
		bool waits;

		if (op.kind == SY_DONE)
			break;
		waits = !carry_out(lane, op);
		lane->last = op.kind;
		if (waits) {
			loop->parked = true;
			return;
		}
		if (op.kind > SY_RECV)
			break;
	}
	sy_task_end(batch, lane->lane);
	callback->call = begin_task;
	sy_uv_ready_push(&loop->ready, callback);
}

static void begin_task(struct sy_uv_callback *callback)
{
	struct sy_uv_lane *lane = lane_of(callback);
	struct sy_uv_loop *loop = lane->loop;

	if (loop->next == loop->end && !take_tasks(loop)) {
		if (!--loop->lanes_live)
			uv_stop(&loop->uv);
		return;
	}
	sy_task_begin(loop->model->batch, lane->lane, loop->next++);
	lane->last = SY_DONE;
	callback->call = go_on;
	go_on(callback);
}

void sy_uv_lanes_start(struct sy_uv_loop *loop)
{
	uint32_t i;

	loop->next = 0;
	loop->end = 0;
	if (loop->model->loop_count == 1)
		loop->end = loop->model->batch->task_count;
	loop->grain = 1;
	loop->parked = true; /* nothing is known yet: begin with one */
	loop->lanes_live = loop->lane_count;
	for (i = 0; i < loop->lane_count; i++) {
		loop->lanes[i].callback.call = begin_task;
		sy_uv_ready_push(&loop->ready, &loop->lanes[i].callback);
	}
}

/* libuv makes the socket non-blocking; sy_uv_lanes_free undoes it. */
static int open_connection(struct sy_uv_lane *lane)
{
	int flags = fcntl(lane->lane->fd, F_GETFL);

	if (flags < 0)
		return -errno;
	lane->was_blocking = !(flags & O_NONBLOCK);
	return lane->loop->model->io->open(lane);
}

int sy_uv_lanes_open(struct sy_uv_loop *loop)
{
	struct sy_uv_model *model = loop->model;
	uint32_t i;
	int error;

	loop->lanes = calloc(loop->lane_count, sizeof(*loop->lanes));
	if (!loop->lanes)
		return -ENOMEM;
	for (i = 0; i < loop->lane_count; i++) {
		struct sy_uv_lane *lane = &loop->lanes[i];

		lane->loop = loop;
		lane->lane =
			&model->batch
				 ->lanes[i * model->loop_count + loop->index];
		uv_timer_init(&loop->uv, &lane->timer); /* cannot fail */
		lane->timer.data = lane;
		if (lane->lane->fd < 0)
			continue;
		error = open_connection(lane);
		if (error)
			return error;
	}
	return 0;
}

void sy_uv_lanes_free(struct sy_uv_loop *loop)
{
	uint32_t i;

	for (i = 0; loop->lanes && i < loop->lane_count; i++) {
		struct sy_uv_lane *lane = &loop->lanes[i];

		if (lane->connection)
			loop->model->io->free(lane);
		if (lane->was_blocking)
			fcntl(lane->lane->fd, F_SETFL,
			      fcntl(lane->lane->fd, F_GETFL) & ~O_NONBLOCK);
	}
	free(loop->lanes);
	loop->lanes = NULL;
}
