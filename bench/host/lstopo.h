/* SPDX-License-Identifier: MIT */
/*
 * lstopo.h - hwloc's own picture of a topology, drawn by its program lstopo.
 */
#ifndef SY_LSTOPO_H
#define SY_LSTOPO_H

#include <stddef.h>

/*
 * Draws hwloc's XML with a line of text below into an SVG file, which is
 * written whole or not at all.  -ENOENT: no lstopo, or no such folder; and
 * others; all with a sentence in `why`.
 */
int sy_lstopo_draw(const char *xml, const char *legend, const char *path,
                   char *why, size_t why_bytes);

#endif /* SY_LSTOPO_H */
