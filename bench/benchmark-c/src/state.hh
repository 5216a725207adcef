/* SPDX-License-Identifier: MIT */
/*
 * state.hh - one call of a benchmark's function, from set-up to tear-down.
 *
 * Google Benchmark sees one loop only: KeepRunningBatch with all iterations,
 * twice.  So whatever the function did, or left undone, the count of
 * iterations is the same in all repetitions, without which it aborts.
 */
#ifndef BMC_STATE_HH
#define BMC_STATE_HH

#include "session.hh"

#include <benchmark/benchmark.h>

enum class bmc_phase {
	setup,
	before, /* the loop */
	running,
	paused,
	after,
	teardown,
	failed, /* an error row; the loop gives nothing any more */
};

enum class bmc_loop { none, next, keep_running, next_batch };

struct bmc_state {
	benchmark::State &google;
	bmc_benchmark &benchmark;
	bmc_phase phase = bmc_phase::setup;
	bmc_loop loop = bmc_loop::none;
	/* Iterations that the loop has not been given yet; the first is
	   bmc_keep_running's, the second bmc_next_batch's. */
	uint64_t keep_left = 0;
	uint64_t batch_left = 0;
	bool started = false; /* Google Benchmark's loop */
	bool manual_time_set = false;
	double cpu_seconds = 0; /* that were set */
	bool out_of_memory = false;

	/* Makes it an error row; the first reason stays. */
	void fail(const std::string &why);
	/* The same for a run that shall be no row. */
	void stop();
	void end_as_failed();
	/* Whether its time runs in a loop of that kind. */
	bool loops(bmc_loop kind) const;
	/* Starts the time; false where no loop can begin. */
	bool begin(bmc_loop kind, const char *called);
	void end();
	uint64_t total() const;
};

namespace bmc
{

/* What is done for the program must not throw into it. */
template <class Work> void guard(bmc_state *state, Work work) noexcept
{
	try {
		work();
	} catch (...) {
		state->out_of_memory = true;
		state->end_as_failed();
	}
}

/* What Google Benchmark calls. */
void call(bmc_benchmark &benchmark, benchmark::State &state);

} // namespace bmc

#endif /* BMC_STATE_HH */
