/* SPDX-License-Identifier: MIT */
/*
 * test_stored_sides.c - which points of two runs belong together and which have
 * no counterpart; whose runs may be compared at all, and what is told of them.
 */
#include "stored_fixture.h"

/* ---- points ---- */

static void test_order_is_that_of_old_then_what_is_new(void **state)
{
	struct runs *runs = *state;

	add_time(runs, SY_OLD, "c", 100);
	add_time(runs, SY_OLD, "gone", 100);
	add_time(runs, SY_OLD, "a", 100);
	add_time(runs, SY_NEW, "z new", 100);
	add_time(runs, SY_NEW, "a", 100);
	add_time(runs, SY_NEW, "b new", 100);
	add_time(runs, SY_NEW, "c", 100);
	compare(runs);
	assert_int_equal(runs->comparison.count, 5);
	assert_row(runs, 0, "c", SY_OUTCOME_COMPARED);
	assert_row(runs, 1, "gone", SY_OUTCOME_ONE_SIDE);
	assert_row(runs, 2, "a", SY_OUTCOME_COMPARED);
	assert_row(runs, 3, "z new", SY_OUTCOME_ONE_SIDE);
	assert_row(runs, 4, "b new", SY_OUTCOME_ONE_SIDE);
	assert_int_equal(row(runs, 1)->side, SY_OLD);
	assert_string_equal(row(runs, 1)->reason.text, "NEW has no such point");
	assert_is(row(runs, 1)->shown[SY_OLD].ns, 100);
	assert_int_equal(row(runs, 3)->side, SY_NEW);
	assert_false(row(runs, 3)->gates[SY_GATE_TIME].there);
}

struct pair_of_states {
	const char *states[SY_SIDES]; /* NULL: the run has no such point */
	enum sy_outcome outcome;
	enum sy_side side;
	const char *reason;
};

static const struct pair_of_states pairs[] = {
	{ { "measured", "absent" },
	  SY_OUTCOME_ONE_SIDE,
	  SY_OLD,
	  "absent in NEW: why NEW" },
	{ { "absent", "measured" },
	  SY_OUTCOME_ONE_SIDE,
	  SY_NEW,
	  "absent in OLD: why OLD" },
	{ { "measured", "stopped" },
	  SY_OUTCOME_ONE_SIDE,
	  SY_OLD,
	  "NEW was stopped before it" },
	{ { "measured", "failed" }, SY_OUTCOME_FAILED, SY_NEW, "why NEW" },
	{ { "invalid", "measured" }, SY_OUTCOME_FAILED, SY_OLD, "why OLD" },
	{ { "failed", "failed" }, SY_OUTCOME_FAILED, SY_NEW, "why NEW" },
	{ { "failed", NULL }, SY_OUTCOME_FAILED, SY_OLD, "why OLD" },
	{ { "wrong", "failed" }, SY_OUTCOME_WRONG, SY_OLD, "why OLD" },
	{ { "absent", "wrong" }, SY_OUTCOME_WRONG, SY_NEW, "why NEW" },
	{ { "absent", "absent" }, SY_OUTCOME_ABSENT, SY_NEW, "why NEW" },
	{ { "absent", NULL },
	  SY_OUTCOME_ABSENT,
	  SY_OLD,
	  "NEW has no such point; why OLD" },
	{ { "stopped", "stopped" }, SY_OUTCOME_PLANNED, SY_OLD, "" },
	{ { "stopped", "absent" }, SY_OUTCOME_PLANNED, SY_OLD, "" },
	{ { NULL, "stopped" }, SY_OUTCOME_PLANNED, SY_OLD, "" },
};
#define PAIRS (sizeof(pairs) / sizeof(pairs[0]))

static void add_pair(struct runs *runs, const struct pair_of_states *pair,
                     const char *name)
{
	for (int side = 0; side < SY_SIDES; side++) {
		const char *state = pair->states[side];

		if (!state)
			continue;
		if (!strcmp(state, "measured"))
			add_time(runs, side, name, 100);
		else
			add_state(runs, side, name, state,
			          !strcmp(state, "stopped") ? NULL
			          : side == SY_OLD          ? "why OLD"
			                                    : "why NEW");
	}
}

/* Of each pair of states, as if it were alone. */
static void test_what_becomes_of_two_states(void **state)
{
	struct runs *runs = *state;
	char name[16];

	for (size_t i = 0; i < PAIRS; i++) {
		snprintf(name, sizeof(name), "%02zu", i);
		add_pair(runs, &pairs[i], name);
	}
	compare(runs);
	assert_int_equal(runs->comparison.count, PAIRS);
	for (size_t i = 0; i < PAIRS; i++) {
		const struct sy_compared *seen = row(runs, i);
		size_t k = (size_t)atoi(seen->name);

		assert_int_equal(seen->outcome, pairs[k].outcome);
		assert_int_equal(seen->side, pairs[k].side);
		assert_string_equal(seen->reason.text, pairs[k].reason);
	}
}

static void test_filter_chooses_by_name(void **state)
{
	struct runs *runs = *state;

	add_time(runs, SY_OLD, "cpu/serial", 100);
	add_time(runs, SY_OLD, "io/serial", 100);
	add_time(runs, SY_NEW, "cpu/serial", 100);
	add_time(runs, SY_NEW, "cpu/threads", 100);
	compare(runs);
	assert_int_equal(compare_dirs(runs, "^cpu/", false), 0);
	assert_int_equal(runs->comparison.count, 2);
	assert_row(runs, 0, "cpu/serial", SY_OUTCOME_COMPARED);
	assert_row(runs, 1, "cpu/threads", SY_OUTCOME_ONE_SIDE);
	assert_int_equal(compare_dirs(runs, "wait", false), -ENODATA);
	assert_string_equal(runs->reason.text,
	                    "no point of the two runs matches 'wait'");
	assert_int_equal(compare_dirs(runs, "(", false), -EINVAL);
	assert_says(runs->reason.text, "'(' is not a regular expression: ");
}

static void test_nothing_in_common(void **state)
{
	struct runs *runs = *state;

	put_side(runs, SY_OLD);
	put_side(runs, SY_NEW);
	assert_refused(runs, -ENODATA, "there is no point in the two runs");
	add_time(runs, SY_OLD, "a", 100);
	add_time(runs, SY_NEW, "b", 100);
	add_time(runs, SY_NEW, "c", 100);
	put_side(runs, SY_OLD);
	put_side(runs, SY_NEW);
	assert_refused(runs, -ENODATA,
	               "no point is in both runs: 1 only in OLD, 2 only in "
	               "NEW");
}

/* A tenth of what a run may have, the names in opposite orders, and half of
   them on one side only.  What took the square of them would not end. */
#define MANY 100000

static void put_many(struct runs *runs, int side)
{
	char *path = file_of(runs, side, "results.json");
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	fputs("{\"context\": {}, \"schema\": 1, \"machine_id\": \"" MACHINE
	      "\", \"machine\": {\"summary\": \"T\"}, \"interrupted\": false, "
	      "\"sentinel\": {\"spread\": null}, \"points\": [",
	      file);
	for (int i = 0; i < MANY; i++)
		fprintf(file,
		        "%s{\"name\": \"cpu/serial/inflight:%d\", \"family\": "
		        "\"cpu\", \"state\": \"measured\", \"slices\": 30, "
		        "\"switches_per_op\": {\"voluntary\": 0, "
		        "\"involuntary\": 0}, \"cpu_ns_per_op\": 9, "
		        "\"ns_per_op\": {\"value\": 10, \"low\": 9.9, "
		        "\"high\": 10.1}}",
		        i ? ",\n" : "",
		        side == SY_OLD ? i : MANY + MANY / 2 - 1 - i);
	fputs("]}", file);
	assert_int_equal(fclose(file), 0);
	free(path);
}

static void test_many_points(void **state)
{
	struct runs *runs = *state;
	size_t compared = 0;

	for (int side = 0; side < SY_SIDES; side++) {
		put_json(runs, side, "machine.json", runs->machine[side]);
		put_many(runs, side);
	}
	if (compare_dirs(runs, NULL, false))
		fail_msg("%s", runs->reason.text);
	assert_int_equal(runs->comparison.count, MANY + MANY / 2);
	for (size_t i = 0; i < runs->comparison.count; i++)
		compared += row(runs, i)->change == SY_CHANGE_SAME &&
		            row(runs, i)->outcome == SY_OUTCOME_COMPARED;
	assert_int_equal(compared, MANY / 2);
	assert_row(runs, MANY, "cpu/serial/inflight:149999",
	           SY_OUTCOME_ONE_SIDE);
}

/* ---- runs ---- */

static void set_build(struct runs *runs, const char *key, const char *value)
{
	json_object_set_new(json_object_get(runs->machine[SY_NEW], "build"),
	                    key, json_string(value));
	put_side(runs, SY_NEW);
}

/* Each is found before those that were set before it. */
static void test_unlike_builds_are_refused(void **state)
{
	struct runs *runs = *state;

	add_time(runs, SY_OLD, "p", 100);
	add_time(runs, SY_NEW, "p", 100);
	put_side(runs, SY_OLD);
	set_build(runs, "sanitizer", "address");
	assert_refused(runs, -EXDEV,
	               "different sanitizers: 'none' and 'address'; compare "
	               "anyway with --anyway");
	set_build(runs, "flags", "-O3");
	assert_refused(runs, -EXDEV, "different flags: '-O2' and '-O3'; ");
	set_build(runs, "compiler", "Clang 14.0.6");
	assert_refused(
		runs, -EXDEV,
		"different compilers: 'GNU 12.2.0' and 'Clang 14.0.6'; ");
	set_build(runs, "type", "Debug");
	assert_refused(runs, -EXDEV,
	               "different build types: 'Release' and 'Debug'; ");
	json_object_set_new(runs->machine[SY_NEW], "id", json_string("f0f0"));
	json_object_set_new(runs->results[SY_NEW], "machine_id",
	                    json_string("f0f0"));
	put_side(runs, SY_NEW);
	assert_refused(runs, -EXDEV,
	               "different machines: '" MACHINE "' and 'f0f0'; ");
	assert_int_equal(compare_dirs(runs, NULL, true), 0);
	assert_string_equal(runs->comparison.unlike.text,
	                    "different machines: '" MACHINE "' and 'f0f0'; "
	                    "different build types: 'Release' and 'Debug'; "
	                    "different compilers: 'GNU 12.2.0' and 'Clang "
	                    "14.0.6'; different flags: '-O2' and '-O3'; "
	                    "different sanitizers: 'none' and 'address'");
	assert_row(runs, 0, "p", SY_OUTCOME_COMPARED);
}

/* One that both have, one that only this one has, one that is the same. */
static void set_mitigations(struct runs *runs, int side, const char *meltdown,
                            const char *other, const char *value)
{
	json_object_set_new(runs->machine[side], "mitigations",
	                    json_pack("{ss ss ss}", "meltdown", meltdown,
	                              "srbds", "Not affected", other, value));
}

/* They may be what is compared. */
static void test_other_systems_are_told(void **state)
{
	struct runs *runs = *state;
	json_t *machine = runs->machine[SY_NEW];

	add_time(runs, SY_OLD, "p", 100);
	add_time(runs, SY_NEW, "p", 100);
	json_object_set_new(json_object_get(machine, "kernel"), "release",
	                    json_string("6.12.1"));
	json_object_set_new(json_object_get(machine, "libraries"), "libc",
	                    json_string("glibc 2.40"));
	set_mitigations(runs, SY_OLD, "PTI", "retbleed", "IBRS");
	set_mitigations(runs, SY_NEW, "off", "mds", "off");
	json_object_set_new(json_object_get(machine, "build"), "git_commit",
	                    json_string("def"));
	json_object_set_new(json_object_get(runs->results[SY_NEW], "machine"),
	                    "summary", json_string("Model T, new kernel"));
	json_object_set_new(runs->results[SY_NEW], "interrupted", json_true());
	compare(runs);
	assert_string_equal(told(runs, SY_OLD, "kernel"), "6.1.0");
	assert_string_equal(told(runs, SY_NEW, "kernel"), "6.12.1");
	assert_string_equal(told(runs, SY_NEW, "libc"), "glibc 2.40");
	assert_string_equal(told(runs, SY_OLD, "mitigations"),
	                    "meltdown: PTI; retbleed: IBRS");
	assert_string_equal(told(runs, SY_NEW, "mitigations"),
	                    "meltdown: off; mds: off");
	assert_string_equal(told(runs, SY_NEW, "git_commit"), "def");
	assert_string_equal(told(runs, SY_OLD, "interrupted"), "(nothing)");
	assert_string_equal(told(runs, SY_NEW, "interrupted"), "yes");
	assert_false(runs->comparison.interrupted);
	assert_string_equal(runs->comparison.machine,
	                    "OLD: Model T, 2 PUs; NEW: Model T, new kernel");
}

static void test_what_is_told_of_a_run(void **state)
{
	struct runs *runs = *state;
	const struct sy_comparison *comparison = &runs->comparison;

	add_time(runs, SY_OLD, "p", 100);
	add_time(runs, SY_NEW, "p", 100);
	compare(runs);
	assert_string_equal(comparison->sides[SY_OLD].path, runs->dirs[SY_OLD]);
	assert_string_equal(comparison->machine, "Model T, 2 PUs");
	assert_string_equal(comparison->machine_id, MACHINE);
	assert_string_equal(told(runs, SY_OLD, "run"), "20260102T030405Z-old");
	assert_string_equal(told(runs, SY_OLD, "begun"),
	                    "2026-01-02T03:04:05Z");
	assert_string_equal(told(runs, SY_OLD, "written"),
	                    "2026-01-02T03:04:05+00:00");
	assert_string_equal(told(runs, SY_OLD, "program"), "switchyard 0.1.0");
	assert_string_equal(told(runs, SY_OLD, "machine_id"), MACHINE);
	assert_string_equal(told(runs, SY_OLD, "compiler"), "GNU 12.2.0");
	assert_string_equal(told(runs, SY_OLD, "build_type"), "Release");
	assert_string_equal(told(runs, SY_OLD, "flags"), "-O2");
	assert_string_equal(told(runs, SY_OLD, "sanitizer"), "(nothing)");
}

/* As `latest` is. */
static void test_run_behind_a_link(void **state)
{
	struct runs *runs = *state;
	char link[100];

	add_time(runs, SY_OLD, "p", 100);
	add_time(runs, SY_NEW, "p", 100);
	put_side(runs, SY_OLD);
	put_side(runs, SY_NEW);
	snprintf(link, sizeof(link), "%s/latest", runs->folder);
	assert_int_equal(symlink(runs->dirs[SY_NEW], link), 0);
	assert_int_equal(sy_compare_stored(runs->dirs[SY_OLD], link, NULL,
	                                   false, &runs->comparison,
	                                   &runs->reason),
	                 0);
	assert_string_equal(told(runs, SY_NEW, "run"), "20260102T030405Z-new");
}

int main(void)
{
#define TEST(function)                                                         \
	cmocka_unit_test_setup_teardown(function, runs_open, runs_close)
	const struct CMUnitTest tests[] = {
		TEST(test_order_is_that_of_old_then_what_is_new),
		TEST(test_what_becomes_of_two_states),
		TEST(test_filter_chooses_by_name),
		TEST(test_nothing_in_common),
		TEST(test_many_points),
		TEST(test_unlike_builds_are_refused),
		TEST(test_other_systems_are_told),
		TEST(test_what_is_told_of_a_run),
		TEST(test_run_behind_a_link),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
