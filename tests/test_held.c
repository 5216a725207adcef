/* SPDX-License-Identifier: MIT */
/*
 * test_held.c - contexts that wait, held by a process of their own: what each
 * takes is what it was made to take, and a holder that fails is told.
 */
#include "subject_fixture.h"

#include "process.h"

#define PAGE ((size_t)4096)
#define PAGES_EACH 3

struct crowd {
	struct sy_batch *batch;
	unsigned char *memory; /* of all that there can be */
	uint64_t count;
};

static void needs(const struct sy_mechanism *mechanism,
                  const struct sy_batch *batch, struct sy_needs *needs)
{
	(void)mechanism;
	needs->contexts = batch->setting.contexts;
}

static int open_crowd(void **state, struct sy_batch *batch,
                      const struct sy_mechanism *mechanism)
{
	struct crowd *crowd = calloc(1, sizeof(*crowd));
	int error = batch->bind(batch, 0);

	(void)mechanism;
	if (!crowd || error)
		return error ? error : -ENOMEM;
	crowd->batch = batch;
	crowd->memory = mmap(NULL, batch->setting.contexts * PAGES_EACH * PAGE,
	                     PROT_READ | PROT_WRITE,
	                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	madvise(crowd->memory, batch->setting.contexts * PAGES_EACH * PAGE,
	        MADV_NOHUGEPAGE);
	*state = crowd;
	return 0;
}

/* Takes a MiB before there is any context. */
static int open_filled(void **state, struct sy_batch *batch,
                       const struct sy_mechanism *mechanism)
{
	static unsigned char filling[1 << 20];
	int error = open_crowd(state, batch, mechanism);

	for (size_t at = 0; at < sizeof(filling); at += PAGE)
		((volatile unsigned char *)filling)[at] = 1;
	return error;
}

/* A context is so many pages that were written. */
static int run_pages(void *state, uint64_t count)
{
	struct crowd *crowd = state;

	for (; crowd->count < count; crowd->count++)
		for (size_t page = 0; page < PAGES_EACH; page++)
			crowd->memory[(crowd->count * PAGES_EACH + page) *
			              PAGE] = 1;
	return 0;
}

/* A context is a child that has written as many. */
static int run_children(void *state, uint64_t count)
{
	struct crowd *crowd = state;

	for (; crowd->count < count; crowd->count++) {
		pid_t pid;
		int error = sy_process_fork(&pid);

		if (error)
			return error;
		if (!pid) {
			run_pages(&(struct crowd){ .memory = crowd->memory },
			          16);
			for (;;)
				pause();
		}
		crowd->batch->contexts[crowd->count].process = pid;
	}
	/* They are to have written by the time that they are looked at. */
	usleep(200000);
	return 0;
}

static int run_fails(void *state, uint64_t count)
{
	(void)state;
	return count > 500 ? -EMFILE : 0;
}

static int run_dies(void *state, uint64_t count)
{
	(void)state;
	if (count > 500)
		raise(SIGKILL);
	return 0;
}

/* The context that was created, where the test finds it. */
static pid_t *left_behind;

static int run_leaves(void *state, uint64_t count)
{
	pid_t pid = fork();

	(void)state;
	(void)count;
	while (!pid)
		pause();
	*left_behind = pid;
	raise(SIGKILL);
	return 0;
}

static int open_fails(void **state, struct sy_batch *batch,
                      const struct sy_mechanism *mechanism)
{
	(void)state;
	(void)batch;
	(void)mechanism;
	return -EPERM;
}

static const char *detail(const void *state)
{
	return state ? "written pages" : "";
}

static void close_crowd(void *state)
{
	struct crowd *crowd = state;

	for (uint64_t i = 0; i < crowd->count; i++) {
		pid_t pid = crowd->batch->contexts[i].process;

		if (pid > 0 && pid != getpid()) {
			kill(pid, SIGKILL);
			waitpid(pid, NULL, 0);
		}
	}
	munmap(crowd->memory,
	       crowd->batch->setting.contexts * PAGES_EACH * PAGE);
	free(crowd);
}

static void close_dies(void *state)
{
	(void)state;
	raise(SIGKILL);
}

#define MECHANISM(open_, run_)                                                 \
	{                                                                      \
		.name = "crowd", .summary = "for a test", .family = SY_IDLE,   \
		.needs = needs, .open = open_, .run = run_, .detail = detail,  \
		.close = close_crowd,                                          \
	}

static int hold(struct opened *o, const struct sy_mechanism *mechanism,
                uint32_t contexts)
{
	opened_point(o, "switch", "threads.condition", 1);
	o->point.request.mechanism = mechanism;
	o->point.request.contexts = contexts;
	assert_int_equal(sy_point_name(&o->point), 0);
	opened_open(o, "one-pu");
	return opened_run(o, 1, 7);
}

static void test_a_context_takes_what_it_writes(void **state)
{
	static const struct sy_mechanism pages =
		MECHANISM(open_crowd, run_pages);
	struct opened o;
	double each;

	(void)state;
	if (hold(&o, &pages, 4000))
		fail_msg("%s", o.reason.text);
	each = (double)o.slice.bytes / 4000;
	assert_int_equal(o.slice.operations, 4000);
	assert_true(o.slice.elapsed_ns > 0);
	/* The page tables are a page for 512. */
	assert_in_range((long)each, PAGES_EACH * PAGE - 200,
	                PAGES_EACH * PAGE + 300);
	assert_string_equal(o.slice.detail, "written pages");
	/* The second holder is as fresh as the first. */
	opened_must_run(&o, 1, 0);
	assert_in_range((long)(o.slice.bytes / 4000), PAGES_EACH * PAGE - 200,
	                PAGES_EACH * PAGE + 300);
	opened_close(&o);
}

static void test_processes_are_looked_at(void **state)
{
	static const struct sy_mechanism children =
		MECHANISM(open_crowd, run_children);
	struct opened o;
	uint64_t each;

	(void)state;
	if (hold(&o, &children, 16))
		fail_msg("%s", o.reason.text);
	each = o.slice.bytes / 16;
	/* 48 pages, a kernel stack of 16 KiB or so, page tables, the pages
	   that a fork copies; a sanitizer's memory is beyond any bound. */
	assert_true(each > (48 + 3) * PAGE);
	if (!SANITIZED)
		assert_true(each < 200 * PAGE);
	opened_close(&o);
}

static void test_few_contexts_are_fewer_steps(void **state)
{
	static const struct sy_mechanism pages =
		MECHANISM(open_crowd, run_pages);

	(void)state;
	for (uint32_t count = 1; count < 10; count += 4) {
		struct opened o;

		if (hold(&o, &pages, count))
			fail_msg("%s", o.reason.text);
		assert_int_equal(o.slice.operations, count);
		opened_close(&o);
	}
}

static void failing(const struct sy_mechanism *mechanism, int error,
                    const char *why)
{
	struct opened o;

	assert_int_equal(hold(&o, mechanism, 1000), error);
	assert_says(o.reason.text, why);
	opened_close(&o);
}

static void test_errors_come_back(void **state)
{
	static const struct sy_mechanism fails =
		MECHANISM(open_crowd, run_fails);
	static const struct sy_mechanism closed =
		MECHANISM(open_fails, run_fails);

	(void)state;
	failing(&fails, -EMFILE,
	        "creating them failed on the way to 625: Too many open files");
	failing(&closed, -EPERM,
	        "opening them failed on the way to 125: Operation not");
}

static void test_a_holder_that_dies_is_told(void **state)
{
	static const struct sy_mechanism dies = MECHANISM(open_crowd, run_dies);

	(void)state;
	failing(&dies, -ECHILD,
	        "the process that held the contexts died (signal 9, Killed)");
}

/* Its contexts are not bound to its life, and have its end of the socket. */
static void test_a_holder_that_dies_is_not_waited_for(void **state)
{
	static const struct sy_mechanism dies =
		MECHANISM(open_crowd, run_leaves);
	pid_t *left = share(PAGE);

	(void)state;
	left_behind = left;
	failing(&dies, -ECHILD,
	        "the process that held the contexts died (signal 9, Killed)");
	assert_true(*left > 0);
	assert_int_equal(kill(*left, SIGKILL), 0);
	munmap(left, PAGE);
}

/* All was seen, but it is not as it should be. */
static void test_a_holder_that_dies_in_the_end_is_told(void **state)
{
	static struct sy_mechanism dies = MECHANISM(open_crowd, run_pages);

	(void)state;
	dies.close = close_dies;
	failing(&dies, -ECHILD,
	        "the process that held the contexts died (signal 9, Killed)");
}

/* A holder of its own for each slice, and what it did is the slice's. */
static void test_what_a_holder_did_is_counted(void **state)
{
	static const struct sy_mechanism children =
		MECHANISM(open_crowd, run_children);
	struct opened o;

	(void)state;
	if (hold(&o, &children, 16))
		fail_msg("%s", o.reason.text);
	/* The children wait, and the holder slept after each. */
	assert_true(o.slice.usage.voluntary >= 16);
	assert_true(o.slice.usage.cpu_ns > 0);
	opened_close(&o);
}

/* What all of them together need is no context's. */
static void test_what_comes_with_the_first_is_no_slope(void **state)
{
	static const struct sy_mechanism pages =
		MECHANISM(open_filled, run_pages);
	struct opened o;
	uint64_t bytes = 0;

	(void)state;
	/* A kernel that takes idle pages back may do so while they are counted. */
	for (int tries = 0; tries < 3 && bytes < PAGES_EACH * PAGE - 500;
	     tries++) {
		if (tries)
			opened_close(&o);
		if (hold(&o, &pages, 80))
			fail_msg("%s", o.reason.text);
		bytes = o.slice.bytes / 80;
	}
	/* A sanitizer's shadow is read for each page, and so mapped. */
	assert_in_range(bytes, PAGES_EACH * PAGE - 500,
	                PAGES_EACH * PAGE + (SANITIZED ? 2500 : 1000));
	opened_close(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_context_takes_what_it_writes),
		cmocka_unit_test(test_processes_are_looked_at),
		cmocka_unit_test(test_few_contexts_are_fewer_steps),
		cmocka_unit_test(test_errors_come_back),
		cmocka_unit_test(test_a_holder_that_dies_is_told),
		cmocka_unit_test(test_a_holder_that_dies_is_not_waited_for),
		cmocka_unit_test(test_a_holder_that_dies_in_the_end_is_told),
		cmocka_unit_test(test_what_a_holder_did_is_counted),
		cmocka_unit_test(test_what_comes_with_the_first_is_no_slope),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
