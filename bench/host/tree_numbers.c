/* SPDX-License-Identifier: MIT */
/* tree_numbers.c - see tree_internal.h. */
#include "tree_internal.h"

#include <stdlib.h>

/* Fewer that are equally far apart are shorter by themselves. */
#define STRIDE_LEAST 4

static int compare(const void *left, const void *right)
{
	unsigned a = *(const unsigned *)left, b = *(const unsigned *)right;

	return (a > b) - (a < b);
}

/* How many of them are as far apart as the first two. */
static unsigned count_equal_steps(const unsigned *numbers, unsigned count)
{
	unsigned run = 2;

	while (run < count &&
	       numbers[run] - numbers[run - 1] == numbers[1] - numbers[0])
		run++;
	return run;
}

/* Prints the first few as one item; how many these are. */
static unsigned print_item(FILE *out, const unsigned *numbers, unsigned count)
{
	unsigned run = count > 1 ? count_equal_steps(numbers, count) : 1;

	if (run > 1 && numbers[1] - numbers[0] == 1) {
		fprintf(out, "%u-%u", numbers[0], numbers[run - 1]);
		return run;
	}
	if (run >= STRIDE_LEAST) {
		fprintf(out, "%u,%u..%u", numbers[0], numbers[1],
		        numbers[run - 1]);
		return run;
	}
	fprintf(out, "%u", numbers[0]);
	return 1;
}

void sy_tree_print_numbers(FILE *out, unsigned *numbers, unsigned count)
{
	qsort(numbers, count, sizeof(*numbers), compare);
	for (unsigned i = 0; i < count;) {
		if (i)
			fputc(',', out);
		i += print_item(out, numbers + i, count - i);
	}
}

char *sy_tree_size(uint64_t size, char *text, size_t bytes)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB" };
	uint64_t unit = 1;
	size_t i = 0;

	/* The next unit where it is whole in that, or needs no third digit. */
	while (i + 1 < sizeof(units) / sizeof(*units) && size >= unit << 10 &&
	       (size % (unit << 10) == 0 || size >= 10 * (unit << 10))) {
		unit <<= 10;
		i++;
	}
	if (size % unit == 0)
		snprintf(text, bytes, "%llu %s",
		         (unsigned long long)(size / unit), units[i]);
	else
		snprintf(text, bytes, "%.1f %s", (double)size / (double)unit,
		         units[i]);
	return text;
}
