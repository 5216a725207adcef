/* SPDX-License-Identifier: MIT */
/* report_json.c - a trend for programs: docs/trend-format.md. */
#include "compare/report_parts.h"
#include "engine/json.h"
#include "trend/report.h"

#define SCHEMA 1

/* NULL is null. */
static json_t *text_or_null(const char *text)
{
	return text && *text ? sy_json_utf8(text) : json_null();
}

static json_t *count_of(size_t count)
{
	return json_integer((json_int_t)count);
}

static json_t *run_to_json(const struct sy_trend_run *run)
{
	char date[SY_DATE_BYTES];
	json_t *json = json_object();

	sy_trend_run_stamp(run, date);
	json = sy_json_with(json, "folder", sy_json_utf8(run->folder));
	json = sy_json_with(json, "label",
	                    sy_json_utf8(sy_trend_run_label(run)));
	json = sy_json_with(json, "date", json_string(date));
	for (enum sy_told told = 0; told < SY_TOLD; told++)
		json = sy_json_with(json, sy_told_name(told),
		                    text_or_null(run->told[told]));
	json = sy_json_with(json, "dirty", json_boolean(run->dirty));
	json = sy_json_with(json, "interrupted",
	                    json_boolean(run->interrupted));
	return sy_json_with(json, "spread",
	                    run->spread < 0 ? json_null()
	                                    : json_real(run->spread));
}

static json_t *value_to_json(const struct sy_trend_value *value)
{
	json_t *json = json_object();

	json = sy_json_with(json, "run", count_of(value->run));
	json = sy_json_with(json, "value", json_real(value->ns.value));
	json = sy_json_with(json, "low", json_real(value->ns.low));
	return sy_json_with(json, "high", json_real(value->ns.high));
}

static json_t *differences(const struct sy_trend_run *before,
                           const struct sy_trend_run *after)
{
	json_t *json = json_array();

	for (enum sy_told told = 0; told < SY_TOLD; told++)
		if (sy_trend_differs(before, after, told))
			json = sy_json_then(json,
			                    json_string(sy_told_name(told)));
	return json;
}

static json_t *change_to_json(const struct sy_history *history,
                              const struct sy_trend_point *point,
                              const struct sy_trend_change *change)
{
	json_t *json = json_object();

	json = sy_json_with(json, "before",
	                    count_of(point->values[change->at - 1].run));
	json = sy_json_with(json, "after",
	                    count_of(point->values[change->at].run));
	json = sy_json_with(json, "before_ns", json_real(change->before));
	json = sy_json_with(json, "after_ns", json_real(change->after));
	json = sy_json_with(json, "ratio", json_real(sy_trend_ratio(change)));
	json = sy_json_with(json, "p", json_real(change->p));
	json = sy_json_with(json, "shown",
	                    json_boolean(sy_trend_is_news(change)));
	return sy_json_with(
		json, "differences",
		differences(sy_trend_run_before(history, point, change),
	                    sy_trend_run_after(history, point, change)));
}

static json_t *figure_of(const struct sy_history *history,
                         const struct sy_trend_point *point)
{
	char name[SY_TREND_FIGURE];

	return point->drawn
	               ? json_string(sy_trend_figure_name(history, point, name))
	               : json_null();
}

static json_t *point_to_json(const struct sy_history *history,
                             const struct sy_trend_point *point)
{
	json_t *json = json_object(), *values = json_array();
	json_t *changes = json_array();

	for (size_t i = 0; i < point->count; i++)
		values = sy_json_then(values, value_to_json(&point->values[i]));
	for (size_t i = 0; i < point->change_count; i++)
		changes = sy_json_then(
			changes,
			change_to_json(history, point, &point->changes[i]));
	json = sy_json_with(json, "name", sy_json_utf8(point->name));
	json = sy_json_with(json, "state",
	                    json_string(sy_trend_state_name(
				    sy_trend_state_of(history, point))));
	json = sy_json_with(json, "figure", figure_of(history, point));
	json = sy_json_with(json, "looked_at",
	                    count_of(point->count - point->first));
	json = sy_json_with(json, "changes", changes);
	return sy_json_with(json, "values", values);
}

static json_t *history_to_json(const struct sy_history *history)
{
	json_t *json = json_object(), *runs = json_array();
	json_t *points = json_array();

	for (size_t i = 0; i < history->run_count; i++)
		runs = sy_json_then(runs, run_to_json(&history->runs[i]));
	for (size_t i = 0; i < history->point_count; i++)
		points = sy_json_then(
			points, point_to_json(history, &history->points[i]));
	json = sy_json_with(json, "machine_id",
	                    text_or_null(history->machine_id));
	json = sy_json_with(json, "machine", text_or_null(history->machine));
	json = sy_json_with(json, "build_type",
	                    text_or_null(history->build_type));
	json = sy_json_with(json, "sanitizer",
	                    text_or_null(history->sanitizer));
	json = sy_json_with(json, "fewest_runs", count_of(history->fewest));
	json = sy_json_with(json, "runs", runs);
	return sy_json_with(json, "points", points);
}

static json_t *rule_to_json(void)
{
	json_t *json = json_object();

	json = sy_json_with(json, "alpha", json_real(SY_TREND_ALPHA));
	json = sy_json_with(json, "floor", json_real(SY_TREND_FLOOR));
	json = sy_json_with(json, "least", json_integer(SY_TREND_LEAST));
	return sy_json_with(json, "most", json_integer(SY_TREND_MOST));
}

json_t *sy_trend_to_json(const struct sy_trend_report *report)
{
	const struct sy_trend *trend = report->trend;
	json_t *json = json_object(), *histories = json_array();
	json_t *skipped = json_array();

	for (size_t i = 0; i < trend->count; i++)
		histories = sy_json_then(histories,
		                         history_to_json(&trend->histories[i]));
	for (size_t i = 0; i < trend->skipped_count; i++)
		skipped =
			sy_json_then(skipped, sy_json_utf8(trend->skipped[i]));
	json = sy_json_with(json, "schema", json_integer(SCHEMA));
	json = sy_json_with(json, "advisory", json_true());
	json = sy_json_with(json, "dir", sy_json_utf8(report->dir));
	json = sy_json_with(json, "filter", text_or_null(report->filter));
	json = sy_json_with(json, "seed",
	                    json_integer((json_int_t)report->seed));
	json = sy_json_with(json, "rule", rule_to_json());
	json = sy_json_with(json, "figures", text_or_null(report->figures));
	json = sy_json_with(json, "without_results",
	                    count_of(trend->without_results));
	json = sy_json_with(json, "skipped", skipped);
	return sy_json_with(json, "histories", histories);
}
