/* SPDX-License-Identifier: MIT */
/*
 * judge_changes.c - from ratios, intervals and chances to verdicts; see
 * judge.h.  Comparisons are written so that what is not a number is NOISY.
 */
#include "compare/judge.h"

#include <errno.h>
#include <stdlib.h>

#include "stats/paired.h"

/* As the verbs exit: cli.h's, which libraries do not include. */
enum {
	STATUS_NOT_SLOWER = 0,
	STATUS_SLOWER = 1,
	STATUS_NOT_KNOWN = 3,
	STATUS_WRONG = 5,
	STATUS_INTERRUPTED = 130,
};

/* What matters of a gate, in its own unit. */
struct limits {
	double above,
		below; /* SLOWER is over the one, FASTER under the other */
	double middle; /* nothing changed */
	double same;
};

/* The next gate that takes part in the comparison, from *at on. */
static struct sy_finding_gate *next_gate(const struct sy_comparison *comparison,
                                         size_t *at)
{
	while (*at < comparison->count * SY_GATES) {
		struct sy_compared *point = &comparison->points[*at / SY_GATES];
		struct sy_finding_gate *gate = &point->gates[*at % SY_GATES];

		(*at)++;
		if (point->outcome == SY_OUTCOME_COMPARED && gate->there)
			return gate;
	}
	return NULL;
}

/* One direction is a family; `p` and `corrected` have room for all gates. */
static int correct_direction(struct sy_comparison *comparison, int direction,
                             double *p, double *corrected)
{
	struct sy_finding_gate *gate;
	size_t at = 0, count = 0;
	int err;

	while ((gate = next_gate(comparison, &at)))
		p[count++] = gate->p[direction];
	if (!count)
		return 0;
	err = sy_holm(p, count, corrected);
	if (err)
		return err;
	at = count = 0;
	while ((gate = next_gate(comparison, &at)))
		gate->corrected[direction] = corrected[count++];
	return 0;
}

static int correct_all(struct sy_comparison *comparison)
{
	size_t room = comparison->count * SY_GATES + 1;
	double *p = malloc(room * sizeof(*p));
	double *corrected = malloc(room * sizeof(*corrected));
	int err = p && corrected ? 0 : -ENOMEM;

	if (!err)
		err = correct_direction(comparison, 0, p, corrected);
	if (!err)
		err = correct_direction(comparison, 1, p, corrected);
	free(p);
	free(corrected);
	return err;
}

static struct limits time_limits(const struct sy_rule *rule)
{
	/* The floor is a factor, so that swapped sides are a mirror. */
	return (struct limits){ .above = 1 + rule->floor,
		                .below = 1 / (1 + rule->floor),
		                .middle = 1,
		                .same = 1 + rule->same };
}

static struct limits switches_limits(const struct sy_rule *rule,
                                     const struct sy_compared *point)
{
	double made = point->shown[SY_OLD].voluntary;
	double floor = rule->switches * (made > 1 ? made : 1);

	return (struct limits){
		.above = floor, .below = -floor, .middle = 0, .same = floor
	};
}

static enum sy_change change_of(const struct sy_finding_gate *gate,
                                const struct limits *limits, double alpha)
{
	const struct sy_estimate *ratio = &gate->ratio;

	if (gate->corrected[0] < alpha && ratio->value > limits->above &&
	    ratio->low > limits->middle)
		return SY_CHANGE_SLOWER;
	if (gate->corrected[1] < alpha && ratio->value < limits->below &&
	    ratio->high < limits->middle)
		return SY_CHANGE_FASTER;
	if (ratio->high < limits->same)
		return SY_CHANGE_SAME;
	return SY_CHANGE_NOISY;
}

/* Whether the machine, or too few pairs, say nothing of any gate. */
static bool is_mute(const struct sy_comparison *comparison,
                    const struct sy_compared *point)
{
	return comparison->noisy ||
	       (comparison->live && point->pair_count < SY_PAIRS_LEAST);
}

static void change_point(const struct sy_comparison *comparison,
                         struct sy_compared *point)
{
	const struct limits limits[SY_GATES] = {
		[SY_GATE_TIME] = time_limits(&comparison->rule),
		[SY_GATE_SWITCHES] = switches_limits(&comparison->rule, point),
	};
	bool mute = is_mute(comparison, point), any = false;
	size_t i;

	point->change = SY_CHANGE_SAME;
	for (i = 0; i < SY_GATES; i++) {
		struct sy_finding_gate *gate = &point->gates[i];

		if (!gate->there)
			continue;
		any = true;
		gate->change = mute ? SY_CHANGE_NOISY
		                    : change_of(gate, &limits[i],
		                                comparison->rule.alpha);
		if (gate->change > point->change)
			point->change = gate->change;
	}
	if (!any)
		point->change = SY_CHANGE_NOISY;
}

int sy_judge_changes(struct sy_comparison *comparison)
{
	size_t i;
	int err = correct_all(comparison);

	if (err)
		return err;
	comparison->noisy = comparison->spread >= comparison->rule.noisy ||
	                    comparison->away >= comparison->rule.noisy;
	for (i = 0; i < comparison->count; i++)
		if (comparison->points[i].outcome == SY_OUTCOME_COMPARED)
			change_point(comparison, &comparison->points[i]);
	return 0;
}

/* The point's own status; that of one that is only listed is 0. */
static int point_status(const struct sy_compared *point, bool noisy_ok)
{
	switch (point->outcome) {
	case SY_OUTCOME_WRONG:
		return STATUS_WRONG;
	case SY_OUTCOME_FAILED:
	case SY_OUTCOME_PLANNED:
		return STATUS_NOT_KNOWN;
	case SY_OUTCOME_ABSENT:
	case SY_OUTCOME_ONE_SIDE:
		return STATUS_NOT_SLOWER;
	case SY_OUTCOME_COMPARED:
		break;
	}
	if (point->change == SY_CHANGE_SLOWER)
		return STATUS_SLOWER;
	if (point->change == SY_CHANGE_NOISY && !noisy_ok)
		return STATUS_NOT_KNOWN;
	return STATUS_NOT_SLOWER;
}

int sy_judge_status(const struct sy_comparison *comparison, bool noisy_ok)
{
	/* The worst first. */
	static const int precedence[] = { STATUS_WRONG, STATUS_SLOWER,
		                          STATUS_NOT_KNOWN };
	bool seen[STATUS_WRONG + 1] = { false }, compared = false;
	size_t i;

	if (comparison->interrupted)
		return STATUS_INTERRUPTED;
	for (i = 0; i < comparison->count; i++) {
		const struct sy_compared *point = &comparison->points[i];

		seen[point_status(point, noisy_ok)] = true;
		if (point->outcome == SY_OUTCOME_COMPARED)
			compared = true;
	}
	if (!compared)
		seen[STATUS_NOT_KNOWN] = true;
	for (i = 0; i < sizeof(precedence) / sizeof(precedence[0]); i++)
		if (seen[precedence[i]])
			return precedence[i];
	return STATUS_NOT_SLOWER;
}
