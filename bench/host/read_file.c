/* SPDX-License-Identifier: MIT */
/* read_file.c - see read_file.h. */
#include "host/read_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int check_kind(int fd, off_t *bytes)
{
	struct stat info;

	if (fstat(fd, &info))
		return -errno;
	if (S_ISDIR(info.st_mode))
		return -EISDIR;
	*bytes = info.st_size;
	return S_ISREG(info.st_mode) ? 0 : -ENXIO;
}

static int open_regular(int dir_fd, const char *path, off_t *bytes)
{
	/* Opening a pipe would otherwise wait for a writer. */
	int fd = openat(dir_fd, path,
	                O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	int error;

	if (fd < 0)
		return -errno;
	error = check_kind(fd, bytes);
	if (!error)
		return fd;
	close(fd);
	return error;
}

int sy_file_open(int dir_fd, const char *path)
{
	off_t bytes;

	return open_regular(dir_fd, path, &bytes);
}

/* To the end, but no more than `room` bytes. */
static int read_all(int fd, char *text, size_t room, size_t *got)
{
	*got = 0;
	while (*got < room) {
		ssize_t more = read(fd, text + *got, room - *got);

		if (more < 0 && errno == EINTR)
			continue;
		if (more < 0)
			return -errno;
		if (more == 0)
			break;
		*got += (size_t)more;
	}
	return 0;
}

/* Reads on behind the first `*got` bytes, into room for `room` and a 0. */
static int read_more(int fd, char **text, size_t room, size_t *got)
{
	char *made = realloc(*text, room + 1);
	size_t more;
	int error;

	if (!made)
		return -ENOMEM;
	*text = made;
	error = read_all(fd, made + *got, room - *got, &more);
	if (!error)
		*got += more;
	return error;
}

/* Its size is not trusted: it may grow, and some file systems do not know it.
   What is not written to takes no memory, but counts against limits. */
static int read_open(int fd, size_t size, size_t most, char **text,
                     size_t *bytes)
{
	char *made = NULL;
	size_t got = 0;
	int error = read_more(fd, &made, size + 1, &got);

	if (!error && got > size && size < most)
		error = read_more(fd, &made, most + 1, &got);
	if (!error && got > most)
		error = -EFBIG;
	if (error) {
		free(made);
		return error;
	}
	made[got] = '\0';
	*text = made;
	*bytes = got;
	return 0;
}

int sy_file_read(int dir_fd, const char *path, size_t most, char **text,
                 size_t *bytes)
{
	off_t size;
	int fd = open_regular(dir_fd, path, &size), error;

	if (fd < 0)
		return fd;
	error = size > (off_t)most
	                ? -EFBIG
	                : read_open(fd, (size_t)size, most, text, bytes);
	close(fd);
	return error;
}
