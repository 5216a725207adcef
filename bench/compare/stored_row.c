/* SPDX-License-Identifier: MIT */
/* stored_row.c - what became of a point that two runs have, or one of them; see
   stored_run.h. */
#include "compare/stored_run.h"

#include <math.h>
#include <string.h>

#include "results/estimate.h"

/* Of a normal distribution, what 95 % lie within on both sides. */
#define Z95 1.959963984540054

static double together(double a, double b)
{
	return sqrt(a * a + b * b);
}

/* The chance of a figure this far above nothing, or farther. */
static double chance(double above, double half)
{
	if (half > 0)
		return erfc(above / (half / Z95) / sqrt(2)) / 2;
	return above > 0 ? 0 : 1;
}

/*
 * On the scale of logarithms the ends of the difference of two independent
 * figures lie as far off as each side's end and the other's opposite one
 * together (Zou and Donner 2008), which keeps lopsided intervals lopsided.
 */
static void find_ratio(const struct sy_estimate *old_ns,
                       const struct sy_estimate *new_ns,
                       struct sy_finding_gate *gate)
{
	double middle = log(new_ns->value / old_ns->value);
	double down = together(log(new_ns->value / new_ns->low),
	                       log(old_ns->high / old_ns->value));
	double up = together(log(new_ns->high / new_ns->value),
	                     log(old_ns->value / old_ns->low));

	gate->there = true;
	gate->ratio = (struct sy_estimate){ exp(middle), exp(middle - down),
		                            exp(middle + up) };
	gate->p[0] = chance(middle, down);
	gate->p[1] = chance(-middle, up);
}

/* A run has no interval for its switches, so what is over the floor counts and
   what is not does not. */
static void find_difference(const struct sy_shown *shown,
                            const struct sy_rule *rule,
                            struct sy_finding_gate *gate)
{
	double before = shown[SY_OLD].voluntary;
	double off = shown[SY_NEW].voluntary - before;
	double floor = rule->switches * fmax(1, before);

	gate->there = true;
	gate->ratio = (struct sy_estimate){ off, off, off };
	gate->p[0] = off > floor ? 0 : 1;
	gate->p[1] = -off > floor ? 0 : 1;
}

static void find_same(struct sy_finding_gate *gate)
{
	gate->ratio = (struct sy_estimate){ 1, 1, 1 };
	gate->p[0] = gate->p[1] = 1;
}

static bool is_few(const struct sy_stored_point *point)
{
	return point->slices < SY_SLICES_LEAST;
}

static void fill_figures(const struct sy_stored_rule *rule,
                         struct sy_compared *row,
                         const struct sy_stored_point *old_point,
                         const struct sy_stored_point *new_point)
{
	struct sy_finding_gate *time = &row->gates[SY_GATE_TIME];

	row->shown[SY_OLD] = old_point->shown;
	row->shown[SY_NEW] = new_point->shown;
	row->is_handoff = old_point->is_handoff;
	find_ratio(&old_point->ns, &new_point->ns, time);
	if (rule->same_run) {
		find_same(time);
	} else if (is_few(old_point) || is_few(new_point)) {
		/* Sure of nothing, whatever width there is. */
		time->p[0] = time->p[1] = 1;
		sy_reason(&row->reason, 0,
		          "%u and %u slices, too few for an interval",
		          old_point->slices, new_point->slices);
	}
	if (row->is_handoff)
		find_difference(row->shown, rule->rule,
		                &row->gates[SY_GATE_SWITCHES]);
}

static enum sy_state state_of(const struct sy_stored_point *point)
{
	return point->state == SY_INVALID ? SY_FAILED : point->state;
}

static void end_row(struct sy_compared *row, enum sy_outcome outcome,
                    enum sy_side side, const struct sy_stored_point *why)
{
	row->outcome = outcome;
	row->side = side;
	sy_reason(&row->reason, 0, "%s",
	          why->reason ? why->reason : "no reason is given");
}

/* Whether a side has no number for a reason that is a fault. */
static bool find_fault(struct sy_compared *row,
                       const struct sy_stored_point *const *sides)
{
	static const struct {
		enum sy_state state;
		enum sy_outcome outcome;
	} faults[] = {
		{ SY_WRONG, SY_OUTCOME_WRONG },
		{ SY_FAILED, SY_OUTCOME_FAILED },
	};

	/* NEW's first: that is what somebody works on. */
	for (size_t i = 0; i < 2; i++)
		for (int side = SY_NEW; side >= SY_OLD; side--)
			if (sides[side] &&
			    state_of(sides[side]) == faults[i].state) {
				end_row(row, faults[i].outcome,
				        (enum sy_side)side, sides[side]);
				return true;
			}
	return false;
}

/* One side has a figure; what the other one says instead. */
static void fill_one_side(struct sy_compared *row, enum sy_side side,
                          const struct sy_stored_point *other)
{
	const char *word = sy_side_word(side == SY_OLD ? SY_NEW : SY_OLD);

	row->outcome = SY_OUTCOME_ONE_SIDE;
	row->side = side;
	if (!other)
		sy_reason(&row->reason, 0, "%s has no such point", word);
	else if (other->state == SY_PLANNED)
		sy_reason(&row->reason, 0, "%s was stopped before it", word);
	else
		sy_reason(&row->reason, 0, "absent in %s: %s", word,
		          other->reason ? other->reason : "no reason is given");
}

/* On both, or on the only one that was to have it. */
static void fill_absent(struct sy_compared *row,
                        const struct sy_stored_point *const *sides)
{
	enum sy_side side = sides[SY_NEW] ? SY_NEW : SY_OLD;
	enum sy_side other = side == SY_NEW ? SY_OLD : SY_NEW;
	const char *why = sides[side]->reason;

	row->outcome = SY_OUTCOME_ABSENT;
	row->side = side;
	sy_reason(&row->reason, 0, "%s%s%s",
	          sides[other] ? "" : sy_side_word(other),
	          sides[other] ? "" : " has no such point; ",
	          why ? why : "no reason is given");
}

static bool has_state(const struct sy_stored_point *point, enum sy_state state)
{
	return point && point->state == state;
}

void sy_stored_row(const struct sy_stored_rule *rule, struct sy_compared *row,
                   const struct sy_stored_point *const *sides)
{
	bool old_has = has_state(sides[SY_OLD], SY_MEASURED);
	bool new_has = has_state(sides[SY_NEW], SY_MEASURED);

	if (find_fault(row, sides))
		return;
	if (old_has && new_has) {
		row->outcome = SY_OUTCOME_COMPARED;
		fill_figures(rule, row, sides[SY_OLD], sides[SY_NEW]);
	} else if (old_has) {
		fill_one_side(row, SY_OLD, sides[SY_NEW]);
		row->shown[SY_OLD] = sides[SY_OLD]->shown;
	} else if (new_has) {
		fill_one_side(row, SY_NEW, sides[SY_OLD]);
		row->shown[SY_NEW] = sides[SY_NEW]->shown;
	} else if (has_state(sides[SY_OLD], SY_PLANNED) ||
	           has_state(sides[SY_NEW], SY_PLANNED)) {
		row->outcome = SY_OUTCOME_PLANNED;
	} else {
		fill_absent(row, sides);
	}
}
