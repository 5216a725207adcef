/* SPDX-License-Identifier: MIT */
/*
 * topology.h - the machine as hwloc sees it, and placements on it.
 *
 * Only topology*.c include hwloc.h.  A topology is this
 * system's, restricted to what the process may use (its affinity mask and
 * cpuset), or one described from outside, on which placements can be looked
 * at but nothing can be bound.  Every int returned is 0 or a negative errno.
 */
#ifndef SY_TOPOLOGY_H
#define SY_TOPOLOGY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sy_topology;

/* This system.  -ENOTSUP where hwloc was pointed elsewhere (HWLOC_XMLFILE,
   HWLOC_SYNTHETIC, ...), so that binding would do nothing. */
int sy_topology_open(struct sy_topology **topology);

/* Machines with more PUs, or with OS indices from here on, are refused. */
#define SY_TOPOLOGY_PUS_MAX 8192

/*
 * Machines described from outside are tried in a child process first, whatever
 * the description holds.  -EINVAL: hwloc cannot make a sound topology of it;
 * -E2BIG; -ENOMEM; -EAGAIN: no child.
 *
 * hwloc's synthetic notation ("pack:2 core:4 pu:2").
 */
int sy_topology_open_synthetic(struct sy_topology **topology,
                               const char *description);
/* A file that hwloc exported, which is read once.  Also -EISDIR; -ENXIO: no
   regular file; -EFBIG: of over 64 MiB; what open returns. */
int sy_topology_open_xml(struct sy_topology **topology, const char *path);
void sy_topology_close(struct sy_topology *topology);

/* Restricts to these OS indices, as a cpuset would.  -EINVAL: none is left. */
int sy_topology_restrict(struct sy_topology *topology, const int *pus,
                         unsigned count);

/* Whether it is this system's, so that binding and measuring make sense. */
bool sy_topology_is_here(const struct sy_topology *topology);
unsigned sy_topology_pu_count(const struct sy_topology *topology);

struct sy_topology_facts {
	unsigned packages, numa_nodes, cores, pus, cpu_kinds;
	uint64_t l1d_bytes, l2_bytes, l3_bytes; /* of one cache, 0: not known */
	unsigned l3_count;
};
void sy_topology_facts(const struct sy_topology *topology,
                       struct sy_topology_facts *facts);

/* The version of the hwloc library in use. */
const char *sy_topology_library(void);

/* hwloc's XML in memory that the caller frees. */
int sy_topology_export(const struct sy_topology *topology, char **xml);

/*
 * Where contexts go: context i runs on pus[i % count].  The order never puts
 * two contexts on one PU while another of the placement is free.
 */
struct sy_placement {
	bool bound;     /* false: `none`; pus are then those allowed */
	unsigned count; /* >= 1 */
	int *pus;       /* OS indices, owned */
};

/*
 * `none`, `compact` (neighbours first: the PUs of a core, then of an L3, of a
 * package), `spread` (as far apart as possible: packages, L3s, cores before
 * the second PU of a core), `one-pu` (one PU, not the first where there is
 * another, as that one takes most interrupts), or a list of OS indices
 * ("0,2-3").  On a machine with several kinds of CPU the fastest kind comes
 * first.  Two PUs of one kind, in the order of `compact`, and not the first
 * one where there are others: `siblings` (of one core), `same-l3` (of two
 * cores that share an L3 and, where there are such, no L2), `other-package`
 * (of two packages).  -EINVAL: not a placement's name; -ENODEV: this topology does not
 * have it.  In both cases `why` says what and why in one line.
 */
int sy_placement_make(struct sy_placement *placement,
                      const struct sy_topology *topology, const char *name,
                      char *why, size_t why_bytes);
void sy_placement_free(struct sy_placement *placement);

/* The names of the placements with a line each, ended by a NULL name. */
struct sy_placement_kind {
	const char *name, *summary;
};
extern const struct sy_placement_kind sy_placement_kinds[];

/*
 * Binding, kept apart from a whole topology because every worker needs it at
 * once: opening must take little time on a machine of any size.
 */
struct sy_binder;
int sy_binder_open(struct sy_binder **binder);
void sy_binder_close(struct sy_binder *binder);
/*
 * Binds the calling thread to one PU and reads it back.  Valid in a child
 * forked after sy_binder_open.  -EINVAL, -EPERM, -ENODEV (bound elsewhere).
 */
int sy_binder_bind(const struct sy_binder *binder, int pu);

#endif /* SY_TOPOLOGY_H */
