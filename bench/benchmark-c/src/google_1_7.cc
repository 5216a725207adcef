/* SPDX-License-Identifier: MIT */
/* google_1_7.cc - Google Benchmark 1.7: a flag and a message an error. */
#include "google.hh"

namespace bmc
{

bool is_error(const benchmark::BenchmarkReporter::Run &run)
{
	return run.error_occurred;
}

const std::string &error_of(const benchmark::BenchmarkReporter::Run &run)
{
	return run.error_message;
}

void make_error(benchmark::BenchmarkReporter::Run &run,
                const std::string &reason)
{
	run.error_occurred = true;
	run.error_message = reason;
}

std::string min_time_value(const std::string &seconds)
{
	return seconds;
}

} // namespace bmc
