/* SPDX-License-Identifier: MIT */
/*
 * export_claims.c - each claim with its ruling, the figures that it rests on
 * and the rule by which it was made.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "results/claims.h"
#include "results/export_parts.h"

#define WIDTH 80

/* How many characters of `text` stand in `room` columns: up to a blank, else
   behind a '/', else as many as fit. */
static size_t piece(const char *text, size_t room)
{
	size_t all = strcspn(text, "\n"), end;

	if (all <= room)
		return all;
	/* Not the blanks in front. */
	for (end = room; end > strspn(text, " "); end--)
		if (text[end] == ' ')
			return end;
	for (end = room; end; end--)
		if (text[end - 1] == '/')
			return end;
	return room;
}

/* Nothing that a terminal would obey. */
static void put_plain(FILE *out, const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		fputc((unsigned char)text[i] >= ' ' && text[i] != 0x7f ? text[i]
		                                                       : '?',
		      out);
}

/* The lines of `text` from column `indent` on, and what does not fit in lines
   further in, which `end` joins. */
static void put_wrapped(FILE *out, const char *text, size_t indent,
                        const char *end)
{
	size_t column = indent;

	while (*text) {
		size_t length = piece(text, WIDTH - column - strlen(end));
		bool over = text[length] && text[length] != '\n';

		fprintf(out, "%*s", (int)column, "");
		put_plain(out, text, length);
		fprintf(out, "%s\n", over ? end : "");
		text += length;
		text += *text == ' ' || *text == '\n';
		column = over ? indent + 4 : indent;
	}
}

/* In a shell, the command goes on behind a '\'. */
static void put_wants(FILE *out, const struct sy_claim *claim, bool any)
{
	char command[200];

	put_wrapped(out,
	            any ? "the figures do not agree or are not sure enough; "
	                  "measure it:"
	                : "nothing of it was measured; measure it:",
	            4, "");
	snprintf(command, sizeof(command), "switchyard run %s", claim->wants);
	put_wrapped(out, command, 6, " \\");
}

static void put_claim(FILE *out, const struct sy_claim *claim,
                      enum sy_ruling ruling, const char *figures)
{
	char text[300];

	snprintf(text, sizeof(text), "%s: \"%s\"", sy_ruling_name(ruling),
	         claim->said);
	put_wrapped(out, text, 0, "");
	put_wrapped(out, figures, 4, "");
	if (ruling == SY_CANNOT_TELL)
		put_wants(out, claim, *figures);
	snprintf(text, sizeof(text), "rule: %s", claim->rule);
	put_wrapped(out, text, 4, "");
	fputc('\n', out);
}

/* How sure any of it can be: as the tables' head has it. */
static void put_noise(FILE *out, const json_t *results)
{
	const json_t *spread =
		json_object_get(json_object_get(results, "sentinel"), "spread");
	double noise = json_number_value(spread);

	if (!json_is_number(spread)) {
		fputs("noise: not known, the sentinel has too few slices\n",
		      out);
		return;
	}
	fprintf(out,
	        "noise: neighbouring slices of the same kernel differ by "
	        "%.1f %%\n",
	        noise * 100);
	if (noise > SY_NOISY)
		fputs("warning: NOISY, over 3 %: rulings near a factor may "
		      "differ in a quiet run\n",
		      out);
}

/* A ruling and its figures; -ENOMEM. */
static int judge(FILE *out, const struct sy_claim *claim, const json_t *points)
{
	char *text = NULL;
	size_t bytes = 0;
	FILE *figures = open_memstream(&text, &bytes);
	enum sy_ruling ruling;
	int failed;

	if (!figures)
		return -ENOMEM;
	ruling = claim->judge(points, figures);
	failed = ferror(figures);
	failed |= fclose(figures);
	if (!failed)
		put_claim(out, claim, ruling, text);
	free(text);
	return failed ? -ENOMEM : 0;
}

static int put_claims(FILE *out, const json_t *results)
{
	const json_t *points = json_object_get(results, "points");
	int error = 0;

	put_wrapped(out,
	            sy_text_of(json_object_get(results, "machine"), "summary"),
	            0, "");
	put_noise(out, results);
	fputc('\n', out);
	for (const struct sy_claim *claim = sy_claims; claim->said && !error;
	     claim++)
		error = judge(out, claim, points);
	return error;
}

/* All of it is there before any of it is written. */
static int write_claims(FILE *out, const struct sy_export *run,
                        struct sy_reason *reason)
{
	char *text = NULL;
	size_t bytes = 0;
	FILE *all = open_memstream(&text, &bytes);
	int error = all ? put_claims(all, run->results) : -ENOMEM;

	if (all && fclose(all))
		error = -ENOMEM;
	if (!error)
		fputs(text, out);
	free(text);
	return error ? sy_reason(reason, error, "no memory") : 0;
}

const struct sy_export_format sy_export_claims = {
	.name = "claims",
	.write = write_claims,
};
