/* SPDX-License-Identifier: MIT */
/* placement_print.c - which PU each context of a placement gets, as text. */
#include "tree_internal.h"

#include <errno.h>
#include <stdlib.h>

/* Of a longer table the first rows show how it goes on. */
#define ROWS_MAX 32

/* What a context's PU lies in, from the inside outwards. */
enum column { CORE, L3, NUMA, PACKAGE, CPU_KIND, COLUMNS };

static int value(const struct sy_place *place, enum column column)
{
	switch (column) {
	case CORE:
		return place->core;
	case L3:
		return place->l3;
	case NUMA:
		return place->numa;
	case PACKAGE:
		return place->package;
	default:
		return place->cpu_kind;
	}
}

/* Whether the machine has it at all. */
static bool shown(const struct sy_tree *tree, enum column column)
{
	static const enum sy_node_kind kinds[COLUMNS] = {
		[CORE] = SY_NODE_CORE,
		[L3] = SY_NODE_L3,
		[NUMA] = SY_NODE_NUMA,
		[PACKAGE] = SY_NODE_PACKAGE,
	};

	if (column == CPU_KIND)
		return tree->cpu_kinds > 1;
	return tree->counts[kinds[column]] > 0;
}

static void print_header(FILE *out, const struct sy_tree *tree)
{
	static const char *const names[COLUMNS] = {
		[CORE] = "core",      [L3] = "L3",
		[NUMA] = "NUMA node", [PACKAGE] = "package",
		[CPU_KIND] = "kind",
	};

	fputs("  context     PU", out);
	for (unsigned column = 0; column < COLUMNS; column++)
		if (shown(tree, column))
			fprintf(out, " %9s", names[column]);
	fputc('\n', out);
}

static void print_row(FILE *out, const struct sy_tree *tree, unsigned context,
                      int pu)
{
	const struct sy_place *place = sy_tree_place(tree, pu);

	fprintf(out, "  %7u %6d", context, pu);
	for (unsigned column = 0; column < COLUMNS; column++) {
		if (!shown(tree, column))
			continue;
		if (place && value(place, column) >= 0)
			fprintf(out, " %9d", value(place, column));
		else
			fprintf(out, " %9s", "-");
	}
	fputc('\n', out);
}

static int compare(const void *left, const void *right)
{
	int a = *(const int *)left, b = *(const int *)right;

	return (a > b) - (a < b);
}

/* How many different ones the first PUs lie in; `values` has room for them. */
static unsigned distinct(const struct sy_tree *tree, const int *pus,
                         unsigned count, enum column column, int *values)
{
	unsigned found = 0;

	for (unsigned i = 0; i < count; i++) {
		const struct sy_place *place = sy_tree_place(tree, pus[i]);

		values[i] = place ? value(place, column) : -1;
	}
	qsort(values, count, sizeof(*values), compare);
	for (unsigned i = 0; i < count; i++)
		found += values[i] >= 0 && (!i || values[i] != values[i - 1]);
	return found;
}

/* "6 contexts on 6 of 16 PUs: 6 cores, 2 L3s, 2 packages" */
static int print_summary(FILE *out, const struct sy_tree *tree,
                         const struct sy_placement *placement,
                         unsigned contexts)
{
	static const char *const names[COLUMNS] = {
		[CORE] = "core",
		[L3] = "L3",
		[NUMA] = "NUMA node",
		[PACKAGE] = "package",
		[CPU_KIND] = "kind of CPU",
	};
	static const char *const many[COLUMNS] = {
		[CORE] = "cores",
		[L3] = "L3s",
		[NUMA] = "NUMA nodes",
		[PACKAGE] = "packages",
		[CPU_KIND] = "kinds of CPU",
	};
	unsigned pus =
		contexts < placement->count ? contexts : placement->count;
	int *values = calloc(placement->count, sizeof(*values));

	if (!values)
		return -ENOMEM;
	fprintf(out, "%u context%s on %u of %u PUs", contexts,
	        contexts == 1 ? "" : "s", pus, tree->counts[SY_NODE_PU]);
	for (unsigned column = 0, n = 0; column < COLUMNS; column++) {
		if (!shown(tree, column))
			continue;
		unsigned found =
			distinct(tree, placement->pus, pus, column, values);

		fprintf(out, "%s%u %s", n++ ? ", " : ": ", found,
		        found == 1 ? names[column] : many[column]);
	}
	fputc('\n', out);
	free(values);
	return 0;
}

/* Kept apart from the table: no context has a PU. */
static int print_unbound(FILE *out, const struct sy_placement *placement)
{
	unsigned *numbers = calloc(placement->count, sizeof(*numbers));

	if (!numbers)
		return -ENOMEM;
	for (unsigned i = 0; i < placement->count; i++)
		numbers[i] = (unsigned)placement->pus[i];
	fputs("not bound: the kernel runs each context on any of PU ", out);
	sy_tree_print_numbers(out, numbers, placement->count);
	fputc('\n', out);
	free(numbers);
	return 0;
}

int sy_placement_print(FILE *out, const struct sy_tree *tree,
                       const struct sy_placement *placement, const char *name,
                       unsigned contexts, bool full)
{
	unsigned rows = full || contexts <= ROWS_MAX ? contexts : ROWS_MAX;
	int rc;

	fprintf(out, "placement %s, ", name);
	if (!placement->bound)
		return print_unbound(out, placement);
	rc = print_summary(out, tree, placement, contexts);
	if (rc)
		return rc;
	print_header(out, tree);
	for (unsigned i = 0; i < rows; i++)
		print_row(out, tree, i, placement->pus[i % placement->count]);
	if (rows < contexts)
		fprintf(out, "  ... and %u more; --full shows all\n",
		        contexts - rows);
	return 0;
}
