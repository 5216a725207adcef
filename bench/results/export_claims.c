/* SPDX-License-Identifier: MIT */
/*
 * export_claims.c - each claim with its ruling, the figures that it rests on
 * and the rule by which it was made.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "results/claims.h"
#include "results/export_parts.h"

/* Each line behind `indent`, and nothing in it that a terminal would obey. */
static void put_plain(FILE *out, const char *text, const char *indent)
{
	bool begins = true;

	for (; *text; text++) {
		bool plain = (unsigned char)*text >= ' ' && *text != 0x7f;

		if (begins)
			fputs(indent, out);
		begins = *text == '\n';
		fputc(begins || plain ? *text : '?', out);
	}
}

static void put_claim(FILE *out, const struct sy_claim *claim,
                      enum sy_ruling ruling, const char *figures)
{
	fprintf(out, "%s: \"%s\"\n", sy_ruling_name(ruling), claim->said);
	put_plain(out, figures, "    ");
	if (ruling == SY_CANNOT_TELL)
		fprintf(out, "    %s; measure it: switchyard run %s\n",
		        *figures ? "the figures do not agree or are not sure "
		                   "enough"
		                 : "nothing of it was measured",
		        claim->wants);
	fprintf(out, "    rule: %s\n\n", claim->rule);
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

	put_plain(out,
	          sy_text_of(json_object_get(results, "machine"), "summary"),
	          "");
	fputs("\n\n", out);
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
