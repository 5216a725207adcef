/* SPDX-License-Identifier: MIT */
/*
 * report.h - a judged comparison for people and for programs.
 *
 * Names, paths and reasons come from outside and may hold anything; each
 * report escapes them as its format wants, so that a name is never markup, an
 * annotation's end or a second line.
 */
#ifndef SY_REPORT_H
#define SY_REPORT_H

#include <stdio.h>

#include "compare/comparison.h"

/* One line a point, the worst first, then one sentence; within 80 columns but
   for names, which are not broken. */
void sy_comparison_table(FILE *out, const struct sy_comparison *comparison);
/* For a pull request: the same as a table of GitHub's Markdown. */
void sy_comparison_markdown(FILE *out, const struct sy_comparison *comparison);
/* One `::error` a SLOWER point, `::warning` a NOISY or failed one. */
void sy_comparison_annotations(FILE *out,
                               const struct sy_comparison *comparison);
/* docs/compare-format.md, with every pair.  NULL: no memory. */
json_t *sy_comparison_to_json(const struct sy_comparison *comparison);

/* The one sentence: "No point is slower: 24 SAME." */
#define SY_SENTENCE_BYTES 400
void sy_comparison_sentence(const struct sy_comparison *comparison,
                            char text[SY_SENTENCE_BYTES]);

#endif /* SY_REPORT_H */
