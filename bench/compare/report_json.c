/* SPDX-License-Identifier: MIT */
/*
 * report_json.c - a comparison with every pair, as docs/compare-format.md has
 * it.  What is not known is null: JSON has neither NaN nor infinity.
 */
#include <math.h>

#include "compare/judge.h"
#include "compare/report_parts.h"
#include "engine/json.h"

#define SCHEMA 1

static const char *const sides[SY_SIDES] = { "old", "new" };
static const char *const gates[SY_GATES] = { "time", "switches" };

static json_t *number(double value)
{
	return isfinite(value) ? json_real(value) : json_null();
}

/* JSON's integers are signed here, and no time or count gets that far. */
static json_t *whole(uint64_t value)
{
	return json_integer(value > INT64_MAX ? INT64_MAX : (json_int_t)value);
}

static json_t *text(const char *value)
{
	return value ? sy_json_utf8(value) : json_null();
}

static json_t *pair_columns(void)
{
	return json_pack("[sssssssssssssss]", "set", "round", "new_first",
	                 "at_ns", "operations", "performed_old",
	                 "performed_new", "elapsed_ns_old", "elapsed_ns_new",
	                 "voluntary_old", "voluntary_new", "involuntary_old",
	                 "involuntary_new", "cpu_ns_old", "cpu_ns_new");
}

static json_t *both(json_t *row, const uint64_t values[SY_SIDES])
{
	row = sy_json_then(row, whole(values[SY_OLD]));
	return sy_json_then(row, whole(values[SY_NEW]));
}

static json_t *pair_to_json(const struct sy_pair *pair)
{
	json_t *row = json_array();

	row = sy_json_then(row, whole(pair->set));
	row = sy_json_then(row, whole(pair->round));
	row = sy_json_then(row, json_boolean(pair->new_first));
	row = sy_json_then(row, whole(pair->at_ns));
	row = sy_json_then(row, whole(pair->operations));
	row = both(row, pair->performed);
	row = both(row, pair->elapsed_ns);
	row = both(row, pair->voluntary);
	row = both(row, pair->involuntary);
	return both(row, pair->cpu_ns);
}

static json_t *pairs_to_json(const struct sy_pair *pairs, size_t count)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < count && rows; i++)
		rows = sy_json_then(rows, pair_to_json(&pairs[i]));
	return rows;
}

static json_t *side_to_json(const struct sy_compared_side *side)
{
	json_t *json = sy_json_with(json_object(), "path", text(side->path));

	return sy_json_with(json, "told",
	                    side->told ? json_deep_copy(side->told)
	                               : json_object());
}

static json_t *sides_to_json(const struct sy_comparison *c)
{
	json_t *json = json_object();

	for (enum sy_side side = 0; side < SY_SIDES; side++)
		json = sy_json_with(json, sides[side],
		                    side_to_json(&c->sides[side]));
	return json;
}

static json_t *rule_to_json(const struct sy_rule *rule)
{
	json_t *json =
		sy_json_with(json_object(), "floor", number(rule->floor));

	json = sy_json_with(json, "alpha", number(rule->alpha));
	json = sy_json_with(json, "same", number(rule->same));
	json = sy_json_with(json, "switches", number(rule->switches));
	return sy_json_with(json, "noisy", number(rule->noisy));
}

static json_t *estimate_to_json(const struct sy_estimate *estimate)
{
	json_t *json =
		sy_json_with(json_object(), "value", number(estimate->value));

	json = sy_json_with(json, "low", number(estimate->low));
	return sy_json_with(json, "high", number(estimate->high));
}

static json_t *chances_to_json(const double p[2])
{
	json_t *json = sy_json_with(json_object(), "more", number(p[0]));

	return sy_json_with(json, "less", number(p[1]));
}

static json_t *gate_to_json(const struct sy_finding_gate *gate,
                            enum sy_gate which)
{
	json_t *json;

	if (!gate->there)
		return json_null();
	json = sy_json_with(json_object(),
	                    which == SY_GATE_TIME ? "ratio" : "difference",
	                    estimate_to_json(&gate->ratio));
	json = sy_json_with(json, "p", chances_to_json(gate->p));
	json = sy_json_with(json, "corrected",
	                    chances_to_json(gate->corrected));
	return sy_json_with(json, "change",
	                    json_string(sy_change_name(gate->change)));
}

static json_t *gates_to_json(const struct sy_compared *point)
{
	json_t *json = json_object();

	for (enum sy_gate gate = 0; gate < SY_GATES; gate++)
		json = sy_json_with(json, gates[gate],
		                    gate_to_json(&point->gates[gate], gate));
	return json;
}

/* Of what a point does not have, 0 stands in the struct. */
static json_t *if_any(double value)
{
	return value > 0 ? number(value) : json_null();
}

static json_t *shown_to_json(const struct sy_shown *shown)
{
	json_t *json = sy_json_with(json_object(), "ns", if_any(shown->ns));

	json = sy_json_with(json, "cpu_ns", number(shown->cpu_ns));
	json = sy_json_with(json, "voluntary", number(shown->voluntary));
	json = sy_json_with(json, "involuntary", number(shown->involuntary));
	json = sy_json_with(json, "bytes", if_any(shown->bytes));
	json = sy_json_with(json, "latency_p50_ns",
	                    if_any(shown->latency_p50_ns));
	return sy_json_with(json, "latency_p99_ns",
	                    if_any(shown->latency_p99_ns));
}

static json_t *both_shown(const struct sy_compared *point)
{
	json_t *json = json_object();

	for (enum sy_side side = 0; side < SY_SIDES; side++)
		json = sy_json_with(json, sides[side],
		                    shown_to_json(&point->shown[side]));
	return json;
}

/* Of which side an outcome tells. */
static bool has_side(enum sy_outcome outcome)
{
	return outcome == SY_OUTCOME_ONE_SIDE || outcome == SY_OUTCOME_FAILED ||
	       outcome == SY_OUTCOME_WRONG;
}

static json_t *point_to_json(const struct sy_compared *point)
{
	bool compared = point->outcome == SY_OUTCOME_COMPARED;
	json_t *json = sy_json_with(json_object(), "name", text(point->name));

	json = sy_json_with(json, "outcome",
	                    json_string(sy_outcome_name(point->outcome)));
	json = sy_json_with(json, "side",
	                    has_side(point->outcome)
	                            ? json_string(sides[point->side])
	                            : json_null());
	json = sy_json_with(json, "reason",
	                    point->reason.text[0] ? text(point->reason.text)
	                                          : json_null());
	json = sy_json_with(json, "change",
	                    compared
	                            ? json_string(sy_change_name(point->change))
	                            : json_null());
	json = sy_json_with(json, "handoff", json_boolean(point->is_handoff));
	json = sy_json_with(json, "gates",
	                    compared ? gates_to_json(point) : json_null());
	json = sy_json_with(json, "shown",
	                    compared ? both_shown(point) : json_null());
	json = sy_json_with(json, "sets", whole(point->sets));
	return sy_json_with(json, "pairs",
	                    pairs_to_json(point->pairs, point->pair_count));
}

static json_t *points_to_json(const struct sy_comparison *c)
{
	json_t *points = json_array();

	for (size_t i = 0; i < c->count && points; i++)
		points = sy_json_then(points, point_to_json(&c->points[i]));
	return points;
}

static json_t *sentinel_to_json(const struct sy_comparison *c)
{
	json_t *json =
		sy_json_with(json_object(), "spread",
	                     c->spread < 0 ? json_null() : number(c->spread));

	json = sy_json_with(json, "away",
	                    c->away < 0 ? json_null() : number(c->away));
	json = sy_json_with(json, "noisy", json_boolean(c->noisy));
	return sy_json_with(json, "pairs",
	                    pairs_to_json(c->sentinel, c->sentinel_count));
}

static json_t *begin(const struct sy_comparison *c)
{
	json_t *json =
		sy_json_with(json_object(), "schema", json_integer(SCHEMA));

	json = sy_json_with(json, "live", json_boolean(c->live));
	json = sy_json_with(json, "advisory", json_boolean(!c->live));
	json = sy_json_with(json, "sides", sides_to_json(c));
	json = sy_json_with(json, "unlike",
	                    c->unlike.text[0] ? text(c->unlike.text)
	                                      : json_null());
	json = sy_json_with(json, "rule", rule_to_json(&c->rule));
	json = sy_json_with(json, "machine", text(c->machine));
	return sy_json_with(json, "machine_id", text(c->machine_id));
}

json_t *sy_comparison_to_json(const struct sy_comparison *c)
{
	char sentence[SY_SENTENCE_BYTES];
	json_t *json = begin(c);

	sy_comparison_sentence(c, sentence);
	json = sy_json_with(json, "seed", whole(c->seed));
	json = sy_json_with(json, "budget_ns", whole(c->budget_ns));
	json = sy_json_with(json, "wall_ns", whole(c->wall_ns));
	json = sy_json_with(json, "sliced_ns", whole(c->sliced_ns));
	json = sy_json_with(json, "interrupted", json_boolean(c->interrupted));
	json = sy_json_with(json, "pair_columns", pair_columns());
	json = sy_json_with(json, "sentinel", sentinel_to_json(c));
	json = sy_json_with(json, "points", points_to_json(c));
	json = sy_json_with(json, "sentence", json_string(sentence));
	return sy_json_with(json, "status",
	                    json_integer(sy_judge_status(c, false)));
}
