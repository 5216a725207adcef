/* SPDX-License-Identifier: MIT */
/*
 * run.c - points by filter and flags.
 */
#include "cli/cli.h"

/* As precise as an estimate is. */
static void print_time(uint64_t ns)
{
	unsigned long long seconds = (ns + 999999999) / 1000000000;
	unsigned long long minutes = (seconds + 30) / 60;

	if (seconds <= 300)
		printf("about %llu s", seconds);
	else if (minutes <= 120)
		printf("about %llu min", minutes);
	else
		printf("about %llu h %llu min", minutes / 60, minutes % 60);
}

/* What no machine like this one, or no such model, has.  Placements are
   not looked for. */
static void print_absent(const struct sy_plan *plan)
{
	const char *before = "\n";

	for (size_t i = 0; i < plan->count; i++) {
		const struct sy_point *point = &plan->points[i];
		const char *absent = sy_request_absent(&point->request);

		if (!absent)
			continue;
		printf("%snot available: %s: %s\n", before, point->name,
		       absent);
		before = "";
	}
}

/* What would be measured, and how long that would take. */
static void print_plan(const struct sy_plan *plan)
{
	size_t groups = sy_plan_group_count(plan);

	for (size_t i = 0; i < plan->count; i++)
		puts(plan->points[i].name);
	print_absent(plan);
	printf("\n%zu point%s in %zu group%s, %u set%s: ", plan->count,
	       plan->count == 1 ? "" : "s", groups, groups == 1 ? "" : "s",
	       plan->sets, plan->sets == 1 ? "" : "s");
	print_time(sy_plan_expected_ns(plan));
	putchar('\n');
}

static void set_plan(struct sy_plan *plan, const struct sy_options *options)
{
	plan->seed = options->seed;
	if (options->limit_ns)
		plan->limit_ns = options->limit_ns;
	if (options->sets)
		plan->sets = (unsigned)options->sets;
	plan->budget_ns = options->budget_ns ? options->budget_ns
	                                     : sy_plan_usual_budget(plan);
}

static int run(int argc, char **argv)
{
	struct sy_options options;
	struct sy_reason reason;
	struct sy_plan plan;
	int status = sy_options_parse(&options, &sy_verb_run, argc, argv, true);

	if (status)
		return status;
	if (options.resume)
		return sy_resume(&options);
	sy_plan_init(&plan);
	status = sy_choose_points(&plan, &options);
	if (!status) {
		set_plan(&plan, &options);
		if (sy_plan_check(&plan, &reason))
			status = sy_complain(SY_EXIT_USAGE, "%s", reason.text);
		else if (options.dry_run)
			print_plan(&plan);
		else
			status = sy_carry_out(&plan, &options, "run");
	}
	sy_plan_free(&plan);
	return status;
}

const struct sy_verb sy_verb_run = {
	.name = "run",
	.usage = "run [FILTER] [FILE.ini] [--model M,...] [--dry-run] ...",
	.summary = "points by filter, by flags, or of a sweep file",
	.help = "FILTER is an extended regular expression over point names.  "
		"FILE.ini is a sweep:\nsections of points, each the product of "
		"its lists; without a folder in its name\nit may be a ready "
		"one (`switchyard list sweeps`).  docs/sweeps.md says more.\n"
		"Without a sweep and any of the first group of options the "
		"filter chooses from\nthe tour's points, else from the product "
		"of the lists.\n\n"
		"A list has values and ranges, separated by commas: 1,2,4 or "
		"1..4096*2 or\n10us..1ms*10 or 0..100+10.\n\n"
		"  --model LIST      models by name, or all\n"
		"  --workload LIST   cpu, wait, io, lock, gate, event, "
		"condition, timer,\n                    share, fetch, switch, "
		"spawn, idle, or all\n"
		"  --inflight LIST   tasks in flight (default 64)\n"
		"  --grain LIST      cpu: work a task, to 100ms (default "
		"100us)\n"
		"  --wait LIST       wait, io, timer: time to wait, to 10s "
		"(default 2ms);\n                    gate: in a section "
		"(default 0)\n"
		"  --placement LIST  none, compact, spread, one-pu (default), "
		"siblings, same-l3,\n                    other-package, or "
		"PUs as 0,2-3; switch: matrix,\n                    each PU "
		"and every two\n"
		"  --request LIST    io: bytes of a request (default 64)\n"
		"  --reply LIST      io: bytes of a reply (default 64)\n"
		"  --transport LIST  io: unix (default) or tcp, on loopback\n"
		"  --server LIST     io, fetch: a PU of the server's own, or "
		"shared (default)\n"
		"  --window LIST     pool: tasks submitted ahead, a power of "
		"two (default 1024)\n"
		"  --mechanism LIST  switch, spawn, idle, lock, share: "
		"mechanisms by name, or all\n"
		"  --ring LIST       switch: contexts in a ring, or no: two "
		"that hand over from\n                    two places "
		"(default)\n"
		"  --working-set LIST  switch: bytes that a context works on "
		"before it hands\n                    over (default 0)\n"
		"  --burst LIST      spawn: contexts alive at once (default "
		"1)\n"
		"  --contexts LIST   idle: contexts that wait (default "
		"10000)\n"
		"  --stack LIST      spawn, idle: bytes of a stack, or own "
		"(default): what the\n                    mechanism uses\n"
		"  --resident LIST   spawn: bytes of memory that the creator "
		"has written\n                    (default 0)\n"
		"  --huge-pages      spawn: that memory in huge pages\n"
		"  --inside LIST     lock, gate: work inside a section, to "
		"100ms (default 0)\n"
		"  --outside LIST    lock, gate: work between two (default "
		"0)\n"
		"  --sections LIST   lock, gate, share: sections of a task "
		"(default 1000)\n"
		"  --units LIST      gate: inside at once, at most (default "
		"5)\n"
		"  --notify LIST     condition: woken at once (default 1)\n"
		"  --cells LIST      share: numbers in the array, a power of "
		"two (default 1024)\n"
		"  --body LIST       fetch: bytes of a body (default 4KiB)\n"
		"  --connection LIST fetch: keep (default) or fresh, a "
		"connection a request\n"
		"  --timeout LIST    fetch: of a request, 1ms to 60s (default "
		"5s)\n"
		"  --url ADDRESS     fetch: from this server, http://..., and "
		"not from ours\n"
		"  --hold-awake      keep the PUs out of idle with a spinner "
		"of lowest priority\n\n"
		"With a sweep these hold in all its sections, instead of what "
		"the file says.\n\n"
		"  --section NAME,.. only these sections of the sweep\n"
		"  --set KEY=VALUE   the same as --KEY VALUE\n"
		"  --max-points N    refuse more points than that (default "
		"10000)\n"
		"  --dry-run         print the points and the time that they "
		"need\n\n"
		"  --budget TIME     how long to measure (default 1s a point)\n"
		"  --sets N          fresh sets of workers a point (default "
		"5)\n" SY_HELP_MEASURE "\n"
		"  --resume RUN      go on with a run that was stopped, a "
		"folder of results; of\n                    the other options "
		"it takes only --no-figures\n",
	.run = run,
};
