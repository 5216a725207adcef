/* SPDX-License-Identifier: MIT */
/*
 * export_csv.c - one row a point, as comma- and as tab-separated values.
 *
 * The columns are described in docs/export.md; new ones go to the end of
 * their part, so that a reader finds them by name.  What holds for the whole
 * run is in every row: a row that is copied elsewhere still says where it is
 * from and whether the run was interrupted.
 */
#include <errno.h>
#include <string.h>

#include "results/export_parts.h"

/* What a column is taken from. */
enum { POINT, GROUP, RIVAL, RUN, SOURCES };

#define ESTIMATE(name, source, object)                                         \
	{ name, source, object, "value" },                                     \
		{ name "_low", source, object, "low" },                        \
	{                                                                      \
		name "_high", source, object, "high"                           \
	}

static const struct sy_column columns[] = {
	{ "name", POINT, NULL, "name" },
	{ "group", POINT, NULL, "group" },
	{ "family", POINT, NULL, "family" },
	{ "model", POINT, NULL, "model" },
	{ "mechanism", POINT, NULL, "mechanism" },
	{ "label", POINT, NULL, "label" },
	{ "state", POINT, NULL, "state" },
	{ "reason", POINT, NULL, "reason" },
	{ "placement", POINT, "params", "placement" },
	{ "pu_count", POINT, "params", "pu_count" },
	{ "hold_awake", POINT, "params", "hold_awake" },
	{ "inflight", POINT, "params", "inflight" },
	{ "window", POINT, "params", "window" },
	{ "grain_ns", POINT, "params", "grain_ns" },
	{ "rounds", POINT, "params", "rounds" },
	{ "wait_ns", POINT, "params", "wait_ns" },
	{ "request_bytes", POINT, "params", "request_bytes" },
	{ "reply_bytes", POINT, "params", "reply_bytes" },
	{ "transport", POINT, "params", "transport" },
	{ "server_pu", POINT, "params", "server_pu" },
	{ "pus", POINT, "params", "pus" },
	{ "ring", POINT, "params", "ring" },
	{ "working_set_bytes", POINT, "params", "working_set_bytes" },
	{ "burst", POINT, "params", "burst" },
	{ "contexts", POINT, "params", "contexts" },
	{ "stack_bytes", POINT, "params", "stack_bytes" },
	{ "resident_bytes", POINT, "params", "resident_bytes" },
	{ "huge_pages", POINT, "params", "huge_pages" },
	{ "inside_ns", POINT, "params", "inside_ns" },
	{ "inside_rounds", POINT, "params", "inside_rounds" },
	{ "outside_ns", POINT, "params", "outside_ns" },
	{ "outside_rounds", POINT, "params", "outside_rounds" },
	{ "sections", POINT, "params", "sections" },
	{ "units", POINT, "params", "units" },
	{ "notify", POINT, "params", "notify" },
	{ "cells", POINT, "params", "cells" },
	{ "body_bytes", POINT, "params", "body_bytes" },
	{ "connection", POINT, "params", "connection" },
	{ "timeout_ns", POINT, "params", "timeout_ns" },
	{ "url", POINT, "params", "url" },
	{ "reference", POINT, NULL, "reference" },
	{ "mixture", POINT, NULL, "mixture" },
	{ "detail", POINT, NULL, "detail" },
	ESTIMATE("ns_per_op", POINT, "ns_per_op"),
	ESTIMATE("ops_per_s", POINT, "ops_per_s"),
	ESTIMATE("net_ns", POINT, "net_ns"),
	ESTIMATE("efficiency", POINT, "efficiency"),
	ESTIMATE("alone_ns", POINT, "alone_ns"),
	{ "net_is_zero", POINT, NULL, "net_is_zero" },
	ESTIMATE("first_ns", POINT, "first_ns"),
	ESTIMATE("bytes_per_context", POINT, "bytes_per_context"),
	ESTIMATE("slab_bytes_per_context", POINT, "slab_bytes_per_context"),
	{ "mode_lower_ns", POINT, "modes", "lower" },
	{ "mode_upper_ns", POINT, "modes", "upper" },
	{ "latency_count", POINT, "latency_ns", "count" },
	{ "latency_p50_ns", POINT, "latency_ns", "p50" },
	{ "latency_p90_ns", POINT, "latency_ns", "p90" },
	{ "latency_p99_ns", POINT, "latency_ns", "p99" },
	{ "latency_p99_9_ns", POINT, "latency_ns", "p99.9" },
	{ "latency_max_ns", POINT, "latency_ns", "max" },
	{ "findings", POINT, NULL, "findings" },
	{ "voluntary_per_op", POINT, "switches_per_op", "voluntary" },
	{ "involuntary_per_op", POINT, "switches_per_op", "involuntary" },
	{ "cpu_ns_per_op", POINT, NULL, "cpu_ns_per_op" },
	{ "migrations", POINT, NULL, "migrations" },
	{ "pus_visited", POINT, NULL, "pus_visited" },
	{ "server_share", POINT, "server", "share" },
	{ "server_limited", POINT, "server", "limited" },
	{ "slices", POINT, NULL, "slices" },
	{ "sets", POINT, NULL, "sets" },
	{ "dropped", POINT, NULL, "dropped" },
	{ "operations", POINT, NULL, "operations" },
	{ "slice_operations", POINT, NULL, "slice_operations" },
	{ "best_row", GROUP, NULL, "best" },
	{ "compared_by", GROUP, NULL, "by" },
	ESTIMATE("ratio_to_best", RIVAL, "ratio"),
	{ "verdict", RIVAL, NULL, "verdict" },
	{ "noise", RUN, "sentinel", "spread" },
	{ "interrupted", RUN, NULL, "interrupted" },
	{ "seed", RUN, NULL, "seed" },
	{ "date", RUN, "context", "date" },
	{ "machine_id", RUN, NULL, "machine_id" },
	{ "machine", RUN, "machine", "summary" },
};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

/* What the group says of this point against its best one, or NULL. */
static const json_t *rival_of(const json_t *group, const json_t *point,
                              const json_t *best)
{
	char row[SY_ROW_BYTES];
	json_t *other;
	size_t i;

	sy_row_of(point, row);
	if (group && !strcmp(sy_text_of(group, "best"), row))
		return best;
	json_array_foreach (json_object_get(group, "others"), i, other)
		if (!strcmp(sy_text_of(other, "row"), row))
			return other;
	return NULL;
}

static int write_points(FILE *out, const struct sy_export *run,
                        struct sy_reason *reason,
                        const struct sy_dialect *dialect)
{
	json_t *groups =
		sy_index_by(json_object_get(run->results, "groups"), "group");
	json_t *best = json_pack("{ss}", "verdict", "best"), *point;
	const json_t *objects[SOURCES] = { [RUN] = run->results };
	size_t i;
	int error = groups && best ? 0 : -ENOMEM;

	if (error) {
		sy_reason(reason, error, "no memory");
		goto release;
	}
	sy_put_header(out, dialect, columns, COLUMNS);
	json_array_foreach (json_object_get(run->results, "points"), i, point) {
		objects[POINT] = point;
		objects[GROUP] =
			json_object_get(groups, sy_text_of(point, "group"));
		objects[RIVAL] = rival_of(objects[GROUP], point, best);
		sy_put_row(out, dialect, columns, COLUMNS, objects);
	}
release:
	json_decref(groups);
	json_decref(best);
	return error;
}

/* RFC 4180 ends a line with CR LF. */
static const struct sy_dialect csv = { ',', "\r\n", sy_put_csv };
static const struct sy_dialect tsv = { '\t', "\n", sy_put_tsv };

static int write_csv(FILE *out, const struct sy_export *run,
                     struct sy_reason *reason)
{
	return write_points(out, run, reason, &csv);
}

static int write_tsv(FILE *out, const struct sy_export *run,
                     struct sy_reason *reason)
{
	return write_points(out, run, reason, &tsv);
}

const struct sy_export_format sy_export_csv = {
	.name = "csv",
	.write = write_csv,
	.dialect = &csv,
};

const struct sy_export_format sy_export_tsv = {
	.name = "tsv",
	.write = write_tsv,
	.dialect = &tsv,
};
