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
 * Reads both and judges, by the rule that the comparison has; it is initialised,
 * and the caller frees it whatever is returned.  `filter` is a regular
 * expression over names, or NULL.  One and the same run twice is compared, and
 * `unlike` says it; that a run was interrupted is told by its side.
 *
 * -EXDEV with the first difference of machine, build type, compiler, flags or
 * sanitizer, unless `anyway`, which puts all of them into `unlike`.  -EINVAL:
 * not a run, of another schema, a field that is not what it should be, no
 * regular expression; -ENODATA: no point is on both sides; -EFBIG; -ENOMEM;
 * -errno of a file that cannot be read.
 */
int sy_compare_stored(const char *old_run, const char *new_run,
                      const char *filter, bool anyway,
                      struct sy_comparison *comparison,
                      struct sy_reason *reason);

#endif /* SY_STORED_H */
