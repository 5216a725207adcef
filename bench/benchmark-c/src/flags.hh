/* SPDX-License-Identifier: MIT */
/*
 * flags.hh - --benchmark_* and BENCHMARK_*, read strictly.
 *
 * Google Benchmark ignores, prints and ends the process where it does not
 * understand; it is given values that were checked here.
 */
#ifndef BMC_FLAGS_HH
#define BMC_FLAGS_HH

#include "session.hh"

#include <string>

namespace bmc
{

/* Reads "--benchmark_name=value"; false: `fault` ends the sentence why not. */
bool read_flag(const std::string &text, settings &into, std::string &fault);

/* Reads the variables that are set; false: the first wrong one is `text`. */
bool read_environment(settings &into, std::string &text, std::string &fault);

/* Whether the report would have two lines of that key. */
bool context_has(const std::map<std::string, std::string> &context,
                 const std::string &key);

} // namespace bmc

#endif /* BMC_FLAGS_HH */
