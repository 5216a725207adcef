/* SPDX-License-Identifier: MIT */
/*
 * test_crash.c - what a process that tells of overflows says before it dies,
 * and that it says nothing of any other fault.
 *
 * Each fault is made in a child; what it sent is read when it has ended.
 */
#include "coroutine_fixture.h"

#include <jansson.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "coroutine/fiber.h"
#include "coroutine/overflow.h"
#include "coroutine/stack.h"
#include "engine/crash.h"
#include "refuse_fixture.h"

struct end {
	int status; /* of the child */
	char said[2 * SY_LAST_WORDS_BYTES];
};

/* `fault` in a child that tells of overflows. */
static struct end end_of(void (*fault)(void))
{
	struct end end = { 0 };
	int ends[2];
	pid_t child;

	assert_int_equal(0, socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
	fflush(NULL);
	child = fork();
	assert_true(child >= 0);
	if (!child) {
		/* cmocka's handler, or a sanitizer's. */
		signal(SIGSEGV, SIG_DFL);
		alarm(HANG_S);
		if (sy_crash_tell(ends[1]))
			_exit(1);
		fault();
		_exit(0);
	}
	close(ends[1]);
	assert_int_equal(child, waitpid(child, &end.status, 0));
	assert_true(read(ends[0], end.said, sizeof(end.said) - 1) >= 0);
	close(ends[0]);
	return end;
}

static void assert_segv(const struct end *end)
{
	assert_true(WIFSIGNALED(end->status));
	assert_int_equal(SIGSEGV, WTERMSIG(end->status));
}

/* One line of JSON, as the protocol has it; its reason begins so. */
static void assert_told(const struct end *end, const char *reason)
{
	size_t bytes = strlen(end->said);
	json_t *line = json_loads(end->said, 0, NULL);
	const char *text = NULL;
	int code = 0;

	assert_non_null(line);
	assert_int_equal('\n', end->said[bytes - 1]);
	assert_ptr_equal(end->said + bytes - 1, strchr(end->said, '\n'));
	assert_int_equal(0, json_unpack(line, "{s{si ss!}!}", "error", "code",
	                                &code, "reason", &text));
	assert_int_equal(EFAULT, code);
	assert_memory_equal(reason, text, strlen(reason));
	json_decref(line);
}

/* Down and down, a frame of some hundred bytes at a time. */
static __attribute__((noinline)) unsigned descend(unsigned depth)
{
	volatile unsigned char frame[256];

	frame[depth % 256] = (unsigned char)depth;
	return depth ? descend(depth - 1) + frame[depth % 256] : 0;
}

static void overflow_for_good(void *arg)
{
	(void)arg;
	_exit(descend(UINT32_MAX) & 1);
}

static void run_on_stack(enum sy_guard guard, void (*entry)(void *))
{
	static struct sy_fiber home, fiber;
	static struct sy_stacks stacks;
	ucontext_t ucontext;
	struct sy_stack stack;

	if (sy_fiber_adopt(&home, &ucontext) ||
	    sy_stacks_open(&stacks, 3, 0, guard) ||
	    sy_stack_take(&stacks, &stack) || sy_stack_take(&stacks, &stack) ||
	    stacks.guard == SY_GUARD_CANARY)
		_exit(1);
	sy_fiber_make(&fiber, SY_SWITCH_UCONTEXT, stack.low, stack.top, entry,
	              NULL);
	sy_fiber_switch(&home, &fiber, SY_SWITCH_UCONTEXT);
}

static void overflow_best(void)
{
	run_on_stack(sy_guard_for(3, 0), overflow_for_good);
}

static void overflow_protected(void)
{
	run_on_stack(SY_GUARD_PROTECT, overflow_for_good);
}

static void test_an_overflow_is_told_before_the_end(void **state)
{
	struct end end;

	(void)state;
	end = end_of(overflow_best);
	assert_segv(&end);
	assert_told(&end, "a coroutine's stack overflowed (guard page at 0x");
	end = end_of(overflow_protected);
	assert_segv(&end);
	assert_told(&end, "a coroutine's stack overflowed (guard page at 0x");
}

static int *volatile nowhere = (int *)8;

/* A frame of many pages, of which little is used. */
static __attribute__((noinline)) void jump_far(void)
{
	unsigned char frame[SY_STACK_BYTES];

	frame[0] = 1;
	/* The compiler is kept from leaving most of it out. */
	__asm__ volatile("" : : "r"(frame) : "memory");
}

static void jump_over_guard(void *arg)
{
	(void)arg;
	jump_far();
	_exit(0);
}

static void overflow_by_far(void)
{
	run_on_stack(sy_guard_for(3, 0), jump_over_guard);
}

static void test_a_large_frame_does_not_jump_over_the_guard(void **state)
{
	struct end end;

	(void)state;
#ifndef SY_STACK_CLASH
	skip(); /* this compiler cannot do it */
#endif
	end = end_of(overflow_by_far);
	assert_segv(&end);
	assert_told(&end, "a coroutine's stack overflowed (guard page at 0x");
}

static void fault_elsewhere(void)
{
	struct sy_stacks stacks;

	if (sy_stacks_open(&stacks, 3, 0, SY_GUARD_CANARY))
		_exit(1);
	*nowhere = 1;
}

static void fault_by_signal(void)
{
	raise(SIGSEGV);
}

static void test_other_faults_are_not_told(void **state)
{
	struct end end;

	(void)state;
	end = end_of(fault_elsewhere);
	assert_segv(&end);
	assert_string_equal("", end.said);
	end = end_of(fault_by_signal);
	assert_segv(&end);
	assert_string_equal("", end.said);
}

static void fault_after_canary(void)
{
	struct sy_stacks stacks;

	if (sy_stacks_open(&stacks, 3, 0, SY_GUARD_CANARY))
		_exit(1);
	stacks.slab[stacks.stack_bytes + 100] = 1;
	*nowhere = 1;
}

static void test_a_broken_canary_explains_a_fault(void **state)
{
	struct end end = end_of(fault_after_canary);

	(void)state;
	assert_segv(&end);
	assert_told(&end, "a coroutine's stack overflowed (its canary was "
	                  "written over, then SIGSEGV at 0x8)");
}

/* Lane 1 is not on the first scheduler where there are two. */
static struct sy_op step_overflow(struct sy_task *task)
{
	if (task->lane->index == 1)
		task->value = descend(UINT32_MAX);
	return (struct sy_op){ .kind = SY_DONE };
}

static const struct sy_model *overflowing; /* for the child */

/* The first scheduler may take all tasks before the other has woken. */
static void overflow_on_thread(void)
{
	struct sy_batch *batch = batch_make(step_overflow, 2, 2, 0);
	void *crew;

	if (overflowing->open(&crew, batch))
		_exit(1);
	batch->task_count = 1000;
	while (!overflowing->run(crew))
		;
	_exit(2);
}

static void test_an_overflow_on_any_thread_is_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct end end;

		overflowing = models[i];
		if (overflowing->absent())
			continue;
		end = end_of(overflow_on_thread);
		assert_segv(&end);
		assert_told(&end, "a coroutine's stack overflowed (guard page");
	}
}

/* Until a frame lies below `limit`. */
static __attribute__((noinline)) unsigned descend_to(uintptr_t limit)
{
	volatile unsigned char frame[256];

	frame[0] = frame[255] = 1;
	if ((uintptr_t)frame < limit)
		return 1;
	return descend_to(limit) + frame[0];
}

/* Into the middle of the guard: a stack begins a KiB above this frame. */
static struct sy_op step_overflow_a_little(struct sy_task *task)
{
	uintptr_t here = (uintptr_t)__builtin_frame_address(0);

	if (task->lane->index == 1)
		task->value = descend_to(here - SY_STACK_BYTES + 3072);
	return (struct sy_op){ .kind = SY_DONE };
}

/* On a kernel with neither kind of guard page. */
static void overflow_canary(void)
{
	struct sy_batch *batch = batch_make(step_overflow_a_little, 2, 1, 0);
	void *crew;

	if (!refuse_marks(EINVAL) || !refuse_protection(ENOMEM))
		_exit(77);
	if (overflowing->open(&crew, batch))
		_exit(1);
	batch->task_count = 10;
	_exit(overflowing->run(crew) == -EFAULT ? 42 : 3);
}

static void test_a_run_tells_of_a_broken_canary(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct end end;

		overflowing = models[i];
		if (overflowing->absent())
			continue;
		end = end_of(overflow_canary);
		assert_true(WIFEXITED(end.status));
		if (WEXITSTATUS(end.status) == 77)
			skip(); /* no such filter of system calls */
		assert_int_equal(42, WEXITSTATUS(end.status));
		assert_string_equal("", end.said);
	}
}

/* What the line looks like, whatever the address. */
static void test_words_fit(void **state)
{
	char line[SY_LAST_WORDS_BYTES + 1];
	static const uintptr_t addresses[] = { 0, 15, 0x1000, UINTPTR_MAX };

	(void)state;
	for (size_t i = 0; i < 4; i++)
		for (int g = SY_GUARD_MARK; g <= SY_GUARD_CANARY; g++) {
			char wanted[40];
			size_t bytes;

			bytes = sy_crash_words(line, (enum sy_guard)g,
			                       (void *)addresses[i]);
			assert_true(bytes < SY_LAST_WORDS_BYTES);
			line[bytes] = '\0';
			snprintf(wanted, sizeof(wanted), " at 0x%llx)",
			         (unsigned long long)addresses[i]);
			assert_non_null(strstr(line, wanted));
		}
}

static bool under_valgrind(void)
{
#ifdef SY_VALGRIND
	return RUNNING_ON_VALGRIND;
#else
	return false;
#endif
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_overflow_is_told_before_the_end),
		cmocka_unit_test(
			test_a_large_frame_does_not_jump_over_the_guard),
		cmocka_unit_test(test_other_faults_are_not_told),
		cmocka_unit_test(test_a_broken_canary_explains_a_fault),
		cmocka_unit_test(test_an_overflow_on_any_thread_is_told),
		cmocka_unit_test(test_a_run_tells_of_a_broken_canary),
		cmocka_unit_test(test_words_fit),
	};

	if (under_valgrind()) {
		puts("valgrind reports what these do on purpose");
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
