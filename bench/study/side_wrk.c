/* SPDX-License-Identifier: MIT */
/*
 * side_wrk.c - wrk as a side of a race: a program that loads a server with GET
 * requests for whole seconds and prints how many a second there were.
 */
#include "study/race.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "host/program.h"

/* Beside the second that it measures. */
#define WRK_LIMIT_MS 20000
#define REPORT_BYTES 4096

static int wrk_start(struct sy_side *side, const struct sy_track *track,
                     struct sy_reason *reason)
{
	char program[4096];

	(void)side;
	if (sy_program_find("wrk", getenv("PATH"), program, sizeof(program)))
		return sy_reason(reason, -ENOTSUP,
		                 "wrk is not here (Debian: wrk)");
	if (!*track->url)
		return sy_reason(reason, -ENOTSUP, "no server to load");
	return 0;
}

/* Its slices are seconds, whatever they hold. */
static int wrk_size(struct sy_side *side, const struct sy_track *track,
                    struct sy_reason *reason)
{
	(void)track;
	(void)reason;
	side->operations = 1;
	return 0;
}

static int wrk_ready(struct sy_side *side, const struct sy_track *track,
                     struct sy_reason *reason)
{
	(void)side;
	(void)track;
	(void)reason;
	return 0;
}

/* "Requests/sec:  41234.56" of its report, and no complaints in it. */
static int read_report(const char *report, struct sy_slice *slice,
                       struct sy_reason *reason)
{
	const char *rate = strstr(report, "Requests/sec:");
	const char *bad = strstr(report, "Non-2xx");
	double per_second = rate ? strtod(rate + 13, NULL) : 0;

	if (!bad)
		bad = strstr(report, "Socket errors");
	if (bad)
		return sy_reason(reason, -EIO, "wrk: %.*s",
		                 (int)strcspn(bad, "\n"), bad);
	if (!(per_second > 0) || per_second > 1e9)
		return sy_reason(reason, -EPROTO,
		                 "wrk's report is not understood");
	slice->operations = (uint64_t)per_second + 1;
	slice->performed = slice->operations;
	slice->elapsed_ns =
		(uint64_t)((double)slice->operations / per_second * 1e9);
	return 0;
}

/* Where the caller is bound, wrk runs too. */
static int run_wrk(const struct sy_track *track, const char *program,
                   int report_fd, struct sy_reason *reason)
{
	char *argv[] = {
		(char *)program,    "-t1", "-c100", "-d1s", "--timeout=5s",
		(char *)track->url, NULL
	};
	struct sy_program wrk = {
		.name = "wrk",
		.making = "a report",
		.argv = argv,
		.folder_fd = -1,
		.stdin_fd = -1,
		.stdout_fd = report_fd,
		.limit_ms = WRK_LIMIT_MS,
	};
	int error = sy_program_run(&wrk, reason->text, sizeof(reason->text));

	return error == -EINTR ? -ECANCELED : error;
}

static int wrk_slice(struct sy_side *side, const struct sy_track *track,
                     struct sy_slice *slice, struct sy_reason *reason)
{
	char program[4096], report[REPORT_BYTES];
	int fd = memfd_create("report", MFD_CLOEXEC), error = -ENOENT;
	ssize_t bytes = 0;

	(void)side;
	if (fd < 0)
		return sy_reason(reason, -errno, "no file for a report");
	if (sy_program_find("wrk", getenv("PATH"), program, sizeof(program)))
		sy_reason(reason, error, "wrk has gone");
	else
		error = run_wrk(track, program, fd, reason);
	if (!error)
		bytes = pread(fd, report, sizeof(report) - 1, 0);
	close(fd);
	report[bytes > 0 ? bytes : 0] = '\0';
	return error ? error : read_report(report, slice, reason);
}

static void wrk_stop(struct sy_side *side, int error)
{
	(void)side;
	(void)error;
}

const struct sy_side_kind sy_side_wrk = {
	.name = "wrk",
	.bound = true,
	.start = wrk_start,
	.ready = wrk_ready,
	.size = wrk_size,
	.slice = wrk_slice,
	.stop = wrk_stop,
};
