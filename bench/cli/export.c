/* SPDX-License-Identifier: MIT */
/*
 * export.c - a run for other tools: to standard output, or to a file that is
 * written whole or not at all.
 */
#include <errno.h>
#include <string.h>

#include "cli/cli.h"
#include "host/whole_file.h"
#include "results/export.h"

/* "gbench, csv, ..." */
static void name_formats(char *text, size_t bytes)
{
	const struct sy_export_format *format;
	size_t used = 0;

	*text = '\0';
	for (size_t i = 0; (format = sy_export_format(i)) && used < bytes; i++)
		used += (size_t)snprintf(text + used, bytes - used, "%s%s",
		                         i ? ", " : "", format->name);
}

static int find_format(const char *name, const struct sy_export_format **found)
{
	char names[120];

	name_formats(names, sizeof(names));
	if (!name)
		return sy_complain(SY_EXIT_USAGE,
		                   "export: which format? --to is one of %s",
		                   names);
	for (size_t i = 0; (*found = sy_export_format(i)); i++)
		if (!strcmp((*found)->name, name))
			return 0;
	return sy_complain(SY_EXIT_USAGE, "--to: no format '%s'; there are %s",
	                   name, names);
}

static int check(const struct sy_options *options,
                 const struct sy_export_format *format)
{
	if (!options->run)
		return sy_complain(SY_EXIT_USAGE,
		                   "export: name one run folder, as in "
		                   "`switchyard export results/latest --to "
		                   "csv`");
	if (options->samples && !format->dialect)
		return sy_complain(SY_EXIT_USAGE,
		                   "--samples: %s has no rows; use --to csv "
		                   "or --to tsv",
		                   format->name);
	if (options->output && !*options->output)
		return sy_complain(SY_EXIT_USAGE,
		                   "--output: the name of a file is empty");
	return 0;
}

static int write_to(FILE *out, const struct sy_options *options,
                    const struct sy_export_format *format)
{
	struct sy_reason reason;
	size_t cut_line = 0;
	int error = options->samples
	                    ? sy_export_samples(out, format, options->run,
	                                        &cut_line, &reason)
	                    : sy_export_run(out, format, options->run, &reason);

	if (error)
		sy_complain(0, "%s", reason.text);
	else if (cut_line)
		sy_complain(0,
		            "note: %s/samples.jsonl, line %zu is cut off and "
		            "left out",
		            options->run, cut_line);
	return error;
}

static int status_of(int error)
{
	return !error ? 0 : error == -ENOMEM ? SY_EXIT_REFUSED : SY_EXIT_USAGE;
}

static int write_stdout(const struct sy_options *options,
                        const struct sy_export_format *format)
{
	int error = write_to(stdout, options, format);

	if (error)
		return status_of(error);
	error = sy_stream_error(stdout);
	/* A reader that has had enough is not complained about. */
	if (error && error != -EPIPE)
		return sy_complain(SY_EXIT_REFUSED,
		                   "cannot write to standard output: %s",
		                   strerror(-error));
	return 0;
}

static int write_file(const struct sy_options *options,
                      const struct sy_export_format *format)
{
	struct sy_whole_file file;
	int error = sy_whole_file_open(&file, options->output);
	int read_error = 0;

	if (!error) {
		read_error = write_to(file.stream, options, format);
		error = sy_whole_file_close(&file, read_error);
	}
	if (read_error)
		return status_of(read_error);
	if (error)
		return sy_complain(SY_EXIT_REFUSED, "cannot write %.300s: %s",
		                   options->output, strerror(-error));
	return 0;
}

static int export(int argc, char **argv)
{
	const struct sy_export_format *format = NULL;
	struct sy_options options;
	int status =
		sy_options_parse(&options, &sy_verb_export, argc, argv, true);

	if (!status)
		status = find_format(options.to, &format);
	if (!status)
		status = check(&options, format);
	if (status)
		return status;
	return options.output ? write_file(&options, format)
	                      : write_stdout(&options, format);
}

const struct sy_verb sy_verb_export = {
	.name = "export",
	.usage = "export RUN --to gbench|csv|tsv|markdown|claims",
	.summary = "the results of a run for other tools",
	.help = "  --to FORMAT    gbench: Google Benchmark's JSON, for its "
		"compare.py\n"
		"                 csv, tsv: one row a point\n"
		"                 markdown: a report\n"
		"                 claims: what is often said of the models, "
		"judged by it\n"
		"  --samples      csv, tsv: one row a slice instead, from "
		"samples.jsonl\n"
		"  --output FILE  written whole or not at all (default: "
		"standard "
		"output)\n",
	.run = export,
};
