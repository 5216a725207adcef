/* SPDX-License-Identifier: MIT */
/*
 * tree_print.c - a machine as text.
 *
 * A node that is alone in its parent is named on its parent's line, so that a
 * line is a chain: "package 0, NUMA node 0 (24 GiB), L3 0 (36 MiB)".
 */
#include "tree_internal.h"

#include <errno.h>
#include <stdlib.h>

/* A machine with more PUs is shown by what differs in it. */
#define FULL_PUS 32

struct page {
	FILE *out;
	const struct sy_tree *tree;
	unsigned *numbers; /* room for one a node */
	bool full;
};

static const struct sy_node *node_at(const struct page *page, unsigned index)
{
	return &page->tree->nodes[index];
}

static void print_indent(const struct page *page, unsigned depth)
{
	fprintf(page->out, "%*s", (int)(2 * depth), "");
}

/* " (32 MiB)", or nothing. */
static void print_bytes(const struct page *page, const struct sy_node *node)
{
	char size[24];

	if (node->bytes)
		fprintf(page->out, " (%s)",
		        sy_tree_size(node->bytes, size, sizeof(size)));
}

/* Returns what separates them from what follows. */
static const char *print_numa(const struct page *page, unsigned index,
                              const char *before)
{
	for (unsigned i = index + 1; i < sy_tree_first_child(page->tree, index);
	     i++) {
		fprintf(page->out, "%sNUMA node %u", before,
		        node_at(page, i)->number);
		print_bytes(page, node_at(page, i));
		before = ", ";
	}
	return before;
}

/* A core's own caches, which need no number. */
static void print_own_caches(const struct page *page, unsigned index)
{
	char size[24];

	for (unsigned i = index; i; i = sy_tree_next_in_chain(page->tree, i)) {
		const struct sy_node *node = node_at(page, i);

		if (node->kind != SY_NODE_CACHE)
			continue;
		fprintf(page->out, ", %s", node->name);
		if (node->bytes)
			fprintf(page->out, " %s",
			        sy_tree_size(node->bytes, size, sizeof(size)));
	}
}

static void print_chain(const struct page *page, unsigned index)
{
	bool core = sy_tree_chain_has_core(page->tree, index);
	const char *before = "";

	for (unsigned i = index; i; i = sy_tree_next_in_chain(page->tree, i)) {
		const struct sy_node *node = node_at(page, i);

		if (sy_tree_has_label(page->tree, i, core)) {
			fprintf(page->out, "%s%s %u", before, node->name,
			        node->number);
			print_bytes(page, node);
			before = ", ";
		}
		before = print_numa(page, i, before);
	}
	if (core)
		print_own_caches(page, index);
}

/* The PUs among these nodes that may be used, or those that may not. */
static unsigned collect_pus(const struct page *page, unsigned first,
                            unsigned end, bool usable)
{
	unsigned count = 0;

	for (unsigned i = first; i < end; i++)
		if (node_at(page, i)->kind == SY_NODE_PU &&
		    node_at(page, i)->usable == usable)
			page->numbers[count++] = node_at(page, i)->number;
	return count;
}

static void print_pus(const struct page *page, unsigned first, unsigned end,
                      const char *before)
{
	unsigned count = collect_pus(page, first, end, true);

	if (count) {
		fprintf(page->out, "%sPU ", before);
		sy_tree_print_numbers(page->out, page->numbers, count);
		before = ", ";
	}
	count = collect_pus(page, first, end, false);
	if (count) {
		fprintf(page->out, "%snot usable: PU ", before);
		sy_tree_print_numbers(page->out, page->numbers, count);
	}
}

/* Where there are several kinds of CPU and these are all of one. */
static void print_cpu_kind(const struct page *page, unsigned first,
                           unsigned end)
{
	for (unsigned i = first; i < end; i++)
		if (node_at(page, i)->cpu_kind !=
		    node_at(page, first)->cpu_kind)
			return;
	if (page->tree->cpu_kinds > 1)
		fprintf(page->out, ", kind %u", node_at(page, first)->cpu_kind);
}

/* One number of each of `count` subtrees that follow one another. */
static void print_like(const struct page *page, unsigned index, unsigned count,
                       unsigned offset)
{
	unsigned span = node_at(page, index)->span;

	for (unsigned i = 0; i < count; i++)
		page->numbers[i] =
			node_at(page, index + i * span + offset)->number;
	fprintf(page->out, "%s ", node_at(page, index + offset)->name);
	sy_tree_print_numbers(page->out, page->numbers, count);
}

/* "+ 7 like it: core 1-7: PU 2-15" */
static void print_rest(const struct page *page, unsigned index, unsigned count,
                       unsigned depth)
{
	unsigned span = node_at(page, index)->span;
	bool core = sy_tree_chain_has_core(page->tree, index);
	const char *before = "";

	print_indent(page, depth);
	fprintf(page->out, "+ %u like it: ", count);
	for (unsigned i = index; i; i = sy_tree_next_in_chain(page->tree, i)) {
		for (unsigned j = i; j < sy_tree_first_child(page->tree, i);
		     j++) {
			if (j == i && !sy_tree_has_label(page->tree, i, core))
				continue;
			fputs(before, page->out);
			print_like(page, index, count, j - index);
			before = ", ";
		}
	}
	print_pus(page, index, index + count * span, ": ");
	fputc('\n', page->out);
}

static void print_children(const struct page *page, unsigned index,
                           unsigned depth);

static void print_node(const struct page *page, unsigned index, unsigned depth)
{
	unsigned last = sy_tree_chain_end(page->tree, index);
	unsigned child = sy_tree_first_child(page->tree, last),
		 end = sy_tree_end(page->tree, last);

	print_indent(page, depth);
	print_chain(page, index);
	if (!sy_tree_all_pus(page->tree, child, end)) {
		fputc('\n', page->out);
		print_children(page, last, depth + 1);
		return;
	}
	print_cpu_kind(page, child, end);
	print_pus(page, child, end, ": ");
	fputc('\n', page->out);
}

/* PUs that nothing else contains. */
static unsigned print_bare_pus(const struct page *page, unsigned index,
                               unsigned end, unsigned depth)
{
	unsigned first = index;

	while (index < end && node_at(page, index)->kind == SY_NODE_PU)
		index++;
	print_indent(page, depth);
	print_pus(page, first, index, "");
	print_cpu_kind(page, first, index);
	fputc('\n', page->out);
	return index;
}

static void print_children(const struct page *page, unsigned index,
                           unsigned depth)
{
	unsigned end = sy_tree_end(page->tree, index);
	unsigned child = sy_tree_first_child(page->tree, index);

	while (child < end) {
		unsigned span = node_at(page, child)->span, count = 1;

		if (node_at(page, child)->kind == SY_NODE_PU) {
			child = print_bare_pus(page, child, end, depth);
			continue;
		}
		if (!page->full)
			count = sy_tree_count_alike(page->tree, child, end);
		print_node(page, child, depth);
		if (count > 1)
			print_rest(page, child + span, count - 1, depth);
		child += count * span;
	}
}

/* "64 PUs, 32 cores, 2 L3, 2 NUMA nodes, 1 package" */
static void print_counts(const struct page *page)
{
	static const struct {
		enum sy_node_kind kind;
		const char *one, *many;
	} rows[] = {
		{ SY_NODE_PU, "PU", "PUs" },
		{ SY_NODE_CORE, "core", "cores" },
		{ SY_NODE_L3, "L3", "L3s" },
		{ SY_NODE_NUMA, "NUMA node", "NUMA nodes" },
		{ SY_NODE_PACKAGE, "package", "packages" },
	};
	const char *before = "";

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		unsigned count = page->tree->counts[rows[i].kind];

		if (!count)
			continue;
		fprintf(page->out, "%s%u %s", before, count,
		        count == 1 ? rows[i].one : rows[i].many);
		before = ", ";
	}
	fputc('\n', page->out);
}

static void print_cpu_kinds(const struct page *page)
{
	const struct sy_tree *tree = page->tree;

	if (tree->cpu_kinds < 2)
		return;
	fprintf(page->out, "kinds of CPU, %s:\n",
	        tree->cpu_kinds_ranked
	                ? "the fastest first"
	                : "which of them is faster is not known");
	for (unsigned kind = 0; kind < tree->cpu_kinds; kind++) {
		unsigned count = 0;

		for (unsigned i = 0; i < tree->count; i++)
			if (node_at(page, i)->kind == SY_NODE_PU &&
			    node_at(page, i)->cpu_kind == kind)
				page->numbers[count++] =
					node_at(page, i)->number;
		fprintf(page->out, "  kind %u: PU ", kind);
		sy_tree_print_numbers(page->out, page->numbers, count);
		fputc('\n', page->out);
	}
}

static void print_machine(const struct page *page)
{
	const struct sy_tree *tree = page->tree;

	fprintf(page->out, "%s: ", tree->cpu[0] ? tree->cpu : "machine");
	print_counts(page);
	if (sy_tree_first_child(page->tree, 0) > 1) {
		print_numa(page, 0, "  ");
		fputc('\n', page->out);
	}
	print_children(page, 0, 1);
	print_cpu_kinds(page);
	if (collect_pus(page, 0, tree->count, false))
		fputs("not usable: outside of the affinity mask or cpuset\n",
		      page->out);
}

int sy_tree_print(FILE *out, const struct sy_tree *tree, bool full)
{
	struct page page = { .out = out, .tree = tree };

	page.full = full || tree->counts[SY_NODE_PU] <= FULL_PUS;
	page.numbers = calloc(tree->count, sizeof(*page.numbers));
	if (!page.numbers)
		return -ENOMEM;
	print_machine(&page);
	free(page.numbers);
	return 0;
}
