/* SPDX-License-Identifier: MIT */
/*
 * handoff_loop.h - the loop in which the players of a circle hand over.
 *
 * It is written once; place and kind of switch are constants of every function
 * that it is inlined into, so that nothing is left of the choice there.
 */
#ifndef SY_HANDOFF_LOOP_H
#define SY_HANDOFF_LOOP_H

#include <stdbool.h>

#include "circle.h"
#include "ready.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Where in the code a player is, and whom it hands over to. */
enum sy_place {
	SY_PING,  /* the first of two: the other one */
	SY_PONG,  /* the second of two */
	SY_CLONE, /* in a ring: the next */
	SY_QUEUE, /* in a queue, its `own`: who is first there */
	SY_ALONE, /* itself */
};

#define SY_INLINE static inline __attribute__((always_inline))

SY_INLINE struct sy_player *sy_switch_to(struct sy_player *self,
                                         struct sy_fiber *there,
                                         enum sy_switch_kind kind)
{
	return (struct sy_player *)(void *)sy_fiber_switch(&self->fiber, there,
	                                                   kind);
}

SY_INLINE struct sy_fiber *sy_whose_turn(struct sy_player *self,
                                         enum sy_place place)
{
	switch (place) {
	case SY_PING:
		return &self[1].fiber;
	case SY_PONG:
		return &self[-1].fiber;
	case SY_CLONE:
		return &self->next->fiber;
	case SY_QUEUE:
		return sy_ready_rotate(self->own, &self->fiber);
	default:
		return &self->fiber;
	}
}

SY_INLINE struct sy_player *sy_hand_over(struct sy_player *self,
                                         enum sy_place place,
                                         enum sy_switch_kind kind)
{
	return sy_switch_to(self, sy_whose_turn(self, place), kind);
}

/* A loop's own jump takes a seventh of the time of a switch, so it comes once
   in four. */
SY_INLINE struct sy_player *sy_pass_idle(struct sy_player *self, uint64_t count,
                                         enum sy_place place,
                                         enum sy_switch_kind kind)
{
	for (; count >= 4; count -= 4) {
		self = sy_hand_over(self, place, kind);
		self = sy_hand_over(self, place, kind);
		self = sy_hand_over(self, place, kind);
		self = sy_hand_over(self, place, kind);
	}
	for (; count; count--)
		self = sy_hand_over(self, place, kind);
	return self;
}

SY_INLINE struct sy_player *sy_pass_working(struct sy_player *self,
                                            uint64_t count, enum sy_place place,
                                            enum sy_switch_kind kind)
{
	uint64_t bytes = self->circle->working_bytes;

	for (; count; count--) {
		sy_work_set(self->working, bytes);
		self = sy_hand_over(self, place, kind);
	}
	return self;
}

/* Hands over `count` times, each time after work where there is some. */
SY_INLINE struct sy_player *sy_pass(struct sy_player *self, uint64_t count,
                                    enum sy_place place,
                                    enum sy_switch_kind kind)
{
	return self->circle->working_bytes
	               ? sy_pass_working(self, count, place, kind)
	               : sy_pass_idle(self, count, place, kind);
}

/*
 * What a player does all its life.  The first is entered from home and goes
 * back there when it has done its part; the others stay where they then are,
 * in the midst of theirs.
 */
SY_INLINE void sy_play(struct sy_player *self, enum sy_place place,
                       enum sy_switch_kind kind)
{
	const struct sy_circle *circle = self->circle;
	bool leads = place == SY_PING ||
	             (place != SY_PONG && self == circle->players);

	for (;;) {
		self = sy_pass(self, leads ? circle->rounds : UINT64_MAX, place,
		               kind);
		self = sy_switch_to(self, &self->circle->home.fiber, kind);
	}
}

#ifdef __cplusplus
}
#endif

#endif /* SY_HANDOFF_LOOP_H */
