/* SPDX-License-Identifier: MIT */
/*
 * topology.c - opening this machine's topology, and what there is in one.
 *
 * What is opened is always said by a call, never left to the environment:
 * hwloc falls back to the real machine without a word when HWLOC_SYNTHETIC or
 * HWLOC_XMLFILE is bad, and binding does nothing without a word when they are
 * good.
 */
#include "topology_hwloc.h"
#include "hwloc_start.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int sy_hwloc_error(int otherwise)
{
	return errno == ENOMEM ? -ENOMEM : -otherwise;
}

int sy_hwloc_new(hwloc_topology_t *hwloc)
{
	char *before;
	int rc = sy_hwloc_plugins_off(&before);

	if (rc)
		return rc;
	if (hwloc_topology_init(hwloc))
		rc = sy_hwloc_error(EIO);
	sy_hwloc_plugins_on(before);
	return rc;
}

static unsigned ancestor_number(hwloc_topology_t hwloc, hwloc_obj_type_t type,
                                hwloc_obj_t obj)
{
	hwloc_obj_t found = hwloc_get_ancestor_obj_by_type(hwloc, type, obj);

	return found ? found->logical_index : 0;
}

static unsigned cache_number(hwloc_topology_t hwloc, hwloc_obj_type_t type,
                             hwloc_obj_t obj)
{
	hwloc_obj_t found = hwloc_get_ancestor_obj_by_type(hwloc, type, obj);

	return found ? found->logical_index + 1 : 0;
}

/* By the tree, since hwloc's own functions look at all PUs for each. */
static hwloc_obj_t first_pu(hwloc_obj_t core)
{
	hwloc_obj_t obj = core;

	while (obj->type != HWLOC_OBJ_PU)
		obj = obj->first_child;
	return obj;
}

static void describe_pu(struct sy_pu *pu, hwloc_topology_t hwloc,
                        hwloc_obj_t obj)
{
	hwloc_obj_t core =
		hwloc_get_ancestor_obj_by_type(hwloc, HWLOC_OBJ_CORE, obj);
	int node = hwloc_bitmap_first(obj->nodeset);

	memset(pu, 0, sizeof(*pu));
	pu->os_index = (int)obj->os_index;
	pu->level[SY_PACKAGE] = ancestor_number(hwloc, HWLOC_OBJ_PACKAGE, obj);
	/* NUMA nodes are not on the parent chain: the set tells. */
	pu->level[SY_NUMA] = node < 0 ? 0 : (unsigned)node;
	pu->level[SY_L3] = ancestor_number(hwloc, HWLOC_OBJ_L3CACHE, obj);
	pu->l2 = cache_number(hwloc, HWLOC_OBJ_L2CACHE, obj);
	pu->l3 = cache_number(hwloc, HWLOC_OBJ_L3CACHE, obj);
	/* Where cores are not known, every PU counts as one. */
	pu->level[SY_CORE] = core ? core->logical_index : obj->logical_index;
	if (core)
		pu->smt = obj->logical_index - first_pu(core)->logical_index;
}

/*
 * Sets how slow the kinds of CPU are, where hwloc could rank them.  It ranks
 * anew what a restriction has left, so there is always a fastest kind.
 */
static int describe_kinds(struct sy_pu *pus, unsigned count,
                          hwloc_topology_t hwloc)
{
	int kinds = hwloc_cpukinds_get_nr(hwloc, 0);
	hwloc_bitmap_t set = hwloc_bitmap_alloc();
	int efficiency;

	if (!set)
		return -ENOMEM;
	for (int kind = 0; kind < kinds; kind++) {
		if (hwloc_cpukinds_get_info(hwloc, (unsigned)kind, set,
		                            &efficiency, NULL, NULL, 0) ||
		    efficiency < 0)
			continue;
		for (unsigned i = 0; i < count; i++)
			if (hwloc_bitmap_isset(set, (unsigned)pus[i].os_index))
				pus[i].slowness =
					(unsigned)(kinds - 1 - efficiency);
	}
	hwloc_bitmap_free(set);
	return 0;
}

static int compare_os_index(const void *left, const void *right)
{
	const struct sy_pu *a = left, *b = right;

	return (a->os_index > b->os_index) - (a->os_index < b->os_index);
}

/* Fills topology->pus, which has room for all PUs that there are. */
static int describe_pus(struct sy_topology *topology)
{
	hwloc_topology_t hwloc = topology->hwloc;
	hwloc_obj_t obj = NULL;
	unsigned count = 0;
	int rc;

	while ((obj = hwloc_get_next_obj_by_type(hwloc, HWLOC_OBJ_PU, obj))) {
		if (obj->os_index >= SY_TOPOLOGY_PUS_MAX)
			return -E2BIG;
		describe_pu(&topology->pus[count++], hwloc, obj);
	}
	rc = describe_kinds(topology->pus, count, hwloc);
	if (rc)
		return rc;
	qsort(topology->pus, count, sizeof(*topology->pus), compare_os_index);
	topology->pu_count = count;
	return 0;
}

int sy_topology_describe(struct sy_topology **topology, hwloc_topology_t hwloc,
                         bool here)
{
	int pus = hwloc_get_nbobjs_by_type(hwloc, HWLOC_OBJ_PU), rc = -ENOMEM;
	struct sy_topology *made;

	if (pus < 1 || pus > SY_TOPOLOGY_PUS_MAX)
		return pus < 1 ? -EINVAL : -E2BIG;
	made = calloc(1, sizeof(*made));
	if (!made)
		return -ENOMEM;
	made->hwloc = hwloc;
	made->here = here;
	made->pus = calloc((size_t)pus, sizeof(*made->pus));
	if (!made->pus)
		goto free_made;
	rc = describe_pus(made);
	if (rc)
		goto free_pus;
	*topology = made;
	return 0;

free_pus:
	free(made->pus);
free_made:
	free(made);
	return rc;
}

int sy_topology_restrict_to(struct sy_topology *topology,
                            hwloc_const_bitmap_t set)
{
	if (!hwloc_bitmap_intersects(
		    set, hwloc_topology_get_topology_cpuset(topology->hwloc)))
		return -EINVAL;
	if (hwloc_topology_restrict(topology->hwloc, set,
	                            HWLOC_RESTRICT_FLAG_REMOVE_CPULESS))
		return sy_hwloc_error(EINVAL);
	return describe_pus(topology);
}

/* cpusets are in what hwloc loads; an affinity mask (taskset) is not. */
static int restrict_to_affinity(struct sy_topology *topology)
{
	hwloc_bitmap_t set = hwloc_bitmap_alloc();
	int rc;

	if (!set)
		return -ENOMEM;
	if (hwloc_get_cpubind(topology->hwloc, set, HWLOC_CPUBIND_THREAD))
		rc = sy_hwloc_error(EIO);
	else
		rc = sy_topology_restrict_to(topology, set);
	hwloc_bitmap_free(set);
	return rc;
}

int sy_topology_open(struct sy_topology **topology)
{
	struct sy_topology *made = NULL;
	hwloc_topology_t hwloc;
	int rc;

	if (sy_hwloc_elsewhere())
		return -ENOTSUP;
	rc = sy_hwloc_new(&hwloc);
	if (rc)
		return rc;
	rc = -ENOTSUP;
	if (hwloc_topology_load(hwloc))
		rc = sy_hwloc_error(EIO);
	else if (hwloc_topology_is_thissystem(hwloc))
		rc = sy_topology_describe(&made, hwloc, true);
	if (rc)
		goto destroy;
	rc = restrict_to_affinity(made);
	if (rc)
		goto close;
	*topology = made;
	return 0;

close:
	sy_topology_close(made);
	return rc;
destroy:
	hwloc_topology_destroy(hwloc);
	return rc;
}

void sy_topology_close(struct sy_topology *topology)
{
	if (!topology)
		return;
	hwloc_topology_destroy(topology->hwloc);
	if (topology->whole)
		hwloc_topology_destroy(topology->whole);
	free(topology->pus);
	free(topology);
}

int sy_topology_restrict(struct sy_topology *topology, const int *pus,
                         unsigned count)
{
	hwloc_bitmap_t set = hwloc_bitmap_alloc();
	int rc = 0;

	if (!set)
		return -ENOMEM;
	for (unsigned i = 0; i < count && !rc; i++) {
		if (pus[i] < 0)
			rc = -EINVAL;
		else if (hwloc_bitmap_set(set, (unsigned)pus[i]))
			rc = -ENOMEM;
	}
	if (!rc)
		rc = sy_topology_restrict_to(topology, set);
	hwloc_bitmap_free(set);
	return rc;
}

bool sy_topology_is_here(const struct sy_topology *topology)
{
	return topology->here;
}

unsigned sy_topology_pu_count(const struct sy_topology *topology)
{
	return topology->pu_count;
}

const struct sy_pu *sy_topology_pus(const struct sy_topology *topology,
                                    unsigned *count)
{
	*count = topology->pu_count;
	return topology->pus;
}

/* 0 where there is none, or where hwloc has the type at several depths. */
static unsigned object_count(const struct sy_topology *topology,
                             hwloc_obj_type_t type)
{
	int count = hwloc_get_nbobjs_by_type(topology->hwloc, type);

	return count < 0 ? 0 : (unsigned)count;
}

static uint64_t cache_bytes(const struct sy_topology *topology,
                            hwloc_obj_type_t type)
{
	hwloc_obj_t obj = hwloc_get_obj_by_type(topology->hwloc, type, 0);

	return obj ? obj->attr->cache.size : 0;
}

static unsigned at_least_one(unsigned count)
{
	return count ? count : 1;
}

void sy_topology_facts(const struct sy_topology *topology,
                       struct sy_topology_facts *facts)
{
	int kinds = hwloc_cpukinds_get_nr(topology->hwloc, 0);

	*facts = (struct sy_topology_facts){
		.packages =
			at_least_one(object_count(topology, HWLOC_OBJ_PACKAGE)),
		.numa_nodes = at_least_one(
			object_count(topology, HWLOC_OBJ_NUMANODE)),
		.cores = object_count(topology, HWLOC_OBJ_CORE),
		.pus = topology->pu_count,
		.cpu_kinds = kinds > 0 ? (unsigned)kinds : 1,
		.l1d_bytes = cache_bytes(topology, HWLOC_OBJ_L1CACHE),
		.l2_bytes = cache_bytes(topology, HWLOC_OBJ_L2CACHE),
		.l3_bytes = cache_bytes(topology, HWLOC_OBJ_L3CACHE),
		.l3_count = object_count(topology, HWLOC_OBJ_L3CACHE),
	};
	if (!facts->cores)
		facts->cores = facts->pus;
}

int sy_hwloc_export(hwloc_topology_t hwloc, char **xml)
{
	char *buffer, *copy;
	int bytes;

	if (hwloc_topology_export_xmlbuffer(hwloc, &buffer, &bytes, 0))
		return sy_hwloc_error(EIO);
	copy = strdup(buffer);
	hwloc_free_xmlbuffer(hwloc, buffer);
	if (!copy)
		return -ENOMEM;
	*xml = copy;
	return 0;
}

int sy_topology_export(const struct sy_topology *topology, char **xml)
{
	return sy_hwloc_export(topology->hwloc, xml);
}

const char *sy_topology_library(void)
{
	return HWLOC_VERSION;
}
