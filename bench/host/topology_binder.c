/* SPDX-License-Identifier: MIT */
/*
 * topology_binder.c - binding one thread to one PU, and reading it back.
 */
#include "topology_hwloc.h"
#include "hwloc_start.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

struct sy_binder {
	hwloc_topology_t hwloc;
};

/* The topology through which any PU can be bound to: see sy_binder_xml. */
static int load_binder(hwloc_topology_t hwloc)
{
	char *xml = sy_binder_xml();
	int rc = 0;

	if (!xml)
		return -ENOMEM;
	if (hwloc_topology_set_xmlbuffer(hwloc, xml, (int)strlen(xml) + 1) ||
	    hwloc_topology_set_flags(hwloc,
	                             HWLOC_TOPOLOGY_FLAG_IS_THISSYSTEM) ||
	    hwloc_topology_load(hwloc))
		rc = sy_hwloc_error(EIO);
	/* HWLOC_THISSYSTEM=0: binding would do nothing. */
	else if (!hwloc_topology_is_thissystem(hwloc))
		rc = -ENOTSUP;
	free(xml);
	return rc;
}

/* Whether the calling thread is bound to `set` and nothing else. */
static int read_back(hwloc_topology_t hwloc, hwloc_const_bitmap_t set)
{
	hwloc_bitmap_t got = hwloc_bitmap_alloc();
	int rc = 0;

	if (!got)
		return -ENOMEM;
	if (hwloc_get_cpubind(hwloc, got, HWLOC_CPUBIND_THREAD))
		rc = sy_hwloc_error(EIO);
	else if (!hwloc_bitmap_isequal(set, got))
		rc = -ENODEV;
	hwloc_bitmap_free(got);
	return rc;
}

int sy_binder_open(struct sy_binder **binder)
{
	struct sy_binder *made = calloc(1, sizeof(*made));
	int rc;

	if (!made)
		return -ENOMEM;
	rc = sy_hwloc_new(&made->hwloc);
	if (rc)
		goto free_made;
	rc = load_binder(made->hwloc);
	if (rc)
		goto destroy;
	*binder = made;
	return 0;

destroy:
	hwloc_topology_destroy(made->hwloc);
free_made:
	free(made);
	return rc;
}

void sy_binder_close(struct sy_binder *binder)
{
	if (!binder)
		return;
	hwloc_topology_destroy(binder->hwloc);
	free(binder);
}

int sy_binder_bind(const struct sy_binder *binder, int pu)
{
	hwloc_bitmap_t set;
	int rc = 0;

	if (pu < 0 || pu >= SY_BINDER_PUS)
		return -EINVAL;
	set = hwloc_bitmap_alloc();
	if (!set)
		return -ENOMEM;
	if (hwloc_bitmap_only(set, (unsigned)pu))
		rc = -ENOMEM;
	else if (hwloc_set_cpubind(binder->hwloc, set,
	                           HWLOC_CPUBIND_THREAD | HWLOC_CPUBIND_STRICT))
		rc = -errno;
	else
		rc = read_back(binder->hwloc, set);
	/* The kernel has moved the thread before the call returned. */
	if (!rc && sched_getcpu() != pu)
		rc = -ENODEV;
	hwloc_bitmap_free(set);
	return rc;
}
