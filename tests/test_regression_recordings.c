/* SPDX-License-Identifier: MIT */
/*
 * test_regression_recordings.c - what is no recording of the study is refused,
 * in one line: broken files, pairs that make no sense, a slowdown that was not.
 */
#include "regression_fixture.h"

static void test_names_say_what_was_done(void **state)
{
	static const char *const wrong[] = {
		"aa-.json",
		"aa-00.json",
		"aa-1",
		"ab-01.json",
		"aa-01.json.part",
		"extra-01.json",
		"extra-03-01.json",
		"extra-05-.json",
		"extra-00-01.json",
		"aa-01.noisy.json",
		"aa-01.noisy0.json",
		"aa-12345.json",
		"aa--1.json",
		"",
	};
	struct sy_recording r;

	(void)state;
	assert_int_equal(sy_recording_name("extra-10-07.noisy2.json", &r), 0);
	assert_int_equal(r.kind, SY_RECORDED_EXTRA);
	assert_int_equal(r.percent, 10);
	assert_int_equal(r.number, 7);
	assert_int_equal(r.aside, 2);
	assert_int_equal(sy_recording_name("long-01.json", &r), 0);
	assert_int_equal(r.kind, SY_RECORDED_LONG);
	assert_int_equal(r.aside, 0);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		assert_int_equal(sy_recording_name(wrong[i], &r), -EINVAL);
}

/* One line, with the file and this. */
static void assert_refused(struct study *s, const char *file, const char *why)
{
	struct sy_recordings recordings;
	struct sy_reason reason = { "" };
	int error = sy_recordings_read(s->folder, &recordings, &reason);

	if (error != -EINVAL && error != -EISDIR)
		fail_msg("%s: %d, not refused", why, error);
	assert_told(reason.text, why);
	assert_told(reason.text, file);
	assert_null(strchr(reason.text, '\n'));
}

static void test_broken_files_are_refused(void **state)
{
	struct study *s = *state;
	struct made made = {
		.file = "aa-01.json", .points = 1, .slower = 1, .drift = 1
	};
	json_t *json = make(s, &made);
	char *text = json_dumps(json, 0);
	size_t bytes = strlen(text);

	json_decref(json);
	write_text(s, made.file, text, bytes / 2);
	assert_refused(s, made.file, "line 1, column");
	write_text(s, made.file, "", 0);
	assert_refused(s, made.file, "line 1, column");
	write_text(s, made.file, "[]", 2);
	assert_refused(s, made.file, "no comparison of schema 1");
	memcpy(text, "{\"live\":1,\"live\":1,", 19);
	write_text(s, made.file, text, bytes);
	assert_refused(s, made.file, "line 1, column");
	free(text);
	assert_int_equal(unlinkat(s->fd, made.file, 0), 0);
	assert_int_equal(mkdirat(s->fd, made.file, 0700), 0);
	assert_refused(s, made.file, "cannot read");
	assert_int_equal(unlinkat(s->fd, made.file, AT_REMOVEDIR), 0);
	write_text(s, "notes.json", "{}", 2);
	assert_refused(s, "notes.json", "no recording's name");
}

/* A pair's column set to a value, JSON. */
static void with_column(struct study *s, size_t row, size_t column,
                        const char *value, const char *why)
{
	struct made made = {
		.file = "aa-01.json", .points = 1, .slower = 1, .drift = 1
	};
	json_t *json = make(s, &made);
	json_t *pairs = json_object_get(
		json_array_get(json_object_get(json, "points"), 0), "pairs");
	json_t *pair = json_array_get(pairs, row);

	assert_true(column < json_array_size(pair));
	json_array_set_new(pair, column,
	                   json_loads(value, JSON_DECODE_ANY, NULL));
	write_json(s, made.file, json);
	assert_refused(s, made.file, why);
}

static void test_pairs_that_make_no_sense_are_refused(void **state)
{
	struct study *s = *state;
	const char *why = "pair 3 of cpu/made/inflight:1 makes no sense";

	for (size_t column = 0; column < 15; column++) {
		if (column != 2)
			with_column(s, 3, column, "true", why);
		with_column(s, 3, column, "-1", why);
		with_column(s, 3, column, "1.5", why);
		with_column(s, 3, column, "null", why);
		with_column(s, 3, column, "\"1\"", why);
	}
	with_column(s, 3, 4, "0", why);     /* operations */
	with_column(s, 3, 5, "9999", why);  /* fewer than were asked for */
	with_column(s, 3, 6, "20001", why); /* more than twice */
	with_column(s, 3, 7, "0", why);     /* no time */
	with_column(s, 3, 1, "2", why);     /* a round again */
	with_column(s, 13, 0, "0", "pair 13 of"); /* back to an earlier set */
	with_column(s, 3, 3, "7", why);           /* back in time */
}

/* What was performed is what the name says: a file that was renamed, a
   variable that was not heeded. */
static void test_what_was_performed_proves_the_slowdown(void **state)
{
	struct study *s = *state;

	write_made(s, (struct made){ .file = "extra-05-01.json",
	                             .points = 1,
	                             .slower = 1.05 });
	assert_refused(s, "extra-05-01.json", "NEW 1.0000 times");
	write_made(s, (struct made){ .file = "extra-05-01.json",
	                             .points = 1,
	                             .percent = 10 });
	assert_refused(s, "extra-05-01.json", "NEW 1.1000 times");
	assert_int_equal(unlinkat(s->fd, "extra-05-01.json", 0), 0);
	write_made(s, (struct made){ .file = "aa-01.json",
	                             .points = 1,
	                             .percent = 5 });
	assert_refused(s, "aa-01.json", "NEW 1.0500 times");
}

/* `key` of the recording set to a value, JSON; NULL: taken away. */
static void with_key(struct study *s, const char *key, const char *value,
                     const char *why)
{
	struct made made = {
		.file = "aa-01.json", .points = 2, .slower = 1, .drift = 1
	};
	json_t *json = make(s, &made);

	assert_non_null(json_object_get(json, key));
	if (value)
		json_object_set_new(json, key,
		                    json_loads(value, JSON_DECODE_ANY, NULL));
	else
		json_object_del(json, key);
	write_json(s, made.file, json);
	assert_refused(s, made.file, why);
}

static void test_what_is_missing_or_wrong_is_refused(void **state)
{
	struct study *s = *state;

	with_key(s, "schema", "2", "no comparison of schema 1");
	with_key(s, "schema", "0", "no comparison of schema 1");
	with_key(s, "schema", NULL, "no comparison of schema 1");
	with_key(s, "pair_columns", "[\"set\"]", "no comparison of schema 1");
	with_key(s, "live", "false", "not a live comparison");
	with_key(s, "interrupted", "true", "went to its end");
	with_key(s, "machine", "null", "no seed, machine");
	with_key(s, "wall_ns", "-1", "no seed, machine or time");
	with_key(s, "budget_ns", NULL, "no seed, machine or time");
	with_key(s, "sentinel", "{}", "no spread");
	with_key(s, "sentinel",
	         "{\"spread\": null, \"noisy\": false, \"pairs\": []}",
	         "no spread");
	with_key(s, "sentinel", "{\"spread\": 0.01, \"noisy\": false}",
	         "the sentinel has no pairs");
	with_key(s, "points", "[]", "it has no points");
	with_key(s, "points", "[{}]", "point 0 makes no sense");
	with_key(s, "points",
	         "[{\"name\": \"a\", \"handoff\": false, \"outcome\": "
	         "\"compared\", \"pairs\": []}]",
	         "a has no pairs");
	with_key(s, "points",
	         "[{\"name\": \"a\", \"handoff\": false, \"outcome\": "
	         "\"absent\", \"pairs\": []}, {\"name\": \"a\", "
	         "\"handoff\": false, \"outcome\": \"absent\", \"pairs\": "
	         "[]}]",
	         "point 1 makes no sense");
}

static void test_recordings_of_other_things_are_refused(void **state)
{
	struct study *s = *state;
	struct made made = {
		.file = "aa-02.json", .points = 2, .slower = 1, .drift = 1
	};
	json_t *json;

	write_made(s, (struct made){ .file = "aa-01.json", .points = 3 });
	write_made(s, made);
	assert_refused(s, "aa-02.json", "of other points");
	write_made(s, (struct made){ .file = "aa-01.json", .points = 2 });
	json = make(s, &made);
	json_object_set_new(json, "machine", json_string("another one"));
	write_json(s, made.file, json);
	assert_refused(s, "aa-02.json", "of two machines");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define HERE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
		HERE(test_names_say_what_was_done),
		HERE(test_broken_files_are_refused),
		HERE(test_pairs_that_make_no_sense_are_refused),
		HERE(test_what_was_performed_proves_the_slowdown),
		HERE(test_what_is_missing_or_wrong_is_refused),
		HERE(test_recordings_of_other_things_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
