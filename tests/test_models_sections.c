/* SPDX-License-Identifier: MIT */
/*
 * test_models_sections.c - the promises of model.h about critical sections in
 * a row, each over all models.
 */
#include "meet_fixture.h"

/* A fork takes a hundred times as long under ThreadSanitizer. */
#define TASKS (SANITIZED ? 40 : 200)

struct row {
	struct sy_sections sections;
	uint32_t inside, most;
	uint64_t cells[4];
};

static struct sy_op step_sections(struct sy_task *task)
{
	const struct row *row = task->job;

	switch (task->step++) {
	case 0:
		task->value = task->index;
		return (struct sy_op){ .kind = SY_SECTIONS,
			               .count = 50,
			               .sections = &row->sections };
	default:
		if (task->result)
			task->error = (int32_t)task->result;
		return op_done();
	}
}

static struct row *share_row(enum sy_op_kind by, uint64_t rounds)
{
	struct row *row = share(sizeof(*row));

	row->sections = (struct sy_sections){ .by = by,
		                              .inside_rounds = rounds,
		                              .outside_rounds = 2 * rounds,
		                              .cells = row->cells,
		                              .cell_count = 4,
		                              .inside = &row->inside,
		                              .most = &row->most };
	return row;
}

/* Tasks of 50 sections each, which take the cells in turn. */
static void assert_cells_exact(const struct row *row)
{
	for (int i = 0; i < 4; i++)
		assert_int_equal(row->cells[i], TASKS * 50 / 4);
	assert_int_equal(row->inside, 0);
}

/* One inside at a time, with work in the sections and without. */
static void check_rows_exact(const struct sy_model *model, enum sy_op_kind by)
{
	static const uint64_t rounds[] = { 0, 30 };
	const uint32_t one = 1;

	for (int i = 0; i < 2; i++) {
		struct row *row = share_row(by, rounds[i]);
		struct sy_batch *batch =
			create_meeting(model, LANES, step_sections, row);

		batch->gate_units = &one;
		run_well(model, batch, TASKS);
		assert_cells_exact(row);
		assert_int_equal(row->most, 1);
		/* And with nothing to count but the cells. */
		memset(row->cells, 0, sizeof(row->cells));
		row->sections.inside = NULL;
		run_well(model, batch, TASKS);
		assert_cells_exact(row);
		sy_batch_destroy(batch);
		munmap(row, sizeof(*row));
	}
}

static void check_locked_rows(const struct sy_model *model)
{
	check_rows_exact(model, SY_LOCK);
}

static void check_gated_rows(const struct sy_model *model)
{
	check_rows_exact(model, SY_ACQUIRE);
}

static void test_locked_sections_lose_no_update(void **state)
{
	(void)state;
	for_each_that_gives(0, check_locked_rows);
}

static void test_a_gate_of_one_unit_loses_no_update(void **state)
{
	(void)state;
	for_each_that_gives(0, check_gated_rows);
}

/* What a task's sections add to its value is what the kernel says. */
static void check_row_value(const struct sy_model *model)
{
	struct row *row = share_row(SY_LOCK, 3);
	struct sy_batch *batch =
		create_meeting(model, LANES, step_sections, row);
	struct sy_batch *reference =
		create_meeting(sy_models[0], 1, step_sections, row);
	struct sy_tally got, expected;

	run_well(model, batch, 20);
	run_well(sy_models[0], reference, 20);
	sy_batch_tally(batch, &got);
	sy_batch_tally(reference, &expected);
	assert_int_equal(got.sum, expected.sum);
	assert_true(got.sum != 20 * 19 / 2);
	sy_batch_destroy(reference);
	sy_batch_destroy(batch);
	munmap(row, sizeof(*row));
}

static void test_sections_do_their_work(void **state)
{
	(void)state;
	for_each_that_gives(0, check_row_value);
}

static void check_row_alone(const struct sy_model *model)
{
	struct row *row = share_row(SY_DONE, 0);
	struct sy_batch *batch = create_meeting(model, 1, step_sections, row);

	run_well(model, batch, TASKS);
	assert_cells_exact(row);
	assert_int_equal(row->most, 1);
	sy_batch_destroy(batch);
	munmap(row, sizeof(*row));
}

static void test_without_a_lock_one_alone_loses_nothing(void **state)
{
	(void)state;
	for_each_that_gives(0, check_row_alone);
}

static void check_row_of_gate(const struct sy_model *model)
{
	struct row *row = share_row(SY_ACQUIRE, 10);
	struct sy_batch *batch =
		create_meeting(model, LANES, step_sections, row);

	run_well(model, batch, TASKS);
	assert_int_equal(row->inside, 0);
	assert_in_range(row->most, 1, 3);
	sy_batch_destroy(batch);
	munmap(row, sizeof(*row));
}

static void test_sections_keep_to_the_gate(void **state)
{
	(void)state;
	for_each_that_gives(0, check_row_of_gate);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_locked_sections_lose_no_update),
		cmocka_unit_test(test_a_gate_of_one_unit_loses_no_update),
		cmocka_unit_test(test_sections_do_their_work),
		cmocka_unit_test(test_without_a_lock_one_alone_loses_nothing),
		cmocka_unit_test(test_sections_keep_to_the_gate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
