/* SPDX-License-Identifier: MIT */
/* regression_suites.c - both sides the same program: whatever is called slower
   is called so for nothing. */
#include "study/regression_run.h"

#include <errno.h>
#include <stdlib.h>

static size_t count_compared(const struct sy_comparison *comparison)
{
	size_t count = 0;

	for (size_t i = 0; i < comparison->count; i++)
		count += comparison->points[i].outcome == SY_OUTCOME_COMPARED;
	return count;
}

static size_t count_gates(const struct sy_comparison *comparison)
{
	size_t gates = 0;

	for (size_t i = 0; i < comparison->count; i++)
		if (comparison->points[i].outcome == SY_OUTCOME_COMPARED)
			gates +=
				comparison->points[i].is_handoff ? SY_GATES : 1;
	return gates;
}

/* The suite of all points' nth windows, each `stopped` or whole. */
static int make_suite(const struct sy_tally_run *t, size_t nth, bool stopped,
                      struct sy_compared *points)
{
	unsigned sets = sy_judge_sets(count_gates(&t->as), t->as.rule.alpha);
	size_t there = 0;

	for (size_t i = 0; i < t->as.count; i++) {
		const struct sy_window *window =
			sy_window_find(&t->windows, i, nth);

		points[i] = (struct sy_compared){
			.name = t->as.points[i].name,
			.is_handoff = t->as.points[i].is_handoff,
		};
		if (!window)
			continue;
		there++;
		points[i].outcome = SY_OUTCOME_COMPARED;
		points[i].pairs = window->pairs;
		points[i].pair_count =
			stopped ? sy_window_stop(window, sets) : window->count;
		points[i].sets = t->as.points[i].sets;
		if (stopped && sy_values_add(&t->tallied->kept[t->length],
		                             (double)points[i].pair_count /
		                                     (double)window->count))
			return -ENOMEM;
	}
	return there && there == count_compared(&t->as) ? 0 : -ENODATA;
}

static void note(const struct sy_tally_run *t, const struct sy_compared *point)
{
	const struct sy_finding_gate *gate = &point->gates[SY_GATE_TIME];

	fprintf(t->notes, "%s, %u s a side: %s %.4f (%.4f to %.4f)%s\n",
	        t->recording->file, sy_lengths[t->length], point->name,
	        gate->ratio.value, gate->ratio.low, gate->ratio.high,
	        gate->change == SY_CHANGE_SLOWER ? "" : ", by its switches");
}

static void count_suite(struct sy_tally_run *t, enum sy_ruled_by rule,
                        const struct sy_comparison *suite)
{
	struct sy_tallied *into = t->tallied;
	size_t changes[SY_CHANGE_SLOWER + 1] = { 0 }, gates = 0;

	for (size_t i = 0; i < suite->count; i++) {
		const struct sy_compared *point = &suite->points[i];
		bool found = point->change == SY_CHANGE_SLOWER;

		if (point->outcome != SY_OUTCOME_COMPARED)
			continue;
		for (int g = 0; g < SY_GATES; g++)
			gates += point->gates[g].there;
		sy_share_count(&into->benchmarks[rule][t->length][0], found);
		changes[point->change]++;
		if (found && rule == SY_RULE_OURS)
			note(t, point);
	}
	sy_share_count(&into->suites[rule][t->length],
	               changes[SY_CHANGE_SLOWER] > 0);
	if (gates > into->family)
		into->family = gates;
	if (rule != SY_RULE_OURS)
		return;
	sy_share_count(&into->passes[t->length],
	               !changes[SY_CHANGE_SLOWER] && !changes[SY_CHANGE_NOISY]);
	for (int change = 0; change <= SY_CHANGE_SLOWER; change++)
		into->changes[t->length][change] += changes[change];
}

/* As the program judges: both gates, and Holm over all of the suite. */
static int judge_suite(struct sy_tally_run *t, size_t nth,
                       enum sy_ruled_by rule)
{
	struct sy_compared *points = calloc(t->as.count, sizeof(*points));
	struct sy_comparison suite = t->as;
	int error;

	if (!points)
		return -ENOMEM;
	suite.points = points;
	error = make_suite(t, nth, rule == SY_RULE_STOPPED, points);
	if (!error)
		error = sy_judge(&suite);
	if (!error)
		count_suite(t, rule, &suite);
	free(points);
	return error;
}

static int rival_suite(struct sy_tally_run *t, size_t nth,
                       enum sy_ruled_by rule)
{
	size_t red = 0, there = 0;

	for (size_t i = 0; i < t->as.count; i++) {
		const struct sy_window *window =
			sy_window_find(&t->windows, i, nth);
		bool slower;
		int error = window ? sy_tally_rival(t, rule, window, &slower)
		                   : -ENODATA;

		if (error && error != -ENODATA)
			return error;
		there += !error;
		red += !error && slower;
	}
	if (there == count_compared(&t->as))
		sy_share_count(&t->tallied->suites[rule][t->length], red > 0);
	return there ? 0 : -ENODATA;
}

int sy_tally_suites(struct sy_tally_run *t)
{
	int error = 0;

	for (size_t nth = 0; !error; nth++) {
		error = judge_suite(t, nth, SY_RULE_OURS);
		if (!error)
			error = judge_suite(t, nth, SY_RULE_STOPPED);
		for (enum sy_ruled_by rule = SY_RULE_SIGNED_RANK;
		     rule < SY_RULES; rule++) {
			int failed = error ? 0 : rival_suite(t, nth, rule);

			if (failed && failed != -ENODATA)
				error = failed;
		}
	}
	return error == -ENODATA ? 0 : error;
}
