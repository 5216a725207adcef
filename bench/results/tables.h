/* SPDX-License-Identifier: MIT */
/*
 * tables.h - what of a results object is shown side by side, and what is said
 * of it: decided here, printed by the terminal's tables and by the exports.
 *
 * A section is all points that differ in nothing but the model (or mechanism)
 * and one parameter, its axis: the number in flight, or what the family has in
 * its place.  The columns of its tables are the values of that, its rows the
 * models, so that a row reads as a curve.
 */
#ifndef SY_TABLES_H
#define SY_TABLES_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* More columns than this do not fit side by side anywhere. */
#define SY_COLUMNS_MAX 6
/* A spread of the sentinel over this makes small differences worthless. */
#define SY_NOISY 0.03
/* A latency bucket is this wide, as a share of its value. */
#define SY_LATENCY_EXACT (1 / 64.0)

/* ---- finding what belongs together ---- */

/* "" where there is no such text. */
const char *sy_text_of(const json_t *object, const char *key);
/* The number object[key][which], or 0. */
double sy_number_at(const json_t *object, const char *key, const char *which);
/* A new object: the array's objects by their text `key`. */
json_t *sy_index_by(const json_t *array, const char *key);
/* A point's row in its group: the model, or model.mechanism. */
#define SY_ROW_BYTES 200
void sy_row_of(const json_t *point, char row[SY_ROW_BYTES]);

/* ---- a point ---- */

bool sy_is_measured(const json_t *point);
/* Too few slices say nothing about how sure a figure is. */
bool sy_is_few(const json_t *point);
/* By the server, so that the model could do more. */
bool sy_is_limited(const json_t *point);

/* A row that others are held against, and no rival of them. */
bool sy_is_reference(const json_t *point);
/* Its contexts are not bound: no one cost. */
bool sy_is_mixture(const json_t *point);

/* ---- table_axes.c: what a family's tables are made of ---- */

/* A parameter whose values stand side by side. */
struct sy_axis {
	const char *family, *param, *tag;
	const char *label; /* of the values */
	const char *none;  /* in the place of 0 */
	bool is_bytes;
};

/* Of the families of tasks, and of `switch`, `spawn` and `idle`. */
enum sy_shape { SY_TASKS, SY_HANDOFFS, SY_CREATED, SY_WAITING, SY_SHAPES };

/* What stands behind the rates of tasks. */
enum sy_ends { SY_ENDS_EFFICIENCY, SY_ENDS_LATENCY, SY_ENDS_NOTHING };

/* A figure that the points of a family have. */
struct sy_facet {
	const char *key; /* of an estimate; NULL behind the last */
	const char *what;
	bool is_bytes; /* else ns */
};

/* The axis of a family, by what these points differ in; and by its name. */
const struct sy_axis *sy_axis_of(const json_t *points, enum sy_shape shape);
const struct sy_axis *sy_axis_find(const char *param);
json_int_t sy_axis_value(const struct sy_axis *axis, const json_t *point);
/* "64KiB" or "none" for a column; "working set 64KiB", "64 in flight". */
char *sy_column_text(const struct sy_axis *axis, const char *column, char *text,
                     size_t bytes);
#define SY_COLUMN_BYTES 48
char *sy_column_name(const struct sy_axis *axis, const char *column, char *text,
                     size_t bytes);
enum sy_shape sy_shape_of(const char *family);
/* What the family's best point is: "cheapest". */
const char *sy_best_word(enum sy_shape shape);
/* "sections/s": what the operations of a family of tasks are. */
const char *sy_rate_word(const char *family);
/* The main one first; not of SY_TASKS. */
const struct sy_facet *sy_facets(enum sy_shape shape);
char *sy_format_facet(const struct sy_facet *facet, double value, double half,
                      char *text, size_t bytes);

/* ---- sections and their tables ---- */

/* All that it points at is the section's. */
struct sy_table {
	const char *title;      /* its name; of one column, the group's */
	const json_t *rows;     /* {"pool": {"64": point}} */
	const json_t *columns;  /* {"64": 64} */
	const json_t *verdicts; /* {"64": group}, where there was a rival */
	const struct sy_axis *axis;
	enum sy_shape shape;
	enum sy_ends ends;
	const char *rate;    /* "tasks/s" */
	const char *latency; /* "lateness", where that is what latency is */
	/* A measured point's findings; NULL: nothing is looked for. */
	const json_t *findings;
	const char *family;
	const char *shown[SY_COLUMNS_MAX]; /* keys of columns, rising */
	size_t shown_count;
	/*
	 * The column of which more is told: of efficiency 64 in flight or the
	 * last, of latency the last, where most tasks stand behind it.
	 */
	const char *told;
};

/*
 * A new object: the sections of a results object by what their groups are
 * called without the axis.  NULL: no memory.
 */
json_t *sy_sections(const json_t *results);

/* A table of that section, before its first columns. */
struct sy_table sy_table_of(const char *name, const json_t *section);

/* Whether all that there is stands in one column: then more is told of it. */
bool sy_table_is_one(const struct sy_table *table);
/* Whether any point of the rows has that. */
bool sy_table_has(const struct sy_table *table, const char *key);
/* Whether a row belongs into the table of a figure: all into that of the main
   one, others where they have it. */
bool sy_row_has(const struct sy_table *table, const struct sy_facet *facet,
                const json_t *cells);

/* Whether it is a share of all operations, by its name. */
bool sy_finding_is_share(const char *key);
/*
 * What was found in points of tasks, one figure after another: the key in
 * `findings` behind `key`, or the first where that is NULL; NULL behind the
 * last.  Of a sum it is the share of operations.
 */
const char *sy_finding_after(const struct sy_table *table, const char *key);
/* "lost" for both "lost" and "lost_share", into `text`. */
#define SY_FINDING_LABEL 64
char *sy_finding_label(const char *key, char *text, size_t bytes);
/* The workload's own words for it; else its key. */
const char *sy_finding_summary(const char *family, const char *key);
/* "updates that were lost, a share of all", into `text`. */
char *sy_finding_text(const struct sy_table *table, const char *key, char *text,
                      size_t bytes);
/* Whether it reads the same in all points of the shown columns that have it:
   then that goes to `text`. */
bool sy_finding_is_one(const struct sy_table *table, const char *key,
                       char *text, size_t bytes);
/* "0", "12.3%", "17", "5.00/op". */
char *sy_format_finding(const json_t *point, const char *key, char *text,
                        size_t bytes);

/* Goes on to the next columns, `most` at most; false: there are none. */
bool sy_table_next(struct sy_table *table, size_t most);

/* ---- verdicts ---- */

/* Whether one of a group's others is too close to the best to be called. */
bool sy_is_close(const json_t *other);

struct sy_next_best {
	const char *row;
	double ratio, low, high; /* of its time to the best one's */
	int decimals;            /* that are worth printing */
};

/* The least ratio of those that are not too close; false: there are none. */
bool sy_next_best(const json_t *group, struct sy_next_best *next);

#endif /* SY_TABLES_H */
