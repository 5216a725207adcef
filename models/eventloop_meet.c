/* SPDX-License-Identifier: MIT */
/*
 * eventloop_meet.c - lanes that meet: at locks, gates, events, conditions.
 *
 * A lane that has to wait lies in a queue of the parking and nowhere else:
 * its loop goes on, or sleeps.  Whoever lets it go on puts it on the run queue
 * where the two have one loop.  Else it goes to the inbox of its loop, which
 * takes no lock, and the first one in an empty inbox wakes that loop by a
 * uv_async.
 *
 * Nothing is in flight that could wake a lane when none is awake, waits for
 * bytes or has a time to wait for.  Those that are one of these are counted,
 * and in the upper half of the same word those that are parked, so that the
 * last to park, or to end, sees whether it has left anybody behind: the run
 * ends with -EDEADLK.  A lane is taken from the awake after it has parked and
 * added to them before it can go on, by one that is awake, so their number is
 * never too small.
 */
#include "eventloop_lane.h"

#define PARKED (UINT64_C(1) << 32)

/* Adds to a word that other loops add to, where there are any. */
static uint64_t count(struct sy_uv_model *model, uint64_t difference)
{
	uint64_t now;

	if (model->loop_count > 1)
		return atomic_fetch_add(&model->awake, difference) + difference;
	now = atomic_load_explicit(&model->awake, memory_order_relaxed) +
	      difference;
	atomic_store_explicit(&model->awake, now, memory_order_relaxed);
	return now;
}

/* Ends the run in all loops; the caller's thread is that of `loop`. */
static void give_up_run(struct sy_uv_loop *loop)
{
	struct sy_uv_model *model = loop->model;
	uint32_t i;

	atomic_store(&model->error, -EDEADLK);
	uv_stop(&loop->uv);
	for (i = 0; i < model->loop_count; i++)
		if (i != loop->index)
			uv_async_send(&model->loops[i].inbox.async);
}

/* One is awake no longer; `difference` says why. */
static void take_from_awake(struct sy_uv_loop *loop, uint64_t difference)
{
	uint64_t now = count(loop->model, difference);

	if (!(uint32_t)now && now)
		give_up_run(loop);
}

void sy_uv_meet_leave(struct sy_uv_loop *loop)
{
	if (loop->model->parking)
		take_from_awake(loop, UINT64_C(0) - 1);
}

/* --- waking --- */

static void put_in_inbox(struct sy_uv_inbox *inbox,
                         struct sy_uv_callback *callback)
{
	struct sy_uv_callback *last =
		atomic_load_explicit(&inbox->last, memory_order_relaxed);

	do {
		callback->next = last;
	} while (!atomic_compare_exchange_weak_explicit(
		&inbox->last, &last, callback, memory_order_release,
		memory_order_relaxed));
	if (!last)
		uv_async_send(&inbox->async);
}

/* First in, first out, as they were woken. */
static struct sy_uv_callback *empty_inbox(struct sy_uv_inbox *inbox)
{
	struct sy_uv_callback *from, *to = NULL;

	from = atomic_exchange_explicit(&inbox->last, NULL,
	                                memory_order_acquire);
	while (from) {
		struct sy_uv_callback *next = from->next;

		from->next = to;
		to = from;
		from = next;
	}
	return to;
}

static void on_async(uv_async_t *async)
{
	struct sy_uv_loop *loop = async->data;
	struct sy_uv_callback *callback = empty_inbox(&loop->inbox);

	while (callback) {
		struct sy_uv_callback *next = callback->next;

		sy_uv_lane_resume(sy_uv_lane_of(callback));
		callback = next;
	}
	if (atomic_load(&loop->model->error))
		uv_stop(&loop->uv);
}

static struct sy_uv_lane *lane_of_waiter(struct sy_waiter *waiter)
{
	return (struct sy_uv_lane *)((char *)waiter -
	                             offsetof(struct sy_uv_lane, waiter));
}

/* By the thread of another lane, while that one carries out an op. */
static void on_wake(struct sy_waiter *waiter, struct sy_waiter *by)
{
	struct sy_uv_lane *lane = lane_of_waiter(waiter);
	struct sy_uv_loop *loop = lane->loop;

	if (lane->rests)
		count(loop->model, UINT64_C(1) - PARKED);
	if (lane_of_waiter(by)->loop == loop)
		sy_uv_ready_push(&loop->ready, &lane->callback);
	else
		put_in_inbox(&loop->inbox, &lane->callback);
}

/* --- the ops --- */

/* What the lane waited for has come. */
static void met(struct sy_uv_callback *callback)
{
	struct sy_uv_lane *lane = sy_uv_lane_of(callback);

	lane->until_ns = 0;
	lane->lane->task.result = lane->waiter.result;
	callback->call = sy_uv_lane_go_on;
	sy_uv_lane_go_on(callback);
}

void sy_uv_rest(struct sy_uv_lane *lane,
                void (*then)(struct sy_uv_callback *callback))
{
	lane->callback.call = then;
	if (lane->rests)
		take_from_awake(lane->loop, PARKED - 1);
}

static enum sy_uv_went meet_once(struct sy_uv_lane *lane, struct sy_op op)
{
	struct sy_parking *parking = lane->loop->model->parking;
	struct sy_task *task = &lane->lane->task;
	bool timed = op.kind == SY_AWAIT && task->deadline_ns;

	lane->rests = !timed; /* for whoever wakes it */
	if (sy_parking_op(parking, &op, &lane->waiter)) {
		task->result = lane->waiter.result;
		return SY_UV_DONE;
	}
	sy_uv_rest(lane, met);
	return timed && sy_uv_wait(lane, SY_AWAIT) ? SY_UV_DONE : SY_UV_WAITS;
}

enum sy_uv_went sy_uv_meet(struct sy_uv_lane *lane, struct sy_op op)
{
	if (op.kind == SY_SECTIONS)
		return sy_uv_sections(lane, op);
	if (op.kind > SY_SECTIONS || !lane->loop->model->parking)
		return SY_UV_UNKNOWN;
	return meet_once(lane, op);
}

/* --- from open to close --- */

int sy_uv_meet_open(struct sy_uv_model *model)
{
	const struct sy_batch *batch = model->batch;

	if (!batch->lock_count && !batch->gate_count && !batch->event_count)
		return 0;
	return sy_parking_open(&model->parking, batch, model->loop_count);
}

void sy_uv_meet_close(struct sy_uv_model *model)
{
	if (model->parking)
		sy_parking_close(model->parking);
}

int sy_uv_meet_open_loop(struct sy_uv_loop *loop)
{
	struct sy_uv_model *model = loop->model;
	uint32_t i;

	for (i = 0; i < loop->lane_count; i++)
		loop->lanes[i].waiter.wake = on_wake;
	if (!model->parking || model->loop_count == 1)
		return 0;
	loop->inbox.async.data = loop;
	return uv_async_init(&loop->uv, &loop->inbox.async, on_async);
}

void sy_uv_meet_start(struct sy_uv_model *model)
{
	atomic_store(&model->awake, model->batch->inflight);
}
