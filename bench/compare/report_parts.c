/* SPDX-License-Identifier: MIT */
/*
 * report_parts.c - what every report of a comparison says in the same words:
 * the order of the points, and figures with the digits that they deserve.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare/report_parts.h"
#include "host/units.h"

/* Beyond it a ratio is told as a factor. */
#define FACTOR_FROM 10
/* Of a percentile that is read off a tail, against the floor. */
#define TAIL_FLOORS 3
/* Switches an operation below which a share of them says nothing. */
#define SWITCHES_LEAST 0.02

/* 0 is the worst. */
static unsigned rank(const struct sy_compared *point)
{
	static const unsigned changes[] = {
		[SY_CHANGE_SLOWER] = 0,
		[SY_CHANGE_NOISY] = 3,
		[SY_CHANGE_FASTER] = 4,
		[SY_CHANGE_SAME] = 5,
	};
	static const unsigned outcomes[] = {
		[SY_OUTCOME_WRONG] = 1,   [SY_OUTCOME_FAILED] = 2,
		[SY_OUTCOME_PLANNED] = 6, [SY_OUTCOME_ONE_SIDE] = 7,
		[SY_OUTCOME_ABSENT] = 8,
	};

	return point->outcome == SY_OUTCOME_COMPARED ? changes[point->change]
	                                             : outcomes[point->outcome];
}

static bool has_ratio(const struct sy_compared *point)
{
	const struct sy_finding_gate *time = &point->gates[SY_GATE_TIME];

	return point->outcome == SY_OUTCOME_COMPARED && time->there &&
	       isfinite(time->ratio.value);
}

/* By rank, then by ratio, then as in the suite. */
static int compare(const void *left, const void *right)
{
	const struct sy_compared *a = *(const struct sy_compared *const *)left;
	const struct sy_compared *b = *(const struct sy_compared *const *)right;
	double first = has_ratio(a) ? a->gates[SY_GATE_TIME].ratio.value : 0;
	double second = has_ratio(b) ? b->gates[SY_GATE_TIME].ratio.value : 0;

	if (rank(a) != rank(b))
		return rank(a) < rank(b) ? -1 : 1;
	if (first > second || first < second)
		return first > second ? -1 : 1;
	return a < b ? -1 : a > b;
}

const struct sy_compared **sy_worst_first(const struct sy_comparison *c)
{
	/* One more, so that none is no failure. */
	const struct sy_compared **order = calloc(c->count + 1, sizeof(*order));

	if (!order)
		return NULL;
	for (size_t i = 0; i < c->count; i++)
		order[i] = &c->points[i];
	qsort(order, c->count, sizeof(*order), compare);
	return order;
}

const char *sy_row_word(const struct sy_compared *point)
{
	static const char *const words[] = {
		[SY_OUTCOME_PLANNED] = "NONE",  [SY_OUTCOME_ONE_SIDE] = "ONLY",
		[SY_OUTCOME_ABSENT] = "ABSENT", [SY_OUTCOME_FAILED] = "FAILED",
		[SY_OUTCOME_WRONG] = "WRONG",
	};

	return point->outcome == SY_OUTCOME_COMPARED
	               ? sy_change_word(point->change)
	               : words[point->outcome];
}

const char *sy_row_place(const struct sy_compared *point)
{
	bool is_new = point->side == SY_NEW;

	switch (point->outcome) {
	case SY_OUTCOME_FAILED:
	case SY_OUTCOME_WRONG:
		return is_new ? "on NEW" : "on OLD";
	case SY_OUTCOME_ONE_SIDE:
		return is_new ? "in NEW" : "in OLD";
	case SY_OUTCOME_ABSENT:
		return "on both sides";
	case SY_OUTCOME_PLANNED:
		return "not reached";
	case SY_OUTCOME_COMPARED:
		break;
	}
	return "";
}

/* In per cent, and no zero with a sign that it has only before rounding. */
static double change_of(double ratio, int decimals)
{
	double scale = pow(10, decimals);

	return round((ratio - 1) * 100 * scale) / scale + 0.0;
}

/* Down to the digit that half of the interval begins with. */
static int decimals_of(double half)
{
	if (!(half > 0) || !isfinite(half))
		return 1;
	return half >= 5 ? 0 : half >= 0.2 ? 1 : 2;
}

static void format_factor(const struct sy_estimate *ratio,
                          char text[SY_CELL_BYTES])
{
	int decimals = decimals_of((ratio->high - ratio->low) / 2);

	snprintf(text, SY_CELL_BYTES, "%.*gx (%.*f..%.*f)", 4, ratio->value,
	         decimals, ratio->low, decimals, ratio->high);
}

void sy_format_change(const struct sy_finding_gate *gate,
                      char text[SY_CELL_BYTES])
{
	const struct sy_estimate *ratio = &gate->ratio;
	bool interval = isfinite(ratio->low) && isfinite(ratio->high);
	int decimals = decimals_of(
		interval ? (ratio->high - ratio->low) / 2 * 100 : 0);
	double value = change_of(ratio->value, decimals);

	if (!gate->there || !isfinite(value))
		snprintf(text, SY_CELL_BYTES, "-");
	else if (!interval)
		snprintf(text, SY_CELL_BYTES, "%+.*f %%", decimals, value);
	else if (ratio->high >= FACTOR_FROM)
		format_factor(ratio, text);
	else
		snprintf(text, SY_CELL_BYTES, "%+.*f %% (%.*f..%.*f)", decimals,
		         value, decimals, change_of(ratio->low, decimals),
		         decimals, change_of(ratio->high, decimals));
}

/* A side has no interval of its own here, and what it changed by stands beside
   it: three digits, and two where a third would be noise anyway. */
void sy_format_side(const struct sy_compared *point, enum sy_side side,
                    char text[SY_CELL_BYTES])
{
	double ns = point->shown[side].ns;

	if (point->outcome == SY_OUTCOME_COMPARED && isfinite(ns) && ns > 0)
		sy_format_ns(ns, ns < 1 ? ns / 10 : ns / 100, text,
		             SY_CELL_BYTES);
	else
		snprintf(text, SY_CELL_BYTES, "-");
}

/* Where all is NOISY, no gate has a part of its own. */
bool sy_switches_moved(const struct sy_comparison *c,
                       const struct sy_compared *point)
{
	const struct sy_finding_gate *gate = &point->gates[SY_GATE_SWITCHES];

	return !c->noisy && point->outcome == SY_OUTCOME_COMPARED &&
	       gate->there && gate->change != SY_CHANGE_SAME;
}

const char *sy_aside_name(enum sy_aside aside)
{
	static const char *const names[SY_ASIDES] = {
		[SY_ASIDE_CPU] = "cpu time",
		[SY_ASIDE_P50] = "p50 latency",
		[SY_ASIDE_P99] = "p99 latency",
		[SY_ASIDE_BYTES] = "memory",
		[SY_ASIDE_VOLUNTARY] = "voluntary switches",
		[SY_ASIDE_INVOLUNTARY] = "involuntary switches",
	};

	return names[aside];
}

double sy_aside_value(const struct sy_shown *shown, enum sy_aside aside)
{
	switch (aside) {
	case SY_ASIDE_CPU:
		return shown->cpu_ns;
	case SY_ASIDE_P50:
		return shown->latency_p50_ns;
	case SY_ASIDE_P99:
		return shown->latency_p99_ns;
	case SY_ASIDE_BYTES:
		return shown->bytes;
	case SY_ASIDE_VOLUNTARY:
		return shown->voluntary;
	default:
		return shown->involuntary;
	}
}

static bool is_switches(enum sy_aside aside)
{
	return aside == SY_ASIDE_VOLUNTARY || aside == SY_ASIDE_INVOLUNTARY;
}

void sy_format_aside(double value, enum sy_aside aside,
                     char text[SY_CELL_BYTES])
{
	if (!isfinite(value) || (value <= 0 && !is_switches(aside)))
		snprintf(text, SY_CELL_BYTES, "-");
	else if (is_switches(aside))
		snprintf(text, SY_CELL_BYTES, "%.2f", value);
	else if (aside == SY_ASIDE_BYTES)
		sy_format_bytes(value, value / 100, text, SY_CELL_BYTES);
	else
		sy_format_ns(value, value / 100, text, SY_CELL_BYTES);
}

/* What an involuntary switch is worth is the machine's load, not the sides'. */
bool sy_aside_tells(const struct sy_comparison *c,
                    const struct sy_compared *point, enum sy_aside aside,
                    double *change)
{
	double old = sy_aside_value(&point->shown[SY_OLD], aside);
	double value = sy_aside_value(&point->shown[SY_NEW], aside);
	double floor = c->rule.floor, time = 1;

	if (point->outcome != SY_OUTCOME_COMPARED ||
	    aside == SY_ASIDE_INVOLUNTARY || !(old > 0) || !(value > 0) ||
	    !isfinite(old) || !isfinite(value))
		return false;
	if (aside == SY_ASIDE_VOLUNTARY &&
	    (point->gates[SY_GATE_SWITCHES].there ||
	     fabs(value - old) < SWITCHES_LEAST))
		return false;
	if (aside == SY_ASIDE_P99)
		floor *= TAIL_FLOORS;
	if (!is_switches(aside) && aside != SY_ASIDE_BYTES && has_ratio(point))
		time = point->gates[SY_GATE_TIME].ratio.value;
	*change = value / old - 1;
	return fabs(*change) > floor && fabs(value / old / time - 1) > floor;
}

void sy_count_pairs(const struct sy_comparison *c, size_t *pairs, size_t *sets)
{
	*pairs = *sets = 0;
	for (size_t i = 0; i < c->count; i++) {
		*pairs += c->points[i].pair_count;
		*sets += c->points[i].sets;
	}
}

bool sy_side_fact(const struct sy_comparison *c, enum sy_side side,
                  size_t which, const char **name, const char **value)
{
	/* What is no comparison of two sides comes first: it is always told. */
	static const char *const keys[][2] = {
		{ "interrupted", "interrupted" },
		{ "run", "run" },
		{ "program", "program" },
		{ "git_commit", "commit" },
		{ "build_type", "build" },
		{ "compiler", "compiler" },
		{ "flags", "flags" },
		{ "sanitizer", "sanitizer" },
		{ "machine_id", "machine" },
		{ "kernel", "kernel" },
		{ "libc", "C library" },
		{ "mitigations", "mitigations" },
	};
	const json_t *mine, *other;

	if (which >= sizeof(keys) / sizeof(keys[0]))
		return false;
	mine = json_object_get(c->sides[side].told, keys[which][0]);
	other = json_object_get(c->sides[!side].told, keys[which][0]);
	*name = keys[which][1];
	*value = which && json_equal(mine, other) ? NULL
	                                          : json_string_value(mine);
	if (*value && !**value)
		*value = NULL;
	return true;
}
