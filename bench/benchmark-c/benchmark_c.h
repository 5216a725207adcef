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
 * is then one plain sentence without a full stop ("" on success; NULL where
 * it is not wanted).  No C++ exception leaves the library, and what Google
 * Benchmark would abort or exit for is refused before it is asked: a call
 * that the state of a run does not allow makes the run an error row.
 *
 * Registered benchmarks, flags and context are one set a process, as they are
 * in Google Benchmark, so these calls are for one thread, and the calls with
 * a state are for the thread that the function was called in.
 *
 * Threads are left out on purpose: Google Benchmark divides the time by their
 * number and binds none of them.  A benchmark that needs threads starts them.
 * A child process that a benchmark forks ends by _exit; one that returns from
 * the function instead ends there, with status 127, and reports nothing.
 */
#ifndef BENCHMARK_C_H
#define BENCHMARK_C_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
/* All else in the shared library is hidden. */
#pragma GCC visibility push(default)

struct bmc_benchmark; /* registered; owned by the library */
struct bmc_state;     /* of one run; valid until the function returns */

/* No more than this can be asked for. */
#define BMC_RUNS_MAX 100000u /* of a benchmark, by its arguments */
#define BMC_REPETITIONS_MAX 1000000u

/* Long enough for every sentence that the library gives. */
#define BMC_WHY_BYTES 256

/* The version of Google Benchmark that was compiled against, "1.7.1". */
const char *bmc_library_version(void);

/* ---- registration ---- */

/*
 * What is measured.  It must let the loop end (or skip); `data` is what was
 * registered with it.  It is called several times a run, until a number of
 * iterations is found that takes long enough.
 */
typedef void bmc_function(struct bmc_state *state, void *data);

/*
 * Registers a function.  `name` is copied: UTF-8 of 1 to 1000 bytes without
 * control characters, quotes and backslashes, which would break the JSON.
 * `benchmark` may be NULL.  -EINVAL (a name that is refused, no function),
 * -EEXIST (the name is taken), -ENOMEM.
 */
int bmc_register(const char *name, bmc_function *function, void *data,
                 struct bmc_benchmark **benchmark);

/*
 * Forgets every benchmark, those that were registered in C++ too; handles to
 * them become invalid.  -EBUSY while benchmarks run.
 */
int bmc_clear(void);

/*
 * What follows changes a benchmark until it is run for the first time, and
 * gives -EBUSY from then on; -EINVAL for what is out of range, a benchmark or
 * a pointer that is NULL.  After these nothing has changed.  -ENOMEM.
 *
 * Arguments: each call adds runs to the benchmark, except those that it has
 * already.  All calls must give the same number of arguments, at least one,
 * else -EINVAL; -E2BIG beyond BMC_RUNS_MAX runs.
 */

/* One run, with these arguments. */
int bmc_args(struct bmc_benchmark *benchmark, const int64_t *args,
             size_t count);
/* `low`, powers of the multiplier between them (and their negatives, and 0),
   `high`; low <= high. */
int bmc_range(struct bmc_benchmark *benchmark, int64_t low, int64_t high);
/* The product of `count` ranges; the last argument changes fastest. */
int bmc_ranges(struct bmc_benchmark *benchmark, const int64_t (*limits)[2],
               size_t count);
/* `low`, low + step, ... at most `high`; low <= high, step > 0. */
int bmc_dense_range(struct bmc_benchmark *benchmark, int64_t low, int64_t high,
                    int64_t step);
/* The product of `count` lists, the first of lengths[0] numbers, ... */
int bmc_args_product(struct bmc_benchmark *benchmark,
                     const int64_t *const *lists, const size_t *lengths,
                     size_t count);
/* Of the ranges that are added from now on; 2 or more, 8 unless set. */
int bmc_range_multiplier(struct bmc_benchmark *benchmark, int multiplier);
/* As many as there are arguments; checked like a benchmark's name. */
int bmc_arg_names(struct bmc_benchmark *benchmark, const char *const *names,
                  size_t count);

/*
 * Called before and after every call of the function, outside its time, with
 * the same `data`; either may be NULL.  In both, arguments can be read and
 * the run skipped, in the tear-down counters and the label set too.  Where
 * the set-up skips, neither the function nor the tear-down is called.
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

/* Of the times that are shown; --benchmark_time_unit, or ns, unless set. */
enum bmc_unit { BMC_NS, BMC_US, BMC_MS, BMC_S };
int bmc_use_unit(struct bmc_benchmark *benchmark, enum bmc_unit unit);

/*
 * How long a run is; each over 0.  They take the place of the flags of these
 * names and become part of the run's name, as in C++.  A fixed number of
 * iterations goes with neither a minimum time nor a warm-up: -EBUSY.  A
 * warm-up brings the minimum time that the flags give with it, since Google
 * Benchmark 1.7.1 ignores one without the other.
 */
int bmc_iterations(struct bmc_benchmark *benchmark, uint64_t iterations);
int bmc_min_time(struct bmc_benchmark *benchmark, double seconds);
int bmc_min_warmup_time(struct bmc_benchmark *benchmark, double seconds);
/* At most BMC_REPETITIONS_MAX. */
int bmc_repetitions(struct bmc_benchmark *benchmark, unsigned repetitions);
/*
 * With repetitions: only the aggregates and the errors, in the display (or
 * the reporter) alone, or in the file of --benchmark_out too.
 */
int bmc_aggregates_only(struct bmc_benchmark *benchmark, bool display_alone);

/*
 * A line of the report's context.  The key is checked like a name; what would
 * break the JSON in the value is made visible (\x1b).  -EINVAL, -ENOMEM, and
 * -EEXIST where the key is taken, which the report's own keys are.
 */
int bmc_add_context(const char *key, const char *value);

/* ---- the loop; see the example above ---- */

/*
 * Starts the time and gives all iterations to be done; the second call stops
 * the time and gives 0.  Nothing crosses the library in between, so the loop
 * costs what it costs in C++.
 */
uint64_t bmc_next(struct bmc_state *state);
/* As bmc_next, but gives at most `batch` iterations at a time. */
uint64_t bmc_next_batch(struct bmc_state *state, uint64_t batch);
/* As in C++, for a loop that must ask each time: 1.2 to 2.3 ns a call. */
bool bmc_keep_running(struct bmc_state *state);

/* Iterations of this run, known from the start. */
uint64_t bmc_state_iterations(const struct bmc_state *state);
/* Argument `index`; where there is none, 0, and the run is an error. */
int64_t bmc_state_arg(struct bmc_state *state, size_t index);
size_t bmc_state_arg_count(const struct bmc_state *state);

/*
 * Stops the time in the loop, and goes on with it, which must be done before
 * the loop ends.  Each takes about 0.5 us.
 */
void bmc_pause(struct bmc_state *state);
void bmc_resume(struct bmc_state *state);

/*
 * Adds to the time of a run with BMC_MANUAL_TIME: that of all iterations
 * since the last call.  In the loop or after it; at least once.
 */
void bmc_set_iteration_time(struct bmc_state *state, double seconds);
/*
 * The same for the CPU time that a row shows, in place of the calling
 * thread's: where other threads or processes do the work.
 */
void bmc_set_cpu_time(struct bmc_state *state, double seconds);

/*
 * Makes the run an error row; the loop gives nothing from then on.  The first
 * reason stays.  What would break the JSON in it is made visible.  Where the
 * first of several repetitions fails, or any after a warm-up, those after it
 * are not measured and fail too.
 */
void bmc_skip(struct bmc_state *state, const char *reason);
/* Whether the run is an error already, by bmc_skip or by a mistake. */
bool bmc_skipped(const struct bmc_state *state);
/*
 * As bmc_skip, and makes every other run of the benchmark an error row too,
 * those before this one included: what they measured was wrong as well.
 */
void bmc_reject(struct bmc_state *state, const char *reason);
/*
 * Ends this run and calls no benchmark any more; what was not measured makes
 * no row.  bmc_run then finishes the report as always and returns 0.
 */
void bmc_stop(struct bmc_state *state);

/* Flags of a counter, to be joined with |. */
enum bmc_counter_flags {
	BMC_COUNTER_DEFAULT = 0,
	BMC_COUNTER_RATE = 1 << 0,                /* divided by the time */
	BMC_COUNTER_AVG_THREADS = 1 << 1,         /* divided by the threads */
	BMC_COUNTER_ITERATION_INVARIANT = 1 << 2, /* times the iterations */
	BMC_COUNTER_AVG_ITERATIONS = 1 << 3,      /* divided by them */
	BMC_COUNTER_INVERT = 1 << 4,              /* one over it, in the end */
	BMC_COUNTER_BINARY = 1 << 5,              /* 1024 is 1k */
};
/*
 * Sets a counter of this run, or sets it anew.  These make the run an error:
 * a value that is not finite, before or after its flags; a name that is not
 * fit for a benchmark or is a key of the row already ("iterations"); flags
 * that are not those above, or not those that the benchmark gave the counter
 * before.
 */
void bmc_set_counter(struct bmc_state *state, const char *name, double value,
                     unsigned flags);
/* The rates items_per_second and bytes_per_second, of all iterations. */
void bmc_set_items(struct bmc_state *state, uint64_t items);
void bmc_set_bytes(struct bmc_state *state, uint64_t bytes);
/* What would break the JSON in it is made visible. */
void bmc_set_label(struct bmc_state *state, const char *label);

/* Makes the compiler think that `*value` is read and all memory changes. */
static inline void bmc_use(const void *value)
{
	__asm__ volatile("" : : "r"(value) : "memory");
}

/* Makes it think that all memory is read and changes. */
static inline void bmc_clobber(void)
{
	__asm__ volatile("" : : : "memory");
}

/* ---- running ---- */

/*
 * Reads --benchmark_* (up to a "--") and takes them out of argv, which keeps
 * the rest and ends with NULL as before.  Variables BENCHMARK_* of the
 * environment, in the names of the flags, are read first, so a flag wins;
 * other variables are not looked at.
 *
 * -EINVAL, with the flag named in `why` and argv as it was, for what Google
 * Benchmark 1.7.1 ignores, misreads or ends the process for: an unknown flag,
 * a time with a unit or in iterations, an empty filter, an expression that is
 * none or is over 1000 bytes, a value that is none of those there are.
 * --benchmark_perf_counters is refused always, BENCHMARK_CONTEXT too.
 * -EBUSY, -ENOMEM; -ENOTSUP where a newer version does not know a flag.
 */
int bmc_read_flags(int *argc, char **argv, char *why, size_t why_bytes);

/*
 * Instead of --benchmark_enable_random_interleaving and --benchmark_filter;
 * a flag that was given wins.  The expression is a POSIX extended one, found
 * anywhere in a run's name; one that begins with "-" chooses all others.
 * -EINVAL (the expression), -EBUSY, -ENOMEM.
 */
int bmc_default_random_interleaving(bool on);
int bmc_default_filter(const char *expression, char *why, size_t why_bytes);

/*
 * Rows are named as they were registered (and by their arguments), without
 * /manual_time, /real_time and the like, which say what the clock was.  The
 * filter and --benchmark_list_tests go by the whole name all the same.
 */
int bmc_plain_names(bool on);

struct bmc_counter {
	const char *name;
	double value; /* after its flags were applied; finite */
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
	double real_seconds, cpu_seconds; /* of all iterations of a run */
	uint64_t iterations;              /* of an aggregate: repetitions */
	int64_t repetitions, repetition;  /* how many; which, from 0 */
	int64_t family, instance;         /* as chosen by the filter, from 0 */
	const struct bmc_counter *counters;
	size_t counter_count;
};

/* What a reporter is told; every member may be NULL. */
struct bmc_reporter {
	/* Before the first row.  Nonzero ends it all. */
	int (*begin)(void *data);
	/* A benchmark's rows come when its last repetition is over. */
	void (*run)(void *data, const struct bmc_row *row);
	/* After the last row, where begin was called. */
	void (*end)(void *data);
	void *data;
};

/* What came of a run. */
struct bmc_totals {
	size_t benchmarks; /* that the filter chose, each with its arguments */
	size_t runs;       /* repetitions count; aggregates do not */
	size_t errors;     /* of these */
};

/*
 * Runs what the filter chooses and shows it as --benchmark_format says, or
 * through `reporter` in its place (NULL: none); --benchmark_out is written in
 * both cases.  With --benchmark_list_tests the names go to standard output,
 * and nothing runs.  `totals` may be NULL.
 *
 * -ENOENT (nothing chosen), -EBUSY (called from a benchmark), -EIO (the file
 * of --benchmark_out cannot be opened, when nothing has run, or not written
 * whole), -ECANCELED (begin was nonzero, or a reporter in C++ threw), -ENOMEM.
 * Rows that are errors are counted in `totals`, not returned.
 */
int bmc_run(const struct bmc_reporter *reporter, struct bmc_totals *totals,
            char *why, size_t why_bytes);

/*
 * What a program exits with: 0; 2: nothing chosen or flags refused; 3: error
 * rows; 4: other errors.
 */
int bmc_exit_status(int error, const struct bmc_totals *totals);

/*
 * A whole main: flags, run, one line on standard error where something is
 * wrong, exit status.  An argument that is none of the flags is refused;
 * --help lists them.
 */
int bmc_main(int argc, char **argv);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif /* BENCHMARK_C_H */
