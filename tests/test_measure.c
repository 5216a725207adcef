/* SPDX-License-Identifier: MIT */
/*
 * test_measure.c - the driver with real workers: what it asks for in which
 * order, for how long, and what stops it.
 */
#include "engine_fixture.h"

#include <sys/eventfd.h>

#include "engine/measure.h"

struct drive {
	struct sy_plan plan;
	struct sy_session session;
	struct sy_reason reason;
	struct sy_hooks hooks;
	struct holdings before;
	cpu_set_t affinity;
	json_t *journal; /* an array of its samples */
	size_t room;     /* samples after which the journal is full, or 0 */
	size_t stop;     /* samples after which progress says stop, or 0 */
	size_t cancel;   /* samples after which cancel_fd is readable, or 0 */
	struct sy_progress progress;
};

static int write_down(void *data, json_t *sample, struct sy_reason *reason)
{
	struct drive *drive = data;
	size_t count = json_array_size(drive->journal);

	json_array_append_new(drive->journal, sample);
	if (drive->cancel && count + 1 == drive->cancel)
		assert_int_equal(eventfd_write(drive->hooks.cancel_fd, 1), 0);
	if (drive->room && count + 1 > drive->room)
		return sy_reason(reason, -ENOSPC, "no room for a sample");
	return 0;
}

static int watch(void *data, const struct sy_progress *progress)
{
	struct drive *drive = data;

	drive->progress = *progress;
	return drive->stop && json_array_size(drive->journal) >= drive->stop;
}

static void add(struct drive *drive, const char *family, const char *row)
{
	struct sy_request request;

	ask_for(&request, family, row);
	request.inflight = 2;
	request.grain_ns = 20000;
	assert_int_equal(sy_plan_add(&drive->plan, &request), 0);
}

/* Small slices: a test takes less than a second. */
static void begin(struct drive *drive, uint64_t budget_ms, unsigned sets)
{
	memset(drive, 0, sizeof(*drive));
	sched_getaffinity(0, sizeof(drive->affinity), &drive->affinity);
	sy_plan_init(&drive->plan);
	drive->plan.budget_ns = budget_ms * MS;
	drive->plan.sets = sets;
	drive->plan.slice_ns = 2 * MS;
	drive->journal = json_array();
	drive->hooks = (struct sy_hooks){ .program = SY_PROGRAM,
		                          .cancel_fd = eventfd(0, EFD_CLOEXEC),
		                          .journal = write_down,
		                          .progress = watch,
		                          .data = drive };
}

/* The points are here, but for those that are called absent. */
static int measure(struct drive *drive, const char *absent)
{
	for (size_t i = 0; i < drive->plan.count; i++) {
		struct sy_point *point = &drive->plan.points[i];

		if (absent && !strcmp(point->request.model->name, absent))
			continue;
		assert_int_equal(resolve_here(point, &drive->reason), 0);
	}
	assert_int_equal(sy_session_init(&drive->session, &drive->plan), 0);
	drive->before = look();
	return sy_measure(&drive->plan, &drive->hooks, &drive->session,
	                  &drive->reason);
}

/* No worker is left, and the driver runs where it ran before. */
static void end(struct drive *drive)
{
	cpu_set_t now;

	assert_nothing_left(drive->before);
	sched_getaffinity(0, sizeof(now), &now);
	assert_true(CPU_EQUAL(&now, &drive->affinity));
	sy_session_free(&drive->session, &drive->plan);
	sy_plan_free(&drive->plan);
	json_decref(drive->journal);
	close(drive->hooks.cancel_fd);
}

static const char *name_of(const struct drive *drive, size_t i)
{
	const json_t *sample = json_array_get(drive->journal, i);

	return json_string_value(json_object_get(sample, "point"));
}

static int64_t number_of(const struct drive *drive, size_t i, const char *key)
{
	return json_integer_value(
		json_object_get(json_array_get(drive->journal, i), key));
}

static bool dropped(const struct drive *drive, size_t i)
{
	return json_object_get(json_array_get(drive->journal, i), "dropped");
}

/* Samples kept of one point in one set. */
static size_t kept(const struct drive *drive, const char *name, int64_t set)
{
	size_t count = 0;

	for (size_t i = 0; i < json_array_size(drive->journal); i++)
		count += !strcmp(name_of(drive, i), name) &&
		         number_of(drive, i, "set") == set &&
		         !dropped(drive, i);
	return count;
}

static void three_models(struct drive *drive)
{
	add(drive, "cpu", "serial");
	add(drive, "cpu", "threads");
	add(drive, "cpu", "pool");
}

static void test_every_point_is_measured_in_every_set(void **state)
{
	struct drive d;

	(void)state;
	begin(&d, 600, 3);
	three_models(&d);
	add(&d, "wait", "threads");
	assert_int_equal(measure(&d, NULL), 0);
	assert_false(d.session.interrupted);
	for (size_t i = 0; i < d.plan.count; i++) {
		const struct sy_result *r = &d.session.points[i];
		size_t all = 0;

		assert_int_equal(r->state, SY_MEASURED);
		for (unsigned set = 0; set < 3; set++) {
			size_t of_set = kept(&d, d.plan.points[i].name, set);

			assert_true(of_set >= 1);
			all += of_set;
		}
		/* What is in the journal is what is in the session. */
		assert_int_equal(r->count, all);
	}
	assert_true(kept(&d, "sentinel/a", 0) >= 1);
	assert_true(kept(&d, "sentinel/b", 2) >= 1);
	assert_int_equal(d.progress.sets, 3);
	assert_int_equal(d.progress.set, 2);
	assert_int_equal(d.progress.groups, 2);
	end(&d);
}

/* So many samples; of slices so long that no point is dear by accident. */
static void in_turns(struct drive *drive, uint64_t seed, size_t samples)
{
	begin(drive, 30000, 1);
	drive->plan.seed = seed;
	drive->plan.slice_ns = 10 * MS;
	drive->stop = samples;
	three_models(drive);
	assert_int_equal(measure(drive, NULL), 0);
	assert_int_equal(json_array_size(drive->journal), samples);
}

/* Each round asks each point once, the sentinels one after the other. */
static void test_rounds_ask_everybody(void **state)
{
	struct drive d;
	size_t first = 0, count, rounds = 0;

	(void)state;
	in_turns(&d, 1, 33); /* nine rounds, the last of them a fourth one */
	count = json_array_size(d.journal);
	while (first < count) {
		int64_t round = number_of(&d, first, "round");
		size_t end_of = first, a = SIZE_MAX, b = SIZE_MAX;

		for (;
		     end_of < count && number_of(&d, end_of, "round") == round;
		     end_of++) {
			a = strcmp(name_of(&d, end_of), "sentinel/a") ? a
			                                              : end_of;
			b = strcmp(name_of(&d, end_of), "sentinel/b") ? b
			                                              : end_of;
		}
		assert_int_equal(round, rounds);
		assert_int_equal(end_of - first, round % 4 ? 3 : 5);
		if (round % 4)
			assert_true(a == SIZE_MAX && b == SIZE_MAX);
		else
			assert_true(a == b + 1 || b == a + 1);
		first = end_of;
		rounds++;
	}
	assert_int_equal(rounds, 9);
	end(&d);
}

/* The names of the samples of six rounds, one a line. */
static void order_of(uint64_t seed, char *text, size_t bytes)
{
	struct drive d;
	size_t used = 0;

	in_turns(&d, seed, 22);
	for (size_t i = 0; i < 22; i++)
		used += (size_t)snprintf(text + used, bytes - used, "%s\n",
		                         name_of(&d, i));
	assert_true(used < bytes);
	end(&d);
}

static void test_the_seed_is_the_order(void **state)
{
	char one[2048], again[2048], other[2048];

	(void)state;
	order_of(7, one, sizeof(one));
	order_of(7, again, sizeof(again));
	order_of(8, other, sizeof(other));
	assert_string_equal(one, again);
	assert_string_not_equal(one, other);
}

/* Starting and stopping may take a little more, never much. */
static void test_the_budget_is_kept(void **state)
{
	struct drive d;
	uint64_t begin_ns;

	(void)state;
	begin(&d, 700, 2);
	three_models(&d);
	begin_ns = sy_clock_ns();
	assert_int_equal(measure(&d, NULL), 0);
	assert_in_range(sy_clock_ns() - begin_ns, 500 * MS,
	                (SANITIZED ? 5000 : 1500) * MS);
	assert_in_range(d.session.wall_ns, 500 * MS,
	                (SANITIZED ? 5000 : 1500) * MS);
	assert_in_range(d.session.sliced_ns, 50 * MS, d.session.wall_ns);
	assert_true(d.session.kernel_round_ns > 0.1 &&
	            d.session.kernel_round_ns < 1000);
	/* A grain is so many rounds of the kernel. */
	assert_in_range(d.plan.points[0].load.rounds,
	                (uint64_t)(19999 / d.session.kernel_round_ns),
	                (uint64_t)(20001 / d.session.kernel_round_ns) + 1);
	end(&d);
}

/* However little it is, everybody is measured once. */
static void test_no_budget_is_one_round(void **state)
{
	struct drive d;

	(void)state;
	begin(&d, 0, 1);
	three_models(&d);
	assert_int_equal(measure(&d, NULL), 0);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(d.session.points[i].state, SY_MEASURED);
	end(&d);
}

static void test_absent_points_are_left_as_they_are(void **state)
{
	struct drive d;

	(void)state;
	begin(&d, 200, 1);
	three_models(&d);
	assert_int_equal(measure(&d, "threads"), 0);
	assert_int_equal(d.session.points[0].state, SY_MEASURED);
	assert_int_equal(d.session.points[1].state, SY_PLANNED);
	assert_int_equal(d.session.points[2].state, SY_MEASURED);
	assert_int_equal(kept(&d, d.plan.points[1].name, 0), 0);
	end(&d);
}

static void test_a_point_that_does_not_fit_is_not_started(void **state)
{
	struct drive d;

	(void)state;
	begin(&d, 200, 1);
	add(&d, "cpu", "serial");
	add(&d, "cpu", "threads");
	d.plan.points[1].request.inflight = 100000000;
	assert_int_equal(measure(&d, NULL), 0);
	assert_int_equal(d.session.points[0].state, SY_MEASURED);
	assert_int_equal(d.session.points[1].state, SY_FAILED);
	assert_says(d.session.points[1].reason.text, "threads and processes");
	end(&d);
}

/* What stops it. */

static void test_cancelling_keeps_what_there_is(void **state)
{
	struct drive d;
	size_t all = 0;

	(void)state;
	begin(&d, 30000, 2);
	three_models(&d);
	d.cancel = 12;
	assert_int_equal(measure(&d, NULL), 0);
	assert_true(d.session.interrupted);
	assert_int_equal(json_array_size(d.journal), 12);
	for (size_t i = 0; i < 3; i++)
		all += d.session.points[i].count + d.session.points[i].dropped;
	for (size_t i = 0; i < 2; i++)
		all += d.session.sentinels[i].count +
		       d.session.sentinels[i].dropped;
	assert_int_equal(all, 12);
	assert_true(d.session.wall_ns < 20000 * MS);
	end(&d);
}

static void test_cancelling_before_the_start_measures_nothing(void **state)
{
	struct drive d;

	(void)state;
	begin(&d, 30000, 2);
	three_models(&d);
	assert_int_equal(eventfd_write(d.hooks.cancel_fd, 1), 0);
	assert_int_equal(measure(&d, NULL), 0);
	assert_true(d.session.interrupted);
	assert_int_equal(json_array_size(d.journal), 0);
	assert_int_equal(d.session.points[0].state, SY_PLANNED);
	end(&d);
}

static void test_progress_stops_it_between_slices(void **state)
{
	struct drive d;

	(void)state;
	begin(&d, 30000, 2);
	three_models(&d);
	d.stop = 9;
	assert_int_equal(measure(&d, NULL), 0);
	assert_true(d.session.interrupted);
	assert_int_equal(json_array_size(d.journal), 9);
	end(&d);
}

static void test_a_journal_that_cannot_be_written_ends_it(void **state)
{
	struct drive d;

	(void)state;
	begin(&d, 30000, 2);
	three_models(&d);
	d.room = 8;
	assert_int_equal(measure(&d, NULL), -ENOSPC);
	assert_string_equal(d.reason.text, "no room for a sample");
	assert_false(d.session.interrupted);
	assert_int_equal(json_array_size(d.journal), 9);
	end(&d);
}

static void test_no_worker_is_an_error_of_the_run(void **state)
{
	struct drive d;

	(void)state;
	begin(&d, 200, 1);
	three_models(&d);
	d.hooks.program = "/none";
	assert_int_equal(measure(&d, NULL), -ENOENT);
	assert_says(d.reason.text, "cannot start a worker (/none)");
	end(&d);
}

static void test_nothing_to_measure_starts_nothing(void **state)
{
	struct drive d;

	(void)state;
	begin(&d, 200, 1);
	add(&d, "cpu", "threads");
	d.hooks.program = "/none";
	assert_int_equal(measure(&d, "threads"), 0);
	assert_int_equal(json_array_size(d.journal), 0);
	end(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_point_is_measured_in_every_set),
		cmocka_unit_test(test_rounds_ask_everybody),
		cmocka_unit_test(test_the_seed_is_the_order),
		cmocka_unit_test(test_the_budget_is_kept),
		cmocka_unit_test(test_no_budget_is_one_round),
		cmocka_unit_test(test_absent_points_are_left_as_they_are),
		cmocka_unit_test(test_a_point_that_does_not_fit_is_not_started),
		cmocka_unit_test(test_cancelling_keeps_what_there_is),
		cmocka_unit_test(
			test_cancelling_before_the_start_measures_nothing),
		cmocka_unit_test(test_progress_stops_it_between_slices),
		cmocka_unit_test(test_a_journal_that_cannot_be_written_ends_it),
		cmocka_unit_test(test_no_worker_is_an_error_of_the_run),
		cmocka_unit_test(test_nothing_to_measure_starts_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
