/* SPDX-License-Identifier: MIT */
/* whole_file.c - see whole_file.h. */
#include "host/whole_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ".NAME.PID.new" beside the file; the name cut so that it stays one. */
static int name_temporary(struct sy_whole_file *file)
{
	const char *slash = strrchr(file->path, '/');
	const char *name = slash ? slash + 1 : file->path;
	int length = snprintf(file->temporary, sizeof(file->temporary),
	                      "%.*s.%.50s.%d.new", (int)(name - file->path),
	                      file->path, name, (int)getpid());

	if (!*name)
		return -EISDIR;
	return length < (int)sizeof(file->temporary) ? 0 : -ENAMETOOLONG;
}

/* Who may read the file of before may read this one, and nobody else. */
static int create(const struct sy_whole_file *file)
{
	int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, fd;
	mode_t mode = 0666;
	struct stat old;
	bool replaces = !fstatat(file->dir_fd, file->path, &old, 0);

	if (replaces)
		mode = old.st_mode & 0777;
	/* Of a process that was killed and had this one's number. */
	unlinkat(file->dir_fd, file->temporary, 0);
	fd = openat(file->dir_fd, file->temporary, flags, mode);
	if (fd < 0)
		return -errno;
	/* Where a file system has no modes there is none to keep. */
	if (replaces)
		fchmod(fd, mode);
	return fd;
}

/* A signal that ends the process would leave half a file. */
static void hold_signals(struct sy_whole_file *file)
{
	sigset_t held;

	sigemptyset(&held);
	sigaddset(&held, SIGHUP);
	sigaddset(&held, SIGINT);
	sigaddset(&held, SIGTERM);
	sigaddset(&held, SIGXFSZ);
	pthread_sigmask(SIG_BLOCK, &held, &file->mask);
}

static void release_signals(const struct sy_whole_file *file)
{
	pthread_sigmask(SIG_SETMASK, &file->mask, NULL);
}

/* Takes the descriptor, or what opening it has failed with. */
static int open_stream(struct sy_whole_file *file, int fd)
{
	int error;

	if (fd < 0)
		return fd;
	file->stream = fdopen(fd, "w");
	if (file->stream)
		return 0;
	error = -errno;
	close(fd);
	return error;
}

static int begin(struct sy_whole_file *file)
{
	int error = name_temporary(file);

	if (error)
		return error;
	hold_signals(file);
	error = open_stream(file, create(file));
	if (error) {
		unlinkat(file->dir_fd, file->temporary, 0);
		release_signals(file);
	}
	return error;
}

/*
 * The standard stream that is this file, or -1: /dev/stdout names what a shell
 * has redirected it to, and goes on writing to after this program.
 */
static int find_standard(const struct stat *wanted)
{
	struct stat found;

	for (int fd = STDOUT_FILENO; fd <= STDERR_FILENO; fd++)
		if (!fstat(fd, &found) && found.st_dev == wanted->st_dev &&
		    found.st_ino == wanted->st_ino)
			return fd;
	return -1;
}

/* A standard stream goes on behind what is in it: opened anew it would not. */
static int open_direct(const char *path, int standard)
{
	int fd;

	fflush(stdout);
	fd = standard < 0 ? open(path, O_WRONLY | O_CLOEXEC)
	                  : fcntl(standard, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	return fd < 0 ? -errno : fd;
}

/* What is behind links is replaced, and not they; one to nothing stays. */
static int open_there(struct sy_whole_file *file, const char *path,
                      const struct stat *status)
{
	int standard = find_standard(status);

	if (standard < 0 && access(path, W_OK))
		return -errno;
	if (standard >= 0 || !S_ISREG(status->st_mode))
		return open_stream(file, open_direct(path, standard));
	return realpath(path, file->path) ? begin(file) : -errno;
}

int sy_whole_file_open(struct sy_whole_file *file, const char *path)
{
	struct stat status;

	*file = (struct sy_whole_file){ .dir_fd = AT_FDCWD };
	if (strlen(path) >= sizeof(file->path))
		return -ENAMETOOLONG;
	if (!stat(path, &status))
		return open_there(file, path, &status);
	if (errno != ENOENT)
		return -errno;
	if (!lstat(path, &status))
		return -ENOENT;
	strcpy(file->path, path);
	return begin(file);
}

int sy_whole_file_open_at(struct sy_whole_file *file, int dir_fd,
                          const char *name)
{
	*file = (struct sy_whole_file){ .dir_fd = dir_fd };
	if (strlen(name) >= sizeof(file->path))
		return -ENAMETOOLONG;
	strcpy(file->path, name);
	return begin(file);
}

int sy_stream_error(FILE *stream)
{
	if (fflush(stream))
		return -errno;
	/* It failed at an earlier write, whose errno is gone. */
	return ferror(stream) ? -EIO : 0;
}

/* Not all file systems can do it with a folder. */
static int sync_folder(int dir_fd)
{
	return dir_fd != AT_FDCWD && fsync(dir_fd) && errno != EINVAL ? -errno
	                                                              : 0;
}

static int put_in_place(const struct sy_whole_file *file, int error)
{
	if (!error &&
	    renameat(file->dir_fd, file->temporary, file->dir_fd, file->path))
		error = -errno;
	if (error)
		unlinkat(file->dir_fd, file->temporary, 0);
	else
		error = sync_folder(file->dir_fd);
	release_signals(file);
	return error;
}

int sy_whole_file_close(struct sy_whole_file *file, int error)
{
	bool direct = !*file->temporary;

	if (!error)
		error = sy_stream_error(file->stream);
	if (!error && !direct && fsync(fileno(file->stream)))
		error = -errno;
	if (fclose(file->stream) && !error)
		error = -errno;
	return direct ? error : put_in_place(file, error);
}
