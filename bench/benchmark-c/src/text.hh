/* SPDX-License-Identifier: MIT */
/*
 * text.hh - what may stand in a report, and sentences for people.
 *
 * Google Benchmark writes most bytes into its JSON as they are, so what is
 * not valid there is refused (names) or made visible (all other text).
 */
#ifndef BMC_TEXT_HH
#define BMC_TEXT_HH

#include <cstddef>
#include <string>

namespace bmc
{

/* Names are matched by regular expressions that recurse over every byte. */
constexpr size_t name_bytes = 1000;

/* Why this cannot be a name, as the end of a sentence; nullptr: it can. */
const char *name_fault(const char *name);

/* With control characters, and bytes that are not UTF-8, as \x1b. */
std::string visible(const std::string &text);

/* The same, cut after 80 bytes: for what is repeated in a sentence. */
std::string brief(const std::string &text);

/* Writes the sentence, cut at a whole character, and returns the error.
   `why` may be NULL. */
int because(char *why, size_t why_bytes, int error,
            const std::string &sentence);

} // namespace bmc

#endif /* BMC_TEXT_HH */
