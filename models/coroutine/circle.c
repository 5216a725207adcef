/* SPDX-License-Identifier: MIT */
/* circle.c - see circle.h. */
#include "circle.h"

#include <errno.h>
#include <stdlib.h>

_Static_assert(sizeof(struct sy_player) / 64 % 2,
               "an odd number of cache lines: see struct sy_player");

/* What a player touches of its stack: the top page, and with a ucontext,
   which lies there too, a part of the next where the stack's colour is low. */
#define TOUCHED_BYTES ((uint64_t)2 * 4096)

/* The slab, the players and the stacks' indices, which malloc may map. */
#define MAPPINGS 3

uint32_t sy_circle_players(const struct sy_batch *batch)
{
	return batch->setting.contexts ? batch->setting.contexts : 2;
}

void sy_circle_needs(const struct sy_mechanism *mechanism,
                     const struct sy_batch *batch, struct sy_needs *needs)
{
	uint64_t players = sy_circle_players(batch);
	enum sy_guard guard = sy_guard_for(players, 0);

	(void)mechanism;
	needs->contexts = 2;
	needs->mappings = MAPPINGS + sy_guard_mappings(guard) * players;
	needs->bytes = players * (TOUCHED_BYTES + sizeof(struct sy_player));
}

/* All contexts are on the calling thread: bound, and noted, once. */
static int bind_all(struct sy_batch *batch)
{
	int rc = batch->bind(batch, 0);

	if (rc)
		return rc;
	batch->contexts[1].pu = batch->contexts[0].pu;
	return 0;
}

static void link_players(struct sy_circle *circle)
{
	struct sy_player *first = circle->players;
	struct sy_player *last = first + circle->count - 1;

	for (struct sy_player *player = first; player <= last; player++) {
		*player = (struct sy_player){
			.next = player == last ? first : player + 1,
			.previous = player == first ? last : player - 1,
			.working = sy_working_set(circle->batch,
			                          (uint32_t)(player - first)),
			.circle = circle,
		};
	}
}

/* The thread's own, with nobody to hand over to but itself. */
static int home_open(struct sy_circle *circle)
{
	struct sy_player *home = &circle->home;

	*home = (struct sy_player){
		.next = home,
		.previous = home,
		.working = sy_working_set(circle->batch, 0),
		.circle = circle,
	};
	return sy_fiber_adopt(&home->fiber, &circle->home_ucontext);
}

static int stacks_open(struct sy_circle *circle)
{
	int rc = sy_stacks_open(&circle->stacks, circle->count, 0,
	                        sy_guard_for(circle->count, 0));

	if (rc)
		return rc;
	for (uint32_t i = 0; !rc && i < circle->count; i++)
		rc = sy_stack_take(&circle->stacks, &circle->players[i].stack);
	if (rc)
		sy_stacks_close(&circle->stacks);
	return rc;
}

static int circle_make(struct sy_circle **made, struct sy_batch *batch)
{
	struct sy_circle *circle;
	size_t count = sy_circle_players(batch);

	/* aligned_alloc wants a multiple of the alignment: sizeof is one. */
	circle = aligned_alloc(_Alignof(struct sy_circle), sizeof(*circle));
	if (!circle)
		return -ENOMEM;
	*circle = (struct sy_circle){
		.working_bytes = batch->setting.working_bytes,
		.count = (uint32_t)count,
		.batch = batch,
	};
	circle->players = aligned_alloc(_Alignof(struct sy_player),
	                                count * sizeof(struct sy_player));
	if (!circle->players) {
		free(circle);
		return -ENOMEM;
	}
	link_players(circle);
	*made = circle;
	return 0;
}

static void circle_free(struct sy_circle *circle)
{
	free(circle->players);
	free(circle);
}

int sy_circle_open(struct sy_circle **made, struct sy_batch *batch)
{
	struct sy_circle *circle;
	int rc;

	if (!sy_note_room(sy_circle_players(batch)))
		return -EAGAIN;
	rc = bind_all(batch);
	if (rc)
		return rc;
	rc = circle_make(&circle, batch);
	if (rc)
		return rc;
	rc = home_open(circle);
	if (rc)
		goto free_circle;
	rc = stacks_open(circle);
	if (rc)
		goto free_circle;
	*made = circle;
	return 0;

free_circle:
	circle_free(circle);
	return rc;
}

void sy_circle_close(struct sy_circle *circle)
{
	for (uint32_t i = 0; i < circle->count; i++)
		sy_fiber_drop(&circle->players[i].fiber);
	sy_stacks_close(&circle->stacks);
	circle_free(circle);
}

void sy_circle_see(struct sy_circle *circle)
{
	sy_context_see(&circle->batch->contexts[0]);
	sy_context_see(&circle->batch->contexts[1]);
}
