/* SPDX-License-Identifier: MIT */
/*
 * handover.hh - what was checked here is told to Google Benchmark.
 */
#ifndef BMC_HANDOVER_HH
#define BMC_HANDOVER_HH

#include "session.hh"

#include <string>

namespace bmc
{

/* Every flag with the value it shall have, whatever it read from the
   environment itself.  -ENOTSUP: it does not know one of them. */
int hand_over_flags(session &session);

/* The lines of context that it does not have yet. */
void hand_over_context(session &session);

/* The benchmarks that it does not have yet. */
void hand_over_benchmarks(session &session);

/* Why it does not take a regular expression; "": it does.  Flags first. */
std::string filter_fault(const std::string &expression);

} // namespace bmc

#endif /* BMC_HANDOVER_HH */
