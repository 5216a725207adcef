/* SPDX-License-Identifier: MIT */
/*
 * tree.h - a machine as a plain tree, to be shown to people; needs no hwloc.h.
 *
 * It has all of the machine, with a note of what may not be used.  PUs and
 * NUMA nodes go by the kernel's numbers, as taskset and numactl do; packages,
 * caches and cores are counted, from 0 on, over the whole machine.
 */
#ifndef SY_TREE_H
#define SY_TREE_H

#include <stdio.h>

#include "topology.h"

enum sy_node_kind {
	SY_NODE_MACHINE,
	SY_NODE_PACKAGE,
	SY_NODE_NUMA, /* a leaf, before the other children of its parent */
	SY_NODE_L3,
	SY_NODE_CACHE, /* another cache */
	SY_NODE_CORE,
	SY_NODE_PU,
	SY_NODE_OTHER, /* a die, a cluster, a group */
	SY_NODE_KINDS,
};

/* A node, which its children follow with theirs. */
struct sy_node {
	char name[20]; /* "package", "L2", "NUMA node" */
	enum sy_node_kind kind;
	unsigned number;
	unsigned span;     /* nodes that it consists of, itself included */
	uint64_t bytes;    /* of a cache or a NUMA node; 0: not known */
	unsigned cpu_kind; /* PU: which, see below */
	bool usable;       /* PU: by this process */
};

/* Where a PU lies, by the numbers of the tree; -1: the machine has no such. */
struct sy_place {
	int package, numa, l3, core, cpu_kind; /* cpu_kind -1: no such PU */
};

struct sy_tree {
	struct sy_node *nodes; /* the machine first, each before its children */
	unsigned count;
	unsigned counts[SY_NODE_KINDS]; /* nodes by kind */
	struct sy_place *places;        /* by OS index */
	unsigned places_count;
	/* Kinds of CPU, the fastest first where they are ranked. */
	unsigned cpu_kinds;
	bool cpu_kinds_ranked;
	char cpu[64]; /* the model's name, or "" */
};

/* Everything of the machine.  -ENOMEM, -EIO. */
int sy_tree_make(struct sy_tree *tree, const struct sy_topology *topology);
void sy_tree_free(struct sy_tree *tree);

/* NULL: there is no such PU. */
const struct sy_place *sy_tree_place(const struct sy_tree *tree, int pu);

/*
 * Prints it, a line for whatever is not alone in what contains it.  On a
 * machine of over 32 PUs only the first of neighbours that are alike is shown,
 * and how many more there are, unless `full`.  -ENOMEM.
 */
int sy_tree_print(FILE *out, const struct sy_tree *tree, bool full);

/*
 * Prints which PU each of so many contexts gets, and where that lies; at most
 * 32 of them unless `full`.  -ENOMEM.
 */
int sy_placement_print(FILE *out, const struct sy_tree *tree,
                       const struct sy_placement *placement, const char *name,
                       unsigned contexts, bool full);

/*
 * hwloc's XML of the whole machine in which the PUs of these contexts are
 * coloured, and up to 2048 named; the caller frees it.  Contexts that are not
 * bound, and no context, mark nothing.  -ENOMEM, -EIO.
 */
int sy_topology_mark(const struct sy_topology *topology,
                     const struct sy_placement *placement, unsigned contexts,
                     char **xml);

#endif /* SY_TREE_H */
