/* SPDX-License-Identifier: MIT */
/*
 * test_places.c - the promises of places.h about locks, gates, events and
 * conditions, among threads and among processes.
 *
 * What a death does is in test_places_deaths.c.
 */
#include "places_fixture.h"

#define ACTORS 6
#define TURNS (SANITIZED ? 3000 : 30000)

/* Locks. */

static void add_locked(struct stage *stage, uint32_t index)
{
	(void)index;
	for (int i = 0; i < TURNS; i++) {
		uint64_t count;

		if (sy_places_lock(stage->places, 1))
			atomic_fetch_add(&stage->errors, 1);
		count = *(volatile uint64_t *)&stage->count;
		*(volatile uint64_t *)&stage->count = count + 1;
		sy_places_unlock(stage->places, 1);
	}
}

static void check_lock(bool between)
{
	struct stage *stage = open_stage(between, 2, 0, 0, 0);
	struct actor actors[ACTORS];
	uint32_t i;

	/* One lock is not the other. */
	assert_int_equal(sy_places_lock(stage->places, 0), 0);
	for (i = 0; i < ACTORS; i++)
		start_actor(&actors[i], stage, add_locked, i);
	for (i = 0; i < ACTORS; i++)
		end_actor(&actors[i]);
	sy_places_unlock(stage->places, 0);
	assert_int_equal(atomic_load(&stage->errors), 0);
	assert_int_equal(stage->count, (uint64_t)ACTORS * TURNS);
	close_stage(stage);
}

static void test_lock_loses_no_update(void **state)
{
	(void)state;
	among_both(check_lock);
}

/* Gates. */

static void pass_gate(struct stage *stage, uint32_t index)
{
	(void)index;
	for (int i = 0; i < TURNS / 10; i++) {
		if (sy_places_acquire(stage->places, 0))
			atomic_fetch_add(&stage->errors, 1);
		if (atomic_fetch_add(&stage->come, 1) >= 2)
			atomic_fetch_add(&stage->errors, 1);
		if (!(i & 15))
			sched_yield();
		atomic_fetch_sub(&stage->come, 1);
		if (sy_places_release(stage->places, 0, 1))
			atomic_fetch_add(&stage->errors, 1);
	}
}

static void check_gate(bool between)
{
	struct stage *stage = open_stage(between, 0, 1, 2, 0);
	struct actor actors[ACTORS];
	uint32_t i;

	for (i = 0; i < ACTORS; i++)
		start_actor(&actors[i], stage, pass_gate, i);
	for (i = 0; i < ACTORS; i++)
		end_actor(&actors[i]);
	assert_int_equal(atomic_load(&stage->errors), 0);
	/* All units are back. */
	assert_int_equal(sy_places_release(stage->places, 0, 1), -EOVERFLOW);
	assert_int_equal(sy_places_acquire(stage->places, 0), 0);
	assert_int_equal(sy_places_acquire(stage->places, 0), 0);
	close_stage(stage);
}

static void test_gate_lets_no_more_in_than_it_has_units(void **state)
{
	(void)state;
	among_both(check_gate);
}

static void check_over_release(bool between)
{
	struct stage *stage = open_stage(between, 0, 1, 3, 0);
	struct sy_places *places = stage->places;

	assert_int_equal(sy_places_release(places, 0, 1), -EOVERFLOW);
	assert_int_equal(sy_places_acquire(places, 0), 0);
	assert_int_equal(sy_places_acquire(places, 0), 0);
	/* None of the three, and then both. */
	assert_int_equal(sy_places_release(places, 0, 3), -EOVERFLOW);
	assert_int_equal(sy_places_release(places, 0, UINT32_MAX), -EOVERFLOW);
	assert_int_equal(sy_places_release(places, 0, 2), 0);
	assert_int_equal(sy_places_release(places, 0, 1), -EOVERFLOW);
	close_stage(stage);
}

static void test_releasing_more_than_was_acquired_is_an_error(void **state)
{
	(void)state;
	among_both(check_over_release);
}

static void acquire_one(struct stage *stage, uint32_t index)
{
	(void)index;
	if (sy_places_acquire(stage->places, 0))
		atomic_fetch_add(&stage->errors, 1);
}

/* Of those that wait, as many go on as units come back at once. */
static void check_release_of_many(bool between)
{
	struct stage *stage = open_stage(between, 0, 1, 4, 0);
	struct actor actors[ACTORS];
	uint32_t i;

	for (i = 0; i < 4; i++)
		assert_int_equal(sy_places_acquire(stage->places, 0), 0);
	for (i = 0; i < ACTORS; i++)
		start_actor(&actors[i], stage, acquire_one, i);
	await_asleep(actors, ACTORS);
	assert_int_equal(atomic_load(&stage->gone), 0);
	assert_int_equal(sy_places_release(stage->places, 0, 4), 0);
	await_count(&stage->gone, 4);
	usleep(20000);
	assert_int_equal(atomic_load(&stage->gone), 4);
	assert_int_equal(sy_places_release(stage->places, 0, 2), 0);
	for (i = 0; i < ACTORS; i++)
		end_actor(&actors[i]);
	assert_int_equal(atomic_load(&stage->errors), 0);
	close_stage(stage);
}

static void test_release_of_many_lets_as_many_in(void **state)
{
	(void)state;
	among_both(check_release_of_many);
}

/* Events. */

static void await_event(struct stage *stage, uint32_t index)
{
	(void)index;
	if (sy_places_await(stage->places, 0, 0) || !atomic_load(&stage->ready))
		atomic_fetch_add(&stage->errors, 1);
}

static void check_event(bool between)
{
	struct stage *stage = open_stage(between, 0, 0, 0, 1);
	struct actor actors[ACTORS];
	uint32_t i;

	for (i = 0; i < ACTORS; i++)
		start_actor(&actors[i], stage, await_event, i);
	await_asleep(actors, ACTORS);
	assert_int_equal(atomic_load(&stage->gone), 0);
	atomic_store(&stage->ready, true);
	/* All that wait go on, though it is cleared before they run. */
	sy_places_set(stage->places, 0);
	sy_places_clear(stage->places, 0);
	for (i = 0; i < ACTORS; i++)
		end_actor(&actors[i]);
	assert_int_equal(atomic_load(&stage->errors), 0);
	/* It is closed again: who comes now waits. */
	assert_int_equal(sy_places_await(stage->places, 0, sy_clock_ns() + MS),
	                 -ETIMEDOUT);
	sy_places_set(stage->places, 0);
	sy_places_set(stage->places, 0);
	assert_int_equal(sy_places_await(stage->places, 0, 0), 0);
	close_stage(stage);
}

static void test_event_opens_for_all_and_closes(void **state)
{
	(void)state;
	among_both(check_event);
}

/* A set and the deadline of an await that was never late. */
static void check_deadline(bool between)
{
	struct stage *stage = open_stage(between, 0, 0, 0, 1);
	uint64_t by_ns = sy_clock_ns() + 30 * MS;

	assert_int_equal(sy_places_await(stage->places, 0, by_ns), -ETIMEDOUT);
	assert_true(sy_clock_ns() >= by_ns);
	/* One that has passed already, and an event that is set. */
	assert_int_equal(sy_places_await(stage->places, 0, 1), -ETIMEDOUT);
	sy_places_set(stage->places, 0);
	assert_int_equal(sy_places_await(stage->places, 0, 1), 0);
	close_stage(stage);
}

static void test_await_ends_with_its_deadline(void **state)
{
	(void)state;
	among_both(check_deadline);
}

/* Conditions. */

/* Notes when it went on: each in its own place, in the order of the lock. */
static void wait_notified(struct stage *stage, uint32_t index)
{
	int err = sy_places_lock(stage->places, 0);

	stage->order[index] = UINT64_MAX;
	atomic_fetch_add(&stage->come, 1);
	err |= sy_places_wait(stage->places, 0);
	stage->order[index] = stage->count++;
	sy_places_unlock(stage->places, 0);
	if (err)
		atomic_fetch_add(&stage->errors, 1);
}

/* They queue one after another, in the order of their indices. */
static void start_waiters(struct stage *stage, struct actor *actors,
                          uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		start_actor(&actors[i], stage, wait_notified, i);
		await_count(&stage->come, i + 1);
	}
	/* Who holds the lock now has seen the last of them wait. */
	assert_int_equal(sy_places_lock(stage->places, 0), 0);
	sy_places_unlock(stage->places, 0);
}

static void notify(struct stage *stage, uint32_t count)
{
	assert_int_equal(sy_places_lock(stage->places, 0), 0);
	sy_places_notify(stage->places, 0, count);
	sy_places_unlock(stage->places, 0);
}

/* The first `count` have gone on, and no other. */
static void assert_went_on(struct stage *stage, uint32_t count, uint32_t all)
{
	await_count(&stage->gone, count);
	usleep(20000);
	assert_int_equal(atomic_load(&stage->gone), count);
	for (uint32_t i = 0; i < all; i++)
		assert_int_equal(stage->order[i] == UINT64_MAX, i >= count);
}

static void check_condition(bool between)
{
	/* More than share a word. */
	enum { COUNT = 40 };
	struct stage *stage = open_stage(between, 1, 0, 0, 0);
	struct actor actors[COUNT];
	uint32_t i;

	/* Nobody waits: nothing is kept for who comes later. */
	notify(stage, 3);
	start_waiters(stage, actors, COUNT);
	assert_went_on(stage, 0, COUNT);
	notify(stage, 1);
	assert_went_on(stage, 1, COUNT);
	notify(stage, 0);
	notify(stage, 4);
	assert_went_on(stage, 5, COUNT);
	notify(stage, 33);
	assert_went_on(stage, 38, COUNT);
	notify(stage, 100);
	for (i = 0; i < COUNT; i++)
		end_actor(&actors[i]);
	assert_int_equal(atomic_load(&stage->errors), 0);
	assert_int_equal(stage->count, COUNT);
	close_stage(stage);
}

static void test_as_many_wake_as_were_notified(void **state)
{
	(void)state;
	among_both(check_condition);
}

static void on_signal(int number)
{
	(void)number;
}

/* A signal, and a wake that is meant for nobody, wake nobody. */
static void test_nothing_spurious_gets_through(void **state)
{
	struct sigaction act = { .sa_handler = on_signal }, old;
	struct stage *stage = open_stage(true, 1, 0, 0, 0);
	struct actor actor;
	uint32_t i;

	(void)state;
	sigaction(SIGUSR1, &act, &old);
	start_waiters(stage, &actor, 1);
	for (i = 0; i < 50; i++) {
		assert_int_equal(kill(actor.pid, SIGUSR1), 0);
		usleep(500);
	}
	assert_went_on(stage, 0, 1);
	notify(stage, 1);
	end_actor(&actor);
	assert_int_equal(atomic_load(&stage->errors), 0);
	close_stage(stage);
	sigaction(SIGUSR1, &old, NULL);
}

/* Goes on only where the predicate holds as well. */
static void wait_for_ready(struct stage *stage, uint32_t index)
{
	int err = sy_places_lock(stage->places, 0);

	(void)index;
	atomic_fetch_add(&stage->come, 1);
	while (!atomic_load(&stage->ready)) {
		err |= sy_places_wait(stage->places, 0);
		stage->count++;
	}
	sy_places_unlock(stage->places, 0);
	if (err)
		atomic_fetch_add(&stage->errors, 1);
}

static void check_predicate(bool between)
{
	struct stage *stage = open_stage(between, 1, 0, 0, 0);
	struct actor actor;
	uint64_t seen = 0;

	start_actor(&actor, stage, wait_for_ready, 0);
	await_count(&stage->come, 1);
	notify(stage, 1);
	while (!seen) {
		assert_int_equal(sy_places_lock(stage->places, 0), 0);
		seen = stage->count;
		sy_places_unlock(stage->places, 0);
	}
	assert_int_equal(atomic_load(&stage->gone), 0);
	assert_int_equal(sy_places_lock(stage->places, 0), 0);
	atomic_store(&stage->ready, true);
	sy_places_notify(stage->places, 0, 1);
	sy_places_unlock(stage->places, 0);
	end_actor(&actor);
	assert_int_equal(stage->count, 2);
	assert_int_equal(atomic_load(&stage->errors), 0);
	close_stage(stage);
}

static void test_false_predicate_keeps_waiting(void **state)
{
	(void)state;
	among_both(check_predicate);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lock_loses_no_update),
		cmocka_unit_test(test_gate_lets_no_more_in_than_it_has_units),
		cmocka_unit_test(
			test_releasing_more_than_was_acquired_is_an_error),
		cmocka_unit_test(test_release_of_many_lets_as_many_in),
		cmocka_unit_test(test_event_opens_for_all_and_closes),
		cmocka_unit_test(test_await_ends_with_its_deadline),
		cmocka_unit_test(test_as_many_wake_as_were_notified),
		cmocka_unit_test(test_nothing_spurious_gets_through),
		cmocka_unit_test(test_false_predicate_keeps_waiting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
