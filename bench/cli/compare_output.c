/* SPDX-License-Identifier: MIT */
/*
 * compare_output.c - where a comparison is told: standard output, a file of
 * JSON, and the summary of a step of GitHub's.
 *
 * Minutes of measuring are not to end at a path that could never be written,
 * so each is tried before.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/compare.h"
#include "compare/report.h"
#include "host/whole_file.h"

static int refuse(const char *path, int error)
{
	return sy_complain(SY_EXIT_REFUSED, "cannot write %.300s: %s", path,
	                   strerror(-error));
}

static bool to_stdout(const struct sy_options *options)
{
	return options->json && !strcmp(options->json, "-");
}

/* A device or a FIFO is opened once, when there is something for it. */
static int try_json(const char *path)
{
	struct sy_whole_file file;
	struct stat status;
	int error;

	if (!stat(path, &status) && !S_ISREG(status.st_mode) &&
	    !S_ISDIR(status.st_mode))
		return 0;
	error = sy_whole_file_open(&file, path);
	if (error)
		return refuse(path, error);
	sy_whole_file_close(&file, -ECANCELED);
	return 0;
}

static int open_summary(struct sy_outlets *outlets)
{
	const char *path = getenv("GITHUB_STEP_SUMMARY");

	if (!path || !*path)
		return 0;
	outlets->summary_fd =
		open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
	return outlets->summary_fd < 0 ? refuse(path, -errno) : 0;
}

int sy_outlets_open(struct sy_outlets *outlets,
                    const struct sy_options *options)
{
	int status = 0;

	outlets->summary_fd = -1;
	if (options->json && !to_stdout(options))
		status = try_json(options->json);
	if (!status && options->github)
		status = open_summary(outlets);
	return status;
}

void sy_outlets_close(struct sy_outlets *outlets)
{
	if (outlets->summary_fd >= 0)
		close(outlets->summary_fd);
	outlets->summary_fd = -1;
}

/* 0 or a negative errno. */
static int put_json(FILE *out, const struct sy_comparison *comparison)
{
	json_t *json = sy_comparison_to_json(comparison);
	int error = 0;

	if (!json)
		return -ENOMEM;
	errno = 0;
	if (json_dumpf(json, out, JSON_INDENT(1)) || fputc('\n', out) == EOF)
		error = errno ? -errno : -EIO;
	json_decref(json);
	return error;
}

static int write_json(const char *path, const struct sy_comparison *comparison)
{
	struct sy_whole_file file;
	int error = sy_whole_file_open(&file, path);

	if (!error)
		error = sy_whole_file_close(&file,
		                            put_json(file.stream, comparison));
	return error ? refuse(path, error) : 0;
}

/* At once, so that the steps of a job that run side by side do not mix. */
static int write_summary(int fd, const struct sy_comparison *comparison)
{
	char *text = NULL;
	size_t bytes = 0;
	FILE *memory = open_memstream(&text, &bytes);
	ssize_t written = -1;
	int error = 0;

	if (memory)
		sy_comparison_markdown(memory, comparison);
	if (!memory || fclose(memory))
		error = -ENOMEM;
	if (!error)
		written = write(fd, text, bytes);
	if (!error && written != (ssize_t)bytes)
		error = written < 0 ? -errno : -ENOSPC;
	free(text);
	return error ? refuse("$GITHUB_STEP_SUMMARY", error) : 0;
}

static int write_stdout(const struct sy_options *options,
                        const struct sy_comparison *comparison,
                        const json_t *machine)
{
	int error = 0;

	if (to_stdout(options)) {
		error = put_json(stdout, comparison);
	} else if (options->markdown) {
		sy_comparison_markdown(stdout, comparison);
	} else {
		sy_comparison_table(stdout, comparison);
		sy_print_brief_findings(stdout, machine);
	}
	if (options->github)
		sy_comparison_annotations(stdout, comparison);
	if (!error)
		error = sy_stream_error(stdout);
	/* A reader that has had enough is not complained about. */
	if (!error || error == -EPIPE)
		return 0;
	return refuse("to standard output", error);
}

int sy_outlets_write(const struct sy_outlets *outlets,
                     const struct sy_options *options,
                     const struct sy_comparison *comparison,
                     const json_t *machine)
{
	int status = 0, other;

	/* What is kept comes first: a terminal may be gone. */
	if (options->json && !to_stdout(options))
		status = write_json(options->json, comparison);
	if (outlets->summary_fd >= 0) {
		other = write_summary(outlets->summary_fd, comparison);
		status = status ? status : other;
	}
	other = write_stdout(options, comparison, machine);
	return status ? status : other;
}
