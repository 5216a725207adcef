/* SPDX-License-Identifier: MIT */
/*
 * handoff.c - what one switch between two coroutines costs.
 *
 * Without a ring, two coroutines of one thread switch to one another from two
 * different functions, so that the processor has to predict where each goes
 * on: a ring of coroutines in one loop hides what a wrong prediction costs.
 *
 * Alone, the thread's own stack switches to itself: it saves and loads the
 * same registers and jumps to where it came from, in the same loop.  What is
 * left of a hand-off without that is what the other stack and the other place
 * cost.
 */
#include "coroutine.h"

#include "handoff_loop.h"

/* What a mechanism is: the functions for each place, with its switch. */
struct way {
	enum sy_switch_kind kind;
	void (*ping)(void *player);
	void (*pong)(void *player);
	void (*clone)(void *player);
	void (*alone)(struct sy_player *home, uint64_t count);
	void (*clone_alone)(struct sy_player *home, uint64_t count);
};

/* The functions of one way of switching: the compiler makes of each what it
   can with place and way known. */
#define WAY(name, kind)                                                        \
	static void name##_ping(void *player)                                  \
	{                                                                      \
		sy_play(player, SY_PING, kind);                                \
	}                                                                      \
	static void name##_pong(void *player)                                  \
	{                                                                      \
		sy_play(player, SY_PONG, kind);                                \
	}                                                                      \
	static void name##_clone(void *player)                                 \
	{                                                                      \
		sy_play(player, SY_CLONE, kind);                               \
	}                                                                      \
	static void name##_alone(struct sy_player *home, uint64_t count)       \
	{                                                                      \
		sy_pass(home, count, SY_ALONE, kind);                          \
	}                                                                      \
	static void name##_clone_alone(struct sy_player *home, uint64_t count) \
	{                                                                      \
		sy_pass(home, count, SY_CLONE, kind);                          \
	}                                                                      \
	static const struct way name##_way = {                                 \
		kind,         name##_ping,  name##_pong,                       \
		name##_clone, name##_alone, name##_clone_alone,                \
	}

WAY(inline, SY_SWITCH_INLINE);
WAY(assembly, SY_SWITCH_ASSEMBLY);
WAY(ucontext, SY_SWITCH_UCONTEXT);

/* What player `index` runs. */
static void (*entry_of(const struct sy_circle *circle, uint32_t index))(void *)
{
	const struct way *way = circle->way;

	if (circle->batch->setting.contexts)
		return way->clone;
	return index ? way->pong : way->ping;
}

static int handoff_open(void **made, struct sy_batch *batch,
                        const struct sy_mechanism *mechanism)
{
	const struct way *way = mechanism->way;
	struct sy_circle *circle;
	int rc = sy_circle_open(&circle, batch);

	if (rc)
		return rc;
	circle->way = way;
	for (uint32_t i = 0; i < circle->count; i++) {
		struct sy_player *player = &circle->players[i];

		sy_fiber_make(&player->fiber, way->kind, player->stack.low,
		              player->stack.top, entry_of(circle, i), player);
	}
	*made = circle;
	return 0;
}

static int handoff_run(void *data, uint64_t count)
{
	struct sy_circle *circle = data;
	const struct way *way = circle->way;

	circle->rounds = count / circle->count;
	sy_switch_to(&circle->home, &circle->players->fiber, way->kind);
	sy_circle_see(circle);
	return sy_stacks_check(&circle->stacks);
}

static int handoff_alone(void *data, uint64_t count)
{
	struct sy_circle *circle = data;
	const struct way *way = circle->way;

	if (circle->batch->setting.contexts)
		way->clone_alone(&circle->home, count);
	else
		way->alone(&circle->home, count);
	return 0;
}

static void handoff_close(void *circle)
{
	sy_circle_close(circle);
}

static const char *inline_absent(void)
{
	return SY_SWITCH_INLINE_ABSENT;
}

static const char *assembly_absent(void)
{
	return SY_SWITCH_ABSENT;
}

#define TAKES (SY_TAKES_RING | SY_TAKES_WORKING)

const struct sy_mechanism sy_coroutine_inline = {
	.name = "inline",
	.summary = "own switch, inlined",
	.family = SY_SWITCH,
	.takes = TAKES,
	.in_tour = true,
	.way = &inline_way,
	.absent = inline_absent,
	.needs = sy_circle_needs,
	.open = handoff_open,
	.run = handoff_run,
	.alone = handoff_alone,
	.close = handoff_close,
};

const struct sy_mechanism sy_coroutine_assembly = {
	.name = "assembly",
	.summary = "own switch in assembly",
	.family = SY_SWITCH,
	.takes = TAKES,
	.in_tour = true,
	.way = &assembly_way,
	.absent = assembly_absent,
	.needs = sy_circle_needs,
	.open = handoff_open,
	.run = handoff_run,
	.alone = handoff_alone,
	.close = handoff_close,
};

const struct sy_mechanism sy_coroutine_uswitch = {
	.name = "ucontext",
	.summary = "swapcontext, a system call",
	.family = SY_SWITCH,
	.takes = TAKES,
	.in_tour = true,
	.way = &ucontext_way,
	.needs = sy_circle_needs,
	.open = handoff_open,
	.run = handoff_run,
	.alone = handoff_alone,
	.close = handoff_close,
};
