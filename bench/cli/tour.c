/* SPDX-License-Identifier: MIT */
/*
 * tour.c - the models on this machine, within a minute.
 */
#include <string.h>

#include "cli/cli.h"

/* The tour: every point of it comes from this table (docs/method.md has it
   too).  A row is a group for each number in flight. */
static const struct row {
	const char *family;
	uint32_t inflight[5]; /* or contexts, in a family of mechanisms */
	size_t counts;        /* of these */
	uint64_t grain_ns, wait_ns;
	const char *placement;
} rows[] = {
	{ .family = "switch", .counts = 1, .placement = "one-pu" },
	{ .family = "spawn",
	  .inflight = { 1 },
	  .counts = 1,
	  .placement = "one-pu" },
	{ .family = "cpu",
	  .inflight = { 1, 4, 16, 64, 256 },
	  .counts = 5,
	  .grain_ns = 100000,
	  .placement = "spread" },
	{ .family = "io",
	  .inflight = { 1, 4, 16, 64, 256 },
	  .counts = 5,
	  .wait_ns = 2000000,
	  .placement = "one-pu" },
	{ .family = "wait",
	  .inflight = { 256 },
	  .counts = 1,
	  .wait_ns = 10000000,
	  .placement = "one-pu" },
};

/* Fresh sets of workers a point: enough to see that processes differ. */
#define TOUR_SETS 3
#define TOUR_BUDGET_NS UINT64_C(55000000000)

/* Every mechanism of the model that the tour has a row for. */
static int add_mechanisms(struct sy_plan *plan, struct sy_request *request,
                          const char *family)
{
	const struct sy_mechanism *const *row = request->model->mechanisms;
	int error = 0;

	for (; row && *row && !error; row++) {
		if (!(*row)->in_tour ||
		    strcmp(sy_family_name((*row)->family), family))
			continue;
		request->mechanism = *row;
		error = sy_plan_add(plan, request);
	}
	return error;
}

static int add_row(struct sy_plan *plan, const struct row *row,
                   uint32_t inflight, const struct sy_model *model)
{
	struct sy_request request;

	if (model->by_name)
		return 0;
	sy_request_default(&request);
	request.model = model;
	request.workload = sy_workload_find(row->family);
	request.inflight = inflight;
	request.grain_ns = row->grain_ns ? row->grain_ns : request.grain_ns;
	request.wait_ns = row->wait_ns ? row->wait_ns : request.wait_ns;
	snprintf(request.placement, sizeof(request.placement), "%s",
	         row->placement);
	if (!request.workload) {
		request.contexts = inflight;
		request.inflight = 1;
		return add_mechanisms(plan, &request, row->family);
	}
	/* A plain loop has one wait in flight, whatever is asked for. */
	if (model->alone && strcmp(row->family, "cpu") && inflight > 1)
		return 0;
	return sy_plan_add(plan, &request);
}

int sy_tour_points(struct sy_plan *plan)
{
	int error = 0;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (size_t j = 0; j < rows[i].counts; j++)
			for (size_t m = 0; sy_models[m] && !error; m++)
				error = add_row(plan, &rows[i],
				                rows[i].inflight[j],
				                sy_models[m]);
	return error;
}

static int tour(int argc, char **argv)
{
	struct sy_options options;
	struct sy_plan plan;
	int status =
		sy_options_parse(&options, &sy_verb_tour, argc, argv, false);

	if (status)
		return status;
	sy_plan_init(&plan);
	plan.sets = options.sets ? (unsigned)options.sets : TOUR_SETS;
	plan.budget_ns = options.budget_ns ? options.budget_ns : TOUR_BUDGET_NS;
	plan.seed = options.seed;
	if (options.limit_ns)
		plan.limit_ns = options.limit_ns;
	if (sy_tour_points(&plan))
		status = sy_complain(SY_EXIT_REFUSED, "no memory");
	else
		status = sy_carry_out(&plan, &options, "tour");
	sy_plan_free(&plan);
	return status;
}

const struct sy_verb sy_verb_tour = {
	.name = "tour",
	.usage = "tour [--budget 55s]",
	.summary = "the models on this machine: tables, verdicts, figures",
	.help = "Measures every model on CPU-bound and I/O-bound tasks and "
		"hand-offs\nand creation of each, prints tables and verdicts, "
		"and "
		"leaves a folder of\nresults.\n\n"
		"  --budget TIME     how long to measure (default 55s)\n"
		"  --sets N          fresh sets of workers a point (default "
		"3)\n" SY_HELP_MEASURE,
	.run = tour,
};
