/* SPDX-License-Identifier: MIT */
/*
 * perf.c - our pipe hand-offs beside `perf bench sched pipe` on the same PU.
 *
 * perf is a program of its own that counts round trips and prints their time,
 * so it cannot be asked for slices: both sides take turns, in random order,
 * each about a tenth of a second long, and half of perf's round trip is held
 * against our hand-off of the same turn.
 */
#include "study/study.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "engine/subject.h"
#include "host/program.h"
#include "stats/stats.h"

#define PERF_LIMIT_MS 30000
#define TURN_NS UINT64_C(100000000)
#define ROUND_TRIPS "12000"
#define RESAMPLES 2000

struct side {
	const char *model, *how; /* ours, and perf's option */
	const char *label;
};

static const struct side sides[] = {
	{ "fork", NULL, "processes" },
	{ "threads", "-T", "threads" },
};

/* "       7.332150 usecs/op" of perf's report, as ns a hand-off. */
static int parse_report(char *report, double *handoff_ns)
{
	char *unit = strstr(report, " usecs/op");
	char *number = unit;

	if (!unit)
		return -EPROTO;
	*unit = '\0';
	while (number > report && number[-1] != '\n' && number[-1] != ' ')
		number--;
	*handoff_ns = strtod(number, NULL) * 1000 / 2;
	return *handoff_ns > 0 ? 0 : -EPROTO;
}

static int read_report(int fd, double *handoff_ns)
{
	char report[2048];
	ssize_t bytes = pread(fd, report, sizeof(report) - 1, 0);

	if (bytes < 0)
		return -errno;
	report[bytes] = '\0';
	return parse_report(report, handoff_ns);
}

/* Where the caller is bound, perf runs too. */
static int run_perf(const char *program, const struct side *side,
                    double *handoff_ns, struct sy_reason *reason)
{
	char *argv[] = {
		(char *)program, "bench",           "sched", "pipe", "-l",
		ROUND_TRIPS,     (char *)side->how, NULL
	};
	struct sy_program perf = {
		.name = "perf",
		.making = "a report",
		.argv = argv,
		.folder_fd = -1,
		.stdin_fd = -1,
		.stdout_fd = memfd_create("report", MFD_CLOEXEC),
		.limit_ms = PERF_LIMIT_MS,
	};
	int error;

	if (perf.stdout_fd < 0)
		return sy_reason(reason, -errno, "no file for a report");
	error = sy_program_run(&perf, reason->text, sizeof(reason->text));
	if (!error) {
		error = read_report(perf.stdout_fd, handoff_ns);
		if (error)
			sy_reason(reason, error,
			          "perf's report is not understood");
	}
	close(perf.stdout_fd);
	return error;
}

static int run_ours(struct sy_subject *subject, uint64_t operations,
                    struct sy_slice *slice, double *handoff_ns,
                    struct sy_reason *reason)
{
	int error = sy_subject_run(subject, operations, 1000, slice, reason);

	if (!error)
		*handoff_ns =
			(double)slice->elapsed_ns / (double)slice->operations;
	return error;
}

struct turns {
	double *ours, *theirs;
	uint32_t *set_of; /* all one set */
	unsigned count;
};

static int take_turns(struct turns *turns, const char *program,
                      const struct side *side, struct sy_subject *subject,
                      uint64_t seed, struct sy_reason *reason)
{
	struct sy_slice *slice = malloc(sizeof(*slice));
	uint64_t operations = 0;
	int error =
		slice ? sy_subject_size(subject, TURN_NS, &operations, reason)
		      : sy_reason(reason, -ENOMEM, "no memory");

	for (unsigned i = 0; i < turns->count && !error; i++) {
		bool first = sy_random_below(&seed, 2);

		if (first)
			error = run_ours(subject, operations, slice,
			                 &turns->ours[i], reason);
		if (!error)
			error = run_perf(program, side, &turns->theirs[i],
			                 reason);
		if (!error && !first)
			error = run_ours(subject, operations, slice,
			                 &turns->ours[i], reason);
	}
	free(slice);
	return error;
}

static void print(const struct turns *turns, const struct side *side,
                  uint64_t seed)
{
	struct sy_samples ours = { turns->ours, turns->set_of, turns->count };
	struct sy_samples theirs = { turns->theirs, turns->set_of,
		                     turns->count };
	struct sy_estimate a, b, ratio;

	if (sy_bootstrap_median(&ours, RESAMPLES, seed, &a) ||
	    sy_bootstrap_median(&theirs, RESAMPLES, seed, &b) ||
	    sy_bootstrap_ratio(&ours, turns->theirs, RESAMPLES, seed, &ratio)) {
		puts("not measured");
		return;
	}
	printf("%s.pipe / perf bench sched pipe, %s: %.0f ns / %.0f ns, "
	       "%.3f (%.3f..%.3f), 0.95 to 1.05 %s  [%u]\n",
	       side->model, side->label, a.value, b.value, ratio.value,
	       ratio.low, ratio.high,
	       ratio.low >= 0.95 && ratio.high <= 1.05 ? "yes" : "NO",
	       turns->count);
}

static int point_of(struct sy_point *point, const struct side *side,
                    const struct sy_topology *topology,
                    struct sy_reason *reason)
{
	struct sy_request *r = &point->request;

	*point = (struct sy_point){ 0 };
	sy_request_default(r);
	r->inflight = 1;
	r->model = sy_model_find(side->model);
	r->mechanism = sy_mechanism_find(r->model, SY_SWITCH, "pipe");
	if (!r->mechanism)
		return sy_reason(reason, -ENOENT, "%s has no pipe",
		                 side->model);
	if (sy_point_name(point))
		return sy_reason(reason, -ENAMETOOLONG, "no name");
	return sy_point_resolve(point, topology, reason);
}

static int compare(struct turns *turns, const char *program,
                   const struct side *side, const struct sy_topology *topology,
                   uint64_t seed, struct sy_reason *reason)
{
	struct sy_subject *subject;
	struct sy_point point;
	int error = point_of(&point, side, topology, reason);

	if (!error)
		error = sy_subject_open(&subject, &point, reason);
	if (!error) {
		error = take_turns(turns, program, side, subject, seed, reason);
		sy_subject_close(subject);
	}
	sy_point_release(&point);
	if (!error)
		print(turns, side, seed);
	return error;
}

static int compare_all(const char *program, unsigned pairs, uint64_t seed,
                       struct sy_reason *reason)
{
	struct turns turns = {
		.ours = calloc(pairs, sizeof(double)),
		.theirs = calloc(pairs, sizeof(double)),
		.set_of = calloc(pairs, sizeof(uint32_t)),
		.count = pairs,
	};
	struct sy_topology *topology = NULL;
	int error = turns.ours && turns.theirs && turns.set_of
	                    ? sy_topology_open(&topology)
	                    : -ENOMEM;

	if (error)
		sy_reason(reason, error, "cannot begin: %s", strerror(-error));
	for (size_t i = 0; i < sizeof(sides) / sizeof(sides[0]) && !error; i++)
		error = compare(&turns, program, &sides[i], topology, seed,
		                reason);
	if (topology)
		sy_topology_close(topology);
	free(turns.ours);
	free(turns.theirs);
	free(turns.set_of);
	return error;
}

int sy_study_perf(unsigned pairs, uint64_t seed)
{
	struct sy_reason reason;
	char program[4096];

	if (sy_program_find("perf", getenv("PATH"), program, sizeof(program))) {
		puts("perf bench sched pipe: not available here (Debian: "
		     "linux-perf)");
		return 0;
	}
	if (compare_all(program, pairs, seed, &reason)) {
		fprintf(stderr, "switchyard-study: %s\n", reason.text);
		return 4;
	}
	return 0;
}
