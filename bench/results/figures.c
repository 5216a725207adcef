/* SPDX-License-Identifier: MIT */
/* figures.c - from results to drawings; see figures.h. */
#include "figures.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "figure_parts.h"

static const struct figure {
	const char *name;
	int (*write)(const json_t *results, int dir_fd);
} figures[] = {
	{ "throughput", sy_throughput_write },
	{ "switch", sy_switch_write },
	{ "workset", sy_workset_write },
	{ "ring", sy_ring_write },
	{ "matrix", sy_matrix_write },
	{ "creation", sy_creation_write },
	{ "memory", sy_memory_write },
};
#define FIGURES (sizeof(figures) / sizeof(figures[0]))

/* RUN/plots and RUN/plots/data. */
static int open_folders(const char *run_dir, int *plots_fd, int *data_fd)
{
	int run_fd, err;

	run_fd = open(run_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (run_fd < 0)
		return -errno;
	err = sy_folder_open(run_fd, "plots", plots_fd);
	close(run_fd);
	if (err)
		return err;
	err = sy_folder_open(*plots_fd, "data", data_fd);
	if (err)
		close(*plots_fd);
	return err;
}

static bool is_drawn(const char *family)
{
	static const char *const all[] = { "cpu", "io", "switch", "spawn",
		                           "idle" };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (!strcmp(all[i], family))
			return true;
	return false;
}

/* "none is drawn of lock, gate"; of what is drawn, there were no figures. */
static void tell_families(const json_t *points, char *why, size_t bytes)
{
	json_t *families = json_object(), *point;
	const char *family, *before = "none is drawn of ";
	size_t used = 0, i;

	json_array_foreach ((json_t *)points, i, point)
		json_object_set(families, sy_read_text(point, "family"), point);
	snprintf(why, bytes, "nothing was measured that is drawn");
	json_object_foreach (families, family, point) {
		if (is_drawn(family)) {
			snprintf(why, bytes, "nothing was measured of %s",
			         family);
			break;
		}
		if (used < bytes)
			used += (size_t)snprintf(why + used, bytes - used,
			                         "%s%s", before, family);
		before = ", ";
	}
	json_decref(families);
}

/* Sets drawn[i] where figure i has something to show. */
static int write_data(const json_t *results, int data_fd, int drawn[FIGURES],
                      char *why, size_t why_bytes)
{
	size_t i, shown = 0;
	int err;

	for (i = 0; i < FIGURES; i++) {
		err = figures[i].write(results, data_fd);
		if (err && err != -ENODATA) {
			snprintf(why, why_bytes,
			         "the data of the figure '%s' cannot be "
			         "written: %s",
			         figures[i].name, strerror(-err));
			return err;
		}
		drawn[i] = !err;
		shown += !err;
	}
	if (shown)
		return 0;
	tell_families(json_object_get(results, "points"), why, why_bytes);
	return -ENODATA;
}

static int draw_all(const struct sy_gnuplot *common, const int *drawn,
                    char *why, size_t why_bytes)
{
	static const char *const outputs[] = { "svg", "png" };
	struct sy_gnuplot gnuplot = *common;
	size_t i, j;
	int err = 0;

	for (i = 0; i < FIGURES; i++) {
		gnuplot.figure = figures[i].name;
		for (j = 0; j < 2 && drawn[i] && !err; j++) {
			gnuplot.output = outputs[j];
			err = sy_gnuplot_run(&gnuplot, why, why_bytes);
		}
	}
	return err;
}

int sy_figures_draw(const json_t *results, const char *run_dir,
                    const char *scripts_dir, char *why, size_t why_bytes)
{
	int plots_fd = -1, data_fd = -1, drawn[FIGURES], err;
	char program[PATH_MAX], *scripts = NULL;
	struct sy_gnuplot gnuplot = { .limit_ms = SY_GNUPLOT_LIMIT_MS };

	if (why_bytes)
		why[0] = '\0';
	if (!json_is_array(json_object_get(results, "points"))) {
		snprintf(why, why_bytes, "the results have no list of points");
		return -EINVAL;
	}
	err = open_folders(run_dir, &plots_fd, &data_fd);
	if (err) {
		snprintf(why, why_bytes, "%s/plots cannot be made: %s", run_dir,
		         strerror(-err));
		return err;
	}
	err = write_data(results, data_fd, drawn, why, why_bytes);
	if (err)
		goto close_folders;
	err = sy_gnuplot_find(scripts_dir, program, &scripts, why, why_bytes);
	if (err)
		goto close_folders;
	gnuplot.program = program;
	gnuplot.scripts_dir = scripts;
	gnuplot.plots_fd = plots_fd;
	err = draw_all(&gnuplot, drawn, why, why_bytes);
	free(scripts);
close_folders:
	close(data_fd);
	close(plots_fd);
	return err;
}
