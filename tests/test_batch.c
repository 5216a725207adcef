/* SPDX-License-Identifier: MIT */
/*
 * test_batch.c - what sy_batch_create promises of the memory it makes.
 */
#include "engine/batch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define WINDOW 512

static void fake_needs(const struct sy_batch *batch, struct sy_needs *needs)
{
	memset(needs, 0, sizeof(*needs));
	needs->contexts = batch->inflight + 10 * batch->pu_count;
	if (batch->window != WINDOW)
		needs->contexts = 0;
}

static const struct sy_model fake = { .name = "fake", .needs = fake_needs };

static struct sy_batch *create(const struct sy_batch_spec *spec)
{
	struct sy_batch *batch = NULL;

	assert_int_equal(sy_batch_create(&batch, spec), 0);
	assert_non_null(batch);
	return batch;
}

static void test_contexts_are_as_many_as_the_model_needs(void **state)
{
	const int pus[] = { 0, 1 };
	struct sy_batch *batch = create(&(struct sy_batch_spec){
		.model = &fake,
		.inflight = 7,
		.window = WINDOW,
		.pus = pus,
		.pu_count = 2,
	});
	uint32_t i;

	(void)state;
	assert_int_equal(batch->context_count, 27);
	assert_int_equal(batch->window, WINDOW);
	assert_int_equal(batch->pu_count, 2);
	for (i = 0; i < batch->context_count; i++) {
		assert_int_equal(batch->contexts[i].pu, -1);
		assert_int_equal(batch->contexts[i].pu_seen, -1);
		assert_int_equal(batch->contexts[i].process, 0);
	}
	sy_batch_destroy(batch);
}

static void test_a_hand_off_gets_a_pair(void **state)
{
	struct sy_batch *batch =
		create(&(struct sy_batch_spec){ .inflight = 1, .pu_count = 1 });

	(void)state;
	assert_int_equal(batch->context_count, 2);
	assert_null(batch->latencies_ns);
	sy_batch_destroy(batch);
}

static void test_lanes_are_numbered_and_apart(void **state)
{
	struct sy_batch *batch = create(&(struct sy_batch_spec){
		.inflight = 5, .scratch_bytes = 100, .pu_count = 1 });
	uint32_t i;

	(void)state;
	for (i = 0; i < 5; i++) {
		struct sy_lane *lane = &batch->lanes[i];

		assert_int_equal(lane->index, i);
		assert_int_equal(lane->fd, -1);
		assert_int_equal((uintptr_t)lane % _Alignof(struct sy_lane), 0);
		memset(lane->scratch, (int)i + 1, 100);
	}
	for (i = 0; i < 500; i++)
		assert_int_equal(batch->lanes[i / 100].scratch[i % 100],
		                 i / 100 + 1);
	sy_batch_destroy(batch);
}

static void test_tallies_add_up_and_are_reset(void **state)
{
	struct sy_batch *batch =
		create(&(struct sy_batch_spec){ .inflight = 3, .pu_count = 1 });
	struct sy_tally total = { 0 };

	(void)state;
	sy_tally_add(&batch->lanes[0].tally, 0, 10, 0);
	sy_tally_add(&batch->lanes[1].tally, 1, 20, -EPIPE);
	sy_tally_add(&batch->lanes[2].tally, 2, 30, -EIO);
	sy_batch_tally(batch, &total);
	assert_int_equal(total.done, 3);
	assert_int_equal(total.sum, 60);
	assert_true(total.proof == sy_proof(0) + sy_proof(1) + sy_proof(2));
	assert_int_equal(total.error, -EPIPE);
	sy_batch_reset(batch);
	sy_batch_tally(batch, &total);
	assert_int_equal(total.done, 0);
	assert_int_equal(total.sum, 0);
	assert_true(total.proof == 0);
	assert_int_equal(total.error, 0);
	sy_batch_destroy(batch);
}

static void test_a_child_writes_to_the_same_memory(void **state)
{
	struct sy_batch *batch = create(&(struct sy_batch_spec){
		.inflight = 2,
		.scratch_bytes = 8,
		.stamp_count = 4,
		.stamp_shift = 3,
		.pu_count = 1,
	});
	int status;
	pid_t child = fork();

	(void)state;
	if (!child) {
		batch->lanes[1].scratch[7] = 77;
		batch->latencies_ns[3] = 99;
		_exit(batch->bind(batch, 1) ? 1 : 0);
	}
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(batch->lanes[1].scratch[7], 77);
	assert_int_equal(batch->latencies_ns[3], 99);
	assert_int_equal(batch->stamp_shift, 3);
	assert_int_equal(batch->contexts[1].process, child);
	assert_int_equal(batch->contexts[0].process, 0);
	sy_batch_destroy(batch);
}

static void test_an_unbound_batch_does_not_bind(void **state)
{
	const int pus[] = { 0 };
	struct sy_batch *batch = create(&(struct sy_batch_spec){
		.inflight = 1, .pus = pus, .pu_count = 1 });
	cpu_set_t before, after;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof(before), &before), 0);
	assert_int_equal(batch->bind(batch, 0), 0);
	assert_int_equal(sched_getaffinity(0, sizeof(after), &after), 0);
	assert_true(CPU_EQUAL(&before, &after));
	assert_int_equal(batch->contexts[0].pu, -1);
	assert_int_equal(batch->bind(batch, 2), -EINVAL);
	sy_batch_destroy(batch);
}

static int last_pu(const cpu_set_t *set)
{
	size_t i;
	int pu = -1;

	for (i = 0; i < CPU_SETSIZE; i++)
		if (CPU_ISSET(i, set))
			pu = (int)i;
	return pu;
}

static void test_a_bound_batch_binds_and_notes_it(void **state)
{
	struct sy_batch *batch;
	cpu_set_t before, after;
	int pu;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof(before), &before), 0);
	pu = last_pu(&before);
	batch = create(&(struct sy_batch_spec){
		.inflight = 1, .pus = &pu, .pu_count = 1, .bound = true });
	assert_int_equal(batch->bind(batch, 1), 0);
	assert_int_equal(sched_getaffinity(0, sizeof(after), &after), 0);
	assert_int_equal(sched_setaffinity(0, sizeof(before), &before), 0);
	assert_int_equal(CPU_COUNT(&after), 1);
	assert_true(CPU_ISSET((size_t)pu, &after));
	assert_int_equal(batch->contexts[1].pu, pu);
	assert_int_equal(batch->contexts[0].pu, -1);
	sy_batch_destroy(batch);
}

static void test_what_cannot_be_is_refused(void **state)
{
	struct sy_batch *batch = NULL;

	(void)state;
	assert_int_equal(sy_batch_create(&batch,
	                                 &(struct sy_batch_spec){
						 .inflight = 2,
						 .scratch_bytes = SIZE_MAX / 2,
						 .pu_count = 1 }),
	                 -ENOMEM);
	assert_int_equal(sy_batch_create(&batch,
	                                 &(struct sy_batch_spec){
						 .inflight = 2,
						 .stamp_count = UINT64_MAX / 8,
						 .pu_count = 1 }),
	                 -ENOMEM);
	assert_int_equal(
		sy_batch_create(&batch,
	                        &(struct sy_batch_spec){ .pu_count = 1 }),
		-EINVAL);
	assert_null(batch);
	sy_batch_destroy(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_contexts_are_as_many_as_the_model_needs),
		cmocka_unit_test(test_a_hand_off_gets_a_pair),
		cmocka_unit_test(test_lanes_are_numbered_and_apart),
		cmocka_unit_test(test_tallies_add_up_and_are_reset),
		cmocka_unit_test(test_a_child_writes_to_the_same_memory),
		cmocka_unit_test(test_an_unbound_batch_does_not_bind),
		cmocka_unit_test(test_a_bound_batch_binds_and_notes_it),
		cmocka_unit_test(test_what_cannot_be_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
