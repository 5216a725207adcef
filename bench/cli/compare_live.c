/* SPDX-License-Identifier: MIT */
/*
 * compare_live.c - two programs: which points, on this machine, how long.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/compare.h"
#include "cli/progress.h"
#include "compare/live.h"
#include "host/limits.h"

struct live {
	struct sy_options *options;
	struct sy_comparison *comparison;
	struct sy_plan plan;
	struct sy_topology *topology;
	struct sy_monitor monitor;
	char suite[PATH_MAX], paths[SY_SIDES][PATH_MAX];
};

static int no_memory(void)
{
	return sy_complain(SY_EXIT_REFUSED, "no memory");
}

/* The ready suite by its own path: a file of that name that happens to be here
   is only meant where it is named. */
static int choose(struct live *live)
{
	struct sy_options *options = live->options;
	char folder[PATH_MAX];

	if (!options->file) {
		if (snprintf(live->suite, sizeof(live->suite), "%s/compare.ini",
		             sy_sweeps_dir(folder)) >= (int)sizeof(live->suite))
			return sy_complain(SY_EXIT_REFUSED,
			                   "compare.ini: its path is too long");
		options->file = live->suite;
	}
	return sy_choose_points(&live->plan, options);
}

/* The names, and what this machine does not have. */
static int take_points(struct live *live, const struct sy_result *results,
                       size_t *here)
{
	struct sy_comparison *c = live->comparison;

	if (sy_comparison_reserve(c, live->plan.count))
		return no_memory();
	for (size_t i = 0; i < live->plan.count; i++) {
		c->points[i].name = strdup(live->plan.points[i].name);
		if (!c->points[i].name)
			return no_memory();
		if (results[i].state == SY_ABSENT) {
			c->points[i].outcome = SY_OUTCOME_ABSENT;
			c->points[i].reason = results[i].reason;
		}
		*here += results[i].state != SY_ABSENT;
	}
	return 0;
}

static int resolve(struct live *live, size_t *here)
{
	struct sy_result *results = calloc(live->plan.count, sizeof(*results));
	int status =
		results ? sy_here_resolve(live->topology, &live->plan, results)
			: no_memory();

	/* What cannot be measured cannot be compared. */
	if (status == SY_EXIT_NOTHING)
		status = SY_EXIT_POINT;
	if (!status)
		status = take_points(live, results, here);
	free(results);
	return status;
}

static void set_plan(struct live *live, size_t here)
{
	const struct sy_options *options = live->options;
	struct sy_plan *plan = &live->plan;

	plan->seed = options->seed;
	plan->budget_ns = options->budget_ns ? options->budget_ns
	                                     : here * SY_COMPARE_POINT_NS;
	if (options->limit_ns)
		plan->limit_ns = options->limit_ns;
	live->comparison->seed = plan->seed;
	live->comparison->budget_ns = plan->budget_ns;
}

static int open_machine(struct live *live, json_t **machine)
{
	struct sy_comparison *c = live->comparison;
	char id[SY_MACHINE_ID_BYTES], line[SY_MACHINE_LINE_BYTES];
	int error, status;

	sy_limits_raise();
	error = sy_monitor_open(&live->monitor);
	if (error)
		return sy_complain(SY_EXIT_REFUSED,
		                   "cannot watch for signals: %s",
		                   strerror(-error));
	status = sy_here_open(&live->topology, machine, id);
	if (status)
		return status;
	sy_machine_line(*machine, line);
	c->machine = strdup(line);
	c->machine_id = strdup(id);
	return c->machine && c->machine_id ? 0 : no_memory();
}

static int prepare(struct live *live, json_t **machine)
{
	struct sy_reason reason;
	size_t here = 0;
	int status = choose(live);

	if (!status)
		status = open_machine(live, machine);
	if (!status)
		status = resolve(live, &here);
	if (status)
		return status;
	set_plan(live, here);
	return sy_plan_check(&live->plan, &reason)
	               ? sy_complain(SY_EXIT_USAGE, "%s", reason.text)
	               : 0;
}

static int watch(void *data, const struct sy_progress *progress)
{
	struct live *live = data;

	return sy_monitor_show(&live->monitor, progress);
}

/* exec would look for a name without a slash in PATH. */
static const char *path_of(struct live *live, enum sy_side side)
{
	const char *given = live->comparison->sides[side].path;

	if (strchr(given, '/'))
		return given;
	snprintf(live->paths[side], sizeof(live->paths[side]), "./%s", given);
	return live->paths[side];
}

static int status_of(int error)
{
	switch (error) {
	case -ENOEXEC:
		return SY_EXIT_USAGE;
	case -EPROTO:
	case -EXDEV:
	case -EIO: /* OLD fails at what all is sized by */
		return SY_EXIT_POINT;
	default:
		return SY_EXIT_REFUSED;
	}
}

/* What to do about it, where the reason does not say. */
static const char *advice(int error, const struct sy_reason *reason)
{
	if (error == -ENOEXEC)
		return "; give the path of a switchyard program";
	if (error == -EXDEV && !strstr(reason->text, "--anyway"))
		return "; --anyway compares them all the same";
	return "";
}

static int measure(struct live *live)
{
	const struct sy_options *options = live->options;
	struct sy_reason reason = { "" };
	struct sy_live how = {
		.plan = &live->plan,
		.width = options->width >= 0 ? options->width : SY_WIDTH,
		.anyway = options->anyway,
		.programs = { path_of(live, SY_OLD), path_of(live, SY_NEW) },
		.cancel_fd = live->monitor.signal_fd,
		.progress = watch,
		.data = live,
	};
	int error = sy_compare_live(&how, live->comparison, &reason);

	sy_monitor_end(&live->monitor);
	/* That the reader of standard output has gone is no interruption,
	   where nothing is kept that would then say it is whole. */
	if (live->monitor.output_closed && !options->json && !options->github)
		live->comparison->interrupted = false;
	if (!error)
		return 0;
	return sy_complain(status_of(error), "%s%s",
	                   reason.text[0] ? reason.text : strerror(-error),
	                   advice(error, &reason));
}

int sy_compare_programs(struct sy_options *options,
                        struct sy_comparison *comparison, json_t **machine)
{
	struct live live = {
		.options = options,
		.comparison = comparison,
		.monitor.signal_fd = -1,
	};
	int status;

	comparison->live = true;
	sy_plan_init(&live.plan);
	status = prepare(&live, machine);
	if (!status)
		status = measure(&live);
	if (live.topology)
		sy_topology_close(live.topology);
	sy_monitor_close(&live.monitor);
	sy_plan_free(&live.plan);
	return status;
}
