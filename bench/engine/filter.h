/* SPDX-License-Identifier: MIT */
/*
 * filter.h - the regular expression by which points are chosen.
 *
 * glibc compiles whatever it is given: "((((a{99}){99}){99}){99})" takes all
 * memory, forty nested "(^" hours, a back reference as long when it is
 * matched.  Nobody chooses names by these, so they are refused before.
 */
#ifndef SY_FILTER_H
#define SY_FILTER_H

#include <regex.h>

#include "engine/reason.h"

/* Its bytes; and what writing out its repeats adds: "a{9}" is eight more. */
#define SY_FILTER_BYTES 1000
#define SY_FILTER_COPIES 500

/*
 * An extended regular expression, compiled to be asked whether a name matches;
 * the caller frees it with regfree.  -EINVAL: it is none, or would take long;
 * -ENOMEM; with the reason.
 */
int sy_filter_compile(regex_t *expression, const char *text,
                      struct sy_reason *reason);

#endif /* SY_FILTER_H */
