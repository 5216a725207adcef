/* SPDX-License-Identifier: MIT */
/*
 * subject.c - see subject.h.
 *
 * A subject is either a model with a workload or one of its mechanisms; both
 * come down to `run this many`.
 */
#include "engine/subject_internal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include "engine/batch.h"
#include "engine/extra.h"
#include "host/awake.h"

static int create_batch(struct sy_subject *subject)
{
	const struct sy_point *point = subject->point;
	const struct sy_request *r = &point->request;
	struct sy_batch_spec spec = {
		.model = r->model,
		.mechanism = r->mechanism,
		.setting = sy_point_setting(point),
		.inflight = r->mechanism ? 1 : r->inflight,
		.window = r->window,
		.wants = sy_point_wants(point),
		/* What is never written takes no memory. */
		.stamp_count = SY_PERFORMED_TIMES * sy_subject_stamps(point),
		.stamp_shift = sy_subject_stamp_shift(point),
		.pus = point->where.pus,
		.pu_count = point->where.count,
		.bound = point->where.bound,
	};

	if (r->workload)
		spec.scratch_bytes = r->workload->scratch_bytes(&point->load);
	return sy_batch_create(&subject->batch, &spec);
}

/* The PUs of the contexts, and the server's where it is another one. */
static int start_spinners(struct sy_subject *s)
{
	const struct sy_placement *where = &s->point->where;
	int server_pu = s->point->load.server_pu, error;
	unsigned count = where->count;
	int *pus = calloc(count + 1, sizeof(*pus));
	bool own = s->point->request.workload && server_pu >= 0;

	if (!pus)
		return -ENOMEM;
	for (unsigned i = 0; i < count; i++) {
		pus[i] = where->pus[i];
		own &= pus[i] != server_pu;
	}
	if (own)
		pus[count++] = server_pu;
	error = sy_awake_start(&s->awake, pus, count);
	free(pus);
	return error;
}

/* A holder opens it, in a process of its own, for each slice. */
static bool is_held(const struct sy_subject *s)
{
	return sy_point_is(s->point, SY_IDLE);
}

static int open_resident(struct sy_subject *s, struct sy_reason *reason)
{
	const struct sy_request *r = &s->point->request;
	int error = sy_resident_open(&s->resident, r->resident_bytes,
	                             r->huge_pages, reason);

	s->batch->setting.resident = s->resident.memory;
	return error;
}

/* The contexts, and who counts what they do. */
static int open_contexts(struct sy_subject *s, struct sy_reason *reason)
{
	const struct sy_request *r = &s->point->request;
	const char *part = "the model's contexts";
	int error = 0;

	if (!r->mechanism)
		error = r->model->open(&s->model, s->batch);
	else if (!is_held(s))
		error = r->mechanism->open(&s->model, s->batch, r->mechanism);
	if (!error) {
		part = "counters of the model's processes";
		error = sy_usage_open(&s->watch, s->batch);
	}
	return error ? sy_reason(reason, error, "cannot set up %s: %s", part,
	                         strerror(-error))
	             : 0;
}

/* What an error of the workload or of its tasks means. */
static const char *meaning(const struct sy_subject *s, int error)
{
	const struct sy_workload *workload = s->point->request.workload;
	const char *words = workload->explain ? workload->explain(error) : NULL;

	return words ? words : strerror(-error);
}

static int open_workload(struct sy_subject *s, struct sy_reason *reason)
{
	const struct sy_workload *workload = s->point->request.workload;
	int error;

	if (!workload)
		return 0;
	error = workload->open(&s->workload, &s->point->load, s->batch);
	return error ? sy_reason(reason, error,
	                         "cannot set up the workload: %s",
	                         meaning(s, error))
	             : 0;
}

/* What is around the contexts. */
static int open_surroundings(struct sy_subject *s, struct sy_reason *reason)
{
	const char *part = "memory for the batch";
	int error = create_batch(s);

	if (!error) {
		part = "binding";
		error = s->batch->bind(s->batch, 0);
	}
	if (!error && s->point->request.hold_awake) {
		part = "hold-awake spinners";
		error = start_spinners(s);
	}
	if (error)
		return sy_reason(reason, error, "cannot set up %s: %s", part,
		                 strerror(-error));
	return open_workload(s, reason);
}

int sy_subject_open(struct sy_subject **subject, const struct sy_point *point,
                    struct sy_reason *reason)
{
	struct sy_subject *new = calloc(1, sizeof(*new));
	int error;

	if (!new)
		return sy_reason(reason, -ENOMEM, "no memory");
	new->point = point;
	new->expected_count = UINT64_MAX;
	prctl(PR_SET_TIMERSLACK, SY_TIMER_SLACK_NS);
	error = open_surroundings(new, reason);
	if (!error)
		error = open_resident(new, reason);
	if (!error)
		error = open_contexts(new, reason);
	if (error)
		sy_subject_close(new);
	else
		*subject = new;
	return error;
}

void sy_subject_close(struct sy_subject *s)
{
	const struct sy_request *r = &s->point->request;

	sy_usage_close(s->watch);
	if (s->model && r->mechanism)
		r->mechanism->close(s->model);
	else if (s->model)
		r->model->close(s->model);
	if (s->workload)
		r->workload->close(s->workload, s->batch);
	if (s->awake)
		sy_awake_stop(s->awake);
	sy_resident_close(&s->resident);
	if (s->batch)
		sy_batch_destroy(s->batch);
	free(s->values);
	free(s);
}

/* Runs `count` operations and nothing else. */
static int carry_out(struct sy_subject *s, uint64_t count)
{
	const struct sy_request *r = &s->point->request;

	if (r->mechanism)
		return r->mechanism->run(s->model, count);
	return r->model->run(s->model);
}

/* The values once, since one can cost 10 ms; their sum for each new count. */
static int expect(struct sy_subject *s, uint64_t count)
{
	if (s->expected_count == count)
		return 0;
	if (!s->values) {
		s->values = calloc(SY_VALUE_PERIOD, sizeof(*s->values));
		if (!s->values)
			return -ENOMEM;
		sy_workload_values(s->point->request.workload, &s->point->load,
		                   s->values);
	}
	sy_workload_expect(s->values, count, &s->expected);
	s->expected_count = count;
	return 0;
}

static int check(struct sy_subject *s, uint64_t operations,
                 struct sy_reason *reason)
{
	uint64_t count = sy_subject_tasks(s->point, operations);
	struct sy_tally got;

	if (!s->point->request.workload)
		return 0;
	sy_batch_tally(s->batch, &got);
	if (got.error)
		return sy_reason(reason, got.error, "a task failed: %s",
		                 meaning(s, got.error));
	if (expect(s, count))
		return sy_reason(reason, -ENOMEM, "no memory");
	if (got.done == s->expected.done && got.sum == s->expected.sum &&
	    got.proof == s->expected.proof)
		return 0;
	return sy_reason(reason, -EBADMSG,
	                 "wrong checksum: %" PRIu64 " of %" PRIu64
	                 " tasks, sum %016" PRIx64 " instead of %016" PRIx64
	                 ", proof %016" PRIx64 " instead of %016" PRIx64,
	                 got.done, count, got.sum, s->expected.sum, got.proof,
	                 s->expected.proof);
}

/*
 * What the workload has to say of the run before, in `slice` where that is not
 * NULL.  The clock has stopped.
 */
static int settle(struct sy_subject *s, struct sy_slice *slice,
                  struct sy_reason *reason)
{
	const struct sy_workload *workload = s->point->request.workload;
	uint64_t found[SY_FINDINGS_MAX] = { 0 };
	char why[SY_BROKEN_BYTES] = "";
	int error;

	if (!workload || !workload->settle)
		return 0;
	error = workload->settle(s->workload, s->batch, found, why);
	if (error == -EILSEQ)
		return sy_reason(reason, error, "a promise was broken: %s",
		                 why);
	if (error)
		return sy_reason(reason, error,
		                 "cannot make ready for the next run: %s",
		                 *why ? why : strerror(-error));
	if (slice) {
		slice->findings = sy_point_findings(s->point);
		memcpy(slice->found, found, sizeof(found));
	}
	return 0;
}

void sy_subject_reset(struct sy_subject *s)
{
	struct sy_batch *batch = s->batch;

	sy_batch_reset(batch);
	for (uint32_t i = 0; i < batch->context_count; i++) {
		/* A context that moved between two slices did not migrate in
		   either. */
		batch->contexts[i].pu_seen = -1;
		batch->contexts[i].migrations = 0;
		memset(batch->contexts[i].visited, 0,
		       sizeof(batch->contexts[i].visited));
	}
}

/* One run between two readings of the clock, not checked yet. */
static int timed_run(struct sy_subject *s, uint64_t count, uint64_t *elapsed_ns,
                     struct sy_reason *reason)
{
	uint64_t begin_ns;
	int error;

	s->batch->task_count = sy_subject_tasks(s->point, count);
	begin_ns = sy_clock_ns();
	error = carry_out(s, count);
	*elapsed_ns = sy_clock_ns() - begin_ns;
	s->ran = true;
	return error ? sy_reason(reason, error, "the model failed: %s",
	                         sy_run_error(error))
	             : 0;
}

int sy_subject_trial(struct sy_subject *s, uint64_t count, uint64_t *elapsed_ns,
                     struct sy_reason *reason)
{
	int error;

	sy_subject_reset(s);
	error = timed_run(s, count, elapsed_ns, reason);
	if (!error)
		error = check(s, count, reason);
	return error ? error : settle(s, NULL, reason);
}

void sy_subject_collect(const struct sy_subject *s, struct sy_slice *slice)
{
	const struct sy_batch *batch = s->batch;
	uint64_t stamps = 0;

	for (uint32_t i = 0; i < batch->context_count; i++) {
		const struct sy_context *context = &batch->contexts[i];

		slice->migrations += context->migrations;
		for (unsigned w = 0; w < SY_PUS_MAX / 64; w++)
			slice->visited[w] |= context->visited[w];
	}
	if (batch->latencies_ns)
		stamps = sy_subject_stamped(s->point, batch->task_count);
	for (uint64_t i = 0; i < stamps; i++)
		sy_histogram_add(&slice->latencies, batch->latencies_ns[i]);
}

static uint64_t server_ns(const struct sy_subject *s)
{
	const struct sy_workload *workload = s->point->request.workload;
	pid_t server = workload && workload->server
	                       ? workload->server(s->workload)
	                       : 0;

	return server ? sy_usage_process_ns(server) : 0;
}

/* The counters are read close around the run: checking is no work of it. */
static int measure(struct sy_subject *s, struct sy_slice *slice,
                   struct sy_reason *reason)
{
	struct sy_usage before, after;
	uint64_t served_ns;
	int error;

	sy_subject_reset(s);
	served_ns = server_ns(s);
	error = sy_usage_begin(s->watch, &before);
	if (error)
		return sy_reason(reason, error, "a process of the model died");
	error = timed_run(s, slice->performed, &slice->elapsed_ns, reason);
	if (error)
		return error;
	error = sy_usage_end(s->watch, &after);
	if (error)
		return sy_reason(reason, error, "a process of the model died");
	slice->usage = sy_usage_since(&after, &before);
	slice->server_ns = server_ns(s) - served_ns;
	error = check(s, slice->performed, reason);
	if (!error)
		error = settle(s, slice, reason);
	if (error)
		return error;
	sy_subject_collect(s, slice);
	return sy_subject_mechanism(s, slice, reason);
}

/*
 * There is no room for the stamps of more than a slice.  A ring goes around, a
 * burst ends and a portion is whole: where that alone is a slice, it warms up
 * what has never run.
 */
static uint64_t warmup_of(const struct sy_subject *s, uint64_t warmup,
                          uint64_t operations)
{
	const struct sy_request *r = &s->point->request;
	bool whole = r->mechanism || r->workload->portion;

	if (warmup && r->mechanism)
		warmup = sy_subject_allowed(s, warmup);
	else
		warmup = sy_subject_whole(s->point, warmup);
	if (warmup < operations)
		return warmup;
	return s->ran && whole ? 0 : operations;
}

/* A few tasks will do to warm up, fewer than there are lanes among them. */
static int run(struct sy_subject *s, uint64_t warmup, struct sy_slice *slice,
               struct sy_reason *reason)
{
	uint64_t ignored_ns;
	int error;

	if (is_held(s))
		return sy_subject_hold(s, slice, reason);
	error = sy_subject_first(s, reason);
	warmup = warmup_of(s, warmup, slice->operations);
	if (!error && warmup)
		error = timed_run(s, warmup, &ignored_ns, reason);
	if (!error && warmup)
		error = settle(s, NULL, reason);
	return error ? error : measure(s, slice, reason);
}

int sy_subject_run(struct sy_subject *s, uint64_t operations, uint64_t warmup,
                   struct sy_slice *slice, struct sy_reason *reason)
{
	uint64_t extra;
	int error;

	memset(slice, 0, sizeof(*slice));
	slice->operations = sy_subject_allowed(s, operations);
	error = sy_extra_operations(s->point, slice->operations, &s->extra_owed,
	                            &extra, reason);
	if (error)
		return error;
	slice->performed = slice->operations + extra;
	if (s->awake)
		sy_awake_set(s->awake, true);
	error = run(s, warmup, slice, reason);
	if (s->awake)
		sy_awake_set(s->awake, false);
	if (!error && s->awake && sy_awake_check(s->awake))
		error = sy_reason(reason, -ECHILD, "a hold-awake spinner died");
	return error;
}
