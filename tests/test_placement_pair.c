/* SPDX-License-Identifier: MIT */
/*
 * test_placement_pair.c - the placements of two PUs, on described machines:
 * which two, in which order, and why there are none.
 */
#include "described_fixture.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host/topology_internal.h"

/* Two of every level, 64 PUs. */
#define FULL "pack:2 numa:2 l3:2 l2:2 core:2 pu:2"
/* As Linux numbers them on most machines: second PUs of cores are last. */
#define ACROSS "pack:2 l3:1 core:2 pu:2(indexes=0,4,1,5,2,6,3,7)"

static void assert_pair_of(const struct sy_topology *topology, const char *name,
                           int first, int second)
{
	struct sy_placement placement = { .count = 0 };
	char why[128] = "";

	if (sy_placement_make(&placement, topology, name, why, sizeof(why)))
		fail_msg("%s: %s", name, why);
	assert_true(placement.bound);
	assert_int_equal(placement.count, 2);
	if (placement.pus[0] != first || placement.pus[1] != second)
		fail_msg("%s: %d,%d, not %d,%d", name, placement.pus[0],
		         placement.pus[1], first, second);
	sy_placement_free(&placement);
}

static void assert_pair(const char *machine, const char *name, int first,
                        int second)
{
	struct sy_topology *topology = described(machine);

	assert_pair_of(topology, name, first, second);
	sy_topology_close(topology);
}

static void assert_absent_of(const struct sy_topology *topology,
                             const char *name, const char *reason)
{
	struct sy_placement placement = { .count = 77 };
	char why[128] = "";

	assert_int_equal(
		sy_placement_make(&placement, topology, name, why, sizeof(why)),
		-ENODEV);
	assert_string_equal(why, reason);
	assert_int_equal(placement.count, 77);
	assert_null(placement.pus);
}

static void assert_absent(const char *machine, const char *name,
                          const char *reason)
{
	struct sy_topology *topology = described(machine);

	assert_absent_of(topology, name, reason);
	sy_topology_close(topology);
}

static struct sy_topology *restricted(struct sy_topology *topology,
                                      const int *pus, unsigned count)
{
	assert_int_equal(sy_topology_restrict(topology, pus, count), 0);
	return topology;
}

static const char no_siblings[] =
	"no core has two PUs that may be used (no SMT, or masked)";
static const char no_l3[] = "hwloc knows of no L3 cache here";
static const char own_l3s[] = "no two cores that may be used share an L3 cache";
static const char one_package[] = "all PUs that may be used are in one package";
static const char unequal[] = "there are such PUs only of unequal kinds";

static void test_siblings_are_the_last_cores_first_two(void **state)
{
	(void)state;
	assert_pair("core:4 pu:2", "siblings", 6, 7);
	assert_pair("core:2 pu:4", "siblings", 4, 5);
	assert_pair(FULL, "siblings", 62, 63);
	assert_pair(ACROSS, "siblings", 3, 7);
}

/* The last core may have one PU left, and the last two may be the first PU. */
static void test_siblings_are_where_there_are_two(void **state)
{
	static const int no_last[] = { 0, 1, 2, 3, 4, 5, 6 };
	static const int only_first[] = { 0, 1, 2, 4 };
	static const int three[] = { 0, 1, 2 };
	struct sy_topology *topology = described("core:4 pu:2");

	(void)state;
	restricted(topology, no_last, 7);
	assert_pair_of(topology, "siblings", 4, 5);
	restricted(topology, only_first, 4);
	assert_pair_of(topology, "siblings", 0, 1);
	sy_topology_close(topology);
	assert_pair("core:1 pu:2", "siblings", 0, 1);
	/* The first PU is left out where the core has two others. */
	assert_pair("core:1 pu:4", "siblings", 1, 2);
	topology = restricted(described("core:1 pu:4"), three, 3);
	assert_pair_of(topology, "siblings", 1, 2);
	sy_topology_close(topology);
}

static void test_cores_of_an_l3_are_first_pus_of_the_last_two(void **state)
{
	static const int last_alone[] = { 0, 1, 2, 3, 4, 6, 8, 12, 13 };
	struct sy_topology *topology = described("l3:4 core:2 pu:2");

	(void)state;
	assert_pair_of(topology, "same-l3", 12, 14);
	/* One core is left of the last L3, two of the one before the last. */
	restricted(topology, last_alone, 9);
	assert_pair_of(topology, "same-l3", 4, 6);
	sy_topology_close(topology);
	assert_pair(ACROSS, "same-l3", 2, 3);
	assert_pair("l3:1 core:8 pu:1", "same-l3", 6, 7);
}

static void test_cores_of_an_l3_share_no_l2_if_possible(void **state)
{
	(void)state;
	assert_pair(FULL, "same-l3", 58, 62);
	assert_pair("l3:1 l2:2 core:4 pu:1", "same-l3", 3, 7);
	assert_pair("l3:1 l2:1 core:4 pu:1", "same-l3", 2, 3);
	/* That goes before leaving out the first PU. */
	assert_pair("l3:1 l2:2(indexes=0,1) core:1 pu:1", "same-l3", 0, 1);
}

/* Where the first PU's core is needed, another of its PUs will do. */
static void test_the_first_pu_is_left_out_if_possible(void **state)
{
	static const int three[] = { 0, 1, 2 };
	static const int later[] = { 4, 5, 6 };
	struct sy_topology *topology;

	(void)state;
	assert_pair("l3:1 core:2 pu:2", "same-l3", 1, 2);
	assert_pair("l3:1 core:2 pu:1", "same-l3", 0, 1);
	assert_pair("l3:1 core:3 pu:1", "same-l3", 1, 2);
	assert_pair("pack:2 core:1 pu:2", "other-package", 1, 2);
	assert_pair("pack:2 core:1 pu:1", "other-package", 0, 1);
	assert_pair("pack:3 core:1 pu:1", "other-package", 1, 2);
	topology = described("l3:2 core:2 pu:2");
	restricted(topology, three, 3);
	assert_pair_of(topology, "same-l3", 1, 2);
	sy_topology_close(topology);
	/* The first is the first of those that may be used. */
	topology = restricted(described("l3:2 core:2 pu:2"), later, 3);
	assert_pair_of(topology, "same-l3", 5, 6);
	sy_topology_close(topology);
}

static void test_packages_give_their_last_cores(void **state)
{
	static const int some[] = { 0, 1, 2, 3, 17, 18 };
	struct sy_topology *topology = described("pack:4 core:4 pu:2");

	(void)state;
	assert_pair_of(topology, "other-package", 22, 30);
	restricted(topology, some, 6);
	assert_pair_of(topology, "other-package", 2, 18);
	sy_topology_close(topology);
	assert_pair(ACROSS, "other-package", 1, 3);
	assert_pair(FULL, "other-package", 30, 62);
}

static void test_what_a_machine_does_not_have(void **state)
{
	static const int halves[] = { 0, 2, 4, 6 };
	static const int one_each[] = { 0, 1, 4, 5 };
	struct sy_topology *topology;

	(void)state;
	assert_absent("l3:1 core:4 pu:1", "siblings", no_siblings);
	assert_absent("pu:4", "siblings", no_siblings);
	assert_absent("core:4 pu:2", "same-l3", no_l3);
	/* An L2 is no L3. */
	assert_absent("l2:1 core:4 pu:2", "same-l3", no_l3);
	assert_absent("l3:4 core:1 pu:2", "same-l3", own_l3s);
	assert_absent("l3:4 core:4 pu:2", "other-package", one_package);
	assert_absent("pu:1", "other-package", one_package);
	topology = restricted(described("core:4 pu:2"), halves, 4);
	assert_absent_of(topology, "siblings", no_siblings);
	sy_topology_close(topology);
	topology = described("pack:2 l3:2 core:2 pu:2");
	restricted(topology, one_each, 4);
	assert_absent_of(topology, "same-l3", own_l3s);
	assert_absent_of(topology, "other-package", one_package);
	sy_topology_close(topology);
}

/* The fixture's fast cores are PUs 8..15, two a core with an L2 of its own;
   0..7 are slow, with an L2 for 0..3 and one for 4..7.  All share an L3. */
static void test_pairs_are_of_one_kind_the_fastest(void **state)
{
	static const int one_fast[] = { 0, 1, 2, 3, 8, 9 };
	static const int slow_cluster[] = { 0, 1, 2, 3, 8 };
	static const int slow[] = { 0, 1, 2, 3, 4, 5, 6, 7 };
	static const int mixed[] = { 5, 14, 15 };
	struct sy_topology *topology = hybrid();

	(void)state;
	assert_pair_of(topology, "siblings", 14, 15);
	assert_pair_of(topology, "same-l3", 12, 14);
	assert_absent_of(topology, "other-package", one_package);
	sy_topology_close(topology);
	/* Slow ones where the fast have none. */
	topology = restricted(hybrid(), one_fast, 6);
	assert_pair_of(topology, "siblings", 8, 9);
	assert_pair_of(topology, "same-l3", 2, 3);
	sy_topology_close(topology);
	topology = restricted(hybrid(), slow, 8);
	assert_pair_of(topology, "same-l3", 3, 7);
	assert_absent_of(topology, "siblings", no_siblings);
	sy_topology_close(topology);
	topology = restricted(hybrid(), slow_cluster, 5);
	assert_pair_of(topology, "same-l3", 2, 3);
	sy_topology_close(topology);
	topology = restricted(hybrid(), mixed, 3);
	assert_pair_of(topology, "siblings", 14, 15);
	assert_absent_of(topology, "same-l3", unequal);
	sy_topology_close(topology);
}

/* The kind goes before leaving out the first PU. */
static void test_a_fast_pair_may_have_the_first_pu(void **state)
{
	static const struct sy_pu pus[] = {
		{ .os_index = 0, .level[SY_CORE] = 0, .smt = 0 },
		{ .os_index = 1, .level[SY_CORE] = 0, .smt = 1 },
		{ .os_index = 2, .level[SY_CORE] = 1, .slowness = 1 },
		{ .os_index = 3, .level[SY_CORE] = 1, .slowness = 1, .smt = 1 },
	};
	int room[4] = { -1, -1, -1, -1 };
	struct sy_placement made = { .pus = room };
	char why[128] = "";

	(void)state;
	assert_int_equal(
		sy_placement_pair(&made, pus, 4, "siblings", why, sizeof(why)),
		0);
	assert_int_equal(made.count, 2);
	assert_int_equal(room[0], 0);
	assert_int_equal(room[1], 1);
	assert_int_equal(room[2], -1);
	assert_int_equal(
		sy_placement_pair(&made, pus, 4, "spread", why, sizeof(why)),
		-ENOENT);
}

/* The OS indices of a pair among made PUs; 0 or -ENODEV. */
static int search(const struct sy_pu *pus, unsigned count, const char *name,
                  int pair[2])
{
	struct sy_placement made = { .pus = pair };
	char why[128] = "";

	return sy_placement_pair(&made, pus, count, name, why, sizeof(why));
}

/* A core a PU and 128 a package, each with an L3 of its own: the longest
   search.  It is made here because hwloc takes seconds for it. */
static void test_the_largest_machines_are_searched(void **state)
{
	unsigned count = SY_TOPOLOGY_PUS_MAX;
	struct sy_pu *pus = calloc(count, sizeof(*pus));
	int pair[2] = { -1, -1 };

	(void)state;
	assert_non_null(pus);
	for (unsigned i = 0; i < count; i++)
		pus[i] = (struct sy_pu){
			.os_index = (int)i,
			.level = { i / 128, i / 128, i, i },
			.l3 = i + 1,
		};
	assert_int_equal(search(pus, count, "siblings", pair), -ENODEV);
	assert_int_equal(search(pus, count, "same-l3", pair), -ENODEV);
	assert_int_equal(search(pus, count, "other-package", pair), 0);
	assert_int_equal(pair[0], 8063);
	assert_int_equal(pair[1], 8191);
	pus[17].l3 = pus[16].l3;
	assert_int_equal(search(pus, count, "same-l3", pair), 0);
	assert_int_equal(pair[0], 16);
	assert_int_equal(pair[1], 17);
	free(pus);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_siblings_are_the_last_cores_first_two),
		cmocka_unit_test(test_siblings_are_where_there_are_two),
		cmocka_unit_test(
			test_cores_of_an_l3_are_first_pus_of_the_last_two),
		cmocka_unit_test(test_cores_of_an_l3_share_no_l2_if_possible),
		cmocka_unit_test(test_the_first_pu_is_left_out_if_possible),
		cmocka_unit_test(test_packages_give_their_last_cores),
		cmocka_unit_test(test_what_a_machine_does_not_have),
		cmocka_unit_test(test_pairs_are_of_one_kind_the_fastest),
		cmocka_unit_test(test_a_fast_pair_may_have_the_first_pu),
		cmocka_unit_test(test_the_largest_machines_are_searched),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
