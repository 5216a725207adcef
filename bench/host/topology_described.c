/* SPDX-License-Identifier: MIT */
/*
 * topology_described.c - machines that are described from outside, and all of
 * a machine.
 *
 * A described machine is loaded with what could not be used where it was
 * looked at, since that belongs to its picture, and a copy is restricted to
 * what could.  It is tried in a child process first.
 */
#include "topology_hwloc.h"
#include "hwloc_input.h"
#include "trial.h"
#include "tree.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* With what may not be used, and with Misc objects, by which contexts are
   named in a picture. */
static int new_whole(hwloc_topology_t *whole)
{
	int rc = sy_hwloc_new(whole);

	if (rc)
		return rc;
	if (hwloc_topology_set_flags(*whole,
	                             HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED) ||
	    hwloc_topology_set_type_filter(*whole, HWLOC_OBJ_MISC,
	                                   HWLOC_TYPE_FILTER_KEEP_ALL)) {
		rc = sy_hwloc_error(EIO);
		hwloc_topology_destroy(*whole);
	}
	return rc;
}

/* Takes ownership of `whole`, which is loaded, on success only. */
static int open_loaded(struct sy_topology **topology, hwloc_topology_t whole)
{
	hwloc_const_bitmap_t allowed = hwloc_topology_get_allowed_cpuset(whole);
	struct sy_topology *made;
	hwloc_topology_t hwloc;
	int rc;

	if (hwloc_topology_dup(&hwloc, whole))
		return sy_hwloc_error(EINVAL);
	rc = sy_topology_describe(&made, hwloc, false);
	if (rc) {
		hwloc_topology_destroy(hwloc);
		return rc;
	}
	if (!hwloc_bitmap_isequal(allowed,
	                          hwloc_topology_get_topology_cpuset(hwloc)))
		rc = sy_topology_restrict_to(made, allowed);
	if (rc) {
		sy_topology_close(made);
		return rc;
	}
	made->whole = whole;
	*topology = made;
	return 0;
}

static int load_described(hwloc_topology_t whole, const char *xml,
                          const char *synthetic)
{
	int failed = xml ? hwloc_topology_set_xmlbuffer(whole, xml,
	                                                (int)strlen(xml) + 1)
	                 : hwloc_topology_set_synthetic(whole, synthetic);

	if (failed || hwloc_topology_load(whole))
		return sy_hwloc_error(EINVAL);
	return 0;
}

/* One of the descriptions is NULL. */
static int open_untried(struct sy_topology **topology, const char *xml,
                        const char *synthetic)
{
	hwloc_topology_t whole;
	int rc = new_whole(&whole);

	if (rc)
		return rc;
	rc = load_described(whole, xml, synthetic);
	if (!rc)
		rc = open_loaded(topology, whole);
	if (rc)
		hwloc_topology_destroy(whole);
	return rc;
}

struct trial {
	const char *xml, *synthetic;
	int sound_fd; /* where the child puts hwloc's XML of what it is */
};

/* Whatever else is done with a topology. */
static int use(const struct sy_topology *topology)
{
	struct sy_placement all = { .count = 0 };
	struct sy_tree tree;
	char *xml, why[128];
	int rc = sy_placement_make(&all, topology, "spread", why, sizeof(why));

	if (!rc)
		rc = sy_tree_make(&tree, topology);
	if (!rc)
		rc = sy_topology_mark(topology, &all, 1, &xml);
	return rc;
}

/* hwloc's check ends the process where a tree contradicts itself. */
static int attempt(const void *data)
{
	const struct trial *trial = data;
	struct sy_topology *topology;
	char *xml;
	int rc = open_untried(&topology, trial->xml, trial->synthetic);

	if (rc)
		return rc;
	hwloc_topology_check(topology->whole);
	hwloc_topology_check(topology->hwloc);
	rc = use(topology);
	if (!rc)
		rc = sy_hwloc_export(topology->whole, &xml);
	if (!rc && dprintf(trial->sound_fd, "%s%c", xml, '\0') < 0)
		rc = -errno;
	return rc;
}

static int open_sound(struct sy_topology **topology, int sound_fd)
{
	struct stat info;
	char *xml;
	int rc;

	if (fstat(sound_fd, &info))
		return -errno;
	xml = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, sound_fd,
	           0);
	if (xml == MAP_FAILED)
		return -errno;
	rc = open_untried(topology, xml, NULL);
	munmap(xml, (size_t)info.st_size);
	return rc;
}

/*
 * hwloc believes what it reads: a mask with a digit changed makes it crash,
 * loop or warn.  So a child reads it, and what this process reads is what
 * hwloc wrote there of a topology that it found sound.
 */
static int open_described(struct sy_topology **topology, const char *xml,
                          const char *synthetic)
{
	struct trial trial = { .xml = xml, .synthetic = synthetic };
	int rc;

	trial.sound_fd = memfd_create("topology", MFD_CLOEXEC);
	if (trial.sound_fd < 0)
		return -errno;
	rc = sy_trial(attempt, &trial);
	if (!rc)
		rc = open_sound(topology, trial.sound_fd);
	close(trial.sound_fd);
	return rc;
}

int sy_topology_open_synthetic(struct sy_topology **topology,
                               const char *description)
{
	int rc = sy_hwloc_check_synthetic(description);

	return rc ? rc : open_described(topology, NULL, description);
}

int sy_topology_open_xml(struct sy_topology **topology, const char *path)
{
	char *xml;
	int rc = sy_hwloc_read_file(path, &xml);

	if (rc)
		return rc;
	rc = open_described(topology, xml, NULL);
	free(xml);
	return rc;
}

static int load_whole_of_here(hwloc_topology_t *whole)
{
	int rc = new_whole(whole);

	if (rc)
		return rc;
	if (hwloc_topology_load(*whole)) {
		rc = sy_hwloc_error(EIO);
		hwloc_topology_destroy(*whole);
	}
	return rc;
}

static int allow(hwloc_topology_t whole, const struct sy_topology *topology)
{
	hwloc_bitmap_t set = hwloc_bitmap_alloc();
	int rc = 0;

	if (!set)
		return -ENOMEM;
	for (unsigned i = 0; i < topology->pu_count && !rc; i++)
		if (hwloc_bitmap_set(set, (unsigned)topology->pus[i].os_index))
			rc = -ENOMEM;
	if (!rc &&
	    hwloc_topology_allow(whole, set, NULL, HWLOC_ALLOW_FLAG_CUSTOM))
		rc = sy_hwloc_error(EIO);
	hwloc_bitmap_free(set);
	return rc;
}

int sy_topology_whole(const struct sy_topology *topology,
                      hwloc_topology_t *whole)
{
	hwloc_topology_t made;
	int rc;

	if (topology->here)
		rc = load_whole_of_here(&made);
	else
		rc = hwloc_topology_dup(&made, topology->whole)
		             ? sy_hwloc_error(EIO)
		             : 0;
	if (rc)
		return rc;
	rc = allow(made, topology);
	if (rc)
		hwloc_topology_destroy(made);
	else
		*whole = made;
	return rc;
}
