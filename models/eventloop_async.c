/* SPDX-License-Identifier: MIT */
/*
 * eventloop_async.c - two loops in two threads that wake one another.
 *
 * A hand-off is uv_async_send to the other's loop: a write to its eventfd,
 * its epoll_wait that ends, its read, its callback.  The other thread stays in
 * its loop between two runs, asleep in epoll_wait, and ends its loop in close.
 *
 * The receiver may spin.  Until 1.44 uv_async_send says that it is done only
 * after its write; on one PU the write lets the woken thread run at once,
 * which then looks 997 times with a pause between, and yields.  That is part
 * of what libuv costs there, and part of the figure.  A yield, and a waker
 * that loses its PU to whom it wakes, count as involuntary switches.
 * Voluntary ones are sleeps in epoll_wait: one a hand-off where the waker
 * gets to sleep before it is answered, else fewer, and never more.
 *
 * `alone` does a context's work, sends to its own loop and runs that, which
 * makes the same calls without another thread to be woken.
 */
#include "eventloop_internal.h"

#include <errno.h>
#include <stdlib.h>

#include "crew.h"

enum { HOME, AWAY };

struct pair {
	struct sy_uv_row row; /* first; its loop is the caller's */
	uv_loop_t away;
	uv_async_t asyncs[2]; /* HOME in row.uv, AWAY in `away` */
	uv_async_t *to;       /* whom the caller's loop hands over to */
	unsigned char *sets[2];
	size_t working_bytes;
	uint64_t left; /* times that control is to come home */
	struct sy_crew *crew;
	atomic_bool ending; /* AWAY is sent to for the last time */
};

/* Fails only where it is given no uv_async. */
static int hand_over(struct pair *pair, int me, uv_async_t *to)
{
	sy_context_see(&pair->row.batch->contexts[me]);
	sy_work_set(pair->sets[me], pair->working_bytes);
	return uv_async_send(to);
}

static void come_home(uv_async_t *async)
{
	struct pair *pair = async->data;
	int error = 0;

	if (--pair->left)
		error = hand_over(pair, HOME, pair->to);
	if (error || !pair->left)
		sy_uv_row_stop(&pair->row, error);
}

static void come_away(uv_async_t *async)
{
	struct pair *pair = async->data;

	if (atomic_load_explicit(&pair->ending, memory_order_acquire))
		uv_stop(&pair->away);
	else
		hand_over(pair, AWAY, &pair->asyncs[HOME]);
}

static void run_away(void *data, uint32_t index)
{
	struct pair *pair = data;

	(void)index;
	uv_run(&pair->away, UV_RUN_DEFAULT);
}

static int open_asyncs(struct pair *pair)
{
	int error =
		uv_async_init(&pair->row.uv, &pair->asyncs[HOME], come_home);

	pair->asyncs[HOME].data = pair;
	if (!error)
		error = uv_async_init(&pair->away, &pair->asyncs[AWAY],
		                      come_away);
	pair->asyncs[AWAY].data = pair;
	return error;
}

static int open_away(struct pair *pair)
{
	int error = sy_uv_loop_begin(&pair->away);

	if (error)
		return error;
	error = open_asyncs(pair);
	if (!error)
		error = sy_crew_open(&pair->crew, pair->row.batch, AWAY, 1,
		                     run_away, pair);
	if (error)
		sy_uv_loop_end(&pair->away);
	else
		sy_crew_wake(pair->crew, 1);
	return error;
}

static int async_open(void **state, struct sy_batch *batch,
                      const struct sy_mechanism *mechanism)
{
	struct pair *pair;
	void *row;
	int error = sy_uv_row_open(&row, sizeof(*pair), batch);

	(void)mechanism;
	if (error)
		return error;
	pair = row;
	pair->working_bytes = batch->setting.working_bytes;
	pair->sets[HOME] = sy_working_set(batch, HOME);
	pair->sets[AWAY] = sy_working_set(batch, AWAY);
	atomic_init(&pair->ending, false);
	error = open_away(pair);
	if (error)
		sy_uv_row_close(pair);
	else
		*state = pair;
	return error;
}

/* Until control has come home `times`. */
static int play(struct pair *pair, uv_async_t *to, uint64_t times)
{
	if (!times)
		return 0;
	pair->to = to;
	pair->left = times;
	pair->row.error = hand_over(pair, HOME, to);
	if (!pair->row.error)
		uv_run(&pair->row.uv, UV_RUN_DEFAULT);
	return pair->row.error;
}

static int async_run(void *state, uint64_t count)
{
	struct pair *pair = state;

	return play(pair, &pair->asyncs[AWAY], count / 2);
}

static int async_alone(void *state, uint64_t count)
{
	struct pair *pair = state;

	return play(pair, &pair->asyncs[HOME], count);
}

static void async_close(void *state)
{
	struct pair *pair = state;

	atomic_store_explicit(&pair->ending, true, memory_order_release);
	uv_async_send(&pair->asyncs[AWAY]);
	sy_crew_close(pair->crew);
	sy_uv_loop_end(&pair->away);
	sy_uv_row_close(pair);
}

static void async_needs(const struct sy_mechanism *mechanism,
                        const struct sy_batch *batch, struct sy_needs *needs)
{
	(void)mechanism;
	(void)batch;
	sy_uv_row_needs(needs, 2);
	needs->threads = 1;
	needs->mappings = SY_UV_MAPPINGS_A_THREAD;
}

const struct sy_mechanism sy_uv_async_handoff = {
	.name = "async",
	.summary = "uv_async between the loops of two threads",
	.family = SY_SWITCH,
	.takes = SY_TAKES_WORKING,
	.needs = async_needs,
	.switches_min = 1,
	.switches_max = 1,
	.open = async_open,
	.run = async_run,
	.alone = async_alone,
	.close = async_close,
};
