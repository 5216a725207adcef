/* SPDX-License-Identifier: MIT */
/*
 * test_coroutine_parts.c - the parts that the coroutine models are made of:
 * switches, stacks and timers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "coroutine/fiber.h"
#include "coroutine/stack.h"
#include "coroutine/timers.h"

#define ROUNDS 5000

static bool under_valgrind(void)
{
#ifdef SY_VALGRIND
	return RUNNING_ON_VALGRIND;
#else
	return false;
#endif
}

struct duel {
	struct sy_fiber home, peer;
	enum sy_switch_kind kind;
	ucontext_t ucontext;
	struct sy_stacks stacks;
	struct sy_stack stack;
	unsigned visits;
	unsigned bad; /* times that a double was printed wrongly */
	void (*deed)(struct duel *duel);
};

static void duel_open(struct duel *duel, enum sy_switch_kind kind,
                      enum sy_guard guard, void (*entry)(void *duel))
{
	memset(duel, 0, sizeof(*duel));
	duel->kind = kind;
	assert_int_equal(0, sy_fiber_adopt(&duel->home, &duel->ucontext));
	assert_int_equal(0, sy_stacks_open(&duel->stacks, 2, 0, guard));
	assert_int_equal(0, sy_stack_take(&duel->stacks, &duel->stack));
	/* The second: what lies below is a stack too. */
	assert_int_equal(0, sy_stack_take(&duel->stacks, &duel->stack));
	sy_fiber_make(&duel->peer, kind, duel->stack.low, duel->stack.top,
	              entry, duel);
}

static void duel_close(struct duel *duel)
{
	sy_fiber_drop(&duel->peer);
	sy_stacks_close(&duel->stacks);
}

/* Overwrites every register that can be named here, and some stack. */
static __attribute__((noinline)) void overwrite(struct duel *duel)
{
	volatile unsigned char waste[4096];
	char text[64];

	for (size_t i = 0; i < sizeof(waste); i++)
		waste[i] = (unsigned char)(duel->visits + i);
#ifdef __x86_64__
	__asm__ volatile("mov $-1, %%rbx\n\tmov %%rbx, %%r12\n\t"
	                 "mov %%rbx, %%r13\n\tmov %%rbx, %%r14\n\t"
	                 "mov %%rbx, %%r15\n\tmovq %%rbx, %%xmm0\n\t"
	                 "movq %%rbx, %%xmm1\n\tmovq %%rbx, %%xmm2\n\t"
	                 "movq %%rbx, %%xmm3\n\tmovq %%rbx, %%xmm15"
	                 :
	                 :
	                 : "rbx", "r12", "r13", "r14", "r15", "xmm0", "xmm1",
	                   "xmm2", "xmm3", "xmm15", "memory");
#endif
	/* Aligned moves of the vector registers: dies on a stack off by 8. */
	snprintf(text, sizeof(text), "%.3f %.1f", 1.5 * duel->visits, 0.5);
	if (strtod(text, NULL) != 1.5 * duel->visits)
		duel->bad++;
}

static void overwriter(void *data)
{
	struct duel *duel = data;

	for (;;) {
		duel->visits++;
		overwrite(duel);
		sy_fiber_switch(&duel->peer, &duel->home, duel->kind);
	}
}

static __attribute__((noinline)) uint64_t mix(uint64_t x)
{
	return x * UINT64_C(6364136223846793005) + 1;
}

/* Twelve integers, three reals and an array that live across each switch. */
static __attribute__((noinline)) uint64_t live_state(struct duel *duel,
                                                     unsigned rounds)
{
	uint64_t a = 1, b = 2, c = 3, d = 4, e = 5, f = 6, g = 7, h = 8;
	uint64_t array[12] = { 0 };
	long double wide = 1.0L;
	double x = 1.0, y = 2.0;

	for (unsigned i = 0; i < rounds; i++) {
		a = mix(a), b += a, c ^= b, d += c >> 3, e ^= d, f += e;
		g ^= f, h += g, array[i % 12] += h;
		x += 0.25, y = y * 0.5 + x, wide += 0.5L;
		if (duel)
			sy_fiber_switch(&duel->home, &duel->peer, duel->kind);
	}
	for (unsigned i = 0; i < 12; i++)
		a = mix(a ^ array[i]);
	return a ^ b ^ c ^ d ^ e ^ f ^ g ^ h ^ (uint64_t)(x * 4) ^
	       (uint64_t)(y * 1024) ^ (uint64_t)(wide * 2);
}

static void check_live_state(enum sy_switch_kind kind)
{
	struct duel duel;

	duel_open(&duel, kind, SY_GUARD_PROTECT, overwriter);
	assert_int_equal(live_state(NULL, ROUNDS), live_state(&duel, ROUNDS));
	assert_int_equal(ROUNDS, duel.visits);
	assert_int_equal(0, duel.bad);
	duel_close(&duel);
}

static void test_live_state_survives_inline(void **state)
{
	(void)state;
	if (SY_SWITCH_INLINE_ABSENT)
		skip();
	check_live_state(SY_SWITCH_INLINE);
}

static void test_live_state_survives_assembly(void **state)
{
	(void)state;
	if (SY_SWITCH_ABSENT)
		skip();
	check_live_state(SY_SWITCH_ASSEMBLY);
}

static void test_live_state_survives_ucontext(void **state)
{
	(void)state;
	check_live_state(SY_SWITCH_UCONTEXT);
}

/* Calls itself until its frame lies below `limit`. */
static __attribute__((noinline)) unsigned descend(const unsigned char *limit)
{
	volatile unsigned char frame[512];

	frame[0] = frame[511] = 1;
	if ((const unsigned char *)frame < limit)
		return 1;
	return descend(limit) + frame[0];
}

/* Goes down to the middle of the guard page. */
static void overflower(void *data)
{
	struct duel *duel = data;

	duel->visits = descend(duel->stack.low - 2048);
	sy_fiber_switch(&duel->peer, &duel->home, duel->kind);
	__builtin_unreachable();
}

/* What becomes of a child that overflows a stack with this guard. */
static int overflow_in_child(enum sy_guard guard, enum sy_guard *became)
{
	struct duel duel;
	int status;
	pid_t child;

	duel_open(&duel, SY_SWITCH_UCONTEXT, guard, overflower);
	*became = duel.stacks.guard;
	fflush(NULL);
	child = fork();
	assert_true(child >= 0);
	if (!child) {
		/* A sanitizer's report would look like a failure. */
		dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
		sy_fiber_switch(&duel.home, &duel.peer, duel.kind);
		_exit(sy_stacks_check(&duel.stacks) == -EFAULT &&
		                      sy_stack_give(&duel.stacks,
		                                    &duel.stack) == -EFAULT
		              ? 42
		              : 0);
	}
	assert_int_equal(child, waitpid(child, &status, 0));
	duel_close(&duel);
	return status;
}

static void test_guard_page_stops_an_overflow(void **state)
{
	enum sy_guard became;
	int status = overflow_in_child(SY_GUARD_PROTECT, &became);

	(void)state;
	assert_int_equal(SY_GUARD_PROTECT, became);
	assert_false(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	assert_false(WIFEXITED(status) && WEXITSTATUS(status) == 42);
}

static void test_marked_page_stops_an_overflow(void **state)
{
	enum sy_guard became;
	int status = overflow_in_child(SY_GUARD_MARK, &became);

	(void)state;
	if (became != SY_GUARD_MARK)
		skip(); /* a kernel before 6.13, or valgrind */
	assert_false(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	assert_false(WIFEXITED(status) && WEXITSTATUS(status) == 42);
}

static void test_canary_reports_an_overflow(void **state)
{
	enum sy_guard became;
	int status;

	(void)state;
	if (under_valgrind())
		skip(); /* it reports the overflow itself */
	status = overflow_in_child(SY_GUARD_CANARY, &became);
	assert_int_equal(SY_GUARD_CANARY, became);
	assert_true(WIFEXITED(status));
	assert_int_equal(42, WEXITSTATUS(status));
}

/* More than the default of vm.max_map_count. */
static bool many_mappings(void)
{
	FILE *file = fopen("/proc/sys/vm/max_map_count", "re");
	unsigned long limit = 0;

	if (file) {
		assert_int_equal(1, fscanf(file, "%lu", &limit));
		fclose(file);
	}
	return limit > 2 * 66000;
}

static void test_guard_gives_way_when_mappings_run_out(void **state)
{
	struct sy_stacks stacks;

	(void)state;
	/* Twice as many mappings as the default limit allows.  A tool that
	   cannot follow so many fibres has no mapping to spare either. */
	if (under_valgrind() || many_mappings() || !sy_note_room(66000))
		skip();
	assert_int_equal(0,
	                 sy_stacks_open(&stacks, 66000, 0, SY_GUARD_PROTECT));
	assert_int_not_equal(SY_GUARD_PROTECT, stacks.guard);
	assert_int_equal(0, sy_stacks_check(&stacks));
	sy_stacks_close(&stacks);
}

static void test_stacks_are_recycled(void **state)
{
	struct sy_stacks stacks;
	struct sy_stack stack[3], again;

	(void)state;
	assert_int_equal(0, sy_stacks_open(&stacks, 3, 0, SY_GUARD_PROTECT));
	for (int i = 0; i < 3; i++) {
		assert_int_equal(0, sy_stack_take(&stacks, &stack[i]));
		memset(stack[i].low, 0xff,
		       (size_t)(stack[i].top - stack[i].low));
		assert_int_equal(0, (uintptr_t)stack[i].top % 16);
	}
	assert_int_equal(-ENOMEM, sy_stack_take(&stacks, &again));
	assert_int_equal(0, sy_stack_give(&stacks, &stack[1]));
	assert_int_equal(0, sy_stack_take(&stacks, &again));
	assert_ptr_equal(stack[1].low, again.low);
	assert_ptr_equal(stack[1].top, again.top);
	/* Coloured: no two tops share a cache set. */
	assert_int_not_equal((uintptr_t)stack[0].top % 4096,
	                     (uintptr_t)stack[1].top % 4096);
	sy_stacks_close(&stacks);
}

/* The first timer's sleeper, which there is. */
static void *pop_sleeper(struct sy_timers *timers)
{
	struct sy_deadline *deadline;
	void *sleeper;

	assert_int_not_equal(0, sy_timers_next(timers));
	sleeper = sy_timers_pop(timers, &deadline);
	assert_null(deadline);
	return sleeper;
}

static void test_timers_come_in_order(void **state)
{
	enum { TIMERS = 1000 };
	static uint64_t due[TIMERS];
	struct sy_timers timers;
	uint64_t random = 1, last = 0;

	(void)state;
	assert_int_equal(0, sy_timers_open(&timers, TIMERS));
	for (int i = 0; i < TIMERS; i++) {
		random = mix(random);
		due[i] = 1 + (random >> 54);
		sy_timers_add(&timers, due[i], &due[i]);
		/* Some leave before the rest has come. */
		if (i % 7 == 6) {
			uint64_t first = sy_timers_next(&timers);

			assert_int_equal(first,
			                 *(uint64_t *)pop_sleeper(&timers));
		}
	}
	while (sy_timers_next(&timers)) {
		uint64_t *next = pop_sleeper(&timers);

		assert_true(*next >= last);
		last = *next;
		*next = UINT64_MAX; /* comes once only */
	}
	sy_timers_close(&timers);
}

static void test_deadlines_are_moved_and_taken_back(void **state)
{
	struct sy_deadline a = { 0 }, b = { 0 }, *passed;
	struct sy_timers timers;
	uint64_t sleeper;

	(void)state;
	assert_int_equal(0, sy_timers_open(&timers, 3));
	sy_timers_set(&timers, 50, &a);
	sy_timers_add(&timers, 30, &sleeper);
	sy_timers_set(&timers, 40, &b);
	assert_int_equal(30, sy_timers_next(&timers));
	sy_timers_set(&timers, 20, &a); /* earlier */
	assert_int_equal(20, sy_timers_next(&timers));
	sy_timers_set(&timers, 60, &a); /* later: it comes up in between */
	assert_int_equal(30, sy_timers_next(&timers));
	assert_ptr_equal(&sleeper, pop_sleeper(&timers));
	b.due_ns = 0;
	assert_int_equal(60, sy_timers_next(&timers));
	assert_null(sy_timers_pop(&timers, &passed));
	assert_ptr_equal(&a, passed);
	assert_int_equal(0, a.due_ns);
	assert_int_equal(0, sy_timers_next(&timers));
	assert_int_equal(0, timers.count);
	/* As if it had never been there. */
	sy_timers_set(&timers, 10, &b);
	assert_int_equal(10, sy_timers_next(&timers));
	sy_timers_close(&timers);
}

/*
 * Against a plain list: deadlines set, moved and taken back at random among
 * sleepers.  There is room for one timer each, and no more is taken.
 */
static void test_deadlines_keep_to_their_room(void **state)
{
	enum { EACH = 50, STEPS = 100000 };
	static struct sy_deadline deadlines[EACH];
	static uint64_t expected[EACH], sleepers[EACH];
	struct sy_timers timers;
	uint64_t random = 1, now = 0;

	(void)state;
	assert_int_equal(0, sy_timers_open(&timers, 2 * EACH));
	for (int step = 0; step < STEPS; step++) {
		unsigned who, slack;
		uint64_t first = UINT64_MAX;

		random = mix(random);
		who = (unsigned)(random >> 40) % EACH;
		slack = 1 + (unsigned)(random >> 20) % 1000;
		if (random >> 62 == 0) {
			expected[who] = deadlines[who].due_ns = 0;
		} else if (random >> 62 == 1) {
			if (!sleepers[who])
				sy_timers_add(&timers, now + slack,
				              &sleepers[who]);
			else
				continue;
			sleepers[who] = now + slack;
		} else {
			expected[who] = now + slack;
			sy_timers_set(&timers, now + slack, &deadlines[who]);
		}
		for (int i = 0; i < EACH; i++) {
			if (expected[i] && expected[i] < first)
				first = expected[i];
			if (sleepers[i] && sleepers[i] < first)
				first = sleepers[i];
		}
		assert_int_equal(first == UINT64_MAX ? 0 : first,
		                 sy_timers_next(&timers));
		if (step % 3 == 0 && first != UINT64_MAX) {
			struct sy_deadline *passed;
			uint64_t *sleeper = sy_timers_pop(&timers, &passed);

			now = first;
			if (sleeper) {
				assert_int_equal(now, *sleeper);
				*sleeper = 0;
			} else {
				assert_int_equal(now,
				                 expected[passed - deadlines]);
				expected[passed - deadlines] = 0;
			}
		}
		assert_true(timers.count <= 2 * EACH);
	}
	sy_timers_close(&timers);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_live_state_survives_inline),
		cmocka_unit_test(test_live_state_survives_assembly),
		cmocka_unit_test(test_live_state_survives_ucontext),
		cmocka_unit_test(test_guard_page_stops_an_overflow),
		cmocka_unit_test(test_marked_page_stops_an_overflow),
		cmocka_unit_test(test_canary_reports_an_overflow),
		cmocka_unit_test(test_guard_gives_way_when_mappings_run_out),
		cmocka_unit_test(test_stacks_are_recycled),
		cmocka_unit_test(test_timers_come_in_order),
		cmocka_unit_test(test_deadlines_are_moved_and_taken_back),
		cmocka_unit_test(test_deadlines_keep_to_their_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
