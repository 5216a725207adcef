/* SPDX-License-Identifier: MIT */
/*
 * tables.h - what of a results object is shown side by side, and what is said
 * of it: decided here, printed by the terminal's tables and by the exports.
 *
 * A section is all points that differ in nothing but the model and the number
 * in flight.  The columns of its tables are the numbers in flight, its rows the
 * models, so that a row reads as a curve.
 */
#ifndef SY_TABLES_H
#define SY_TABLES_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* More numbers in flight than this do not fit side by side anywhere. */
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

/* ---- sections and their tables ---- */

/* All that it points at is the section's. */
struct sy_table {
	const json_t *rows;     /* {"pool": {"64": point}} */
	const json_t *columns;  /* {"64": 64} */
	const json_t *verdicts; /* {"64": group}, where there was a rival */
	bool is_switch;         /* hand-offs: one table, its one column "0" */
	bool is_cpu;            /* tells of efficiency, others of latency */
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
 * called without the number in flight.  NULL: no memory.
 */
json_t *sy_sections(const json_t *results);

/* A table of the section, before its first columns. */
struct sy_table sy_table_of(const json_t *section);

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
