/* SPDX-License-Identifier: MIT */
/*
 * plot.c - the figures of a run, drawn again.
 */
#include <errno.h>

#include "cli/cli.h"
#include "results/figures.h"
#include "results/run.h"

static int plot(int argc, char **argv)
{
	struct sy_reason reason;
	char why[SY_REASON_BYTES], scripts[PATH_MAX];
	json_t *results;
	int error;

	if (argc != 2)
		return sy_complain(SY_EXIT_USAGE,
		                   "plot: name one run folder, as in "
		                   "`switchyard plot results/latest`");
	if (sy_json_read(argv[1], "results.json", &results, &reason))
		return sy_complain(SY_EXIT_USAGE, "%s", reason.text);
	error = sy_figures_draw(results, argv[1], sy_scripts_dir(scripts), why,
	                        sizeof(why));
	json_decref(results);
	if (error == -ENODATA)
		return sy_complain(SY_EXIT_REFUSED, "no figures: %s", why);
	if (error)
		return sy_complain(error == -EINVAL ? SY_EXIT_USAGE
		                                    : SY_EXIT_REFUSED,
		                   "%s", why);
	printf("figures in %s/plots\n", argv[1]);
	return 0;
}

const struct sy_verb sy_verb_plot = {
	.name = "plot",
	.usage = "plot RUN",
	.summary = "the figures of a run, from its results.json",
	.help = "Writes RUN/plots/*.svg and *.png, and the data that they were "
		"drawn from.\n",
	.run = plot,
};
