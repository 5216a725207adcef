/* SPDX-License-Identifier: MIT */
/* tree_shape.c - what a tree is made of; see tree_internal.h. */
#include "tree_internal.h"

#include <string.h>

static const struct sy_node *node_at(const struct sy_tree *tree, unsigned index)
{
	return &tree->nodes[index];
}

unsigned sy_tree_end(const struct sy_tree *tree, unsigned index)
{
	return index + node_at(tree, index)->span;
}

unsigned sy_tree_first_child(const struct sy_tree *tree, unsigned index)
{
	unsigned child = index + 1, end = sy_tree_end(tree, index);

	while (child < end && node_at(tree, child)->kind == SY_NODE_NUMA)
		child++;
	return child;
}

bool sy_tree_all_pus(const struct sy_tree *tree, unsigned first, unsigned end)
{
	for (unsigned i = first; i < end; i++)
		if (node_at(tree, i)->kind != SY_NODE_PU)
			return false;
	return end > first;
}

unsigned sy_tree_next_in_chain(const struct sy_tree *tree, unsigned index)
{
	unsigned child = sy_tree_first_child(tree, index);
	unsigned end = sy_tree_end(tree, index);

	if (child == end || sy_tree_end(tree, child) != end ||
	    node_at(tree, child)->kind == SY_NODE_PU)
		return 0;
	return child;
}

unsigned sy_tree_chain_end(const struct sy_tree *tree, unsigned index)
{
	unsigned last = index;

	while ((index = sy_tree_next_in_chain(tree, index)))
		last = index;
	return last;
}

bool sy_tree_chain_has_core(const struct sy_tree *tree, unsigned index)
{
	while (node_at(tree, index)->kind != SY_NODE_CORE) {
		index = sy_tree_next_in_chain(tree, index);
		if (!index)
			return false;
	}
	return true;
}

/* Two subtrees that differ in nothing but their numbers. */
static bool alike(const struct sy_tree *tree, unsigned one, unsigned other)
{
	unsigned span = node_at(tree, one)->span;

	for (unsigned i = 0; i < span; i++) {
		const struct sy_node *a = node_at(tree, one + i);
		const struct sy_node *b = node_at(tree, other + i);

		if (a->span != b->span || a->kind != b->kind ||
		    a->bytes != b->bytes || a->cpu_kind != b->cpu_kind ||
		    a->usable != b->usable || strcmp(a->name, b->name))
			return false;
	}
	return true;
}

unsigned sy_tree_count_alike(const struct sy_tree *tree, unsigned index,
                             unsigned end)
{
	unsigned span = node_at(tree, index)->span, count = 1;

	while (index + count * span < end &&
	       alike(tree, index, index + count * span))
		count++;
	return count;
}

/* A group is most often there for its NUMA node, which names it better. */
static bool goes_unnamed(const struct sy_tree *tree, unsigned index)
{
	return node_at(tree, index)->kind == SY_NODE_OTHER &&
	       !strcmp(node_at(tree, index)->name, "group") &&
	       sy_tree_first_child(tree, index) > index + 1;
}

bool sy_tree_has_label(const struct sy_tree *tree, unsigned index, bool core)
{
	return !(core && node_at(tree, index)->kind == SY_NODE_CACHE) &&
	       !goes_unnamed(tree, index);
}
