/* SPDX-License-Identifier: MIT */
#include "handover.hh"
#include "google.hh"
#include "state.hh"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdio>
#include <sstream>

namespace
{

/* Its regular expressions are compiled by recursion, about 1 KB of stack a
   byte of them. */
constexpr size_t filter_bytes = 1000;

/* What it takes for a minimum time is over 0. */
constexpr double least_time = 1e-9;

benchmark::TimeUnit google_unit(bmc_unit unit)
{
	switch (unit) {
	case BMC_US:
		return benchmark::kMicrosecond;
	case BMC_MS:
		return benchmark::kMillisecond;
	case BMC_S:
		return benchmark::kSecond;
	default:
		return benchmark::kNanosecond;
	}
}

/* In the program's locale, in which it will be read. */
std::string in_locale(double value)
{
	char text[64];

	snprintf(text, sizeof text, "%.9g", value);
	return text;
}

std::string on_off(const char *name, bool on)
{
	return std::string(name) + (on ? "=true" : "=false");
}

/* What is reported, and where, is decided in report.cc. */
std::vector<std::string> arguments(const bmc::session &session)
{
	const bmc::settings &flags = session.flags;

	return {
		session.program,
		on_off("--benchmark_list_tests", flags.list),
		on_off("--benchmark_enable_random_interleaving",
		       flags.random_interleaving.value_or(
			       session.default_random_interleaving)),
		"--benchmark_min_time=" +
			bmc::min_time_value(in_locale(flags.min_time)),
		"--benchmark_min_warmup_time=" +
			in_locale(flags.min_warmup_time),
		"--benchmark_repetitions=" + std::to_string(flags.repetitions),
		"--benchmark_report_aggregates_only=false",
		"--benchmark_display_aggregates_only=false",
		"--benchmark_counters_tabular=false",
		"--benchmark_format=console",
		"--benchmark_out_format=json",
		"--benchmark_color=false",
		"--benchmark_filter=",
		"--benchmark_out=",
		"--benchmark_perf_counters=",
		"--benchmark_time_unit=",
		"--v=0",
	};
}

/* Runs nothing, keeps what is said. */
class listener : public benchmark::BenchmarkReporter
{
      public:
	listener()
	{
		SetOutputStream(&said);
		SetErrorStream(&said);
	}
	bool ReportContext(const Context &) override
	{
		return false;
	}
	void ReportRuns(const std::vector<Run> &) override
	{
	}

	std::ostringstream said;
};

/* What RegisterBenchmark returns has another name in newer versions. */
template <class Google> void use_clock(Google *google, bmc_clock clock)
{
	switch (clock) {
	case BMC_PROCESS_CPU_TIME:
		google->MeasureProcessCPUTime();
		break;
	case BMC_REAL_TIME:
		google->UseRealTime();
		break;
	case BMC_MANUAL_TIME:
		google->UseManualTime();
		break;
	default:
		break;
	}
}

template <class Google>
void use_lengths(Google *google, const bmc_benchmark &benchmark,
                 const bmc::settings &flags)
{
	if (benchmark.iterations)
		google->Iterations(static_cast<benchmark::IterationCount>(
			benchmark.iterations));
	if (benchmark.min_warmup_time > 0)
		google->MinWarmUpTime(benchmark.min_warmup_time);
	/* Version 1.7.1 ignores a warm-up that has no minimum time. */
	if (benchmark.min_time > 0)
		google->MinTime(benchmark.min_time);
	else if (benchmark.min_warmup_time > 0)
		google->MinTime(std::max(flags.min_time, least_time));
	if (benchmark.repetitions)
		google->Repetitions(static_cast<int>(benchmark.repetitions));
}

void hand_over(bmc_benchmark &benchmark, const bmc::settings &flags)
{
	const auto google = benchmark::RegisterBenchmark(
		benchmark.name.c_str(), [&benchmark](benchmark::State &state) {
			bmc::call(benchmark, state);
		});

	benchmark.handed_over = true;
	for (const auto &args : benchmark.args)
		google->Args(args);
	if (!benchmark.arg_names.empty())
		google->ArgNames(benchmark.arg_names);
	if (benchmark.unit)
		google->Unit(google_unit(*benchmark.unit));
	use_clock(google, benchmark.clock);
	use_lengths(google, benchmark, flags);
}

} // namespace

namespace bmc
{

int hand_over_flags(session &session)
{
	std::vector<std::string> texts = arguments(session);
	std::vector<char *> argv;
	int argc = static_cast<int>(texts.size());

	for (std::string &text : texts)
		argv.push_back(text.data());
	/* The one that it keeps a pointer to. */
	argv[0] = session.program.data();
	argv.push_back(nullptr);
	benchmark::Initialize(&argc, argv.data());
	if (argc > 1)
		return -ENOTSUP;
	benchmark::SetDefaultTimeUnit(
		google_unit(session.flags.unit.value_or(BMC_NS)));
	return 0;
}

void hand_over_context(session &session)
{
	for (const auto *lines : { &session.context, &session.flags.context })
		for (const auto &line : *lines)
			if (session.context_handed_over.insert(line.first)
			            .second)
				benchmark::AddCustomContext(line.first,
				                            line.second);
}

void hand_over_benchmarks(session &session)
{
	for (const auto &benchmark : session.benchmarks) {
		for (auto &run : benchmark->progress)
			run.second = bmc_progress{};
		if (!benchmark->handed_over)
			hand_over(*benchmark, session.flags);
	}
}

std::string filter_fault(const std::string &expression)
{
	listener quiet;

	if (expression.empty())
		return "is empty";
	if (expression.size() > filter_bytes)
		return "is longer than 1000 bytes";
	benchmark::RunSpecifiedBenchmarks(&quiet, expression);
	const std::string said = quiet.said.str();
	if (said.find("Could not compile") == std::string::npos)
		return "";
	std::string reason = said.substr(said.find(": ") + 2);
	while (!reason.empty() && reason.back() == '\n')
		reason.pop_back();
	return "is not a regular expression: " + reason;
}

} // namespace bmc
