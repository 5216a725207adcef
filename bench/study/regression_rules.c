/* SPDX-License-Identifier: MIT */
/* regression_rules.c - the rule of `switchyard compare` for one window. */
#include "study/regression_parts.h"

#include <errno.h>

#include "compare/live.h"

const char *sy_ruled_by_text(enum sy_ruled_by rule)
{
	static const char *const texts[SY_RULES] = {
		[SY_RULE_OURS] = "`switchyard compare`: signed rank, Holm over "
				 "the suite at 1 %, ratio over 1.03",
		[SY_RULE_STOPPED] = "the same, stopped at ±0.5 %",
		[SY_RULE_SIGNED_RANK] = "interleaved, signed rank p < .05",
		[SY_RULE_MANN_WHITNEY] = "interleaved, Mann-Whitney p < .05",
		[SY_RULE_STORED_MEANS] = "stored baseline, means differ by "
					 "more than 5 %",
		[SY_RULE_STORED_RANKS] = "stored baseline, Mann-Whitney p < "
					 ".05 over 10 repetitions",
		[SY_RULE_LEAST] = "interleaved, min of N over 1.03",
	};

	return texts[rule];
}

static bool is_narrow(const struct sy_finding_gate *gate)
{
	return gate->ratio.high - gate->ratio.low <= 2 * SY_WIDTH;
}

/* Looked at after each visit, as the driver does. */
size_t sy_window_stop(const struct sy_window *window, size_t least)
{
	size_t sets = 0;

	for (size_t i = 1; i < window->count; i++) {
		struct sy_finding_gate gate;

		if (window->pairs[i].set == window->pairs[i - 1].set ||
		    ++sets < least)
			continue;
		if (!sy_judge_time(window->pairs, i, &gate) && is_narrow(&gate))
			return i;
	}
	return window->count;
}

static double times(double p, size_t family)
{
	p *= (double)family;
	return p < 1 ? p : 1;
}

/* The chances are corrected already: what judges has a family of one. */
int sy_rule_ours(const struct sy_comparison *of, const struct sy_window *window,
                 size_t count, size_t family, struct sy_finding_gate *gate)
{
	struct sy_compared point = { .outcome = SY_OUTCOME_COMPARED,
		                     .pairs = window->pairs,
		                     .pair_count = count };
	struct sy_comparison one = { .live = true,
		                     .rule = of->rule,
		                     .spread = of->spread,
		                     .away = of->away,
		                     .sentinel = of->sentinel,
		                     .sentinel_count = of->sentinel_count,
		                     .points = &point,
		                     .count = 1 };
	int error =
		sy_judge_time(window->pairs, count, &point.gates[SY_GATE_TIME]);

	if (error)
		return error;
	point.gates[SY_GATE_TIME].there = true;
	for (int i = 0; i < 2; i++)
		point.gates[SY_GATE_TIME].p[i] =
			times(point.gates[SY_GATE_TIME].p[i], family);
	error = sy_judge_changes(&one);
	if (error)
		return error;
	*gate = point.gates[SY_GATE_TIME];
	gate->change = point.change;
	return 0;
}
