/* SPDX-License-Identifier: MIT */
/* regression.c - see regression.h: the verb, and the files that it writes. */
#include "study/regression.h"
#include "study/regression_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/whole_file.h"

enum { USAGE = 2, REFUSED = 4 };

static const char help[] =
	"usage: switchyard-study regression [--list] FOLDER\n"
	"\n"
	"What `switchyard compare` finds and what it raises for nothing, from "
	"what\n"
	"scripts/study-regression has recorded in FOLDER.  Prints a table and "
	"writes\n"
	"study.md and study.tsv there.\n"
	"\n"
	"  --list     the recordings: name, quiet or noisy, the sentinel's "
	"spread\n"
	"\n"
	"Status: 0 also where a figure is not reached, 2 usage or a recording "
	"that is\n"
	"none, 4 it could not be carried out.\n";

static int complain(int status, const char *what)
{
	fprintf(stderr, "switchyard-study: regression: %s\n", what);
	return status;
}

static void list(const struct sy_recordings *recordings)
{
	for (size_t i = 0; i < recordings->count; i++) {
		const struct sy_recording *r = &recordings->items[i];

		printf("%s\t%s\t%.4f\n", r->file,
		       r->comparison.noisy ? "noisy" : "quiet",
		       r->comparison.spread);
	}
}

typedef void write_fn(FILE *out, const struct sy_regression_report *report);

static int write_file(int folder_fd, const char *name, write_fn *write,
                      const struct sy_regression_report *report)
{
	struct sy_whole_file file;
	int error = sy_whole_file_open_at(&file, folder_fd, name);

	if (error)
		return error;
	write(file.stream, report);
	return sy_whole_file_close(&file, 0);
}

static int write_files(const char *folder,
                       const struct sy_regression_report *report)
{
	int fd = open(folder, O_DIRECTORY | O_RDONLY | O_CLOEXEC);
	int error = fd < 0 ? -errno : 0;

	if (!error)
		error = write_file(fd, "study.md", sy_regression_markdown,
		                   report);
	if (!error)
		error = write_file(fd, "study.tsv", sy_regression_tsv, report);
	if (fd >= 0)
		close(fd);
	return error;
}

static int report_on(const char *folder, const struct sy_recordings *recordings)
{
	struct sy_tallied *tallied = calloc(2, sizeof(*tallied));
	struct sy_regression_report report = { recordings, tallied,
		                               tallied + 1 };
	struct sy_reason reason;
	int error = tallied ? sy_regression_tally(recordings, false, tallied)
	                    : -ENOMEM;

	if (!error)
		error = sy_regression_tally(recordings, true, tallied + 1);
	if (!error) {
		sy_regression_markdown(stdout, &report);
		error = write_files(folder, &report);
	}
	for (int i = 0; tallied && i < 2; i++)
		sy_tallied_free(&tallied[i]);
	free(tallied);
	if (!error)
		return 0;
	sy_reason(&reason, error, "%.200s: %s", folder, strerror(-error));
	return complain(REFUSED, reason.text);
}

static int carry_out(const char *folder, bool only_list)
{
	struct sy_recordings recordings;
	struct sy_reason reason;
	int error = sy_recordings_read(folder, &recordings, &reason);
	int status = 0;

	if (error)
		return complain(error == -ENOMEM ? REFUSED : USAGE,
		                reason.text);
	if (only_list)
		list(&recordings);
	else
		status = report_on(folder, &recordings);
	sy_recordings_free(&recordings);
	if (!status && sy_stream_error(stdout))
		status = complain(REFUSED, "cannot write to standard output");
	return status;
}

int sy_study_regression(int argc, char **argv)
{
	bool only_list = argc > 1 && !strcmp(argv[1], "--list");

	if (argc == 2 && !strcmp(argv[1], "--help")) {
		fputs(help, stdout);
		return 0;
	}
	if (argc != 2 + only_list || argv[argc - 1][0] == '-')
		return complain(USAGE, "it takes a folder; see --help");
	return carry_out(argv[argc - 1], only_list);
}
