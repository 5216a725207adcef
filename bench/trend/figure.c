/* SPDX-License-Identifier: MIT */
/* figure.c - which points have a figure, and drawing them; see figure.h. */
#include "trend/figure.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "results/figure_parts.h"
#include "trend/report.h"

static void choose(struct sy_trend_point *point, size_t *chosen, size_t *left)
{
	point->drawn = *chosen < SY_TREND_FIGURES;
	*(point->drawn ? chosen : left) += 1;
}

static int choose_changed(struct sy_history *history, size_t *chosen,
                          size_t *left)
{
	const struct sy_trend_point **changed;
	size_t count;

	changed = sy_trend_changed(history, &count);
	if (!changed)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		choose(&history->points[changed[i] - history->points], chosen,
		       left);
	free(changed);
	return 0;
}

/* One value is no history. */
static void choose_others(struct sy_history *history, size_t *chosen,
                          size_t *left)
{
	for (size_t i = 0; i < history->point_count; i++)
		if (!sy_trend_newest(&history->points[i]) &&
		    history->points[i].count > 1)
			choose(&history->points[i], chosen, left);
}

int sy_trend_choose(struct sy_trend *trend, bool all, size_t *chosen,
                    size_t *left)
{
	size_t yes = 0, no = 0;

	for (size_t i = 0; i < trend->count; i++)
		if (choose_changed(&trend->histories[i], &yes, &no))
			return -ENOMEM;
	for (size_t i = 0; i < trend->count && all; i++)
		choose_others(&trend->histories[i], &yes, &no);
	*chosen = yes;
	*left = no;
	return 0;
}

static int draw_point(const struct sy_history *history,
                      const struct sy_trend_point *point, int data_fd,
                      struct sy_gnuplot *gnuplot, char *why, size_t why_bytes)
{
	static const char *const outputs[] = { "svg", "png" };
	char name[SY_TREND_FIGURE];
	int error = 0;

	error = sy_trend_figure_write(history, point, data_fd);
	if (error)
		snprintf(why, why_bytes,
		         "the data of a figure cannot be written: %s",
		         strerror(-error));
	gnuplot->figure = sy_trend_figure_name(history, point, name);
	/* Without gnuplot the data are there all the same. */
	for (size_t i = 0; i < 2 && !error && gnuplot->program; i++) {
		gnuplot->output = outputs[i];
		error = sy_gnuplot_run(gnuplot, why, why_bytes);
	}
	return error;
}

static int draw_all(struct sy_trend *trend, int data_fd,
                    struct sy_gnuplot *gnuplot, char *why, size_t why_bytes)
{
	int error = 0;

	for (size_t i = 0; i < trend->count; i++) {
		struct sy_history *history = &trend->histories[i];

		for (size_t k = 0; k < history->point_count; k++) {
			struct sy_trend_point *point = &history->points[k];

			if (point->drawn && !error)
				error = draw_point(history, point, data_fd,
				                   gnuplot, why, why_bytes);
			point->drawn &= !error && gnuplot->program;
		}
	}
	return error;
}

/* DIR and DIR/data. */
static int open_folders(const char *dir, int *plots_fd, int *data_fd)
{
	int error = sy_folder_open(AT_FDCWD, dir, plots_fd);

	if (error)
		return error;
	error = sy_folder_open(*plots_fd, "data", data_fd);
	if (error)
		close(*plots_fd);
	return error;
}

int sy_trend_draw(struct sy_trend *trend, const char *dir,
                  const char *scripts_dir, char *why, size_t why_bytes)
{
	struct sy_gnuplot gnuplot = { .limit_ms = SY_GNUPLOT_LIMIT_MS };
	char program[PATH_MAX], *scripts = NULL;
	int data_fd, missing, error;

	error = open_folders(dir, &gnuplot.plots_fd, &data_fd);
	if (error) {
		snprintf(why, why_bytes, "cannot write %.200s: %s", dir,
		         strerror(-error));
		/* Not to be taken for a gnuplot that is not there. */
		return error == -ENOENT || error == -EIO ? -ENOTDIR : error;
	}
	missing =
		sy_gnuplot_find(scripts_dir, program, &scripts, why, why_bytes);
	gnuplot.program = missing ? NULL : program;
	gnuplot.scripts_dir = scripts;
	error = draw_all(trend, data_fd, &gnuplot, why, why_bytes);
	free(scripts);
	close(data_fd);
	close(gnuplot.plots_fd);
	return error ? error : missing;
}
