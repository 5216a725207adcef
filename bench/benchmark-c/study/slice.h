/* SPDX-License-Identifier: MIT */
/*
 * slice.h - what driver and workers of the study say to each other.
 *
 * The driver writes the byte of a loop on the worker's standard input; the
 * worker runs it once and answers with a double, ns an iteration, or with one
 * under 0 where that failed.  It ends when its input does.
 */
#ifndef SLICE_H
#define SLICE_H

#define ASK_ONCE 'o' /* for all iterations: bmc_next, for (auto _ : state) */
#define ASK_EACH 'e' /* before each iteration: bmc_keep_running */

/* About 8 ms each, so that the clocks' cost does not count. */
#define ONCE_ITERATIONS 32000000
#define EACH_ITERATIONS 6000000

#endif /* SLICE_H */
