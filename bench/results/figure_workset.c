/* SPDX-License-Identifier: MIT */
/*
 * figure_workset.c - the data of two figures: what a hand-off costs as its
 * contexts work on more memory, and as there are more of them in the ring.
 */
#include "figure_layout.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What differs between the two. */
struct view {
	const char *figure, *title, *file, *what;
	unsigned alike; /* what all points have in common */
	sy_case_value *x;
	const char *axis, *none;
	double ticks_apart;
	void (*format_x)(double value, char *buf, size_t bytes);
	int caches;
};

/* The caches that a working set outgrows. */
static void mark_caches(struct sy_lines *panel, const json_t *results)
{
	static const struct {
		const char *key, *name;
	} caches[] = {
		{ "l1d_bytes", "L1d" },
		{ "l2_bytes", "L2" },
		{ "l3_bytes", "L3" },
	};
	const json_t *sizes =
		json_object_get(json_object_get(results, "machine"), "caches");
	char text[48], size[24];
	size_t i;

	for (i = 0; i < sizeof(caches) / sizeof(caches[0]); i++) {
		double bytes;

		if (sy_read_number(sizes, caches[i].key, &bytes))
			continue;
		sy_text_bytes(bytes, size, sizeof(size));
		snprintf(text, sizeof(text), "%s %s", caches[i].name, size);
		sy_lines_mark(panel, bytes, text);
	}
}

/* "One-way hand-off, placement one-pu, a ring of 16: median of ..." */
static void compose(struct sy_drawing *drawing, const struct view *view,
                    const struct sy_cases *cases, const json_t *results)
{
	char text[SY_TEXT_BYTES] = "One-way hand-off", part[SY_TEXT_BYTES];
	const struct sy_case *one = &cases->cases[0];
	struct sy_effort effort = { 0 };

	sy_case_where(one, part);
	if (*part)
		sy_text_add(text, ", %s", part);
	sy_case_setting(one, view->alike, text);
	sy_text_add(text, "%s: ", view->what);
	sy_cases_effort(cases, &effort);
	sy_effort_describe(&effort, results, "bars, bands", text);
	sy_page_header(&drawing->page, text);
	sy_lines_describe_missing(&drawing->lines[0], part);
	sy_page_note_missing(&drawing->page, part);
}

static int write_view(const struct view *view, const json_t *results,
                      int dir_fd)
{
	struct sy_drawing drawing = {
		.page = { .figure = view->figure, .title = view->title },
		.line_panels = 1,
		.lines[0] = {
			.axis = view->axis,
			.none = view->none,
			.ticks_apart = view->ticks_apart,
			.labels_most = 210,
			.format_x = view->format_x,
			.unit = &sy_unit_ns,
			.frame.kind = SY_PANEL_BANDS,
		},
	};
	struct sy_lines *panel = &drawing.lines[0];
	struct sy_cases cases;
	int err;

	err = sy_cases_take(&cases, results, "switch", "ns_per_op");
	if (err)
		return err;
	err = sy_cases_keep(&cases, view->alike, view->x);
	if (!err)
		err = sy_lines_take(panel, &cases, view->x, 0);
	if (err)
		goto free_cases;
	snprintf(panel->frame.file, sizeof(panel->frame.file), "%s",
	         view->file);
	sy_lines_prepare(panel);
	if (view->caches)
		mark_caches(panel, results);
	compose(&drawing, view, &cases, results);
	err = sy_drawing_write(&drawing, dir_fd);
	free(panel->dots);
free_cases:
	sy_cases_free(&cases);
	return err;
}

int sy_workset_write(const json_t *results, int dir_fd)
{
	static const struct view view = {
		.figure = "workset",
		.title = "Switch cost against the working set",
		.file = "workset.dat",
		.what = ", raw (work on the data included)",
		.alike = SY_ALIKE_WHERE | SY_ALIKE_CONTEXTS,
		.x = sy_case_working,
		.axis = "working set of each context",
		.none = "none",
		.ticks_apart = 54,
		.format_x = sy_text_bytes,
		.caches = 1,
	};

	return write_view(&view, results, dir_fd);
}

static void ring_text(double contexts, char *buf, size_t bytes)
{
	if (contexts > 0)
		sy_text_thousands(contexts, buf, bytes);
	else
		snprintf(buf, bytes, "two sites");
}

int sy_ring_write(const json_t *results, int dir_fd)
{
	static const struct view view = {
		.figure = "ring",
		.title = "Switch cost against the contexts in the ring",
		.file = "ring.dat",
		.what = " (two sites: between two places in the code)",
		.alike = SY_ALIKE_WHERE | SY_ALIKE_WORKING,
		.x = sy_case_contexts,
		.axis = "contexts in the ring",
		.none = "two sites",
		.ticks_apart = 54,
		.format_x = ring_text,
	};

	return write_view(&view, results, dir_fd);
}
