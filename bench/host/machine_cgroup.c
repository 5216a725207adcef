/* SPDX-License-Identifier: MIT */
/*
 * machine_cgroup.c - what the control groups of this process allow.
 *
 * A limit counts wherever it is set on the way to the root, so each cgroup
 * above is asked too.  v1 and v2 may both be mounted, with a controller in
 * either.  In a container the paths of /proc/self/cgroup may begin with what
 * is mounted (the fourth field of mountinfo), which is then left out.
 * cgroups(7), Documentation/admin-guide/cgroup-v2.rst.
 */
#include "machine_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Room for a line of mountinfo, which holds two paths and options. */
#define MOUNT_LINE_BYTES (3 * SY_PATH_BYTES)

struct hierarchy {
	const char *controller; /* NULL: v2 */
	char path[SY_PATH_BYTES];
	char mounted[SY_PATH_BYTES]; /* the part of the tree that is mounted */
	char folder[SY_PATH_BYTES];  /* where it is mounted */
};

/* Whether `word` is one of the words that commas separate in `list`. */
static bool has_word(const char *list, const char *word)
{
	size_t length = strlen(word), here;

	for (;; list += here + 1) {
		here = strcspn(list, ",\n ");
		if (here == length && !strncmp(list, word, length))
			return true;
		if (list[here] != ',')
			return false;
	}
}

static FILE *open_self(const char *root, const char *name)
{
	char path[SY_PATH_BYTES];
	int length =
		snprintf(path, sizeof(path), "%s/proc/self/%s", root, name);

	if (length < 0 || (size_t)length >= sizeof(path))
		return NULL;
	return fopen(path, "re");
}

/* Finds the line "id:controllers:path"; v2 is "0::path". */
static bool find_path(const char *root, struct hierarchy *tree)
{
	FILE *file = open_self(root, "cgroup");
	char line[SY_PATH_BYTES + 256];
	bool found = false;

	if (!file)
		return false;
	while (!found && fgets(line, sizeof(line), file)) {
		char *names = strchr(line, ':');
		char *path = names ? strchr(names + 1, ':') : NULL;

		if (!path)
			continue;
		*path++ = '\0';
		if (tree->controller ? !has_word(names + 1, tree->controller)
		                     : strcmp(line, "0:") != 0)
			continue;
		path[strcspn(path, "\n")] = '\0';
		snprintf(tree->path, sizeof(tree->path), "%s", path);
		found = true;
	}
	fclose(file);
	return found;
}

/*
 * Reads a line of mountinfo: "id parent dev mounted folder options ... - type
 * source super".  proc_pid_mountinfo(5).
 */
static bool read_mount(const char *line, struct hierarchy *tree)
{
	char type[32], super[1024];
	const char *tail = strstr(line, " - ");

	if (!tail ||
	    sscanf(line, "%*s %*s %*s %4095s %4095s", tree->mounted,
	           tree->folder) != 2 ||
	    sscanf(tail, " - %31s %*s %1023s", type, super) != 2)
		return false;
	if (!tree->controller)
		return !strcmp(type, "cgroup2");
	return !strcmp(type, "cgroup") && has_word(super, tree->controller);
}

static bool find_mount(const char *root, struct hierarchy *tree)
{
	FILE *file = open_self(root, "mountinfo");
	char line[MOUNT_LINE_BYTES];
	bool found = false;

	if (!file)
		return false;
	while (!found && fgets(line, sizeof(line), file))
		found = read_mount(line, tree);
	fclose(file);
	return found;
}

/* The path below the mount; "" for what is mounted itself. */
static const char *path_below(const struct hierarchy *tree)
{
	size_t length = strlen(tree->mounted);
	const char *path = tree->path;

	if (length > 1 && !strncmp(path, tree->mounted, length) &&
	    (path[length] == '/' || !path[length]))
		path += length;
	return strcmp(path, "/") ? path : "";
}

static void walk_tree(const char *root, struct hierarchy *tree,
                      sy_cgroup_see *see, void *data)
{
	char folder[2 * SY_PATH_BYTES];
	size_t top;

	if (!find_path(root, tree) || !find_mount(root, tree))
		return;
	top = strlen(tree->folder);
	snprintf(folder, sizeof(folder), "%s%s", tree->folder,
	         path_below(tree));
	for (;;) {
		see(root, folder, !tree->controller, data);
		if (strlen(folder) <= top)
			return;
		*strrchr(folder, '/') = '\0';
	}
}

void sy_cgroup_walk(const char *root, const char *controller,
                    sy_cgroup_see *see, void *data)
{
	struct hierarchy *tree = calloc(1, sizeof(*tree));

	/* Without memory no limit is known, as on a system without cgroups. */
	if (!tree)
		return;
	tree->controller = controller;
	walk_tree(root, tree, see, data);
	tree->controller = NULL;
	walk_tree(root, tree, see, data);
	free(tree);
}

const char *sy_cgroup_path(char path[SY_PATH_BYTES], const char *folder,
                           const char *name)
{
	int length = snprintf(path, SY_PATH_BYTES, "%s/%s", folder, name);

	return length < SY_PATH_BYTES ? path : "/";
}

uint64_t sy_cgroup_number(const char *root, const char *folder,
                          const char *name)
{
	char path[SY_PATH_BYTES];

	return sy_file_number(root, sy_cgroup_path(path, folder, name));
}

/* Whether this one leaves less than `least`, which it then becomes. */
static bool keep_least(uint64_t *least, uint64_t limit, uint64_t used)
{
	uint64_t left;

	if (limit == UINT64_MAX)
		return false;
	if (used == UINT64_MAX)
		used = 0;
	left = limit > used ? limit - used : 0;
	if (left >= *least)
		return false;
	*least = left;
	return true;
}

struct tasks {
	uint64_t free;
	char *file; /* of SY_PATH_BYTES, or NULL */
};

static void see_tasks(const char *root, const char *folder, bool v2, void *data)
{
	struct tasks *tasks = data;

	(void)v2;
	if (keep_least(&tasks->free, sy_cgroup_number(root, folder, "pids.max"),
	               sy_cgroup_number(root, folder, "pids.current")) &&
	    tasks->file)
		sy_cgroup_path(tasks->file, folder, "pids.max");
}

uint64_t sy_cgroup_tasks_free(const char *root, char file[SY_PATH_BYTES])
{
	struct tasks tasks = { .free = UINT64_MAX, .file = file };

	if (file)
		*file = '\0';
	sy_cgroup_walk(root, "pids", see_tasks, &tasks);
	return tasks.free;
}

/* Page cache that was not used lately is given back before a limit bites. */
static void see_memory(const char *root, const char *folder, bool v2,
                       void *data)
{
	char path[SY_PATH_BYTES];
	uint64_t used, cache;

	used = sy_cgroup_number(
		root, folder, v2 ? "memory.current" : "memory.usage_in_bytes");
	cache = sy_file_field_number(
		root, sy_cgroup_path(path, folder, "memory.stat"),
		v2 ? "inactive_file" : "total_inactive_file");
	if (used != UINT64_MAX && cache <= used)
		used -= cache;
	keep_least(
		data,
		sy_cgroup_number(root, folder,
	                         v2 ? "memory.max" : "memory.limit_in_bytes"),
		used);
}

uint64_t sy_cgroup_memory_free(const char *root)
{
	uint64_t least = UINT64_MAX;

	sy_cgroup_walk(root, "memory", see_memory, &least);
	return least;
}
