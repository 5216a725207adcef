/* SPDX-License-Identifier: MIT */
/*
 * test_guards.c - which guard a stack gets, on this kernel and on one that
 * refuses the better ones; sizes of stacks; finding where an overflow was.
 *
 * What is refused is refused in a child, whose exit status is its verdict.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "coroutine/annotate.h"
#include "coroutine/overflow.h"
#include "coroutine/stack.h"
#include "model.h"
#include "refuse_fixture.h"

/* Of a child: what it found is not what it should be, at this line. */
#define MUST(condition)                                                        \
	do {                                                                   \
		if (!(condition)) {                                            \
			dprintf(2, "line %d: %s\n", __LINE__, #condition);     \
			_exit(1);                                              \
		}                                                              \
	} while (0)

#define NOT_HERE 77

static bool under_valgrind(void)
{
#ifdef SY_VALGRIND
	return RUNNING_ON_VALGRIND;
#else
	return false;
#endif
}

static void in_child(void (*check)(void))
{
	pid_t child;
	int status;

	fflush(NULL);
	child = fork();
	assert_true(child >= 0);
	if (!child) {
		check();
		_exit(0);
	}
	assert_int_equal(child, waitpid(child, &status, 0));
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == NOT_HERE)
		skip();
	assert_int_equal(0, WEXITSTATUS(status));
}

static void without_marks(int error)
{
	if (!refuse_marks(error))
		_exit(NOT_HERE);
}

static void without_both(void)
{
	without_marks(EINVAL);
	if (!refuse_protection(ENOMEM))
		_exit(NOT_HERE);
}

/* What the kernel says, asked in another way than the library does. */
static bool kernel_marks(void)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
	                  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	bool marks;

	assert_ptr_not_equal(MAP_FAILED, page);
	marks = !madvise(page, 4096, REFUSED_ADVICE);
	munmap(page, 4096);
	return marks;
}

static void test_marks_come_first(void **state)
{
	(void)state;
	if (!kernel_marks())
		skip(); /* before 6.13 */
	assert_int_equal(SY_GUARD_MARK, sy_guard_for(1, 65530));
	assert_int_equal(SY_GUARD_MARK, sy_guard_for(1000000, 65530));
	assert_int_equal(SY_GUARD_MARK, sy_guard_for(UINT32_MAX, 0));
	assert_int_equal(0, sy_guard_mappings(SY_GUARD_MARK));
}

static void choose_without_marks(void)
{
	struct sy_needs needs = { 0 };

	without_marks(EINVAL);
	sy_stacks_needs(1000, 32768, &needs);
	MUST(needs.mappings == 2002);
	MUST(sy_guard_for(10, 65530) == SY_GUARD_PROTECT);
	MUST(sy_guard_for(10921, 65530) == SY_GUARD_PROTECT);
	MUST(sy_guard_for(10922, 65530) == SY_GUARD_CANARY);
	MUST(sy_guard_for(10922, 65536) == SY_GUARD_PROTECT);
	MUST(sy_guard_for(UINT32_MAX, 0) == SY_GUARD_CANARY);
	MUST(sy_guard_after(SY_GUARD_MARK, 10) == SY_GUARD_PROTECT);
	MUST(sy_guard_after(SY_GUARD_MARK, UINT32_MAX) == SY_GUARD_CANARY);
	MUST(sy_guard_after(SY_GUARD_PROTECT, 10) == SY_GUARD_CANARY);
}

static void test_protection_comes_next_for_a_third_of_the_mappings(void **state)
{
	(void)state;
	in_child(choose_without_marks);
}

/* What a write to the lowest byte of the guard does to a child. */
static int hit(const struct sy_stacks *stacks, uint32_t index)
{
	struct sy_stack stack = sy_stack_at(stacks, index);
	pid_t child = fork();
	int status;

	if (!child) {
		signal(SIGSEGV, SIG_DFL);
		stack.low[-(ptrdiff_t)SY_GUARD_BYTES] = 1;
		_exit(0);
	}
	MUST(waitpid(child, &status, 0) == child);
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void fall_back_to_protection(void)
{
	static const int errors[] = { EINVAL, EPERM, ENOSYS };
	struct sy_stacks stacks;

	for (size_t i = 0; i < 3; i++) {
		without_marks(errors[i]);
		/* As where the kernel said yes before, and now says no. */
		MUST(!sy_stacks_open(&stacks, 5, 0, SY_GUARD_MARK));
		MUST(stacks.guard == SY_GUARD_PROTECT);
		MUST(hit(&stacks, 0) == SIGSEGV && hit(&stacks, 4) == SIGSEGV);
		sy_stacks_close(&stacks);
	}
}

static void test_a_refused_mark_becomes_protection(void **state)
{
	(void)state;
	in_child(fall_back_to_protection);
}

static void fall_back_to_canaries(void)
{
	struct sy_stacks stacks;
	struct sy_stack stack, other;

	without_both();
	MUST(!sy_stacks_open(&stacks, 2, 0, SY_GUARD_MARK));
	MUST(stacks.guard == SY_GUARD_CANARY);
	MUST(!sy_stack_take(&stacks, &stack) &&
	     !sy_stack_take(&stacks, &other));
	/* All of the stack may be written to, and none of the guard. */
	memset(stack.low, 0xff, (size_t)(stack.top - stack.low));
	MUST(!sy_stacks_check(&stacks) && !sy_stack_check(&stacks, 0));
	for (size_t at = 1; at <= SY_GUARD_BYTES; at += 5) {
		unsigned char *byte = stack.low - at;

		*byte = 1;
		MUST(sy_stacks_check(&stacks) == -EFAULT);
		MUST(sy_stack_check(&stacks, 0) == -EFAULT);
		MUST(!sy_stack_check(&stacks, 1));
		MUST(sy_stack_give(&stacks, &stack) == -EFAULT);
		*byte = 0;
	}
	/* The one that is sound is used again, and only that one. */
	MUST(!sy_stack_give(&stacks, &other));
	MUST(!sy_stack_take(&stacks, &stack) && stack.low == other.low);
	MUST(sy_stack_take(&stacks, &stack) == -ENOMEM);
	sy_stacks_close(&stacks);
}

static void test_without_either_there_are_canaries(void **state)
{
	(void)state;
	in_child(fall_back_to_canaries);
}

/* A million stacks are more than mappings, whatever the limit is. */
static void open_a_million(void)
{
	struct sy_stacks stacks;

	without_marks(EINVAL);
	MUST(!sy_stacks_open(&stacks, 1000000, 8192, SY_GUARD_MARK));
	MUST(stacks.guard == SY_GUARD_CANARY ||
	     sy_guard_for(1000000, 0) == SY_GUARD_PROTECT);
	sy_stacks_close(&stacks);
}

static void test_a_million_stacks_have_a_guard_without_marks(void **state)
{
	(void)state;
	in_child(open_a_million);
}

static void test_sizes_are_whole_pages(void **state)
{
	size_t bytes = 0;

	(void)state;
	assert_int_equal(0, sy_stack_round(0, &bytes));
	assert_int_equal(SY_STACK_BYTES, bytes);
	assert_int_equal(0, sy_stack_round(65536, &bytes));
	assert_int_equal(65536, bytes);
	assert_int_equal(0, sy_stack_round(65537, &bytes));
	assert_int_equal(69632, bytes);
	assert_int_equal(0, sy_stack_round(SY_STACK_LEAST_BYTES, &bytes));
	assert_int_equal(SY_STACK_LEAST_BYTES, bytes);
	assert_int_equal(-EINVAL, sy_stack_round(1, &bytes));
	assert_int_equal(-EINVAL,
	                 sy_stack_round(SY_STACK_LEAST_BYTES - 1, &bytes));
	assert_int_equal(-EINVAL, sy_stack_round(UINT64_MAX, &bytes));
	assert_int_equal(SY_STACK_LEAST_BYTES, bytes);
}

/* Stacks of this size are apart, and all of each can be used. */
static void check_size(size_t bytes)
{
	enum { COUNT = 30 };
	struct sy_stacks stacks;
	struct sy_stack stack;

	assert_int_equal(0, sy_stacks_open(&stacks, COUNT, bytes,
	                                   sy_guard_for(COUNT, 0)));
	for (uint32_t i = 0; i < COUNT; i++) {
		assert_int_equal(0, sy_stack_take(&stacks, &stack));
		assert_int_equal(i, stack.index);
		assert_int_equal(0, (uintptr_t)stack.top % 128);
		assert_ptr_equal(stacks.slab + i * bytes + SY_GUARD_BYTES,
		                 stack.low);
		assert_true(stack.top <= stacks.slab + (i + 1) * bytes);
		assert_true(stack.top > stacks.slab + (i + 1) * bytes - 3072);
		stack.low[0] = stack.top[-1] = 1;
	}
	assert_int_equal(-ENOMEM, sy_stack_take(&stacks, &stack));
	assert_int_equal(0, sy_stacks_check(&stacks));
	sy_stacks_close(&stacks);
}

static void test_stacks_have_the_size_that_was_asked_for(void **state)
{
	static const size_t sizes[] = { 8192, 12288, 32768, 65536, 1048576 };

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		check_size(sizes[i]);
}

static void test_what_is_no_size_is_no_memory(void **state)
{
	struct sy_stacks stacks;

	(void)state;
	if (under_valgrind())
		skip(); /* it says EINVAL */
	assert_int_equal(-ENOMEM, sy_stacks_open(&stacks, UINT32_MAX,
	                                         SIZE_MAX / 2, SY_GUARD_MARK));
	assert_int_equal(-ENOMEM,
	                 sy_stacks_open(&stacks, 1000000, (size_t)1 << 30,
	                                SY_GUARD_CANARY));
}

static void test_needs_are_what_the_guard_takes(void **state)
{
	struct sy_needs needs = { .mappings = 5, .bytes = 7 };
	uint64_t each;

	(void)state;
	sy_stacks_needs(1000, 32768, &needs);
	each = (needs.bytes - 7) / 1000;
	assert_in_range(each, 4164 + SY_NOTE_BYTES, 4506 + 2 * SY_NOTE_BYTES);
	assert_int_equal(
		5 + 2 + 1000 * sy_guard_mappings(sy_guard_for(1000, 0)),
		needs.mappings);
	/* Each in a page table of its own, at both ends. */
	needs.bytes = 0;
	sy_stacks_needs(1, (size_t)1 << 30, &needs);
	assert_in_range(needs.bytes, 3 * 4096 + SY_NOTE_BYTES,
	                4 * 4096 + 2 * SY_NOTE_BYTES);
}

/* Whether an address of this stack, so far from its low end, is a guard's. */
static bool found(const struct sy_stack *stack, ptrdiff_t at,
                  enum sy_guard guard)
{
	enum sy_guard told = SY_GUARD_CANARY;
	bool is = sy_overflow_find(stack->low + at, &told);

	if (is)
		assert_int_equal(guard, told);
	return is;
}

static void check_found(const struct sy_stacks *stacks)
{
	for (uint32_t i = 0; i < stacks->count; i++) {
		struct sy_stack stack = sy_stack_at(stacks, i);
		ptrdiff_t end = stack.top - stack.low;

		assert_true(found(&stack, -1, stacks->guard));
		assert_true(found(&stack, -4096, stacks->guard));
		assert_false(found(&stack, 0, stacks->guard));
		assert_false(found(&stack, end - 1, stacks->guard));
		/* The stack below, or none. */
		assert_false(found(&stack, -4097, stacks->guard));
	}
}

static void test_an_overflow_is_found_in_every_open_pool(void **state)
{
	enum { POOLS = 4 };
	static const int order[POOLS] = { 2, 0, 3, 1 };
	struct sy_stacks pools[POOLS];
	struct sy_stack lowest[POOLS];
	enum sy_guard guard;

	(void)state;
	for (int i = 0; i < POOLS; i++) {
		assert_int_equal(0, sy_stacks_open(&pools[i], 3,
		                                   (size_t)16384 << i,
		                                   (enum sy_guard)(i % 2)));
		if (pools[i].guard == SY_GUARD_CANARY)
			skip(); /* nothing is protected here */
		lowest[i] = sy_stack_at(&pools[i], 0);
	}
	assert_false(sy_overflow_find(NULL, &guard));
	assert_false(sy_overflow_find(pools, &guard));
	/* Those that are closed are forgotten, whatever the order. */
	for (int closed = 0; closed <= POOLS; closed++) {
		for (int i = 0; i < POOLS; i++) {
			int at = order[i];

			if (i >= closed)
				check_found(&pools[at]);
			else
				assert_false(found(&lowest[at], -1, 0));
		}
		if (closed < POOLS)
			sy_stacks_close(&pools[order[closed]]);
	}
}

static void test_a_broken_canary_is_found_wherever_the_fault_was(void **state)
{
	struct sy_stacks stacks;
	struct sy_stack stack;
	enum sy_guard guard = SY_GUARD_MARK;

	(void)state;
	assert_int_equal(0, sy_stacks_open(&stacks, 3, 0, SY_GUARD_CANARY));
	assert_int_equal(SY_GUARD_CANARY, stacks.guard);
	stack = sy_stack_at(&stacks, 1);
	assert_false(sy_overflow_find(stack.low - 1, &guard));
	stack.low[-9] = 1;
	assert_true(sy_overflow_find(NULL, &guard));
	assert_int_equal(SY_GUARD_CANARY, guard);
	sy_stacks_close(&stacks);
	assert_false(sy_overflow_find(NULL, &guard));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_marks_come_first),
		cmocka_unit_test(
			test_protection_comes_next_for_a_third_of_the_mappings),
		cmocka_unit_test(test_a_refused_mark_becomes_protection),
		cmocka_unit_test(test_without_either_there_are_canaries),
		cmocka_unit_test(
			test_a_million_stacks_have_a_guard_without_marks),
		cmocka_unit_test(test_sizes_are_whole_pages),
		cmocka_unit_test(test_stacks_have_the_size_that_was_asked_for),
		cmocka_unit_test(test_what_is_no_size_is_no_memory),
		cmocka_unit_test(test_needs_are_what_the_guard_takes),
		cmocka_unit_test(test_an_overflow_is_found_in_every_open_pool),
		cmocka_unit_test(
			test_a_broken_canary_is_found_wherever_the_fault_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
