/* SPDX-License-Identifier: MIT */
/*
 * test_places_deaths.c - a process that is killed while it holds a place of
 * places.h, or waits there, keeps nobody waiting.
 */
#include "places_fixture.h"

#define ACTORS 4

/* Locks. */

static void die_locked(struct stage *stage, uint32_t index)
{
	(void)index;
	if (!sy_places_lock(stage->places, 0))
		raise(SIGKILL);
}

static void test_death_of_an_owner_is_told_once(void **state)
{
	struct stage *stage = open_stage(true, 1, 0, 0, 0);
	struct actor actor;
	int i;

	(void)state;
	for (i = 0; i < 3; i++) {
		start_actor(&actor, stage, die_locked, 0);
		end_killed(&actor, false);
		assert_int_equal(sy_places_lock(stage->places, 0), -EOWNERDEAD);
		sy_places_unlock(stage->places, 0);
		assert_int_equal(sy_places_lock(stage->places, 0), 0);
		sy_places_unlock(stage->places, 0);
	}
	close_stage(stage);
}

static void hold_lock(struct stage *stage, uint32_t index)
{
	(void)index;
	if (!sy_places_lock(stage->places, 0))
		atomic_fetch_add(&stage->come, 1);
	for (;;)
		pause();
}

/* Counts those that are told. */
static void pass_lock(struct stage *stage, uint32_t index)
{
	int err = sy_places_lock(stage->places, 0);

	(void)index;
	sy_places_unlock(stage->places, 0);
	if (err == -EOWNERDEAD)
		atomic_fetch_add(&stage->errors, 1);
	else if (err)
		_exit(1);
}

/* One of those that wait is told, another is killed where it waits. */
static void test_those_that_wait_for_a_dead_owner_go_on(void **state)
{
	struct stage *stage = open_stage(true, 1, 0, 0, 0);
	struct actor owner, actors[ACTORS];
	uint32_t i;

	(void)state;
	start_actor(&owner, stage, hold_lock, ACTORS);
	await_count(&stage->come, 1);
	for (i = 0; i < ACTORS; i++)
		start_actor(&actors[i], stage, pass_lock, i);
	await_asleep(actors, ACTORS);
	end_killed(&actors[0], true);
	assert_int_equal(atomic_load(&stage->gone), 0);
	end_killed(&owner, true);
	for (i = 1; i < ACTORS; i++)
		end_actor(&actors[i]);
	assert_int_equal(atomic_load(&stage->errors), 1);
	close_stage(stage);
}

/* Gates. */

static void acquire_one(struct stage *stage, uint32_t index)
{
	(void)index;
	if (sy_places_acquire(stage->places, 0) == -EOWNERDEAD)
		atomic_fetch_add(&stage->errors, 1);
}

static void test_unit_does_not_go_to_the_dead(void **state)
{
	struct stage *stage = open_stage(true, 0, 1, 1, 0);
	struct actor actors[2];

	(void)state;
	assert_int_equal(sy_places_acquire(stage->places, 0), 0);
	start_actor(&actors[0], stage, acquire_one, 0);
	start_actor(&actors[1], stage, acquire_one, 1);
	await_asleep(actors, 2);
	end_killed(&actors[0], true);
	assert_int_equal(sy_places_release(stage->places, 0, 1), 0);
	end_actor(&actors[1]);
	assert_int_equal(atomic_load(&stage->errors), 0);
	close_stage(stage);
}

static void die_inside(struct stage *stage, uint32_t index)
{
	(void)index;
	if (!sy_places_acquire(stage->places, 0))
		raise(SIGKILL);
}

/* The unit is lost; what is left of the gate still is one. */
static void test_nobody_waits_for_a_unit_of_the_dead(void **state)
{
	struct stage *stage = open_stage(true, 0, 1, 2, 0);
	struct sy_places *places = stage->places;
	struct actor dead, actors[ACTORS];
	uint32_t i;

	(void)state;
	start_actor(&dead, stage, die_inside, ACTORS);
	end_killed(&dead, false);
	assert_int_equal(sy_places_acquire(places, 0), 0);
	for (i = 0; i < ACTORS; i++)
		start_actor(&actors[i], stage, acquire_one, i);
	await_asleep(actors, ACTORS);
	sy_places_abandon(places);
	for (i = 0; i < ACTORS; i++)
		end_actor(&actors[i]);
	assert_int_equal(atomic_load(&stage->errors), ACTORS);
	assert_int_equal(sy_places_acquire(places, 0), -EOWNERDEAD);
	assert_int_equal(sy_places_release(places, 0, 1), 0);
	assert_int_equal(sy_places_acquire(places, 0), 0);
	assert_int_equal(sy_places_acquire(places, 0), -EOWNERDEAD);
	close_stage(stage);
}

/* Events. */

static void await_event(struct stage *stage, uint32_t index)
{
	(void)index;
	if (sy_places_await(stage->places, 0, 0) == -EOWNERDEAD)
		atomic_fetch_add(&stage->errors, 1);
}

static void test_nobody_waits_for_an_event_of_the_dead(void **state)
{
	struct stage *stage = open_stage(true, 0, 0, 0, 1);
	struct actor actors[ACTORS];
	uint32_t i;

	(void)state;
	for (i = 0; i < ACTORS; i++)
		start_actor(&actors[i], stage, await_event, i);
	await_asleep(actors, ACTORS);
	end_killed(&actors[0], true);
	sy_places_abandon(stage->places);
	for (i = 1; i < ACTORS; i++)
		end_actor(&actors[i]);
	assert_int_equal(atomic_load(&stage->errors), ACTORS - 1);
	/* From now on, too; but one that is set is set. */
	assert_int_equal(sy_places_await(stage->places, 0, 0), -EOWNERDEAD);
	sy_places_set(stage->places, 0);
	assert_int_equal(sy_places_await(stage->places, 0, 0), 0);
	sy_places_clear(stage->places, 0);
	assert_int_equal(sy_places_await(stage->places, 0, 0), -EOWNERDEAD);
	close_stage(stage);
}

/* Conditions. */

static void wait_notified(struct stage *stage, uint32_t index)
{
	int err = sy_places_lock(stage->places, 0);

	(void)index;
	if (err)
		_exit(1);
	atomic_fetch_add(&stage->come, 1);
	err = sy_places_wait(stage->places, 0);
	/* It holds the lock in either case. */
	stage->count++;
	sy_places_unlock(stage->places, 0);
	if (err == -EOWNERDEAD)
		atomic_fetch_add(&stage->errors, 1);
}

static void test_nobody_waits_for_a_notice_of_the_dead(void **state)
{
	struct stage *stage = open_stage(true, 1, 0, 0, 0);
	struct actor actors[ACTORS];
	uint32_t i;

	(void)state;
	for (i = 0; i < ACTORS; i++) {
		start_actor(&actors[i], stage, wait_notified, i);
		await_count(&stage->come, i + 1);
	}
	await_asleep(actors, ACTORS);
	/* A waiter has no lock to take along, but the first place. */
	end_killed(&actors[0], true);
	assert_int_equal(sy_places_lock(stage->places, 0), 0);
	sy_places_notify(stage->places, 0, 2);
	sy_places_unlock(stage->places, 0);
	end_actor(&actors[1]);
	assert_int_equal(atomic_load(&stage->errors), 0);
	assert_int_equal(atomic_load(&stage->gone), 1);
	sy_places_abandon(stage->places);
	for (i = 2; i < ACTORS; i++)
		end_actor(&actors[i]);
	assert_int_equal(atomic_load(&stage->errors), ACTORS - 2);
	assert_int_equal(stage->count, ACTORS - 1);
	close_stage(stage);
}

static void notify_and_die(struct stage *stage, uint32_t index)
{
	(void)index;
	if (sy_places_lock(stage->places, 0))
		_exit(1);
	sy_places_notify(stage->places, 0, 1);
	raise(SIGKILL);
}

static void test_wait_tells_of_the_death_of_an_owner(void **state)
{
	struct stage *stage = open_stage(true, 1, 0, 0, 0);
	struct actor waiter, dead;

	(void)state;
	start_actor(&waiter, stage, wait_notified, 0);
	await_asleep(&waiter, 1);
	start_actor(&dead, stage, notify_and_die, 1);
	end_killed(&dead, false);
	end_actor(&waiter);
	assert_int_equal(atomic_load(&stage->errors), 1);
	assert_int_equal(sy_places_lock(stage->places, 0), 0);
	sy_places_unlock(stage->places, 0);
	close_stage(stage);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_death_of_an_owner_is_told_once),
		cmocka_unit_test(test_those_that_wait_for_a_dead_owner_go_on),
		cmocka_unit_test(test_unit_does_not_go_to_the_dead),
		cmocka_unit_test(test_nobody_waits_for_a_unit_of_the_dead),
		cmocka_unit_test(test_nobody_waits_for_an_event_of_the_dead),
		cmocka_unit_test(test_nobody_waits_for_a_notice_of_the_dead),
		cmocka_unit_test(test_wait_tells_of_the_death_of_an_owner),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
