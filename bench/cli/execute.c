/* SPDX-License-Identifier: MIT */
/*
 * execute.c - a plan carried out: folder, measuring, results, tables, figures.
 *
 * Everything that was measured is kept, whatever stops the rest: the journal
 * as it grows, and results.json from what there is at the end.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/execute.h"
#include "engine/record.h"
#include "host/identity.h"
#include "host/limits.h"
#include "results/figures.h"
#include "results/journal.h"
#include "results/summary.h"

static int write_record(void *data, json_t *record, struct sy_reason *reason)
{
	struct sy_execution *x = data;

	return sy_run_append(x->run, record, reason);
}

static int watch(void *data, const struct sy_progress *progress)
{
	struct sy_execution *x = data;

	return sy_monitor_show(&x->monitor, progress);
}

static int resolve(struct sy_execution *x)
{
	if (sy_session_init(&x->session, x->plan))
		return sy_complain(SY_EXIT_REFUSED, "no memory");
	return sy_here_resolve(x->topology, x->plan, x->session.points);
}

/* NULL: no memory; half a plan would be one that nobody can go on with. */
static json_t *plan_json(const struct sy_execution *x)
{
	json_t *json = json_copy(x->about), *plan = sy_plan_to_json(x->plan);

	if (json_object_update(json, plan)) {
		json_decref(json);
		json = NULL;
	}
	json_decref(plan);
	return json;
}

/* The points that this machine does not have; no driver says it again. */
static int tell_absent(struct sy_execution *x, struct sy_reason *reason)
{
	int error = 0;

	for (size_t i = 0; i < x->plan->count && !error; i++) {
		const struct sy_result *result = &x->session.points[i];
		struct sy_record state = {
			.kind = SY_RECORD_STATED,
			.at_ns = sy_clock_ns(),
			.point = i,
			.state = result->state,
			.reason = result->reason,
		};

		if (result->state == SY_ABSENT)
			error = sy_run_append(
				x->run, sy_record_to_json(&state, x->plan),
				reason);
	}
	return error;
}

/* Where there is a plan, there is all that a resumed run has to know. */
static int write_begin(struct sy_execution *x, struct sy_reason *reason)
{
	char *xml = NULL;
	int error =
		sy_run_append(x->run, sy_journal_header(x->machine_id), reason);

	if (!error)
		error = tell_absent(x, reason);
	if (!error)
		error = sy_run_sync(x->run, reason);
	if (!error)
		error = sy_run_write_json(x->run, "machine.json",
		                          json_incref(x->machine), reason);
	if (!error && !sy_topology_export(x->topology, &xml))
		error = sy_run_write_text(x->run, "topology.xml", xml, reason);
	free(xml);
	if (!error)
		error = sy_run_write_json(x->run, "plan.json", plan_json(x),
		                          reason);
	return error;
}

static int begin_run(struct sy_execution *x, const char *verb)
{
	const char *label = x->options->label ? x->options->label : verb;
	struct sy_reason reason;
	int error = sy_run_create(&x->run, x->options->results, x->machine_id,
	                          label, &reason);

	if (error)
		return sy_complain(SY_EXIT_REFUSED, "%s", reason.text);
	x->about = json_pack("{ss ss so}", "label", label, "machine_id",
	                     x->machine_id, "program",
	                     sy_program_identity(SY_PROGRAM_PATH));
	if (!x->about)
		return sy_complain(SY_EXIT_REFUSED, "no memory");
	return write_begin(x, &reason)
	               ? sy_complain(SY_EXIT_REFUSED, "%s", reason.text)
	               : 0;
}

/* 130, 5, 4, 3: the first of these that holds. */
static int status_of(const struct sy_execution *x, int failed)
{
	bool wrong = false, bad = false;

	for (size_t i = 0; i < x->plan->count; i++) {
		enum sy_state state = x->session.points[i].state;

		wrong |= state == SY_WRONG;
		bad |= state == SY_FAILED || state == SY_INVALID;
	}
	if (x->stopped && !x->monitor.output_closed)
		return SY_EXIT_INTERRUPTED;
	return wrong    ? SY_EXIT_WRONG
	       : failed ? failed
	       : bad    ? SY_EXIT_POINT
	                : 0;
}

static void complain_of_points(const struct sy_execution *x)
{
	for (size_t i = 0; i < x->plan->count; i++) {
		const struct sy_result *result = &x->session.points[i];

		if (result->state == SY_FAILED || result->state == SY_WRONG ||
		    result->state == SY_INVALID)
			sy_complain(0, "%s %s: %s", x->plan->points[i].name,
			            sy_state_name(result->state),
			            result->reason.text);
	}
}

/* What has no figure is no failure: `why` tells of it, behind the tables. */
static void draw(struct sy_execution *x, const json_t *results,
                 char why[SY_REASON_BYTES])
{
	char scripts[PATH_MAX];
	int error;

	if (!x->options->figures || x->monitor.output_closed)
		return;
	if (x->stopped) {
		sy_complain(0,
		            "no figures of what was stopped; `switchyard plot "
		            "%s` draws them",
		            sy_run_path(x->run));
		return;
	}
	error = sy_figures_draw(results, sy_run_path(x->run),
	                        sy_scripts_dir(scripts), why, SY_REASON_BYTES);
	x->stopped |= error == -EINTR;
	if (error == -ENODATA)
		return;
	if (error)
		sy_complain(0, "no figures: %s", why);
	why[0] = '\0';
}

/* Data that cannot be written where it was asked for is an error; that the
   reader has gone is not. */
static int finish_output(const struct sy_execution *x)
{
	if (fflush(stdout) && errno != EPIPE && !x->monitor.output_closed)
		return sy_complain(SY_EXIT_REFUSED,
		                   "cannot write to standard output: %s",
		                   strerror(errno));
	return 0;
}

/*
 * Into the folder: the plan with its rounds, before the results take memory of
 * its size again; then these.  The journal reaches the disk before anything
 * tells what is in it: results must not outlive the end that they tell of.
 */
static int write_end(struct sy_execution *x, json_t **results,
                     struct sy_reason *reason)
{
	int error = sy_run_sync(x->run, reason);

	if (!error)
		error = sy_run_write_json(x->run, "plan.json", plan_json(x),
		                          reason);
	*results = sy_summary(x->plan, &x->session, x->machine, x->machine_id);
	if (!error)
		error = sy_run_write_json(x->run, "results.json",
		                          json_incref(*results), reason);
	return error ? error : sy_run_publish(x->run, reason);
}

/* Where it is, and how it goes on where it did not come to its end. */
static void print_place(const struct sy_execution *x, bool written)
{
	const char *path = sy_run_path(x->run);

	if (written)
		printf("\nresults in %s\n", path);
	/* A line of its own may be copied whole. */
	if (x->session.interrupted && !access(path, F_OK))
		printf("%sgo on with:\n  switchyard run --resume %s\n",
		       written ? "" : "\n", path);
}

static void print_undrawn(const char *why)
{
	char text[SY_REASON_BYTES + 16];

	if (!*why)
		return;
	snprintf(text, sizeof(text), "no figures: %s", why);
	fputc('\n', stdout);
	sy_print_wrapped(stdout, 0, 2, text);
}

int sy_execution_finish(struct sy_execution *x, int failed)
{
	char undrawn[SY_REASON_BYTES] = "";
	struct sy_reason reason;
	json_t *results;
	int error = write_end(x, &results, &reason);

	if (error && !failed)
		failed = sy_complain(SY_EXIT_REFUSED, "%s", reason.text);
	if (!results)
		return failed;
	if (!failed)
		draw(x, results, undrawn);
	complain_of_points(x);
	sy_report(stdout, results, x->machine);
	print_undrawn(undrawn);
	print_place(x, !error);
	json_decref(results);
	error = finish_output(x);
	return status_of(x, failed ? failed : error);
}

static int measure(struct sy_execution *x)
{
	struct sy_reason reason = { "" };
	struct sy_hooks hooks = {
		.program = SY_PROGRAM_PATH,
		.cancel_fd = x->monitor.signal_fd,
		.journal = write_record,
		.progress = watch,
		.data = x,
	};
	int error = sy_measure(x->plan, &hooks, &x->session, &reason);

	sy_monitor_end(&x->monitor);
	/* Where memory is short, not even a reason is made. */
	if (error)
		return sy_complain(SY_EXIT_REFUSED, "%s",
		                   reason.text[0] ? reason.text
		                                  : strerror(-error));
	return 0;
}

int sy_execution_measure(struct sy_execution *x)
{
	int failed = measure(x);

	x->stopped = x->session.interrupted && !failed;
	return sy_execution_finish(x, failed);
}

int sy_execution_open(struct sy_execution *x)
{
	int error;

	sy_limits_raise();
	error = sy_monitor_open(&x->monitor);
	return error ? sy_complain(SY_EXIT_REFUSED,
	                           "cannot watch for signals: %s",
	                           strerror(-error))
	             : sy_here_open(&x->topology, &x->machine, x->machine_id);
}

int sy_execution_close(struct sy_execution *x, int status)
{
	struct sy_reason reason;

	/* Its last samples may fail to reach the disk only here. */
	if (x->run && sy_run_close(x->run, &reason) && !status)
		status = sy_complain(SY_EXIT_REFUSED, "%s", reason.text);
	sy_session_free(&x->session, x->plan);
	json_decref(x->about);
	json_decref(x->machine);
	if (x->topology)
		sy_topology_close(x->topology);
	sy_monitor_close(&x->monitor);
	return status;
}

int sy_carry_out(struct sy_plan *plan, const struct sy_options *options,
                 const char *verb)
{
	struct sy_execution x = { .plan = plan, .options = options };
	int status = sy_execution_open(&x);

	if (!status)
		status = resolve(&x);
	if (!status)
		status = begin_run(&x, verb);
	if (!status)
		status = sy_execution_measure(&x);
	return sy_execution_close(&x, status);
}
