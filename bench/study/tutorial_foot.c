/* SPDX-License-Identifier: MIT */
/*
 * tutorial_foot.c - what stands under the table: how a limit is judged, what
 * was measured where, and a warning where one thing measured against itself
 * differs.
 */
#include "study/tutorial.h"

#include <math.h>
#include <string.h>

#include "build_info.h"

#define COLUMNS 80

void sy_tutorial_print_wrapped(int indent, const char *text)
{
	int column = 0;

	while (*(text += strspn(text, " "))) {
		int length = (int)strcspn(text, " ");

		if (column && column + 1 + length > COLUMNS) {
			putchar('\n');
			column = 0;
		}
		column += column ? 1 + length : indent + length;
		printf("%*s%.*s", column == indent + length ? indent : 1, "",
		       length, text);
		text += length;
	}
	putchar('\n');
}

/* The two sides of the control are the same point. */
static bool is_control(const struct sy_finding_line *line)
{
	return !line->why && !strcmp(line->construct->ours, line->beside->what);
}

static void warn(void *data, const struct sy_finding_line *line)
{
	const struct sy_estimate *ratio = &line->ratio;
	char text[300];

	(void)data;
	if (!is_control(line) || (ratio->low <= 1 && ratio->high >= 1))
		return;
	snprintf(text, sizeof(text),
	         "The control differs: '%s' takes %.3f (%.3f..%.3f) times as "
	         "long as itself. Do not trust differences of up to %.2g %% "
	         "in this table; measure again while the machine is quiet.",
	         line->construct->name, ratio->value, ratio->low, ratio->high,
	         100 * fmax(fabs(ratio->low - 1), fabs(ratio->high - 1)));
	sy_tutorial_print_wrapped(0, text);
}

static void print_rounds(const struct sy_entry *entries, size_t count,
                         const struct sy_about *about)
{
	size_t least = SIZE_MAX, most = 0;
	char text[SY_MACHINE_LINE_BYTES + 100];

	for (size_t i = 0; i < count; i++) {
		size_t rounds = entries[i].race.sides[0].result.count;

		least = rounds && rounds < least ? rounds : least;
		most = rounds > most ? rounds : most;
	}
	snprintf(text, sizeof(text),
	         "PU %d, %zu to %zu rounds a row in %u sets, seed %llu; %s",
	         about->pu, most ? least : 0, most, about->sets,
	         (unsigned long long)about->seed, about->machine);
	sy_tutorial_print_wrapped(0, text);
}

void sy_tutorial_print_foot(const struct sy_entry *entries, size_t count,
                            const struct sy_about *about)
{
	puts("\nA limit is met (yes) where the far end of the interval "
	     "meets it, too.");
	sy_lines_visit(entries, count, SY_BESIDE_BARE, about->seed, warn, NULL);
	print_rounds(entries, count, about);
	sy_tutorial_print_wrapped(0, SY_COMPILER ", " SY_FLAGS);
}
