/* SPDX-License-Identifier: MIT */
/*
 * figure_fixture.h - a folder for the data of figures, results that are
 * invented, and whether texts overlap.
 */
#ifndef SY_FIGURE_FIXTURE_H
#define SY_FIGURE_FIXTURE_H

/* cmocka.h needs these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "results/figure_sheet.h"

struct folder {
	char path[64];
	int fd;
};

static inline int make_folder(void **state)
{
	struct folder *folder = calloc(1, sizeof(*folder));

	if (!folder)
		return -1;
	strcpy(folder->path, "/tmp/sy-figure-data-XXXXXX");
	if (!mkdtemp(folder->path))
		return -1;
	folder->fd = open(folder->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	*state = folder;
	return folder->fd < 0;
}

/* Fails where anything but tables was left, a .part for one. */
static inline int remove_folder(void **state)
{
	struct folder *folder = *state;
	DIR *dir = opendir(folder->path);
	struct dirent *entry;
	int err;

	while (dir && (entry = readdir(dir))) {
		const char *dot = strrchr(entry->d_name, '.');

		if (dot && !strcmp(dot, ".dat"))
			unlinkat(folder->fd, entry->d_name, 0);
	}
	if (dir)
		closedir(dir);
	close(folder->fd);
	err = rmdir(folder->path);
	free(folder);
	return err;
}

#define IN_FOLDER(test)                                                        \
	cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

#define SLURP_BYTES (1 << 21)

/* The text of a file; "" where it is not there. */
static inline char *slurp(const struct folder *folder, const char *name)
{
	char *text = calloc(1, SLURP_BYTES);
	int fd = openat(folder->fd, name, O_RDONLY | O_CLOEXEC);

	assert_non_null(text);
	if (fd >= 0) {
		assert_true(read(fd, text, SLURP_BYTES - 1) >= 0);
		close(fd);
	}
	return text;
}

static inline void assert_holds(const struct folder *folder, const char *name,
                                const char *expected, int there)
{
	char *text = slurp(folder, name);

	if ((strstr(text, expected) != NULL) != there)
		fail_msg("%s %s \"%s\":\n%s", name, there ? "lacks" : "holds",
		         expected, text);
	free(text);
}

static inline json_t *estimate(double value)
{
	return json_pack("{s:f,s:f,s:f}", "value", value, "low", value * 0.98,
	                 "high", value * 1.03);
}

static inline json_t *no_results(void)
{
	return json_pack("{s:i,s:{s:s,s:i},s:[]}", "schema", 1, "machine",
	                 "summary", "Invented, 2 PUs", "pus", 2, "points");
}

/*
 * A measured point of a mechanism, its figure under that key.  Its parameters
 * are at its "params".
 */
static inline json_t *add_mechanism(json_t *results, const char *family,
                                    const char *model, const char *mechanism,
                                    const char *key, double value)
{
	json_t *point = json_pack(
		"{s:s,s:s,s:s,s:s+,s:s,s:i,s:i,s:{s:s,s:b},s:o}", "family",
		family, "model", model, "mechanism", mechanism, "label", model,
		mechanism, "state", "measured", "slices", 60, "sets", 3,
		"params", "placement", "one-pu", "hold_awake", 0, key,
		estimate(value));

	assert_non_null(point);
	json_array_append_new(json_object_get(results, "points"), point);
	return point;
}

static inline void set_param(json_t *point, const char *key, json_t *value)
{
	json_object_set_new(json_object_get(point, "params"), key, value);
}

/* Takes its figure away. */
static inline void set_missing(json_t *point, const char *state)
{
	json_object_set_new(point, "state", json_string(state));
	json_object_set_new(point, "reason", json_string("as invented"));
	json_object_del(point, "ns_per_op");
	json_object_del(point, "bytes_per_context");
}

/* ---- where texts stand ---- */

struct placed {
	double left, right, bottom, top;
	int class;
	char text[SY_TEXT_BYTES];
};

static inline double size_of(int class)
{
	switch (class) {
	case SY_TEXT_SUBTITLE:
		return SY_SIZE_SUBTITLE;
	case SY_TEXT_NOTE:
	case SY_TEXT_MARK:
	case SY_TEXT_UNDER:
		return SY_SIZE_NOTE;
	case SY_TEXT_TITLE:
		return 17;
	case SY_TEXT_HEADING:
		return 14;
	default:
		return SY_SIZE_LABEL;
	}
}

/* How much of a text is left of its place. */
static inline double anchor_of(int class)
{
	if (class == SY_TEXT_ROW || class == SY_TEXT_UNDER)
		return 1;
	return class == SY_TEXT_MARK || class == SY_TEXT_AXIS ||
	                       class == SY_TEXT_UPWARDS
	               ? 0.5
	               : 0;
}

/* As text.gp draws it; 0 where the line is none. */
static inline int place_text(char *line, struct placed *placed)
{
	double x, y, size, width, height;
	char *quote;

	if (sscanf(line, "%lf %lf %d", &x, &y, &placed->class) != 3)
		return 0;
	quote = strchr(line, '"') + 1;
	quote[strlen(quote) - 1] = '\0';
	snprintf(placed->text, sizeof(placed->text), "%s", quote);
	size = size_of(placed->class);
	width = sy_text_width(placed->text, size);
	height = size * 0.85;
	if (placed->class == SY_TEXT_UPWARDS) {
		double turned = width;

		width = height;
		height = turned;
	}
	placed->left = x - width * anchor_of(placed->class);
	placed->right = placed->left + width;
	placed->bottom = y - height / 2;
	placed->top = y + height / 2;
	return 1;
}

static inline int overlap(const struct placed *a, const struct placed *b)
{
	return a->left < b->right && b->left < a->right && a->bottom < b->top &&
	       b->bottom < a->top;
}

static inline void place_at(struct placed *placed, double x, double y,
                            double anchor, const char *text)
{
	double width = sy_text_width(text, SY_SIZE_LABEL);

	placed->class = -1;
	placed->left = x - width * anchor;
	placed->right = placed->left + width;
	placed->bottom = y - SY_SIZE_LABEL * 0.42;
	placed->top = y + SY_SIZE_LABEL * 0.42;
	snprintf(placed->text, sizeof(placed->text), "%s", text);
}

/* What a line of the ticks writes beside one of these panels. */
static inline int place_tick(char *line, const struct sy_panel *panels,
                             struct placed *placed)
{
	unsigned number;
	int axis, minor;
	double value, px;
	char *quote;

	if (sscanf(line, "%u %d %lf %d", &number, &axis, &value, &minor) != 4 ||
	    axis > 1 || minor)
		return 0;
	const struct sy_panel *panel = &panels[number - 1];
	const struct sy_axis *along = axis ? &panel->y : &panel->x;

	quote = strchr(line, '"') + 1;
	quote[strlen(quote) - 1] = '\0';
	px = panel->kind == SY_PANEL_CELLS
	             ? along->from_px + (value - along->low) /
	                                        (along->high - along->low) *
	                                        (along->to_px - along->from_px)
	             : sy_axis_px(along, value);
	if (axis)
		place_at(placed, panel->x.from_px - 8, px, 1, quote);
	else
		place_at(placed, px, panel->y.from_px - 15, 0.5, quote);
	return 1;
}

#define PANELS_MOST 16

static inline void read_panels(const struct folder *folder, const char *figure,
                               struct sy_panel panels[PANELS_MOST])
{
	char name[64], *text, *line, *rest;
	unsigned kind, count = 0;

	snprintf(name, sizeof(name), "%s_panels.dat", figure);
	rest = text = slurp(folder, name);
	while ((line = strsep(&rest, "\n"))) {
		struct sy_panel panel = { 0 };
		struct sy_axis *x = &panel.x, *y = &panel.y;

		if (sscanf(line, "800 %*f %u %lf %lf %lf %lf %lf %lf %lf %lf",
		           &kind, &x->from_px, &x->to_px, &y->from_px,
		           &y->to_px, &x->low, &x->high, &y->low,
		           &y->high) != 9)
			continue;
		assert_true(count < PANELS_MOST);
		panel.kind = (enum sy_panel_kind)kind;
		panels[count++] = panel;
	}
	free(text);
}

static inline size_t place_ticks(const struct folder *folder,
                                 const char *figure, struct placed *placed)
{
	struct sy_panel panels[PANELS_MOST];
	char name[64], *text, *line, *rest;
	size_t count = 0;

	read_panels(folder, figure, panels);
	snprintf(name, sizeof(name), "%s_ticks.dat", figure);
	rest = text = slurp(folder, name);
	while ((line = strsep(&rest, "\n")))
		count += (size_t)place_tick(line, panels, &placed[count]);
	free(text);
	return count;
}

static inline double canvas_height(const struct folder *folder,
                                   const char *figure)
{
	char name[64], *text;
	double height = 0;

	snprintf(name, sizeof(name), "%s_panels.dat", figure);
	text = slurp(folder, name);
	assert_int_equal(sscanf(text, "#%*[^\n] 800 %lf", &height), 1);
	free(text);
	return height;
}

/* All texts, those of ticks too, lie on the canvas and none on another; how
   many labels. */
static inline unsigned check_texts(const struct folder *folder,
                                   const char *figure)
{
	double height = canvas_height(folder, figure);
	struct placed *placed = calloc(4096, sizeof(*placed));
	char name[64], *text, *line, *rest;
	size_t count = 0, i, j;
	unsigned labels = 0;

	assert_non_null(placed);
	snprintf(name, sizeof(name), "%s_text.dat", figure);
	rest = text = slurp(folder, name);
	while ((line = strsep(&rest, "\n")))
		count += (size_t)place_text(line, &placed[count]);
	count += place_ticks(folder, figure, placed + count);
	for (i = 0; i < count; i++) {
		const struct placed *one = &placed[i];

		labels += one->class == SY_TEXT_LABEL;
		if (one->left < 0 || one->right > SY_CANVAS_WIDTH ||
		    one->bottom < 0 || one->top > height)
			fail_msg("not on the canvas: \"%s\"", one->text);
		for (j = 0; j < i; j++)
			if (overlap(one, &placed[j]))
				fail_msg("\"%s\" lies on \"%s\"", one->text,
				         placed[j].text);
	}
	free(text);
	free(placed);
	return labels;
}

#endif /* SY_FIGURE_FIXTURE_H */
