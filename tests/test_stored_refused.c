/* SPDX-License-Identifier: MIT */
/*
 * test_stored_refused.c - folders that are no runs, files that are not what
 * they should be: each refused with one line, and nothing is left behind.
 */
#include "stored_fixture.h"

#include "host/read_file.h"

static struct holdings before;

static int set_up(void **state)
{
	before = look();
	return runs_open(state);
}

static int tear_down(void **state)
{
	runs_close(state);
	assert_nothing_left(before);
	return 0;
}

/* Two runs of a point that is measured; returns NEW's. */
static json_t *put_good(struct runs *runs)
{
	json_t *point;

	add_time(runs, SY_OLD, "p", 100);
	point = add_handoff(runs, SY_NEW, "the \"p\"\n'q'", 100, 2);
	put_side(runs, SY_OLD);
	put_side(runs, SY_NEW);
	return point;
}

/* ---- fields ---- */

struct bad_field {
	const char *object, *key; /* of the point; NULL: itself */
	const char *value;        /* JSON; NULL: missing */
	const char *said;
};

#define ESTIMATE "not a number over 0 and to 1e18"
#define COUNT "not a number from 0 to 1e18"

static const struct bad_field bad_fields[] = {
	{ NULL, "name", NULL, "points[0]: name: not a text" },
	{ NULL, "name", "\"\"", "points[0]: name: not a text" },
	{ NULL, "name", "7", "points[0]: name: not a text" },
	{ NULL, "family", "{}", "family: not a text" },
	{ NULL, "state", NULL, "state: not a text" },
	{ NULL, "state", "\"fine\"", "state: none that this program knows" },
	{ NULL, "reason", "1", "reason: not a text" },
	{ NULL, "slices", NULL, "slices: not a count from 1 on" },
	{ NULL, "slices", "0", "slices: not a count from 1 on" },
	{ NULL, "slices", "3.0", "slices: not a count from 1 on" },
	{ NULL, "slices", "4294967297", "slices: not a count from 1 on" },
	{ NULL, "ns_per_op", NULL, "ns_per_op.value: " ESTIMATE },
	{ NULL, "ns_per_op", "[]", "ns_per_op.value: " ESTIMATE },
	{ "ns_per_op", "value", "\"100\"", "ns_per_op.value: " ESTIMATE },
	{ "ns_per_op", "value", "null", "ns_per_op.value: " ESTIMATE },
	{ "ns_per_op", "low", "0", "ns_per_op.low: " ESTIMATE },
	{ "ns_per_op", "low", "-1.5", "ns_per_op.low: " ESTIMATE },
	{ "ns_per_op", "low", "1e-300", "ns_per_op.low: " ESTIMATE },
	{ "ns_per_op", "high", NULL, "ns_per_op.high: " ESTIMATE },
	{ "ns_per_op", "high", "1e300", "ns_per_op.high: " ESTIMATE },
	{ "ns_per_op", "high", "99.5", "ns_per_op: the value is not within" },
	{ "ns_per_op", "low", "100.5", "ns_per_op: the value is not within" },
	{ NULL, "switches_per_op", NULL, "switches_per_op.voluntary: " COUNT },
	{ "switches_per_op", "voluntary", "-1", "per_op.voluntary: " COUNT },
	{ "switches_per_op", "involuntary", "[]",
	  "per_op.involuntary: " COUNT },
	{ NULL, "cpu_ns_per_op", "true", "cpu_ns_per_op: " COUNT },
	{ NULL, "bytes_per_context", "1", "bytes_per_context: not an object" },
	{ NULL, "bytes_per_context", "{\"value\":-1}",
	  "context.value: " COUNT },
	{ NULL, "latency_ns", "null", "latency_ns: not an object" },
	{ NULL, "latency_ns", "{\"p99\":\"\"}", "latency_ns.p99: " COUNT },
};

static void spoil(json_t *object, const char *key, const char *value)
{
	json_t *json;

	if (!value) {
		assert_int_equal(json_object_del(object, key), 0);
		return;
	}
	json = json_loads(value, JSON_DECODE_ANY, NULL);
	assert_non_null(json);
	assert_int_equal(json_object_set_new(object, key, json), 0);
}

/* The line names file, point and field, and stays one whatever the name is. */
static void test_fields_of_a_point(void **state)
{
	struct runs *runs = *state;
	json_t *good = json_deep_copy(put_good(runs));
	json_t *points = json_object_get(runs->results[SY_NEW], "points");

	for (size_t i = 0; i < sizeof(bad_fields) / sizeof(bad_fields[0]);
	     i++) {
		const struct bad_field *bad = &bad_fields[i];
		json_t *point = json_deep_copy(good);

		spoil(bad->object ? json_object_get(point, bad->object) : point,
		      bad->key, bad->value);
		json_array_set_new(points, 0, point);
		put_side(runs, SY_NEW);
		assert_refused(runs, -EINVAL, bad->said);
		assert_says(runs->reason.text, "-new/results.json: points[0]");
		if (strcmp(bad->key, "name") != 0)
			assert_says(runs->reason.text, "('the \"p\"?'q''): ");
	}
	json_decref(good);
}

static const struct bad_field bad_heads[] = {
	{ NULL, "schema", NULL, "no schema, so these are no results of a run" },
	{ NULL, "schema", "\"1\"", "no schema, so these are no results" },
	{ NULL, "schema", "2",
	  "schema 2, this program reads 1: use the switchyard that wrote it, "
	  "or "
	  "newer" },
	{ NULL, "machine_id", "null", "machine_id: not a text" },
	{ NULL, "machine", NULL, "machine.summary: not a text" },
	{ "context", "date", "3", "context.date: not a text" },
	{ NULL, "interrupted", "0", "interrupted: neither true nor false" },
	{ NULL, "points", NULL, "points: not a list" },
	{ NULL, "points", "{}", "points: not a list" },
	{ NULL, "sentinel", NULL, "sentinel.spread: neither null nor" },
	{ "sentinel", "spread", "-0.1", "sentinel.spread: neither null nor" },
	{ "sentinel", "spread", "\"0\"", "sentinel.spread: neither null nor" },
};

static void test_fields_of_the_results(void **state)
{
	struct runs *runs = *state;
	json_t *good;

	put_good(runs);
	good = runs->results[SY_NEW];
	for (size_t i = 0; i < sizeof(bad_heads) / sizeof(bad_heads[0]); i++) {
		const struct bad_field *bad = &bad_heads[i];
		json_t *json = json_deep_copy(good);

		spoil(bad->object ? json_object_get(json, bad->object) : json,
		      bad->key, bad->value);
		put_json(runs, SY_NEW, "results.json", json);
		json_decref(json);
		assert_refused(runs, -EINVAL, bad->said);
		assert_says(runs->reason.text, "-new/results.json: ");
	}
}

static const struct bad_field bad_machines[] = {
	{ NULL, "id", NULL, "machine.json: id: not a text" },
	{ NULL, "id", "\"beef\"",
	  "machine.json is of machine 'beef', results.json of '" MACHINE "'" },
	{ NULL, "build", NULL, "machine.json: build.type: neither null nor" },
	{ "build", "type", "1", "machine.json: build.type: neither null nor" },
	{ "build", "compiler", "[]",
	  "build.compiler: neither null nor a text" },
	{ "build", "flags", NULL, "build.flags: neither null nor a text" },
	{ "build", "sanitizer", "false", "build.sanitizer: neither null nor" },
};

static void test_fields_of_the_machine(void **state)
{
	struct runs *runs = *state;
	size_t count = sizeof(bad_machines) / sizeof(bad_machines[0]);

	put_good(runs);
	for (size_t i = 0; i < count; i++) {
		const struct bad_field *bad = &bad_machines[i];
		json_t *json = json_deep_copy(runs->machine[SY_NEW]);

		spoil(bad->object ? json_object_get(json, bad->object) : json,
		      bad->key, bad->value);
		put_json(runs, SY_NEW, "machine.json", json);
		json_decref(json);
		assert_refused(runs, -EINVAL, bad->said);
	}
}

/* What a newer program may call a point is no reason to complain of it. */
static void test_newer_schema_is_said_before_its_points(void **state)
{
	struct runs *runs = *state;

	put_good(runs);
	put_text(runs, SY_NEW, "results.json",
	         "{\"points\": [{\"title\": \"p\"}], \"schema\": 2}");
	assert_refused(runs, -EINVAL, "results.json: schema 2, this program");
}

/* Of several the first; what comes behind it is read, and nothing else said. */
static void test_first_bad_point_is_said(void **state)
{
	struct runs *runs = *state;

	put_good(runs);
	json_object_set_new(add_time(runs, SY_NEW, "a", 100), "slices",
	                    json_null());
	add_time(runs, SY_NEW, "b", 100);
	json_object_set_new(add_time(runs, SY_NEW, "c", 100), "state",
	                    json_null());
	put_side(runs, SY_NEW);
	assert_refused(runs, -EINVAL, "points[1] ('a'): slices: not a count");
}

static void test_names_are_unique(void **state)
{
	struct runs *runs = *state;

	put_good(runs);
	add_time(runs, SY_NEW, "a", 100);
	add_time(runs, SY_NEW, "b", 100);
	add_time(runs, SY_NEW, "a", 100);
	put_side(runs, SY_NEW);
	assert_refused(runs, -EINVAL,
	               "-new/results.json: points[1] and points[3] have one "
	               "name: 'a'");
}

/* ---- text that is no JSON ---- */

static void test_text(void **state)
{
	static const struct {
		const char *text, *said;
	} bad[] = {
		{ "", "results.json, line 1, column 1: '{' expected" },
		{ "[]", "line 1, column 1: '{' expected" },
		{ "{", "line 1, column 2: a key expected" },
		{ "{\"schema\": 1,}", "column 14: a key expected" },
		{ "{\"schema\" 1}", "column 11: ':' expected" },
		{ "{\"schema\": 1", "column 13: '}' expected" },
		{ "{\"schema\": 1} x", "column 15: end of file expected" },
		{ "{}", "no schema" },
		{ "{}}", "column 3: end of file expected" },
		{ "{\"a\": NaN}", "invalid token near 'NaN'" },
		{ "{\"a\": -Infinity}", "invalid token near '-'" },
		{ "{\"a\": 1e999}", "real number overflow near '1e999'" },
		{ "{\"a\": 99999999999999999999}", "too big integer" },
		{ "{\n\"a\": 1,\n \"a\": 2}",
		  "line 3, column 5: duplicate object key" },
		{ "{\"a\": [1], \"a\": 2}", "duplicate object key" },
		{ "{\"points\": [{\"name\": 1, \"name\": 2}]}",
		  "duplicate object key near '\"name\"'" },
		{ "{\"points\": [{}, ]}", "unexpected token near ']'" },
		{ "{\"points\": [{}\n{}]}", "line 2, column 1: ']' expected" },
		{ "{\"points\": [\n{\"name\": \"p", "line 2, column 12: " },
		{ "{\"a\": \"\\u0000\"}", "\\u0000 is not allowed" },
		{ "{\"a\": \"\xff\"}", "unable to decode byte 0xff" },
	};
	struct runs *runs = *state;

	put_good(runs);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		put_text(runs, SY_NEW, "results.json", bad[i].text);
		assert_refused(runs, -EINVAL, bad[i].said);
	}
	put_side(runs, SY_NEW);
	put_text(runs, SY_NEW, "machine.json", "{\"id\": 1, \"id\": 2}");
	assert_refused(runs, -EINVAL,
	               "machine.json, line 1, column 15: "
	               "duplicate object key");
}

/* A file is cut off where the disk was full, anywhere. */
static void test_every_truncation(void **state)
{
	struct runs *runs = *state;
	size_t bytes;
	char *path, *text;

	put_good(runs);
	path = file_of(runs, SY_NEW, "results.json");
	assert_int_equal(sy_file_read(AT_FDCWD, path, 1 << 20, &text, &bytes),
	                 0);
	for (size_t left = 0; left < bytes; left++) {
		assert_int_equal(truncate(path, (off_t)(bytes - 1 - left)), 0);
		assert_refused(runs, -EINVAL, "-new/results.json, line ");
	}
	free(text);
	free(path);
}

/* `depth` lists within one another. */
static void put_nested(struct runs *runs, size_t depth, const char *front,
                       const char *back)
{
	char *text = calloc(1, strlen(front) + 2 * depth + strlen(back) + 1);

	assert_non_null(text);
	strcpy(text, front);
	memset(text + strlen(text), '[', depth);
	memset(text + strlen(text), ']', depth);
	strcat(text, back);
	put_text(runs, SY_NEW, "results.json", text);
	free(text);
}

static void test_a_thousand_levels(void **state)
{
	static const char point[] = "{\"schema\": 1, \"points\": [";
	static const char member[] = "{\"schema\": 1, \"points\": {\"a\": ";
	struct runs *runs = *state;

	put_good(runs);
	put_nested(runs, 1000, member, "}}");
	assert_refused(runs, -EINVAL, "points: not a list");
	put_nested(runs, 1000, point, "]}");
	assert_refused(runs, -EINVAL, "interrupted: neither");
	put_nested(runs, 1000000, member, "}}");
	assert_refused(runs, -EINVAL, "maximum parsing depth reached");
	put_nested(runs, 1000000, point, "]}");
	assert_refused(runs, -EINVAL, "maximum parsing depth reached");
}

/* ---- what is no file, and no folder ---- */

static void test_folders_that_are_no_runs(void **state)
{
	struct runs *runs = *state;
	char *path;

	put_good(runs);
	path = file_of(runs, SY_NEW, "results.json");
	assert_int_equal(unlink(path), 0);
	assert_refused(runs, -EINVAL,
	               "-new is not the folder of a run: it has no "
	               "results.json");
	put_text(runs, SY_NEW, "samples.jsonl", "");
	assert_refused(runs, -EINVAL,
	               "-new has no results.json: the run goes on, or was "
	               "stopped; go on with it: switchyard run --resume "
	               "/tmp/");
	free(path);
	path = file_of(runs, SY_NEW, "machine.json");
	put_side(runs, SY_NEW);
	assert_int_equal(unlink(path), 0);
	assert_refused(runs, -ENOENT, "-new/machine.json: No such file");
	free(path);
	snprintf(runs->dirs[SY_NEW], sizeof(runs->dirs[SY_NEW]), "%s/none",
	         runs->folder);
	assert_refused(runs, -ENOENT, "/none: No such file or directory");
}

static void test_files_that_are_none(void **state)
{
	struct runs *runs = *state;
	char *path;

	put_good(runs);
	path = file_of(runs, SY_NEW, "results.json");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkfifo(path, 0666), 0);
	assert_refused(runs, -ENXIO, "results.json: it is no regular file");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("/dev/zero", path), 0);
	assert_refused(runs, -ENXIO, "results.json: it is no regular file");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("results.json", path), 0);
	assert_refused(runs, -ELOOP, "Too many levels of symbolic links");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkdir(path, 0777), 0);
	assert_refused(runs, -EISDIR, "results.json: Is a directory");
	free(path);
}

/* It takes no room on the disk, and none in memory either. */
static void test_files_that_are_too_long(void **state)
{
	struct runs *runs = *state;
	char *path;

	put_good(runs);
	path = file_of(runs, SY_NEW, "results.json");
	assert_int_equal(truncate(path, (off_t)1 << 40), 0);
	assert_refused(runs, -EFBIG,
	               "results.json: 1099511627776 bytes, more than the "
	               "1073741824 that are read");
	free(path);
}

int main(void)
{
#define TEST(function)                                                         \
	cmocka_unit_test_setup_teardown(function, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_fields_of_a_point),
		TEST(test_fields_of_the_results),
		TEST(test_fields_of_the_machine),
		TEST(test_newer_schema_is_said_before_its_points),
		TEST(test_first_bad_point_is_said),
		TEST(test_names_are_unique),
		TEST(test_text),
		TEST(test_every_truncation),
		TEST(test_a_thousand_levels),
		TEST(test_folders_that_are_no_runs),
		TEST(test_files_that_are_none),
		TEST(test_files_that_are_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
