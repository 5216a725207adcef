/* SPDX-License-Identifier: MIT */
/*
 * folders.c - the run folders below a folder; see history_parts.h.
 *
 * A run is a folder that has any of the files of one.  Two levels are looked
 * at, since a root has machines' folders and these have runs.  What links lead
 * to is told by device and inode, so `latest` and a link to a folder above are
 * no second run and no endless way.
 */
#include "trend/history_parts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define RESULTS "results.json"

static bool has(int fd, const char *name)
{
	return !faccessat(fd, name, F_OK, AT_SYMLINK_NOFOLLOW);
}

static bool is_run(int fd)
{
	static const char *const files[] = { RESULTS, "samples.jsonl",
		                             "plan.json" };

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		if (has(fd, files[i]))
			return true;
	return false;
}

static int add(struct sy_folders *folders, int fd, const char *path,
               bool by_link)
{
	struct sy_folder *folder;
	struct stat info;

	if (fstat(fd, &info))
		return -errno;
	if (sy_trend_room(&folders->items, folders->count, &folders->room,
	                  sizeof(*folders->items)))
		return -ENOMEM;
	folder = &folders->items[folders->count];
	*folder = (struct sy_folder){
		.path = strdup(path),
		.device = info.st_dev,
		.inode = info.st_ino,
		.by_link = by_link,
		.has_results = has(fd, RESULTS),
	};
	if (!folder->path)
		return -ENOMEM;
	folders->count++;
	return 0;
}

static bool is_link(int fd, const char *name)
{
	struct stat info;

	return !fstatat(fd, name, &info, AT_SYMLINK_NOFOLLOW) &&
	       S_ISLNK(info.st_mode);
}

static int look_into(struct sy_folders *folders, int fd, const char *path,
                     bool by_link, unsigned levels);

/* One entry; what is no folder, or may not be read, holds no run. */
static int look_at(struct sy_folders *folders, int fd, const char *path,
                   const char *name, bool by_link, unsigned levels)
{
	char below[PATH_MAX];
	int entry, error = 0;

	if (snprintf(below, sizeof(below), "%s/%s", path, name) >=
	    (int)sizeof(below))
		return 0;
	entry = openat(fd, name,
	               O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_CLOEXEC);
	if (entry < 0)
		return errno == EMFILE || errno == ENFILE ? -errno : 0;
	by_link |= is_link(fd, name);
	if (is_run(entry))
		error = add(folders, entry, below, by_link);
	else if (levels)
		return look_into(folders, entry, below, by_link, levels);
	close(entry);
	return error;
}

/* Closes the descriptor. */
static int look_into(struct sy_folders *folders, int fd, const char *path,
                     bool by_link, unsigned levels)
{
	DIR *dir = fdopendir(fd);
	const struct dirent *entry;
	int error = 0;

	if (!dir) {
		error = -errno;
		close(fd);
		return error;
	}
	for (errno = 0; !error && (entry = readdir(dir)); errno = 0)
		if (entry->d_name[0] != '.' &&
		    (entry->d_type == DT_DIR || entry->d_type == DT_LNK ||
		     entry->d_type == DT_UNKNOWN))
			error = look_at(folders, fd, path, entry->d_name,
			                by_link, levels - 1);
	if (!error && errno)
		error = -errno;
	closedir(dir);
	return error;
}

/* The same folder: the name that no link is part of comes first. */
static int compare_inodes(const void *a, const void *b)
{
	const struct sy_folder *left = a, *right = b;

	if (left->device != right->device)
		return left->device < right->device ? -1 : 1;
	if (left->inode != right->inode)
		return left->inode < right->inode ? -1 : 1;
	if (left->by_link != right->by_link)
		return left->by_link ? 1 : -1;
	return strcmp(left->path, right->path);
}

static int compare_paths(const void *a, const void *b)
{
	const struct sy_folder *left = a, *right = b;

	return strcmp(left->path, right->path);
}

static void keep_once(struct sy_folders *folders)
{
	struct sy_folder *items = folders->items;
	size_t kept = 0;

	if (!folders->count)
		return;
	qsort(items, folders->count, sizeof(*items), compare_inodes);
	for (size_t i = 0; i < folders->count; i++)
		if (kept && items[kept - 1].device == items[i].device &&
		    items[kept - 1].inode == items[i].inode)
			free(items[i].path);
		else
			items[kept++] = items[i];
	folders->count = kept;
	qsort(items, kept, sizeof(*items), compare_paths);
}

int sy_folders_find(struct sy_folders *folders, const char *dir,
                    struct sy_reason *reason)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_CLOEXEC);
	int error;

	if (fd < 0)
		return sy_reason(reason, -errno, "cannot read %.300s: %s", dir,
		                 strerror(errno));
	if (is_run(fd)) {
		close(fd);
		return sy_reason(reason, -ENOTDIR,
		                 "%.200s is one run, and a history takes "
		                 "several: name the folder that it lies in",
		                 dir);
	}
	error = look_into(folders, fd, dir, false, 2);
	if (error)
		return sy_reason(reason, error, "cannot read %.300s: %s", dir,
		                 strerror(-error));
	keep_once(folders);
	return 0;
}

void sy_folders_free(struct sy_folders *folders)
{
	for (size_t i = 0; i < folders->count; i++)
		free(folders->items[i].path);
	free(folders->items);
}
