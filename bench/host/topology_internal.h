/* SPDX-License-Identifier: MIT */
/*
 * topology_internal.h - what topology.c hands to the rest of bench/host.
 *
 * Placements are worked out on a plain array, so that they can be tested
 * without hwloc and hwloc's tree is walked in one place.
 */
#ifndef SY_TOPOLOGY_INTERNAL_H
#define SY_TOPOLOGY_INTERNAL_H

#include "topology.h"

/*
 * One processing unit and what it lies in, from the outside inwards.  The
 * numbers of a level tell its members apart and order them; they are not OS
 * indices.  A level that the machine does not have is 0 throughout.
 */
enum sy_pu_level { SY_PACKAGE, SY_NUMA, SY_L3, SY_CORE, SY_PU_LEVELS };

struct sy_pu {
	int os_index;
	unsigned slowness; /* 0: of the fastest kind of CPU */
	unsigned level[SY_PU_LEVELS];
	unsigned smt; /* rank among the PUs of its core that may be used */
	/* Its caches, counted from 1; 0: it has none that hwloc knows, though
	   others may. */
	unsigned l2, l3;
};

/* Owned by the topology, in the order of OS indices. */
const struct sy_pu *sy_topology_pus(const struct sy_topology *topology,
                                    unsigned *count);

/* The orders that placements take PUs in; they sort in place.  -ENOMEM. */
void sy_pus_compact(struct sy_pu *pus, unsigned count);
int sy_pus_spread(struct sy_pu *pus, unsigned count);
/* The PU of `one-pu`. */
int sy_pus_one(const struct sy_pu *pus, unsigned count);
/* What `compact` sorts two `struct sy_pu` by, for qsort. */
int sy_pus_compare(const void *left, const void *right);

/*
 * The PUs of a list such as "0,2-3", in its order; `made` has room for all
 * that there are.  Errors as of sy_placement_make, and -ENOMEM.
 */
int sy_placement_list(struct sy_placement *made, const struct sy_pu *pus,
                      unsigned count, const char *text, char *why,
                      size_t why_bytes);

/*
 * The two PUs of a placement that is a pair, in the order of `compact`; `pus`
 * are in the order of OS indices.  -ENOENT: it is none; -ENODEV with the
 * reason; -ENOMEM.
 */
int sy_placement_pair(struct sy_placement *made, const struct sy_pu *pus,
                      unsigned count, const char *name, char *why,
                      size_t why_bytes);

#endif /* SY_TOPOLOGY_INTERNAL_H */
