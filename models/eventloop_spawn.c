/* SPDX-License-Identifier: MIT */
/*
 * eventloop_spawn.c - callback chains created and ended.
 *
 * A burst is allocated, begun and called back by the loop; the last that is
 * called closes all, and the loop calls back each that is closed, which frees
 * it.  All of this is one turn of the loop, whose epoll_wait is part of every
 * burst; a burst of one pays for a whole one.  `alone` makes the turns with
 * nothing to be done in them, so net is what the chains themselves take.
 */
#include "eventloop_internal.h"

struct nursery {
	struct sy_uv_brood brood; /* first */
	uint32_t burst;
	/* Started for good: a loop without anything to do makes no turns. */
	uv_check_t turn;
};

static void do_nothing(uv_check_t *turn)
{
	(void)turn;
}

static void on_ran(struct sy_uv_brood *brood, void *chain)
{
	const struct nursery *nursery = (const struct nursery *)brood;

	(void)chain;
	if (brood->called == nursery->burst)
		sy_uv_brood_end(brood);
}

static int spawn_open(void **state, struct sy_batch *batch,
                      const struct sy_mechanism *mechanism)
{
	uint32_t burst = batch->setting.contexts ? batch->setting.contexts : 1;
	struct nursery *nursery;
	void *brood;
	int error = sy_uv_brood_open(&brood, sizeof(*nursery), batch,
	                             mechanism->way, burst, on_ran);

	if (error)
		return error;
	nursery = brood;
	nursery->burst = burst;
	uv_check_init(&nursery->brood.row.uv, &nursery->turn);
	uv_check_start(&nursery->turn, do_nothing);
	*state = nursery;
	return 0;
}

/* All of them are ended, also where one more could not be had. */
static int run_burst(struct nursery *nursery)
{
	struct sy_uv_brood *brood = &nursery->brood;
	uint32_t made;
	int error = 0;

	brood->called = 0;
	for (made = 0; made < nursery->burst && !error; made++)
		error = sy_uv_brood_add(brood);
	if (error)
		sy_uv_brood_end(brood);
	while (brood->alive)
		uv_run(&brood->row.uv, UV_RUN_NOWAIT);
	return error ? error : brood->row.error;
}

static int spawn_run(void *state, uint64_t count)
{
	struct nursery *nursery = state;
	int error = 0;

	nursery->brood.row.error = 0;
	for (; count >= nursery->burst && !error; count -= nursery->burst)
		error = run_burst(nursery);
	return error;
}

static int spawn_alone(void *state, uint64_t count)
{
	struct nursery *nursery = state;

	for (; count >= nursery->burst; count -= nursery->burst)
		uv_run(&nursery->brood.row.uv, UV_RUN_NOWAIT);
	return 0;
}

static void spawn_needs(const struct sy_mechanism *mechanism,
                        const struct sy_batch *batch, struct sy_needs *needs)
{
	uint32_t burst = batch->setting.contexts ? batch->setting.contexts : 1;

	sy_uv_brood_needs(mechanism->way, burst, needs);
}

#define SPAWN(NAME, SUMMARY, WAY)                                              \
	.name = NAME, .summary = SUMMARY, .family = SY_SPAWN,                  \
	.takes = SY_TAKES_BURST, .way = WAY, .needs = spawn_needs,             \
	.open = spawn_open, .run = spawn_run, .alone = spawn_alone,            \
	.close = sy_uv_brood_close

const struct sy_mechanism sy_uv_timer_spawn = {
	SPAWN("timer", "uv_timer due at once, closed", &sy_uv_timer_way),
	.in_tour = true,
};

const struct sy_mechanism sy_uv_async_spawn = {
	SPAWN("async", "uv_async sent to once, closed", &sy_uv_async_way),
};

const struct sy_mechanism sy_uv_pipe_spawn = {
	SPAWN("pipe", "uv_pipe that reads a byte, closed", &sy_uv_pipe_way),
};
