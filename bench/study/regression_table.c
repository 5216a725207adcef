/* SPDX-License-Identifier: MIT */
/* regression_table.c - what came of every rule, as Markdown and as a table of
   tab-separated values. */
#include "study/regression_parts.h"

#include <math.h>

static double middle(const struct sy_values *values)
{
	double median = NAN;

	if (values->count)
		sy_median(values->values, values->count, &median);
	return median;
}

static double most(const struct sy_values *values)
{
	double found = NAN;

	for (size_t i = 0; i < values->count; i++)
		found = fmax(found, values->values[i]);
	return found;
}

/* "3 of 720, 0.4 % (0.1 to 1.2)" */
static void write_share(FILE *out, const struct sy_share *share)
{
	struct sy_estimate e;

	if (!share->tried) {
		fputs(" - |", out);
		return;
	}
	sy_share_bounds(share, &e);
	fprintf(out, " %zu of %zu, %.1f %% (%.1f to %.1f) |", share->found,
	        share->tried, 100 * e.value, 100 * e.low, 100 * e.high);
}

/* What a user sees where nothing has changed. */
static void write_verdicts(FILE *out, const struct sy_tallied *t, size_t length)
{
	const struct sy_share *passes = &t->passes[length];

	if (!passes->tried)
		return;
	fputs("\nWhere nothing has changed `switchyard compare` says", out);
	for (int change = 0; change <= SY_CHANGE_SLOWER; change++)
		fprintf(out, "%s %zu times %s", change ? "," : "",
		        t->changes[length][change],
		        sy_change_word((enum sy_change)change));
	fprintf(out, ";\n%zu of %zu suites pass with status 0.\n",
	        passes->found, passes->tried);
}

/* Whether any recording has a window of that length. */
static bool has_length(const struct sy_tallied *t, size_t length)
{
	for (size_t p = 0; p < SY_PERCENTS; p++)
		if (t->benchmarks[SY_RULE_OURS][length][p].tried)
			return true;
	return false;
}

static void write_rules(FILE *out, const struct sy_tallied *t, size_t length)
{
	if (!has_length(t, length))
		return;
	fprintf(out,
	        "\n### %u s a side\n\n| rule | false SLOWER a benchmark | "
	        "suites with any |",
	        sy_lengths[length]);
	for (size_t p = 1; p < SY_PERCENTS; p++)
		fprintf(out, " %u %% found |", sy_percents[p]);
	fputs("\n|---|---|---|---|---|---|\n", out);
	for (enum sy_ruled_by rule = 0; rule < SY_RULES; rule++) {
		fprintf(out, "| %s |", sy_ruled_by_text(rule));
		write_share(out, &t->benchmarks[rule][length][0]);
		write_share(out, &t->suites[rule][length]);
		for (size_t p = 1; p < SY_PERCENTS; p++)
			write_share(out, &t->benchmarks[rule][length][p]);
		fputc('\n', out);
	}
	if (t->kept[length].count)
		fprintf(out,
		        "\nThe stop at ±0.5 %% left %.0f %% of the pairs of "
		        "a point (median over A/A).\n",
		        100 * middle(&t->kept[length]));
	write_verdicts(out, t, length);
}

static void write_ratio(FILE *out, const struct sy_values *ratios)
{
	if (ratios->count)
		fprintf(out, " %.4f |", middle(ratios));
	else
		fputs(" - |", out);
}

static void write_points(FILE *out, const struct sy_tallied *t)
{
	if (!t->name_count)
		return;
	fputs("\n### Point by point, by `switchyard compare`\n\n| point | "
	      "slowdown | ratio, median at 4 s |",
	      out);
	for (size_t l = 0; l < SY_LENGTHS; l++)
		fprintf(out, " found at %u s a side |", sy_lengths[l]);
	fputs("\n|---|---|---|---|---|---|\n", out);
	for (size_t i = 0; i < t->name_count; i++)
		for (size_t p = 1; p < SY_PERCENTS; p++) {
			fprintf(out, "| `%s` | %u %% |", t->names[i],
			        sy_percents[p]);
			write_ratio(out, &t->ratios[i][SY_LENGTHS - 1][p]);
			for (size_t l = 0; l < SY_LENGTHS; l++)
				write_share(out, &t->points[i][l][p]);
			fputc('\n', out);
		}
	for (size_t p = 1; p < SY_PERCENTS; p++)
		for (size_t l = 0; l < SY_LENGTHS; l++)
			if (t->all_ratios[l][p].count)
				fprintf(out,
				        "%sAll points, %u %% more work, %u s a "
				        "side: median ratio %.4f.\n",
				        p == 1 && !l ? "\n" : "",
				        sy_percents[p], sy_lengths[l],
				        middle(&t->all_ratios[l][p]));
}

static void write_head(FILE *out, const struct sy_regression_report *report)
{
	const struct sy_tallied *t = report->quiet;

	fprintf(out,
	        "## What is found, and what is raised for nothing\n\n"
	        "%s.\n%zu suites with both sides the same program, %zu of "
	        "them with twice the time, and\n%zu recordings of points "
	        "with more work.",
	        report->recordings->items[0].comparison.machine,
	        t->recordings[SY_RECORDED_SAME] +
	                t->recordings[SY_RECORDED_LONG],
	        t->recordings[SY_RECORDED_LONG],
	        t->recordings[SY_RECORDED_EXTRA]);
	if (t->spreads.count)
		fprintf(out,
		        "\nThe sentinel's spread was %.2f %% in the median, "
		        "%.2f %% at most.",
		        100 * middle(&t->spreads), 100 * most(&t->spreads));
	if (t->walls.count)
		fprintf(out, " A suite took %.1f s (median).",
		        middle(&t->walls));
	if (t->long_walls.count)
		fprintf(out, " With twice the time: %.1f s.",
		        middle(&t->long_walls));
	fprintf(out,
	        "\nShares with the interval of Clopper and Pearson, 95 %%. "
	        "A point with more work is\njudged as the first of %zu "
	        "gates.\n",
	        t->family);
}

static bool is_hurt(const struct sy_compared *point)
{
	return point->outcome == SY_OUTCOME_FAILED ||
	       point->outcome == SY_OUTCOME_WRONG ||
	       point->outcome == SY_OUTCOME_PLANNED;
}

static void write_failed(FILE *out, const struct sy_recordings *recordings)
{
	size_t count = 0;

	for (size_t i = 0; i < recordings->count; i++) {
		const struct sy_comparison *c =
			&recordings->items[i].comparison;

		for (size_t j = 0; j < c->count; j++) {
			if (!is_hurt(&c->points[j]))
				continue;
			fprintf(out, "%s- `%s`: `%s` was %s\n",
			        count++ ? ""
			                : "\n### Points without a "
			                  "verdict\n\n",
			        recordings->items[i].file, c->points[j].name,
			        sy_outcome_name(c->points[j].outcome));
		}
	}
}

static void write_noisy(FILE *out, const struct sy_regression_report *report)
{
	const struct sy_tallied *t = report->noisy;
	size_t count = 0;

	for (size_t i = 0; i < report->recordings->count; i++) {
		const struct sy_recording *r = &report->recordings->items[i];

		if (r->kind == SY_RECORDED_BURNER || !r->comparison.noisy)
			continue;
		if (!count++)
			fputs("\n### Recordings with a noisy sentinel: every "
			      "verdict is NOISY, none is above\n\n",
			      out);
		fprintf(out, "- `%s`: spread %.1f %%%s\n", r->file,
		        100 * r->comparison.spread,
		        r->aside ? ", measured again" : "");
	}
	if (!count)
		return;
	fputs("\nAs if the sentinel had said nothing, at 2 s a side:\n"
	      "\n| false SLOWER a benchmark | suites with any | 5 % found "
	      "|\n|---|---|---|\n|",
	      out);
	write_share(out, &t->benchmarks[SY_RULE_OURS][1][0]);
	write_share(out, &t->suites[SY_RULE_OURS][1]);
	write_share(out, &t->benchmarks[SY_RULE_OURS][1][2]);
	fputc('\n', out);
}

void sy_regression_markdown(FILE *out,
                            const struct sy_regression_report *report)
{
	write_head(out, report);
	for (size_t l = 0; l < SY_LENGTHS; l++)
		write_rules(out, report->quiet, l);
	write_points(out, report->quiet);
	if (report->quiet->note_bytes)
		fprintf(out,
		        "\n### False SLOWER of `switchyard compare`\n\n"
		        "```\n%s```\n",
		        report->quiet->notes);
	write_failed(out, report->recordings);
	write_noisy(out, report);
	sy_regression_verdicts(out, report);
}
