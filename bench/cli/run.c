/* SPDX-License-Identifier: MIT */
/*
 * run.c - points by filter and flags.
 */
#include "cli/cli.h"

/* Where no budget is given: time for a point, of all sets together. */
#define POINT_NS UINT64_C(1000000000)

static int run(int argc, char **argv)
{
	struct sy_options options;
	struct sy_plan plan;
	int status = sy_options_parse(&options, &sy_verb_run, argc, argv, true);

	if (status)
		return status;
	sy_plan_init(&plan);
	plan.seed = options.seed;
	if (options.limit_ns)
		plan.limit_ns = options.limit_ns;
	if (options.sets)
		plan.sets = (unsigned)options.sets;
	status = sy_choose_points(&plan, &options);
	if (!status) {
		plan.budget_ns = options.budget_ns ? options.budget_ns
		                                   : POINT_NS * plan.count;
		status = sy_carry_out(&plan, &options, "run");
	}
	sy_plan_free(&plan);
	return status;
}

const struct sy_verb sy_verb_run = {
	.name = "run",
	.usage = "run [FILTER] [--model M,...] [--workload W,...] ...",
	.summary = "points by filter and flags, or their product",
	.help = "FILTER is an extended regular expression over point names.  "
		"Without any of the\nfirst group of options it chooses from "
		"the tour's points, else from the product\nof the lists that "
		"are given, each separated by commas.\n\n"
		"  --model LIST      models by name, or all\n"
		"  --workload LIST   cpu, wait, io, switch, or all\n"
		"  --inflight LIST   tasks in flight (default 64)\n"
		"  --grain LIST      cpu: work a task, to 100ms (default "
		"100us)\n"
		"  --wait LIST       wait, io: time to wait, to 10s (default "
		"2ms)\n"
		"  --placement LIST  none, compact, spread, one-pu, or PUs as "
		"0,2-3 (default\n                    one-pu)\n"
		"  --request LIST    io: bytes of a request (default 64)\n"
		"  --reply LIST      io: bytes of a reply (default 64)\n"
		"  --transport T     io: unix (default) or tcp, on loopback\n"
		"  --server PU       io: a PU of the server's own, or shared "
		"(default)\n"
		"  --window LIST     pool: tasks submitted ahead, a power of "
		"two (default 1024)\n"
		"  --hold-awake      keep the PUs out of idle with a spinner "
		"of lowest priority\n\n"
		"  --budget TIME     how long to measure (default 1s a point)\n"
		"  --sets N          fresh sets of workers a point (default "
		"5)\n" SY_HELP_MEASURE,
	.run = run,
};
