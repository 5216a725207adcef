/* SPDX-License-Identifier: MIT */
/*
 * test_matrix.c - the points of a matrix of hand-offs, on described machines.
 */
#include "described_fixture.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "sweep/matrix.h"

static void read_space(struct sy_space *space, const char *workload,
                       const char *placement)
{
	struct sy_values values = {
		.text = {
			[SY_KEY_MODEL] = "threads,semaphore",
			[SY_KEY_MECHANISM] = "condition,posix",
			[SY_KEY_WORKLOAD] = workload,
			[SY_KEY_PLACEMENT] = placement,
		},
	};
	struct sy_reason reason = { "" };

	if (sy_space_read(space, &values, &reason))
		fail_msg("%s", reason.text);
}

static void plan_of(struct sy_plan *plan, const char *placement)
{
	struct sy_space space;

	sy_plan_init(plan);
	read_space(&space, "switch", placement);
	assert_int_equal(sy_space_add(&space, plan), 0);
	sy_space_free(&space);
}

static bool has(const struct sy_plan *plan, const char *name)
{
	for (size_t i = 0; i < plan->count; i++)
		if (!strcmp(plan->points[i].name, name))
			return true;
	return false;
}

/* The points of one placement. */
static size_t rows_at(const struct sy_plan *plan, const char *placement)
{
	size_t rows = 0;

	for (size_t i = 0; i < plan->count; i++)
		rows += !strcmp(plan->points[i].request.placement, placement);
	return rows;
}

static void test_every_pu_and_every_two_in_both_directions(void **state)
{
	struct sy_topology *topology = described("pack:2 core:2 pu:2");
	struct sy_plan plan;
	size_t rows;

	(void)state;
	plan_of(&plan, "matrix");
	rows = plan.count;
	assert_true(rows >= 2);
	assert_true(sy_matrix_any(&plan));
	assert_int_equal(sy_matrix_count(&plan, 8), rows * 64);
	plan.seed = 77;
	assert_int_equal(sy_matrix_expand(&plan, topology), 0);
	assert_false(sy_matrix_any(&plan));
	assert_int_equal(plan.count, rows * 64);
	assert_int_equal(plan.seed, 77);
	for (int i = 0; i < 8; i++)
		for (int j = 0; j < 8; j++) {
			char placement[16];

			snprintf(placement, sizeof(placement),
			         i == j ? "%d" : "%d,%d", i, j);
			assert_int_equal(rows_at(&plan, placement), rows);
		}
	assert_true(has(&plan, "switch/threads.condition/placement:3"));
	assert_true(has(&plan, "switch/threads.condition/placement:7,0"));
	assert_true(has(&plan, "switch/threads.condition/placement:0,7"));
	/* What it makes can be measured there. */
	assert_int_equal(sy_plan_arrange(&plan), 0);
	assert_int_equal(sy_plan_group_count(&plan), 64);
	for (size_t i = 0; i < plan.count; i++) {
		struct sy_point *point = &plan.points[i];
		struct sy_reason reason = { "" };

		assert_int_equal(sy_point_resolve(point, topology, &reason), 0);
		assert_int_equal(point->where.count,
		                 strchr(point->request.placement, ',') ? 2 : 1);
	}
	sy_plan_free(&plan);
	sy_topology_close(topology);
}

static void test_cells_are_of_pus_that_may_be_used(void **state)
{
	static const int some[] = { 1, 6 };
	static const char *const names[] = {
		"switch/threads.condition/placement:1",
		"switch/threads.condition/placement:1,6",
		"switch/threads.condition/placement:6,1",
		"switch/threads.condition/placement:6",
	};
	struct sy_topology *topology = described("pack:2 core:2 pu:2");
	struct sy_plan plan;
	size_t rows;

	(void)state;
	assert_int_equal(sy_topology_restrict(topology, some, 2), 0);
	plan_of(&plan, "matrix");
	rows = plan.count;
	assert_int_equal(sy_matrix_expand(&plan, topology), 0);
	assert_int_equal(plan.count, rows * 4);
	for (size_t i = 0; i < 4; i++)
		assert_true(has(&plan, names[i]));
	sy_plan_free(&plan);
	sy_topology_close(topology);
}

/* A cell that was asked for by itself, too, is measured once. */
static void test_other_points_stay_where_they_are(void **state)
{
	struct sy_topology *topology = described("core:2 pu:1");
	struct sy_plan plan;
	size_t rows;

	(void)state;
	plan_of(&plan, "spread");
	rows = plan.count;
	assert_false(sy_matrix_any(&plan));
	assert_int_equal(sy_matrix_expand(&plan, topology), 0);
	assert_int_equal(plan.count, rows);
	sy_plan_free(&plan);
	plan_of(&plan, "spread, 1, matrix, 0,1, one-pu");
	assert_int_equal(plan.count, rows * 5);
	assert_int_equal(sy_matrix_count(&plan, 2), rows * 8);
	assert_int_equal(sy_matrix_expand(&plan, topology), 0);
	assert_int_equal(plan.count, rows * 6);
	assert_int_equal(sy_plan_arrange(&plan), 0);
	assert_string_equal(plan.points[0].group, "switch/placement:spread");
	assert_string_equal(plan.points[rows].group, "switch/placement:1");
	assert_string_equal(plan.points[2 * rows].group, "switch/placement:0");
	assert_string_equal(plan.points[5 * rows].group,
	                    "switch/placement:one-pu");
	sy_plan_free(&plan);
	sy_topology_close(topology);
}

static void test_large_matrices_are_only_counted(void **state)
{
	struct sy_plan plan;

	(void)state;
	plan_of(&plan, "matrix, spread");
	assert_int_equal(sy_matrix_count(&plan, 2048),
	                 plan.count / 2 * (2048 * 2048 + 1));
	assert_int_equal(sy_matrix_count(&plan, UINT32_MAX), UINT64_MAX);
	sy_plan_free(&plan);
}

static void test_only_hand_offs_have_a_matrix(void **state)
{
	static const char *const others[] = { "cpu", "switch,io", "all",
		                              "spawn,switch", "idle" };
	struct sy_reason reason = { "" };
	struct sy_space space;

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		read_space(&space, others[i], "one-pu, matrix");
		assert_int_equal(sy_matrix_check(&space, &reason), -EINVAL);
		assert_non_null(
			strstr(reason.text, "'matrix' is of hand-offs"));
		sy_space_free(&space);
		read_space(&space, others[i], "one-pu");
		assert_int_equal(sy_matrix_check(&space, &reason), 0);
		sy_space_free(&space);
	}
	read_space(&space, "switch", "one-pu, matrix");
	assert_int_equal(sy_matrix_check(&space, &reason), 0);
	sy_space_free(&space);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_every_pu_and_every_two_in_both_directions),
		cmocka_unit_test(test_cells_are_of_pus_that_may_be_used),
		cmocka_unit_test(test_other_points_stay_where_they_are),
		cmocka_unit_test(test_large_matrices_are_only_counted),
		cmocka_unit_test(test_only_hand_offs_have_a_matrix),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
