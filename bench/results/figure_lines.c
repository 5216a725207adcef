/* SPDX-License-Identifier: MIT */
/* figure_lines.c - ranges and places of panels of lines; see
   figure_lines.h. */
#include "figure_lines.h"

#include <math.h>

#define PANEL_LEAST 280.0
#define GAP 14.0    /* between two panels */
#define TITLE 24.0  /* above a panel */
#define LOAD 18.0   /* under its title */
#define MARKS 27.0  /* names of marked places, and room */
#define FOOTER 56.0 /* ticks and what they count */

/* From the least to the greatest value, with some room around them. */
static void set_ranges(struct sy_lines *lines)
{
	struct sy_axis *x = &lines->frame.x, *y = &lines->frame.y;
	int any_none = 0;
	double room;
	size_t i;

	x->low = y->low = HUGE_VAL;
	x->high = y->high = 0;
	for (i = 0; i < lines->count; i++) {
		const struct sy_dot *dot = &lines->dots[i];

		any_none |= dot->x == 0;
		if (dot->x > 0)
			x->low = fmin(x->low, dot->x);
		x->high = fmax(x->high, dot->x);
		if (dot->y.value == 0)
			continue;
		y->low = fmin(y->low, dot->y.low);
		y->high = fmax(y->high, dot->y.high);
	}
	if (x->high == 0)
		x->low = x->high = 1;
	lines->zero = 0;
	if (any_none) {
		lines->zero = x->low / fmax(pow(x->high / x->low, 0.14), 2);
		x->low = lines->zero;
	}
	room = fmax(pow(x->high / x->low, 0.04), 1.1);
	x->low /= room;
	x->high *= room;
	room = fmax(pow(y->high / y->low, 0.06), 1.05);
	y->low /= room;
	y->high *= room;
}

void sy_lines_prepare(struct sy_lines *lines)
{
	const struct sy_dot *last = NULL;
	size_t i;

	set_ranges(lines);
	lines->label_count = 0;
	lines->label_width = 0;
	for (i = 0; i < lines->count; i++) {
		const struct sy_dot *dot = &lines->dots[i];

		if (dot->y.value == 0 || (last && last->order == dot->order))
			continue;
		last = dot;
		lines->label_count++;
		lines->label_width =
			fmax(lines->label_width,
		             fmin(sy_text_width(dot->name, SY_SIZE_LABEL),
		                  lines->labels_most));
	}
}

void sy_lines_mark(struct sy_lines *lines, double x, const char *text)
{
	struct sy_line_mark *mark = &lines->marks[lines->mark_count];
	double first = lines->zero > 0 ? lines->zero * 1.4 : lines->frame.x.low;

	if (lines->mark_count == SY_MARKS_MAX || !(x > first) ||
	    !(x < lines->frame.x.high))
		return;
	mark->x = x;
	snprintf(mark->text, sizeof(mark->text), "%s", text);
	lines->mark_count++;
}

/* What stands above the panels, so that they are of one height. */
static double above(const struct sy_lines *panels, size_t count)
{
	double height = MARKS;
	int title = 0, load = 0;
	size_t i;

	for (i = 0; i < count; i++) {
		title |= panels[i].title != NULL;
		load |= *panels[i].load != '\0';
	}
	return height + (title ? TITLE : 0) + (load ? LOAD : 0);
}

double sy_lines_height(const struct sy_lines *panels, size_t count)
{
	double inside = PANEL_LEAST;
	size_t i;

	for (i = 0; i < count; i++)
		inside = fmax(inside,
		              (double)panels[i].label_count * SY_LABELS_APART);
	return count ? above(panels, count) + inside + FOOTER : 0;
}

void sy_lines_place(struct sy_lines *panels, size_t count, double top,
                    double bottom)
{
	double left = SY_CANVAS_MARGIN;
	double width = SY_CANVAS_WIDTH - 2 * SY_CANVAS_MARGIN;
	size_t i;

	for (i = 0; i < count; i++)
		width -= SY_TICK_LABELS + SY_LEADER + panels[i].label_width;
	width = (width - (double)(count - 1) * GAP) / (double)count;
	for (i = 0; i < count; i++) {
		struct sy_panel *frame = &panels[i].frame;

		frame->x.from_px = left + SY_TICK_LABELS;
		frame->x.to_px = frame->x.from_px + width;
		frame->y.from_px = bottom + FOOTER;
		frame->y.to_px = top - above(panels, count);
		left = frame->x.to_px + SY_LEADER + panels[i].label_width + GAP;
	}
}
