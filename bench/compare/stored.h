/* SPDX-License-Identifier: MIT */
/*
 * stored.h - two run folders compared, by what their results.json tell.
 *
 * Advisory: the machine drifts by more between two runs than most changes are
 * worth, and no interval of either run knows of that.
 */
#ifndef SY_STORED_H
#define SY_STORED_H

#include "compare/comparison.h"

/*
 * Reads both and judges.  `filter` is a regular expression over names, or
 * NULL.  -EXDEV with the first difference of machine, build type, compiler,
 * flags or sanitizer, unless `anyway`, which puts it into `unlike`.  -EINVAL:
 * not a run, unreadable, of another schema, no regular expression; -ENODATA:
 * no point of them is on both sides; -ENOMEM.
 */
int sy_compare_stored(const char *old_run, const char *new_run,
                      const char *filter, bool anyway,
                      struct sy_comparison *comparison,
                      struct sy_reason *reason);

#endif /* SY_STORED_H */
