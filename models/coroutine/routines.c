/* SPDX-License-Identifier: MIT */
/*
 * routines.c - see routines.h.
 *
 * There is no scheduler's context: one that stops takes the next from the
 * queue and switches straight there.  One that ends cannot give back the stack
 * it stands on; whoever runs next does.
 */
#include "routines_internal.h"

#include <errno.h>
#include <stdlib.h>

#include "lane.h"

/* A build without our own switch (CET, another processor) has the C library's. */
#define KIND (SY_LANE_SWITCH_ABSENT ? SY_SWITCH_UCONTEXT : SY_LANE_SWITCH)

/* Yields between two looks at the kernel. */
#define TURNS 64

static void reap(struct sy_routines *set)
{
	struct sy_routine *left = set->left;
	int rc;

	if (!left)
		return;
	set->left = NULL;
	sy_fiber_drop(&left->fiber);
	rc = sy_stack_give(&set->stacks, &left->stack);
	if (rc)
		set->error = rc;
}

static void run(struct sy_routines *set, struct sy_routine *next)
{
	struct sy_routine *self = set->running;

	set->running = next;
	next->state = SY_ROUTINE_RUNNING;
	if (next == self)
		return;
	sy_fiber_switch(&self->fiber, &next->fiber, KIND);
	reap(set);
}

/* Who goes on where nobody transfers; NULL: nobody can, ever. */
static struct sy_routine *next_ready(struct sy_routines *set)
{
	struct sy_fiber *fiber;

	while (!(fiber = sy_ready_take(&set->ready))) {
		if (!set->kernel_waits)
			return NULL;
		sy_routines_look(set, true);
	}
	return (struct sy_routine *)(void *)fiber;
}

static void make_ready(struct sy_routine *routine)
{
	routine->state = SY_ROUTINE_READY;
	sy_ready_push(&routine->set->ready, &routine->fiber);
}

void sy_routine_wake(struct sy_routine *routine, int result)
{
	routine->result = result;
	make_ready(routine);
}

int sy_routine_park(struct sy_routines *set)
{
	struct sy_routine *self = set->running, *next;

	self->state = SY_ROUTINE_WAITING;
	next = next_ready(set);
	if (!next) {
		self->state = SY_ROUTINE_RUNNING;
		return -EDEADLK;
	}
	run(set, next);
	return self->result;
}

/* Whom the end of `self` lets go on. */
static struct sy_routine *heir(struct sy_routines *set,
                               const struct sy_routine *self)
{
	struct sy_routine *next;

	if (!self->spawned && self->maker &&
	    self->maker->state == SY_ROUTINE_PARKED)
		return self->maker;
	next = next_ready(set);
	if (next)
		return next;
	/* The thread waits for what cannot come, or has transferred here. */
	set->thread.result = -EDEADLK;
	return &set->thread;
}

static void live(void *data)
{
	struct sy_routine *self = data, *next;
	struct sy_routines *set = self->set;

	reap(set);
	self->function(set, self->data);
	self->state = SY_ROUTINE_ENDED;
	if (self->joiner)
		sy_routine_wake(self->joiner, 0);
	next = heir(set, self);
	set->running = next;
	set->left = self;
	next->state = SY_ROUTINE_RUNNING;
	sy_fiber_end(&self->fiber, &next->fiber, KIND);
}

static void give_slot(struct sy_routine *routine)
{
	routine->state = SY_ROUTINE_FREE;
	routine->next_free = routine->set->free;
	routine->set->free = routine;
}

int sy_routine_make(struct sy_routines *set, sy_routine_fn *function,
                    void *data, struct sy_routine **routine)
{
	struct sy_routine *new = set->free;
	struct sy_stack stack;

	if (!new || sy_stack_take(&set->stacks, &stack))
		return -EAGAIN;
	set->free = new->next_free;
	*new = (struct sy_routine){ .set = set,
		                    .function = function,
		                    .data = data,
		                    .stack = stack,
		                    .maker = set->running,
		                    .state = SY_ROUTINE_NEW,
		                    .deadline = new->deadline,
		                    .fd = -1 };
	sy_fiber_make(&new->fiber, KIND, stack.low, stack.top, live, new);
	*routine = new;
	return 0;
}

int sy_routine_spawn(struct sy_routines *set, sy_routine_fn *function,
                     void *data, struct sy_routine **routine)
{
	struct sy_routine *new;
	int rc = sy_routine_make(set, function, data, &new);

	if (rc)
		return rc;
	new->spawned = true;
	make_ready(new);
	if (routine)
		*routine = new;
	return 0;
}

int sy_routine_transfer(struct sy_routines *set, struct sy_routine *routine)
{
	struct sy_routine *to = routine ? routine : &set->thread;

	if (to->state == SY_ROUTINE_RUNNING)
		return 0;
	if (to->state == SY_ROUTINE_ENDED || to->state == SY_ROUTINE_FREE)
		return -ESRCH;
	if (to->state != SY_ROUTINE_NEW && to->state != SY_ROUTINE_PARKED)
		return -EBUSY;
	set->running->state = SY_ROUTINE_PARKED;
	run(set, to);
	return set->error;
}

void sy_routine_yield(struct sy_routines *set)
{
	if (++set->turns >= TURNS && set->kernel_waits) {
		set->turns = 0;
		sy_routines_look(set, false);
	}
	make_ready(set->running);
	run(set, next_ready(set));
}

int sy_routine_join(struct sy_routines *set, struct sy_routine *routine)
{
	int rc = 0;

	if (routine == set->running)
		return -EDEADLK;
	if (routine->joiner)
		return -EBUSY;
	if (routine->state != SY_ROUTINE_ENDED) {
		routine->joiner = set->running;
		rc = sy_routine_park(set);
		routine->joiner = NULL;
	}
	if (rc)
		return rc;
	give_slot(routine);
	return set->error;
}

int sy_routines_join(struct sy_routines *set)
{
	int rc = 0;

	for (uint32_t i = 0; i < set->most && !rc; i++) {
		struct sy_routine *routine = &set->slots[i];

		while (routine->spawned && routine->joiner &&
		       routine->state != SY_ROUTINE_FREE && !rc)
			rc = sy_routine_sleep(set, 0);
		if (!rc && routine->spawned &&
		    routine->state != SY_ROUTINE_FREE)
			rc = sy_routine_join(set, routine);
	}
	return rc;
}

static int tables_open(struct sy_routines *set, uint32_t most)
{
	set->most = most;
	set->slots = calloc(most, sizeof(*set->slots));
	if (!set->slots)
		return -ENOMEM;
	for (uint32_t i = most; i-- > 0;) {
		set->slots[i].set = set;
		give_slot(&set->slots[i]);
	}
	return sy_ready_open(&set->ready, most + 1);
}

static void tables_close(struct sy_routines *set)
{
	sy_ready_close(&set->ready);
	free(set->slots);
	free(set);
}

int sy_routines_open(struct sy_routines **set_out, uint32_t most,
                     size_t stack_bytes)
{
	struct sy_routines *set;
	size_t rounded;
	int rc;

	if (!most || most == UINT32_MAX)
		return -EINVAL;
	rc = sy_stack_round(stack_bytes, &rounded);
	if (rc)
		return rc;
	set = calloc(1, sizeof(*set));
	if (!set)
		return -ENOMEM;
	rc = tables_open(set, most);
	if (!rc)
		rc = sy_fiber_adopt(&set->thread.fiber, &set->thread_ucontext);
	if (rc)
		goto close_tables;
	rc = sy_routines_wait_open(set);
	if (rc)
		goto close_tables;
	rc = sy_stacks_open(&set->stacks, most, rounded, sy_guard_for(most, 0));
	if (rc)
		goto close_wait;
	set->thread.set = set;
	set->thread.fd = -1;
	set->thread.state = SY_ROUTINE_RUNNING;
	set->running = &set->thread;
	*set_out = set;
	return 0;

close_wait:
	sy_routines_wait_close(set);
close_tables:
	tables_close(set);
	return rc;
}

void sy_routines_close(struct sy_routines *set)
{
	for (uint32_t i = 0; i < set->most; i++)
		if (set->slots[i].state != SY_ROUTINE_FREE &&
		    set->slots[i].state != SY_ROUTINE_ENDED)
			sy_fiber_drop(&set->slots[i].fiber);
	sy_stacks_close(&set->stacks);
	sy_routines_wait_close(set);
	tables_close(set);
}
