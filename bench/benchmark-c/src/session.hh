/* SPDX-License-Identifier: MIT */
/*
 * session.hh - what a process has registered and asked for.
 *
 * It is kept here, checked, until bmc_run hands it over, because Google
 * Benchmark aborts on what it does not expect.  One a process, as there: its
 * registry, flags and context are global.
 */
#ifndef BMC_SESSION_HH
#define BMC_SESSION_HH

#include "../benchmark_c.h"

#include <cerrno>
#include <cstdint>
#include <cxxabi.h>
#include <map>
#include <memory>
#include <new>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

/* Whether only aggregates are reported. */
struct bmc_aggregates {
	bool in_display = false;
	bool in_file = false;
};

/* How far the repetitions of a run are, in one bmc_run. */
struct bmc_progress {
	uint64_t iterations = 0; /* of the last call; 0: none yet */
	bool past_first = false; /* the first repetition is over, and good */
	bool failed_first = false;
};

typedef std::vector<int64_t> bmc_arguments;

struct bmc_benchmark {
	std::string name;
	bmc_function *function = nullptr;
	void *data = nullptr;
	bmc_function *setup = nullptr;
	bmc_function *teardown = nullptr;
	std::vector<bmc_arguments> args; /* one a run, in order */
	std::map<bmc_arguments, bmc_progress> progress;
	std::vector<std::string> arg_names;
	int range_multiplier = 8;
	bmc_clock clock = BMC_CPU_TIME;
	std::optional<bmc_unit> unit;
	/* 0: not set. */
	uint64_t iterations = 0;
	double min_time = 0;
	double min_warmup_time = 0;
	unsigned repetitions = 0;
	std::optional<bmc_aggregates> aggregates;
	/* Of the runs so far: Google Benchmark aborts where they change. */
	std::map<std::string, unsigned> counter_flags;
	/* By bmc_reject; "": none of its rows is an error for that. */
	std::string rejected;
	bool handed_over = false; /* Google Benchmark has it */
};

namespace bmc
{

enum class report_format { console, json, csv };

/* The values of the flags --benchmark_*. */
struct settings {
	std::optional<std::string> filter;
	std::string filter_name; /* what it was set by, for complaints */
	std::optional<bool> random_interleaving;
	std::optional<bool> color;
	std::optional<bmc_unit> unit;
	bool aggregates_only = false;
	bool display_aggregates_only = false;
	double min_time = 0.5;
	double min_warmup_time = 0;
	unsigned repetitions = 1;
	bool list = false;
	bool counters_tabular = false;
	report_format format = report_format::console;
	report_format out_format = report_format::json;
	std::string out;
	std::map<std::string, std::string> context;
};

struct session {
	std::vector<std::unique_ptr<bmc_benchmark>> benchmarks;
	/* The same: there may be very many, and each row asks for its own. */
	std::unordered_map<std::string, bmc_benchmark *> by_name;
	settings flags;
	std::string default_filter = ".";
	bool default_random_interleaving = false;
	bool plain_names = false;
	std::map<std::string, std::string> context;
	std::set<std::string> context_handed_over;
	/* Google Benchmark keeps a pointer to it. */
	std::string program = "unknown";
	bool running = false;
	bool stopped = false; /* by bmc_stop: the rest makes no rows */
};

session &the_session();

/* For what catches abi::__forced_unwind: that has no object, so that
   UndefinedBehaviorSanitizer sees a reference to nothing. */
#define BMC_CATCHES_UNWINDING __attribute__((no_sanitize("null")))

/* Calls `work`; what it throws becomes a negative errno.  The end of the
   thread (pthread_exit, pthread_cancel) goes on: glibc insists. */
template <class Work> BMC_CATCHES_UNWINDING int guarded(Work work)
{
	try {
		return work();
	} catch (const abi::__forced_unwind &) {
		throw;
	} catch (const std::bad_alloc &) {
		return -ENOMEM;
	} catch (...) {
		return -EIO;
	}
}

/* Changes a benchmark that Google Benchmark does not have yet. */
template <class Change> int change(bmc_benchmark *benchmark, Change what)
{
	if (!benchmark)
		return -EINVAL;
	if (benchmark->handed_over)
		return -EBUSY;
	return guarded([&] { return what(*benchmark); });
}

} // namespace bmc

#endif /* BMC_SESSION_HH */
