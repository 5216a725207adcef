/* SPDX-License-Identifier: MIT */
/*
 * text.c - a file that a person wrote, read as a whole, whatever it really is.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sweep/sweep.h"

/* A reason has 400 bytes: this leaves room for what is wrong. */
#define PATH_SHOWN 160

const char *sy_path_end(const char *path)
{
	size_t length = strlen(path);

	return length > PATH_SHOWN ? path + length - PATH_SHOWN : path;
}

/* Refuses what would hang, or never end. */
static int check_kind(const char *path, const struct stat *status, size_t most,
                      struct sy_reason *reason)
{
	if (S_ISDIR(status->st_mode))
		return sy_reason(reason, -EISDIR, "%s: is a folder, not a file",
		                 sy_path_end(path));
	if (!S_ISREG(status->st_mode))
		return sy_reason(reason, -ENOTSUP,
		                 "%s: is a pipe or a device, not a file",
		                 sy_path_end(path));
	if (status->st_size > (off_t)most)
		return sy_reason(reason, -EFBIG,
		                 "%s: has %lld bytes, more than the %zu that "
		                 "are read",
		                 sy_path_end(path), (long long)status->st_size,
		                 most);
	return 0;
}

/* Reads to the end, but no more than `most` + 1 bytes. */
static int read_all(int fd, char *text, size_t most, size_t *length)
{
	ssize_t got = 1;

	for (*length = 0; *length <= most && got; *length += (size_t)got) {
		got = read(fd, text + *length, most + 1 - *length);
		if (got < 0 && errno == EINTR)
			got = 0;
		else if (got < 0)
			return -errno;
		else if (!got)
			break;
	}
	return 0;
}

int sy_text_read(const char *path, size_t most, char **text, size_t *length,
                 struct sy_reason *reason)
{
	struct stat status;
	char *all = NULL;
	int error = 0;
	/* Not blocking: a pipe that nobody writes to would be waited for. */
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd < 0)
		return sy_reason(reason, -errno, "%s: cannot be read: %s",
		                 sy_path_end(path), strerror(errno));
	if (fstat(fd, &status))
		error = -errno;
	else
		error = check_kind(path, &status, most, reason);
	if (error)
		goto close_file;
	all = malloc(most + 2);
	error = all ? read_all(fd, all, most, length) : -ENOMEM;
	if (error)
		sy_reason(reason, error, "%s: cannot be read: %s",
		          sy_path_end(path), strerror(-error));
	else if (*length > most)
		error = sy_reason(reason, -EFBIG,
		                  "%s: has more than the %zu bytes that are "
		                  "read",
		                  sy_path_end(path), most);
	if (!error) {
		all[*length] = '\0';
		*text = all;
		all = NULL;
	}
	free(all);
close_file:
	close(fd);
	return error;
}
