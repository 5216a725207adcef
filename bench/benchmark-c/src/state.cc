/* SPDX-License-Identifier: MIT */
/* state.cc - the loop, its time, and what goes with a run. */
#include "state.hh"
#include "text.hh"

#include <cmath>
#include <cxxabi.h>
#include <unistd.h>

using bmc::visible;

namespace {

/* How a child process ends that returned from a benchmark's function. */
constexpr int child_returned = 127;

/* Names that a row of the JSON has already: two of a kind are no JSON. */
const char *const row_keys[] = {
	"name", "family_index", "per_family_instance_index", "run_name",
	"run_type", "repetitions", "repetition_index", "threads",
	"aggregate_name", "aggregate_unit", "error_occurred", "error_message",
	"skipped", "skip_message", "iterations", "real_time", "cpu_time",
	"time_unit", "label", "cpu_coefficient", "real_coefficient", "big_o",
	"rms", "allocs_per_iter", "max_bytes_used", "total_allocated_bytes",
	"net_heap_growth",
};

const char *counter_fault(const char *name)
{
	const char *fault = bmc::name_fault(name);

	for (const char *key : row_keys)
		if (!fault && std::string(key) == name)
			fault = "is a key of the report";
	return fault;
}

benchmark::Counter::Flags google_flags(unsigned flags)
{
	using benchmark::Counter;
	static const struct {
		unsigned ours;
		Counter::Flags google;
	} pairs[] = {
		{ BMC_COUNTER_RATE, Counter::kIsRate },
		{ BMC_COUNTER_AVG_THREADS, Counter::kAvgThreads },
		{ BMC_COUNTER_ITERATION_INVARIANT,
		  Counter::kIsIterationInvariant },
		{ BMC_COUNTER_AVG_ITERATIONS, Counter::kAvgIterations },
		{ BMC_COUNTER_INVERT, Counter::kInvert },
	};
	Counter::Flags joined = Counter::kDefaults;

	for (const auto &pair : pairs)
		if (flags & pair.ours)
			joined = joined | pair.google;
	return joined;
}

constexpr unsigned all_flags =
        BMC_COUNTER_RATE | BMC_COUNTER_AVG_THREADS |
        BMC_COUNTER_ITERATION_INVARIANT | BMC_COUNTER_AVG_ITERATIONS |
        BMC_COUNTER_INVERT | BMC_COUNTER_BINARY;

void set_counter(bmc_state &state, const char *name, double value,
                 unsigned flags)
{
	const std::string quoted = "counter '" + std::string(name) + "' ";

	if (!std::isfinite(value))
		return state.fail(quoted + "is not a finite number");
	if (flags & ~all_flags)
		return state.fail(quoted + "has flags that do not exist");
	const auto first = state.benchmark.counter_flags.emplace(name, flags);
	if (first.first->second != flags)
		return state.fail(quoted + "had other flags in another run");
	state.google.counters[name] = benchmark::Counter(
	        value, google_flags(flags),
	        flags & BMC_COUNTER_BINARY ? benchmark::Counter::kIs1024
	                                   : benchmark::Counter::kIs1000);
}

/* Calls into the program; what it throws makes the run an error. */
void call_out(bmc_state &state, bmc_function *function)
{
	if (!function)
		return;
	try {
		function(&state, state.benchmark.data);
	} catch (const abi::__forced_unwind &) {
		throw; /* the thread ends: pthread_exit, pthread_cancel */
	} catch (const std::exception &thrown) {
		state.fail(std::string("exception: ") + thrown.what());
	} catch (...) {
		state.fail("exception of a type that is not known");
	}
}

/* After the function: whether it did what it owes. */
void check_loop(bmc_state &state)
{
	if (state.phase == bmc_phase::failed)
		return;
	if (state.phase == bmc_phase::before)
		return state.fail("returned without a loop");
	if (state.phase != bmc_phase::after)
		return state.fail("returned before the end of its loop");
	if (state.benchmark.clock == BMC_MANUAL_TIME && !state.manual_time_set)
		state.fail("did not set its manual time");
}

void run_stages(bmc_state &state)
{
	call_out(state, state.benchmark.setup);
	if (state.phase == bmc_phase::failed)
		return;
	state.phase = bmc_phase::before;
	call_out(state, state.benchmark.function);
	check_loop(state);
	if (state.phase != bmc_phase::failed)
		state.phase = bmc_phase::teardown;
	call_out(state, state.benchmark.teardown);
}

} // namespace

namespace bmc {

void call(bmc_benchmark &benchmark, benchmark::State &google)
{
	const pid_t process = getpid();
	bmc_state state{ google, benchmark };

	run_stages(state);
	/* A forked child would go on to measure and report a second time. */
	if (getpid() != process)
		_exit(child_returned);
	/* A skipped run must have as many iterations as the others. */
	if (!state.started)
		google.KeepRunning();
}

} // namespace bmc

/* The first reason stays. */
void bmc_state::fail(const std::string &why)
{
	if (phase == bmc_phase::failed)
		return;
	phase = bmc_phase::failed;
	keep_left = 0;
	batch_left = 0;
	reason = visible(why);
	google.SkipWithError(reason.c_str());
}

uint64_t bmc_state::total() const
{
	return static_cast<uint64_t>(google.max_iterations);
}

/* Starts the time; false where the loop cannot begin here. */
bool bmc_state::begin(bmc_loop kind, const char *called)
{
	if (phase == bmc_phase::failed)
		return false;
	if (phase != bmc_phase::before) {
		fail(std::string(called) + " was called " +
		     (phase == bmc_phase::after     ? "after the end of the loop"
		      : phase == bmc_phase::paused  ? "while the time is paused"
		      : phase == bmc_phase::running ? "in another kind of loop"
		                                    : "outside the function"));
		return false;
	}
	phase = bmc_phase::running;
	loop = kind;
	started = true;
	return google.KeepRunningBatch(google.max_iterations);
}

void bmc_state::end()
{
	phase = bmc_phase::after;
	google.KeepRunningBatch(google.max_iterations);
}

extern "C" {

uint64_t bmc_next(struct bmc_state *state)
{
	if (state->phase == bmc_phase::running &&
	    state->loop == bmc_loop::next) {
		state->end();
		return 0;
	}
	return state->begin(bmc_loop::next, "bmc_next") ? state->total() : 0;
}

bool bmc_keep_running(struct bmc_state *state)
{
	if (__builtin_expect(state->keep_left != 0, true)) {
		state->keep_left--;
		return true;
	}
	if (state->phase == bmc_phase::running &&
	    state->loop == bmc_loop::keep_running) {
		state->end();
		return false;
	}
	if (!state->begin(bmc_loop::keep_running, "bmc_keep_running"))
		return false;
	state->keep_left = state->total() - 1;
	return true;
}

uint64_t bmc_next_batch(struct bmc_state *state, uint64_t batch)
{
	if (!batch) {
		state->fail("bmc_next_batch was asked for batches of 0");
		return 0;
	}
	if (state->loop == bmc_loop::next_batch && !state->batch_left &&
	    state->phase == bmc_phase::running) {
		state->end();
		return 0;
	}
	if (state->loop != bmc_loop::next_batch || !state->batch_left) {
		if (!state->begin(bmc_loop::next_batch, "bmc_next_batch"))
			return 0;
		state->batch_left = state->total();
	}
	const uint64_t given =
	        batch < state->batch_left ? batch : state->batch_left;
	state->batch_left -= given;
	return given;
}

uint64_t bmc_state_iterations(const struct bmc_state *state)
{
	return state->total();
}

int64_t bmc_state_arg(struct bmc_state *state, size_t index)
{
	if (index >= bmc_state_arg_count(state)) {
		state->fail("has no argument " + std::to_string(index));
		return 0;
	}
	return state->google.range(index);
}

size_t bmc_state_arg_count(const struct bmc_state *state)
{
	const auto &args = state->benchmark.args;

	return args.empty() ? 0 : args[0].size();
}

void bmc_pause(struct bmc_state *state)
{
	if (state->phase == bmc_phase::failed)
		return;
	if (state->phase != bmc_phase::running)
		return state->fail("bmc_pause was called while no time runs");
	state->phase = bmc_phase::paused;
	state->google.PauseTiming();
}

void bmc_resume(struct bmc_state *state)
{
	if (state->phase == bmc_phase::failed)
		return;
	if (state->phase != bmc_phase::paused)
		return state->fail("bmc_resume was called without bmc_pause");
	state->phase = bmc_phase::running;
	state->google.ResumeTiming();
}

void bmc_set_iteration_time(struct bmc_state *state, double seconds)
{
	if (state->benchmark.clock != BMC_MANUAL_TIME)
		return state->fail("sets a time without BMC_MANUAL_TIME");
	if (!std::isfinite(seconds) || seconds < 0)
		return state->fail("sets a time that is not a length of time");
	state->manual_time_set = true;
	state->google.SetIterationTime(seconds);
}

void bmc_skip(struct bmc_state *state, const char *reason)
{
	state->fail(reason && *reason ? reason : "skipped, no reason given");
}

bool bmc_skipped(const struct bmc_state *state)
{
	return state->phase == bmc_phase::failed;
}

void bmc_set_counter(struct bmc_state *state, const char *name, double value,
                     unsigned flags)
{
	const char *fault = counter_fault(name);

	if (fault)
		return state->fail("the name of a counter " +
		                   std::string(fault));
	set_counter(*state, name, value, flags);
}

void bmc_set_items(struct bmc_state *state, uint64_t items)
{
	bmc_set_counter(state, "items_per_second", static_cast<double>(items),
	                BMC_COUNTER_RATE);
}

void bmc_set_bytes(struct bmc_state *state, uint64_t bytes)
{
	bmc_set_counter(state, "bytes_per_second", static_cast<double>(bytes),
	                BMC_COUNTER_RATE | BMC_COUNTER_BINARY);
}

void bmc_set_label(struct bmc_state *state, const char *label)
{
	state->google.SetLabel(visible(label ? label : "").c_str());
}

} // extern "C"
