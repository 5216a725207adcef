/* SPDX-License-Identifier: MIT */
/*
 * regression_run.h - a tally as it goes from recording to recording.
 */
#ifndef SY_REGRESSION_RUN_H
#define SY_REGRESSION_RUN_H

#include "study/regression_parts.h"

struct sy_tally_run {
	const struct sy_recordings *recordings;
	const struct sy_recording *recording;
	struct sy_comparison as; /* the recording's as it is to be judged */
	size_t length, percent;  /* places in the tables */
	struct sy_windows windows;
	/* Of the recording of the same kind before it; none: count is 0. */
	const struct sy_recording *before;
	struct sy_windows before_windows;
	struct sy_tallied *tallied;
	FILE *notes;
};

int sy_values_add(struct sy_values *values, double value);
void sy_share_count(struct sy_share *share, bool found);

/* One more answer of a rival; -ENODATA is none. */
int sy_tally_rival(struct sy_tally_run *t, enum sy_ruled_by rule,
                   const struct sy_window *window, bool *slower);
/* regression_suites.c: every rule over the suites of the recording. */
int sy_tally_suites(struct sy_tally_run *t);

#endif /* SY_REGRESSION_RUN_H */
