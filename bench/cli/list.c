/* SPDX-License-Identifier: MIT */
/*
 * list.c - what there is to choose from.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "sweep/matrix.h"
#include "sweep/sweep.h"

/* The comment that a ready sweep begins with is within its first bytes. */
#define SWEEP_BYTES_MAX (1 << 20)

/* A name in a column of its own, and what it is. */
static void print_entry(const char *name, const char *summary)
{
	printf("%-18s ", name);
	sy_print_wrapped(stdout, 19, 19, summary);
}

static void print_mechanism(const struct sy_model *model,
                            const struct sy_mechanism *mechanism)
{
	const char *absent = mechanism->absent ? mechanism->absent() : NULL;
	char name[80];

	snprintf(name, sizeof(name), "%s/%s.%s",
	         sy_family_name(mechanism->family), model->name,
	         mechanism->name);
	printf("%-29s ", name);
	sy_print_wrapped(stdout, 30, 30, mechanism->summary);
	if (absent) {
		printf("%-29s not here: ", "");
		sy_print_wrapped(stdout, 40, 30, absent);
	}
}

/* Why tasks cannot be had here, whatever the model; or NULL. */
static const char *absent_of(const struct sy_workload *workload, unsigned way)
{
	struct sy_load load;
	struct sy_request r;

	sy_request_default(&r);
	r.workload = workload;
	r.way = way;
	sy_request_load(&r, &load);
	return workload->absent ? workload->absent(&load) : NULL;
}

/* Of tasks, whatever model carries them out: "lock/none". */
static void print_way(const struct sy_workload *workload, unsigned place)
{
	const struct sy_way *way = &workload->ways[place];
	const char *absent = absent_of(workload, place);
	char name[80];

	snprintf(name, sizeof(name), "%s/%s", workload->name, way->name);
	printf("%-29s ", name);
	sy_print_wrapped(stdout, 30, 30, way->summary);
	if (absent) {
		printf("%-29s not here: ", "");
		sy_print_wrapped(stdout, 40, 30, absent);
	}
}

static void list_models(void)
{
	for (size_t i = 0; sy_models[i]; i++) {
		const struct sy_model *model = sy_models[i];
		const char *absent = model->absent ? model->absent() : NULL;

		print_entry(model->name, model->summary);
		if (model->by_name)
			printf("%-18s only where it is named\n", "");
		if (absent) {
			printf("%-18s not here: ", "");
			sy_print_wrapped(stdout, 29, 19, absent);
		}
	}
}

/* "switch/threads.condition" and what it is; the families one by one, then
   workloads. */
static void list_mechanisms(void)
{
	for (enum sy_family f = SY_SWITCH; f <= SY_IDLE; f++)
		for (size_t m = 0; sy_models[m]; m++) {
			const struct sy_mechanism *const *row =
				sy_models[m]->mechanisms;

			for (; row && *row; row++)
				if ((*row)->family == f)
					print_mechanism(sy_models[m], *row);
		}
	for (size_t w = 0; sy_workloads[w]; w++) {
		const struct sy_way *ways = sy_workloads[w]->ways;

		for (unsigned i = 0; ways && ways[i].name; i++)
			print_way(sy_workloads[w], i);
	}
}

/* The models that cannot carry its tasks out, and why. */
static void print_lacking(const struct sy_workload *workload)
{
	struct sy_request r;

	sy_request_default(&r);
	r.workload = workload;
	for (size_t m = 0; sy_models[m]; m++) {
		const char *lack;
		char text[200];

		r.model = sy_models[m];
		lack = r.model->absent && r.model->absent()
		               ? NULL
		               : sy_request_absent(&r);
		if (!lack)
			continue;
		snprintf(text, sizeof(text), "not under %s: %s", r.model->name,
		         lack);
		printf("%-18s ", "");
		sy_print_wrapped(stdout, 19, 19, text);
	}
}

/* What can be had under no model is said once; by its first mechanism. */
static void print_workload(const struct sy_workload *workload)
{
	const char *absent = absent_of(workload, 0);

	print_entry(workload->name, workload->summary);
	if (!absent) {
		print_lacking(workload);
		return;
	}
	printf("%-18s not here: ", "");
	sy_print_wrapped(stdout, 29, 19, absent);
}

static void list_workloads(void)
{
	for (size_t i = 0; sy_workloads[i]; i++)
		print_workload(sy_workloads[i]);
	print_entry("switch", "contexts hand a token to one another");
	print_entry("spawn", "contexts are created and ended");
	print_entry("idle", "contexts exist and wait: what memory they take");
}

static void list_placements(void)
{
	for (const struct sy_placement_kind *kind = sy_placement_kinds;
	     kind->name; kind++)
		print_entry(kind->name, kind->summary);
	print_entry(SY_MATRIX, "of hand-offs: a point on each PU, and between "
	                       "every two in both directions");
	print_entry("0,2-3", "these PUs, by OS index, in this order");
}

static int list_points(int argc, char **argv)
{
	struct sy_options options;
	struct sy_plan plan;
	int status =
		sy_options_parse(&options, &sy_verb_list, argc, argv, true);

	if (status)
		return status;
	sy_plan_init(&plan);
	status = sy_choose_points(&plan, &options);
	for (size_t i = 0; i < plan.count && !status; i++)
		puts(plan.points[i].name);
	sy_plan_free(&plan);
	return status;
}

static int is_ini(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);

	return length > 4 && !strcmp(entry->d_name + length - 4, ".ini");
}

/* The first two lines, where they are comments: what it shows, its time. */
static void print_sweep(const char *folder, const char *name)
{
	char path[PATH_MAX], about[400] = "", *text, *rest, *line;
	struct sy_reason reason;
	size_t length;

	if (snprintf(path, sizeof(path), "%s/%s", folder, name) >= PATH_MAX)
		return;
	if (sy_text_read(path, SWEEP_BYTES_MAX, &text, &length, &reason)) {
		print_entry(name, reason.text);
		return;
	}
	rest = text;
	for (int i = 0; i < 2 && (line = strsep(&rest, "\n")); i++) {
		size_t used = strlen(about);

		if (*line == ';' || *line == '#')
			snprintf(about + used, sizeof(about) - used, "%s%s",
			         used ? " " : "", sy_trim(line + 1));
	}
	print_entry(name, about);
	free(text);
}

static int list_sweeps(void)
{
	char room[PATH_MAX];
	const char *folder = sy_sweeps_dir(room);
	struct dirent **names;
	int count = scandir(folder, &names, is_ini, alphasort);

	if (count < 0)
		return sy_complain(SY_EXIT_REFUSED,
		                   "the ready sweeps cannot be read in %s: %s",
		                   sy_path_end(folder), strerror(errno));
	for (int i = 0; i < count; i++) {
		print_sweep(folder, names[i]->d_name);
		free(names[i]);
	}
	free(names);
	return 0;
}

static int list_everything(void)
{
	puts("models");
	list_models();
	puts("\nmechanisms");
	list_mechanisms();
	puts("\nworkloads");
	list_workloads();
	puts("\nplacements");
	list_placements();
	return 0;
}

static int list(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : NULL;

	if (what && !strcmp(what, "points"))
		return list_points(argc - 1, argv + 1);
	if (argc > 2)
		return sy_complain(SY_EXIT_USAGE,
		                   "list: one argument too many: '%s'",
		                   argv[2]);
	if (!what)
		return list_everything();
	if (!strcmp(what, "sweeps"))
		return list_sweeps();
	if (!strcmp(what, "models"))
		list_models();
	else if (!strcmp(what, "mechanisms"))
		list_mechanisms();
	else if (!strcmp(what, "workloads"))
		list_workloads();
	else if (!strcmp(what, "placements"))
		list_placements();
	else
		return sy_complain(SY_EXIT_USAGE,
		                   "list: '%s' is none of models, "
		                   "mechanisms, workloads, placements, "
		                   "sweeps, points",
		                   what);
	return 0;
}

const struct sy_verb sy_verb_list = {
	.name = "list",
	.usage = "list [models|mechanisms|workloads|placements|sweeps|points]",
	.summary = "what there is to choose from",
	.help = "`list points` takes the filter, the sweep file and the "
		"options of `run` that\nchoose points, and prints the names of "
		"those that they choose.  `list sweeps`\nprints the ready "
		"sweeps, which `run NAME.ini` finds from anywhere.\n",
	.run = list,
};
