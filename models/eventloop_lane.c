/* SPDX-License-Identifier: MIT */
/*
 * eventloop_lane.c - the state machine that carries out one task at a time.
 *
 * A lane runs its task up to an op that has to wait, and goes to the end of
 * the run queue after each task, so that the lanes of a loop take turns.
 */
#include "eventloop_lane.h"

#include <errno.h>
#include <stdlib.h>

#include "kernel.h"

/* What an op is charged that does not wait: a system call, or none. */
#define CALL_ROUNDS 256
#define MEETING_ROUNDS 8

/* A loop takes 1 / (GUIDED x loops) of what is left, 1 .. GRAIN_MAX tasks. */
#define GUIDED 4
#define GRAIN_MAX 256

/*
 * Takes tasks for a loop from the counter that the loops share.  Parts of
 * what is left keep the loops busy to the end.  A loop holds no more than one
 * task of those that wait: another loop may have lanes free for the rest.  Nor
 * of those that want their order: the lane that is free takes the next one.
 */
static bool take_tasks(struct sy_uv_loop *loop)
{
	struct sy_uv_model *model = loop->model;
	uint64_t count = model->batch->task_count, next, part;
	bool ordered = model->batch->wants & SY_WANTS_ORDER;

	if (model->loop_count == 1)
		return false; /* all were taken at the start */
	next = atomic_load_explicit(&model->next, memory_order_relaxed);
	if (next >= count)
		return false;
	loop->grain = loop->parked || ordered   ? 1
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

/* A send or a receive. */
static bool carry_bytes(struct sy_uv_lane *lane, struct sy_op op)
{
	const struct sy_uv_io *io = lane->loop->model->io;
	struct sy_task *task = &lane->lane->task;

	if (!lane->connection || sy_uv_late(lane)) {
		task->result = lane->connection ? -ETIMEDOUT : -EBADF;
		return true;
	}
	if (op.kind == SY_SEND ? io->send(lane, op) : io->receive(lane, op))
		return true;
	return task->deadline_ns && sy_uv_wait(lane, op.kind);
}

static bool connect_lane(struct sy_uv_lane *lane)
{
	if (!sy_uv_late(lane))
		return sy_uv_connect(lane);
	lane->lane->task.result = -ETIMEDOUT;
	return true;
}

static enum sy_uv_went done_or_waits(bool done)
{
	return done ? SY_UV_DONE : SY_UV_WAITS;
}

/* Carries out one op that is not SY_DONE. */
static enum sy_uv_went carry_out(struct sy_uv_lane *lane, struct sy_op op)
{
	struct sy_task *task = &lane->lane->task;

	switch (op.kind) {
	case SY_COMPUTE:
		task->value = sy_kernel(task->value, op.rounds);
		lane->loop->ready.rounds += op.rounds;
		return SY_UV_DONE;
	case SY_SLEEP:
		return done_or_waits(sy_uv_sleep(lane, op.until_ns));
	case SY_SEND:
	case SY_RECV:
		return done_or_waits(carry_bytes(lane, op));
	case SY_CONNECT:
		return done_or_waits(connect_lane(lane));
	case SY_HANGUP:
		sy_uv_hang_up(lane);
		task->result = 0;
		return SY_UV_DONE;
	default:
		return sy_uv_meet(lane, op);
	}
}

/*
 * Charges an op that did not wait.  True: the loop has done enough, so that
 * one who never waits, as its peer is so fast, does not keep it to itself.
 */
static bool charge(struct sy_uv_ready *ready, uint32_t kind)
{
	if (kind < SY_SEND)
		return false;
	ready->rounds += kind <= SY_HANGUP ? CALL_ROUNDS : MEETING_ROUNDS;
	return ready->rounds >= SY_UV_BUDGET_ROUNDS;
}

static void begin_task(struct sy_uv_callback *callback);

void sy_uv_lane_go_on(struct sy_uv_callback *callback)
{
	struct sy_uv_lane *lane = sy_uv_lane_of(callback);
	struct sy_uv_loop *loop = lane->loop;
	struct sy_batch *batch = loop->model->batch;
	struct sy_task *task = &lane->lane->task;

	for (;;) {
		struct sy_op op = batch->step(task);
		enum sy_uv_went went;

		if (op.kind == SY_DONE)
			break;
		went = carry_out(lane, op);
		lane->last = op.kind;
		if (went == SY_UV_WAITS) {
			loop->parked = true;
			return;
		}
		if (went == SY_UV_UNKNOWN) {
			task->error = -EINVAL; /* and the task is over */
			break;
		}
		if (charge(&loop->ready, op.kind)) {
			sy_uv_ready_push(&loop->ready, callback);
			return;
		}
	}
	sy_task_end(batch, lane->lane);
	callback->call = begin_task;
	sy_uv_ready_push(&loop->ready, callback);
}

static void begin_task(struct sy_uv_callback *callback)
{
	struct sy_uv_lane *lane = sy_uv_lane_of(callback);
	struct sy_uv_loop *loop = lane->loop;

	if (loop->next == loop->end && !take_tasks(loop)) {
		if (!--loop->lanes_live)
			uv_stop(&loop->uv);
		sy_uv_meet_leave(loop);
		return;
	}
	sy_task_begin(loop->model->batch, lane->lane, loop->next++);
	lane->last = SY_DONE;
	callback->call = sy_uv_lane_go_on;
	sy_uv_lane_go_on(callback);
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
		error = sy_uv_connection_open(lane);
		if (error)
			return error;
	}
	return 0;
}

void sy_uv_lanes_close(struct sy_uv_loop *loop)
{
	uint32_t i;

	for (i = 0; loop->lanes && i < loop->lane_count; i++)
		sy_uv_connection_close(&loop->lanes[i]);
}

void sy_uv_lanes_free(struct sy_uv_loop *loop)
{
	free(loop->lanes);
	loop->lanes = NULL;
}
