/* SPDX-License-Identifier: MIT */
/*
 * tutorial_table.c - the table: every construct beside Python's, and under it
 * what is held to a limit of another kind.
 */
#include "study/tutorial.h"

#include <math.h>
#include <stdio.h>

#include "host/units.h"

#define NAME_WIDTH 30
#define TEXT_BYTES 48

/* At most three digits, so that a column of 7 holds any; "-": there is none. */
static const char *time_text(const struct sy_estimate *time, bool rate,
                             char text[TEXT_BYTES])
{
	double half = (time->high - time->low) / 2, value = time->value, least;

	if (!(value > 0))
		return "-";
	if (rate) {
		half *= 1e9 / (value * value);
		value = 1e9 / value;
	}
	/* A unit of the third digit, or of the second place below a nanosecond;
	   not quite on its edge. */
	least = 1.5 * pow(10, fmax(floor(log10(value)), 0) - 2);
	return rate ? sy_format_rate(value, fmax(half, least), text, TEXT_BYTES)
	            : sy_format_ns(value, fmax(half, least), text, TEXT_BYTES);
}

/* As many digits as are told apart: 0.973, 14.2, 1310. */
static int decimals(double ratio)
{
	return ratio < 2 ? 3 : ratio < 10 ? 2 : ratio < 100 ? 1 : 0;
}

static void print_interval(const struct sy_estimate *estimate, double unit)
{
	int digits = decimals(estimate->value / unit);
	char text[TEXT_BYTES];

	snprintf(text, sizeof(text), "(%.*f..%.*f)", digits,
	         estimate->low / unit, digits, estimate->high / unit);
	printf(" %-14s", text);
}

/* "" is the unit of a ratio. */
static void print_limit(const struct sy_finding_line *line, double unit,
                        const char *name)
{
	if (line->limit > 0)
		printf(" %s %g%s %s\n",
		       line->least ? ">=" : "<=", line->limit / unit, name,
		       line->met ? "yes" : "NO");
	else
		puts(" reported");
}

/* Beside another: both, then what one is to the other. */
static void print_both(const struct sy_finding_line *line)
{
	bool rate = line->beside->kind == SY_BESIDE_WRK;
	char other[TEXT_BYTES], ours[TEXT_BYTES];

	printf(" %7s %7s", time_text(&line->other_ns, rate, other),
	       time_text(&line->ours_ns, rate, ours));
	if (line->why) {
		putchar('\n');
		return;
	}
	printf(" %5.*f", decimals(line->ratio.value), line->ratio.value);
	print_interval(&line->ratio, 1);
	print_limit(line, 1, "");
}

/* Alone: all of the line in the unit that its limit is said in. */
static void print_alone(const struct sy_finding_line *line)
{
	static const struct {
		const char *name;
		double ns;
	} units[] = { { " ms", 1e6 }, { " us", 1e3 }, { " ns", 1 } };
	size_t i = 0;
	char text[TEXT_BYTES];
	double value;

	if (line->why) {
		printf(" %7s %7s\n", "", "-");
		return;
	}
	while (line->limit < units[i].ns && units[i].ns > 1)
		i++;
	value = line->ours_ns.value / units[i].ns;
	snprintf(text, sizeof(text), "%.*f%s", decimals(value), value,
	         units[i].name);
	/* Where the ratio of other lines ends. */
	printf(" %21s", text);
	print_interval(&line->ours_ns, units[i].ns);
	print_limit(line, units[i].ns, units[i].name);
}

/* The head of a part of the table, printed once there is a line of it. */
struct head {
	const char *what, *other, *ours, *ratio;
	bool *any; /* was printed */
};

static void print_head(struct head *head)
{
	if (head->what)
		printf("%s%-*s %7s %7s %-20s limit, met\n",
		       *head->any ? "\n" : "", NAME_WIDTH, head->what,
		       head->other, head->ours, head->ratio);
	head->what = NULL;
	*head->any = true;
}

static void print_line(void *data, const struct sy_finding_line *line)
{
	char name[TEXT_BYTES];
	bool bare = line->beside && line->beside->kind == SY_BESIDE_BARE;

	print_head(data);
	snprintf(name, sizeof(name), "%s%s%s", line->construct->name,
	         bare ? " / " : "", bare ? line->beside->label : "");
	printf("%-*s", NAME_WIDTH, name);
	if (line->beside)
		print_both(line);
	else
		print_alone(line);
	if (line->why)
		sy_tutorial_print_wrapped(4, line->why);
}

void sy_tutorial_print(const struct sy_entry *entries, size_t count,
                       uint64_t seed)
{
	bool any = false;
	struct head heads[SY_BESIDE_KINDS + 1] = {
		[SY_BESIDE_PYTHON] = { "construct, on one PU", "Python", "C",
		                       "Python / C (95 %)", &any },
		[SY_BESIDE_BARE] = { "ours / what is bare", "bare", "C",
		                     "  C / bare (95 %)", &any },
		[SY_BESIDE_WRK] = { "requests a second", "wrk", "C",
		                    "   C / wrk (95 %)", &any },
		[SY_BESIDE_KINDS] = { "time of an operation", "", "",
		                      "   C (95 %)", &any },
	};

	for (enum sy_beside_kind kind = 0; kind <= SY_BESIDE_KINDS; kind++)
		sy_lines_visit(entries, count, kind, seed, print_line,
		               &heads[kind]);
}
