/* SPDX-License-Identifier: MIT */
/*
 * trend.c - the history of a machine's runs, point by point.
 */
#include <errno.h>
#include <limits.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "engine/filter.h"
#include "host/whole_file.h"
#include "trend/figure.h"
#include "trend/report.h"

static bool json_only(const struct sy_options *options)
{
	return options->json && !strcmp(options->json, "-");
}

static int check(const struct sy_options *options)
{
	if (!options->run)
		return sy_complain(SY_EXIT_USAGE,
		                   "trend: name a folder of runs, as in "
		                   "`switchyard trend results`");
	if (options->json && !*options->json)
		return sy_complain(SY_EXIT_USAGE,
		                   "--json: the name of a file is empty");
	if (options->output && !*options->output)
		return sy_complain(SY_EXIT_USAGE,
		                   "--output: the name of a folder is empty");
	if (options->output && !options->figures)
		return sy_complain(SY_EXIT_USAGE,
		                   "--output is where figures go, and "
		                   "--no-figures asks for none");
	if (json_only(options) && options->markdown)
		return sy_complain(SY_EXIT_USAGE,
		                   "--json - and --markdown both write to "
		                   "standard output; give --json a file");
	return 0;
}

/* `*filter` is `compiled`, or NULL where every point is wanted. */
static int compile_filter(const struct sy_options *options, regex_t *compiled,
                          const regex_t **filter)
{
	struct sy_reason reason;

	*filter = NULL;
	if (!options->filter)
		return 0;
	if (sy_filter_compile(compiled, options->filter, &reason))
		return sy_complain(SY_EXIT_USAGE, "--filter: %s", reason.text);
	*filter = compiled;
	return 0;
}

static int read_runs(const struct sy_options *options, const regex_t *filter,
                     struct sy_trend *trend)
{
	struct sy_reason reason;
	int error = sy_trend_read(trend, options->run, filter, &reason);

	for (size_t i = 0; i < trend->skipped_count; i++)
		sy_complain(0, "skipped: %s", trend->skipped[i]);
	if (error)
		return sy_complain(error == -ENOMEM ? SY_EXIT_REFUSED
		                                    : SY_EXIT_USAGE,
		                   "%s", reason.text);
	return 0;
}

static int find_changes(const struct sy_options *options,
                        struct sy_trend *trend)
{
	for (size_t i = 0; i < trend->count; i++)
		if (sy_trend_find(&trend->histories[i], options->seed))
			return sy_complain(SY_EXIT_REFUSED, "no memory");
	return 0;
}

/* 0 or a negative errno. */
static int dump(FILE *out, const struct sy_trend_report *report)
{
	json_t *json = sy_trend_to_json(report);
	int error = -ENOMEM;

	if (json && !json_dumpf(json, out, JSON_INDENT(1)))
		error = fputc('\n', out) < 0 ? -EIO : 0;
	json_decref(json);
	return error;
}

static int write_json(const char *path, const struct sy_trend_report *report)
{
	struct sy_whole_file file;
	int error = sy_whole_file_open(&file, path);

	if (!error)
		error = sy_whole_file_close(&file, dump(file.stream, report));
	return error ? sy_complain(SY_EXIT_REFUSED, "cannot write %.300s: %s",
	                           path, strerror(-error))
	             : 0;
}

/* A reader that has had enough is not complained about. */
static int print(const struct sy_options *options,
                 const struct sy_trend_report *report)
{
	int error = json_only(options)  ? dump(stdout, report)
	            : options->markdown ? sy_trend_markdown(stdout, report)
	                                : sy_trend_table(stdout, report);

	if (error == -ENOMEM && !ferror(stdout))
		return sy_complain(SY_EXIT_REFUSED, "no memory");
	error = sy_stream_error(stdout);
	return error && error != -EPIPE
	               ? sy_complain(SY_EXIT_REFUSED,
	                             "cannot write to standard output: %s",
	                             strerror(-error))
	               : 0;
}

/* "DIR/trend", where nothing else was asked for.  NULL: no memory. */
static char *figures_dir(const struct sy_options *options)
{
	char *dir;

	if (options->output)
		return strdup(options->output);
	return asprintf(&dir, "%s/trend", options->run) < 0 ? NULL : dir;
}

/* What was drawn, and what was not; nothing on standard output but a table. */
static void tell_figures(const struct sy_options *options, const char *dir,
                         size_t chosen, size_t left)
{
	if (left)
		sy_complain(0,
		            "note: the first %zu figures were drawn, %zu more "
		            "were not; --filter chooses",
		            chosen, left);
	if (!options->markdown && !json_only(options))
		printf("%zu figure%s in %s\n", chosen, chosen == 1 ? "" : "s",
		       dir);
}

/* Nothing is made where there is nothing to draw.  That gnuplot is not there
   or has failed costs the figures alone. */
static int draw(const struct sy_options *options, struct sy_trend *trend,
                const char *dir, size_t *chosen, size_t *left)
{
	char why[SY_REASON_BYTES], scripts[PATH_MAX];
	int error =
		sy_trend_choose(trend, options->filter != NULL, chosen, left);

	if (error)
		return sy_complain(SY_EXIT_REFUSED, "no memory");
	if (!*chosen)
		return 0;
	error = sy_trend_draw(trend, dir, sy_scripts_dir(scripts), why,
	                      sizeof(why));
	if (error)
		*chosen = 0;
	if (error == -ENOENT || error == -EIO || error == -ETIMEDOUT)
		return sy_complain(0, "no figures: %s", why);
	return error ? sy_complain(SY_EXIT_REFUSED, "%s", why) : 0;
}

static int report_drawn(const struct sy_options *options,
                        const struct sy_trend *trend, const char *figures)
{
	struct sy_trend_report report = {
		.trend = trend,
		.dir = options->run,
		.filter = options->filter,
		.seed = options->seed,
		.figures = figures,
	};
	int status = 0;

	if (options->json && !json_only(options))
		status = write_json(options->json, &report);
	return status ? status : print(options, &report);
}

static int report_all(const struct sy_options *options, struct sy_trend *trend)
{
	size_t chosen = 0, left = 0;
	char *dir = figures_dir(options);
	int drawn = 0, told;

	if (!dir)
		return sy_complain(SY_EXIT_REFUSED, "no memory");
	if (options->figures)
		drawn = draw(options, trend, dir, &chosen, &left);
	/* An answer needs no figures: DIR may be one that is only read. */
	told = report_drawn(options, trend, chosen ? dir : NULL);
	if (!drawn && !told && chosen)
		tell_figures(options, dir, chosen, left);
	free(dir);
	return drawn ? drawn : told;
}

static int trend_of(int argc, char **argv)
{
	struct sy_options options;
	struct sy_trend trend = { 0 };
	const regex_t *filter = NULL;
	regex_t compiled;
	int status =
		sy_options_parse(&options, &sy_verb_trend, argc, argv, true);

	if (!status)
		status = check(&options);
	if (!status)
		status = compile_filter(&options, &compiled, &filter);
	if (status)
		return status;
	status = read_runs(&options, filter, &trend);
	if (!status)
		status = find_changes(&options, &trend);
	if (!status)
		status = report_all(&options, &trend);
	sy_trend_free(&trend);
	if (filter)
		regfree(&compiled);
	return status;
}

const struct sy_verb sy_verb_trend = {
	.name = "trend",
	.usage = "trend [options] DIR",
	.summary = "where the level of a point changed over a machine's runs",
	.help = "DIR holds run folders, or machines' folders of them: "
		"`switchyard trend results`.\n"
		"Advisory: the exit status says only whether it could be "
		"done.\n\n"
		"  --filter REGEX    points whose names match\n"
		"  --markdown        for a pull request, instead of the "
		"table\n"
		"  --json FILE       all values and changes; `-` is standard "
		"output\n"
		"  --output DIR      where figures go (default: DIR/trend)\n"
		"  --no-figures      do not run gnuplot\n"
		"  --seed N          of the permutations (default 1)\n",
	.run = trend_of,
};
