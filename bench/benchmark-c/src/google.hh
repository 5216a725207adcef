/* SPDX-License-Identifier: MIT */
/*
 * google.hh - where the versions of Google Benchmark differ.
 *
 * Implemented by google_1_7.cc and google_1_8.cc; CMake compiles the one that
 * fits what is installed.
 */
#ifndef BMC_GOOGLE_HH
#define BMC_GOOGLE_HH

#include <benchmark/benchmark.h>

#include <string>

namespace bmc
{

bool is_error(const benchmark::BenchmarkReporter::Run &run);
const std::string &error_of(const benchmark::BenchmarkReporter::Run &run);
void make_error(benchmark::BenchmarkReporter::Run &run,
                const std::string &reason);

/* The value of --benchmark_min_time, from a number of seconds. */
std::string min_time_value(const std::string &seconds);

} // namespace bmc

#endif /* BMC_GOOGLE_HH */
