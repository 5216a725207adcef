/* SPDX-License-Identifier: MIT */
/* counters.cc - what a run says beside its time. */
#include "state.hh"
#include "text.hh"

#include <cmath>

using bmc::guard;

namespace
{

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

} // namespace

extern "C" {

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
		state->google.SetLabel(
			bmc::visible(label ? label : "").c_str());
	});
}

} // extern "C"
