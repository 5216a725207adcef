/* SPDX-License-Identifier: MIT */
/*
 * promises_fixture.h - workloads that check a promise, carried out by a model
 * or on the stage, and what they found.
 */
#ifndef SY_PROMISES_FIXTURE_H
#define SY_PROMISES_FIXTURE_H

#include "models_fixture.h"

#include "stage.h"
#include "workloads/workload.h"

/* What is shown, and what was seen. */
struct show {
	const char *name;
	struct sy_load load;
	uint32_t inflight, pus; /* 0 PUs: one */
	uint64_t count;         /* tasks of a run */
	uint32_t stamp_shift;
	uint64_t *latencies_ns; /* NULL: not stamped; kept of the last run */

	struct sy_tally tally, expected;
	uint64_t found[SY_FINDINGS_MAX];
	char reason[SY_BROKEN_BYTES];
};

/* The number of a finding by its name. */
static inline uint64_t found(const struct show *show, const char *name)
{
	const struct sy_finding *row = sy_workload_find(show->name)->findings;

	for (size_t i = 0; row[i].name; i++)
		if (!strcmp(row[i].name, name))
			return show->found[i];
	fail_msg("%s finds no '%s'", show->name, name);
	return 0;
}

static inline void expect_values(struct show *show)
{
	uint64_t values[SY_VALUE_PERIOD];

	sy_workload_values(sy_workload_find(show->name), &show->load, values);
	sy_workload_expect(values, show->count, &show->expected);
}

/* A batch with the workload opened in it. */
static inline struct sy_batch *
set_up(const struct show *show, const struct sy_model *model, void **state)
{
	const struct sy_workload *workload = sy_workload_find(show->name);
	int pus[2];
	struct sy_batch_spec spec = {
		.model = model,
		.inflight = show->inflight,
		.window = 64,
		.stamp_count = show->latencies_ns
		                       ? (show->count >> show->stamp_shift) + 1
		                       : 0,
		.stamp_shift = show->stamp_shift,
		.pus = pus,
		.pu_count = allowed_pus(pus, show->pus ? show->pus : 1),
		.bound = true,
	};
	struct sy_batch *batch;

	assert_non_null(workload);
	spec.scratch_bytes = workload->scratch_bytes(&show->load);
	assert_int_equal(sy_batch_create(&batch, &spec), 0);
	assert_int_equal(workload->open(state, &show->load, batch), 0);
	batch->wants = workload->wants ? workload->wants(&show->load) : 0;
	batch->task_count = show->count;
	return batch;
}

static inline void take_down(const struct show *show, struct sy_batch *batch,
                             void *state)
{
	sy_workload_find(show->name)->close(state, batch);
	assert_null(batch->job);
	assert_int_equal(batch->lock_count, 0);
	assert_int_equal(batch->gate_count, 0);
	assert_int_equal(batch->event_count, 0);
	sy_batch_destroy(batch);
}

/* What the run that has ended left; what settle says. */
static inline int settle(struct show *show, struct sy_batch *batch, void *state)
{
	const struct sy_workload *workload = sy_workload_find(show->name);

	sy_batch_tally(batch, &show->tally);
	if (show->latencies_ns)
		memcpy(show->latencies_ns, batch->latencies_ns,
		       (show->count >> show->stamp_shift) *
		               sizeof(*show->latencies_ns));
	memset(show->found, 0xff, sizeof(show->found));
	show->reason[0] = '\0';
	return workload->settle(state, batch, show->found, show->reason);
}

/* Every task once, with its value, and without an error. */
static inline void assert_right(struct show *show)
{
	expect_values(show);
	assert_int_equal(show->tally.error, 0);
	assert_int_equal(show->tally.done, show->expected.done);
	assert_true(show->tally.proof == show->expected.proof);
	assert_true(show->tally.sum == show->expected.sum);
}

/* On the stage; what settle says. */
static inline int perform(struct show *show, enum stage_fault fault)
{
	struct sy_batch *batch;
	void *state;
	int error;

	batch = set_up(show, NULL, &state);
	assert_int_equal(stage_run(batch, fault), 0);
	error = settle(show, batch, state);
	take_down(show, batch, state);
	return error;
}

/* A broken promise is told in one line, which says this. */
static inline void assert_refused(struct show *show, enum stage_fault fault,
                                  const char *part)
{
	assert_int_equal(perform(show, fault), -EILSEQ);
	if (!strstr(show->reason, part) || strchr(show->reason, '\n'))
		fail_msg("'%s' says nothing of '%s'", show->reason, part);
}

/* Some runs of one open model, each settled; all keep the promise. */
static inline void carry_out(struct show *show, const struct sy_model *model,
                             unsigned runs)
{
	struct sy_batch *batch;
	void *state, *opened;

	batch = set_up(show, model, &state);
	assert_int_equal(model->open(&opened, batch), 0);
	for (unsigned i = 0; i < runs; i++) {
		sy_batch_reset(batch);
		assert_int_equal(model->run(opened), 0);
		sy_batch_tally(batch, &show->tally);
		assert_int_equal(show->tally.error, 0);
		if (settle(show, batch, state))
			fail_msg("%s/%s: %s", show->name, model->name,
			         show->reason);
		assert_right(show);
	}
	model->close(opened);
	take_down(show, batch, state);
}

/* Calls `test` for each model that can give its tasks what they want, on one
   PU and, where there are two, on two. */
static inline void for_each_able(struct show *show,
                                 void (*test)(struct show *show,
                                              const struct sy_model *model))
{
	const struct sy_workload *workload = sy_workload_find(show->name);
	unsigned wants = workload->wants ? workload->wants(&show->load) : 0;
	int pus[2];

	for (size_t i = 0; sy_models[i]; i++) {
		const struct sy_model *model = sy_models[i];

		if (model->absent() || (model->lacks && model->lacks(wants)))
			continue;
		print_message("           %s/%s\n", show->name, model->name);
		for (show->pus = 1; show->pus <= allowed_pus(pus, 2);
		     show->pus++)
			test(show, model);
	}
}

#endif /* SY_PROMISES_FIXTURE_H */
