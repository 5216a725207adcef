/* SPDX-License-Identifier: MIT */
/*
 * test_slice_json.c - a slice as JSON: nothing of it is lost, and a sample
 * that makes no sense is refused.
 */
#include "engine_fixture.h"

#include "engine/protocol.h"

static struct sy_slice *full_slice(void)
{
	struct sy_slice *slice = calloc(1, sizeof(*slice));

	assert_non_null(slice);
	*slice = (struct sy_slice){
		.operations = 1000001,
		.performed = 1050001,
		.elapsed_ns = UINT64_C(1) << 45,
		.alone_ns = 12,
		.alone_operations = 250000,
		.usage = { 1, 2, 3 },
		.server_ns = 4,
		.migrations = 5,
		.first_ns = 6,
		.first_operations = 7,
		.bytes = 8,
		.slab_bytes = 9,
		.detail = "thirty-one bytes are its length",
	};
	slice->visited[0] = 1;
	slice->visited[SY_PUS_MAX / 64 - 1] = UINT64_C(1) << 63 | 2;
	sy_histogram_add(&slice->latencies, 0);
	sy_histogram_add(&slice->latencies, 0);
	sy_histogram_add(&slice->latencies, 123456);
	sy_histogram_add(&slice->latencies, UINT64_C(1) << 50);
	return slice;
}

/* Through text, as over the wire. */
static int read_back(struct sy_slice *back, json_t *json)
{
	char *text = json_dumps(json, JSON_COMPACT);
	json_t *parsed = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	int error = sy_slice_from_json(back, parsed);

	free(text);
	json_decref(json);
	json_decref(parsed);
	return error;
}

static void test_nothing_of_a_slice_is_lost(void **state)
{
	struct sy_slice *slice = full_slice(), *back = full_slice();

	(void)state;
	memset(back, 0xff, sizeof(*back));
	assert_int_equal(read_back(back, sy_slice_to_json(slice)), 0);
	assert_memory_equal(back, slice, sizeof(*slice));
	/* The same without what need not be there. */
	memset(slice, 0, sizeof(*slice));
	slice->operations = slice->performed = slice->elapsed_ns = 1;
	memset(back, 0xff, sizeof(*back));
	assert_int_equal(read_back(back, sy_slice_to_json(slice)), 0);
	assert_memory_equal(back, slice, sizeof(*slice));
	free(slice);
	free(back);
}

static const struct sy_finding findings[] = {
	{ "lost", "additions that were lost", false },
	{ "most_inside", "inside at once, at most", true },
	{ .name = NULL },
};

/* The names are the workload's, so these are read with them. */
static int read_findings(struct sy_slice *back, json_t *json)
{
	int error = sy_slice_from_json(back, json);

	if (!error)
		error = sy_findings_from_json(back, findings, json);
	json_decref(json);
	return error;
}

static void test_findings_have_their_names(void **state)
{
	struct sy_slice *slice = full_slice(), *back = full_slice();
	json_t *json;

	(void)state;
	assert_null(
		json_object_get(json = sy_slice_to_json(slice), "findings"));
	assert_int_equal(read_findings(back, json), -EPROTO);
	slice->findings = findings;
	slice->found[1] = 17;
	json = sy_slice_to_json(slice);
	assert_int_equal(json_object_size(json_object_get(json, "findings")),
	                 2);
	assert_int_equal(read_findings(back, json), 0);
	assert_memory_equal(back, slice, sizeof(*slice));
	for (int i = 0; i < 3; i++) {
		static const char *const wrong[] = { "{}", "[0, 17]",
			                             "{\"lost\": -1}" };

		json = sy_slice_to_json(slice);
		json_object_set_new(json, "findings",
		                    json_loads(wrong[i], 0, NULL));
		assert_int_equal(read_findings(back, json), -EPROTO);
	}
	free(slice);
	free(back);
}

static void test_a_slice_with_every_bucket_is_one_line(void **state)
{
	struct sy_slice *slice = full_slice(), *back = full_slice();
	char *text;
	json_t *json;

	(void)state;
	memset(&slice->latencies, 0, sizeof(slice->latencies));
	for (int i = 0; i < SY_HISTOGRAM_BUCKETS; i++) {
		slice->latencies.counts[i] = UINT32_MAX - (uint32_t)i;
		slice->latencies.total += slice->latencies.counts[i];
	}
	slice->latencies.max = UINT64_C(1) << 60;
	memset(slice->visited, 0xff, sizeof(slice->visited));
	json = sy_slice_to_json(slice);
	text = json_dumps(json, JSON_COMPACT);
	assert_true(strlen(text) < SY_LINE_BYTES / 2);
	free(text);
	assert_int_equal(read_back(back, json), 0);
	assert_memory_equal(back, slice, sizeof(*slice));
	free(slice);
	free(back);
}

/* `key` set to `value`, JSON; NULL: taken away. */
static int with(const char *key, const char *value)
{
	struct sy_slice *slice = full_slice();
	json_t *json = sy_slice_to_json(slice);
	int error;

	if (value)
		json_object_set_new(json, key,
		                    json_loads(value, JSON_DECODE_ANY, NULL));
	else
		json_object_del(json, key);
	error = read_back(slice, json);
	free(slice);
	return error;
}

static void assert_refused(const char *key, const char *value)
{
	int error = with(key, value);

	if (error != -EPROTO)
		fail_msg("%s: %s gives %d", key, value ? value : "-", error);
}

static void test_numbers_that_make_no_sense_are_refused(void **state)
{
	static const char *const keys[] = {
		"operations",     "elapsed_ns", "voluntary",
		"involuntary",    "cpu_ns",     "server_ns",
		"migrations",     "alone_ns",   "alone_operations",
		"latency_max_ns", "first_ns",   "first_operations",
		"bytes",          "slab_bytes",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		assert_int_equal(with(keys[i], i ? "7" : "1000000"), 0);
		assert_refused(keys[i], "-1");
		assert_refused(keys[i], "1.5");
		assert_refused(keys[i], "\"7\"");
		assert_refused(keys[i], "null");
	}
	/* They are divided by. */
	assert_refused("operations", NULL);
	assert_refused("operations", "0");
	assert_refused("elapsed_ns", NULL);
	assert_refused("elapsed_ns", "0");
	assert_int_equal(with("server_ns", NULL), 0);
}

/* What was carried out is what was asked for, or up to twice that. */
static void test_performed_operations_are_bounded(void **state)
{
	struct sy_slice *slice = full_slice(), *back = full_slice();
	json_t *json;

	(void)state;
	slice->performed = slice->operations;
	json = sy_slice_to_json(slice);
	assert_null(json_object_get(json, "performed"));
	assert_int_equal(read_back(back, json), 0);
	assert_int_equal(back->performed, slice->operations);
	assert_int_equal(with("performed", "1000001"), 0);
	assert_int_equal(with("performed", "2000002"), 0);
	assert_refused("performed", "2000003");
	assert_refused("performed", "1000000");
	assert_refused("performed", "0");
	assert_refused("performed", "-1");
	assert_refused("performed", "1100000.5");
	assert_refused("performed", "null");
	free(slice);
	free(back);
}

static void test_lists_that_make_no_sense_are_refused(void **state)
{
	(void)state;
	assert_int_equal(with("pus", "[0, 2047]"), 0);
	assert_refused("pus", "[2048]");
	assert_refused("pus", "[-1]");
	assert_refused("pus", "[\"0\"]");
	assert_refused("pus", "7");
	assert_refused("pus", "{\"0\": 1}");
	assert_int_equal(with("latencies", "[[0, 1], [2559, 4294967295]]"), 0);
	assert_int_equal(with("latencies", NULL), 0);
	assert_refused("latencies", "[[2560, 1]]");
	assert_refused("latencies", "[[-1, 1]]");
	assert_refused("latencies", "[[0, -1]]");
	assert_refused("latencies", "[[0, 4294967296]]");
	assert_refused("latencies", "[[0, 1, 2]]");
	assert_refused("latencies", "[[0]]");
	assert_refused("latencies", "[0, 1]");
	assert_refused("latencies", "[[0, \"1\"]]");
	assert_refused("latencies", "{\"0\": 1}");
	assert_refused("latencies", "true");
	/* A bucket twice would overflow its count. */
	assert_refused("latencies", "[[5, 4294967295], [5, 1]]");
}

static void test_a_detail_that_is_none_is_refused(void **state)
{
	(void)state;
	assert_refused("detail", "7");
	assert_refused("detail", "\"\\u001b[2J\"");
	assert_refused("detail", "\"\\u00e4\"");
	assert_refused("detail", "\"thirty-two bytes are one too many\"");
}

static void test_other_things_than_objects_are_refused(void **state)
{
	struct sy_slice *slice = full_slice();

	(void)state;
	assert_int_equal(sy_slice_from_json(slice, NULL), -EPROTO);
	assert_int_equal(read_back(slice, json_pack("[i]", 1)), -EPROTO);
	assert_int_equal(read_back(slice, json_object()), -EPROTO);
	free(slice);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_of_a_slice_is_lost),
		cmocka_unit_test(test_findings_have_their_names),
		cmocka_unit_test(test_a_slice_with_every_bucket_is_one_line),
		cmocka_unit_test(test_numbers_that_make_no_sense_are_refused),
		cmocka_unit_test(test_performed_operations_are_bounded),
		cmocka_unit_test(test_lists_that_make_no_sense_are_refused),
		cmocka_unit_test(test_a_detail_that_is_none_is_refused),
		cmocka_unit_test(test_other_things_than_objects_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
