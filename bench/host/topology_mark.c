/* SPDX-License-Identifier: MIT */
/*
 * topology_mark.c - what lstopo needs to show where contexts go.
 *
 * It takes the colours of a box from an object's info "lstopoStyle", and shows
 * a Misc object as a box of that name in the box that it belongs to.
 */
#include "tree.h"

#include <errno.h>
#include <stdio.h>

#include "topology_hwloc.h"

/* hwloc goes over the whole tree for each name that is added. */
#define NAMED_PUS_MAX 2048

#define STYLE "Background=#1f5fa8;Text=#ffffff"

/* "context 3"; "contexts 3, 9"; "contexts 3, 9, 15 and 40 more". */
static void name_contexts(char *name, size_t bytes, unsigned first,
                          unsigned step, unsigned contexts)
{
	unsigned count = (contexts - first + step - 1) / step;
	unsigned named = count > 4 ? 3 : count;
	size_t used = (size_t)snprintf(name, bytes, "context%s %u",
	                               count > 1 ? "s" : "", first);

	for (unsigned i = 1; i < named; i++)
		used += (size_t)snprintf(name + used, bytes - used, ", %u",
		                         first + i * step);
	if (count > named)
		snprintf(name + used, bytes - used, " and %u more",
		         count - named);
}

/* `name` NULL: only coloured. */
static int mark_pu(hwloc_topology_t hwloc, int pu, const char *name)
{
	hwloc_obj_t obj = hwloc_get_pu_obj_by_os_index(hwloc, (unsigned)pu);

	/* A placement has only PUs that there are. */
	if (!obj)
		return -EIO;
	if (hwloc_obj_add_info(obj, "lstopoStyle", STYLE))
		return -ENOMEM;
	if (name && !hwloc_topology_insert_misc_object(hwloc, obj, name))
		return -ENOMEM;
	return 0;
}

static int mark_all(hwloc_topology_t hwloc,
                    const struct sy_placement *placement, unsigned contexts)
{
	unsigned pus =
		contexts < placement->count ? contexts : placement->count;
	char name[80];
	int rc = 0;

	if (!placement->bound)
		return 0;
	for (unsigned i = 0; i < pus && !rc; i++) {
		name_contexts(name, sizeof(name), i, placement->count,
		              contexts);
		rc = mark_pu(hwloc, placement->pus[i],
		             pus <= NAMED_PUS_MAX ? name : NULL);
	}
	return rc;
}

int sy_topology_mark(const struct sy_topology *topology,
                     const struct sy_placement *placement, unsigned contexts,
                     char **xml)
{
	hwloc_topology_t whole;
	int rc = sy_topology_whole(topology, &whole);

	if (rc)
		return rc;
	rc = mark_all(whole, placement, contexts);
	if (!rc)
		rc = sy_hwloc_export(whole, xml);
	hwloc_topology_destroy(whole);
	return rc;
}
