/* SPDX-License-Identifier: MIT */
#include "row.hh"
#include "google.hh"

#include <cmath>
#include <iterator>
#include <vector>

typedef benchmark::BenchmarkReporter::Run google_run;

namespace
{

bool is_aggregate(const google_run &row)
{
	return row.run_type == google_run::RT_Aggregate;
}

/* A spread of 0 about a mean of 0, divided: no spread. */
void drop_zero_by_zero(double &seconds)
{
	if (!std::isfinite(seconds))
		seconds = 0;
}

unsigned our_flags(const benchmark::Counter &counter)
{
	using benchmark::Counter;
	unsigned flags = BMC_COUNTER_DEFAULT;

	if (counter.oneK == Counter::kIs1024)
		flags |= BMC_COUNTER_BINARY;
	if (counter.flags & Counter::kIsRate)
		flags |= BMC_COUNTER_RATE;
	if (counter.flags & Counter::kAvgThreads)
		flags |= BMC_COUNTER_AVG_THREADS;
	if (counter.flags & Counter::kIsIterationInvariant)
		flags |= BMC_COUNTER_ITERATION_INVARIANT;
	if (counter.flags & Counter::kAvgIterations)
		flags |= BMC_COUNTER_AVG_ITERATIONS;
	if (counter.flags & Counter::kInvert)
		flags |= BMC_COUNTER_INVERT;
	return flags;
}

bmc_unit our_unit(benchmark::TimeUnit unit)
{
	switch (unit) {
	case benchmark::kMicrosecond:
		return BMC_US;
	case benchmark::kMillisecond:
		return BMC_MS;
	case benchmark::kSecond:
		return BMC_S;
	default:
		return BMC_NS;
	}
}

/* An aggregate's share has no unit, and its sums have no meaning. */
void put_times(const google_run &row, bmc_row &out)
{
	const bool share = is_aggregate(row) &&
	                   row.aggregate_unit == benchmark::kPercentage;

	out.percentage = share;
	out.real_time =
		share ? row.real_accumulated_time : row.GetAdjustedRealTime();
	out.cpu_time =
		share ? row.cpu_accumulated_time : row.GetAdjustedCPUTime();
	if (is_aggregate(row))
		return;
	out.real_seconds = row.real_accumulated_time;
	out.cpu_seconds = row.cpu_accumulated_time;
}

} // namespace

namespace bmc
{

bool was_stopped(const google_run &row)
{
	return is_error(row) && error_of(row) == stopped_reason;
}

/* An aggregate's iterations are the repetitions, by which Google Benchmark
   will divide; a share is shown as it is. */
void use_told_cpu_time(google_run &row)
{
	const auto told = row.counters.find(cpu_counter);

	if (told == row.counters.end())
		return;
	const bool share = is_aggregate(row) &&
	                   row.aggregate_unit == benchmark::kPercentage;
	row.cpu_accumulated_time =
		told->second.value *
		(share ? 1 : static_cast<double>(row.iterations));
	row.counters.erase(told);
}

void make_finite(google_run &row)
{
	drop_zero_by_zero(row.real_accumulated_time);
	drop_zero_by_zero(row.cpu_accumulated_time);
	for (auto it = row.counters.begin(); it != row.counters.end();) {
		if (std::isfinite(it->second.value)) {
			++it;
			continue;
		}
		if (!is_aggregate(row) && !is_error(row))
			make_error(row, "counter '" + it->first +
			                        "' is not a finite number");
		it = row.counters.erase(it);
	}
}

void as_struct(const google_run &row,
               const std::function<void(const bmc_row &)> &take)
{
	const std::string name = row.benchmark_name();
	std::vector<bmc_counter> counters;
	bmc_row out{};

	for (const auto &counter : row.counters)
		counters.push_back({ counter.first.c_str(),
		                     counter.second.value,
		                     our_flags(counter.second) });
	out.name = name.c_str();
	out.aggregate =
		is_aggregate(row) ? row.aggregate_name.c_str() : nullptr;
	out.label = row.report_label.c_str();
	out.error = is_error(row) ? error_of(row).c_str() : nullptr;
	out.unit = our_unit(row.time_unit);
	put_times(row, out);
	out.iterations = static_cast<uint64_t>(row.iterations);
	out.repetitions = row.repetitions;
	out.repetition = row.repetition_index;
	out.family = row.family_index;
	out.instance = row.per_family_instance_index;
	out.counters = counters.data();
	out.counter_count = counters.size();
	take(out);
}

} // namespace bmc
