/* SPDX-License-Identifier: MIT */
/*
 * compare.c - two programs measured against one another, or two runs.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/compare.h"
#include "compare/judge.h"
#include "compare/stored.h"

#define EXPECTED "give the path of a switchyard program or a run folder"

enum kind { PROGRAM, FOLDER };

static int refuse_side(enum sy_side side, const char *path, const char *what)
{
	return sy_complain(SY_EXIT_USAGE, "%s: %.200s: %s; %s",
	                   sy_side_word(side), path, what, EXPECTED);
}

/* What an argument is, by what is there; nothing is searched for in PATH. */
static int look(enum sy_side side, const char *path, enum kind *kind)
{
	struct stat status;

	if (stat(path, &status))
		return refuse_side(side, path, strerror(errno));
	if (S_ISDIR(status.st_mode))
		*kind = FOLDER;
	else if (!S_ISREG(status.st_mode))
		return refuse_side(side, path, "neither a file nor a folder");
	else if (access(path, X_OK))
		return refuse_side(side, path, "not executable");
	else
		*kind = PROGRAM;
	return 0;
}

static int look_at_both(const struct sy_options *options, enum kind *kind)
{
	const char *paths[SY_SIDES] = { options->old_side, options->new_side };
	enum kind kinds[SY_SIDES];
	int status = 0;

	for (enum sy_side side = 0; side < SY_SIDES && !status; side++) {
		if (!paths[side])
			return sy_complain(SY_EXIT_USAGE,
			                   "compare: %s is missing; %s",
			                   sy_side_word(side), EXPECTED);
		status = look(side, paths[side], &kinds[side]);
	}
	if (status)
		return status;
	if (kinds[SY_OLD] != kinds[SY_NEW])
		return sy_complain(
			SY_EXIT_USAGE,
			"compare: %s is a folder and %s a program; "
			"give two programs or two run folders",
			sy_side_word(kinds[SY_OLD] == FOLDER ? SY_OLD : SY_NEW),
			sy_side_word(kinds[SY_OLD] == FOLDER ? SY_NEW
		                                             : SY_OLD));
	*kind = kinds[SY_OLD];
	return 0;
}

/* What would be ignored is refused. */
static int check_stored(const struct sy_options *options)
{
	static const char *const live[] = { "budget", "width", "suite", "seed",
		                            "limit" };

	for (size_t i = 0; i < sizeof(live) / sizeof(live[0]); i++)
		if (sy_option_given(options, live[i]))
			return sy_complain(SY_EXIT_USAGE,
			                   "--%s: two run folders have been "
			                   "measured already; it is for two "
			                   "programs",
			                   live[i]);
	return 0;
}

static int check_outputs(const struct sy_options *options)
{
	bool alone = options->json && !strcmp(options->json, "-");

	if (options->json && !*options->json)
		return sy_complain(SY_EXIT_USAGE,
		                   "--json: the name of a file is empty");
	if (alone && (options->markdown || options->github))
		return sy_complain(SY_EXIT_USAGE,
		                   "--json - and --%s both write to standard "
		                   "output; give --json a file",
		                   options->markdown ? "markdown" : "github");
	return 0;
}

/* As they were given; exec would look for a name without a slash in PATH. */
static int take_paths(struct sy_comparison *comparison,
                      const struct sy_options *options)
{
	comparison->sides[SY_OLD].path = strdup(options->old_side);
	comparison->sides[SY_NEW].path = strdup(options->new_side);
	return comparison->sides[SY_OLD].path && comparison->sides[SY_NEW].path
	               ? 0
	               : sy_complain(SY_EXIT_REFUSED, "no memory");
}

static int compare_runs(const struct sy_options *options,
                        struct sy_comparison *comparison)
{
	struct sy_reason reason = { "" };
	int error = sy_compare_stored(options->old_side, options->new_side,
	                              options->filter, options->anyway,
	                              comparison, &reason);

	if (!error)
		return 0;
	return sy_complain(error == -EXDEV || error == -ENODATA ? SY_EXIT_POINT
	                   : error == -ENOMEM ? SY_EXIT_REFUSED
	                                      : SY_EXIT_USAGE,
	                   "%s%s",
	                   reason.text[0] ? reason.text : strerror(-error),
	                   error == -EXDEV && !strstr(reason.text, "--anyway")
	                           ? "; --anyway compares them all the same"
	                           : "");
}

/* 130, 5, 4, 1, 3: the first of these that holds. */
static int worse(int judged, int failed)
{
	return !failed || judged == SY_EXIT_INTERRUPTED ||
	                       judged == SY_EXIT_WRONG
	               ? judged
	               : failed;
}

static int carry_out(struct sy_options *options, enum kind kind,
                     struct sy_comparison *comparison)
{
	struct sy_outlets outlets = { .summary_fd = -1 };
	json_t *machine = NULL;
	int status = sy_outlets_open(&outlets, options);

	if (!status && options->floor >= 0) {
		comparison->rule.floor = options->floor;
		/* What is never a change is no reason for doubt, either. */
		if (comparison->rule.same < options->floor)
			comparison->rule.same = options->floor;
	}
	if (!status && kind == PROGRAM) {
		status = take_paths(comparison, options);
		if (!status)
			status = sy_compare_programs(options, comparison,
			                             &machine);
	} else if (!status) {
		status = compare_runs(options, comparison);
	}
	if (!status)
		status = worse(sy_judge_status(comparison, options->noisy_ok),
		               sy_outlets_write(&outlets, options, comparison,
		                                machine));
	sy_outlets_close(&outlets);
	json_decref(machine);
	return status;
}

static int compare(int argc, char **argv)
{
	struct sy_comparison comparison;
	struct sy_options options;
	enum kind kind = PROGRAM;
	int status =
		sy_options_parse(&options, &sy_verb_compare, argc, argv, true);

	if (!status)
		status = check_outputs(&options);
	if (!status)
		status = look_at_both(&options, &kind);
	if (!status && kind == FOLDER)
		status = check_stored(&options);
	if (status)
		return status;
	sy_comparison_init(&comparison);
	status = carry_out(&options, kind, &comparison);
	sy_comparison_free(&comparison);
	return status;
}

const struct sy_verb sy_verb_compare = {
	.name = "compare",
	.usage = "compare OLD NEW [--budget TIME] [--filter REGEX] ...",
	.summary = "what is slower in one program than in another",
	.help = "OLD and NEW are two switchyard programs, or scripts that "
		"exec one: their workers\nare measured side by side, slice by "
		"slice.  Or they are two run folders, whose\nfigures are "
		"compared as they are; that is advisory.\n"
		"docs/regression-tracking.md says what it can find.\n\n"
		"  --budget TIME     how long to measure (default 8s a "
		"point)\n"
		"  --filter REGEX    only points whose names it matches\n"
		"  --suite FILE.ini  points of a sweep (default: the ready "
		"compare.ini)\n"
		"  --floor PERCENT   less is never a change (default 3%)\n"
		"  --width PERCENT   a point is left alone once half of its "
		"interval is this\n"
		"                    narrow (default 0.5%); 0: never\n"
		"  --limit TIME      how long one answer of a worker may take "
		"(default 20s)\n"
		"  --seed N          of the order (default 1)\n"
		"  --anyway          compare what is built, or was measured, "
		"in unlike ways\n"
		"  --noisy-ok        exit with 0 where points are NOISY and "
		"nothing else\n"
		"  --markdown        print Markdown in place of the table\n"
		"  --json FILE       every pair as JSON, too; - : on standard "
		"output, in place\n"
		"                    of the table (docs/compare-format.md)\n"
		"  --github          annotations, and Markdown to "
		"$GITHUB_STEP_SUMMARY\n\n"
		"Exit status: 0 nothing is slower, 1 something is, 2 usage, 3 "
		"NOISY, not\ncomparable or a point failed, 4 the environment, "
		"5 a wrong answer.\n",
	.run = compare,
};
