/* SPDX-License-Identifier: MIT */
/* report_table.c - a trend on the terminal, within 80 columns. */
#include "trend/report.h"

#include <errno.h>
#include <stdlib.h>

#include "compare/report_parts.h"

/* A text from outside behind our own, broken where it is too long. */
static void put_line(FILE *out, size_t indent, const char *before,
                     const char *visible, const char *after)
{
	struct sy_flow flow;

	fprintf(out, "%*s", (int)indent, "");
	sy_flow_begin(&flow, out, indent + 2);
	flow.at = indent;
	sy_flow_put(&flow, "%s", before);
	sy_flow_visible(&flow, visible);
	sy_flow_put(&flow, "%s", after);
	sy_flow_end(&flow);
}

static void put_head(FILE *out, const struct sy_history *history)
{
	const struct sy_trend_run *first = &history->runs[0];
	const struct sy_trend_run *last =
		&history->runs[history->run_count - 1];
	char from[SY_DATE_BYTES], to[SY_DATE_BYTES];
	struct sy_flow flow;

	sy_flow_begin(&flow, out, 2);
	sy_flow_put(&flow, "Machine ");
	sy_flow_visible(&flow,
	                *history->machine_id ? history->machine_id : "unknown");
	sy_flow_put(&flow, ", ");
	sy_flow_visible(&flow,
	                *history->build_type ? history->build_type : "unknown");
	sy_flow_put(&flow, " build");
	if (*history->sanitizer) {
		sy_flow_put(&flow, ", sanitizer ");
		sy_flow_visible(&flow, history->sanitizer);
	}
	sy_flow_put(&flow, ": ");
	sy_flow_visible(&flow, history->machine);
	sy_flow_end(&flow);
	fprintf(out, "%zu run%s from %s to %s\n", history->run_count,
	        history->run_count == 1 ? "" : "s",
	        sy_trend_run_date(first, from), sy_trend_run_date(last, to));
}

/* What a reader wants to know of a change: what else did. */
static void put_differences(FILE *out, const struct sy_trend_run *before,
                            const struct sy_trend_run *after)
{
	struct sy_flow flow;

	for (enum sy_told told = SY_TOLD_VERSION; told < SY_TOLD; told++) {
		if (!sy_trend_differs(before, after, told))
			continue;
		fputs("    ", out);
		sy_flow_begin(&flow, out, 6);
		flow.at = 4;
		sy_flow_put(&flow, "%s changed here: ", sy_told_name(told));
		sy_flow_visible(&flow, before->told[told]);
		sy_flow_put(&flow, " -> ");
		sy_flow_visible(&flow, after->told[told]);
		sy_flow_end(&flow);
	}
}

static void put_change(FILE *out, const struct sy_history *history,
                       const struct sy_trend_point *point,
                       const struct sy_trend_change *change)
{
	const struct sy_trend_run *before =
		sy_trend_run_before(history, point, change);
	const struct sy_trend_run *after =
		sy_trend_run_after(history, point, change);
	char old_commit[SY_COMMIT_BYTES], new_commit[SY_COMMIT_BYTES];
	char text[SY_TREND_CELL], old_level[SY_TREND_CELL];
	char new_level[SY_TREND_CELL], time[SY_DATE_BYTES];

	fprintf(out, "  %8s  %8s -> %-8s  %s  %s -> %s\n",
	        sy_trend_format_change(change, text),
	        sy_trend_format_level(change->before, old_level),
	        sy_trend_format_level(change->after, new_level),
	        sy_trend_run_time(after, time),
	        sy_trend_run_commit(before, old_commit),
	        sy_trend_run_commit(after, new_commit));
	put_line(out, 4, "last before: ", sy_trend_run_name(before), "");
	put_line(out, 4, "first after: ", sy_trend_run_name(after), "");
	put_differences(out, before, after);
}

static void put_point(FILE *out, const struct sy_history *history,
                      const struct sy_trend_point *point)
{
	fputc('\n', out);
	put_line(out, 0, "", point->name, "");
	for (size_t i = point->change_count; i-- > 0;)
		if (sy_trend_is_news(&point->changes[i]))
			put_change(out, history, point, &point->changes[i]);
}

static void put_text(FILE *out, const char *text)
{
	if (*text)
		put_line(out, 0, "", text, "");
}

static int put_history(FILE *out, const struct sy_history *history)
{
	const struct sy_trend_point **changed;
	char sentence[SY_TREND_SENTENCE];
	size_t count;

	changed = sy_trend_changed(history, &count);
	if (!changed)
		return -ENOMEM;
	put_head(out, history);
	for (size_t i = 0; i < count; i++)
		put_point(out, history, changed[i]);
	free(changed);
	fputc('\n', out);
	put_text(out, sy_trend_sentence(history, sentence));
	return 0;
}

int sy_trend_table(FILE *out, const struct sy_trend_report *report)
{
	const struct sy_trend *trend = report->trend;
	char sentence[SY_TREND_SENTENCE];
	int error = 0;

	for (size_t i = 0; i < trend->count && !error; i++) {
		if (i)
			fputc('\n', out);
		error = put_history(out, &trend->histories[i]);
	}
	if (error)
		return error;
	put_text(out, sy_trend_left_out(trend, sentence));
	put_text(out, sy_trend_advisory);
	return 0;
}
