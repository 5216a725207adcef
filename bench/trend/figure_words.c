/* SPDX-License-Identifier: MIT */
/* figure_words.c - what a trend's figure says; see figure_parts.h. */
#include <math.h>

#include "compare/report_parts.h"
#include "trend/figure_parts.h"

#define TITLE_SIZE 17.0
/* A bold typeface is wider. */
#define BOLD 1.08
#define INSIDE (SY_CANVAS_WIDTH - 2 * SY_CANVAS_MARGIN)
/* From here on "by 120 %" is harder to read than a factor. */
#define FACTOR_FROM 2

/* ": slower by 13 % since 4f2c9ab" */
static void add_verdict(char text[SY_TEXT_BYTES],
                        const struct sy_history *history,
                        const struct sy_trend_point *point)
{
	const struct sy_trend_change *change = sy_trend_newest(point);
	char commit[SY_COMMIT_BYTES];
	double ratio, percent;

	if (!change) {
		sy_text_add(text, ": no change of level");
		return;
	}
	ratio = sy_trend_ratio(change);
	percent = fabs(ratio - 1) * 100;
	if (ratio < FACTOR_FROM && ratio > 1.0 / FACTOR_FROM)
		sy_text_add(text, ": %s by %.*f %%",
		            ratio > 1 ? "slower" : "faster",
		            percent < 9.95 ? 1 : 0, percent);
	else
		sy_text_add(text, ": %.3g times as long", ratio);
	sy_trend_run_commit(sy_trend_run_after(history, point, change), commit);
	sy_text_add(text, " since %s", commit);
}

/* The name as the table shows it: what has no width, ends a line or turns the
   direction of reading is an escape. */
static void add_visible(char text[SY_TEXT_BYTES], const char *name)
{
	char shown[SY_VISIBLE_BYTES];

	while (sy_visible_next(&name, shown))
		sy_text_add(text, "%s", shown);
}

bool sy_trend_title(const struct sy_history *history,
                    const struct sy_trend_point *point,
                    char title[SY_TEXT_BYTES])
{
	char verdict[SY_TEXT_BYTES] = "", name[SY_TEXT_BYTES] = "";
	double size = TITLE_SIZE * BOLD, room;

	add_verdict(verdict, history, point);
	room = INSIDE - sy_text_width(verdict, size);
	add_visible(name, point->name);
	sy_text_fit(name, size, room, title);
	sy_text_add(title, "%s", verdict);
	return sy_text_width(name, size) > room;
}

static void add_build(char text[SY_TEXT_BYTES],
                      const struct sy_history *history)
{
	sy_text_add(text, "Machine ");
	add_visible(text,
	            *history->machine_id ? history->machine_id : "unknown");
	sy_text_add(text, "%s", *history->machine ? ": " : "");
	add_visible(text, history->machine);
	sy_text_add(text, "; ");
	add_visible(text,
	            *history->build_type ? history->build_type : "unknown");
	sy_text_add(text, " build%s", *history->sanitizer ? ", " : "");
	add_visible(text, history->sanitizer);
	sy_text_add(text, ".");
}

void sy_trend_describe(struct sy_page *page, const struct sy_history *history,
                       const struct sy_trend_point *point, bool cut,
                       const struct sy_flags *flags, size_t beyond)
{
	size_t runs = point->count - point->first;
	char text[SY_TEXT_BYTES] = "", name[SY_TEXT_BYTES] = "";

	if (cut) {
		add_visible(name, point->name);
		sy_text_fit(name, SY_SIZE_SUBTITLE, INSIDE, text);
		sy_text_add(text, "\n");
	}
	sy_text_add(text,
	            "Time an operation in %zu runs, in their order. Bars = "
	            "95 %% interval of a run, lines = level (median).\n",
	            runs);
	add_build(text, history);
	sy_page_header(page, text);
	text[0] = '\0';
	sy_text_add(text, "Advisory: a machine drifts from run to run.");
	if (flags->unnamed)
		sy_text_add(text, " %zu older change%s without words.",
		            flags->unnamed, flags->unnamed == 1 ? "" : "s");
	if (beyond)
		sy_text_add(text, " %zu run%s beyond the scale: triangles.",
		            beyond, beyond == 1 ? "" : "s");
	sy_page_note(page, text);
}
