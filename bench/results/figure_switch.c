/* SPDX-License-Identifier: MIT */
/*
 * figure_switch.c - the data of the second figure: what one hand-off costs,
 * between two contexts that work on nothing.  A panel for the placement with
 * the most of them, and one for each of a few other circumstances.
 */
#include "figure_cases.h"
#include "figure_layout.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct view {
	struct sy_cases cases;
	struct sy_case_group *groups; /* the first is the main one */
	size_t group_count;
	struct sy_row *rows;
	struct sy_drawing drawing;
};

/* Between two contexts, and no data of theirs. */
static bool is_plain(const struct sy_case *one)
{
	return one->contexts == 0 && one->working_bytes == 0;
}

/* Both modes: a median between two regimes means nothing. */
static void add_modes(const struct sy_row *row, char text[SY_TEXT_BYTES])
{
	const double modes[] = { row->lower, row->upper };
	char number[48];
	int i;

	for (i = 0; i < 2; i++) {
		struct sy_estimate mode = { modes[i], modes[i] * 0.95,
			                    modes[i] * 1.05 };

		sy_text_measured_ns(&mode, number, sizeof(number));
		sy_text_add(text, "%s%s", i ? " or " : "", number);
	}
}

static void take_modes(struct sy_row *row, const json_t *point)
{
	const json_t *modes = json_object_get(point, "modes");
	double lower, upper;

	if (sy_read_number(modes, "lower", &lower) ||
	    sy_read_number(modes, "upper", &upper) || lower <= 0 ||
	    upper <= lower)
		return;
	row->lower = lower;
	row->upper = upper;
}

/* What is left without the same calls in one context, and these. */
static void take_net(struct sy_row *row, const json_t *point)
{
	struct sy_estimate net, alone;
	char number[48];

	if (!sy_read_estimate(point, "alone_ns", &alone))
		row->part = alone.value;
	if (sy_read_interval(point, "net_ns", &net))
		return;
	if (net.low <= 0 ||
	    json_is_true(json_object_get(point, "net_is_zero"))) {
		sy_text_add(row->value, ", net ~0");
		return;
	}
	row->second = net.value;
	sy_text_measured_ns(&net, number, sizeof(number));
	sy_text_add(row->value, ", net %s", number);
}

static void take_row(struct sy_row *row, const struct sy_case *one)
{
	char number[48];

	row->cost = one->cost;
	row->reference = one->reference;
	row->style = one->reference ? 0 : sy_model_style(one->model);
	sy_text_add(row->name, "%s", one->name);
	take_modes(row, one->point);
	if (row->lower > 0) {
		add_modes(row, row->value);
	} else {
		sy_text_measured_ns(&one->cost, number, sizeof(number));
		sy_text_add(row->value, "%s", number);
	}
	if (row->lower == 0)
		take_net(row, one->point);
}

/* One without spinners and bound, if there is any, is the main one. */
static void choose_main(struct view *view)
{
	struct sy_case_group main;
	size_t i;

	for (i = 0; i < view->group_count; i++) {
		const struct sy_case *one =
			&view->cases.cases[view->groups[i].first];

		if (!one->hold_awake && !one->mixture)
			break;
	}
	if (i == view->group_count)
		return;
	main = view->groups[i];
	memmove(view->groups + 1, view->groups, i * sizeof(main));
	view->groups[0] = main;
}

/* The measured cases of a group, in rows from `first` on. */
static size_t take_panel(struct view *view, size_t first)
{
	const struct sy_case_group *group =
		&view->groups[view->drawing.row_panels];
	struct sy_rows *panel = &view->drawing.rows[view->drawing.row_panels];
	const struct sy_case *one = &view->cases.cases[group->first];
	char file[48] = "switch.dat";
	size_t i;

	if (view->drawing.row_panels)
		snprintf(file, sizeof(file), "switch_%zu.dat",
		         view->drawing.row_panels + 1);
	panel->rows = view->rows + first;
	for (i = 0; i < group->count; i++)
		if (sy_case_measured(&one[i]))
			take_row(&panel->rows[panel->count++], &one[i]);
	sy_case_where(one, panel->heading);
	sy_rows_prepare(panel, file);
	view->drawing.row_panels++;
	return first + panel->count;
}

/* Whether this placement is PUs by their numbers: another figure has those. */
static bool is_list(const struct sy_case *one)
{
	return one->placement[strspn(one->placement, "0123456789,")] == '\0';
}

static int take_panels(struct view *view)
{
	size_t i, rows = 0;
	char left_out[SY_TEXT_BYTES] = "", where[SY_TEXT_BYTES];

	view->rows = calloc(view->cases.count, sizeof(*view->rows));
	if (!view->rows)
		return -ENOMEM;
	choose_main(view);
	rows = take_panel(view, 0);
	for (i = 1; i < view->group_count; i++) {
		const struct sy_case *one =
			&view->cases.cases[view->groups[i].first];

		if (is_list(one))
			continue;
		if (view->drawing.row_panels < SY_PANELS_MAX) {
			view->groups[view->drawing.row_panels] =
				view->groups[i];
			rows = take_panel(view, rows);
			continue;
		}
		sy_case_where(one, where);
		sy_text_add(left_out, "%s%s",
		            *left_out ? "; " : "Not shown: ", where);
	}
	sy_page_note(&view->drawing.page, left_out);
	return 0;
}

/* What was to be measured and was not, where the panels are of. */
static void note_missing(struct view *view)
{
	char text[SY_TEXT_BYTES], line[SY_TEXT_BYTES];
	size_t i;

	for (i = 0; i < view->drawing.row_panels; i++) {
		struct sy_cases own = {
			view->cases.cases + view->groups[i].first,
			view->groups[i].count,
		};

		sy_cases_missing(&own, text);
		line[0] = '\0';
		if (*text && i)
			sy_text_add(line,
			            "%s: ", view->drawing.rows[i].heading);
		sy_text_add(line, "%s", text);
		sy_page_note_missing(&view->drawing.page, line);
	}
}

static void compose(struct view *view, const json_t *results)
{
	char text[SY_TEXT_BYTES] = "One-way hand-off";
	struct sy_effort effort = { 0 };
	size_t i;

	for (i = 0; i < view->drawing.row_panels; i++) {
		const struct sy_case_group *group = &view->groups[i];
		struct sy_cases own = { view->cases.cases + group->first,
			                group->count };

		sy_cases_effort(&own, &effort);
	}
	if (view->drawing.row_panels == 1 && *view->drawing.rows[0].heading) {
		sy_text_add(text, ", %s", view->drawing.rows[0].heading);
		view->drawing.rows[0].heading[0] = '\0';
	}
	sy_text_add(text, ": ");
	sy_effort_describe(&effort, results, "bars", text);
	sy_page_header(&view->drawing.page, text);
	view->drawing.key[SY_SYMBOL_VALUE] = "raw, as it runs";
	view->drawing.key[SY_SYMBOL_SECOND] =
		"net: less the same calls without a "
		"switch";
	view->drawing.key[SY_SYMBOL_PART] = "those calls alone";
	view->drawing.key[SY_SYMBOL_REFERENCE] = "a yardstick, no switch";
}

int sy_switch_write(const json_t *results, int dir_fd)
{
	struct view view = {
		.drawing = {
			.page = { .figure = "switch",
		                  .title = "What one context switch costs" },
			.unit = &sy_unit_ns,
		},
	};
	int err;

	err = sy_cases_take(&view.cases, results, "switch", "ns_per_op");
	if (err)
		return err;
	sy_cases_filter(&view.cases, is_plain);
	err = sy_cases_group(&view.cases, SY_ALIKE_WHERE, NULL, &view.groups,
	                     &view.group_count);
	if (err)
		goto free_cases;
	err = take_panels(&view);
	if (err)
		goto free_groups;
	note_missing(&view);
	compose(&view, results);
	err = sy_drawing_write(&view.drawing, dir_fd);
	free(view.rows);
free_groups:
	free(view.groups);
free_cases:
	sy_cases_free(&view.cases);
	return err;
}
