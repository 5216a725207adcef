/* SPDX-License-Identifier: MIT */
/* routines_internal.h - what the files of routines.h share. */
#ifndef SY_ROUTINES_INTERNAL_H
#define SY_ROUTINES_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>

#include "fiber.h"
#include "ready.h"
#include "routines.h"
#include "stack.h"
#include "timers.h"

#ifdef __cplusplus
extern "C" {
#endif

enum sy_routine_state {
	SY_ROUTINE_FREE,    /* a slot */
	SY_ROUTINE_NEW,     /* made, never transferred to */
	SY_ROUTINE_READY,   /* in the queue */
	SY_ROUTINE_RUNNING, /* the one */
	SY_ROUTINE_PARKED,  /* has transferred to another one */
	SY_ROUTINE_WAITING, /* for time, a descriptor or an end */
	SY_ROUTINE_ENDED,   /* not joined yet */
};

struct sy_routine {
	struct sy_fiber fiber; /* first: found from it again */
	struct sy_routines *set;
	sy_routine_fn *function;
	void *data;
	struct sy_stack stack;
	struct sy_routine *maker;
	struct sy_routine *joiner; /* waits for the end, or NULL */
	enum sy_routine_state state;
	struct sy_routine *next_free; /* of a free slot */
	bool spawned;
	int result; /* of what it waited for */
	int fd;     /* that it waits for, or -1 */
	/* The heap may know it longer than the routine: it stays with the slot. */
	struct sy_deadline deadline;
};

/* Taken from epoll at a time. */
#define SY_ROUTINE_EVENTS 64

struct sy_routines {
	struct sy_ready ready;
	struct sy_routine *running;
	struct sy_routine
		*left;         /* ended: its stack is still to be given back */
	uint32_t kernel_waits; /* that wait for time or a descriptor */
	uint32_t turns;        /* yields since the kernel was looked at */
	int error;             /* a stack has overflowed */
	int epoll;
	uint32_t most;
	struct sy_timers timers;
	struct sy_routine *slots;
	struct sy_routine *free; /* the slots, last in first out */
	struct sy_routine thread;
	struct sy_stacks stacks;
	ucontext_t thread_ucontext;
	struct epoll_event events[SY_ROUTINE_EVENTS];
};

/* routines_wait.c: opens what waits; -ENOMEM, -EMFILE. */
int sy_routines_wait_open(struct sy_routines *set);
void sy_routines_wait_close(struct sy_routines *set);
/* Makes those ready whose time or descriptor has come; `block`: waits until
   there is one. */
void sy_routines_look(struct sy_routines *set, bool block);
/* The running one waits until it is woken; its result, or -EDEADLK. */
int sy_routine_park(struct sy_routines *set);
/* One that waits is ready. */
void sy_routine_wake(struct sy_routine *routine, int result);

#ifdef __cplusplus
}
#endif

#endif /* SY_ROUTINES_INTERNAL_H */
