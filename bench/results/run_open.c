/* SPDX-License-Identifier: MIT */
/* run_open.c - the folder of a run that is there already; see run.h. */
#include "results/run_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/machine.h"

#define MACHINE_ID_LENGTH (SY_MACHINE_ID_BYTES - 1)

/* The root is two folders above, where the one between is a machine's.  A
   link may soon point to another run, so what it points to is named. */
static void find_root(struct sy_run *run)
{
	char root[PATH_MAX];
	char *name, *machine;
	struct stat link;

	if (!realpath(run->path, run->real))
		return;
	if (!lstat(run->path, &link) && S_ISLNK(link.st_mode))
		memcpy(run->path, run->real, sizeof(run->path));
	name = strrchr(run->real, '/');
	machine = memrchr(run->real, '/', (size_t)(name - run->real));
	if (!machine || name - machine - 1 != MACHINE_ID_LENGTH ||
	    strspn(machine + 1, "0123456789abcdef") != MACHINE_ID_LENGTH)
		return;
	run->inside = machine + 1;
	snprintf(root, sizeof(root), "%.*s", (int)(run->inside - run->real),
	         run->real);
	run->root_fd = sy_open_dir(AT_FDCWD, root);
}

/* Where it may not be written it can still be seen to be complete. */
static int open_journal(struct sy_run *run)
{
	int flags = O_APPEND | O_CLOEXEC | O_NONBLOCK;
	struct stat file;

	run->journal_fd = openat(run->dir_fd, SY_JOURNAL_NAME, O_RDWR | flags);
	if (run->journal_fd < 0 && (errno == EACCES || errno == EROFS)) {
		run->closed = -errno;
		run->journal_fd =
			openat(run->dir_fd, SY_JOURNAL_NAME, O_RDONLY | flags);
	}
	if (run->journal_fd < 0 || fstat(run->journal_fd, &file))
		return -errno;
	return S_ISREG(file.st_mode) ? 0 : -EINVAL;
}

static int open_run(struct sy_run *run, struct sy_reason *reason)
{
	int error;

	run->dir_fd = sy_open_dir(AT_FDCWD, run->path);
	if (run->dir_fd < 0)
		return sy_run_fail(reason, run->dir_fd,
		                   "cannot read the run in", run->path);
	error = open_journal(run);
	if (error)
		return sy_run_fail(reason, error,
		                   "cannot read " SY_JOURNAL_NAME " in",
		                   run->path);
	if (sy_run_lock(run))
		return sy_reason(reason, -EWOULDBLOCK,
		                 "%s is being measured by another process",
		                 run->path);
	find_root(run);
	return 0;
}

int sy_run_open(struct sy_run **run, const char *path, struct sy_reason *reason)
{
	struct sy_run *new = sy_run_allocate();
	int error, length;

	if (!new)
		return sy_reason(reason, -ENOMEM, "no memory");
	length = snprintf(new->path, sizeof(new->path), "%s", path);
	error = length < (int)sizeof(new->path)
	                ? open_run(new, reason)
	                : sy_reason(reason, -ENAMETOOLONG,
	                            "cannot read the run in %.100s...: %s",
	                            path, strerror(ENAMETOOLONG));
	if (error) {
		sy_run_release(new);
		return error;
	}
	*run = new;
	return 0;
}

int sy_run_go_on(struct sy_run *run, off_t bytes, struct sy_reason *reason)
{
	struct stat file;
	int error = run->closed;

	if (!error && faccessat(run->dir_fd, ".", W_OK | X_OK, AT_EACCESS))
		error = -errno;
	if (!error && fstat(run->journal_fd, &file))
		error = -errno;
	if (!error && file.st_size > bytes &&
	    (ftruncate(run->journal_fd, bytes) || fsync(run->journal_fd)))
		error = -errno;
	return error ? sy_run_fail(reason, error,
	                           "cannot write " SY_JOURNAL_NAME " in",
	                           run->path)
	             : 0;
}
