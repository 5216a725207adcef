/* SPDX-License-Identifier: MIT */
/* regression_tally.c - every rule over every window of all recordings. */
#include "study/regression_run.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SECOND UINT64_C(1000000000)

const unsigned sy_lengths[SY_LENGTHS] = { 1, 2, 4 };
const unsigned sy_percents[SY_PERCENTS] = { 0, 2, 5, 10 };

int sy_values_add(struct sy_values *values, double value)
{
	if (values->count == values->room) {
		size_t room = values->room ? values->room * 2 : 16;
		double *grown =
			reallocarray(values->values, room, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		values->values = grown;
		values->room = room;
	}
	values->values[values->count++] = value;
	return 0;
}

void sy_share_count(struct sy_share *share, bool found)
{
	share->tried++;
	share->found += found;
}

/* Its first window, which a user would have stored. */
static const struct sy_window *stored_of(const struct sy_tally_run *t,
                                         size_t point)
{
	const char *name = t->as.points[point].name;

	for (size_t i = 0; t->before && i < t->before->comparison.count; i++)
		if (!strcmp(t->before->comparison.points[i].name, name))
			return sy_window_find(&t->before_windows, i, 0);
	return NULL;
}

int sy_tally_rival(struct sy_tally_run *t, enum sy_ruled_by rule,
                   const struct sy_window *window, bool *slower)
{
	int error = sy_rule_rival(rule, window, stored_of(t, window->point),
	                          slower);

	if (!error)
		sy_share_count(
			&t->tallied->benchmarks[rule][t->length][t->percent],
			*slower);
	return error;
}

/* Points with a known slowdown. */

static size_t place_of(struct sy_tallied *tallied, const char *name)
{
	size_t i = 0;

	while (i < tallied->name_count && strcmp(tallied->names[i], name))
		i++;
	if (i == tallied->name_count && i < SY_INJECTED_MOST)
		snprintf(tallied->names[tallied->name_count++],
		         sizeof(tallied->names[i]), "%s", name);
	return i;
}

static int count_ours(struct sy_tally_run *t, const struct sy_window *window)
{
	struct sy_tallied *into = t->tallied;
	size_t at = place_of(into, t->as.points[window->point].name);
	struct sy_finding_gate gate;
	int error;

	if (at == SY_INJECTED_MOST)
		return -E2BIG;
	error = sy_rule_ours(&t->as, window, window->count, into->family,
	                     &gate);
	if (error)
		return error;
	sy_share_count(&into->benchmarks[SY_RULE_OURS][t->length][t->percent],
	               gate.change == SY_CHANGE_SLOWER);
	sy_share_count(&into->points[at][t->length][t->percent],
	               gate.change == SY_CHANGE_SLOWER);
	error = sy_values_add(&into->ratios[at][t->length][t->percent],
	                      gate.ratio.value);
	return error ? error
	             : sy_values_add(&into->all_ratios[t->length][t->percent],
	                             gate.ratio.value);
}

static int count_stopped(struct sy_tally_run *t, const struct sy_window *window)
{
	struct sy_finding_gate gate;
	size_t family = t->tallied->family;
	unsigned sets = sy_judge_sets(family, t->as.rule.alpha);
	int error = sy_rule_ours(&t->as, window, sy_window_stop(window, sets),
	                         family, &gate);

	if (!error)
		sy_share_count(&t->tallied->benchmarks[SY_RULE_STOPPED]
		                                      [t->length][t->percent],
		               gate.change == SY_CHANGE_SLOWER);
	return error;
}

static int tally_extra(struct sy_tally_run *t)
{
	int error = 0;

	for (size_t i = 0; i < t->windows.count && !error; i++) {
		const struct sy_window *window = &t->windows.items[i];
		bool slower;

		error = count_ours(t, window);
		if (!error)
			error = count_stopped(t, window);
		for (enum sy_ruled_by rule = SY_RULE_SIGNED_RANK;
		     rule < SY_RULES; rule++) {
			int failed = error ? 0
			                   : sy_tally_rival(t, rule, window,
			                                    &slower);

			if (failed && failed != -ENODATA)
				error = failed;
		}
	}
	return error;
}

/* All recordings. */

/* The one of its kind that was made before it, minutes ago. */
static const struct sy_recording *find_before(const struct sy_tally_run *t)
{
	const struct sy_recording *found = NULL;

	for (size_t i = 0; i < t->recordings->count; i++) {
		const struct sy_recording *other = &t->recordings->items[i];

		if (other->kind == t->recording->kind && !other->aside &&
		    other->percent == t->recording->percent &&
		    other->number < t->recording->number)
			found = other;
	}
	return found;
}

static int tally_length(struct sy_tally_run *t)
{
	uint64_t wall_ns = 2 * sy_lengths[t->length] * SECOND;
	int error =
		sy_windows_cut(&t->recording->comparison, wall_ns, &t->windows);

	if (error)
		return error;
	t->before_windows = (struct sy_windows){ NULL, 0 };
	if (t->before)
		error = sy_windows_cut(&t->before->comparison, wall_ns,
		                       &t->before_windows);
	if (!error)
		error = t->recording->kind == SY_RECORDED_EXTRA
		                ? tally_extra(t)
		                : sy_tally_suites(t);
	free(t->before_windows.items);
	free(t->windows.items);
	return error;
}

/* Whether it belongs to what is counted; another process's load is none. */
static bool counts(const struct sy_recording *recording, bool noisy)
{
	if (recording->kind == SY_RECORDED_BURNER)
		return false;
	if (noisy)
		return recording->comparison.noisy;
	return !recording->comparison.noisy && !recording->aside;
}

static int tally_recording(struct sy_tally_run *t)
{
	const struct sy_recording *recording = t->recording;
	struct sy_tallied *into = t->tallied;
	double wall = (double)recording->comparison.wall_ns / 1e9;
	int error = sy_values_add(&into->spreads, recording->comparison.spread);

	into->recordings[recording->kind]++;
	t->percent = 0;
	while (sy_percents[t->percent] != recording->percent)
		t->percent++;
	t->before = find_before(t);
	if (!error && recording->kind == SY_RECORDED_SAME)
		error = sy_values_add(&into->walls, wall);
	if (!error && recording->kind == SY_RECORDED_LONG)
		error = sy_values_add(&into->long_walls, wall);
	for (t->length = 0; t->length < SY_LENGTHS && !error; t->length++)
		error = tally_length(t);
	return error;
}

/* Suites come first, so that how many gates they have is known. */
static int tally_all(struct sy_tally_run *t, bool noisy)
{
	int error = 0;

	for (size_t i = 0; i < t->recordings->count && !error; i++) {
		t->recording = &t->recordings->items[i];
		if (!counts(t->recording, noisy))
			continue;
		t->as = t->recording->comparison;
		/* As if the sentinel had said nothing. */
		if (noisy)
			t->as.rule.noisy = INFINITY;
		error = tally_recording(t);
	}
	return error;
}

int sy_regression_tally(const struct sy_recordings *recordings, bool noisy,
                        struct sy_tallied *tallied)
{
	struct sy_tally_run t = { .recordings = recordings,
		                  .tallied = tallied };
	int error;

	memset(tallied, 0, sizeof(*tallied));
	tallied->family = 24;
	t.notes = open_memstream(&tallied->notes, &tallied->note_bytes);
	if (!t.notes)
		return -ENOMEM;
	error = tally_all(&t, noisy);
	if (fclose(t.notes) && !error)
		error = -ENOMEM;
	return error;
}

void sy_tallied_free(struct sy_tallied *tallied)
{
	for (size_t l = 0; l < SY_LENGTHS; l++) {
		free(tallied->kept[l].values);
		for (size_t p = 0; p < SY_PERCENTS; p++) {
			free(tallied->all_ratios[l][p].values);
			for (size_t i = 0; i < SY_INJECTED_MOST; i++)
				free(tallied->ratios[i][l][p].values);
		}
	}
	free(tallied->spreads.values);
	free(tallied->walls.values);
	free(tallied->long_walls.values);
	free(tallied->notes);
}
