/* SPDX-License-Identifier: MIT */
/*
 * test_live.c - a side that hangs, dies, babbles or has not what the other
 * has: its point ends with outcome, side and reason, the others are compared,
 * and nothing is left.
 */
#include "live_fixture.h"

/* On which of both, or on either. */
enum where { ON_OLD = 1 << SY_OLD, ON_NEW = 1 << SY_NEW, ON_EACH = 3 };

struct fault {
	const char *told; /* to the fake */
	enum where where; /* is tried there */
	enum sy_outcome outcome;
	const char *says;
};

/* The point of threads; behind it the point of fork, which is well. */
static void add_points(struct compared *c)
{
	add(c, "cpu", "threads");
	add(c, "cpu", "fork");
}

static void assert_unharmed(const struct compared *c)
{
	const struct sy_compared *other = point_of(c, "fork");

	assert_int_equal(other->outcome, SY_OUTCOME_COMPARED);
	assert_true(other->pair_count >= SY_VISIT_ROUNDS_LEAST);
	assert_int_equal(other->sets, 1);
	assert_false(c->comparison.interrupted);
}

static void assert_fault(const struct fault *fault, enum sy_side side)
{
	struct compared *c;
	const struct sy_compared *point;

	begin((void **)&c);
	add_points(c);
	/* Who does not answer is not waited for longer. */
	if (strstr(fault->told, "hang"))
		c->plan.limit_ns = 300 * MS;
	fake(c, side, fault->told);
	fake(c, 1 - side, "");
	assert_compared(c);
	point = point_of(c, "threads");
	if (point->outcome != fault->outcome)
		fail_msg("%s: %s (%s)", fault->told,
		         sy_outcome_name(point->outcome), point->reason.text);
	assert_int_equal(point->side, fault->outcome == SY_OUTCOME_ONE_SIDE
	                                      ? 1 - side
	                                      : side);
	assert_says(point->reason.text, fault->says);
	assert_unharmed(c);
	end((void **)&c);
}

static void assert_faults(const struct fault *faults, size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (enum sy_side side = SY_OLD; side < SY_SIDES; side++)
			if (faults[i].where >> side & 1)
				assert_fault(&faults[i], side);
}

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char hung[] = "no answer within its limit";
static const char talked[] = "speaks without being asked";
static const char nonsense[] = "the worker answered nonsense";
static const char protocol[] = "the worker's answer: Protocol error";
static const char senseless[] = "sample makes no sense";

static void test_a_worker_that_hangs(void **state)
{
	static const struct fault faults[] = {
		{ "open hang threads", ON_NEW, SY_OUTCOME_FAILED, hung },
		{ "size hang threads", ON_OLD, SY_OUTCOME_FAILED, hung },
		{ "slice hang threads 3", ON_NEW, SY_OUTCOME_FAILED, hung },
	};

	(void)state;
	assert_faults(faults, COUNT(faults));
}

static void test_a_worker_that_dies(void **state)
{
	static const struct fault faults[] = {
		{ "open die threads", ON_EACH, SY_OUTCOME_FAILED,
		  "the worker was ended by signal 11 (Segmentation fault)" },
		{ "slice die threads 4", ON_EACH, SY_OUTCOME_FAILED,
		  "the worker was ended by signal 11 (Segmentation fault)" },
		{ "slice exit threads", ON_NEW, SY_OUTCOME_FAILED,
		  "the worker ended with status 3 (it broke)" },
		{ "slice orphan threads", ON_OLD, SY_OUTCOME_FAILED,
		  "the worker ended with status 4" },
		{ "slice close threads", ON_NEW, SY_OUTCOME_FAILED,
		  "the worker hung up" },
	};

	(void)state;
	assert_faults(faults, COUNT(faults));
}

static void test_a_worker_that_answers_nonsense(void **state)
{
	static const struct fault faults[] = {
		{ "open words threads", ON_NEW, SY_OUTCOME_FAILED, protocol },
		{ "slice words threads", ON_OLD, SY_OUTCOME_FAILED, protocol },
		{ "slice deep threads", ON_NEW, SY_OUTCOME_FAILED, protocol },
		{ "slice nan threads", ON_NEW, SY_OUTCOME_FAILED, protocol },
		{ "slice huge threads", ON_NEW, SY_OUTCOME_FAILED, protocol },
		{ "slice key threads", ON_NEW, SY_OUTCOME_FAILED, nonsense },
		{ "slice types threads", ON_NEW, SY_OUTCOME_FAILED, senseless },
		{ "slice vast threads", ON_NEW, SY_OUTCOME_FAILED, senseless },
		{ "size types threads", ON_OLD, SY_OUTCOME_FAILED,
		  "sized its slice to nothing" },
		{ "size vast threads", ON_OLD, SY_OUTCOME_FAILED,
		  "sized its slice to 9000000000000000000" },
		{ "slice fewer threads 2", ON_EACH, SY_OUTCOME_FAILED,
		  "carried out 1" },
	};

	(void)state;
	assert_faults(faults, COUNT(faults));
}

static void test_a_worker_that_talks_too_much(void **state)
{
	static const struct fault faults[] = {
		{ "slice flood threads", ON_NEW, SY_OUTCOME_FAILED, protocol },
		{ "open lines threads", ON_NEW, SY_OUTCOME_FAILED, talked },
		{ "slice double threads", ON_EACH, SY_OUTCOME_FAILED, talked },
		{ "open double threads", ON_NEW, SY_OUTCOME_FAILED, talked },
	};

	(void)state;
	assert_faults(faults, COUNT(faults));
}

static void test_a_worker_that_errs(void **state)
{
	static const struct fault faults[] = {
		{ "slice wrong threads", ON_EACH, SY_OUTCOME_WRONG,
		  "wrong checksum" },
		{ "slice promise threads 3", ON_NEW, SY_OUTCOME_WRONG,
		  "a promise was broken" },
		/* Known, but not done: no matter of one side. */
		{ "slice lacks threads", ON_NEW, SY_OUTCOME_FAILED,
		  "no such thing" },
		{ "slice absent threads 3", ON_NEW, SY_OUTCOME_FAILED,
		  "built without it" },
	};

	(void)state;
	assert_faults(faults, COUNT(faults));
}

static void test_a_point_of_one_side(void **state)
{
	static const struct fault faults[] = {
		{ "open lacks threads", ON_EACH, SY_OUTCOME_ONE_SIDE,
		  "no such thing in this build" },
		{ "open absent threads", ON_EACH, SY_OUTCOME_ONE_SIDE,
		  "built without it" },
	};

	(void)state;
	assert_faults(faults, COUNT(faults));
}

static void test_a_point_of_neither_side(void **state)
{
	struct compared *c = *state;

	add_points(c);
	fake(c, SY_OLD, "open absent threads");
	fake(c, SY_NEW, "open lacks threads");
	assert_compared(c);
	assert_int_equal(point_of(c, "threads")->outcome, SY_OUTCOME_ABSENT);
	assert_string_equal(point_of(c, "threads")->reason.text,
	                    "built without it");
	assert_unharmed(c);
}

/* The worst of the two is told. */
static void test_a_point_that_fails_on_both_sides(void **state)
{
	struct compared *c = *state;

	add_points(c);
	fake(c, SY_OLD, "open exit threads");
	fake(c, SY_NEW, "open wrong threads");
	assert_compared(c);
	assert_int_equal(point_of(c, "threads")->outcome, SY_OUTCOME_WRONG);
	assert_int_equal(point_of(c, "threads")->side, SY_NEW);
	assert_unharmed(c);
}

/* Nothing of it is shown, and the worker goes on. */
static void test_a_worker_that_floods_its_output(void **state)
{
	struct compared *c = *state;
	int out = dup(1), err = dup(2), file;
	char path[90];
	struct stat written;

	add_points(c);
	fake(c, SY_OLD, "open print threads");
	fake(c, SY_NEW, "slice print threads 2\nslice exit threads 3");
	snprintf(path, sizeof(path), "%s/terminal", c->folder);
	file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	dup2(file, 1);
	dup2(file, 2);
	compare(c);
	dup2(out, 1);
	dup2(err, 2);
	close(out);
	close(err);
	assert_int_equal(fstat(file, &written), 0);
	close(file);
	assert_int_equal(written.st_size, 0);
	assert_int_equal(point_of(c, "threads")->outcome, SY_OUTCOME_FAILED);
	assert_int_equal(point_of(c, "threads")->side, SY_NEW);
	/* The first line of it, without what a terminal would obey. */
	assert_says(point_of(c, "threads")->reason.text,
	            "status 3 (  [31mprinted in vain)");
	assert_unharmed(c);
}

/* Neither the driver's own nor what the driver was started with. */
static void test_a_worker_inherits_four_descriptors(void **state)
{
	struct compared *c = *state;
	int open_fd = open("/dev/null", O_RDONLY);

	add_points(c);
	fake(c, SY_OLD, "");
	fake(c, SY_NEW, "open fds threads");
	assert_compared(c);
	close(open_fd);
	assert_string_equal(point_of(c, "threads")->reason.text, " 0 1 2 3");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_worker_that_hangs),
		cmocka_unit_test(test_a_worker_that_dies),
		cmocka_unit_test(test_a_worker_that_answers_nonsense),
		cmocka_unit_test(test_a_worker_that_talks_too_much),
		cmocka_unit_test(test_a_worker_that_errs),
		cmocka_unit_test(test_a_point_of_one_side),
		TEST(test_a_point_of_neither_side),
		TEST(test_a_point_that_fails_on_both_sides),
		TEST(test_a_worker_that_floods_its_output),
		TEST(test_a_worker_inherits_four_descriptors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
