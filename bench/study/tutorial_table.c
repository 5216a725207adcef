/* SPDX-License-Identifier: MIT */
/*
 * tutorial_table.c - the table: every construct beside Python's, and under it
 * what is held to a limit of another kind.
 */
#include "study/tutorial.h"

#include <stdio.h>
#include <string.h>

#include "host/units.h"

#define NAME_WIDTH 30
#define WHY_WIDTH 100

/* "133 ns", or "-" where there is none. */
static void print_time(const struct sy_estimate *time)
{
	char text[24] = "-";

	if (time->value > 0)
		sy_format_ns(time->value, (time->high - time->low) / 2, text,
		             sizeof(text));
	printf(" %9s", text);
}

/* As many digits as are told apart: 0.973, 14.2, 1310. */
static int decimals(double ratio)
{
	return ratio < 2 ? 3 : ratio < 10 ? 2 : ratio < 100 ? 1 : 0;
}

static void print_ratio(const struct sy_finding_line *line)
{
	const struct sy_estimate *ratio = &line->ratio;
	int digits = decimals(ratio->value);
	char interval[48];

	snprintf(interval, sizeof(interval), "(%.*f..%.*f)", digits, ratio->low,
	         digits, ratio->high);
	printf(" %8.*f %-18s", digits, ratio->value, interval);
}

static void print_limit(const struct sy_finding_line *line)
{
	char text[24];

	if (!(line->limit > 0)) {
		printf(" %-18s", "reported");
	} else {
		snprintf(text, sizeof(text), "%s %g%s",
		         line->least ? ">=" : "<=", line->limit,
		         line->beside ? " x" : " ns");
		printf(" %-14s %-3s", text, line->met ? "yes" : "NO");
	}
	printf("  [%zu]\n", line->rounds);
}

/* The head of a part of the table, printed once there is a line of it. */
struct head {
	const char *what, *other, *ratio;
	bool *any; /* was printed */
};

static void print_head(struct head *head)
{
	if (head->what)
		printf("%s%-*s %9s %9s %-27s limit, met          [rounds]\n",
		       *head->any ? "\n" : "", NAME_WIDTH, head->what,
		       head->other, "C", head->ratio);
	head->what = NULL;
	*head->any = true;
}

static void print_line(void *data, const struct sy_finding_line *line)
{
	char beside[32] = "";

	print_head(data);
	if (line->beside && line->beside->kind != SY_BESIDE_PYTHON)
		snprintf(beside, sizeof(beside), " / %s", line->beside->label);
	printf("%s%-*s", line->construct->name,
	       (int)(NAME_WIDTH - strlen(line->construct->name)), beside);
	print_time(&line->other_ns);
	print_time(&line->ours_ns);
	if (line->why) {
		printf("  %.*s\n", WHY_WIDTH, line->why);
		return;
	}
	if (line->beside)
		print_ratio(line);
	else
		printf(" %8s %-18s", "", "");
	print_limit(line);
}

void sy_tutorial_print(const struct sy_entry *entries, size_t count,
                       uint64_t seed)
{
	bool any = false;
	struct head heads[SY_BESIDE_KINDS + 1] = {
		[SY_BESIDE_PYTHON] = { "construct, on one PU", "Python",
		                       " Python / C (95 %)", &any },
		[SY_BESIDE_BARE] = { "ours / what is bare", "bare",
		                     " C / bare (95 %)", &any },
		[SY_BESIDE_WRK] = { "requests a second / wrk's", "wrk",
		                    " C / wrk (95 %)", &any },
		[SY_BESIDE_KINDS] = { "time of an operation", "", "", &any },
	};

	for (enum sy_beside_kind kind = 0; kind <= SY_BESIDE_KINDS; kind++)
		sy_lines_visit(entries, count, kind, seed, print_line,
		               &heads[kind]);
}
