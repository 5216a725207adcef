/* SPDX-License-Identifier: MIT */
/*
 * test_preview.c - where contexts would go, as people are shown it.
 */
#include "described_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/tree.h"

#define BIG "pack:16 numa:2 l3:4 core:8 pu:2"
#define BIG_PUS (16 * 2 * 4 * 8 * 2)

static struct sy_tree tree_of(const struct sy_topology *topology)
{
	struct sy_tree tree;

	assert_int_equal(sy_tree_make(&tree, topology), 0);
	return tree;
}

/* A placement as text, which the caller frees. */
static char *preview(const struct sy_topology *topology, const char *name,
                     unsigned contexts, bool full)
{
	struct sy_tree tree = tree_of(topology);
	struct sy_placement placement;
	char why[128], *text = NULL;
	size_t bytes = 0;
	FILE *out = open_memstream(&text, &bytes);

	assert_non_null(out);
	assert_int_equal(
		sy_placement_make(&placement, topology, name, why, sizeof(why)),
		0);
	assert_int_equal(sy_placement_print(out, &tree, &placement, name,
	                                    contexts, full),
	                 0);
	fclose(out);
	sy_placement_free(&placement);
	sy_tree_free(&tree);
	return text;
}

static void assert_preview(const struct sy_topology *topology, const char *name,
                           unsigned contexts, const char *expect)
{
	char *text = preview(topology, name, contexts, false);

	assert_string_equal(text, expect);
	free(text);
}

static void test_a_preview_says_where_contexts_go(void **state)
{
	struct sy_topology *topology = described("pack:2 l3:1 core:4 pu:2");

	(void)state;
	assert_preview(topology, "spread", 3,
	               "placement spread, 3 contexts on 3 of 16 PUs: 3 cores, "
	               "2 L3s, 1 NUMA node, 2 packages\n"
	               "  context     PU      core        L3 NUMA node   "
	               "package\n"
	               "        0      0         0         0         0         "
	               "0\n"
	               "        1      8         4         1         0         "
	               "1\n"
	               "        2      2         1         0         0         "
	               "0\n");
	assert_preview(topology, "none", 4,
	               "placement none, not bound: the kernel runs each "
	               "context on any of PU 0-15\n");
	sy_topology_close(topology);
	/* Levels that a machine does not have are no columns. */
	topology = described("core:2 pu:1");
	assert_preview(topology, "1", 2,
	               "placement 1, 2 contexts on 1 of 2 PUs: 1 core, "
	               "1 NUMA node\n"
	               "  context     PU      core NUMA node\n"
	               "        0      1         1         0\n"
	               "        1      1         1         0\n");
	sy_topology_close(topology);
	topology = hybrid();
	assert_preview(topology, "one-pu", 1,
	               "placement one-pu, 1 context on 1 of 16 PUs: 1 core, "
	               "1 L3, 1 NUMA node, 1 package, 1 kind of CPU\n"
	               "  context     PU      core        L3 NUMA node   "
	               "package      kind\n"
	               "        0     14        11         0         0         "
	               "0         0\n");
	sy_topology_close(topology);
}

/* Row i is context i, on the PU that a run would give it. */
static void assert_rows(const struct sy_topology *topology, const char *name,
                        unsigned contexts)
{
	char *text = preview(topology, name, contexts, true), *rest = text;
	struct sy_placement placement;
	char why[128];

	assert_int_equal(
		sy_placement_make(&placement, topology, name, why, sizeof(why)),
		0);
	strsep(&rest, "\n");
	strsep(&rest, "\n");
	for (unsigned i = 0; i < contexts; i++) {
		char *line = strsep(&rest, "\n");
		unsigned context;
		int pu;

		assert_non_null(line);
		assert_int_equal(sscanf(line, "%u %d", &context, &pu), 2);
		assert_int_equal(context, i);
		assert_int_equal(pu, placement.pus[i % placement.count]);
	}
	assert_string_equal(rest, "");
	sy_placement_free(&placement);
	free(text);
}

static void test_previews_are_what_runs_do(void **state)
{
	static const char *const names[] = { "spread", "compact", "one-pu",
		                             "7,0-3,2047" };
	struct sy_topology *topology = described(BIG);

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		assert_rows(topology, names[i], 1);
		assert_rows(topology, names[i], BIG_PUS + 5);
	}
	sy_topology_close(topology);
	topology = hybrid();
	assert_rows(topology, "spread", 20);
	sy_topology_close(topology);
}

static void test_a_long_preview_is_cut(void **state)
{
	struct sy_topology *topology = described(BIG);
	char *text = preview(topology, "spread", BIG_PUS, false), *rest = text;
	unsigned lines = 0;

	(void)state;
	assert_non_null(
		strstr(text, "  ... and 2016 more; --full shows all\n"));
	while (strsep(&rest, "\n"))
		lines++;
	assert_int_equal(lines, 2 + 32 + 1 + 1);
	free(text);
	sy_topology_close(topology);
}

static unsigned occurrences(const char *text, const char *part)
{
	unsigned count = 0;

	while ((text = strstr(text, part))) {
		text += strlen(part);
		count++;
	}
	return count;
}

/* The XML for a picture, which the caller frees. */
static char *marked(const struct sy_topology *topology, const char *name,
                    unsigned contexts)
{
	struct sy_placement placement;
	char why[128], *xml = NULL;

	assert_int_equal(
		sy_placement_make(&placement, topology, name, why, sizeof(why)),
		0);
	assert_int_equal(sy_topology_mark(topology, &placement, contexts, &xml),
	                 0);
	sy_placement_free(&placement);
	return xml;
}

static void test_pus_of_contexts_are_marked(void **state)
{
	struct sy_topology *topology = described("pack:2 core:4 pu:2");
	char *xml = marked(topology, "spread", 6);

	(void)state;
	assert_int_equal(occurrences(xml, "lstopoStyle"), 6);
	assert_non_null(strstr(xml, "name=\"context 0\""));
	assert_non_null(strstr(xml, "name=\"context 5\""));
	assert_null(strstr(xml, "name=\"context 6\""));
	free(xml);
	xml = marked(topology, "0,3", 11);
	assert_int_equal(occurrences(xml, "lstopoStyle"), 2);
	assert_non_null(strstr(xml, "\"contexts 0, 2, 4 and 3 more\""));
	assert_non_null(strstr(xml, "\"contexts 1, 3, 5 and 2 more\""));
	free(xml);
	xml = marked(topology, "0,3", 7);
	assert_non_null(strstr(xml, "\"contexts 0, 2, 4, 6\""));
	assert_non_null(strstr(xml, "\"contexts 1, 3, 5\""));
	free(xml);
	xml = marked(topology, "none", 6);
	assert_int_equal(occurrences(xml, "lstopoStyle"), 0);
	free(xml);
	/* What is marked is a copy. */
	xml = marked(topology, "0", 1);
	assert_int_equal(occurrences(xml, "lstopoStyle"), 1);
	free(xml);
	sy_topology_close(topology);
}

/* PUs that may not be used are in the picture, and not allowed. */
static void test_pictures_have_the_whole_machine(void **state)
{
	static const int some[] = { 1, 2 };
	struct sy_topology *topology = described("core:4 pu:2");
	char *xml;

	(void)state;
	assert_int_equal(sy_topology_restrict(topology, some, 2), 0);
	xml = marked(topology, "compact", 2);
	assert_int_equal(occurrences(xml, "type=\"PU\""), 8);
	assert_non_null(strstr(xml, "allowed_cpuset=\"0x00000006\""));
	free(xml);
	sy_topology_close(topology);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_preview_says_where_contexts_go),
		cmocka_unit_test(test_previews_are_what_runs_do),
		cmocka_unit_test(test_a_long_preview_is_cut),
		cmocka_unit_test(test_pus_of_contexts_are_marked),
		cmocka_unit_test(test_pictures_have_the_whole_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
