/* SPDX-License-Identifier: MIT */
/*
 * figure_matrix.c - the data of a figure: what a hand-off costs from each PU
 * to each other, and on one of them, a panel a mechanism.
 */
#include "figure_cells.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Of all panels: what a picture can hold. */
#define CELLS_MOST 60000
#define KEY_GAP 6.0

struct view {
	struct sy_cases cases;
	unsigned *pus;
	size_t pu_count;
	struct sy_cells panels[SY_CELLS_PANELS];
	size_t count;
	struct sy_page page;
	const char *key[SY_SYMBOLS];
};

static bool is_cell(const struct sy_case *one)
{
	unsigned from, to;

	return !one->reference && !sy_cell_pus(one->placement, &from, &to);
}

/* What varies in a matrix: which cell it is, from 1. */
static double cell_of(const struct sy_case *one)
{
	unsigned from = 0, to = 0;

	sy_cell_pus(one->placement, &from, &to);
	return from * (SY_PU_MOST + 1.0) + to + 1;
}

static int compare_pus(const void *a, const void *b)
{
	unsigned left = *(const unsigned *)a, right = *(const unsigned *)b;

	return (left > right) - (left < right);
}

/* The PUs of all cells, each once. */
static int take_pus(struct view *view)
{
	size_t i, count = 0;

	view->pus = calloc(2 * view->cases.count, sizeof(*view->pus));
	if (!view->pus)
		return -ENOMEM;
	for (i = 0; i < view->cases.count; i++) {
		sy_cell_pus(view->cases.cases[i].placement, &view->pus[count],
		            &view->pus[count + 1]);
		count += 2;
	}
	qsort(view->pus, count, sizeof(*view->pus), compare_pus);
	for (i = 0; i < count; i++)
		if (!view->pu_count ||
		    view->pus[view->pu_count - 1] != view->pus[i])
			view->pus[view->pu_count++] = view->pus[i];
	return view->pu_count > 1 ? 0 : -ENODATA;
}

static int compare_orders(const void *a, const void *b)
{
	const struct sy_case *left = a, *right = b;

	if (left->order != right->order)
		return left->order < right->order ? -1 : 1;
	return (left->place > right->place) - (left->place < right->place);
}

/*
 * Whether its contexts were on both PUs of a cell of two.  What runs in one
 * thread stays on the first, and its cells differ by noise alone.
 */
static bool is_on_two(const struct sy_case *cases, size_t count)
{
	const json_t *seen;
	unsigned from, to;
	size_t i;

	for (i = 0; i < count; i++) {
		seen = json_object_get(cases[i].point, "pus_visited");
		if (sy_case_measured(&cases[i]) &&
		    !sy_cell_pus(cases[i].placement, &from, &to) &&
		    from != to && json_array_size(seen) != 1)
			return true;
	}
	return false;
}

/* Two cells at least: one alone says nothing of places. */
static bool has_two_cells(const struct sy_case *cases, size_t count)
{
	double cell = 0;
	size_t i;

	for (i = 0; i < count; i++) {
		if (!sy_case_measured(&cases[i]))
			continue;
		if (cell > 0 && cell_of(&cases[i]) != cell)
			return true;
		cell = cell_of(&cases[i]);
	}
	return false;
}

static bool has_room(const struct view *view)
{
	size_t cells = view->pu_count * view->pu_count;

	return view->count < SY_CELLS_PANELS &&
	       (!view->count || (view->count + 1) * cells <= CELLS_MOST);
}

static void take_panel(struct view *view, const struct sy_case *cases,
                       size_t count)
{
	struct sy_cells *panel = &view->panels[view->count++];

	*panel = (struct sy_cells){
		.cases = cases,
		.count = count,
		.pus = view->pus,
		.pu_count = view->pu_count,
	};
	sy_cells_prepare(panel, (unsigned)view->count);
}

/* A panel a mechanism, as far as there is room; the others are named. */
static int take_panels(struct view *view)
{
	const struct sy_case *cases = view->cases.cases;
	char full[SY_TEXT_BYTES] = "", one_pu[SY_TEXT_BYTES] = "";
	size_t first, end;

	qsort(view->cases.cases, view->cases.count, sizeof(*cases),
	      compare_orders);
	for (first = 0; first < view->cases.count; first = end) {
		const struct sy_case *row = &cases[first];

		for (end = first; end < view->cases.count; end++)
			if (cases[end].order != row->order)
				break;
		if (!has_two_cells(row, end - first))
			continue;
		if (!is_on_two(row, end - first))
			sy_text_add(
				one_pu, "%s%s",
				*one_pu ? ", "
					: "Always on the first of two PUs: ",
				row->row);
		else if (!has_room(view))
			sy_text_add(full, "%s%s",
			            *full ? ", " : "Not shown: ", row->row);
		else
			take_panel(view, row, end - first);
	}
	sy_page_note(&view->page, full);
	sy_page_note(&view->page, one_pu);
	return view->count ? 0 : -ENODATA;
}

/* "threads.futex 2,3 (failed: reason); ..." */
static void note_missing(struct view *view)
{
	char text[SY_TEXT_BYTES] = "";
	size_t i, j;

	for (i = 0; i < view->count; i++) {
		for (j = 0; j < view->panels[i].count; j++) {
			const struct sy_case *one = &view->panels[i].cases[j];

			if (sy_case_measured(one))
				continue;
			sy_text_add(text, "%s%s %s (%s%s%s)", *text ? "; " : "",
			            one->row, one->placement, one->state,
			            *one->reason ? ": " : "", one->reason);
		}
	}
	if (*text)
		view->key[SY_SYMBOL_MISSING] = "not measured";
	sy_page_note_missing(&view->page, text);
}

static void compose(struct view *view, const json_t *results)
{
	const struct sy_case *one = &view->panels[0].cases[0];
	char text[SY_TEXT_BYTES] = "One-way hand-off";
	struct sy_effort effort = { 0 };

	if (one->hold_awake)
		sy_text_add(text, ", PUs held awake");
	sy_case_setting(one, SY_ALIKE_CONTEXTS | SY_ALIKE_WORKING, text);
	sy_text_add(text, ", each panel with a scale of its own: ");
	sy_cases_effort(&view->cases, &effort);
	sy_effort_describe(&effort, results, NULL, text);
	sy_page_header(&view->page, text);
	note_missing(view);
}

static int write_sheet(struct view *view, int dir_fd)
{
	struct sy_page *page = &view->page;
	double top = sy_page_key(view->key, 0, NULL);
	struct sy_sheet sheet;
	size_t i;
	int err;

	top += sy_page_head(page) + KEY_GAP;
	page->height = top + sy_cells_height(view->panels, view->count) +
	               sy_page_foot(page);
	sy_cells_place(view->panels, view->count, page->height - top);
	err = sy_sheet_open(&sheet, dir_fd, page->figure);
	if (err)
		return err;
	sy_page_write(page, &sheet);
	sy_page_key(view->key, page->height - sy_page_head(page), &sheet);
	for (i = 0; i < view->count && !err; i++)
		err = sy_cells_write(&view->panels[i], &sheet, (unsigned)i + 1,
		                     page->height, dir_fd);
	return sy_sheet_close(&sheet, err);
}

int sy_matrix_write(const json_t *results, int dir_fd)
{
	struct view view = {
		.page = { .figure = "matrix",
		          .title = "What a hand-off costs from PU to PU" },
	};
	int err;

	err = sy_cases_take(&view.cases, results, "switch", "ns_per_op");
	if (err)
		return err;
	sy_cases_filter(&view.cases, is_cell);
	err = sy_cases_keep(
		&view.cases,
		SY_ALIKE_AWAKE | SY_ALIKE_CONTEXTS | SY_ALIKE_WORKING, cell_of);
	if (!err)
		err = take_pus(&view);
	if (!err)
		err = take_panels(&view);
	if (!err) {
		compose(&view, results);
		err = write_sheet(&view, dir_fd);
	}
	free(view.pus);
	sy_cases_free(&view.cases);
	return err;
}
