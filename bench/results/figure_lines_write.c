/* SPDX-License-Identifier: MIT */
/* figure_lines_write.c - the tables of a panel of lines; see
   figure_lines.h. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "figure_lines.h"

struct label {
	const struct sy_dot *end; /* of its line, where it was measured last */
	double y;
};

static double at(const struct sy_lines *lines, const struct sy_dot *dot)
{
	return dot->x > 0 ? dot->x : lines->zero;
}

static int compare_labels(const void *a, const void *b)
{
	const struct label *left = a, *right = b;

	if (left->y != right->y)
		return left->y < right->y ? -1 : 1;
	return strcmp(left->end->name, right->end->name);
}

/* The last measured dot of every line is where its name belongs. */
static size_t find_labels(const struct sy_lines *lines, struct label *labels)
{
	size_t i, count = 0;

	for (i = 0; i < lines->count; i++) {
		const struct sy_dot *dot = &lines->dots[i];

		if (dot->y.value == 0)
			continue;
		if (!count || labels[count - 1].end->order != dot->order)
			count++;
		labels[count - 1].end = dot;
		labels[count - 1].y = dot->y.value;
	}
	qsort(labels, count, sizeof(*labels), compare_labels);
	return count;
}

static void write_label(const struct sy_lines *lines, struct sy_sheet *sheet,
                        const struct sy_dot *end, double place)
{
	const struct sy_panel *frame = &lines->frame;
	double x = frame->x.to_px + SY_LEADER;
	char fitted[SY_TEXT_BYTES];

	sy_text_fit(end->name, SY_SIZE_LABEL, lines->labels_most, fitted);
	sy_sheet_text(sheet, SY_TEXT_LABEL, x, place, end->style, fitted);
	sy_sheet_line(sheet, sy_axis_px(&frame->x, at(lines, end)) + 5,
	              sy_axis_px(&frame->y, end->y.value), x - 3, place,
	              end->style);
}

static int write_labels(const struct sy_lines *lines, struct sy_sheet *sheet)
{
	const struct sy_axis *y = &lines->frame.y;
	struct label *labels;
	double *places;
	size_t i, count;
	int err = -ENOMEM;

	labels = calloc(lines->count, sizeof(*labels));
	places = calloc(lines->count, sizeof(*places));
	if (!labels || !places)
		goto free_both;
	count = find_labels(lines, labels);
	for (i = 0; i < count; i++)
		places[i] = sy_axis_px(y, labels[i].y);
	sy_places_spread(places, count, SY_LABELS_APART, y->from_px,
	                 y->to_px + 8);
	for (i = 0; i < count; i++)
		write_label(lines, sheet, labels[i].end, places[i]);
	err = 0;
free_both:
	free(places);
	free(labels);
	return err;
}

static int compare_numbers(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

static int write_ticks(const struct sy_lines *lines, struct sy_sheet *sheet,
                       unsigned number)
{
	struct sy_tick ticks[SY_TICKS_MAX];
	size_t i, count = 0, first;
	double *values;

	values = calloc(lines->count, sizeof(*values));
	if (!values)
		return -ENOMEM;
	for (i = 0; i < lines->count; i++)
		values[i] = at(lines, &lines->dots[i]);
	qsort(values, lines->count, sizeof(*values), compare_numbers);
	for (i = 0; i < lines->count; i++)
		if (!count || values[count - 1] != values[i])
			values[count++] = values[i];
	count = sy_axis_ticks_at(&lines->frame.x, values, count,
	                         lines->ticks_apart, ticks);
	first = lines->zero > 0;
	if (first)
		sy_sheet_tick(sheet, number, 'x', lines->zero,
		              lines->none ? lines->none : "0");
	sy_sheet_ticks(sheet, number, 'x', ticks + first, count - first,
	               lines->format_x);
	count = lines->unit->ticks(&lines->frame.y, ticks);
	sy_sheet_ticks(sheet, number, 'y', ticks, count, lines->unit->format);
	free(values);
	return 0;
}

/* Names centred on their lines, but apart, and not left of the panel. */
static void write_marks(const struct sy_lines *lines, struct sy_sheet *sheet,
                        unsigned number)
{
	const struct sy_axis *x = &lines->frame.x;
	double places[SY_MARKS_MAX], width = 0;
	size_t i;

	for (i = 0; i < lines->mark_count; i++) {
		const struct sy_line_mark *mark = &lines->marks[i];

		sy_sheet_mark(sheet, number, mark->x);
		places[i] = sy_axis_px(x, mark->x);
		width = fmax(width, sy_text_width(mark->text, SY_SIZE_NOTE));
	}
	sy_places_spread(places, lines->mark_count, width + 8,
	                 x->from_px + width / 2, x->to_px + SY_LEADER);
	for (i = 0; i < lines->mark_count; i++)
		sy_sheet_text(sheet, SY_TEXT_MARK, places[i],
		              lines->frame.y.to_px + 9, 0,
		              lines->marks[i].text);
}

static void write_dot(struct sy_table *table, const struct sy_lines *lines,
                      const struct sy_dot *dot)
{
	fprintf(table->file, "%.10g %.10g", at(lines, dot), dot->x);
	if (dot->y.value > 0)
		fprintf(table->file, " %.10g %.10g %.10g %d", dot->y.value,
		        dot->y.low, dot->y.high, dot->hollow);
	else
		fprintf(table->file, " NaN NaN NaN 0");
	fprintf(table->file, " %u %u", dot->style, dot->shape);
	sy_table_text(table, dot->name);
	fputc('\n', table->file);
}

static int write_data(const struct sy_lines *lines, int dir_fd)
{
	struct sy_table table;
	size_t i;
	int err;

	err = sy_table_open(&table, dir_fd, lines->frame.file,
	                    "at x value low high at_least style shape name");
	if (err)
		return err;
	for (i = 0; i < lines->count; i++) {
		const struct sy_dot *dot = &lines->dots[i];

		/* An empty line ends a line, and what is drawn as one. */
		if (i && (dot->order != dot[-1].order || dot[-1].x == 0 ||
		          !(dot->y.value > 0) != !(dot[-1].y.value > 0)))
			fputc('\n', table.file);
		write_dot(&table, lines, dot);
	}
	return sy_table_close(&table, 0);
}

static void write_headings(const struct sy_lines *lines, struct sy_sheet *sheet)
{
	const struct sy_panel *frame = &lines->frame;
	double width = frame->x.to_px - frame->x.from_px + SY_LEADER +
	               lines->label_width;
	double y = frame->y.to_px + 32;
	char fitted[SY_TEXT_BYTES];

	if (*lines->load) {
		sy_text_fit(lines->load, SY_SIZE_LABEL, width, fitted);
		sy_sheet_text(sheet, SY_TEXT_LOAD, frame->x.from_px, y, 0,
		              fitted);
		y += 18;
	}
	if (lines->title)
		sy_sheet_text(sheet, SY_TEXT_HEADING, frame->x.from_px, y, 0,
		              lines->title);
	sy_sheet_text(sheet, SY_TEXT_AXIS,
	              (frame->x.from_px + frame->x.to_px) / 2,
	              frame->y.from_px - 39, 0, lines->axis);
}

int sy_lines_write(const struct sy_lines *lines, struct sy_sheet *sheet,
                   unsigned number, double height, int dir_fd)
{
	int err;

	sy_sheet_panel(sheet, &lines->frame, height);
	write_headings(lines, sheet);
	write_marks(lines, sheet, number);
	err = write_ticks(lines, sheet, number);
	if (!err)
		err = write_labels(lines, sheet);
	if (!err)
		err = write_data(lines, dir_fd);
	return err;
}
