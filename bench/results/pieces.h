/* SPDX-License-Identifier: MIT */
/*
 * pieces.h - a JSON file of any length, read piece by piece.
 *
 * As strict as sy_json_read, but lists of the outermost object are handed over
 * one element at a time: what is held is the text and one element, not the
 * tree of a million of them, which takes ten times as much.
 */
#ifndef SY_PIECES_H
#define SY_PIECES_H

#include <jansson.h>
#include <stddef.h>

#include "engine/reason.h"

/* An element of the list under `key`, counted from 0; the reader's.  A nonzero
   return ends the reading, with that. */
typedef int sy_element_fn(void *data, const char *key, size_t index,
                          const json_t *element, struct sy_reason *reason);

/*
 * Reads the file `name` of the folder `dir`, of at most `most` bytes (below
 * 2^31).  `*head`, the caller's, is the object with its lists empty.  -EINVAL:
 * no JSON, no object, a key twice, with line and column; -EFBIG; -ENOMEM; else
 * as sy_file_open.
 */
int sy_json_pieces(const char *dir, const char *name, size_t most,
                   sy_element_fn *element, void *data, json_t **head,
                   struct sy_reason *reason);

#endif /* SY_PIECES_H */
