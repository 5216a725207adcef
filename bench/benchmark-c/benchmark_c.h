/* SPDX-License-Identifier: MIT */
/*
 * benchmark_c.h - Google Benchmark for programs in C.
 *
 * Register functions, read the flags, run:
 *
 *   static void copy(struct bmc_state *state, void *data)
 *   {
 *           for (uint64_t left; (left = bmc_next(state));)
 *                   while (left--)
 *                           work(data);
 *   }
 *
 * Every int returned is 0 or a negative errno; where a call takes `why`, that
 * is then one plain sentence.  No C++ exception leaves the library and no
 * misuse of it aborts: a call that the state does not allow makes the
 * benchmark an error row.  Registered benchmarks, flags and context belong to
 * Google Benchmark, which has one set of them a process, so these calls are
 * for one thread.
 *
 * Threads are left out on purpose: Google Benchmark divides the time by their
 * number and binds none of them.  A benchmark that needs threads starts them.
 */
#ifndef BENCHMARK_C_H
#define BENCHMARK_C_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct bmc_benchmark; /* registered; owned by the library */
struct bmc_state;     /* of one run; valid until the function returns */

/* What is asked for is at most this. */
#define BMC_RUNS_MAX 1000000u /* of a benchmark, by its arguments */
#define BMC_REPETITIONS_MAX 1000000u

/* Long enough for every sentence that the library gives. */
#define BMC_WHY_BYTES 256

/* The version of Google Benchmark that was compiled against, "1.7.1". */
const char *bmc_library_version(void);

/* ---- registration ---- */

/*
 * What is measured.  It must let the loop end (or skip); `data` is what was
 * registered with it.
 */
typedef void bmc_function(struct bmc_state *state, void *data);

/*
 * Registers a function.  `name` is copied: not empty, without control
 * characters, quotes and backslashes, which would break the JSON, and valid
 * UTF-8.  -EINVAL (a name that is refused, no function), -EEXIST (the name is
 * taken), -ENOMEM.
 */
int bmc_register(const char *name, bmc_function *function, void *data,
                 struct bmc_benchmark **benchmark);

/* Forgets every benchmark; handles to them become invalid.  -EBUSY while they
   run. */
int bmc_clear(void);

/*
 * Arguments: each call adds runs to the benchmark; all of them must have the
 * same number of arguments, else -EINVAL.  What is added is at most 10^6 runs
 * a benchmark, else -E2BIG.
 */
int bmc_args(struct bmc_benchmark *benchmark, const int64_t *args,
             size_t count);
/* `low`, powers of the multiplier between them, `high`. */
int bmc_range(struct bmc_benchmark *benchmark, int64_t low, int64_t high);
/* The product of `count` ranges. */
int bmc_ranges(struct bmc_benchmark *benchmark, const int64_t (*limits)[2],
               size_t count);
/* `low`, low + step, ... at most `high`. */
int bmc_dense_range(struct bmc_benchmark *benchmark, int64_t low, int64_t high,
                    int64_t step);
/* The product of `count` lists. */
int bmc_args_product(struct bmc_benchmark *benchmark,
                     const int64_t *const *lists, const size_t *lengths,
                     size_t count);
/* Before ranges; 2 or more, 8 unless set. */
int bmc_range_multiplier(struct bmc_benchmark *benchmark, int multiplier);
/* As many as there are arguments; checked like a benchmark's name. */
int bmc_arg_names(struct bmc_benchmark *benchmark, const char *const *names,
                  size_t count);

/*
 * Called before and after every call of the function, outside its time, with
 * the same `data`.  Either may be NULL.
 */
int bmc_setup(struct bmc_benchmark *benchmark, bmc_function *setup,
              bmc_function *teardown);

/* What the figure is; the CPU time of the calling thread unless set. */
enum bmc_clock {
	BMC_CPU_TIME,         /* of the calling thread */
	BMC_PROCESS_CPU_TIME, /* of all threads; not of child processes */
	BMC_REAL_TIME,
	BMC_MANUAL_TIME, /* what bmc_set_iteration_time is given */
};
int bmc_use_clock(struct bmc_benchmark *benchmark, enum bmc_clock clock);

enum bmc_unit { BMC_NS, BMC_US, BMC_MS, BMC_S };
int bmc_use_unit(struct bmc_benchmark *benchmark, enum bmc_unit unit);

/* Each over 0, else -EINVAL.  Iterations and a minimum time exclude one
   another, as do iterations and a warm-up (-EBUSY). */
int bmc_iterations(struct bmc_benchmark *benchmark, uint64_t iterations);
int bmc_min_time(struct bmc_benchmark *benchmark, double seconds);
int bmc_min_warmup_time(struct bmc_benchmark *benchmark, double seconds);
int bmc_repetitions(struct bmc_benchmark *benchmark, unsigned repetitions);
/* With repetitions: only the aggregates, in the display alone or everywhere. */
int bmc_aggregates_only(struct bmc_benchmark *benchmark, bool display_alone);

/* A line of the report's context; -EEXIST where the key is taken. */
int bmc_add_context(const char *key, const char *value);

/* ---- the loop; see the example above ---- */

/*
 * Starts the time and gives all iterations to be done; the second call stops
 * the time and gives 0.  Nothing crosses the library in between, so the loop
 * costs what it costs in C++.
 */
uint64_t bmc_next(struct bmc_state *state);
/* As in C++, for a loop that must ask each time: 1.2 to 2.3 ns a call. */
bool bmc_keep_running(struct bmc_state *state);
/* As bmc_next, but gives at most `batch` iterations at a time. */
uint64_t bmc_next_batch(struct bmc_state *state, uint64_t batch);

/* Iterations of this run, known from the start. */
uint64_t bmc_state_iterations(const struct bmc_state *state);
/* Argument `index`; where there is none, 0 and the run is an error. */
int64_t bmc_state_arg(struct bmc_state *state, size_t index);
size_t bmc_state_arg_count(const struct bmc_state *state);

/* Between two iterations, of a loop that is running; each costs about 0.5 us. */
void bmc_pause(struct bmc_state *state);
void bmc_resume(struct bmc_state *state);

/* Of all iterations since the last call; only with BMC_MANUAL_TIME. */
void bmc_set_iteration_time(struct bmc_state *state, double seconds);

/* Makes the run an error row; bmc_next gives 0 from then on. */
void bmc_skip(struct bmc_state *state, const char *reason);
bool bmc_skipped(const struct bmc_state *state);

/* Flags of a counter, to be joined with |. */
enum bmc_counter_flags {
	BMC_COUNTER_DEFAULT = 0,
	BMC_COUNTER_RATE = 1 << 0,                /* divided by the time */
	BMC_COUNTER_AVG_THREADS = 1 << 1,         /* divided by the threads */
	BMC_COUNTER_ITERATION_INVARIANT = 1 << 2, /* times the iterations */
	BMC_COUNTER_AVG_ITERATIONS = 1 << 3,      /* divided by them */
	BMC_COUNTER_INVERT = 1 << 4,              /* one over it */
	BMC_COUNTER_BINARY = 1 << 5,              /* 1024 is 1k */
};
/* A counter that is not finite or whose name is refused is an error row. */
void bmc_set_counter(struct bmc_state *state, const char *name, double value,
                     unsigned flags);
void bmc_set_items(struct bmc_state *state, uint64_t items);
void bmc_set_bytes(struct bmc_state *state, uint64_t bytes);
void bmc_set_label(struct bmc_state *state, const char *label);

/* The compiler must think that `*value` is read, that all memory changes. */
static inline void bmc_use(const void *value)
{
	__asm__ volatile("" : : "r"(value) : "memory");
}

static inline void bmc_clobber(void)
{
	__asm__ volatile("" : : : "memory");
}

/* ---- running ---- */

/*
 * Reads --benchmark_* and takes them out of argv, which keeps the rest.  What
 * the library would not understand, or would silently ignore (a time with a
 * unit, iterations as a time, an empty filter, an unknown --benchmark_*), is
 * refused by name: -EINVAL.  The variables BENCHMARK_* are checked alike.
 */
int bmc_read_flags(int *argc, char **argv, char *why, size_t why_bytes);

/* Instead of --benchmark_enable_random_interleaving and
   --benchmark_filter on the command line; a flag that was given wins. */
int bmc_default_random_interleaving(bool on);
int bmc_default_filter(const char *expression, char *why, size_t why_bytes);

struct bmc_counter {
	const char *name;
	double value; /* after its flags were applied */
	unsigned flags;
};

/* One row: a run, or an aggregate of them.  Valid during the call. */
struct bmc_row {
	const char *name;      /* with arguments and suffixes */
	const char *aggregate; /* "mean", ...; NULL: a run */
	bool percentage;       /* the aggregate is a share, not a time */
	const char *label;     /* "" where there is none */
	const char *error;     /* NULL: none */
	enum bmc_unit unit;
	double real_time, cpu_time;       /* an iteration, in that unit */
	double real_seconds, cpu_seconds; /* of all iterations */
	uint64_t iterations;
	int64_t repetitions, repetition; /* how many; which, from 0 */
	int64_t family, instance;        /* as registered, from 0 */
	const struct bmc_counter *counters;
	size_t counter_count;
};

/* What a reporter is told; every member may be NULL. */
struct bmc_reporter {
	/* Before the first row.  Nonzero ends it all. */
	int (*begin)(void *data);
	void (*run)(void *data, const struct bmc_row *run);
	void (*end)(void *data);
	void *data;
};

/* What came of a run. */
struct bmc_totals {
	size_t benchmarks; /* that the filter chose */
	size_t runs, errors;
};

/*
 * Runs what the filter chooses and shows it as --benchmark_format says, or
 * through `reporter` in its place; --benchmark_out is written in both cases.
 * -ENOENT (nothing chosen), -EBUSY (called from a benchmark), -EIO (the file
 * of --benchmark_out), -ECANCELED (begin), -ENOMEM.  Rows that are errors are
 * counted, not returned.
 */
int bmc_run(const struct bmc_reporter *reporter, struct bmc_totals *totals,
            char *why, size_t why_bytes);

/* 0; 2: nothing chosen or flags refused; 3: error rows; 4: other errors. */
int bmc_exit_status(int error, const struct bmc_totals *totals);

/* A whole main: flags, run, one line on standard error, exit status. */
int bmc_main(int argc, char **argv);

#ifdef __cplusplus
}
#endif

#endif /* BENCHMARK_C_H */
