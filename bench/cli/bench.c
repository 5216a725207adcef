/* SPDX-License-Identifier: MIT */
/*
 * bench.c - the points through Google Benchmark, whose flags choose, repeat
 * and report.
 *
 * What is wrong is an error row with the reason, so that a report is whole
 * whatever happened, and the exit status says it too.
 */
#include "cli/bench.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "benchmark_c.h"
#include "cli/cli.h"
#include "cli/execute.h"
#include "host/limits.h"

/* The filter's names are longer than those of points. */
static const char names_hint[] =
	"; --benchmark_list_tests prints the names that it is matched with";

static int watch(void *data, const struct sy_progress *progress)
{
	struct sy_bench *bench = data;

	return sy_monitor_name(&bench->monitor, progress->group_name);
}

/* The flags of both, and the points that they choose. */
static int prepare(struct sy_bench *bench, int argc, char **argv)
{
	char why[BMC_WHY_BYTES];
	struct sy_options options;
	struct sy_reason reason;
	int status;

	/* The program's name as it is in the context of a run's results. */
	argv[0] = (char *)"switchyard";
	if (bmc_read_flags(&argc, argv, why, sizeof(why)))
		return sy_complain(SY_EXIT_USAGE, "%s", why);
	status = sy_options_parse(&options, &sy_verb_bench, argc, argv, true);
	if (status)
		return status;
	status = sy_choose_points(&bench->plan, &options);
	if (status)
		return status;
	if (options.limit_ns)
		bench->plan.limit_ns = options.limit_ns;
	if (sy_plan_check(&bench->plan, &reason))
		return sy_complain(SY_EXIT_USAGE, "%s", reason.text);
	bmc_default_random_interleaving(true);
	bmc_plain_names(true);
	if (sy_bench_register(bench, &reason))
		return sy_complain(SY_EXIT_REFUSED, "%s", reason.text);
	return 0;
}

static int open_machine(struct sy_bench *bench)
{
	int status, error;

	sy_limits_raise();
	error = sy_monitor_open(&bench->monitor);
	if (error)
		return sy_complain(SY_EXIT_REFUSED,
		                   "cannot watch for signals: %s",
		                   strerror(-error));
	status = sy_here_open(&bench->topology, &bench->machine,
	                      bench->machine_id);
	if (!status && sy_session_init(&bench->session, &bench->plan))
		status = sy_complain(SY_EXIT_REFUSED, "no memory");
	if (!status)
		status = sy_here_resolve(bench->topology, &bench->plan,
		                         bench->session.points);
	if (!status && sy_bench_context(bench))
		status = sy_complain(SY_EXIT_REFUSED, "no memory");
	return status;
}

static int open_demand(struct sy_bench *bench)
{
	int error;

	bench->hooks = (struct sy_hooks){
		.program = SY_PROGRAM_PATH,
		.cancel_fd = bench->monitor.signal_fd,
		.progress = watch,
		.data = bench,
	};
	error = sy_demand_open(&bench->demand, &bench->plan, &bench->hooks,
	                       &bench->session);
	return error ? sy_complain(SY_EXIT_REFUSED,
	                           "cannot prepare for workers: %s",
	                           strerror(-error))
	             : 0;
}

/* Points that are wrong, one line each; how many rows were of which state. */
static void complain_of_points(const struct sy_bench *bench, size_t *counts)
{
	for (size_t i = 0; i < bench->plan.count; i++) {
		const struct sy_bench_point *point = &bench->points[i];

		counts[point->state]++;
		if (point->state != SY_PLANNED && point->state != SY_MEASURED)
			sy_complain(0, "%s %s: %s", bench->plan.points[i].name,
			            sy_state_name(point->state),
			            point->reason.text);
	}
}

/* 130, 5, 4, 3: the first of these that holds; 77 where all is absent. */
static int status_of(const struct sy_bench *bench, int failed,
                     const struct bmc_totals *totals, const size_t *counts)
{
	if (bench->error == -ECANCELED && !bench->monitor.output_closed)
		return SY_EXIT_INTERRUPTED;
	if (counts[SY_WRONG])
		return SY_EXIT_WRONG;
	if (failed || bench->error == -ECANCELED)
		return failed;
	if (counts[SY_ABSENT] && !counts[SY_MEASURED] && !counts[SY_FAILED] &&
	    !counts[SY_INVALID])
		return SY_EXIT_NOTHING;
	return bmc_exit_status(0, totals);
}

static int run(struct sy_bench *bench)
{
	size_t counts[SY_WRONG + 1] = { 0 };
	struct bmc_totals totals = { 0 };
	char why[BMC_WHY_BYTES];
	int error = bmc_run(NULL, &totals, why, sizeof(why)), status = 0;

	complain_of_points(bench, counts);
	/* That the reader of standard output has gone is no error. */
	if (error == -EIO && sy_monitor_output_closed(&bench->monitor))
		error = 0;
	if (error)
		status = sy_complain(bmc_exit_status(error, &totals), "%s%s",
		                     why, error == -ENOENT ? names_hint : "");
	if (!status && bench->error && bench->error != -ECANCELED)
		status = sy_complain(SY_EXIT_REFUSED, "%s", bench->reason.text);
	return status_of(bench, status, &totals, counts);
}

static void release(struct sy_bench *bench)
{
	if (bench->demand)
		sy_demand_close(bench->demand);
	bmc_clear();
	sy_session_free(&bench->session, &bench->plan);
	json_decref(bench->machine);
	if (bench->topology)
		sy_topology_close(bench->topology);
	sy_monitor_close(&bench->monitor);
	sy_plan_free(&bench->plan);
	free(bench->points);
}

static int bench(int argc, char **argv)
{
	struct sy_bench bench = { .monitor.signal_fd = -1 };
	int status;

	sy_plan_init(&bench.plan);
	status = prepare(&bench, argc, argv);
	if (!status)
		status = open_machine(&bench);
	if (!status)
		status = open_demand(&bench);
	if (!status)
		status = run(&bench);
	release(&bench);
	return status;
}

const struct sy_verb sy_verb_bench = {
	.name = "bench",
	.usage = "bench [FILTER] [FILE.ini] [--benchmark_...]",
	.summary = "points through Google Benchmark, with its flags and report",
	.help = "FILTER, FILE.ini and the options that choose points are those "
		"of `run`; --limit\nis, too.  Every point is a benchmark: an "
		"iteration is an operation, the time is\nwhat the workers "
		"took, and each repetition has a worker of its own.  The "
		"order\nof repetitions is random unless "
		"--benchmark_enable_random_interleaving=false.\n\n"
		"  --benchmark_filter=REGEX      of the points, only these; "
		"-REGEX: all others\n"
		"  --benchmark_list_tests        their names\n"
		"  --benchmark_repetitions=N     9 or more for compare.py\n"
		"  --benchmark_min_time=SECONDS  of a repetition (default "
		"0.5)\n"
		"  --benchmark_format=F          console, json or csv, on "
		"standard output\n"
		"  --benchmark_out=FILE          as well; in "
		"--benchmark_out_format=F\n\n"
		"and Google Benchmark's others.  Where the first argument is "
		"no verb and one is\n--benchmark_*, `bench` is meant: "
		"compare.py can be given this program.\n",
	.run = bench,
};
