/* SPDX-License-Identifier: MIT */
/* state.cc - the loop, its time, and what goes with a run. */
#include "row.hh"
#include "state.hh"
#include "text.hh"

#include <algorithm>
#include <cmath>

using bmc::guard;
using bmc::visible;

namespace
{

/* Where a call of the loop is wrong. */
const char *place(bmc_phase phase)
{
	switch (phase) {
	case bmc_phase::after:
		return "after the end of the loop";
	case bmc_phase::paused:
		return "while the time was paused";
	case bmc_phase::running:
		return "in another kind of loop";
	default:
		return "outside the function";
	}
}

} // namespace

void bmc_state::fail(const std::string &why)
{
	if (phase == bmc_phase::failed)
		return;
	google.SkipWithError(visible(why).c_str());
	end_as_failed();
}

void bmc_state::stop()
{
	if (phase == bmc_phase::failed)
		return;
	google.SkipWithError(bmc::stopped_reason);
	end_as_failed();
}

void bmc_state::end_as_failed()
{
	phase = bmc_phase::failed;
	keep_left = 0;
	batch_left = 0;
}

uint64_t bmc_state::total() const
{
	return static_cast<uint64_t>(google.max_iterations);
}

bool bmc_state::begin(bmc_loop kind, const char *called)
{
	if (phase == bmc_phase::failed)
		return false;
	if (phase != bmc_phase::before) {
		fail(std::string(called) + " was called " + place(phase));
		return false;
	}
	phase = bmc_phase::running;
	loop = kind;
	started = true;
	return google.KeepRunningBatch(google.max_iterations);
}

bool bmc_state::loops(bmc_loop kind) const
{
	return phase == bmc_phase::running && loop == kind;
}

void bmc_state::end()
{
	phase = bmc_phase::after;
	google.KeepRunningBatch(google.max_iterations);
}

/* A call that does not fit makes the run an error. */
static void refuse(bmc_state *state, const char *why)
{
	guard(state, [&] { state->fail(why); });
}

extern "C" {

uint64_t bmc_next(struct bmc_state *state)
{
	uint64_t given = 0;

	guard(state, [&] {
		if (state->loops(bmc_loop::next))
			state->end();
		else if (state->begin(bmc_loop::next, "bmc_next"))
			given = state->total();
	});
	return given;
}

bool bmc_keep_running(struct bmc_state *state)
{
	if (__builtin_expect(state->keep_left != 0, true)) {
		state->keep_left--;
		return true;
	}
	guard(state, [&] {
		if (state->loops(bmc_loop::keep_running))
			state->end();
		else if (state->begin(bmc_loop::keep_running,
		                      "bmc_keep_running"))
			state->keep_left = state->total();
	});
	if (!state->keep_left)
		return false;
	state->keep_left--;
	return true;
}

uint64_t bmc_next_batch(struct bmc_state *state, uint64_t batch)
{
	if (!batch)
		refuse(state, "bmc_next_batch was asked for batches of 0");
	guard(state, [&] {
		if (state->batch_left)
			return;
		if (state->loops(bmc_loop::next_batch))
			state->end();
		else if (state->begin(bmc_loop::next_batch, "bmc_next_batch"))
			state->batch_left = state->total();
	});
	const uint64_t given = std::min(batch, state->batch_left);
	state->batch_left -= given;
	return given;
}

uint64_t bmc_state_iterations(const struct bmc_state *state)
{
	return state->total();
}

int64_t bmc_state_arg(struct bmc_state *state, size_t index)
{
	if (index < bmc_state_arg_count(state))
		return state->google.range(index);
	guard(state, [&] {
		state->fail("there is no argument " + std::to_string(index));
	});
	return 0;
}

size_t bmc_state_arg_count(const struct bmc_state *state)
{
	const auto &args = state->benchmark.args;

	return args.empty() ? 0 : args[0].size();
}

void bmc_pause(struct bmc_state *state)
{
	if (state->phase != bmc_phase::running)
		return refuse(state, "bmc_pause was called while no time runs");
	state->phase = bmc_phase::paused;
	guard(state, [&] { state->google.PauseTiming(); });
}

void bmc_resume(struct bmc_state *state)
{
	if (state->phase != bmc_phase::paused)
		return refuse(state, "bmc_resume was called without bmc_pause");
	state->phase = bmc_phase::running;
	guard(state, [&] { state->google.ResumeTiming(); });
}

void bmc_set_iteration_time(struct bmc_state *state, double seconds)
{
	if (state->benchmark.clock != BMC_MANUAL_TIME)
		return refuse(state, "a time was set without BMC_MANUAL_TIME");
	if (!std::isfinite(seconds) || seconds < 0)
		return refuse(state, "a time was set that is not one");
	if (state->phase != bmc_phase::running &&
	    state->phase != bmc_phase::paused &&
	    state->phase != bmc_phase::after)
		return refuse(state, "a time was set outside the loop");
	state->manual_time_set = true;
	state->google.SetIterationTime(seconds);
}

void bmc_set_cpu_time(struct bmc_state *state, double seconds)
{
	if (!std::isfinite(seconds) || seconds < 0)
		return refuse(state, "a CPU time was set that is not one");
	guard(state, [&] {
		state->cpu_seconds += seconds;
		state->google.counters[bmc::cpu_counter] = benchmark::Counter(
			state->cpu_seconds, benchmark::Counter::kAvgIterations);
	});
}

void bmc_skip(struct bmc_state *state, const char *reason)
{
	refuse(state, reason && *reason ? reason : "skipped without a reason");
}

bool bmc_skipped(const struct bmc_state *state)
{
	return state->phase == bmc_phase::failed;
}

void bmc_reject(struct bmc_state *state, const char *reason)
{
	bmc_skip(state, reason);
	guard(state, [&] {
		if (state->benchmark.rejected.empty())
			state->benchmark.rejected =
				reason && *reason ? visible(reason)
						  : "rejected without a reason";
	});
}

void bmc_stop(struct bmc_state *state)
{
	bmc::the_session().stopped = true;
	guard(state, [&] { state->stop(); });
}

} // extern "C"
