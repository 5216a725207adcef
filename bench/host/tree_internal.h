/* SPDX-License-Identifier: MIT */
/*
 * tree_internal.h - what the files that print trees and placements share.
 *
 * Nodes go by their index in the tree.  A chain is a node with the nodes that
 * are each the only child of the one before, NUMA nodes and PUs not counted:
 * it has one line.
 */
#ifndef SY_TREE_INTERNAL_H
#define SY_TREE_INTERNAL_H

#include "tree.h"

/* ---- tree_shape.c ---- */

/* Behind the last of its nodes. */
unsigned sy_tree_end(const struct sy_tree *tree, unsigned index);
/* The first child that is no NUMA node; where there is none, the end. */
unsigned sy_tree_first_child(const struct sy_tree *tree, unsigned index);
/* Whether there are nodes in this range, all of them PUs. */
bool sy_tree_all_pus(const struct sy_tree *tree, unsigned first, unsigned end);
/* 0: the chain ends here. */
unsigned sy_tree_next_in_chain(const struct sy_tree *tree, unsigned index);
unsigned sy_tree_chain_end(const struct sy_tree *tree, unsigned index);
bool sy_tree_chain_has_core(const struct sy_tree *tree, unsigned index);
/* How many neighbours from `index` on differ in nothing but their numbers. */
unsigned sy_tree_count_alike(const struct sy_tree *tree, unsigned index,
                             unsigned end);
/*
 * Whether a node of a chain is named with its number: not where it is a cache
 * of the chain's core, or a group that its NUMA node names better.
 */
bool sy_tree_has_label(const struct sy_tree *tree, unsigned index, bool core);

/* ---- tree_numbers.c ---- */

/*
 * Sorts them and prints "0-7,16", and "0,2..14" for four or more that are
 * equally far apart.
 */
void sy_tree_print_numbers(FILE *out, unsigned *numbers, unsigned count);

/* "1280 KiB", "36 MiB", "23.5 GiB": two digits at least.  Returns `text`. */
char *sy_tree_size(uint64_t size, char *text, size_t bytes);

#endif /* SY_TREE_INTERNAL_H */
