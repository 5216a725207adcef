/* SPDX-License-Identifier: MIT */
/*
 * regression.h - what the rule of `switchyard compare` finds and what it
 * raises for nothing, beside other rules, from one recording of pairs.
 *
 * scripts/study-regression records; nothing here measures.  A recording is
 * what `compare --json` writes (docs/compare-format.md) under a name that says
 * what was done:
 *
 *   aa-NN.json        a suite, both sides the same program
 *   long-NN.json      the same with twice the time
 *   extra-PP-NN.json  points whose NEW does PP per cent more work
 *   burner-NN.json    a suite while others burn every PU
 *
 * and, of what was noisy and has been measured again, NAME.noisyN.json.
 */
#ifndef SY_REGRESSION_H
#define SY_REGRESSION_H

/* The verb, argv[0] is "regression".  An exit status: 0 also where a figure
   is not reached, 2 usage or a recording that is none, 4. */
int sy_study_regression(int argc, char **argv);

#endif /* SY_REGRESSION_H */
