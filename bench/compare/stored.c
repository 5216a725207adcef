/* SPDX-License-Identifier: MIT */
/* stored.c - two runs, point by point; see stored.h. */
#include "compare/stored.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "compare/judge.h"
#include "compare/stored_run.h"
#include "engine/filter.h"

struct pairing {
	struct sy_stored_run runs[SY_SIDES];
	regex_t *filter; /* or NULL */
	size_t common;   /* points of both runs that the filter lets pass */
	struct sy_comparison *comparison;
	struct sy_reason *reason;
};

static bool passes(const struct pairing *p, const struct sy_stored_point *point)
{
	return !p->filter || !regexec(p->filter, point->name, 0, NULL, 0);
}

/* The points that become rows: those of OLD, then what only NEW has. */
static bool is_row(const struct pairing *p, enum sy_side side,
                   const struct sy_stored_point *point)
{
	return (side == SY_OLD || !point->mate) && passes(p, point);
}

static size_t count_rows(struct pairing *p, size_t *counts)
{
	p->common = 0;
	for (enum sy_side side = SY_OLD; side < SY_SIDES; side++) {
		const struct sy_stored_run *run = &p->runs[side];

		counts[side] = 0;
		for (size_t i = 0; i < run->count; i++)
			if (is_row(p, side, &run->points[i])) {
				counts[side]++;
				p->common += run->points[i].mate != NULL;
			}
	}
	return counts[SY_OLD] + counts[SY_NEW];
}

static int check_rows(const struct pairing *p, const size_t *counts,
                      const char *filter)
{
	if (p->common)
		return 0;
	if (counts[SY_OLD] + counts[SY_NEW])
		return sy_reason(p->reason, -ENODATA,
		                 "no point is in both runs: %zu only in OLD, "
		                 "%zu only in NEW",
		                 counts[SY_OLD], counts[SY_NEW]);
	return filter ? sy_reason(p->reason, -ENODATA,
	                          "no point of the two runs matches '%.200s'",
	                          filter)
	              : sy_reason(p->reason, -ENODATA,
	                          "there is no point in the two runs");
}

/* One and the same file: what it says is no second time of measuring. */
static bool is_same_run(const struct pairing *p)
{
	struct stat info[SY_SIDES];

	for (enum sy_side side = SY_OLD; side < SY_SIDES; side++) {
		char path[PATH_MAX];

		snprintf(path, sizeof(path), "%s/results.json",
		         p->runs[side].dir);
		if (stat(path, &info[side]))
			return false;
	}
	return info[SY_OLD].st_dev == info[SY_NEW].st_dev &&
	       info[SY_OLD].st_ino == info[SY_NEW].st_ino;
}

/* The comparison takes the names, which nobody needs any more. */
static void fill_rows(struct pairing *p)
{
	struct sy_compared *row = p->comparison->points;
	const struct sy_stored_rule rule = {
		.rule = &p->comparison->rule,
		.same_run = is_same_run(p),
	};

	if (rule.same_run)
		sy_reason(&p->comparison->unlike, 0,
		          "OLD and NEW are one and the same run");
	for (enum sy_side side = SY_OLD; side < SY_SIDES; side++)
		for (size_t i = 0; i < p->runs[side].count; i++) {
			struct sy_stored_point *point =
				&p->runs[side].points[i];
			const struct sy_stored_point *sides[SY_SIDES];

			if (!is_row(p, side, point))
				continue;
			sides[side] = point;
			sides[side == SY_OLD ? SY_NEW : SY_OLD] = point->mate;
			sy_stored_row(&rule, row, sides);
			row->name = point->name;
			point->name = NULL;
			row++;
		}
}

/* What no interval is known of is no pass, whatever the medians are. */
static void judge_few(struct sy_comparison *comparison)
{
	for (size_t i = 0; i < comparison->count; i++) {
		struct sy_compared *row = &comparison->points[i];

		if (row->outcome != SY_OUTCOME_COMPARED || !row->reason.text[0])
			continue;
		row->gates[SY_GATE_TIME].change = SY_CHANGE_NOISY;
		if (row->change < SY_CHANGE_NOISY)
			row->change = SY_CHANGE_NOISY;
	}
}

static int make_rows(struct pairing *p, const char *filter)
{
	size_t counts[SY_SIDES];
	size_t count = count_rows(p, counts);
	int error = check_rows(p, counts, filter);

	if (error)
		return error;
	if (sy_comparison_reserve(p->comparison, count))
		return sy_reason(p->reason, -ENOMEM, "no memory");
	fill_rows(p);
	if (sy_judge_changes(p->comparison))
		return sy_reason(p->reason, -ENOMEM, "no memory");
	judge_few(p->comparison);
	return 0;
}

static int take_side(struct sy_compared_side *side, struct sy_stored_run *run)
{
	side->path = strdup(run->dir);
	side->told = run->told;
	run->told = NULL;
	return side->path ? 0 : -ENOMEM;
}

/* The line has the kernel in it, which may be what is compared. */
static char *join_machines(const struct sy_stored_run *runs)
{
	char *line;

	if (!strcmp(runs[SY_OLD].machine, runs[SY_NEW].machine))
		return strdup(runs[SY_OLD].machine);
	return asprintf(&line, "OLD: %s; NEW: %s", runs[SY_OLD].machine,
	                runs[SY_NEW].machine) < 0
	               ? NULL
	               : line;
}

static int take_sides(struct pairing *p)
{
	struct sy_comparison *comparison = p->comparison;
	int error = take_side(&comparison->sides[SY_OLD], &p->runs[SY_OLD]);

	if (!error)
		error = take_side(&comparison->sides[SY_NEW], &p->runs[SY_NEW]);
	comparison->live = false;
	comparison->spread =
		fmax(p->runs[SY_OLD].spread, p->runs[SY_NEW].spread);
	comparison->machine = join_machines(p->runs);
	comparison->machine_id = strdup(p->runs[SY_OLD].machine_id);
	if (error || !comparison->machine || !comparison->machine_id)
		return sy_reason(p->reason, -ENOMEM, "no memory");
	return 0;
}

static int compare_read(struct pairing *p, const char *filter, bool anyway)
{
	int error = sy_stored_build_compare(&p->runs[SY_OLD], &p->runs[SY_NEW],
	                                    anyway, &p->comparison->unlike,
	                                    p->reason);

	if (!error)
		error = sy_stored_match(&p->runs[SY_OLD], &p->runs[SY_NEW],
		                        p->reason);
	if (!error) {
		sy_stored_tell_mitigations(&p->runs[SY_OLD], &p->runs[SY_NEW]);
		sy_stored_tell_mitigations(&p->runs[SY_NEW], &p->runs[SY_OLD]);
		error = take_sides(p);
	}
	return error ? error : make_rows(p, filter);
}

static int compare(struct pairing *p, const char *old_run, const char *new_run,
                   const char *filter, bool anyway)
{
	int error = sy_stored_run_read(&p->runs[SY_OLD], old_run, p->reason);

	if (error)
		return error;
	error = sy_stored_run_read(&p->runs[SY_NEW], new_run, p->reason);
	if (!error) {
		error = compare_read(p, filter, anyway);
		sy_stored_run_free(&p->runs[SY_NEW]);
	}
	sy_stored_run_free(&p->runs[SY_OLD]);
	return error;
}

int sy_compare_stored(const char *old_run, const char *new_run,
                      const char *filter, bool anyway,
                      struct sy_comparison *comparison,
                      struct sy_reason *reason)
{
	struct pairing p = { .comparison = comparison, .reason = reason };
	regex_t expression;
	int error;

	if (filter) {
		error = sy_filter_compile(&expression, filter, reason);
		if (error)
			return error;
		p.filter = &expression;
	}
	error = compare(&p, old_run, new_run, filter, anyway);
	if (filter)
		regfree(&expression);
	return error;
}
