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
 * Leaves no number in it that is not finite, which JSON has no word for: a
 * run becomes an error, an aggregate loses the counter.
 */
void make_finite(benchmark::BenchmarkReporter::Run &row);

/* Calls with the row as a plain struct, valid until the call returns. */
void as_struct(const benchmark::BenchmarkReporter::Run &row,
               const std::function<void(const bmc_row &)> &take);

} // namespace bmc

#endif /* BMC_ROW_HH */
