/* SPDX-License-Identifier: MIT */
/*
 * figure_write.c - the data of a trend's figure; see figure.h.
 *
 * The axis of times is linear and holds the levels and what is near them: one
 * run that went wrong would else press the levels together.
 */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "trend/figure.h"
#include "trend/figure_parts.h"

#define PLOT_HEIGHT 250.0
#define LEFT 76.0
#define RIGHT (SY_CANVAS_WIDTH - 132.0)
#define TICKS_BELOW 34.0
#define DATE_APART 86.0
/* A value that is this factor from all levels is not drawn to scale. */
#define BEYOND 1.6
/* Times this, the range has room at both ends. */
#define ROOM 0.06
/* The shortest range, a share of its middle. */
#define RANGE_LEAST 0.02

enum sort { RUN, LEVEL, CHANGE, ABOVE, BELOW };

struct view {
	const struct sy_history *history;
	const struct sy_trend_point *point;
	double low, high; /* of what is drawn to scale */
	size_t beyond;
	struct sy_panel frame;
	struct sy_flags flags;
	struct sy_page page;
	char figure[SY_TREND_FIGURE], title[SY_TEXT_BYTES];
};

static size_t runs_of(const struct view *view)
{
	return view->point->count - view->point->first;
}

static const struct sy_trend_value *value_of(const struct view *view, size_t i)
{
	return &view->point->values[view->point->first + i];
}

static int level_of(const struct view *view, size_t i,
                    struct sy_trend_level *level)
{
	return sy_trend_level(view->point, i, level);
}

/* From the lowest to the highest level. */
static int find_levels(const struct view *view, double *low, double *high)
{
	struct sy_trend_level level;

	*low = HUGE_VAL;
	*high = 0;
	for (size_t i = 0; i <= view->point->change_count; i++) {
		int error = level_of(view, i, &level);

		if (error)
			return error;
		*low = fmin(*low, level.ns);
		*high = fmax(*high, level.ns);
	}
	return 0;
}

static int find_range(struct view *view)
{
	double low, high, least, most, room;
	int error = find_levels(view, &low, &high);

	if (error)
		return error;
	least = low / BEYOND;
	most = high * BEYOND;
	for (size_t i = 0; i < runs_of(view); i++) {
		const struct sy_estimate *ns = &value_of(view, i)->ns;

		if (ns->value < least || ns->value > most) {
			view->beyond++;
			continue;
		}
		low = fmin(low, fmax(ns->low, least));
		high = fmax(high, fmin(ns->high, most));
	}
	room = fmax((high - low) * ROOM, (high + low) / 2 * RANGE_LEAST / 2);
	view->low = fmax(low - room, 0);
	view->high = high + room;
	return 0;
}

/* Canvas and frame, from below; the head of the panel is the flags'. */
static void place(struct view *view)
{
	struct sy_panel *frame = &view->frame;
	double foot = sy_page_foot(&view->page) + TICKS_BELOW;
	struct sy_axis scale = { view->low, view->high, foot,
		                 foot + PLOT_HEIGHT };

	frame->kind = SY_PANEL_TREND;
	snprintf(frame->file, sizeof(frame->file), "%s.dat", view->figure);
	frame->x = (struct sy_axis){ -0.5 - (double)runs_of(view) * 0.01,
		                     (double)runs_of(view) - 0.5, LEFT, RIGHT };
	for (size_t i = 0; i < view->flags.count; i++)
		view->flags.items[i].x =
			sy_linear_px(&frame->x, view->flags.items[i].at);
	sy_flags_place(&view->flags);
	frame->y = scale;
	frame->y.to_px += sy_flags_height(&view->flags);
	frame->y.high = sy_linear_at(&scale, frame->y.to_px);
	view->page.height = frame->y.to_px + 12 + sy_page_head(&view->page);
}

static double flag_px(const struct view *view, const struct sy_flag *flag)
{
	return sy_linear_px(&view->frame.y, view->high) +
	       sy_flags_lane(&view->flags, flag->lane);
}

static void write_flags(const struct view *view, struct sy_sheet *sheet)
{
	for (size_t i = 0; i < view->flags.count; i++) {
		const struct sy_flag *flag = &view->flags.items[i];
		double y = flag_px(view, flag), x = flag->x + 5;

		if (view->flags.has_aside)
			sy_sheet_text(sheet, SY_TEXT_NOTE, x, y, 0,
			              flag->aside);
		sy_sheet_text(sheet, SY_TEXT_LABEL, x,
		              y + (view->flags.has_aside ? 14 : 0), flag->style,
		              flag->what);
	}
}

/* As many dates as fit; hours where the runs are of few days. */
static void write_dates(const struct view *view, struct sy_sheet *sheet)
{
	const struct sy_trend_run *runs = view->history->runs;
	size_t count = runs_of(view), step;
	time_t from = runs[value_of(view, 0)->run].at;
	time_t to = runs[value_of(view, count - 1)->run].at;
	double apart =
		(view->frame.x.to_px - view->frame.x.from_px) / (double)count;
	char text[SY_DATE_BYTES];

	step = (size_t)ceil(DATE_APART / apart);
	for (size_t i = 0; i < count; i += step) {
		const struct sy_trend_run *run = &runs[value_of(view, i)->run];

		if (to - from > (time_t)step * 86400 / 2)
			sy_trend_run_date(run, text);
		else
			sy_trend_run_hour(run, text);
		sy_sheet_tick(sheet, 1, 'x', (double)i, text);
	}
}

static void write_times(const struct view *view, struct sy_sheet *sheet)
{
	double values[SY_LINEAR_TICKS];
	size_t count = sy_linear_ticks(view->low, view->high, values);
	char text[64];

	for (size_t i = 0; i < count; i++) {
		/* Dates stand close below the corner. */
		if (sy_linear_px(&view->frame.y, values[i]) <
		    view->frame.y.from_px + 5)
			continue;
		sy_linear_format(view->low, view->high, values[i], text,
		                 sizeof(text));
		sy_sheet_tick(sheet, 1, 'y', values[i], text);
	}
}

/* What the last level is, at its end. */
static int write_level(const struct view *view, struct sy_sheet *sheet)
{
	struct sy_trend_level level;
	int error = level_of(view, view->point->change_count, &level);
	struct sy_estimate shown;
	char text[64];

	if (error)
		return error;
	shown = (struct sy_estimate){ level.ns, level.ns * 0.99,
		                      level.ns * 1.01 };
	sy_text_measured_ns(&shown, text, sizeof(text));
	sy_sheet_text(sheet, SY_TEXT_LABEL, view->frame.x.to_px + 8,
	              sy_linear_px(&view->frame.y, level.ns), SY_STYLE_LEVEL,
	              text);
	return 0;
}

static void put_row(struct sy_table *table, enum sort sort, double at,
                    double value, double low, double high, unsigned style)
{
	fprintf(table->file, "%d %.10g %.10g %.10g %.10g %u\n", (int)sort, at,
	        value, low, high, style);
}

static void put_run(const struct view *view, struct sy_table *table, size_t i)
{
	const struct sy_estimate *ns = &value_of(view, i)->ns;
	enum sort sort = ns->value > view->high  ? ABOVE
	                 : ns->value < view->low ? BELOW
	                                         : RUN;
	double value = sort == ABOVE   ? view->high
	               : sort == BELOW ? view->low
	                               : ns->value;

	put_row(table, sort, (double)i, value, fmax(ns->low, view->low),
	        fmin(ns->high, view->high), SY_STYLE_LEVEL);
}

static int put_levels(const struct view *view, struct sy_table *table)
{
	size_t first = view->point->first;
	struct sy_trend_level level;
	int error = 0;

	for (size_t i = 0; i <= view->point->change_count && !error; i++) {
		error = level_of(view, i, &level);
		if (!error)
			put_row(table, LEVEL, 0, level.ns,
			        (double)(level.from - first) - 0.45,
			        (double)(level.to - first) - 0.55,
			        SY_STYLE_LEVEL);
	}
	return error;
}

static void put_changes(const struct view *view, struct sy_table *table)
{
	const struct sy_trend_point *point = view->point;
	size_t flag = 0;

	for (size_t i = point->change_count; i-- > 0;) {
		const struct sy_trend_change *change = &point->changes[i];
		double top = sy_linear_px(&view->frame.y, view->high);

		if (!sy_trend_is_news(change))
			continue;
		if (flag < view->flags.count) {
			top = flag_px(view, &view->flags.items[flag]) + 6 +
			      (view->flags.has_aside ? 14 : 0);
			flag++;
		}
		put_row(table, CHANGE,
		        (double)(change->at - point->first) - 0.5,
		        sy_linear_at(&view->frame.y, top), 0, 0,
		        sy_trend_ratio(change) > 1 ? SY_STYLE_SLOWER
		                                   : SY_STYLE_FASTER);
	}
}

static int write_data(const struct view *view, int dir_fd)
{
	struct sy_table table;
	int error = sy_table_open(&table, dir_fd, view->frame.file,
	                          "sort at value low high style");

	if (error)
		return error;
	for (size_t i = 0; i < runs_of(view); i++)
		put_run(view, &table, i);
	error = put_levels(view, &table);
	if (!error)
		put_changes(view, &table);
	return sy_table_close(&table, error);
}

static int write_sheet(const struct view *view, int dir_fd)
{
	struct sy_sheet sheet;
	int error = sy_sheet_open(&sheet, dir_fd, view->figure);

	if (error)
		return error;
	sy_page_write(&view->page, &sheet);
	sy_sheet_panel(&sheet, &view->frame, view->page.height);
	write_flags(view, &sheet);
	write_dates(view, &sheet);
	write_times(view, &sheet);
	error = write_level(view, &sheet);
	return sy_sheet_close(&sheet, error);
}

int sy_trend_figure_write(const struct sy_history *history,
                          const struct sy_trend_point *point, int dir_fd)
{
	struct view view = { .history = history, .point = point };
	int error = find_range(&view);
	bool cut;

	if (error)
		return error;
	sy_trend_figure_name(history, point, view.figure);
	view.page.figure = view.figure;
	view.page.named = view.title;
	cut = sy_trend_title(history, point, view.title);
	sy_flags_take(&view.flags, history, point);
	sy_trend_describe(&view.page, history, point, cut, &view.flags,
	                  view.beyond);
	place(&view);
	error = write_sheet(&view, dir_fd);
	return error ? error : write_data(&view, dir_fd);
}
