/* SPDX-License-Identifier: MIT */
/*
 * identity.c - see identity.h.
 *
 * A commit does not tell two builds apart: compiler, flags and what was
 * changed since do not show in it.  So the file itself is what counts, and
 * the rest is there for a person.
 */
#include "identity.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "build_info.h"

#define PIECE_BYTES 65536
#define FNV_PRIME UINT64_C(0x100000001b3)

uint64_t sy_hash(uint64_t value, const void *bytes, size_t count)
{
	const unsigned char *byte = bytes;

	for (size_t i = 0; i < count; i++)
		value = (value ^ byte[i]) * FNV_PRIME;
	return value;
}

/* 0, or a negative errno where not all of it can be read. */
static int hash_file(const char *path, uint64_t *value)
{
	unsigned char piece[PIECE_BYTES];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got;
	int error;

	if (fd < 0)
		return -errno;
	*value = SY_HASH_EMPTY;
	do {
		got = read(fd, piece, sizeof(piece));
		if (got > 0)
			*value = sy_hash(*value, piece, (size_t)got);
	} while (got > 0 || (got < 0 && errno == EINTR));
	error = got < 0 ? -errno : 0;
	close(fd);
	return error;
}

json_t *sy_program_identity(const char *path)
{
	char text[17];
	uint64_t hash;
	int error = hash_file(path, &hash);

	snprintf(text, sizeof(text), "%016" PRIx64, error ? 0 : hash);
	return json_pack("{ss ss ss ss ss?}", "version", SY_VERSION,
	                 "git_commit", SY_GIT_COMMIT, "git_dirty", SY_GIT_DIRTY,
	                 "build_type", SY_BUILD_TYPE, "hash",
	                 error ? NULL : text);
}
