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

#include "cli/cli.h"
#include "cli/progress.h"
#include "engine/measure.h"
#include "host/limits.h"
#include "host/machine.h"
#include "results/figures.h"
#include "results/run.h"
#include "results/summary.h"

struct execution {
	struct sy_plan *plan;
	const struct sy_options *options;
	struct sy_topology *topology;
	struct sy_session session;
	struct sy_run *run;
	json_t *machine;
	char machine_id[SY_MACHINE_ID_BYTES];
	struct sy_monitor monitor;
};

static int write_sample(void *data, json_t *sample, struct sy_reason *reason)
{
	struct execution *x = data;

	return sy_run_append(x->run, sample, reason);
}

static int watch(void *data, const struct sy_progress *progress)
{
	struct execution *x = data;

	return sy_monitor_show(&x->monitor, progress);
}

static int resolve(struct execution *x)
{
	if (sy_session_init(&x->session, x->plan))
		return sy_complain(SY_EXIT_REFUSED, "no memory");
	return sy_here_resolve(x->topology, x->plan, x->session.points);
}

static int begin_run(struct execution *x, const char *verb)
{
	const char *label = x->options->label ? x->options->label : verb;
	struct sy_reason reason;
	char *xml = NULL;
	int error = sy_run_create(&x->run, x->options->results, x->machine_id,
	                          label, &reason);

	if (!error)
		error = sy_run_append(x->run,
		                      json_pack("{s{si ss}}", "journal",
		                                "schema", 1, "machine_id",
		                                x->machine_id),
		                      &reason);
	if (!error)
		error = sy_run_write_json(x->run, "machine.json",
		                          json_incref(x->machine), &reason);
	if (!error && !sy_topology_export(x->topology, &xml))
		error = sy_run_write_text(x->run, "topology.xml", xml, &reason);
	free(xml);
	if (!error)
		error = sy_run_write_json(x->run, "plan.json",
		                          sy_plan_to_json(x->plan), &reason);
	return error ? sy_complain(SY_EXIT_REFUSED, "%s", reason.text) : 0;
}

/* 130, 5, 4, 1, 3: the first of these that holds. */
static int status_of(const struct execution *x, int failed)
{
	bool wrong = false, bad = false;

	for (size_t i = 0; i < x->plan->count; i++) {
		enum sy_state state = x->session.points[i].state;

		wrong |= state == SY_WRONG;
		bad |= state == SY_FAILED || state == SY_INVALID;
	}
	if (x->session.interrupted && !x->monitor.output_closed)
		return SY_EXIT_INTERRUPTED;
	return wrong    ? SY_EXIT_WRONG
	       : failed ? failed
	       : bad    ? SY_EXIT_POINT
	                : 0;
}

static void complain_of_points(const struct execution *x)
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

static void draw(struct execution *x, const json_t *results)
{
	char why[SY_REASON_BYTES], scripts[PATH_MAX];
	int error;

	if (!x->options->figures || x->monitor.output_closed)
		return;
	error = sy_figures_draw(results, sy_run_path(x->run),
	                        sy_scripts_dir(scripts), why, sizeof(why));
	x->session.interrupted |= error == -EINTR;
	if (error)
		sy_complain(0, "no figures: %s", why);
}

/* Data that cannot be written where it was asked for is an error; that the
   reader has gone is not. */
static int finish_output(const struct execution *x)
{
	if (fflush(stdout) && errno != EPIPE && !x->monitor.output_closed)
		return sy_complain(SY_EXIT_REFUSED,
		                   "cannot write to standard output: %s",
		                   strerror(errno));
	return 0;
}

static int finish(struct execution *x, int failed)
{
	struct sy_reason reason;
	json_t *results =
		sy_summary(x->plan, &x->session, x->machine, x->machine_id);
	int error = 0;

	if (!results)
		return sy_complain(SY_EXIT_REFUSED, "no memory");
	error = sy_run_write_json(x->run, "results.json", json_incref(results),
	                          &reason);
	if (!error)
		error = sy_run_write_json(x->run, "plan.json",
		                          sy_plan_to_json(x->plan), &reason);
	if (!error)
		error = sy_run_publish(x->run, &reason);
	if (error && !failed)
		failed = sy_complain(SY_EXIT_REFUSED, "%s", reason.text);
	if (!failed)
		draw(x, results);
	complain_of_points(x);
	sy_report(stdout, results, x->machine);
	printf("\nresults in %s\n", sy_run_path(x->run));
	json_decref(results);
	error = finish_output(x);
	return failed ? failed : error;
}

static int measure(struct execution *x)
{
	struct sy_reason reason = { "" };
	struct sy_hooks hooks = {
		.program = "/proc/self/exe",
		.cancel_fd = x->monitor.signal_fd,
		.journal = write_sample,
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

/* The journal's last samples may fail to reach the disk only here. */
static int close_run(struct execution *x, int status)
{
	struct sy_reason reason;

	if (!x->run || !sy_run_close(x->run, &reason) || status)
		return status;
	return sy_complain(SY_EXIT_REFUSED, "%s", reason.text);
}

static void release(struct execution *x)
{
	sy_session_free(&x->session, x->plan);
	json_decref(x->machine);
	if (x->topology)
		sy_topology_close(x->topology);
	sy_monitor_close(&x->monitor);
}

int sy_carry_out(struct sy_plan *plan, const struct sy_options *options,
                 const char *verb)
{
	struct execution x = { .plan = plan, .options = options };
	int status;

	sy_limits_raise();
	status = sy_monitor_open(&x.monitor)
	                 ? sy_complain(SY_EXIT_REFUSED,
	                               "cannot watch for signals: %s",
	                               strerror(errno))
	                 : sy_here_open(&x.topology, &x.machine, x.machine_id);
	if (!status)
		status = resolve(&x);
	if (!status)
		status = begin_run(&x, verb);
	if (!status) {
		status = measure(&x);
		status = status_of(&x, finish(&x, status));
	}
	status = close_run(&x, status);
	release(&x);
	return status;
}
