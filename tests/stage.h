/* SPDX-License-Identifier: MIT */
/*
 * stage.h - carries out tasks that meet, in one thread and in a known order,
 * and breaks a promise when it is told to.
 *
 * Every lane in its turn makes one step of its op: a section has several, so
 * that two of them are inside at once wherever nothing keeps them apart.
 * Independent of models/.
 */
#ifndef SY_STAGE_H
#define SY_STAGE_H

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

#include "model.h"
#include "sections.h"

enum stage_fault {
	STAGE_RIGHT,
	STAGE_OPEN_LOCK,     /* everybody gets it */
	STAGE_DEAD_OWNER,    /* once, with its section half done */
	STAGE_WIDE_GATE,     /* lets one more in */
	STAGE_LEAKY_GATE,    /* forgets one unit that is given back */
	STAGE_OPEN_EVENT,    /* lets everybody pass */
	STAGE_HASTY_EVENT,   /* the same, and others go first in turn */
	STAGE_FICKLE_EVENT,  /* the same, but for the first who waits */
	STAGE_STUCK_EVENT,   /* stays set */
	STAGE_EAGER_NOTIFY,  /* wakes one more */
	STAGE_LAST_NOTIFY,   /* wakes those that came last */
	STAGE_EARLY_TIMER,   /* a deadline is over at once */
	STAGE_DEAF_TIMER,    /* a deadline, whether the event is set or not */
	STAGE_DOUBLED_TASK,  /* task 0 is run twice */
	STAGE_LOST_SECTIONS, /* the last section of an op is not run */
};

#define STAGE_PLACES 64

struct stage_lane {
	struct sy_op op;
	uint32_t section, phase; /* SY_SECTIONS; SY_WAIT: phase */
	uint64_t cell, since;    /* read of it; order of waiting */
	bool live;
};

struct stage {
	struct sy_batch *batch;
	enum stage_fault fault;
	struct stage_lane *lanes;
	bool locked[STAGE_PLACES], set[STAGE_PLACES];
	uint32_t units[STAGE_PLACES]; /* that are free */
	uint64_t next, clock;         /* task; of waiting */
	uint64_t turns;               /* of all lanes */
	bool faulted;                 /* faults that come once */
};

static bool stage_take(struct stage *stage, uint32_t by, uint64_t place)
{
	if (by == SY_LOCK && stage->fault != STAGE_OPEN_LOCK) {
		if (stage->locked[place])
			return false;
		stage->locked[place] = true;
	}
	if (by == SY_ACQUIRE) {
		if (!stage->units[place])
			return false;
		stage->units[place]--;
	}
	return true;
}

static int64_t stage_give(struct stage *stage, uint32_t by, uint64_t place,
                          uint32_t count)
{
	uint32_t most =
		stage->batch->gate_units ? stage->batch->gate_units[0] : 0;

	if (by == SY_LOCK)
		stage->locked[place] = false;
	if (by != SY_ACQUIRE)
		return 0;
	if (stage->fault == STAGE_LEAKY_GATE && !stage->faulted) {
		stage->faulted = true;
		return 0;
	}
	most += stage->fault == STAGE_WIDE_GATE;
	if (stage->units[place] + count > most)
		return -EOVERFLOW;
	stage->units[place] += count;
	return 0;
}

/* One section has four phases: take, read, write, give back. */
static bool stage_sections(struct stage *stage, struct stage_lane *own,
                           struct sy_task *task)
{
	const struct sy_sections *all = own->op.sections;
	uint32_t count = own->op.count;
	uint64_t index = sy_section_first(task, count) + own->section;
	uint64_t *cell = &all->cells[index & (all->cell_count - 1)];

	if (own->phase == 0) {
		if (stage_take(stage, all->by, all->place))
			own->phase = 1;
		if (!own->section)
			task->result = 0;
		return false;
	}
	if (own->phase++ == 1) {
		sy_section_enter(all);
		own->cell = *cell;
		return false;
	}
	if (own->phase == 3) {
		task->value = sy_kernel(task->value, all->inside_rounds);
		if (stage->fault == STAGE_DEAD_OWNER && !stage->faulted) {
			stage->faulted = true;
			task->result = -EOWNERDEAD;
		} else {
			*cell = own->cell + 1;
		}
		sy_section_leave(all);
		return false;
	}
	stage_give(stage, all->by, all->place, 1);
	task->value = sy_kernel(task->value, all->outside_rounds);
	own->phase = 0;
	own->section++;
	if (stage->fault == STAGE_LOST_SECTIONS && own->section + 1 == count)
		own->section++;
	return own->section >= count;
}

/* First it lets go of the lock, then it waits, then it takes it again. */
static bool stage_wait(struct stage *stage, struct stage_lane *own)
{
	if (own->phase == 0) {
		stage_give(stage, SY_LOCK, own->op.place, 1);
		own->since = ++stage->clock;
		own->phase = 1;
	}
	return own->phase == 2 && stage_take(stage, SY_LOCK, own->op.place);
}

static bool stage_waits(const struct stage_lane *lane, uint64_t place)
{
	return lane->live && lane->op.kind == SY_WAIT && lane->phase == 1 &&
	       lane->op.place == place;
}

static void stage_notify(struct stage *stage, uint64_t place, uint32_t count)
{
	bool last = stage->fault == STAGE_LAST_NOTIFY;

	count += stage->fault == STAGE_EAGER_NOTIFY;
	for (; count; count--) {
		struct stage_lane *first = NULL;

		for (uint32_t i = 0; i < stage->batch->inflight; i++) {
			struct stage_lane *lane = &stage->lanes[i];

			if (stage_waits(lane, place) &&
			    (!first || (lane->since < first->since) != last))
				first = lane;
		}
		if (!first)
			return;
		first->phase = 2;
	}
}

static bool stage_await(struct stage *stage, struct sy_task *task,
                        uint64_t place)
{
	bool due = task->deadline_ns && sy_clock_ns() >= task->deadline_ns;
	bool deaf = stage->fault == STAGE_DEAF_TIMER && task->deadline_ns;

	task->result = 0;
	if (stage->fault == STAGE_OPEN_EVENT ||
	    stage->fault == STAGE_HASTY_EVENT || stage->faulted)
		return true;
	if (stage->set[place] && !deaf) {
		stage->faulted = stage->fault == STAGE_FICKLE_EVENT;
		return true;
	}
	if (!due && !(task->deadline_ns && stage->fault == STAGE_EARLY_TIMER))
		return false;
	task->result = -ETIMEDOUT;
	return true;
}

/* One step of the lane's op; true: the op is done. */
static bool stage_op(struct stage *stage, struct stage_lane *own,
                     struct sy_task *task)
{
	uint64_t place = own->op.place;

	switch (own->op.kind) {
	case SY_COMPUTE:
		task->value = sy_kernel(task->value, own->op.rounds);
		return true;
	case SY_SLEEP:
		return sy_clock_ns() >= own->op.until_ns;
	case SY_SECTIONS:
		return stage_sections(stage, own, task);
	case SY_AWAIT:
		return stage_await(stage, task, place);
	case SY_WAIT:
		task->result = 0;
		return stage_wait(stage, own);
	default:
		task->result = 0;
	}
	switch (own->op.kind) {
	case SY_LOCK:
	case SY_ACQUIRE:
		return stage_take(stage, own->op.kind, place);
	case SY_UNLOCK:
		stage_give(stage, SY_LOCK, place, 1);
		break;
	case SY_RELEASE:
		task->result =
			stage_give(stage, SY_ACQUIRE, place, own->op.count);
		break;
	case SY_NOTIFY:
		stage_notify(stage, place, own->op.count);
		break;
	default:
		stage->set[place] = own->op.kind == SY_SET ||
		                    (stage->fault == STAGE_STUCK_EVENT &&
		                     stage->set[place]);
	}
	return true;
}

static void stage_begin(struct stage *stage, struct sy_lane *lane)
{
	uint64_t index = stage->next++;

	if (stage->fault == STAGE_DOUBLED_TASK && index)
		index--;
	sy_task_begin(stage->batch, lane, index);
}

/* One step of a lane; false: it has to wait, or there is no task for it. */
static bool stage_turn(struct stage *stage, uint32_t index)
{
	struct sy_lane *lane = &stage->batch->lanes[index];
	struct stage_lane *own = &stage->lanes[index];
	struct stage_lane before = *own;

	if (!own->live) {
		if (stage->next == stage->batch->task_count)
			return false;
		stage_begin(stage, lane);
		own->live = true;
	} else if (!stage_op(stage, own, &lane->task)) {
		return own->phase != before.phase ||
		       own->section != before.section;
	}
	own->op = stage->batch->step(&lane->task);
	own->phase = own->section = 0;
	if (own->op.kind == SY_DONE) {
		sy_task_end(stage->batch, lane);
		own->live = false;
	}
	return true;
}

/* A turn of every lane; whether any of them moved. */
static bool stage_turns(struct stage *stage)
{
	uint32_t count = stage->batch->inflight, first = 0;
	bool moved = false;

	if (stage->fault == STAGE_HASTY_EVENT ||
	    stage->fault == STAGE_FICKLE_EVENT)
		first = (uint32_t)(2 * stage->turns++ % count);
	for (uint32_t i = 0; i < count; i++)
		moved |= stage_turn(stage, (first + i) % count);
	return moved;
}

/* Whether somebody waits for a time. */
static bool stage_sleeps(const struct stage *stage)
{
	for (uint32_t i = 0; i < stage->batch->inflight; i++) {
		const struct stage_lane *own = &stage->lanes[i];
		const struct sy_task *task = &stage->batch->lanes[i].task;

		if (own->live &&
		    (own->op.kind == SY_SLEEP ||
		     (own->op.kind == SY_AWAIT && task->deadline_ns)))
			return true;
	}
	return false;
}

/* Carries out every task; -EDEADLK: all that are left wait for one another. */
static int stage_run(struct sy_batch *batch, enum stage_fault fault)
{
	struct stage stage = { .batch = batch, .fault = fault };
	const struct timespec moment = { .tv_nsec = 20000 };
	bool moved = true;

	stage.lanes = calloc(batch->inflight, sizeof(*stage.lanes));
	if (!stage.lanes)
		return -ENOMEM;
	for (uint32_t i = 0; i < batch->gate_count; i++)
		stage.units[i] =
			batch->gate_units[i] + (fault == STAGE_WIDE_GATE);
	for (; moved || stage_sleeps(&stage);) {
		if (!moved)
			nanosleep(&moment, NULL);
		moved = stage_turns(&stage);
	}
	moved = stage.next == batch->task_count;
	for (uint32_t i = 0; i < batch->inflight; i++)
		moved &= !stage.lanes[i].live;
	free(stage.lanes);
	return moved ? 0 : -EDEADLK;
}

#endif /* SY_STAGE_H */
