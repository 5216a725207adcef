/* SPDX-License-Identifier: MIT */
/*
 * test_parking.c - meeting places of contexts that the program switches: who
 * waits, who goes on, in what order, and that nobody is lost between threads.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "futex.h"
#include "parking.h"

/* A lost wake-up ends the test instead of stopping it for ever. */
#define HANG_S 50

enum { WAITERS = 6 };

/* Waiters that note when they are woken. */
struct party {
	struct sy_parking *parking;
	struct one {
		struct sy_waiter waiter; /* first: found from it again */
		struct party *party;
		unsigned woken;
		const struct sy_waiter *by;
	} ones[WAITERS];
	char order[WAITERS + 1]; /* who was woken, "" at first: 'a' is 0 */
};

static const uint32_t units[] = { 3, 1 };

static void note(struct sy_waiter *waiter, struct sy_waiter *by)
{
	struct one *one = (struct one *)(void *)waiter;
	char who[] = { (char)('a' + (one - one->party->ones)), 0 };

	one->woken++;
	one->by = by;
	strcat(one->party->order, who);
}

static void party_open(struct party *party, uint32_t threads)
{
	const struct sy_batch batch = {
		.lock_count = 2,
		.gate_count = 2,
		.gate_units = units,
		.event_count = 2,
	};

	memset(party, 0, sizeof(*party));
	assert_int_equal(0, sy_parking_open(&party->parking, &batch, threads));
	for (unsigned i = 0; i < WAITERS; i++) {
		party->ones[i].waiter.wake = note;
		party->ones[i].party = party;
	}
}

/* The result of an op that is done at once, or PARKED. */
#define PARKED 1

static int64_t try(struct party *party, unsigned who, enum sy_op_kind kind,
                   uint64_t place, uint32_t count)
{
	const struct sy_op op = { kind, count, { .place = place } };
	struct sy_waiter *waiter = &party->ones[who].waiter;

	return sy_parking_op(party->parking, &op, waiter) ? waiter->result
	                                                  : PARKED;
}

/* With one thread and with a guard: they promise the same. */
static void with_both(void (*check)(struct party *party))
{
	for (uint32_t threads = 1; threads <= 2; threads++) {
		struct party party;

		party_open(&party, threads);
		check(&party);
		sy_parking_close(party.parking);
	}
}

static void check_lock(struct party *party)
{
	assert_int_equal(0, try(party, 0, SY_LOCK, 1, 0));
	assert_int_equal(0, try(party, 5, SY_LOCK, 0, 0)); /* another one */
	assert_int_equal(PARKED, try(party, 2, SY_LOCK, 1, 0));
	assert_int_equal(PARKED, try(party, 1, SY_LOCK, 1, 0));
	assert_int_equal(PARKED, try(party, 3, SY_LOCK, 1, 0));
	assert_string_equal("", party->order);
	assert_int_equal(0, try(party, 0, SY_UNLOCK, 1, 0));
	assert_string_equal("c", party->order);
	assert_ptr_equal(&party->ones[0].waiter, party->ones[2].by);
	/* It is the next one's already: who comes queues behind the rest. */
	assert_int_equal(PARKED, try(party, 0, SY_LOCK, 1, 0));
	assert_int_equal(0, try(party, 2, SY_UNLOCK, 1, 0));
	assert_int_equal(0, try(party, 1, SY_UNLOCK, 1, 0));
	assert_int_equal(0, try(party, 3, SY_UNLOCK, 1, 0));
	assert_string_equal("cbda", party->order);
	assert_int_equal(0, try(party, 0, SY_UNLOCK, 1, 0));
	assert_int_equal(0, try(party, 4, SY_LOCK, 1, 0));
	for (unsigned i = 0; i < 4; i++)
		assert_int_equal(0, party->ones[i].waiter.result);
}

static void test_a_lock_is_handed_over_in_order(void **state)
{
	(void)state;
	with_both(check_lock);
}

static void check_misuse(struct party *party)
{
	assert_int_equal(-EPERM, try(party, 0, SY_UNLOCK, 0, 0));
	assert_int_equal(-EPERM, try(party, 0, SY_WAIT, 0, 0));
	assert_int_equal(-EPERM, try(party, 0, SY_NOTIFY, 0, 1));
	assert_int_equal(0, try(party, 0, SY_LOCK, 0, 0));
	assert_int_equal(-EDEADLK, try(party, 0, SY_LOCK, 0, 0));
	assert_int_equal(-EPERM, try(party, 1, SY_UNLOCK, 0, 0));
	assert_int_equal(-EPERM, try(party, 1, SY_WAIT, 0, 0));
	assert_int_equal(-EPERM, try(party, 1, SY_NOTIFY, 0, 1));
	assert_int_equal(0, try(party, 0, SY_UNLOCK, 0, 0));
	assert_int_equal(0, try(party, 1, SY_LOCK, 0, 0));
	for (enum sy_op_kind kind = SY_LOCK; kind <= SY_NOTIFY; kind++)
		assert_int_equal(-EINVAL, try(party, 2, kind, 2, 1));
	assert_int_equal(-EINVAL, try(party, 2, SY_SECTIONS, 0, 1));
	assert_int_equal(-EINVAL, try(party, 2, SY_COMPUTE, 0, 1));
	assert_string_equal("", party->order);
}

static void test_misuse_is_an_error(void **state)
{
	(void)state;
	with_both(check_misuse);
}

static void check_gate(struct party *party)
{
	assert_int_equal(-EOVERFLOW, try(party, 0, SY_RELEASE, 0, 1));
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(0, try(party, i, SY_ACQUIRE, 0, 0));
	for (unsigned i = 3; i < 6; i++)
		assert_int_equal(PARKED, try(party, i, SY_ACQUIRE, 0, 0));
	/* None is released where it was more than there are. */
	assert_int_equal(-EOVERFLOW, try(party, 0, SY_RELEASE, 0, 4));
	assert_string_equal("", party->order);
	assert_int_equal(0, try(party, 0, SY_RELEASE, 0, 1));
	assert_string_equal("d", party->order);
	assert_int_equal(0, try(party, 1, SY_RELEASE, 0, 3));
	assert_string_equal("def", party->order);
	/* Two wait no longer and have theirs: one is free, two are out. */
	assert_int_equal(-EOVERFLOW, try(party, 0, SY_RELEASE, 0, 3));
	assert_int_equal(0, try(party, 0, SY_RELEASE, 0, 0));
	assert_int_equal(0, try(party, 0, SY_ACQUIRE, 0, 0));
	assert_int_equal(PARKED, try(party, 1, SY_ACQUIRE, 0, 0));
	assert_int_equal(0, try(party, 2, SY_ACQUIRE, 1, 0)); /* the other */
	assert_int_equal(PARKED, try(party, 2, SY_ACQUIRE, 1, 0));
	assert_int_equal(0, try(party, 0, SY_RELEASE, 1, 1));
	assert_string_equal("defc", party->order);
}

static void test_a_gate_is_bounded(void **state)
{
	(void)state;
	with_both(check_gate);
}

static void check_event(struct party *party)
{
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(PARKED, try(party, i, SY_AWAIT, 0, 0));
	assert_int_equal(PARKED, try(party, 3, SY_AWAIT, 1, 0));
	assert_int_equal(0, try(party, 5, SY_SET, 0, 0));
	assert_string_equal("abc", party->order);
	assert_int_equal(0, try(party, 5, SY_SET, 0, 0));
	assert_int_equal(0, try(party, 4, SY_AWAIT, 0, 0));
	assert_int_equal(0, try(party, 5, SY_CLEAR, 0, 0));
	assert_int_equal(PARKED, try(party, 4, SY_AWAIT, 0, 0));
	assert_int_equal(PARKED, try(party, 0, SY_AWAIT, 0, 0));
	assert_string_equal("abc", party->order);
	assert_int_equal(0, try(party, 5, SY_SET, 0, 0));
	assert_string_equal("abcea", party->order);
}

static void test_an_event_lets_all_go_on(void **state)
{
	(void)state;
	with_both(check_event);
}

static void check_condition(struct party *party)
{
	for (unsigned i = 0; i < 4; i++) {
		assert_int_equal(0, try(party, i, SY_LOCK, 0, 0));
		assert_int_equal(PARKED, try(party, i, SY_WAIT, 0, 0));
	}
	assert_int_equal(0, try(party, 4, SY_LOCK, 0, 0));
	assert_int_equal(PARKED, try(party, 5, SY_LOCK, 0, 0));
	assert_int_equal(0, try(party, 4, SY_NOTIFY, 0, 0));
	assert_int_equal(0, try(party, 4, SY_NOTIFY, 0, 2));
	/* They go on when they have the lock, behind who queued for it. */
	assert_string_equal("", party->order);
	assert_int_equal(0, try(party, 4, SY_UNLOCK, 0, 0));
	assert_string_equal("f", party->order);
	assert_int_equal(0, try(party, 5, SY_UNLOCK, 0, 0));
	assert_string_equal("fa", party->order);
	/* A predicate that is false: it waits again, behind those. */
	assert_int_equal(PARKED, try(party, 0, SY_WAIT, 0, 0));
	assert_string_equal("fab", party->order);
	assert_int_equal(0, try(party, 1, SY_UNLOCK, 0, 0));
	assert_string_equal("fab", party->order);
	assert_int_equal(0, try(party, 4, SY_LOCK, 0, 0));
	assert_int_equal(0, try(party, 4, SY_NOTIFY, 0, 1));
	assert_int_equal(0, try(party, 4, SY_UNLOCK, 0, 0));
	assert_string_equal("fabc", party->order);
	assert_int_equal(0, try(party, 2, SY_NOTIFY, 0, 100));
	assert_int_equal(0, try(party, 2, SY_UNLOCK, 0, 0));
	assert_string_equal("fabcd", party->order);
	assert_int_equal(0, try(party, 3, SY_UNLOCK, 0, 0));
	assert_string_equal("fabcda", party->order);
}

static void test_a_condition_wakes_as_many_as_told(void **state)
{
	(void)state;
	with_both(check_condition);
}

static bool give_up(struct party *party, unsigned who)
{
	return sy_parking_give_up(party->parking, &party->ones[who].waiter);
}

static void check_give_up(struct party *party)
{
	for (unsigned i = 0; i < 4; i++)
		assert_int_equal(PARKED, try(party, i, SY_AWAIT, 0, 0));
	/* From the middle, the beginning and the end. */
	assert_true(give_up(party, 1));
	assert_true(give_up(party, 0));
	assert_true(give_up(party, 3));
	assert_false(give_up(party, 3));
	assert_int_equal(PARKED, try(party, 0, SY_AWAIT, 0, 0));
	assert_int_equal(0, try(party, 5, SY_SET, 0, 0));
	assert_string_equal("ca", party->order);
	assert_false(give_up(party, 2));
	/* Out of a condition, and out of the queue for its lock. */
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(0, try(party, i, SY_LOCK, 0, 0));
		assert_int_equal(PARKED, try(party, i, SY_WAIT, 0, 0));
	}
	assert_int_equal(0, try(party, 5, SY_LOCK, 0, 0));
	assert_int_equal(0, try(party, 5, SY_NOTIFY, 0, 1));
	assert_true(give_up(party, 0));
	assert_true(give_up(party, 1));
	assert_int_equal(0, try(party, 5, SY_NOTIFY, 0, 1));
	assert_int_equal(0, try(party, 5, SY_UNLOCK, 0, 0));
	assert_string_equal("ca", party->order);
	assert_int_equal(0, try(party, 0, SY_LOCK, 0, 0));
}

static void test_who_gives_up_is_not_woken(void **state)
{
	(void)state;
	with_both(check_give_up);
}

/* Several threads, each a waiter that sleeps on a futex: who yields would
   come last on a busy machine. */
#define THREADS 4
#define TURNS 10000

struct meeting {
	struct sy_parking *parking;
	pthread_barrier_t all_are_here;
	uint64_t plain;          /* changed under lock 0 only */
	uint64_t woken_up;       /* under lock 0: notified ones that came */
	uint32_t inside, most;   /* of gate 0, counted atomically */
	uint32_t given_up, late; /* of event 0 */
};

struct guest {
	struct sy_waiter waiter; /* first */
	_Atomic uint32_t awake;
	unsigned number;
	struct meeting *meeting;
	pthread_t thread;
};

static void guest_wake(struct sy_waiter *waiter, struct sy_waiter *by)
{
	struct guest *guest = (struct guest *)(void *)waiter;

	(void)by;
	guest->awake = 1;
	sy_futex_wake_local(&guest->awake, 1);
}

static void guest_sleep(struct guest *guest)
{
	while (!guest->awake)
		sy_futex_wait_local(&guest->awake, 0);
	guest->awake = 0;
}

static int64_t meet(struct guest *guest, enum sy_op_kind kind, uint64_t place,
                    uint32_t count)
{
	const struct sy_op op = { kind, count, { .place = place } };

	if (!sy_parking_op(guest->meeting->parking, &op, &guest->waiter))
		guest_sleep(guest);
	return guest->waiter.result;
}

static void pass_gate(struct guest *guest, struct meeting *meeting)
{
	uint32_t now, most;

	meet(guest, SY_ACQUIRE, 0, 0);
	now = __atomic_add_fetch(&meeting->inside, 1, __ATOMIC_SEQ_CST);
	most = __atomic_load_n(&meeting->most, __ATOMIC_SEQ_CST);
	if (now > most)
		__atomic_store_n(&meeting->most, now, __ATOMIC_SEQ_CST);
	__atomic_sub_fetch(&meeting->inside, 1, __ATOMIC_SEQ_CST);
	if (meet(guest, SY_RELEASE, 0, 1))
		__atomic_add_fetch(&meeting->late, 1, __ATOMIC_SEQ_CST);
}

/* Waits for the event, or gives up, or is just being woken. */
static void await_or_not(struct guest *guest, struct meeting *meeting)
{
	const struct sy_op op = { SY_AWAIT, 0, { .place = 0 } };

	if (sy_parking_op(meeting->parking, &op, &guest->waiter))
		return;
	if (sy_parking_give_up(meeting->parking, &guest->waiter))
		__atomic_add_fetch(&meeting->given_up, 1, __ATOMIC_RELAXED);
	else
		guest_sleep(guest);
}

static void *attend(void *data)
{
	struct guest *guest = data;
	struct meeting *meeting = guest->meeting;

	pthread_barrier_wait(&meeting->all_are_here);
	for (unsigned i = 0; i < TURNS; i++) {
		meet(guest, SY_LOCK, 0, 0);
		meeting->plain++;
		meet(guest, SY_UNLOCK, 0, 0);
		pass_gate(guest, meeting);
		if (guest->number)
			await_or_not(guest, meeting);
		else
			meet(guest, i % 2 ? SY_CLEAR : SY_SET, 0, 0);
	}
	return NULL;
}

static void meeting_hold(struct meeting *meeting, void *(*role)(void *guest))
{
	const uint32_t gate_units[] = { 2 };
	const struct sy_batch batch = {
		.lock_count = 1,
		.gate_count = 1,
		.gate_units = gate_units,
		.event_count = 1,
	};
	struct guest guests[THREADS] = { 0 };

	assert_int_equal(0,
	                 sy_parking_open(&meeting->parking, &batch, THREADS));
	pthread_barrier_init(&meeting->all_are_here, NULL, THREADS);
	for (unsigned i = 0; i < THREADS; i++) {
		guests[i].waiter.wake = guest_wake;
		guests[i].number = i;
		guests[i].meeting = meeting;
	}
	for (unsigned i = 0; i < THREADS; i++)
		assert_int_equal(0, pthread_create(&guests[i].thread, NULL,
		                                   role, &guests[i]));
	for (unsigned i = 0; i < THREADS; i++)
		pthread_join(guests[i].thread, NULL);
	pthread_barrier_destroy(&meeting->all_are_here);
	sy_parking_close(meeting->parking);
}

static void test_threads_meet(void **state)
{
	struct meeting meeting = { 0 };

	(void)state;
	meeting_hold(&meeting, attend);
	assert_int_equal(THREADS * TURNS, meeting.plain);
	assert_in_range(meeting.most, 1, 2);
	assert_int_equal(0, meeting.late);
}

/* All but the first wait under the lock; the first notifies them one by one,
   and knows from what they count that each came before the next. */
static void *attend_condition(void *data)
{
	struct guest *guest = data;
	struct meeting *meeting = guest->meeting;

	for (uint64_t i = 0; i < TURNS / 10; i++) {
		meet(guest, SY_LOCK, 0, 0);
		if (guest->number) {
			meeting->plain++;
			meet(guest, SY_WAIT, 0, 0);
			meeting->woken_up++;
		}
		for (uint64_t all = (i + 1) * (THREADS - 1);
		     !guest->number && meeting->woken_up < all;) {
			meet(guest, SY_NOTIFY, 0, 1);
			meet(guest, SY_UNLOCK, 0, 0);
			sched_yield();
			meet(guest, SY_LOCK, 0, 0);
		}
		meet(guest, SY_UNLOCK, 0, 0);
	}
	return NULL;
}

static void test_threads_wait_for_conditions(void **state)
{
	struct meeting meeting = { 0 };

	(void)state;
	meeting_hold(&meeting, attend_condition);
	assert_int_equal((THREADS - 1) * (TURNS / 10), meeting.plain);
	assert_int_equal(meeting.plain, meeting.woken_up);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_lock_is_handed_over_in_order),
		cmocka_unit_test(test_misuse_is_an_error),
		cmocka_unit_test(test_a_gate_is_bounded),
		cmocka_unit_test(test_an_event_lets_all_go_on),
		cmocka_unit_test(test_a_condition_wakes_as_many_as_told),
		cmocka_unit_test(test_who_gives_up_is_not_woken),
		cmocka_unit_test(test_threads_meet),
		cmocka_unit_test(test_threads_wait_for_conditions),
	};

	alarm(HANG_S);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
