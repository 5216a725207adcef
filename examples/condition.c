/* SPDX-License-Identifier: MIT */
/*
 * condition.c - notify(n) wakes exactly n of those that wait, and who waits for
 * a predicate goes back to waiting while it is false.
 *
 * Ten contexts wait until there is something for them; the eleventh puts three
 * out and notifies three, then notifies five for whom there is nothing, then
 * puts out the rest.
 */
#include "example.h"

#define WAITERS 10u

struct table {
	unsigned waiting, things, taken, in_vain;
	unsigned taken_of_three;
};

static struct sy_op op(enum sy_op_kind kind, uint32_t count)
{
	return (struct sy_op){ .kind = (uint32_t)kind, .count = count };
}

enum { COME, HELD, WOKEN, LEFT };

static struct sy_op take(struct sy_task *task, struct table *table)
{
	switch (task->step) {
	case COME:
		task->step = HELD;
		return op(SY_LOCK, 0);
	case WOKEN:
		if (!table->things)
			table->in_vain++;
		table->waiting--;
		/* fall through */
	case HELD:
		if (!table->things) {
			table->waiting++;
			task->step = WOKEN;
			return op(SY_WAIT, 0);
		}
		table->things--;
		table->taken++;
		task->step = LEFT;
		return op(SY_UNLOCK, 0);
	default:
		return example_done();
	}
}

enum { PUT_BEGIN, PUT_LOOK, PUT_TOLD, PUT_GONE, PUT_SLEPT, PUT_END };

/* What is told next; the lock is held and all who are left wait. */
static struct sy_op tell(struct sy_task *task, struct table *table)
{
	task->step = PUT_TOLD;
	switch (task->local[0]++) {
	case 0:
		table->things = 3;
		return op(SY_NOTIFY, 3);
	case 1:
		table->taken_of_three = table->taken;
		return op(SY_NOTIFY, 5);
	default:
		table->things = WAITERS - table->taken;
		return op(SY_NOTIFY, WAITERS);
	}
}

/* Whether all have come back that were told of before. */
static int is_quiet(const struct sy_task *task, const struct table *table)
{
	return table->waiting == WAITERS - table->taken &&
	       table->taken == (task->local[0] ? 3 : 0) &&
	       table->in_vain == (task->local[0] == 2 ? 5 : 0);
}

static struct sy_op put(struct sy_task *task, struct table *table)
{
	switch (task->step) {
	case PUT_LOOK:
		if (is_quiet(task, table))
			return tell(task, table);
		/* fall through */
	case PUT_TOLD:
		task->step = task->local[0] == 3 ? PUT_END : PUT_GONE;
		return op(SY_UNLOCK, 0);
	case PUT_GONE:
		task->step = PUT_SLEPT;
		return (struct sy_op){ .kind = SY_SLEEP,
			               .until_ns = sy_clock_ns() + 1000000 };
	case PUT_BEGIN:
		task->local[0] = 0;
		/* fall through */
	case PUT_SLEPT:
		task->step = PUT_LOOK;
		return op(SY_LOCK, 0);
	default:
		return example_done();
	}
}

static struct sy_op play(struct sy_task *task)
{
	struct table *table = (struct table *)task->job;

	return task->index < WAITERS ? take(task, table) : put(task, table);
}

int main(void)
{
	int failed = 0;

	example_begin();
	for (size_t i = 0; i < EXAMPLE_MODELS; i++) {
		struct example *example = example_open(play, WAITERS + 1);
		const struct table *table = (void *)example->job;

		example->batch.lock_count = 1;
		example->batch.wants = SY_WANTS_ORDER;
		failed |= example_run(example, example_models[i]);
		printf("%s: %u of 3 notified took one, %u woke in vain, %u "
		       "took one in the end\n",
		       example_models[i], table->taken_of_three, table->in_vain,
		       table->taken);
		example_close(example);
	}
	return example_end(failed);
}
