/* SPDX-License-Identifier: MIT */
/*
 * test_models_holdings.c - where the contexts of every model run, what they
 * hold, and that close gives it back.
 */
#include "models_fixture.h"

static struct sy_op step_sleep(struct sy_task *task)
{
	if (!task->step++) {
		task->local[0] = sy_clock_ns() + 3 * MS;
		return (struct sy_op){ .kind = SY_SLEEP,
			               .until_ns = task->local[0] };
	}
	if (sy_clock_ns() < task->local[0])
		task->error = -ETIME; /* too early */
	return (struct sy_op){ .kind = SY_DONE };
}

/* Where contexts run. */

static void assert_bound(const struct sy_batch *batch, const int *pus,
                         uint32_t pu_count)
{
	uint32_t i, seen = 0;

	for (i = 0; i < batch->context_count; i++) {
		const struct sy_context *context = &batch->contexts[i];
		int pu = pus[i % pu_count];

		assert_true(context->pu == pu || context->pu == -1);
		if (context->pu_seen < 0)
			continue;
		seen++;
		assert_int_equal(context->pu, pu);
		assert_int_equal(context->pu_seen, pu);
		assert_int_equal(context->migrations, 0);
		assert_true(context->visited[pu / 64] == UINT64_C(1)
		                                                 << (pu % 64));
	}
	assert_true(seen >= 1);
}

static void check_bound(const struct sy_model *model)
{
	int pus[2];
	struct sy_batch_spec spec = { .model = model,
		                      .inflight = 4,
		                      .window = 64,
		                      .pus = pus,
		                      .pu_count = allowed_pus(pus, 2),
		                      .bound = true };
	struct sy_batch *batch;
	struct sy_tally tally;

	assert_int_equal(sy_batch_create(&batch, &spec), 0);
	batch->step = step_sleep;
	/* The caller is on the PU of context 0, as model.h asks. */
	assert_int_equal(batch->bind(batch, 0), 0);
	run_once(model, batch, 20, &tally);
	assert_int_equal(tally.error, 0);
	assert_bound(batch, pus, spec.pu_count);
	sy_batch_destroy(batch);
}

static void test_contexts_stay_where_they_are_bound(void **state)
{
	cpu_set_t all;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof(all), &all), 0);
	for_each_model(check_bound);
	assert_int_equal(sched_setaffinity(0, sizeof(all), &all), 0);
}

/* What a model holds, and gives back. */

static void check_holdings(const struct sy_model *model)
{
	struct holdings before = look(), open;
	struct sy_batch *batch = create_batch(model, 8, step_sleep, 0, 0);
	struct sy_needs needs = { 0 };
	void *state;

	model->needs(batch, &needs);
	assert_in_range(needs.contexts, 1, batch->context_count);
	batch->task_count = 8;
	assert_int_equal(model->open(&state, batch), 0);
	assert_int_equal(model->run(state), 0);
	open = look();
	/* Threads that come and go with their tasks are gone after a run. */
	assert_int_equal(open.threads - before.threads,
	                 model->by_name ? 0 : (int)needs.threads);
	assert_in_range(open.children - before.children, 0, needs.processes);
	assert_in_range(open.descriptors - before.descriptors, 0,
	                needs.descriptors);
	model->close(state);
	sy_batch_destroy(batch);
	assert_nothing_left(before);
}

static void test_needs_are_told_and_close_leaves_nothing(void **state)
{
	(void)state;
	for_each_model(check_holdings);
}

static uint64_t count_mappings(void)
{
	FILE *file = fopen("/proc/self/maps", "re");
	uint64_t lines = 0;
	int c;

	assert_non_null(file);
	while ((c = fgetc(file)) != EOF)
		lines += c == '\n';
	fclose(file);
	return lines;
}

static void check_mappings(const struct sy_model *model)
{
	uint64_t before = 0;
	int cycle;

	for (cycle = 0; cycle < 24; cycle++) {
		struct sy_batch *batch =
			create_batch(model, 4, step_compute, 0, 0);
		struct sy_tally tally;

		run_once(model, batch, 10, &tally);
		sy_batch_destroy(batch);
		/* The C library keeps a few stacks and heaps for later. */
		if (cycle == 3)
			before = count_mappings();
	}
	assert_true(count_mappings() < before + 10);
}

static void test_mappings_do_not_grow(void **state)
{
	(void)state;
	if (SANITIZED)
		skip(); /* they map as they like */
	for_each_model(check_mappings);
}

static void check_once(const struct sy_model *model)
{
	struct sy_batch *batch = create_batch(model, 1, step_compute, 0, 0);
	struct sy_tally tally;

	run_once(model, batch, 1, &tally);
	sy_batch_destroy(batch);
}

/* What a library keeps for good once it was used is not the models'. */
static int warm_up(void **state)
{
	(void)state;
	for_each_model(check_once);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_contexts_stay_where_they_are_bound),
		cmocka_unit_test(test_needs_are_told_and_close_leaves_nothing),
		cmocka_unit_test(test_mappings_do_not_grow),
	};

	return cmocka_run_group_tests(tests, warm_up, NULL);
}
