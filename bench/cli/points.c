/* SPDX-License-Identifier: MIT */
/*
 * points.c - from options and sweep files to points.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "engine/filter.h"
#include "results/run.h"
#include "sweep/matrix.h"
#include "sweep/sweep.h"

/* `where` is "my.ini:7: [cpu]" or "the lists"; for a sum over several spaces
   it is the one that went over. */
static int check_count(uint64_t count, const struct sy_options *o,
                       const char *where)
{
	if (count <= o->max_points)
		return 0;
	return sy_complain(SY_EXIT_USAGE,
	                   "%s %llu points%s%s, more than %llu; shorten the "
	                   "lists%s, or raise --max-points",
	                   where, (unsigned long long)count,
	                   count == UINT64_MAX ? " or more" : "",
	                   o->file ? " with those before it" : "",
	                   (unsigned long long)o->max_points,
	                   o->file ? ", choose with --section" : "");
}

static int add_status(int error)
{
	return error ? sy_complain(SY_EXIT_REFUSED, "no memory") : 0;
}

/* `where` stands before a key.  Single values were checked when they were read,
   so but for what does not go together only memory can fail. */
static int read_space(struct sy_space *space, const struct sy_values *values,
                      const char *where)
{
	struct sy_reason reason;
	enum sy_key key;

	if (sy_space_read(space, values, &reason))
		return sy_complain(SY_EXIT_REFUSED, "%s", reason.text);
	if (!sy_space_check(space, &key, &reason))
		return 0;
	sy_space_free(space);
	return sy_complain(SY_EXIT_USAGE, "%s%s: %s", where, sy_key_name(key),
	                   reason.text);
}

static int add_options(struct sy_plan *plan, const struct sy_options *options)
{
	struct sy_space space;
	int status = read_space(&space, &options->shape, "--");

	if (status)
		return status;
	status = check_count(sy_space_count(&space), options, "the lists make");
	if (!status)
		status = add_status(sy_space_add(&space, plan));
	sy_space_free(&space);
	return status;
}

/* What a section says, under what the command line says. */
static int read_section(const struct sy_sweep *sweep,
                        const struct sy_section *section,
                        const struct sy_options *options,
                        struct sy_space *space)
{
	struct sy_values values;
	char where[SY_SECTION_BYTES + 4];

	sy_sweep_values(sweep, section, &values);
	for (enum sy_key key = 0; key < SY_KEYS; key++)
		if (options->shape.text[key])
			values.text[key] = options->shape.text[key];
	snprintf(where, sizeof(where), "[%s] ", section->name);
	return read_space(space, &values, where);
}

/* "a,b" has "b". */
static bool list_has(const char *list, const char *name)
{
	size_t length = strlen(name);

	for (; list; list = strchr(list, ',')) {
		list += *list == ',';
		if (!strncmp(list, name, length) &&
		    (!list[length] || list[length] == ','))
			return true;
	}
	return false;
}

static bool chosen(const struct sy_options *options,
                   const struct sy_section *section)
{
	if (!options->section_count)
		return true;
	for (size_t i = 0; i < options->section_count; i++)
		if (list_has(options->sections[i], section->name))
			return true;
	return false;
}

/* What is done with the points of each section that is chosen. */
struct visit {
	int (*section)(struct visit *visit, const struct sy_section *section,
	               const struct sy_space *space);
	const struct sy_options *options;
	const char *path;
	uint64_t count;       /* so far */
	struct sy_plan *plan; /* that gets them */
};

static int visit_sections(struct visit *visit, const struct sy_sweep *sweep)
{
	int status = 0;

	for (size_t i = 0; i < sweep->count && !status; i++) {
		const struct sy_section *section = &sweep->sections[i];
		struct sy_space space;

		if (!chosen(visit->options, section))
			continue;
		status = read_section(sweep, section, visit->options, &space);
		if (status)
			return status;
		status = visit->section(visit, section, &space);
		sy_space_free(&space);
	}
	return status;
}

/* Counted before anything is made: a product has no bounds. */
static int count_section(struct visit *visit, const struct sy_section *section,
                         const struct sy_space *space)
{
	char where[SY_REASON_BYTES];

	visit->count = sy_add_capped(visit->count, sy_space_count(space));
	snprintf(where, sizeof(where), "%s:%u: [%s] makes",
	         sy_path_end(visit->path), section->line, section->name);
	return check_count(visit->count, visit->options, where);
}

static int add_section(struct visit *visit, const struct sy_section *section,
                       const struct sy_space *space)
{
	(void)section;
	return add_status(sy_space_add(space, visit->plan));
}

static int take_sections(struct sy_plan *plan, const struct sy_sweep *sweep,
                         const char *path, const struct sy_options *options)
{
	struct visit visit = {
		.section = count_section,
		.options = options,
		.path = path,
		.plan = plan,
	};
	int status = visit_sections(&visit, sweep);

	visit.section = add_section;
	return status ? status : visit_sections(&visit, sweep);
}

/* `name` is one that --section has and the sweep has not. */
static int no_section(const struct sy_sweep *sweep, const char *path,
                      const char *name)
{
	struct sy_nearest nearest = { .word = name };
	char names[120] = "";

	if (!*name)
		return sy_complain(SY_EXIT_USAGE,
		                   "--section: an empty name in the list");
	if (!strcmp(name, "defaults"))
		return sy_complain(SY_EXIT_USAGE,
		                   "--section: [defaults] holds for all "
		                   "sections and has no points of its own");
	for (size_t i = 0; i < sweep->count; i++) {
		size_t used = strlen(names);

		sy_nearest_try(&nearest, sweep->sections[i].name);
		snprintf(names + used, sizeof(names) - used, "%s%s",
		         i ? ", " : "", sweep->sections[i].name);
	}
	if (nearest.found)
		return sy_complain(SY_EXIT_USAGE,
		                   "--section: %s has no section [%.60s]; did "
		                   "you mean '%s'?",
		                   sy_path_end(path), name, nearest.found);
	return sy_complain(SY_EXIT_USAGE,
	                   "--section: %s has no section [%.60s], but %s",
	                   sy_path_end(path), name, names);
}

static int check_sections(const struct sy_sweep *sweep, const char *path,
                          const struct sy_options *options)
{
	int status = 0;

	for (size_t i = 0; i < options->section_count; i++) {
		char *list = strdup(options->sections[i]), *rest = list, *name;

		if (!list)
			return sy_complain(SY_EXIT_REFUSED, "no memory");
		while ((name = strsep(&rest, ",")) && !status)
			if (!sy_sweep_find(sweep, name))
				status = no_section(sweep, path, name);
		free(list);
	}
	return status;
}

/* What [defaults] say of the run, where the command line says nothing. */
static int take_defaults(const struct sy_sweep *sweep, const char *path,
                         struct sy_options *options)
{
	struct sy_reason reason;

	for (enum sy_run_key key = 0; key < SY_RUN_KEYS; key++)
		if (sweep->run[key] &&
		    sy_option_default(options, sy_run_key_name(key),
		                      sweep->run[key], &reason))
			return sy_complain(
				SY_EXIT_USAGE, "%s:%u: [defaults] %s: %s",
				sy_path_end(path), sweep->run_lines[key],
				sy_run_key_name(key), reason.text);
	return 0;
}

/* "sweeps/night.ini" gives the run the label "night". */
static void take_label(struct sy_options *options)
{
	const char *slash = strrchr(options->file, '/');
	const char *name = slash ? slash + 1 : options->file;
	size_t length = strlen(name);

	if (options->label)
		return;
	if (length > 4 && !strcmp(name + length - 4, ".ini"))
		length -= 4;
	snprintf(options->own_label, sizeof(options->own_label), "%.*s",
	         (int)length, name);
	if (length < sizeof(options->own_label) &&
	    !sy_label_check(options->own_label))
		options->label = options->own_label;
}

/* A name that is not here may be that of a ready sweep. */
static const char *find_file(const char *file, char path[PATH_MAX])
{
	char folder[PATH_MAX];

	if (strchr(file, '/') || !access(file, F_OK))
		return file;
	if (snprintf(path, PATH_MAX, "%s/%s", sy_sweeps_dir(folder), file) >=
	            PATH_MAX ||
	    access(path, F_OK))
		return NULL;
	return path;
}

static int add_sweep(struct sy_plan *plan, struct sy_options *options)
{
	char room[PATH_MAX];
	const char *path = find_file(options->file, room);
	struct sy_sweep sweep;
	struct sy_reason reason;
	int status;

	if (!path)
		return sy_complain(SY_EXIT_USAGE,
		                   "%s: there is no such file here, nor such a "
		                   "ready sweep; see `switchyard list sweeps`",
		                   sy_path_end(options->file));
	if (sy_sweep_read(&sweep, path, &reason))
		return sy_complain(SY_EXIT_USAGE, "%s", reason.text);
	status = take_defaults(&sweep, path, options);
	take_label(options);
	if (!status)
		status = check_sections(&sweep, path, options);
	if (!status)
		status = take_sections(plan, &sweep, path, options);
	sy_sweep_free(&sweep);
	return status;
}

static bool matches(const struct sy_point *point, void *expression)
{
	return !regexec(expression, point->name, 0, NULL, 0);
}

static int keep_matching(struct sy_plan *plan, const char *filter)
{
	struct sy_reason reason;
	regex_t expression;

	if (sy_filter_compile(&expression, filter, &reason))
		return sy_complain(SY_EXIT_USAGE, "%s", reason.text);
	sy_plan_keep(plan, matches, &expression);
	regfree(&expression);
	return 0;
}

/* A filter may be meant to be a ready sweep. */
static int nothing_chosen(const struct sy_options *options)
{
	char name[80], path[PATH_MAX];

	if (options->filter && strlen(options->filter) < 60) {
		snprintf(name, sizeof(name), "%s.ini", options->filter);
		if (!options->file && find_file(name, path))
			return sy_complain(SY_EXIT_USAGE,
			                   "no point matches '%s'; the sweep "
			                   "is called %s",
			                   options->filter, name);
	}
	return sy_complain(SY_EXIT_USAGE,
	                   "no point matches; see `switchyard list points`");
}

static bool any_point(const struct sy_plan *plan, enum sy_key key)
{
	for (size_t i = 0; i < plan->count; i++)
		if (sy_key_in_family(key, sy_point_family(&plan->points[i])))
			return true;
	return false;
}

/* An option that no point has would be measured at its default, unseen. */
static int check_used(const struct sy_plan *plan, const struct sy_options *o)
{
	for (enum sy_key key = 0; key < SY_KEYS; key++)
		if (o->shape.text[key] && !any_point(plan, key))
			return sy_complain(SY_EXIT_USAGE,
			                   "--%s: no point that is chosen has "
			                   "it, only those of %s",
			                   sy_key_name(key),
			                   sy_key_families(key));
	return 0;
}

int sy_choose_points(struct sy_plan *plan, struct sy_options *options)
{
	int status = 0;

	if (options->file)
		status = add_sweep(plan, options);
	else if (options->shaped)
		status = add_options(plan, options);
	else
		status = add_status(sy_tour_points(plan));
	if (!status)
		status = sy_here_expand(plan, options);
	if (!status && options->filter)
		status = keep_matching(plan, options->filter);
	if (!status && !plan->count)
		status = nothing_chosen(options);
	if (!status)
		status = add_status(sy_plan_arrange(plan));
	return status ? status : check_used(plan, options);
}
