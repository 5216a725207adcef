/* SPDX-License-Identifier: MIT */
/*
 * figure_parts.h - what the files that make figures share; internal to
 * results/ and its tests.
 *
 * A canvas is measured in pixels of an 800 wide drawing, from its lower left
 * corner, as gnuplot counts.  C decides where everything stands, since only
 * the data step knows all labels; the scripts decide how it looks.
 */
#ifndef SY_FIGURE_PARTS_H
#define SY_FIGURE_PARTS_H

#include <jansson.h>
#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "stats/stats.h"

#define SY_CANVAS_WIDTH 800.0
#define SY_CANVAS_MARGIN 16.0

/* Sizes of text, in pixels; text.gp has the same. */
#define SY_SIZE_SUBTITLE 13.0
#define SY_SIZE_LABEL 12.5
#define SY_SIZE_NOTE 11.0

/* A text with its end cut off where it is longer. */
#define SY_TEXT_BYTES 512

/* ---- figure_text.c: text, its width, what it says ---- */

/* The width in the figure's typeface, with some room for another one. */
double sy_text_width(const char *text, double size);

/* Copies text, cut with an ellipsis where it is wider than `width`. */
void sy_text_fit(const char *text, double size, double width,
                 char fitted[SY_TEXT_BYTES]);

/* Breaks at line feeds and blanks; the last line is cut.  How many they are. */
unsigned sy_text_wrap(const char *text, double size, double width,
                      char (*lines)[SY_TEXT_BYTES], unsigned lines_max);

/* snprintf at the end of a text, cut where it is full. */
void sy_text_add(char text[SY_TEXT_BYTES], const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Takes away the beginning of a character whose end was cut off. */
void sy_text_mend(char *text);

/* "100 µs"; "1.5k"; "64", "4k" (of 1024). */
void sy_text_duration(double ns, char *buf, size_t bytes);
void sy_text_rate(double per_second, char *buf, size_t bytes);
void sy_text_count(double count, char *buf, size_t bytes);
/* "10 000", "1 000 000" */
void sy_text_thousands(double count, char *buf, size_t bytes);
/* "64 B", "4 KiB", exact; and rounded: "1.5 KiB" */
void sy_text_size(uint64_t size, char *buf, size_t bytes);
void sy_text_bytes(double size, char *buf, size_t bytes);

/* With the digits that the interval allows. */
void sy_text_measured_ns(const struct sy_estimate *ns, char *buf, size_t bytes);
void sy_text_measured_bytes(const struct sy_estimate *size, char *buf,
                            size_t bytes);

/* Colour, shape and dashes of a model: a line style of theme.gp, from 0. */
#define SY_STYLES 12
unsigned sy_model_style(const char *model);

/* ---- figure_read.c: the results object ---- */

/* "" where there is no such text. */
const char *sy_read_text(const json_t *object, const char *key);
/* 0, or -EINVAL where it is no finite number. */
int sy_read_number(const json_t *object, const char *key, double *number);
/* All three in order, else -EINVAL. */
int sy_read_interval(const json_t *object, const char *key,
                     struct sy_estimate *estimate);
/* The same, and above 0. */
int sy_read_estimate(const json_t *object, const char *key,
                     struct sy_estimate *estimate);

/* How many slices and sets the points of a figure rest on. */
struct sy_effort {
	double slices_min, slices_max, sets_min, sets_max;
};
void sy_effort_add(struct sy_effort *effort, const json_t *point);
/*
 * Adds "median of 45 slices in 3 sets ... .", and a line on the machine;
 * `interval` says what shows one ("bars"), or is NULL.
 */
void sy_effort_describe(const struct sy_effort *effort, const json_t *results,
                        const char *interval, char text[SY_TEXT_BYTES]);

/* ---- figure_axis.c: logarithmic axes ---- */

struct sy_axis {
	double low, high;      /* of the values, above 0 */
	double from_px, to_px; /* where these are on the canvas */
};
double sy_axis_px(const struct sy_axis *axis, double value);

struct sy_tick {
	double value;
	int minor; /* without a label and a grid line */
};
#define SY_TICKS_MAX 128
/* Round values: decades, else finer steps, two or more with a label. */
size_t sy_axis_ticks(const struct sy_axis *axis,
                     struct sy_tick ticks[SY_TICKS_MAX]);
/* The same for bytes: powers of two. */
size_t sy_axis_ticks_bytes(const struct sy_axis *axis,
                           struct sy_tick ticks[SY_TICKS_MAX]);

/* What an axis of values counts: where its ticks are, what they say. */
struct sy_unit {
	size_t (*ticks)(const struct sy_axis *axis,
	                struct sy_tick ticks[SY_TICKS_MAX]);
	void (*format)(double value, char *buf, size_t bytes);
};
extern const struct sy_unit sy_unit_ns, sy_unit_rate, sy_unit_bytes;

/* Of these values (sorted), those with a label `apart` pixels from another. */
size_t sy_axis_ticks_at(const struct sy_axis *axis, const double *values,
                        size_t count, double apart,
                        struct sy_tick ticks[SY_TICKS_MAX]);

/*
 * Moves places (sorted, rising) so that neighbours are `apart` or more, none
 * is outside low..high, and the squares of the moves add up to the least.
 * Where they do not fit they go beyond both ends alike.
 */
void sy_places_spread(double *places, size_t count, double apart, double low,
                      double high);

/* ---- figure_NAME.c: the data of a figure ---- */

/* Writes the data files; -ENODATA where there is nothing to draw. */
int sy_throughput_write(const json_t *results, int dir_fd);
int sy_switch_write(const json_t *results, int dir_fd);
int sy_workset_write(const json_t *results, int dir_fd);
int sy_ring_write(const json_t *results, int dir_fd);
int sy_matrix_write(const json_t *results, int dir_fd);
int sy_creation_write(const json_t *results, int dir_fd);
int sy_memory_write(const json_t *results, int dir_fd);

/* ---- figure_gnuplot.c ---- */

/* Makes the folder where it is not there, and opens it. */
int sy_folder_open(int parent_fd, const char *name, int *fd);

/* Where gnuplot is, and its scripts; the caller frees `scripts`.  -ENOENT,
   with what to do. */
int sy_gnuplot_find(const char *scripts_dir, char program[PATH_MAX],
                    char **scripts, char *why, size_t why_bytes);

/* A figure takes a quarter of a second; a machine can be busy. */
#define SY_GNUPLOT_LIMIT_MS 30000

struct sy_gnuplot {
	const char *program; /* absolute */
	const char *scripts_dir;
	int plots_fd;       /* where it runs and writes */
	const char *figure; /* letters, digits, '_'; 40 at most */
	const char *output; /* "svg" or "png" */
	int limit_ms;
};

/* Draws one file; as sy_figures_draw. */
int sy_gnuplot_run(const struct sy_gnuplot *gnuplot, char *why,
                   size_t why_bytes);

#endif /* SY_FIGURE_PARTS_H */
