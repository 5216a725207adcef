/* SPDX-License-Identifier: MIT */
/*
 * run.c - see run.h.
 *
 * All files are reached through the folder's descriptor, so that a folder
 * that is moved while it is written stays one folder.  The journal is locked
 * as long as it is open: two drivers would mix their samples in it.
 */
#include "results/run_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "host/read_file.h"
#include "host/whole_file.h"
#include "model.h"

#define LABEL_MAX 40
#define SYNC_NS UINT64_C(900000000)
/* Two runs may begin in the same second. */
#define NAME_TRIES 100

int sy_label_check(const char *label)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789._-";
	size_t length = strlen(label);

	if (!length || length > LABEL_MAX || label[0] == '.')
		return -EINVAL;
	return strspn(label, allowed) == length ? 0 : -EINVAL;
}

int sy_run_fail(struct sy_reason *reason, int error, const char *what,
                const char *path)
{
	return sy_reason(reason, error, "%s %s: %s", what, path,
	                 strerror(-error));
}

static int make_dir(int parent, const char *path)
{
	return mkdirat(parent, path, 0777) && errno != EEXIST ? -errno : 0;
}

int sy_open_dir(int parent, const char *path)
{
	int fd = openat(parent, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* <UTC>-<label>, with a number behind it where that name is taken. */
static int make_named(struct sy_run *run, const char *machine_id,
                      const char *label)
{
	time_t now = time(NULL);
	char stamp[32];
	struct tm utc;
	size_t used = (size_t)(run->inside - run->path);

	gmtime_r(&now, &utc);
	strftime(stamp, sizeof(stamp), "%Y%m%dT%H%M%SZ", &utc);
	for (int i = 1; i <= NAME_TRIES; i++) {
		size_t room = sizeof(run->path) - used;
		char *inside = run->path + used;
		int length = i == 1 ? snprintf(inside, room, "%s/%s-%s",
		                               machine_id, stamp, label)
		                    : snprintf(inside, room, "%s/%s-%s.%d",
		                               machine_id, stamp, label, i);

		if (length < 0 || (size_t)length >= room)
			return -ENAMETOOLONG;
		if (!mkdirat(run->root_fd, inside, 0777))
			return 0;
		if (errno != EEXIST)
			return -errno;
	}
	return -EEXIST;
}

int sy_run_lock(const struct sy_run *run)
{
	return flock(run->journal_fd, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK
	               ? -EWOULDBLOCK
	               : 0;
}

static int make_journal(struct sy_run *run)
{
	run->dir_fd = sy_open_dir(run->root_fd, run->inside);
	if (run->dir_fd < 0)
		return run->dir_fd;
	run->journal_fd =
		openat(run->dir_fd, SY_JOURNAL_NAME,
	               O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0666);
	return run->journal_fd < 0 ? -errno : sy_run_lock(run);
}

static int create(struct sy_run *run, const char *root, const char *machine_id,
                  const char *label)
{
	int length = snprintf(run->path, sizeof(run->path), "%s/", root);
	int error;

	if (length < 0 || (size_t)length >= sizeof(run->path))
		return -ENAMETOOLONG;
	run->inside = run->path + length;
	error = make_dir(AT_FDCWD, root);
	if (error)
		return error;
	run->root_fd = sy_open_dir(AT_FDCWD, root);
	if (run->root_fd < 0)
		return run->root_fd;
	error = make_dir(run->root_fd, machine_id);
	if (!error)
		error = make_named(run, machine_id, label);
	return error ? error : make_journal(run);
}

void sy_run_release(struct sy_run *run)
{
	if (run->journal_fd >= 0)
		close(run->journal_fd);
	if (run->dir_fd >= 0)
		close(run->dir_fd);
	if (run->root_fd >= 0)
		close(run->root_fd);
	free(run);
}

struct sy_run *sy_run_allocate(void)
{
	struct sy_run *run = calloc(1, sizeof(*run));

	if (run) {
		run->root_fd = run->dir_fd = run->journal_fd = -1;
		run->synced_ns = sy_clock_ns();
	}
	return run;
}

int sy_run_create(struct sy_run **run, const char *root, const char *machine_id,
                  const char *label, struct sy_reason *reason)
{
	struct sy_run *new = sy_run_allocate();
	int error;

	if (!new)
		return sy_reason(reason, -ENOMEM, "no memory");
	error = create(new, root, machine_id, label);
	if (error) {
		sy_run_release(new);
		return sy_run_fail(reason, error, "cannot write results below",
		                   root);
	}
	*run = new;
	return 0;
}

int sy_run_journal(const struct sy_run *run)
{
	return run->journal_fd;
}

const char *sy_run_path(const struct sy_run *run)
{
	return run->path;
}

static int write_all(int fd, const char *text, size_t bytes)
{
	while (bytes) {
		ssize_t put = write(fd, text, bytes);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return -errno;
		text += put;
		bytes -= (size_t)put;
	}
	return 0;
}

/* A whole line or none: what does not fit is taken back. */
static int append_line(int fd, const char *line, size_t bytes)
{
	off_t end = lseek(fd, 0, SEEK_END);
	int error = end < 0 ? -errno : write_all(fd, line, bytes);

	if (error && end >= 0 && ftruncate(fd, end))
		return -errno;
	return error;
}

/* A file that was removed takes whatever is written to it, for nobody. */
static int sync_journal(const struct sy_run *run)
{
	struct stat file;

	if (fdatasync(run->journal_fd) || fstat(run->journal_fd, &file))
		return -errno;
	return file.st_nlink ? 0 : -ENOENT;
}

int sy_run_sync(struct sy_run *run, struct sy_reason *reason)
{
	int error = run->closed ? 0 : sync_journal(run);

	run->synced_ns = sy_clock_ns();
	return error ? sy_run_fail(reason, error,
	                           "cannot write " SY_JOURNAL_NAME " in",
	                           run->path)
	             : 0;
}

int sy_run_append(struct sy_run *run, json_t *object, struct sy_reason *reason)
{
	char *text = object ? json_dumps(object, JSON_COMPACT) : NULL;
	int error = text ? 0 : -ENOMEM;

	json_decref(object);
	if (text) {
		size_t bytes = strlen(text);

		text[bytes] = '\n';
		error = append_line(run->journal_fd, text, bytes + 1);
		free(text);
	}
	if (error)
		return sy_run_fail(reason, error,
		                   "cannot write " SY_JOURNAL_NAME " in",
		                   run->path);
	return sy_clock_ns() - run->synced_ns > SYNC_NS
	               ? sy_run_sync(run, reason)
	               : 0;
}

/* What goes into a file: 0 or a negative errno. */
typedef int put_fn(FILE *file, const void *content);

static int put_text(FILE *file, const void *content)
{
	return fputs(content, file) < 0 ? -errno : 0;
}

/* Piece by piece: the text of a large run is not held beside its object. */
static int put_json(FILE *file, const void *content)
{
	if (!json_dumpf(content, file, JSON_INDENT(1)))
		return 0;
	return ferror(file) && errno ? -errno : -ENOMEM;
}

static int write_named(struct sy_run *run, const char *name, put_fn *put,
                       const void *content, struct sy_reason *reason)
{
	struct sy_whole_file file;
	int error = sy_whole_file_open_at(&file, run->dir_fd, name);

	if (!error)
		error = sy_whole_file_close(&file, put(file.stream, content));
	return error ? sy_reason(reason, error, "cannot write %s/%s: %s",
	                         run->path, name, strerror(-error))
	             : 0;
}

int sy_run_write_text(struct sy_run *run, const char *name, const char *text,
                      struct sy_reason *reason)
{
	return write_named(run, name, put_text, text, reason);
}

int sy_run_write_json(struct sy_run *run, const char *name, json_t *object,
                      struct sy_reason *reason)
{
	int error =
		object ? write_named(run, name, put_json, object, reason)
		       : sy_reason(reason, -ENOMEM, "no memory for %s", name);

	json_decref(object);
	return error;
}

int sy_run_publish(struct sy_run *run, struct sy_reason *reason)
{
	char temporary[40];
	int error = 0;

	if (run->root_fd < 0)
		return 0;
	/* Another run may be publishing itself at this moment. */
	snprintf(temporary, sizeof(temporary), ".latest.%d.new", (int)getpid());
	if (symlinkat(run->inside, run->root_fd, temporary) ||
	    renameat(run->root_fd, temporary, run->root_fd, "latest")) {
		error = -errno;
		unlinkat(run->root_fd, temporary, 0);
	}
	return error ? sy_run_fail(reason, error, "cannot point `latest` to",
	                           run->path)
	             : 0;
}

int sy_run_close(struct sy_run *run, struct sy_reason *reason)
{
	int error = sy_run_sync(run, reason);

	sy_run_release(run);
	return error;
}

int sy_run_file_open(int dir_fd, const char *dir, const char *name,
                     struct sy_reason *reason)
{
	char path[PATH_MAX];
	int fd;

	if (snprintf(path, sizeof(path), "%s/%s", dir, name) >=
	    (int)sizeof(path))
		return sy_reason(reason, -ENAMETOOLONG, "%.100s...: too long",
		                 dir);
	fd = sy_file_open(dir_fd, dir_fd == AT_FDCWD ? path : name);
	if (fd == -ENXIO)
		return sy_reason(reason, fd,
		                 "cannot read %s: it is no regular file", path);
	return fd < 0 ? sy_run_fail(reason, fd, "cannot read", path) : fd;
}

static int read_json(int dir_fd, const char *dir, const char *name,
                     json_t **json, struct sy_reason *reason)
{
	int fd = sy_run_file_open(dir_fd, dir, name, reason);
	json_error_t where;
	FILE *file;

	if (fd < 0)
		return fd;
	file = fdopen(fd, "r");
	if (!file) {
		close(fd);
		return sy_reason(reason, -ENOMEM, "no memory");
	}
	*json = json_loadf(file, JSON_REJECT_DUPLICATES, &where);
	fclose(file);
	return *json ? 0
	             : sy_reason(reason, -EINVAL,
	                         "%s/%s, line %d, column %d: %s", dir, name,
	                         where.line, where.column, where.text);
}

int sy_run_read_json(const struct sy_run *run, const char *name, json_t **json,
                     struct sy_reason *reason)
{
	return read_json(run->dir_fd, run->path, name, json, reason);
}

int sy_json_read(const char *dir, const char *name, json_t **json,
                 struct sy_reason *reason)
{
	return read_json(AT_FDCWD, dir, name, json, reason);
}
