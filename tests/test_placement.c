/* SPDX-License-Identifier: MIT */
/*
 * test_placement.c - where placements put contexts, on described machines.
 */
#include "described_fixture.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "host/topology_internal.h"

#define BIG "pack:8 numa:4 l3:4 core:8 pu:2"
#define BIG_PUS (8 * 4 * 4 * 8 * 2)
#define MACHINE_PUS_MAX 4096

static struct sy_placement made(const struct sy_topology *topology,
                                const char *name)
{
	struct sy_placement placement = { .count = 0 };
	char why[128] = "";

	assert_int_equal(
		sy_placement_make(&placement, topology, name, why, sizeof(why)),
		0);
	assert_string_equal(why, "");
	return placement;
}

static const struct sy_pu *pu_of(const struct sy_topology *topology, int index)
{
	unsigned count;
	const struct sy_pu *pus = sy_topology_pus(topology, &count);

	for (unsigned i = 0; i < count; i++)
		if (pus[i].os_index == index)
			return &pus[i];
	fail_msg("PU %d is not in the topology", index);
	return NULL;
}

static void assert_order(const struct sy_topology *topology, const char *name,
                         const int *pus, unsigned count)
{
	struct sy_placement placement = made(topology, name);

	assert_int_equal(placement.count, count);
	assert_memory_equal(placement.pus, pus, count * sizeof(*pus));
	sy_placement_free(&placement);
}

/* For 1 .. 2 x PUs contexts: no PU has two more than another. */
static void assert_fair(const struct sy_topology *topology, const char *name)
{
	struct sy_placement placement = made(topology, name);
	unsigned *users = calloc(MACHINE_PUS_MAX, sizeof(*users));

	assert_non_null(users);
	assert_int_equal(placement.count, sy_topology_pu_count(topology));
	for (unsigned n = 1; n <= 2 * placement.count; n++) {
		int pu = placement.pus[(n - 1) % placement.count];

		/* Context n gets a PU that nobody has, as long as there is
		   one, and in the second round one that has one. */
		assert_in_range(pu, 0, MACHINE_PUS_MAX - 1);
		assert_int_equal(users[pu], (n - 1) / placement.count);
		users[pu]++;
		pu_of(topology, pu);
	}
	free(users);
	sy_placement_free(&placement);
}

static void test_no_pu_twice_while_one_is_free(void **state)
{
	static const char *const machines[] = {
		"pu:1",
		"pu:7",
		"core:3 pu:2",
		"pack:2 core:4 pu:2",
		"pack:2 l3:3 core:5 pu:4",
		BIG,
	};
	static const char *const names[] = { "none", "compact", "spread" };

	(void)state;
	for (size_t i = 0; i < sizeof(machines) / sizeof(*machines); i++) {
		struct sy_topology *topology = described(machines[i]);

		for (size_t j = 0; j < sizeof(names) / sizeof(*names); j++)
			assert_fair(topology, names[j]);
		sy_topology_close(topology);
	}
}

static void test_fair_on_hybrid_and_restricted(void **state)
{
	static const int some[] = { 0, 3, 9, 10, 11, 14, 500 };
	struct sy_topology *topology = hybrid();

	(void)state;
	assert_fair(topology, "spread");
	assert_fair(topology, "compact");
	assert_int_equal(sy_topology_restrict(topology, some, 7), 0);
	assert_int_equal(sy_topology_pu_count(topology), 6);
	assert_fair(topology, "none");
	assert_fair(topology, "spread");
	assert_fair(topology, "compact");
	sy_topology_close(topology);
}

/* Distinct members of `level` among the first `count`, all counted apart. */
static unsigned distinct(const struct sy_topology *topology, const int *pus,
                         unsigned count, enum sy_pu_level level)
{
	unsigned found = 0;

	for (unsigned i = 0; i < count; i++) {
		const struct sy_pu *pu = pu_of(topology, pus[i]);
		unsigned j = 0;

		while (j < i &&
		       memcmp(pu->level, pu_of(topology, pus[j])->level,
		              (level + 1) * sizeof(unsigned)))
			j++;
		found += j == i;
	}
	return found;
}

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Any n first PUs lie in as many packages, nodes, L3s and cores as can be. */
static void test_spread_is_far_apart_in_any_prefix(void **state)
{
	struct sy_topology *topology =
		described("pack:3 numa:2 l3:2 core:3 pu:2");
	struct sy_placement placement = made(topology, "spread");

	(void)state;
	for (unsigned n = 1; n <= placement.count; n++) {
		const int *pus = placement.pus;

		assert_int_equal(distinct(topology, pus, n, SY_PACKAGE),
		                 least(n, 3));
		assert_int_equal(distinct(topology, pus, n, SY_NUMA),
		                 least(n, 6));
		assert_int_equal(distinct(topology, pus, n, SY_L3),
		                 least(n, 12));
		assert_int_equal(distinct(topology, pus, n, SY_CORE),
		                 least(n, 36));
	}
	sy_placement_free(&placement);
	sy_topology_close(topology);
}

static void test_spread_alternates_packages(void **state)
{
	static const int order[] = { 0, 8, 2, 10, 4, 12, 6, 14,
		                     1, 9, 3, 11, 5, 13, 7, 15 };
	struct sy_topology *topology = described("pack:2 core:4 pu:2");

	(void)state;
	assert_order(topology, "spread", order, 16);
	sy_topology_close(topology);
}

/* Uneven: package 0 has one core left, package 1 four. */
static void test_spread_uses_all_cores_before_siblings(void **state)
{
	static const int some[] = { 0, 1, 8, 9, 10, 11, 12, 13, 14, 15 };
	static const int order[] = { 0, 8, 10, 12, 14, 1, 9, 11, 13, 15 };
	struct sy_topology *topology = described("pack:2 core:4 pu:2");

	(void)state;
	assert_int_equal(sy_topology_restrict(topology, some, 10), 0);
	assert_order(topology, "spread", order, 10);
	sy_topology_close(topology);
}

/* Where PUs are numbered across cores, as Linux does on most machines. */
static void test_compact_fills_cores(void **state)
{
	static const int order[] = { 0, 4, 1, 5, 2, 6, 3, 7 };
	struct sy_topology *topology =
		described("pack:2 core:2 pu:2(indexes=0,4,1,5,2,6,3,7)");

	(void)state;
	assert_order(topology, "compact", order, 8);
	sy_topology_close(topology);
}

static void test_compact_stays_close_in_any_prefix(void **state)
{
	struct sy_topology *topology =
		described("pack:2 numa:2 l3:2 core:2 pu:2");
	struct sy_placement placement = made(topology, "compact");

	(void)state;
	for (unsigned n = 1; n <= placement.count; n++) {
		const int *pus = placement.pus;

		assert_int_equal(distinct(topology, pus, n, SY_CORE),
		                 (n + 1) / 2);
		assert_int_equal(distinct(topology, pus, n, SY_L3),
		                 (n + 3) / 4);
		assert_int_equal(distinct(topology, pus, n, SY_NUMA),
		                 (n + 7) / 8);
		assert_int_equal(distinct(topology, pus, n, SY_PACKAGE),
		                 (n + 15) / 16);
	}
	sy_placement_free(&placement);
	sy_topology_close(topology);
}

/* The fixture's fast cores are PUs 8..15, two a core; 0..7 are slow. */
static void test_fastest_kind_comes_first(void **state)
{
	static const int compact[] = { 8, 9, 10, 11, 12, 13, 14, 15,
		                       0, 1, 2,  3,  4,  5,  6,  7 };
	static const int spread[] = { 8, 10, 12, 14, 9, 11, 13, 15,
		                      0, 1,  2,  3,  4, 5,  6,  7 };
	static const int one[] = { 14 };
	struct sy_topology *topology = hybrid();

	(void)state;
	assert_order(topology, "compact", compact, 16);
	assert_order(topology, "spread", spread, 16);
	assert_order(topology, "one-pu", one, 1);
	sy_topology_close(topology);
}

static void assert_one(const char *machine, int pu)
{
	struct sy_topology *topology = described(machine);

	assert_order(topology, "one-pu", &pu, 1);
	sy_topology_close(topology);
}

static void test_one_pu_is_not_the_first(void **state)
{
	(void)state;
	assert_one("pu:1", 0);
	assert_one("pu:2", 1);
	assert_one("core:1 pu:2", 1);
	assert_one("core:4 pu:2", 6);
	assert_one("pack:2 core:2 pu:2(indexes=0,4,1,5,2,6,3,7)", 3);
	/* Whatever the order of the description, PU 0 is avoided. */
	assert_one("core:2 pu:2(indexes=1,3,0,2)", 1);
}

static void test_none_is_not_bound(void **state)
{
	struct sy_topology *topology = described("core:2 pu:2");
	struct sy_placement placement = made(topology, "none");

	(void)state;
	assert_false(placement.bound);
	assert_int_equal(placement.count, 4);
	sy_placement_free(&placement);
	placement = made(topology, "spread");
	assert_true(placement.bound);
	sy_placement_free(&placement);
	sy_topology_close(topology);
}

static void test_lists_keep_their_order(void **state)
{
	static const int some[] = { 3, 0, 1, 7, 5, 6 };
	struct sy_topology *topology = described("core:4 pu:2");

	(void)state;
	assert_order(topology, "3,0-1,7,5-6", some, 6);
	assert_order(topology, "3", some, 1);
	sy_topology_close(topology);
}

/* Where the tree's order is not that of the OS indices. */
static void test_lists_are_of_os_indices(void **state)
{
	static const int all[] = { 7, 0, 1, 2, 3, 4, 5, 6 };
	struct sy_topology *topology =
		described("pack:2 core:2 pu:2(indexes=0,4,1,5,2,6,3,7)");

	(void)state;
	assert_order(topology, "7,0-6", all, 8);
	sy_topology_close(topology);
}

/* What is left is then the fastest kind. */
static void test_a_kind_can_be_all_there_is(void **state)
{
	static const int slow[] = { 0, 1, 2, 3 };
	static const int one[] = { 3 };
	struct sy_topology *topology = hybrid();

	(void)state;
	assert_int_equal(sy_topology_restrict(topology, slow, 4), 0);
	assert_order(topology, "one-pu", one, 1);
	assert_order(topology, "spread", slow, 4);
	sy_topology_close(topology);
}

static void assert_refused(const struct sy_topology *topology, const char *name,
                           int rc, const char *part)
{
	struct sy_placement placement = { .count = 77 };
	char why[128] = "";
	int got =
		sy_placement_make(&placement, topology, name, why, sizeof(why));

	if (got != rc || !strstr(why, part))
		print_error("'%s': %d, '%s'\n", name, got, why);
	assert_int_equal(got, rc);
	assert_non_null(strstr(why, part));
	assert_int_equal(placement.count, 77);
	assert_null(placement.pus);
}

static void test_bad_placements_say_why(void **state)
{
	static const char *const malformed[] = {
		"0,",
		"0,,1",
		"0-",
		"0-1-2",
		"2-1",
		"0 ,1",
		"0,1x",
		"0x1",
		"0,-1",
		"12345678",
		"0-7,99999999999999999999",
		"0,a",
	};
	struct sy_topology *topology = described("core:4 pu:2");

	(void)state;
	for (size_t i = 0; i < sizeof(malformed) / sizeof(*malformed); i++)
		assert_refused(topology, malformed[i], -EINVAL, malformed[i]);
	assert_refused(topology, "0,1,0", -EINVAL, "PU 0 is listed twice");
	assert_refused(topology, "0-3,2", -EINVAL, "PU 2 is listed twice");
	assert_refused(topology, "0,8", -ENODEV, "PU 8");
	assert_refused(topology, "6-9", -ENODEV, "PU 8");
	assert_refused(topology, "0-9999999", -ENODEV, "PU 8");
	assert_refused(topology, "spred", -EINVAL, "'spred'");
	assert_refused(topology, "", -EINVAL, "''");
	assert_refused(topology, "-1", -EINVAL, "'-1'");
	assert_refused(topology, ",0", -EINVAL, "',0'");
	assert_int_equal(sy_topology_restrict(topology, (int[]){ 1, 2 }, 2), 0);
	assert_refused(topology, "0", -ENODEV, "PU 0");
	sy_topology_close(topology);
}

static void test_every_listed_name_is_made(void **state)
{
	struct sy_topology *topology = described("pack:2 l3:1 core:2 pu:2");

	(void)state;
	assert_non_null(sy_placement_kinds[0].name);
	for (size_t i = 0; sy_placement_kinds[i].name; i++) {
		struct sy_placement placement =
			made(topology, sy_placement_kinds[i].name);

		assert_true(placement.count >= 1);
		assert_non_null(sy_placement_kinds[i].summary);
		sy_placement_free(&placement);
	}
	sy_topology_close(topology);
}

/* 2048 PUs, once and for all contexts: well under a second. */
static void test_many_pus_are_placed_quickly(void **state)
{
	struct sy_topology *topology = described(BIG);
	struct sy_placement placement;
	clock_t before = clock();

	(void)state;
	assert_int_equal(sy_topology_pu_count(topology), BIG_PUS);
	placement = made(topology, "spread");
	sy_placement_free(&placement);
	placement = made(topology, "compact");
	sy_placement_free(&placement);
	placement = made(topology, "0-2047");
	assert_int_equal(placement.count, BIG_PUS);
	sy_placement_free(&placement);
	assert_true(clock() - before < CLOCKS_PER_SEC / 4);
	sy_topology_close(topology);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_pu_twice_while_one_is_free),
		cmocka_unit_test(test_fair_on_hybrid_and_restricted),
		cmocka_unit_test(test_spread_is_far_apart_in_any_prefix),
		cmocka_unit_test(test_spread_alternates_packages),
		cmocka_unit_test(test_spread_uses_all_cores_before_siblings),
		cmocka_unit_test(test_compact_fills_cores),
		cmocka_unit_test(test_compact_stays_close_in_any_prefix),
		cmocka_unit_test(test_fastest_kind_comes_first),
		cmocka_unit_test(test_one_pu_is_not_the_first),
		cmocka_unit_test(test_none_is_not_bound),
		cmocka_unit_test(test_lists_keep_their_order),
		cmocka_unit_test(test_lists_are_of_os_indices),
		cmocka_unit_test(test_a_kind_can_be_all_there_is),
		cmocka_unit_test(test_bad_placements_say_why),
		cmocka_unit_test(test_every_listed_name_is_made),
		cmocka_unit_test(test_many_pus_are_placed_quickly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
