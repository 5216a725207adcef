/* SPDX-License-Identifier: MIT */
/*
 * text.c - a file that a person wrote, read as a whole, whatever it really is.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "host/read_file.h"
#include "sweep/sweep.h"

/* A reason has 400 bytes: this leaves room for what is wrong. */
#define PATH_SHOWN 160

const char *sy_path_end(const char *path)
{
	size_t length = strlen(path);

	return length > PATH_SHOWN ? path + length - PATH_SHOWN : path;
}

int sy_text_read(const char *path, size_t most, char **text, size_t *length,
                 struct sy_reason *reason)
{
	int error = sy_file_read(AT_FDCWD, path, most, text, length);

	switch (error) {
	case 0:
		return 0;
	case -EISDIR:
		return sy_reason(reason, error, "%s: is a folder, not a file",
		                 sy_path_end(path));
	case -ENXIO:
		return sy_reason(reason, -ENOTSUP,
		                 "%s: is a pipe or a device, not a file",
		                 sy_path_end(path));
	case -EFBIG:
		return sy_reason(reason, error,
		                 "%s: has more than the %zu bytes that are "
		                 "read",
		                 sy_path_end(path), most);
	default:
		return sy_reason(reason, error, "%s: cannot be read: %s",
		                 sy_path_end(path), strerror(-error));
	}
}
