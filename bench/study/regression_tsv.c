/* SPDX-License-Identifier: MIT */
/* regression_tsv.c - what came of every rule, for those who compute with it. */
#include "study/regression_parts.h"

static void write_row(FILE *out, const char *what, const char *of,
                      size_t length, size_t percent,
                      const struct sy_share *share)
{
	struct sy_estimate e;

	if (!share->tried)
		return;
	sy_share_bounds(share, &e);
	fprintf(out, "%s\t%s\t%u\t%u\t%zu\t%zu\t%.6g\t%.6g\t%.6g\n", what, of,
	        sy_lengths[length], sy_percents[percent], share->tried,
	        share->found, e.value, e.low, e.high);
}

static const char *const rule_names[SY_RULES] = {
	[SY_RULE_OURS] = "compare",
	[SY_RULE_STOPPED] = "compare_stopped",
	[SY_RULE_SIGNED_RANK] = "signed_rank",
	[SY_RULE_MANN_WHITNEY] = "mann_whitney",
	[SY_RULE_STORED_MEANS] = "stored_means",
	[SY_RULE_STORED_RANKS] = "stored_mann_whitney",
	[SY_RULE_LEAST] = "min",
};

void sy_regression_tsv(FILE *out, const struct sy_regression_report *report)
{
	const struct sy_tallied *t = report->quiet;

	fputs("what\tof\tseconds_a_side\tpercent\ttried\tslower\tshare\tlow\t"
	      "high\n",
	      out);
	for (size_t l = 0; l < SY_LENGTHS; l++) {
		for (enum sy_ruled_by rule = 0; rule < SY_RULES; rule++) {
			for (size_t p = 0; p < SY_PERCENTS; p++)
				write_row(out, "benchmark", rule_names[rule], l,
				          p, &t->benchmarks[rule][l][p]);
			write_row(out, "suite", rule_names[rule], l, 0,
			          &t->suites[rule][l]);
		}
		for (size_t i = 0; i < t->name_count; i++)
			for (size_t p = 1; p < SY_PERCENTS; p++)
				write_row(out, "point", t->names[i], l, p,
				          &t->points[i][l][p]);
	}
}
