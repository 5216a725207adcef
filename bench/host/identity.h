/* SPDX-License-Identifier: MIT */
/*
 * identity.h - which program this is, to tell it from another build of it.
 */
#ifndef SY_IDENTITY_H
#define SY_IDENTITY_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

/* FNV-1a of bytes that follow those of `value`; it tells apart, it does not
   protect: http://www.isthe.com/chongo/tech/comp/fnv/ */
#define SY_HASH_EMPTY UINT64_C(0xcbf29ce484222325)
uint64_t sy_hash(uint64_t value, const void *bytes, size_t count);

/*
 * A new object: `version`, `git_commit`, `git_dirty`, `build_type`, and the
 * `hash` of the content of the file at `path` (null: it cannot be read).
 * NULL: no memory.
 */
json_t *sy_program_identity(const char *path);

#endif /* SY_IDENTITY_H */
