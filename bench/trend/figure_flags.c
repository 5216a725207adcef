/* SPDX-License-Identifier: MIT */
/*
 * figure_flags.c - the words at the lines of changes, so that none covers
 * another or a line; see figure_parts.h.
 *
 * Words stand to the right of the head of their line.  A flag covers the lines
 * of later changes that are near, so it stands above their heads, and no line
 * goes through words: what is to the left of a line never covers it.
 */
#include "trend/figure_parts.h"

#define WORDS_HEIGHT 16.0
#define ASIDE_HEIGHT 13.0
#define ASIDE_WIDTH 118.0
#define BESIDE 5.0 /* pixels from a line to its words */
#define APART 8.0

/* "compiler, kernel": what else changed there. */
static void name_differences(const struct sy_trend_run *before,
                             const struct sy_trend_run *after,
                             char aside[SY_TEXT_BYTES])
{
	char text[SY_TEXT_BYTES] = "";

	for (enum sy_told told = SY_TOLD_VERSION; told < SY_TOLD; told++)
		if (sy_trend_differs(before, after, told))
			sy_text_add(text, "%s%s", *text ? ", " : "with ",
			            sy_told_name(told));
	sy_text_fit(text, SY_SIZE_NOTE, ASIDE_WIDTH, aside);
}

static double wider(double a, double b)
{
	return a > b ? a : b;
}

static void take_flag(struct sy_flag *flag, const struct sy_history *history,
                      const struct sy_trend_point *point,
                      const struct sy_trend_change *change)
{
	const struct sy_trend_run *after =
		sy_trend_run_after(history, point, change);
	char text[SY_TREND_CELL], commit[SY_COMMIT_BYTES];

	*flag = (struct sy_flag){
		.at = (double)(change->at - point->first) - 0.5,
		.style = sy_trend_ratio(change) > 1 ? SY_STYLE_SLOWER
		                                    : SY_STYLE_FASTER,
	};
	sy_text_add(flag->what, "%s  %s", sy_trend_format_change(change, text),
	            sy_trend_run_commit(after, commit));
	name_differences(sy_trend_run_before(history, point, change), after,
	                 flag->aside);
	flag->width = BESIDE + wider(sy_text_width(flag->what, SY_SIZE_LABEL),
	                             sy_text_width(flag->aside, SY_SIZE_NOTE));
}

void sy_flags_take(struct sy_flags *flags, const struct sy_history *history,
                   const struct sy_trend_point *point)
{
	*flags = (struct sy_flags){ .lanes = 0 };
	for (size_t i = point->change_count; i-- > 0;) {
		struct sy_flag *flag = &flags->items[flags->count];

		if (!sy_trend_is_news(&point->changes[i]))
			continue;
		if (flags->count == SY_FLAGS_MAX) {
			flags->unnamed++;
			continue;
		}
		take_flag(flag, history, point, &point->changes[i]);
		flags->has_aside |= *flag->aside != '\0';
		flags->count++;
	}
}

void sy_flags_place(struct sy_flags *flags)
{
	flags->lanes = 0;
	for (size_t i = 0; i < flags->count; i++) {
		struct sy_flag *flag = &flags->items[i];

		flag->lane = 0;
		for (size_t k = 0; k < i; k++)
			if (flags->items[k].x < flag->x + flag->width + APART &&
			    flags->items[k].lane >= flag->lane)
				flag->lane = flags->items[k].lane + 1;
		if (flag->lane >= flags->lanes)
			flags->lanes = flag->lane + 1;
	}
}

static double lane_height(const struct sy_flags *flags)
{
	return WORDS_HEIGHT + (flags->has_aside ? ASIDE_HEIGHT : 0);
}

double sy_flags_height(const struct sy_flags *flags)
{
	return flags->lanes * lane_height(flags) + (flags->lanes ? 8 : 0);
}

double sy_flags_lane(const struct sy_flags *flags, unsigned lane)
{
	return 8 + lane * lane_height(flags);
}
