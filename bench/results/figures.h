/* SPDX-License-Identifier: MIT */
/*
 * figures.h - the figures of a run: throughput over tasks in flight, what a
 * context switch, creating a context and letting it wait cost, and what that
 * depends on.  Which there are, and of which points, is described in
 * docs/results-format.md, as the results object is.
 *
 * Everything that varies is written as columns into RUN/plots/data/, label
 * positions included; the gnuplot scripts read it from there, so that no name
 * ever becomes part of a script.  gnuplot runs without a shell.
 */
#ifndef SY_FIGURES_H
#define SY_FIGURES_H

#include <jansson.h>
#include <stddef.h>

/*
 * Draws RUN/plots/NAME.{svg,png}, each written whole or not at all; a figure
 * without a measured point is left out.
 * `scripts_dir` holds the .gp files; NULL where there are none.  On failure
 * `why` is a plain sentence: -ENOENT (no gnuplot, no scripts: the data files
 * are there all the same), -ENODATA (nothing measured that a figure shows),
 * -EIO (gnuplot failed: the sentence is its own), -ETIMEDOUT, -EINTR (a signal
 * waits), -EINVAL (not a results object).
 */
int sy_figures_draw(const json_t *results, const char *run_dir,
                    const char *scripts_dir, char *why, size_t why_bytes);

#endif /* SY_FIGURES_H */
