/* SPDX-License-Identifier: MIT */
/*
 * hwloc_start.h - what hwloc is given before it starts; needs no hwloc.h.
 */
#ifndef SY_HWLOC_START_H
#define SY_HWLOC_START_H

#include <stdbool.h>

/* Whether a variable of this name asks hwloc for another machine. */
bool sy_hwloc_variable_elsewhere(const char *name);
/* Whether an environment variable asks hwloc for another machine. */
bool sy_hwloc_elsewhere(void);

/*
 * Keeps hwloc from loading plug-ins until sy_hwloc_plugins_on gets `before`
 * back.  -ENOMEM.
 */
int sy_hwloc_plugins_off(char **before);
void sy_hwloc_plugins_on(char *before);

/* PUs below this can be bound to: as many as Linux supports at most. */
#define SY_BINDER_PUS 8192

/* The text of the binder's topology, to be freed; NULL: no memory. */
char *sy_binder_xml(void);

#endif /* SY_HWLOC_START_H */
