/* SPDX-License-Identifier: MIT */
/*
 * folder.h - a folder of a harness's own, for readers that take nothing but
 * files; in memory where the system has such a place, and gone at the end.
 */
#ifndef SY_FUZZ_FOLDER_H
#define SY_FUZZ_FOLDER_H

#include "fuzz.h"

#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

static char fuzz_folder_path[64];

static inline int fuzz_remove_entry(const char *path, const struct stat *info,
                                    int kind, struct FTW *walk)
{
	(void)info;
	(void)kind;
	(void)walk;
	return remove(path);
}

static inline void fuzz_remove_folder(void)
{
	nftw(fuzz_folder_path, fuzz_remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

/* Its path; made when it is asked for first. */
static inline const char *fuzz_folder(void)
{
	if (*fuzz_folder_path)
		return fuzz_folder_path;
	strcpy(fuzz_folder_path, access("/dev/shm", W_OK)
	                                 ? "/tmp/sy-fuzz-XXXXXX"
	                                 : "/dev/shm/sy-fuzz-XXXXXX");
	fuzz_must(mkdtemp(fuzz_folder_path));
	fuzz_must(!atexit(fuzz_remove_folder));
	return fuzz_folder_path;
}

/* Writes a file of the folder. */
static inline void fuzz_put(const char *name, const uint8_t *data, size_t size)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", fuzz_folder(), name);
	file = fopen(path, "wb");
	fuzz_must(file && fwrite(data, 1, size, file) == size);
	fuzz_must(!fclose(file));
}

#endif /* SY_FUZZ_FOLDER_H */
