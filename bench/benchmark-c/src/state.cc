/* SPDX-License-Identifier: MIT */
/* state.cc - the loop, its time, and what goes with a run. */
#include "state.hh"
#include "text.hh"

#include <algorithm>
#include <cmath>
#include <cxxabi.h>
#include <unistd.h>

using bmc::visible;

namespace
{

/* How a child process ends that returned from a benchmark's function. */
constexpr int child_returned = 127;

/* Names that a row of the JSON has already: two of a kind are no JSON. */
const char *const row_keys[] = {
	"name",
	"family_index",
	"per_family_instance_index",
	"run_name",
	"run_type",
	"repetitions",
	"repetition_index",
	"threads",
	"aggregate_name",
	"aggregate_unit",
	"error_occurred",
	"error_message",
	"skipped",
	"skip_message",
	"iterations",
	"real_time",
	"cpu_time",
	"time_unit",
	"label",
	"cpu_coefficient",
	"real_coefficient",
	"big_o",
	"rms",
	"allocs_per_iter",
	"max_bytes_used",
	"total_allocated_bytes",
	"net_heap_growth",
};

const char *counter_fault(const char *name)
{
	const char *fault = bmc::name_fault(name);

	for (const char *key : row_keys)
		if (!fault && std::string(key) == name)
			fault = "is a key of the row already";
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

constexpr unsigned all_flags = BMC_COUNTER_RATE | BMC_COUNTER_AVG_THREADS |
                               BMC_COUNTER_ITERATION_INVARIANT |
                               BMC_COUNTER_AVG_ITERATIONS | BMC_COUNTER_INVERT |
                               BMC_COUNTER_BINARY;

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

void set_counter(bmc_state &state, const char *name, double value,
                 unsigned flags)
{
	const char *fault = counter_fault(name);

	if (fault)
		return state.fail(std::string("the name of a counter ") +
		                  fault);
	const std::string quoted = std::string("counter '") + name + "' ";
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
	const pid_t process = getpid();

	if (!function)
		return;
	try {
		function(&state, state.benchmark.data);
	} catch (const abi::__forced_unwind &) {
		throw; /* the thread ends: pthread_exit, pthread_cancel */
	} catch (const std::bad_alloc &) {
		state.fail("exception: out of memory");
	} catch (const std::exception &thrown) {
		state.fail(std::string("exception: ") + thrown.what());
	} catch (...) {
		state.fail("exception of a type that is not known");
	}
	/* A forked child would go on to measure and report a second time. */
	if (getpid() != process)
		_exit(child_returned);
}

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

/* Whether a run is repeated, so that figures are made over its rows. */
bool is_repeated(const bmc_benchmark &benchmark)
{
	const unsigned own = benchmark.repetitions;

	return (own ? own : bmc::the_session().flags.repetitions) > 1;
}

bool is_warmed_up(const bmc_benchmark &benchmark)
{
	return benchmark.min_warmup_time > 0 ||
	       bmc::the_session().flags.min_warmup_time > 0;
}

bmc_progress &progress_of(bmc_state &state)
{
	bmc_arguments args(bmc_state_arg_count(&state));

	for (size_t i = 0; i < args.size(); i++)
		args[i] = state.google.range(i);
	return state.benchmark.progress[args];
}

/*
 * Google Benchmark 1.7.1 crashes when it makes figures over repetitions of
 * which the first one failed, and it has not found then how many iterations
 * the others should have.  So they fail too.  The first repetition asks for
 * more iterations each time, the others for as many as the last time; after a
 * warm-up that is not certain, so there no failure is the exception.
 */
void run_repetition(bmc_state &state)
{
	bmc_progress &progress = progress_of(state);

	if (progress.iterations == state.total() &&
	    !is_warmed_up(state.benchmark))
		progress.past_first = true;
	progress.iterations = state.total();
	if (progress.failed_first)
		state.fail("an earlier repetition failed");
	else
		run_stages(state);
	if (state.phase == bmc_phase::failed && !progress.past_first)
		progress.failed_first = true;
}

} // namespace

namespace bmc
{

void call(bmc_benchmark &benchmark, benchmark::State &google)
{
	bmc_state state{ google, benchmark };

	if (is_repeated(benchmark))
		run_repetition(state);
	else
		run_stages(state);
	/* Short enough to be copied without memory being taken for it. */
	if (state.out_of_memory)
		google.SkipWithError("out of memory");
	/* A skipped run must have as many iterations as the others. */
	if (!state.started)
		google.KeepRunning();
}

} // namespace bmc

void bmc_state::fail(const std::string &why)
{
	if (phase == bmc_phase::failed)
		return;
	google.SkipWithError(visible(why).c_str());
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

void bmc_skip(struct bmc_state *state, const char *reason)
{
	refuse(state, reason && *reason ? reason : "skipped without a reason");
}

bool bmc_skipped(const struct bmc_state *state)
{
	return state->phase == bmc_phase::failed;
}

void bmc_set_counter(struct bmc_state *state, const char *name, double value,
                     unsigned flags)
{
	guard(state, [&] { set_counter(*state, name, value, flags); });
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
	guard(state, [&] {
		state->google.SetLabel(visible(label ? label : "").c_str());
	});
}

} // extern "C"
