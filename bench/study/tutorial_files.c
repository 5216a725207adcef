/* SPDX-License-Identifier: MIT */
/*
 * tutorial_files.c - what the study found, for figures and for those who want
 * to compute with it: a table of tab-separated values, and all samples.
 */
#include "study/tutorial.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "build_info.h"
#include "host/whole_file.h"

static const char *const kinds[SY_BESIDE_KINDS + 1] = {
	[SY_BESIDE_PYTHON] = "python",
	[SY_BESIDE_BARE] = "bare",
	[SY_BESIDE_WRK] = "wrk",
	[SY_BESIDE_KINDS] = "alone",
};

static void write_estimate(FILE *stream, const struct sy_estimate *estimate)
{
	if (estimate->value > 0)
		fprintf(stream, "\t%.9g\t%.9g\t%.9g", estimate->value,
		        estimate->low, estimate->high);
	else
		fputs("\tNaN\tNaN\tNaN", stream);
}

static const char *met(const struct sy_finding_line *line)
{
	if (line->why)
		return "none";
	return !(line->limit > 0) ? "reported" : line->met ? "yes" : "no";
}

static const char *direction(const struct sy_finding_line *line)
{
	return !(line->limit > 0) ? "-" : line->least ? ">=" : "<=";
}

static void write_line(void *data, const struct sy_finding_line *line)
{
	FILE *stream = data;
	char limit[24] = "NaN";

	if (line->limit > 0)
		snprintf(limit, sizeof(limit), "%.9g", line->limit);
	fprintf(stream, "%s\t%s\t%s", line->construct->name,
	        line->construct->operation,
	        kinds[line->beside ? line->beside->kind : SY_BESIDE_KINDS]);
	write_estimate(stream, &line->other_ns);
	write_estimate(stream, &line->ours_ns);
	write_estimate(stream, &line->ratio);
	fprintf(stream, "\t%s\t%s\t%s\t%zu\t%s\n", limit, direction(line),
	        met(line), line->rounds, line->why ? line->why : "-");
}

/* How many rounds are behind the lines beside Python: the least, the most. */
struct rounds {
	size_t least, most;
};

static void count_rounds(void *data, const struct sy_finding_line *line)
{
	struct rounds *rounds = data;

	if (line->why)
		return;
	if (!rounds->most || line->rounds < rounds->least)
		rounds->least = line->rounds;
	if (line->rounds > rounds->most)
		rounds->most = line->rounds;
}

/* What a figure says of all lines: a comment. */
static void write_note(FILE *stream, const char *text)
{
	fprintf(stream, "# %s\n", text);
}

static void write_notes(FILE *stream, const struct sy_entry *entries,
                        size_t count, const struct sy_about *about)
{
	struct rounds rounds = { 0 };
	char text[SY_MACHINE_LINE_BYTES + 16];

	sy_lines_visit(entries, count, SY_BESIDE_PYTHON, about->seed,
	               count_rounds, &rounds);
	snprintf(
		text, sizeof(text),
		"Both on one PU, turn by turn: %zu to %zu rounds in %u sets of "
		"fresh processes.",
		rounds.least, rounds.most, about->sets);
	write_note(stream, text);
	snprintf(text, sizeof(text), "Machine: %s.", about->machine);
	write_note(stream, text);
}

/* Reasons have no control characters, so that a line is a line. */
static void write_tsv(FILE *stream, const struct sy_entry *entries,
                      size_t count, const struct sy_about *about)
{
	fputs("construct\toperation\tbeside\tother_ns\tother_low\tother_high\t"
	      "c_ns\tc_low\tc_high\tratio\tratio_low\tratio_high\tlimit\tlimit_"
	      "is\t"
	      "met\trounds\twhy\n",
	      stream);
	for (enum sy_beside_kind kind = 0; kind <= SY_BESIDE_KINDS; kind++)
		sy_lines_visit(entries, count, kind, about->seed, write_line,
		               stream);
	write_notes(stream, entries, count, about);
}

static json_t *samples_json(const struct sy_result *result)
{
	json_t *samples = json_array();

	for (size_t i = 0; i < result->count; i++)
		json_array_append_new(
			samples, json_pack("[iif]", (int)result->samples[i].set,
		                           (int)result->samples[i].round,
		                           result->samples[i].ns));
	return samples;
}

static json_t *side_json(const struct sy_side *side)
{
	const struct sy_result *result = &side->result;

	return json_pack("{ss ss ss ss so}", "kind", side->kind->name, "what",
	                 side->what, "state", sy_state_name(result->state),
	                 "reason", result->reason.text, "samples",
	                 samples_json(result));
}

static json_t *entry_json(const struct sy_entry *entry)
{
	json_t *sides = json_array();

	for (size_t i = 0; i < entry->race.count; i++)
		json_array_append_new(sides, side_json(&entry->race.sides[i]));
	return json_pack("{ss ss so}", "construct", entry->construct->name,
	                 "operation", entry->construct->operation, "sides",
	                 sides);
}

/* Samples are [set, round, nanoseconds an operation]. */
static int write_json(FILE *stream, const struct sy_entry *entries,
                      size_t count, const struct sy_about *about)
{
	json_t *all = json_array(), *json;
	int error = 0;

	for (size_t i = 0; i < count; i++)
		json_array_append_new(all, entry_json(&entries[i]));
	json = json_pack("{si ss ss ss ss sI si so}", "schema", 1, "program",
	                 "switchyard-study " SY_VERSION, "compiler",
	                 SY_COMPILER, "flags", SY_FLAGS, "machine",
	                 about->machine, "seed", (json_int_t)about->seed,
	                 "sets", (int)about->sets, "constructs", all);
	if (!json || json_dumpf(json, stream, JSON_INDENT(1)))
		error = -ENOMEM;
	json_decref(json);
	return error;
}

static int write_one(int folder_fd, const char *name,
                     const struct sy_entry *entries, size_t count,
                     const struct sy_about *about)
{
	struct sy_whole_file file;
	int error = sy_whole_file_open_at(&file, folder_fd, name);

	if (error)
		return error;
	if (strstr(name, ".json"))
		error = write_json(file.stream, entries, count, about);
	else
		write_tsv(file.stream, entries, count, about);
	return sy_whole_file_close(&file, error);
}

int sy_tutorial_write(const char *folder, const struct sy_entry *entries,
                      size_t count, const struct sy_about *about,
                      struct sy_reason *reason)
{
	int fd = open(folder, O_DIRECTORY | O_RDONLY | O_CLOEXEC);
	int error = fd < 0 ? -errno : 0;

	if (!error)
		error = write_one(fd, "tutorial.tsv", entries, count, about);
	if (!error)
		error = write_one(fd, "tutorial.json", entries, count, about);
	if (fd >= 0)
		close(fd);
	return error ? sy_reason(reason, error, "cannot write to %s: %s",
	                         folder, strerror(-error))
	             : 0;
}
