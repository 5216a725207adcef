/* SPDX-License-Identifier: MIT */
/*
 * trend_fixture.h - run folders that nobody measured, and histories that were
 * never on a disk.
 */
#ifndef SY_TREND_FIXTURE_H
#define SY_TREND_FIXTURE_H

/* cmocka.h needs these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "trend/trend.h"

#define ROOT_BYTES 64

static inline int make_root(void **state)
{
	char *root = strdup("/tmp/sy-trend-XXXXXX");

	*state = root;
	return root && mkdtemp(root) ? 0 : -1;
}

static inline int remove_one(const char *path, const struct stat *info,
                             int kind, struct FTW *where)
{
	(void)info;
	(void)kind;
	(void)where;
	return remove(path);
}

static inline int remove_root(void **state)
{
	int error = nftw(*state, remove_one, 8, FTW_DEPTH | FTW_PHYS);

	free(*state);
	return error;
}

#define IN_ROOT(test)                                                          \
	cmocka_unit_test_setup_teardown(test, make_root, remove_root)

static inline void put_text(const char *root, const char *name,
                            const char *text)
{
	char path[512];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", root, name);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

static inline void make_run_folder(const char *root, const char *name)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", root, name);
	assert_true(!mkdir(path, 0755) || errno == EEXIST);
}

/* A day of a run and what differs between runs, all of it as it stands. */
struct made_run {
	const char *folder;
	int day; /* of January 2026 */
	const char *machine, *build, *compiler;
	const char *points; /* the elements of the list */
};

#define POINT(name, ns)                                                        \
	"{\"name\": \"" name "\", \"state\": \"measured\", \"ns_per_op\": "    \
	"{\"value\": " #ns ", \"low\": " #ns ", \"high\": " #ns "}}"

static inline void make_run(const char *root, const struct made_run *run)
{
	char name[256], text[4096];

	make_run_folder(root, run->folder);
	snprintf(name, sizeof(name), "%s/results.json", run->folder);
	snprintf(text, sizeof(text),
	         "{\"context\": {\"date\": \"2026-01-%02dT04:05:00+00:00\"}, "
	         "\"schema\": 1, \"machine_id\": \"%s\", \"wall_ns\": %d, "
	         "\"points\": [%s]}",
	         run->day, run->machine ? run->machine : "a", 1000 + run->day,
	         run->points ? run->points : POINT("p", 100));
	put_text(root, name, text);
	snprintf(name, sizeof(name), "%s/machine.json", run->folder);
	snprintf(text, sizeof(text),
	         "{\"build\": {\"type\": \"%s\", \"compiler\": \"%s\", "
	         "\"git_commit\": \"%012d\", \"git_dirty\": \"no\"}}",
	         run->build ? run->build : "Release",
	         run->compiler ? run->compiler : "GNU 12", run->day);
	put_text(root, name, text);
}

/* About 1 %, near enough a bell. */
static inline double made_noise(uint64_t *state)
{
	double sum = 0;

	for (int i = 0; i < 6; i++)
		sum += (double)sy_random_below(state, 1000000) / 1e6;
	return (sum - 3) * 0.014;
}

/* A history of `runs` runs and as many points, without values. */
static inline struct sy_history *made_history(size_t runs, size_t points)
{
	struct sy_history *history = calloc(1, sizeof(*history));

	assert_non_null(history);
	history->machine_id = strdup("a");
	history->build_type = strdup("Release");
	history->sanitizer = strdup("");
	history->machine = strdup("Invented");
	history->runs = calloc(runs, sizeof(*history->runs));
	history->points = calloc(points, sizeof(*history->points));
	history->run_count = runs;
	history->point_count = points;
	for (size_t i = 0; i < runs; i++) {
		char commit[32];

		snprintf(commit, sizeof(commit), "%07zx", i);
		history->runs[i].folder = strdup("root/run");
		history->runs[i].told[SY_TOLD_COMMIT] = strdup(commit);
		history->runs[i].at = 1767225600 + (time_t)i * 86400;
	}
	for (size_t i = 0; i < points; i++) {
		char name[32];

		snprintf(name, sizeof(name), "cpu/%zu", i);
		history->points[i].name = strdup(name);
		history->points[i].values =
			calloc(runs, sizeof(struct sy_trend_value));
	}
	return history;
}

static inline void add_value(struct sy_trend_point *point, double ns)
{
	point->values[point->count] = (struct sy_trend_value){
		.run = (uint32_t)point->count,
		.ns = { ns, ns * 0.99, ns * 1.01 },
	};
	point->count++;
}

/* Frees it as what was read is freed. */
static inline void free_made(struct sy_history *history)
{
	struct sy_trend trend = { .histories = history, .count = 1 };

	sy_trend_free(&trend);
}

#endif /* SY_TREND_FIXTURE_H */
