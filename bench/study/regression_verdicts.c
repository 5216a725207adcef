/* SPDX-License-Identifier: MIT */
/* regression_verdicts.c - the figures that the rule has to reach, and whether
   it did: nothing that was not recorded is reached. */
#include "study/regression_parts.h"

#include <math.h>

#define SUITES_LEAST 30
#define LONG_WALL 192.0

enum { ONE_SECOND, TWO_SECONDS, FOUR_SECONDS };
enum { SAME, TWO_PERCENT, FIVE_PERCENT, TEN_PERCENT };

static void say(FILE *out, const char *what, bool reached, const char *figure)
{
	fprintf(out, "- %s: %s (%s)\n", what,
	        reached ? "reached" : "**not reached**", figure);
}

static void say_share(FILE *out, const char *what, bool reached,
                      const struct sy_share *share)
{
	struct sy_estimate e;
	char figure[100] = "not recorded";

	sy_share_bounds(share, &e);
	if (share->tried)
		snprintf(figure, sizeof(figure),
		         "%zu of %zu, %.1f %%, interval %.1f to %.1f %%",
		         share->found, share->tried, 100 * e.value, 100 * e.low,
		         100 * e.high);
	say(out, what, reached && share->tried, figure);
}

static void say_found(FILE *out, const struct sy_tallied *t, size_t percent,
                      size_t length, double least)
{
	const struct sy_share *share =
		&t->benchmarks[SY_RULE_OURS][length][percent];
	char what[100];

	snprintf(what, sizeof(what),
	         "%u %% found at least %.0f %% at %u s a side",
	         sy_percents[percent], 100 * least, sy_lengths[length]);
	say_share(out, what,
	          (double)share->found >= least * (double)share->tried, share);
}

static void say_small(FILE *out, const struct sy_tallied *t, size_t length)
{
	const struct sy_share *share =
		&t->benchmarks[SY_RULE_OURS][length][TWO_PERCENT];
	char what[100];

	snprintf(what, sizeof(what),
	         "2 %% raises SLOWER at most 7 %% at %u s a side",
	         sy_lengths[length]);
	say_share(out, what,
	          (double)share->found <= 0.07 * (double)share->tried, share);
}

static void say_false(FILE *out, const struct sy_tallied *t)
{
	const struct sy_share *share = &t->suites[SY_RULE_OURS][TWO_SECONDS];

	say_share(out,
	          "no false SLOWER in 30 suites of both sides the same at 2 s "
	          "a side",
	          !share->found &&
	                  t->recordings[SY_RECORDED_SAME] >= SUITES_LEAST,
	          share);
}

static void say_wall(FILE *out, const struct sy_tallied *t)
{
	char figure[60] = "not recorded";
	double wall = 0;

	for (size_t i = 0; i < t->long_walls.count; i++)
		wall = fmax(wall, t->long_walls.values[i]);
	if (wall > 0)
		snprintf(figure, sizeof(figure), "%.1f s", wall);
	say(out, "a suite in at most 192 s at 4 s a side",
	    wall > 0 && wall <= LONG_WALL, figure);
}

/* The rule as it stands over a recording of which all is to be noisy. */
static void say_burner(FILE *out, const struct sy_recordings *recordings)
{
	bool noisy = true;
	char figure[100] = "not recorded";
	size_t count = 0;

	for (size_t i = 0; i < recordings->count; i++) {
		const struct sy_recording *r = &recordings->items[i];

		if (r->kind != SY_RECORDED_BURNER)
			continue;
		count++;
		noisy &= r->comparison.noisy;
		snprintf(figure, sizeof(figure),
		         "spread %.1f %%, others had the PU for %.0f %% of "
		         "the time",
		         100 * r->comparison.spread, 100 * r->comparison.away);
	}
	say(out, "NOISY while other processes burn every PU", count && noisy,
	    figure);
}

void sy_regression_verdicts(FILE *out,
                            const struct sy_regression_report *report)
{
	const struct sy_tallied *t = report->quiet;

	fputs("\n### Figures to reach\n\n", out);
	say_false(out, t);
	say_found(out, t, FIVE_PERCENT, TWO_SECONDS, 0.90);
	say_found(out, t, FIVE_PERCENT, FOUR_SECONDS, 0.99);
	say_found(out, t, TEN_PERCENT, TWO_SECONDS, 0.99);
	say_small(out, t, TWO_SECONDS);
	say_small(out, t, FOUR_SECONDS);
	say_wall(out, t);
	say_burner(out, report->recordings);
}
