/* SPDX-License-Identifier: MIT */
/* report_markdown.c - a trend as tables of GitHub's Markdown. */
#include "trend/report.h"

#include <errno.h>
#include <stdlib.h>

#include "compare/report_parts.h"

static void put_or_unknown(FILE *out, const char *text)
{
	sy_put_code(out, *text ? text : "unknown", false);
}

static void put_head(FILE *out, const struct sy_history *history)
{
	char from[SY_DATE_BYTES], to[SY_DATE_BYTES];

	fputs("### Machine ", out);
	put_or_unknown(out, history->machine_id);
	fputs(", ", out);
	put_or_unknown(out, history->build_type);
	fputs(" build", out);
	if (*history->sanitizer) {
		fputs(", sanitizer ", out);
		sy_put_code(out, history->sanitizer, false);
	}
	fputs("\n\n", out);
	put_or_unknown(out, history->machine);
	fprintf(out, "; %zu run%s from %s to %s.\n\n", history->run_count,
	        history->run_count == 1 ? "" : "s",
	        sy_trend_run_date(&history->runs[0], from),
	        sy_trend_run_date(&history->runs[history->run_count - 1], to));
}

static void put_differences(FILE *out, const struct sy_trend_run *before,
                            const struct sy_trend_run *after)
{
	bool any = false;

	for (enum sy_told told = SY_TOLD_VERSION; told < SY_TOLD; told++) {
		if (!sy_trend_differs(before, after, told))
			continue;
		fprintf(out, "%s%s: ", any ? "; " : "", sy_told_name(told));
		sy_put_code(out, before->told[told], true);
		fputs(" → ", out);
		sy_put_code(out, after->told[told], true);
		any = true;
	}
	fputs(any ? "" : "-", out);
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

	fputs("| ", out);
	sy_put_code(out, point->name, true);
	fprintf(out, " | %s | %s → %s | %s | %s → %s | ",
	        sy_trend_format_change(change, text),
	        sy_trend_format_level(change->before, old_level),
	        sy_trend_format_level(change->after, new_level),
	        sy_trend_run_time(after, time),
	        sy_trend_run_commit(before, old_commit),
	        sy_trend_run_commit(after, new_commit));
	sy_put_code(out, sy_trend_run_name(before), true);
	fputs(" → ", out);
	sy_put_code(out, sy_trend_run_name(after), true);
	fputs(" | ", out);
	put_differences(out, before, after);
	fputs(" |\n", out);
}

static void put_changes(FILE *out, const struct sy_history *history,
                        const struct sy_trend_point *const *changed,
                        size_t count)
{
	fputs("| point | change | level | since | commits | runs "
	      "| also changed here |\n"
	      "|---|---:|---|---|---|---|---|\n",
	      out);
	for (size_t i = 0; i < count; i++)
		for (size_t k = changed[i]->change_count; k-- > 0;)
			if (sy_trend_is_news(&changed[i]->changes[k]))
				put_change(out, history, changed[i],
				           &changed[i]->changes[k]);
	fputc('\n', out);
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
	if (count)
		put_changes(out, history, changed, count);
	free(changed);
	fprintf(out, "%s\n\n", sy_trend_sentence(history, sentence));
	return 0;
}

int sy_trend_markdown(FILE *out, const struct sy_trend_report *report)
{
	const struct sy_trend *trend = report->trend;
	char sentence[SY_TREND_SENTENCE];
	int error = 0;

	for (size_t i = 0; i < trend->count && !error; i++)
		error = put_history(out, &trend->histories[i]);
	if (error)
		return error;
	if (*sy_trend_left_out(trend, sentence))
		fprintf(out, "%s\n\n", sentence);
	fprintf(out, "%s\n", sy_trend_advisory);
	return 0;
}
