/* SPDX-License-Identifier: MIT */
/*
 * read_file.h - a file that somebody named, read whatever it really is.
 *
 * A pipe without a writer is not waited for, and nothing that never ends is
 * read.  `path` is below the folder `dir_fd`, which may be AT_FDCWD.
 */
#ifndef SY_READ_FILE_H
#define SY_READ_FILE_H

#include <stddef.h>

/*
 * A descriptor of a regular file.  -EISDIR; -ENXIO: a pipe, a socket, a
 * device; -errno of open.
 */
int sy_file_open(int dir_fd, const char *path);

/*
 * The whole file, with a 0 behind its `bytes`; the caller frees `text`.
 * Errors as above; -EFBIG: it has more than `most` bytes; -ENOMEM; -errno of
 * read.
 */
int sy_file_read(int dir_fd, const char *path, size_t most, char **text,
                 size_t *bytes);

#endif /* SY_READ_FILE_H */
