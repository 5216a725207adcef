/* SPDX-License-Identifier: MIT */
/*
 * handoff_boost.c - Boost.Context's switch, called from C, in loops like
 * those of handoff_loop.h and on the same stacks.
 *
 * make_fcontext and jump_fcontext have the C calling convention; they are
 * declared here because Boost's header for them is C++.  Boost 1.61 or later:
 * a jump returns, in registers, where it came from and what was given there.
 * So where a context lies is known to whom it jumped to.  Of two, each keeps
 * what it was told in a variable; in a ring, a clone is given itself and notes
 * where its predecessor lies in that one's `own`.
 *
 * A context cannot jump to itself, because what it would jump to is made by
 * leaving it.  So there is no `alone`.
 */
#include "coroutine.h"

#include <errno.h>
#include <stdbool.h>

#include "circle.h"

#ifdef SY_BOOST_CONTEXT

#define INLINE static inline __attribute__((always_inline))

struct transfer {
	void *from;
	void *data;
};

struct transfer jump_fcontext(void *to, void *data);
void *make_fcontext(void *top, size_t bytes, void (*entry)(struct transfer));

/* Who runs, and where the other one lies if there are two. */
struct spot {
	struct sy_player *self;
	void *other;
};

INLINE struct transfer jump(struct sy_player *self, struct sy_player *there,
                            void *to, void *data)
{
	struct transfer transfer;

	sy_note_leave(&self->fiber.note, &there->fiber.note);
	transfer = jump_fcontext(to, data);
	sy_note_arrive(&self->fiber.note);
	return transfer;
}

INLINE struct spot hand_over(struct spot at, bool two)
{
	struct sy_player *next = at.self->next;
	struct transfer transfer;

	if (two) {
		at.other = jump(at.self, next, at.other, next).from;
		return at;
	}
	transfer = jump(at.self, next, next->own, next);
	at.self = transfer.data;
	at.self->previous->own = transfer.from;
	return at;
}

INLINE struct spot pass(struct spot at, uint64_t count, bool two)
{
	for (; count >= 4; count -= 4) {
		at = hand_over(at, two);
		at = hand_over(at, two);
		at = hand_over(at, two);
		at = hand_over(at, two);
	}
	for (; count; count--)
		at = hand_over(at, two);
	return at;
}

INLINE struct spot pass_working(struct spot at, uint64_t count, bool two)
{
	uint64_t bytes = at.self->circle->working_bytes;

	for (; count; count--) {
		sy_work_set(at.self->working, bytes);
		at = hand_over(at, two);
	}
	return at;
}

INLINE struct spot pass_either(struct spot at, uint64_t count, bool two)
{
	return at.self->circle->working_bytes ? pass_working(at, count, two)
	                                      : pass(at, count, two);
}

/* What a player does all its life: as sy_play. */
INLINE void play(struct transfer transfer, bool two, bool leads)
{
	struct sy_player *self = transfer.data;
	struct sy_circle *circle = self->circle;
	struct spot at = { self, transfer.from };
	void *home = transfer.from;

	sy_note_arrive(&self->fiber.note);
	if (leads)
		at.other = self->next->own;
	else
		self->previous->own = transfer.from;
	for (;;) {
		at = pass_either(at, leads ? circle->rounds : UINT64_MAX, two);
		home = jump(at.self, &circle->home, home, NULL).from;
	}
}

static void ping(struct transfer transfer)
{
	play(transfer, true, true);
}

static void pong(struct transfer transfer)
{
	play(transfer, true, false);
}

static void in_ring(struct transfer transfer)
{
	const struct sy_player *self = transfer.data;

	play(transfer, false, self == self->circle->players);
}

static void player_make(struct sy_player *player,
                        void (*entry)(struct transfer))
{
	const struct sy_stack *stack = &player->stack;
	size_t bytes = (size_t)(stack->top - stack->low);

	sy_note_stack(&player->fiber.note, stack->low, bytes);
	player->own = make_fcontext(stack->top, bytes, entry);
}

static int boost_open(void **made, struct sy_batch *batch,
                      const struct sy_mechanism *mechanism)
{
	struct sy_circle *circle;
	int rc = sy_circle_open(&circle, batch);

	(void)mechanism;
	if (rc)
		return rc;
	for (uint32_t i = 0; i < circle->count; i++)
		player_make(&circle->players[i], batch->setting.contexts
		                                         ? in_ring
		                                 : i ? pong
		                                     : ping);
	*made = circle;
	return 0;
}

static int boost_run(void *data, uint64_t count)
{
	struct sy_circle *circle = data;
	struct sy_player *first = circle->players;

	circle->rounds = count / circle->count;
	first->own = jump(&circle->home, first, first->own, first).from;
	sy_circle_see(circle);
	return 0;
}

static void boost_close(void *circle)
{
	sy_circle_close(circle);
}

#define ABSENT NULL

#else

#define ABSENT "built without Boost.Context (Debian: libboost-context-dev)"

static int boost_open(void **made, struct sy_batch *batch,
                      const struct sy_mechanism *mechanism)
{
	(void)made;
	(void)batch;
	(void)mechanism;
	return -ENOTSUP;
}

/* Never called: nothing is opened. */
static int boost_run(void *data, uint64_t count)
{
	(void)data;
	(void)count;
	return -ENOTSUP;
}

static void boost_close(void *data)
{
	(void)data;
}

#endif

static const char *boost_absent(void)
{
	return ABSENT;
}

const struct sy_mechanism sy_coroutine_boost = {
	.name = "boost",
	.summary = "jump_fcontext of Boost.Context",
	.family = SY_SWITCH,
	.takes = SY_TAKES_RING | SY_TAKES_WORKING,
	.absent = boost_absent,
	.needs = sy_circle_needs,
	.open = boost_open,
	.run = boost_run,
	.close = boost_close,
};
