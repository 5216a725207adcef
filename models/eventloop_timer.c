/* SPDX-License-Identifier: MIT */
/*
 * eventloop_timer.c - one timer a lane, for its sleeps and its deadlines.
 *
 * libuv's timers count in whole milliseconds of a time that libuv reads once
 * a turn and rounds down, so one can expire up to a millisecond early.  What
 * waits is therefore held against the clock when its timer expires and armed
 * again, for a millisecond, where it is early: never early, up to a
 * millisecond late.
 *
 * Most deadlines never come.  So a timer is not stopped when its op ends, and
 * one that is due before a new deadline is left as it is: it finds out when it
 * expires.  A lane whose tasks take deadlines arms it once a deadline's
 * length, not once an op.
 */
#include "eventloop_lane.h"

#define NS_PER_MS UINT64_C(1000000)

static void on_timer(uv_timer_t *timer);

/* libuv adds the time to wait to its own time, which may be an old one. */
static void arm(struct sy_uv_lane *lane, uint64_t now_ns)
{
	uint64_t left_ns = lane->until_ns - now_ns;
	uv_loop_t *uv = &lane->loop->uv;

	if (uv_now(uv) != now_ns / NS_PER_MS)
		uv_update_time(uv);
	lane->armed_ns = lane->until_ns;
	uv_timer_start(&lane->timer, on_timer,
	               left_ns / NS_PER_MS + (left_ns % NS_PER_MS != 0), 0);
}

/* Sees to it that the lane is looked at then.  True: that time has come. */
static bool look_at(struct sy_uv_lane *lane, uint64_t until_ns)
{
	uint64_t now_ns;

	lane->until_ns = until_ns;
	if (uv_is_active((uv_handle_t *)&lane->timer) &&
	    lane->armed_ns <= until_ns)
		return false;
	now_ns = sy_clock_ns();
	if (now_ns < until_ns) {
		arm(lane, now_ns);
		return false;
	}
	lane->until_ns = 0;
	return true;
}

bool sy_uv_sleep(struct sy_uv_lane *lane, uint64_t until_ns)
{
	return sy_clock_ns() >= until_ns || look_at(lane, until_ns);
}

/* A connect that the listener had no room for is tried once a millisecond. */
static uint64_t next_look(const struct sy_uv_lane *lane, uint32_t kind)
{
	uint64_t deadline_ns = lane->lane->task.deadline_ns, again_ns;

	if (kind != SY_CONNECT || lane->connection)
		return deadline_ns;
	again_ns = sy_clock_ns() + NS_PER_MS;
	return deadline_ns && deadline_ns < again_ns ? deadline_ns : again_ns;
}

static bool has_come(uint64_t deadline_ns)
{
	return deadline_ns && sy_clock_ns() >= deadline_ns;
}

/* The time that an op waited for has come.  True: the op has ended, and its
   result is set. */
static bool expire(struct sy_uv_lane *lane, uint32_t kind)
{
	struct sy_uv_model *model = lane->loop->model;
	struct sy_task *task = &lane->lane->task;

	switch (kind) {
	case SY_AWAIT:
		if (!sy_parking_give_up(model->parking, &lane->waiter))
			return false; /* its event is on its way */
		lane->callback.call = sy_uv_lane_go_on;
		break;
	case SY_CONNECT:
		if (!lane->connection && !has_come(task->deadline_ns))
			return sy_uv_connect(lane);
		sy_uv_connection_close(lane);
		break;
	default:
		model->io->cancel(lane);
	}
	task->result = -ETIMEDOUT;
	return true;
}

bool sy_uv_wait(struct sy_uv_lane *lane, uint32_t kind)
{
	uint64_t until_ns = next_look(lane, kind);

	return until_ns && look_at(lane, until_ns) && expire(lane, kind);
}

static void on_timer(uv_timer_t *timer)
{
	struct sy_uv_lane *lane = timer->data;
	uint64_t until_ns = lane->until_ns, now_ns;

	if (!until_ns)
		return; /* what it was armed for has ended */
	now_ns = sy_clock_ns();
	if (now_ns < until_ns) {
		arm(lane, now_ns);
		return;
	}
	lane->until_ns = 0;
	if (lane->last == SY_SLEEP || expire(lane, lane->last))
		sy_uv_lane_resume(lane);
}
