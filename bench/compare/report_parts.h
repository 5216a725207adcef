/* SPDX-License-Identifier: MIT */
/*
 * report_parts.h - what the reports of a comparison share; internal to
 * compare/ and its tests.
 */
#ifndef SY_COMPARE_REPORT_PARTS_H
#define SY_COMPARE_REPORT_PARTS_H

#include "compare/report.h"

/* ---- report_text.c: text from outside, and lines that fit a terminal ---- */

/*
 * The next character of a text from outside as it may be shown anywhere, and
 * moves on behind it: itself, or an escape of what is no printing character
 * (\n, \t, \r, \x1b, \u{202e}), of a byte that is not UTF-8 (\xff), and of the
 * backslash, so that no two texts look alike.  Its length; 0 at the end.
 */
#define SY_VISIBLE_BYTES 12
size_t sy_visible_next(const char **text, char shown[SY_VISIBLE_BYTES]);
void sy_put_visible(FILE *out, const char *text);
/* Its first bytes. */
void sy_put_visible_part(FILE *out, const char *text, size_t bytes);

/* The same text with U+FFFD for each byte that is not UTF-8.  NULL: no memory.
 */
json_t *sy_json_utf8(const char *text);

/*
 * A paragraph within 80 columns: lines break behind blanks and slashes, those
 * behind the first begin at `indent`, and what no line holds is broken where
 * it has to be.  Nothing is left out: the lines without their indents, one
 * behind the other, are what was put in.
 */
#define SY_FLOW_WIDTH 80
struct sy_flow {
	FILE *out;
	size_t at, indent;                /* columns */
	char word[4 * SY_FLOW_WIDTH + 8]; /* not yet printed */
	size_t bytes, columns;            /* of the word */
};
void sy_flow_begin(struct sy_flow *flow, FILE *out, size_t indent);
/* Our own text, as printf has it, at most 200 bytes. */
void sy_flow_put(struct sy_flow *flow, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Text from outside. */
void sy_flow_visible(struct sy_flow *flow, const char *text);
void sy_flow_end(struct sy_flow *flow);

/* A code span of GitHub's Markdown, in which nothing is markup, a mention or a
   link; in the cell of a table bars are escaped. */
void sy_put_code(FILE *out, const char *text, bool in_table);

/* Others that had the sentinel's PU for less are not worth a word. */
#define AWAY_TOLD 0.01

/* ---- report_parts.c: what every report says in the same words ---- */

/* The points, the worst first: an array of `count`, the caller's.  NULL: no
   memory. */
const struct sy_compared **sy_worst_first(const struct sy_comparison *c);

/* "SLOWER", "FAILED", "ONLY", "ABSENT", ...: the first word of a row. */
const char *sy_row_word(const struct sy_compared *point);
/* What stands in the place of figures where there are none: "on NEW", "in
   OLD", "here"; "" of what was compared. */
const char *sy_row_place(const struct sy_compared *point);

#define SY_CELL_BYTES 64
/* "+5.2 % (4.6..5.9)", with the digits that the interval allows; "-". */
void sy_format_change(const struct sy_finding_gate *gate,
                      char text[SY_CELL_BYTES]);
/* The time an operation of a side: "1.23 us"; "-". */
void sy_format_side(const struct sy_compared *point, enum sy_side side,
                    char text[SY_CELL_BYTES]);
/* Whether the switches of a hand-off have a part in its verdict. */
bool sy_switches_moved(const struct sy_comparison *c,
                       const struct sy_compared *point);

/* What is shown and never gates. */
enum sy_aside {
	SY_ASIDE_CPU,
	SY_ASIDE_P50,
	SY_ASIDE_P99,
	SY_ASIDE_BYTES,
	SY_ASIDE_VOLUNTARY,
	SY_ASIDE_INVOLUNTARY,
	SY_ASIDES
};
/* "cpu time", "p99 latency" */
const char *sy_aside_name(enum sy_aside aside);
double sy_aside_value(const struct sy_shown *shown, enum sy_aside aside);
/* "1.23 us"; "-" where there is none. */
void sy_format_aside(double value, enum sy_aside aside,
                     char text[SY_CELL_BYTES]);
/*
 * Whether it tells more than the point's time does: both sides have it, and it
 * has moved by more than the floor (a tail, which has no interval either, by
 * more than three) both by itself and, of times, against the time.
 */
bool sy_aside_tells(const struct sy_comparison *c,
                    const struct sy_compared *point, enum sy_aside aside,
                    double *change);

/* How many pairs, and the sets that they come from. */
void sy_count_pairs(const struct sy_comparison *c, size_t *pairs, size_t *sets);
/* What a side says of itself that the other says otherwise, of those facts
   that a reader wants first, and that it was interrupted; NULL: the same, or
   not told.  `which` from 0 on; false behind the last. */
bool sy_side_fact(const struct sy_comparison *c, enum sy_side side,
                  size_t which, const char **name, const char **value);

#endif /* SY_COMPARE_REPORT_PARTS_H */
