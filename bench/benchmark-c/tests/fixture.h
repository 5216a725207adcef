/* SPDX-License-Identifier: MIT */
/*
 * fixture.h - benchmarks that behave, and rows kept as copies.
 *
 * A test registers, calls run_with and looks at the rows.  With a minimum
 * time of 0 every run is one iteration.
 */
#ifndef BMC_FIXTURE_H
#define BMC_FIXTURE_H

#include "benchmark_c.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define QUICK "--benchmark_min_time=0"

struct kept_counter {
	char name[64];
	double value;
	unsigned flags;
};

struct kept_row {
	char name[256], aggregate[32], label[256], error[256];
	bool is_error;
	struct bmc_row row; /* without its strings and counters */
	struct kept_counter counters[8];
	size_t counter_count;
};

struct kept {
	struct kept_row rows[64];
	size_t count;
	int begins, ends;
	int begin_returns;
	struct bmc_totals totals;
	char why[BMC_WHY_BYTES];
};

static inline int keep_begin(void *data)
{
	struct kept *kept = data;

	kept->begins++;
	return kept->begin_returns;
}

static inline void keep_end(void *data)
{
	((struct kept *)data)->ends++;
}

static inline void keep_row(void *data, const struct bmc_row *row)
{
	struct kept *kept = data;
	struct kept_row *to;

	if (kept->count++ >= 64)
		return;
	to = &kept->rows[kept->count - 1];
	to->row = *row;
	to->is_error = row->error != NULL;
	snprintf(to->name, sizeof to->name, "%s", row->name);
	snprintf(to->aggregate, sizeof to->aggregate, "%s",
	         row->aggregate ? row->aggregate : "");
	snprintf(to->label, sizeof to->label, "%s", row->label);
	snprintf(to->error, sizeof to->error, "%s",
	         row->error ? row->error : "");
	for (size_t i = 0; i < row->counter_count && i < 8; i++) {
		snprintf(to->counters[i].name, sizeof to->counters[i].name,
		         "%s", row->counters[i].name);
		to->counters[i].value = row->counters[i].value;
		to->counters[i].flags = row->counters[i].flags;
	}
	to->counter_count = row->counter_count;
}

/* Sets the flags, ended by NULL; 0 or what bmc_read_flags gives. */
static inline int set_flags(char *why, const char *first, ...)
{
	char *argv[32] = { "test" };
	int argc = 1;
	va_list rest;

	va_start(rest, first);
	for (const char *flag = first; flag; flag = va_arg(rest, const char *))
		argv[argc++] = (char *)flag;
	va_end(rest);
	return bmc_read_flags(&argc, argv, why, BMC_WHY_BYTES);
}

/* Runs what is registered into `kept`, which is emptied first. */
static inline int run_kept(struct kept *kept)
{
	const struct bmc_reporter reporter = { keep_begin, keep_row, keep_end,
		                               kept };
	const int begin_returns = kept->begin_returns;

	memset(kept, 0, sizeof *kept);
	kept->begin_returns = begin_returns;
	return bmc_run(&reporter, &kept->totals, kept->why, sizeof kept->why);
}

/* A benchmark as it should be. */
static inline void good(struct bmc_state *state, void *data)
{
	(void)data;
	for (uint64_t left; (left = bmc_next(state));)
		while (left--)
			bmc_clobber();
}

static inline struct bmc_benchmark *
registered(const char *name, bmc_function *function, void *data)
{
	struct bmc_benchmark *benchmark = NULL;

	assert_int_equal(bmc_register(name, function, data, &benchmark), 0);
	assert_non_null(benchmark);
	return benchmark;
}

/* The only row of the only benchmark, run quickly. */
static inline struct kept_row *only_row(struct kept *kept, const char *name,
                                        bmc_function *function, void *data)
{
	assert_int_equal(bmc_clear(), 0);
	registered(name, function, data);
	assert_int_equal(set_flags(NULL, QUICK, NULL), 0);
	assert_int_equal(run_kept(kept), 0);
	assert_int_equal(kept->count, 1);
	return &kept->rows[0];
}

static inline int start_clean(void **state)
{
	(void)state;
	bmc_clear();
	bmc_default_random_interleaving(false);
	bmc_default_filter(".", NULL, 0);
	return set_flags(NULL, QUICK, NULL);
}

#endif /* BMC_FIXTURE_H */
