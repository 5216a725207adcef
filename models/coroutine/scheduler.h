/* SPDX-License-Identifier: MIT */
/*
 * scheduler.h - coroutines of one thread: who is ready, who waits for what.
 *
 * A scheduler belongs to one thread and takes no lock.  It is not a fibre of
 * its own: a coroutine that stops asks it who is next and switches straight
 * there, so that a yield is one switch.  What waits for the kernel is seen to
 * at each budget and whenever nobody is ready.
 */
#ifndef SY_SCHEDULER_H
#define SY_SCHEDULER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>

#include "fiber.h"
#include "model.h"
#include "parking.h"
#include "ready.h"
#include "stack.h"
#include "timers.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Sockets and timers are looked at after so many tasks or about so much
 * computing, whichever is first.  Computing is counted in rounds of
 * sy_kernel, as reading the clock would cost more than a small task: 50 us
 * at 1.4 ns a round.
 */
#define SY_BUDGET_TASKS 64
#define SY_BUDGET_ROUNDS (INT64_C(50000) * 10 / 14)

/* What the schedulers share: the tasks of a run that none of them has taken
   yet, and where their coroutines meet. */
struct sy_supply {
	uint64_t next __attribute__((aligned(128))); /* taken atomically */
	uint64_t count __attribute__((aligned(128)));
	uint32_t schedulers;
	struct sy_parking *parking;
	struct sy_scheduler *all; /* linked by `sibling`; atomic */
	/* Schedulers of a run that something may still happen in; atomic. */
	uint32_t live;
};

/* By what others know a coroutine: not on its stack, where what it needs
   itself has to lie close together. */
struct sy_guest {
	struct sy_coroutine *coroutine;
	struct sy_waiter waiter;     /* at meeting places */
	struct sy_deadline deadline; /* in the heap of timers */
} __attribute__((aligned(64)));

/* A lane's coroutine.  It lies at the upper end of its own stack, where it
   is in the cache when it runs. */
struct sy_coroutine {
	struct sy_fiber fiber; /* first: found from it again */
	struct sy_scheduler *scheduler;
	struct sy_lane *lane;
	uint32_t awaits; /* EPOLLIN or EPOLLOUT while parked for it, else 0 */
	bool readable;   /* an edge came while it was not waiting for one */
	bool ended;      /* the peer hung up: no edge will come any more */
	bool roomy;      /* its edges are of room for sending too */
	bool timed_out;  /* its deadline came before the edge */
	bool stranded;   /* parked at a place, without a deadline */
	bool timed;      /* its deadline is set */
	struct sy_guest *guest;
	struct sy_stack stack;
} __attribute__((aligned(64)));

/* What a scheduler does, as the others have to know it. */
enum sy_repose {
	SY_AWAKE,
	SY_ASLEEP, /* in epoll, until an edge, a timer or the bell */
	SY_STUCK,  /* the same, and all of its coroutines are stranded */
};

/* Coroutines that others have woken, last in first out.  All of it is
   atomic: it is what schedulers touch of one another. */
struct sy_inbox {
	struct sy_waiter *first;
	uint32_t repose; /* enum sy_repose */
	bool hopeless;   /* all schedulers were stuck */
} __attribute__((aligned(128)));

/* Taken from epoll at a time. */
#define SY_EVENTS_MAX 128

struct sy_scheduler {
	/* What every task touches. */
	struct sy_ready ready;
	uint64_t next_task, end_task; /* taken from the supply */
	int64_t rounds_left;          /* of the budget */
	int32_t tasks_left;           /* of the budget; 0 or less: over */
	uint32_t running;             /* coroutines not out of tasks */
	uint32_t parked;              /* of these, waiting */
	uint32_t io_parked;           /* of these, for a socket */
	uint32_t stranded; /* of these, at a place, for ever if need be */
	bool has_parked;   /* a task waited since the last refill */
	bool meets;        /* the batch has places */
	struct sy_batch *batch;
	struct sy_context *context;
	struct sy_supply *supply;

	struct sy_fiber home; /* the thread that called sy_scheduler_run */
	struct sy_timers timers;
	int epoll;
	int alarm; /* a timerfd where epoll takes no nanoseconds, else -1 */
	int bell; /* an eventfd where others may wake its coroutines, else -1 */
	int error; /* of epoll: the scheduler cannot go on, ever */
	enum sy_switch_kind kind;
	uint32_t count;
	struct sy_coroutine **all; /* `count` of them */
	struct sy_guest *guests;   /* the same */
	struct sy_stacks stacks;
	ucontext_t home_ucontext;
	struct sy_scheduler *sibling;
	struct sy_inbox inbox;
	/* Here and not on a stack, of which it would take a page. */
	struct epoll_event events[SY_EVENTS_MAX];
};

/*
 * Gives scheduler `index` of supply->schedulers its share of the lanes, a
 * coroutine each that calls `entry`.  Called by the thread that will run it.
 * -ENOMEM, -EMFILE, what epoll_ctl says of a lane's connection; -EAGAIN: more
 * fibres than a checking tool can follow.
 */
int sy_scheduler_open(struct sy_scheduler *scheduler, struct sy_batch *batch,
                      struct sy_supply *supply, uint32_t index,
                      enum sy_switch_kind kind, void (*entry)(void *coroutine));
void sy_scheduler_close(struct sy_scheduler *scheduler);

/* Runs the coroutines until the supply is empty and all have ended their
   tasks.  -EFAULT: a stack has overflowed. */
int sy_scheduler_run(struct sy_scheduler *scheduler);

/* Takes more tasks from the supply.  False: there are none. */
bool sy_scheduler_refill(struct sy_scheduler *scheduler);

/* events.c: what coroutines wait for.  -EMFILE, -ENFILE, -ENOMEM. */
int sy_events_open(struct sy_scheduler *scheduler);
void sy_events_close(struct sy_scheduler *scheduler);

/* Registers a coroutine's connection, where its lane has one; `roomy`: for
   edges of room for sending too. */
int sy_events_register(struct sy_coroutine *coroutine, bool roomy);

/* Reports room for sending too, or receiving alone again. */
int sy_events_watch(struct sy_coroutine *coroutine, bool sending);

/* Looks at what waits, without waiting, and starts a new budget. */
void sy_scheduler_poll(struct sy_scheduler *scheduler);

/* Takes the next ready coroutine's fibre, waiting for one to become ready;
   `home` where there is none left to wait for, or on a failure. */
struct sy_fiber *sy_scheduler_next(struct sy_scheduler *scheduler);

/*
 * meet.c: coroutines that wait for others, all called by the scheduler's own
 * thread.  After sy_events_open; -EMFILE, -ENFILE, -ENOMEM.
 */
int sy_meet_open(struct sy_scheduler *scheduler);
void sy_meet_close(struct sy_scheduler *scheduler);
/* Makes a coroutine known by `guest`. */
void sy_meet_guest(struct sy_coroutine *coroutine, struct sy_guest *guest);
/* Around each run. */
void sy_meet_begin(struct sy_scheduler *scheduler);
void sy_meet_end(struct sy_scheduler *scheduler);
/* Makes those ready that other schedulers have woken. */
void sy_meet_collect(struct sy_scheduler *scheduler);
/* Around each sleep in epoll.  False: there is no need to sleep. */
bool sy_meet_sleep(struct sy_scheduler *scheduler);
void sy_meet_rise(struct sy_scheduler *scheduler);
/* The deadline of a coroutine that is parked at a place has come. */
void sy_meet_time_out(struct sy_coroutine *coroutine);

static inline void sy_scheduler_ready(struct sy_scheduler *scheduler,
                                      struct sy_coroutine *coroutine)
{
	sy_ready_push(&scheduler->ready, &coroutine->fiber);
}

/* Makes a coroutine ready that was parked; its deadline is taken back. */
static inline void sy_scheduler_wake(struct sy_scheduler *scheduler,
                                     struct sy_coroutine *coroutine)
{
	if (coroutine->timed)
		coroutine->guest->deadline.due_ns = 0;
	coroutine->timed = false;
	scheduler->parked--;
	sy_scheduler_ready(scheduler, coroutine);
}

/* Takes the next ready coroutine, or NULL. */
static inline struct sy_coroutine *
sy_scheduler_take(struct sy_scheduler *scheduler)
{
	return (struct sy_coroutine *)(void *)sy_ready_take(&scheduler->ready);
}

/* Charges a task's computing to the budget. */
static inline void sy_scheduler_charge(struct sy_scheduler *scheduler,
                                       uint64_t rounds)
{
	if (rounds >= SY_BUDGET_ROUNDS)
		scheduler->rounds_left = 0;
	else
		scheduler->rounds_left -= (int64_t)rounds;
	if (scheduler->rounds_left <= 0)
		scheduler->tasks_left = 0;
}

#ifdef __cplusplus
}
#endif

#endif /* SY_SCHEDULER_H */
