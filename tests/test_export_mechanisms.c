/* SPDX-License-Identifier: MIT */
/*
 * test_export_mechanisms.c - hand-offs, created and waiting contexts in the
 * formats for people and for tables.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "export_fixture.h"

/* A measured point of a mechanism; its parameters are `params`, taken. */
static json_t *made(const char *family, const char *tags, const char *row,
                    json_t *params)
{
	char group[100], name[120];
	json_t *json;

	snprintf(group, sizeof(group), "%s%s/placement:p", family, tags);
	snprintf(name, sizeof(name), "%s/fork.%s%s/placement:p", family, row,
	         tags);
	json = json_pack("{ss ss ss ss ss ss ss si so so}", "name", name,
	                 "group", group, "family", family, "model", "fork",
	                 "mechanism", row, "label", row, "state", "measured",
	                 "slices", 9, "params", params, "ns_per_op",
	                 estimate(2000));
	assert_non_null(json);
	return json;
}

static void with(json_t *json, const char *key, json_t *value)
{
	assert_int_equal(json_object_set_new(json, key, value), 0);
}

static json_t *handoffs(void)
{
	json_t *results = empty_results(), *json;

	json = made("switch", "", "call",
	            json_pack("{si si s[ii]}", "ring", 0, "working_set_bytes",
	                      0, "pus", 3, 1));
	with(json, "reference", json_true());
	add(results, "points", json);
	json = made("switch", "", "sem",
	            json_pack("{si si}", "ring", 0, "working_set_bytes", 0));
	with(json, "alone_ns", estimate(30));
	with(json, "net_ns", estimate(1970));
	with(json, "net_is_zero", json_true());
	with(json, "detail", json_string("a|b"));
	add(results, "points", json);
	return results;
}

static json_t *waiting(void)
{
	static const int counts[] = { 1000, 100 };
	json_t *results = empty_results(), *json;

	for (size_t i = 0; i < 2; i++) {
		char tags[40];

		snprintf(tags, sizeof(tags), "/contexts:%d", counts[i]);
		json = made("idle", tags, "parked",
		            json_pack("{si si}", "contexts", counts[i],
		                      "stack_bytes", 0));
		with(json, "bytes_per_context", estimate(24576));
		with(json, "slab_bytes_per_context", estimate(2048));
		add(results, "points", json);
	}
	add(results, "groups",
	    json_pack("{ss ss ss s[{ss s{sf sf sf} ss}]}", "group",
	              "idle/contexts:1000/placement:p", "best", "fork.parked",
	              "by", "bytes_per_context", "others", "row", "other",
	              "ratio", "value", 1.5, "low", 1.25, "high", 1.75,
	              "verdict", "larger"));
	return results;
}

static void assert_part(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("nothing like '%s' in %s", part, text);
}

static void see_handoffs(struct place *place, const struct rows *rows)
{
	(void)place;
	assert_string_equal(cell(rows, 1, "reference"), "true");
	assert_string_equal(cell(rows, 1, "pus"), "3 1");
	assert_string_equal(cell(rows, 1, "ring"), "0");
	assert_string_equal(cell(rows, 1, "net_ns"), "");
	assert_string_equal(cell(rows, 1, "detail"), "");
	assert_string_equal(cell(rows, 2, "reference"), "");
	assert_string_equal(cell(rows, 2, "alone_ns"), "30");
	assert_string_equal(cell(rows, 2, "alone_ns_low"), "15");
	assert_string_equal(cell(rows, 2, "net_is_zero"), "true");
	assert_string_equal(cell(rows, 2, "detail"), "a|b");
	assert_string_equal(cell(rows, 2, "bytes_per_context"), "");
}

static void test_hand_offs_are_told_in_full(void **state)
{
	struct place *place = *state;
	char *text;

	put_results(place, handoffs());
	with_rows(place, place->dir, see_handoffs);
	text = exported(place, place->dir, "markdown", 0);
	assert_part(text, "\n## `switch/placement:p`\n");
	assert_part(text, "| one way, raw | the calls alone | net of");
	assert_part(text, "\n| `fork.call` (`ref`) | 2.0 us");
	assert_part(text, " | 30 ns (");
	assert_part(text, ") `~0` | 0.000 | 0.000 | a\\|b |\n");
	free(text);
}

static void test_a_mixture_is_called_that(void **state)
{
	struct place *place = *state;
	json_t *results = handoffs(), *point;
	char *text;

	point = json_array_get(json_object_get(results, "points"), 1);
	with(point, "mixture", json_true());
	with(point, "modes",
	     json_pack("{sf sf}", "lower", 1200.0, "upper", 34000.0));
	put_results(place, results);
	text = exported(place, place->dir, "markdown", 0);
	assert_part(text, "**mixture**");
	assert_part(text, "| one way, mixture | lower mode | upper mode |");
	assert_part(text, " `*` | 1.20 us | 34 us | 0.000 | 0.000 |");
	free(text);
}

static void see_waiting(struct place *place, const struct rows *rows)
{
	(void)place;
	assert_string_equal(cell(rows, 1, "contexts"), "1000");
	assert_string_equal(cell(rows, 1, "bytes_per_context"), "24576");
	assert_string_equal(cell(rows, 1, "slab_bytes_per_context_high"),
	                    "4096");
	assert_string_equal(cell(rows, 1, "compared_by"), "bytes_per_context");
	assert_string_equal(cell(rows, 2, "compared_by"), "");
	assert_string_equal(cell(rows, 1, "burst"), "");
}

/* Both numbers stand in one row, once for each figure. */
static void test_waiting_contexts_are_curves(void **state)
{
	struct place *place = *state;
	char *text;

	put_results(place, waiting());
	with_rows(place, place->dir, see_waiting);
	text = exported(place, place->dir, "markdown", 0);
	assert_part(text, "\n## `idle/placement:p`\n");
	assert_part(text, "\nMemory of a waiting context, by contexts:\n\n"
	                  "| mechanism | 100 | 1000 |\n");
	assert_part(text,
	            "\n| `fork.parked` | 24 KiB (12 KiB–48 KiB) | 24 KiB");
	assert_part(text, "\nKernel objects (slab) of a waiting context, by");
	assert_part(text, "\nTime to create a context, by contexts:\n");
	assert_part(text, "\n- Smallest, contexts 1000: `fork.parked`; next: "
	                  "`other` takes 1.50 times as much (1.25–1.75)\n");
	free(text);
}

static void test_created_contexts_have_a_first(void **state)
{
	struct place *place = *state;
	json_t *results = empty_results(), *json;
	char *text;

	json = made("spawn", "/burst:1", "wait",
	            json_pack("{si si}", "burst", 1, "resident_bytes", 0));
	with(json, "first_ns", estimate(5e6));
	add(results, "points", json);
	json = made("spawn", "/burst:1", "gone",
	            json_pack("{si si}", "burst", 1, "resident_bytes", 0));
	with(json, "state", json_string("failed"));
	with(json, "reason", json_string("why"));
	add(results, "points", json);
	put_results(place, results);
	text = exported(place, place->dir, "markdown", 0);
	assert_part(text, "\n## `spawn/burst:1/placement:p`\n");
	assert_part(text, " | 5.0 ms (2.5 ms–10 ms) | - |  |\n");
	assert_part(text, "\n| `fork.gone` | **failed** | - | - |  |\n");
	assert_part(text, "\n- `fork.gone`, failed: why\n");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_hand_offs_are_told_in_full),
		TEST(test_a_mixture_is_called_that),
		TEST(test_waiting_contexts_are_curves),
		TEST(test_created_contexts_have_a_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
