/* SPDX-License-Identifier: MIT */
/* call.cc - one call of a benchmark: set-up, function, tear-down. */
#include "state.hh"

#include <unistd.h>

namespace
{

/* How a child process ends that returned from a benchmark's function. */
constexpr int child_returned = 127;

void fail_by(bmc_state &state, const char *exception)
{
	bmc::guard(&state,
	           [&] { state.fail(std::string("exception: ") + exception); });
}

/* Calls into the program; what it throws makes the run an error. */
BMC_CATCHES_UNWINDING
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
		fail_by(state, "out of memory");
	} catch (const std::exception &thrown) {
		fail_by(state, thrown.what());
	} catch (...) {
		fail_by(state, "of a type that is not known");
	}
	/* A forked child would go on to measure and report a second time. */
	if (getpid() != process)
		_exit(child_returned);
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

	if (the_session().stopped)
		state.stop();
	else if (is_repeated(benchmark))
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
