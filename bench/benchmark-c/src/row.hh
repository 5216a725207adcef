/* SPDX-License-Identifier: MIT */
/* row.hh - a row of Google Benchmark's, made fit for JSON and given to C. */
#ifndef BMC_ROW_HH
#define BMC_ROW_HH

#include "../benchmark_c.h"

#include <benchmark/benchmark.h>

#include <functional>

namespace bmc
{

/*
 * CPU seconds an iteration, where the program told them.  They travel as a
 * counter, so that Google Benchmark makes aggregates of them; no counter of
 * the program's can have the name.
 */
constexpr const char *cpu_counter = "\x01 cpu";

/* The error of a run that was stopped; no other has a control character. */
constexpr const char *stopped_reason = "\x01 stopped";
bool was_stopped(const benchmark::BenchmarkReporter::Run &row);

/* Puts the CPU time that was told in its place. */
void use_told_cpu_time(benchmark::BenchmarkReporter::Run &row);

/*
 * Leaves no number in it that is not finite, which JSON has no word for: a
 * run becomes an error, an aggregate loses the counter.
 */
void make_finite(benchmark::BenchmarkReporter::Run &row);

/* Calls with the row as a plain struct, valid until the call returns. */
void as_struct(const benchmark::BenchmarkReporter::Run &row,
               const std::function<void(const bmc_row &)> &take);

} // namespace bmc

#endif /* BMC_ROW_HH */
