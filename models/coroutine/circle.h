/* SPDX-License-Identifier: MIT */
/*
 * circle.h - contexts of one thread that hand over to one another in turn:
 * what the hand-offs of coroutines are measured on.
 *
 * Two players at two different places in the code, or a ring of clones that
 * all run one function.  The thread that opens a circle is the home of its
 * players: it enters the circle at players[0], which leaves it once a run.
 */
#ifndef SY_CIRCLE_H
#define SY_CIRCLE_H

#include "fiber.h"
#include "model.h"
#include "stack.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Three cache lines: a power of two would put all players' registers into a
   few sets of the cache. */
struct sy_player {
	struct sy_fiber fiber;  /* first: found from it again */
	struct sy_player *next; /* of the last: the first; of home: home */
	struct sy_player *previous;
	unsigned char *working; /* of its own; NULL: none */
	struct sy_circle *circle;
	void *own; /* of the mechanism */
	struct sy_stack stack;
};

struct sy_circle {
	struct sy_player home;
	uint64_t rounds; /* hand-offs that each player makes in this run */
	uint64_t working_bytes;
	uint32_t count;            /* of players, >= 2 */
	struct sy_player *players; /* in a row: found by a step */
	struct sy_batch *batch;
	const void *way; /* the mechanism's: set by it, or left alone */
	struct sy_stacks stacks;
	ucontext_t home_ucontext;
};

/*
 * Binds the calling thread and makes the players that the batch's setting
 * asks for, linked and each with a stack, on which nothing runs yet: that is
 * the caller's to see to, before it does anything else.  Without effect on
 * failure: what bind says, -ENOMEM, -EAGAIN (more fibres than a checking tool
 * can follow).
 */
int sy_circle_open(struct sy_circle **made, struct sy_batch *batch);
/* Forgets the players, wherever they were left, and frees all. */
void sy_circle_close(struct sy_circle *circle);

/* Notes where the players ran, which is where the thread did. */
void sy_circle_see(struct sy_circle *circle);

/* How many players it has: both of the ping-pong, or a ring's clones. */
uint32_t sy_circle_players(const struct sy_batch *batch);
/* What it takes: mappings, stacks and players. */
void sy_circle_needs(const struct sy_mechanism *mechanism,
                     const struct sy_batch *batch, struct sy_needs *needs);

#ifdef __cplusplus
}
#endif

#endif /* SY_CIRCLE_H */
