/* SPDX-License-Identifier: MIT */
/*
 * figure_gnuplot.c - runs gnuplot in the folder of the plots, so that no path
 * of the run is ever read by it.
 */
#include "figure_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/program.h"

int sy_folder_open(int parent_fd, const char *name, int *fd)
{
	if (mkdirat(parent_fd, name, 0755) && errno != EEXIST)
		return -errno;
	*fd = openat(parent_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return *fd < 0 ? -errno : 0;
}

int sy_gnuplot_find(const char *scripts_dir, char program[PATH_MAX],
                    char **scripts, char *why, size_t why_bytes)
{
	if (sy_program_find("gnuplot", getenv("PATH"), program, PATH_MAX)) {
		snprintf(why, why_bytes,
		         "gnuplot is not installed; apt-get "
		         "install gnuplot-nox");
		return -ENOENT;
	}
	if (!scripts_dir) {
		snprintf(why, why_bytes,
		         "the gnuplot scripts are not where the program was "
		         "installed; set SWITCHYARD_SCRIPTS to their folder");
		return -ENOENT;
	}
	*scripts = realpath(scripts_dir, NULL);
	if (!*scripts) {
		snprintf(why, why_bytes,
		         "the folder of the gnuplot scripts, %s: %s",
		         scripts_dir, strerror(errno));
		return -ENOENT;
	}
	return 0;
}

/* Puts the drawing in place once it is on the disk. */
static int publish(const struct sy_gnuplot *gnuplot, const char *name,
                   const char *part, char *why, size_t why_bytes)
{
	struct stat info;
	int fd, err = 0;

	fd = openat(gnuplot->plots_fd, part, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &info) || info.st_size == 0)
		err = -EIO;
	else if (fsync(fd) ||
	         renameat(gnuplot->plots_fd, part, gnuplot->plots_fd, name))
		err = -errno;
	if (fd >= 0)
		close(fd);
	if (err)
		snprintf(why, why_bytes, "gnuplot wrote no %s: %s", name,
		         strerror(-err));
	return err;
}

int sy_gnuplot_run(const struct sy_gnuplot *gnuplot, char *why,
                   size_t why_bytes)
{
	/* The figure is a plain word, see figure_parts.h: it stands in quotes. */
	char set[96], name[64], part[72];
	char theme[PATH_MAX + 32], panels[PATH_MAX + 32], text[PATH_MAX + 32];
	char program[PATH_MAX], defaults[] = "-d", execute[] = "-e";
	char *argv[] = { program, defaults, execute, set,
		         theme,   panels,   text,    NULL };
	struct sy_program run = {
		.name = "gnuplot",
		.making = name,
		.argv = argv,
		.folder_fd = gnuplot->plots_fd,
		.stdin_fd = -1,
		.stdout_fd = -1,
		.limit_ms = gnuplot->limit_ms,
	};
	int err;

	snprintf(set, sizeof(set), "figure='%s'; out='%s'", gnuplot->figure,
	         gnuplot->output);
	snprintf(name, sizeof(name), "%s.%s", gnuplot->figure, gnuplot->output);
	snprintf(part, sizeof(part), "%s.part", name);
	snprintf(program, sizeof(program), "%s", gnuplot->program);
	snprintf(theme, sizeof(theme), "%s/theme.gp", gnuplot->scripts_dir);
	snprintf(panels, sizeof(panels), "%s/panels.gp", gnuplot->scripts_dir);
	snprintf(text, sizeof(text), "%s/text.gp", gnuplot->scripts_dir);
	err = sy_program_run(&run, why, why_bytes);
	if (!err)
		err = publish(gnuplot, name, part, why, why_bytes);
	if (err)
		unlinkat(gnuplot->plots_fd, part, 0);
	return err;
}
