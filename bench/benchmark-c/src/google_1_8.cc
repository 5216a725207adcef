/* SPDX-License-Identifier: MIT */
/*
 * google_1_8.cc - Google Benchmark 1.8 and newer: a run may be skipped with
 * or without an error, and a minimum time has a unit, since it may also be a
 * number of iterations.
 */
#include "google.hh"

namespace bmc
{

bool is_error(const benchmark::BenchmarkReporter::Run &run)
{
	return run.skipped == benchmark::internal::SkippedWithError;
}

const std::string &error_of(const benchmark::BenchmarkReporter::Run &run)
{
	return run.skip_message;
}

void make_error(benchmark::BenchmarkReporter::Run &run,
                const std::string &reason)
{
	run.skipped = benchmark::internal::SkippedWithError;
	run.skip_message = reason;
}

std::string min_time_value(const std::string &seconds)
{
	return seconds + "s";
}

} // namespace bmc
