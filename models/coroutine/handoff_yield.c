/* SPDX-License-Identifier: MIT */
/*
 * handoff_yield.c - what a yield costs: a coroutine puts itself at the end of
 * the ready queue and switches to who is first there.
 *
 * The queue and the switch are the model's.  What the model's scheduler does
 * besides, looking at sockets and timers every so many tasks, is left out.
 * All players are clones in one loop, as the lanes of the model are: two of
 * them where no ring is asked for.  Alone, a coroutine that nobody shares a
 * queue with takes itself from it and switches to itself.
 */
#include "coroutine.h"

#include <errno.h>
#include <stdlib.h>

#include "handoff_loop.h"
#include "lane.h"

/* Each player's `own` is its queue. */
struct yielders {
	struct sy_circle *circle;
	struct sy_ready ready;  /* who is parked, the next first */
	struct sy_ready lonely; /* home's, when it is alone */
};

static void play(void *player)
{
	sy_play(player, SY_QUEUE, SY_LANE_SWITCH);
}

static void players_make(struct yielders *yielders)
{
	struct sy_circle *circle = yielders->circle;

	circle->home.own = &yielders->lonely;
	for (uint32_t i = 0; i < circle->count; i++) {
		struct sy_player *player = &circle->players[i];

		sy_fiber_make(&player->fiber, SY_LANE_SWITCH, player->stack.low,
		              player->stack.top, play, player);
		player->own = &yielders->ready;
		/* The first one is entered from home. */
		if (i)
			sy_ready_push(&yielders->ready, &player->fiber);
	}
}

static int queues_open(struct yielders *yielders, uint32_t players)
{
	int rc = sy_ready_open(&yielders->lonely, 1);

	if (rc)
		return rc;
	rc = sy_ready_open(&yielders->ready, players);
	if (rc)
		sy_ready_close(&yielders->lonely);
	return rc;
}

static void queues_close(struct yielders *yielders)
{
	sy_ready_close(&yielders->ready);
	sy_ready_close(&yielders->lonely);
}

static int yield_open(void **made, struct sy_batch *batch,
                      const struct sy_mechanism *mechanism)
{
	struct yielders *yielders = malloc(sizeof(*yielders));
	int rc;

	(void)mechanism;
	if (!yielders)
		return -ENOMEM;
	rc = queues_open(yielders, sy_circle_players(batch));
	if (rc)
		goto free_yielders;
	rc = sy_circle_open(&yielders->circle, batch);
	if (rc)
		goto close_queues;
	players_make(yielders);
	*made = yielders;
	return 0;

close_queues:
	queues_close(yielders);
free_yielders:
	free(yielders);
	return rc;
}

static int yield_run(void *data, uint64_t count)
{
	struct yielders *yielders = data;
	struct sy_circle *circle = yielders->circle;

	circle->rounds = count / circle->count;
	sy_switch_to(&circle->home, &circle->players->fiber, SY_LANE_SWITCH);
	sy_circle_see(circle);
	return sy_stacks_check(&circle->stacks);
}

static int yield_alone(void *data, uint64_t count)
{
	struct yielders *yielders = data;

	sy_pass(&yielders->circle->home, count, SY_QUEUE, SY_LANE_SWITCH);
	return 0;
}

static void yield_close(void *data)
{
	struct yielders *yielders = data;

	sy_circle_close(yielders->circle);
	queues_close(yielders);
	free(yielders);
}

static void yield_needs(const struct sy_mechanism *mechanism,
                        const struct sy_batch *batch, struct sy_needs *needs)
{
	sy_circle_needs(mechanism, batch, needs);
	/* The queue has less than two slots a player. */
	needs->mappings += 1;
	needs->bytes += UINT64_C(2) * sy_circle_players(batch) * sizeof(void *);
}

static const char *yield_absent(void)
{
	return SY_LANE_SWITCH_ABSENT;
}

const struct sy_mechanism sy_coroutine_yield = {
	.name = "yield",
	.summary = "yield through the ready queue",
	.family = SY_SWITCH,
	.takes = SY_TAKES_RING | SY_TAKES_WORKING,
	.absent = yield_absent,
	.needs = yield_needs,
	.open = yield_open,
	.run = yield_run,
	.alone = yield_alone,
	.close = yield_close,
};
