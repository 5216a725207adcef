/* SPDX-License-Identifier: MIT */
/*
 * test_tree.c - machines as people are shown them.
 */
#include "described_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/topology_internal.h"
#include "host/tree_internal.h"

#define BIG "pack:16 numa:2 l3:4 core:8 pu:2"
#define BIG_PUS (16 * 2 * 4 * 8 * 2)

static struct sy_tree tree_of(const struct sy_topology *topology)
{
	struct sy_tree tree;

	assert_int_equal(sy_tree_make(&tree, topology), 0);
	return tree;
}

/* The tree as text, which the caller frees. */
static char *text_of(const struct sy_topology *topology, bool full)
{
	struct sy_tree tree = tree_of(topology);
	char *text = NULL;
	size_t bytes = 0;
	FILE *out = open_memstream(&text, &bytes);

	assert_non_null(out);
	assert_int_equal(sy_tree_print(out, &tree, full), 0);
	fclose(out);
	sy_tree_free(&tree);
	return text;
}

static void assert_text(const struct sy_topology *topology, const char *expect)
{
	char *text = text_of(topology, false);

	assert_string_equal(text, expect);
	free(text);
}

static void assert_machine(const char *machine, const char *expect)
{
	struct sy_topology *topology = described(machine);

	assert_text(topology, expect);
	sy_topology_close(topology);
}

static void test_small_machines_are_shown_whole(void **state)
{
	(void)state;
	assert_machine("pack:2 l3:1 core:2 pu:2",
	               "machine: 8 PUs, 4 cores, 2 L3s, 1 NUMA node, "
	               "2 packages\n"
	               "  NUMA node 0 (1 GiB)\n"
	               "  package 0, L3 0 (16 MiB)\n"
	               "    core 0: PU 0-1\n"
	               "    core 1: PU 2-3\n"
	               "  package 1, L3 1 (16 MiB)\n"
	               "    core 2: PU 4-5\n"
	               "    core 3: PU 6-7\n");
	assert_machine("pu:3", "machine: 3 PUs, 1 NUMA node\n"
	                       "  NUMA node 0 (1 GiB)\n"
	                       "  PU 0-2\n");
	assert_machine("pack:1 core:1 pu:1",
	               "machine: 1 PU, 1 core, 1 NUMA node, 1 package\n"
	               "  package 0, NUMA node 0 (1 GiB), core 0: PU 0\n");
}

/* By the kernel's numbers, whatever the order of the tree. */
static void test_pus_have_the_kernels_numbers(void **state)
{
	(void)state;
	assert_machine("numa:2 core:2 pu:2(indexes=0,4,1,5,2,6,3,7)",
	               "machine: 8 PUs, 4 cores, 2 NUMA nodes\n"
	               "  NUMA node 0 (1 GiB)\n"
	               "    core 0: PU 0,4\n"
	               "    core 1: PU 1,5\n"
	               "  NUMA node 1 (1 GiB)\n"
	               "    core 2: PU 2,6\n"
	               "    core 3: PU 3,7\n");
}

/* A cache that several cores share has a line; a core's own is on its. */
static void test_kinds_of_cpu_and_caches_are_shown(void **state)
{
	struct sy_topology *topology = hybrid();

	(void)state;
	assert_text(topology,
	            "machine: 16 PUs, 12 cores, 1 L3, 1 NUMA node, 1 package\n"
	            "  package 0, NUMA node 0 (16 GiB), L3 0 (18 MiB)\n"
	            "    L2 0 (2 MiB)\n"
	            "      core 0, L1d 32 KiB, kind 1: PU 0\n"
	            "      core 1, L1d 32 KiB, kind 1: PU 1\n"
	            "      core 2, L1d 32 KiB, kind 1: PU 2\n"
	            "      core 3, L1d 32 KiB, kind 1: PU 3\n"
	            "    L2 1 (2 MiB)\n"
	            "      core 4, L1d 32 KiB, kind 1: PU 4\n"
	            "      core 5, L1d 32 KiB, kind 1: PU 5\n"
	            "      core 6, L1d 32 KiB, kind 1: PU 6\n"
	            "      core 7, L1d 32 KiB, kind 1: PU 7\n"
	            "    core 8, L2 1280 KiB, L1d 32 KiB, kind 0: PU 8-9\n"
	            "    core 9, L2 1280 KiB, L1d 32 KiB, kind 0: PU 10-11\n"
	            "    core 10, L2 1280 KiB, L1d 32 KiB, kind 0: PU 12-13\n"
	            "    core 11, L2 1280 KiB, L1d 32 KiB, kind 0: PU 14-15\n"
	            "kinds of CPU, the fastest first:\n"
	            "  kind 0: PU 8-15\n"
	            "  kind 1: PU 0-7\n");
	sy_topology_close(topology);
}

static void test_what_may_not_be_used_is_marked(void **state)
{
	static const int some[] = { 1, 2, 3 };
	struct sy_topology *topology = described("pack:2 core:2 pu:2");

	(void)state;
	assert_int_equal(sy_topology_restrict(topology, some, 3), 0);
	assert_text(topology,
	            "machine: 8 PUs, 4 cores, 1 NUMA node, 2 packages\n"
	            "  NUMA node 0 (1 GiB)\n"
	            "  package 0\n"
	            "    core 0: PU 1, not usable: PU 0\n"
	            "    core 1: PU 2-3\n"
	            "  package 1\n"
	            "    core 2: not usable: PU 4-5\n"
	            "    core 3: not usable: PU 6-7\n"
	            "not usable: outside of the affinity mask or cpuset\n");
	sy_topology_close(topology);
}

static void test_large_machines_are_shown_by_what_differs(void **state)
{
	static const int some[] = { 0 };
	struct sy_topology *topology;

	(void)state;
	assert_machine(BIG, "machine: 2048 PUs, 1024 cores, 128 L3s, "
	                    "32 NUMA nodes, 16 packages\n"
	                    "  package 0\n"
	                    "    NUMA node 0 (1 GiB)\n"
	                    "      L3 0 (16 MiB)\n"
	                    "        core 0: PU 0-1\n"
	                    "        + 7 like it: core 1-7: PU 2-15\n"
	                    "      + 3 like it: L3 1-3: PU 16-63\n"
	                    "    + 1 like it: NUMA node 1: PU 64-127\n"
	                    "  + 15 like it: package 1-15: PU 128-2047\n");
	/* A core that is not like the others is not among them. */
	topology = described("core:20 pu:2");
	assert_int_equal(sy_topology_restrict(topology, some, 1), 0);
	assert_text(topology,
	            "machine: 40 PUs, 20 cores, 1 NUMA node\n"
	            "  NUMA node 0 (1 GiB)\n"
	            "  core 0: PU 0, not usable: PU 1\n"
	            "  core 1: not usable: PU 2-3\n"
	            "  + 18 like it: core 2-19: not usable: PU 4-39\n"
	            "not usable: outside of the affinity mask or cpuset\n");
	sy_topology_close(topology);
}

/* Counts the numbers of "0-7,16,20,24..36". */
static void count_numbers(const char *text, unsigned *seen, unsigned count)
{
	unsigned before = 0;

	while (*text) {
		char *end;
		unsigned first = (unsigned)strtoul(text, &end, 10);
		unsigned last = first, step = 1;

		assert_true(end > text);
		if (*end == '-')
			last = (unsigned)strtoul(end + 1, &end, 10);
		if (end[0] == '.' && end[1] == '.') {
			step = first - before;
			last = (unsigned)strtoul(end + 2, &end, 10);
		}
		assert_in_range(last, first, count - 1);
		for (unsigned n = first; n <= last; n += step)
			seen[n]++;
		before = first;
		text = *end == ',' ? end + 1 : end;
	}
}

/* Whether the lines together name every PU once; how many lines there are. */
static unsigned assert_each_pu_once(const char *machine, bool full)
{
	struct sy_topology *topology = described(machine);
	unsigned pus = sy_topology_pu_count(topology), lines = 0;
	unsigned *seen = calloc(pus, sizeof(*seen));
	char *text = text_of(topology, full), *rest = text, *line;

	assert_non_null(seen);
	while ((line = strsep(&rest, "\n"))) {
		char *list = strstr(line, "PU ");

		lines += *line != '\0';
		if (list)
			count_numbers(list + 3, seen, pus);
	}
	for (unsigned i = 0; i < pus; i++)
		if (seen[i] != 1)
			fail_msg("%s: PU %u %u times", machine, i, seen[i]);
	free(text);
	free(seen);
	sy_topology_close(topology);
	return lines;
}

static void test_every_pu_is_shown_once(void **state)
{
	static const char *const machines[] = {
		BIG,
		"pu:40",
		"pack:2 numa:2 l3:2 l2:3 core:4 pu:2(indexes=2*48:48*2)",
		"pack:2 core:32 pu:2(indexes=core:2*64)",
		"pack:8 [numa] l3:8 core:8 pu:1",
		"group:2 pack:2 group:3 numa:2 core:3 pu:4",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(machines) / sizeof(*machines); i++) {
		assert_true(assert_each_pu_once(machines[i], false) < 20);
		assert_each_pu_once(machines[i], true);
	}
	/* A line a core, and those around it. */
	assert_int_equal(assert_each_pu_once(BIG, true),
	                 1 + 16 + 32 + 128 + 1024);
}

static void assert_numbers(unsigned *numbers, unsigned count,
                           const char *expect)
{
	char text[80] = "";
	FILE *out = fmemopen(text, sizeof(text), "w");

	assert_non_null(out);
	sy_tree_print_numbers(out, numbers, count);
	fclose(out);
	assert_string_equal(text, expect);
}

static void test_numbers_are_written_shortly(void **state)
{
	unsigned one[] = { 7 }, run[] = { 3, 1, 2, 0 }, two[] = { 4, 5 };
	unsigned apart[] = { 0, 2, 4 }, steps[] = { 6, 4, 2, 0, 9 };
	unsigned smt[] = { 0, 1, 2, 64, 65, 66 };

	(void)state;
	assert_numbers(one, 1, "7");
	assert_numbers(run, 4, "0-3");
	assert_numbers(two, 2, "4-5");
	assert_numbers(apart, 3, "0,2,4");
	assert_numbers(steps, 5, "0,2..6,9");
	assert_numbers(smt, 6, "0-2,64-66");
}

static void test_sizes_are_exact_or_rounded(void **state)
{
	static const struct {
		uint64_t size;
		const char *text;
	} rows[] = {
		{ 512, "512 B" },
		{ 32 << 10, "32 KiB" },
		{ 1280 << 10, "1280 KiB" },
		{ 36 << 20, "36 MiB" },
		{ UINT64_C(25232932864), "23.5 GiB" },
		{ UINT64_C(1) << 40, "1 TiB" },
		{ UINT64_MAX, "16777216.0 TiB" },
	};
	char text[24];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_string_equal(
			sy_tree_size(rows[i].size, text, sizeof(text)),
			rows[i].text);
}

/* The numbers of the tree are those that placements go by. */
static void test_places_are_where_placements_think(void **state)
{
	struct sy_topology *topology =
		described("pack:3 numa:2 l3:2 core:3 pu:2");
	struct sy_tree tree = tree_of(topology);
	unsigned count;
	const struct sy_pu *pus = sy_topology_pus(topology, &count);

	(void)state;
	for (unsigned i = 0; i < count; i++) {
		const struct sy_place *place =
			sy_tree_place(&tree, pus[i].os_index);

		assert_non_null(place);
		assert_int_equal(place->package, pus[i].level[SY_PACKAGE]);
		assert_int_equal(place->numa, pus[i].level[SY_NUMA]);
		assert_int_equal(place->l3, pus[i].level[SY_L3]);
		assert_int_equal(place->core, pus[i].level[SY_CORE]);
	}
	assert_null(sy_tree_place(&tree, -1));
	assert_null(sy_tree_place(&tree, (int)count));
	assert_null(sy_tree_place(&tree, SY_TOPOLOGY_PUS_MAX));
	sy_tree_free(&tree);
	sy_topology_close(topology);
}

/* What a cpuset kept from this process is shown, even if taskset narrows. */
static void test_this_machine_is_shown_whole(void **state)
{
	struct sy_topology *topology = NULL;
	struct sy_tree tree;
	const struct sy_pu *pus;
	unsigned count;
	int first;

	(void)state;
	assert_int_equal(sy_topology_open(&topology), 0);
	pus = sy_topology_pus(topology, &count);
	first = pus[0].os_index;
	assert_int_equal(sy_topology_restrict(topology, &first, 1), 0);
	tree = tree_of(topology);
	assert_true(tree.counts[SY_NODE_PU] >= count);
	for (unsigned i = 0; i < tree.count; i++)
		if (tree.nodes[i].kind == SY_NODE_PU)
			assert_int_equal(tree.nodes[i].usable,
			                 (int)tree.nodes[i].number == first);
	sy_tree_free(&tree);
	sy_topology_close(topology);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_small_machines_are_shown_whole),
		cmocka_unit_test(test_pus_have_the_kernels_numbers),
		cmocka_unit_test(test_kinds_of_cpu_and_caches_are_shown),
		cmocka_unit_test(test_what_may_not_be_used_is_marked),
		cmocka_unit_test(test_large_machines_are_shown_by_what_differs),
		cmocka_unit_test(test_every_pu_is_shown_once),
		cmocka_unit_test(test_numbers_are_written_shortly),
		cmocka_unit_test(test_sizes_are_exact_or_rounded),
		cmocka_unit_test(test_places_are_where_placements_think),
		cmocka_unit_test(test_this_machine_is_shown_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
