/* SPDX-License-Identifier: MIT */
/*
 * report_github.c - annotations, as GitHub's runner reads them off standard
 * output: `::error title=TITLE::MESSAGE`.
 */
#include <stdlib.h>
#include <string.h>

#include "compare/report_parts.h"

/* As the runner undoes it: of a property also what ends one. */
static void put_escaped(FILE *out, const char *text, bool property)
{
	char shown[SY_VISIBLE_BYTES];

	while (sy_visible_next(&text, shown))
		for (const char *c = shown; *c; c++)
			if (strchr(property ? "%\r\n:," : "%\r\n", *c))
				fprintf(out, "%%%02X", (unsigned char)*c);
			else
				fputc(*c, out);
}

static void put_compared(FILE *out, const struct sy_comparison *c,
                         const struct sy_compared *point)
{
	char change[SY_CELL_BYTES], old[SY_CELL_BYTES], new[SY_CELL_BYTES];

	sy_format_change(&point->gates[SY_GATE_TIME], change);
	sy_format_side(point, SY_OLD, old);
	sy_format_side(point, SY_NEW, new);
	put_escaped(out, change, false);
	fprintf(out, ", %s -> %s an operation", old, new);
	if (sy_switches_moved(c, point))
		fprintf(out, ", voluntary switches %.2f -> %.2f",
		        point->shown[SY_OLD].voluntary,
		        point->shown[SY_NEW].voluntary);
}

static void put_annotation(FILE *out, const struct sy_comparison *c,
                           const char *level, const struct sy_compared *point)
{
	fprintf(out, "::%s title=%s ", level, sy_row_word(point));
	put_escaped(out, point->name, true);
	fputs("::", out);
	if (point->outcome == SY_OUTCOME_COMPARED) {
		put_compared(out, c, point);
	} else {
		fprintf(out, "%s: ", sy_row_place(point));
		put_escaped(out, point->reason.text, false);
	}
	fputc('\n', out);
}

/* NULL: nothing to say of it. */
static const char *level_of(const struct sy_comparison *c,
                            const struct sy_compared *point)
{
	if (point->outcome == SY_OUTCOME_WRONG)
		return "error";
	if (point->outcome == SY_OUTCOME_FAILED)
		return "warning";
	if (point->outcome != SY_OUTCOME_COMPARED)
		return NULL;
	if (point->change == SY_CHANGE_SLOWER)
		return "error";
	return point->change == SY_CHANGE_NOISY && !c->noisy ? "warning" : NULL;
}

/* Where all of it is NOISY, that is said once. */
static void put_noise(FILE *out, const struct sy_comparison *c)
{
	char sentence[SY_SENTENCE_BYTES];

	sy_comparison_sentence(c, sentence);
	fputs("::warning title=NOISY::", out);
	put_escaped(out, sentence, false);
	fputc('\n', out);
}

void sy_comparison_annotations(FILE *out, const struct sy_comparison *c)
{
	const struct sy_compared **order = sy_worst_first(c);

	if (c->noisy)
		put_noise(out, c);
	for (size_t i = 0; order && i < c->count; i++) {
		const char *level = level_of(c, order[i]);

		if (level)
			put_annotation(out, c, level, order[i]);
	}
	if (!order)
		fputs("::error::no memory for the annotations\n", out);
	free(order);
}
