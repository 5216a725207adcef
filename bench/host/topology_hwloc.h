/* SPDX-License-Identifier: MIT */
/*
 * topology_hwloc.h - what the files topology*.c share; they alone include
 * hwloc.h.
 */
#ifndef SY_TOPOLOGY_HWLOC_H
#define SY_TOPOLOGY_HWLOC_H

#include <hwloc.h>

#include "topology_internal.h"

struct sy_topology {
	hwloc_topology_t hwloc; /* restricted to what may be used */
	/* All of a described machine; NULL for this one, which is looked at
	   again where all of it is asked for. */
	hwloc_topology_t whole;
	bool here;
	struct sy_pu *pus; /* in the order of OS indices */
	unsigned pu_count;
};

/* hwloc_topology_init without plug-ins.  -ENOMEM, -EIO. */
int sy_hwloc_new(hwloc_topology_t *hwloc);

/* What failed in hwloc, as a negative errno; `otherwise` if it does not say. */
int sy_hwloc_error(int otherwise);

/* Of what is loaded; takes ownership of `hwloc` on success only.  -ENOMEM,
   -EINVAL: it has no PU; -E2BIG. */
int sy_topology_describe(struct sy_topology **topology, hwloc_topology_t hwloc,
                         bool here);

/* As sy_topology_export. */
int sy_hwloc_export(hwloc_topology_t hwloc, char **xml);

/* As sy_topology_restrict. */
int sy_topology_restrict_to(struct sy_topology *topology,
                            hwloc_const_bitmap_t set);

/*
 * The machine with what may not be used, which is then not in the allowed set.
 * The caller destroys it, and may change it.
 */
int sy_topology_whole(const struct sy_topology *topology,
                      hwloc_topology_t *whole);

#endif /* SY_TOPOLOGY_HWLOC_H */
