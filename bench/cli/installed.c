/* SPDX-License-Identifier: MIT */
/*
 * installed.c - finds the files that come with the program.
 *
 * They are looked for from where the program itself lies, so that an
 * installation can be moved and holds no path of the machine that built it:
 * in the `share` that a build makes beside its program, else by the way that
 * an installation has from its programs to its data.
 */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The second is CMake's: ../share/switchyard, or what the folders made it. */
static const char *const places[] = { "share/switchyard", SY_DATA_FROM_BIN };

/* The folder that this program lies in, or "." where nothing says. */
static void find_own_folder(char folder[PATH_MAX])
{
	ssize_t length = readlink("/proc/self/exe", folder, PATH_MAX - 1);
	char *slash;

	folder[length > 0 ? length : 0] = '\0';
	slash = strrchr(folder, '/');
	if (slash)
		*slash = '\0';
	else
		strcpy(folder, ".");
}

/*
 * gnuplot does whatever its scripts say, and beside a program that lies in a
 * folder for all, such as /tmp, anybody can make a `share`: only what belongs
 * to root or to the program's owner is taken.
 */
static bool is_trusted(const char *path)
{
	struct stat program, place;

	if (lstat(path, &place) || stat("/proc/self/exe", &program))
		return false;
	return place.st_uid == 0 || place.st_uid == program.st_uid;
}

/*
 * Whether it is somewhere; `path` is where, or the last place that was tried.
 */
static bool find(const char *name, char path[PATH_MAX])
{
	char folder[PATH_MAX];

	find_own_folder(folder);
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		int length =
			snprintf(path, PATH_MAX, "%s/%s", folder, places[i]);
		bool trusted = is_trusted(path);

		if (length < 0 || (size_t)length + strlen(name) + 2 > PATH_MAX)
			continue;
		sprintf(path + length, "/%s", name);
		if (trusted && !access(path, F_OK))
			return true;
	}
	return false;
}

const char *sy_scripts_dir(char path[PATH_MAX])
{
	const char *set = getenv("SWITCHYARD_SCRIPTS");

	if (set && set[0])
		return set;
	return find("plot", path) ? path : NULL;
}

const char *sy_sweeps_dir(char path[PATH_MAX])
{
	/* Nothing is run of a sweep, so that only its absence matters. */
	(void)find("sweeps", path);
	return path;
}
