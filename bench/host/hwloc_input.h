/* SPDX-License-Identifier: MIT */
/*
 * hwloc_input.h - machines described from outside, before hwloc sees them;
 * needs no hwloc.h.
 */
#ifndef SY_HWLOC_INPUT_H
#define SY_HWLOC_INPUT_H

/*
 * Reads a file that may be a topology in hwloc's XML; the caller frees it.
 * hwloc says EINVAL to everything, waits for ever for a pipe's writer, and its
 * own reader leaks what it had read of a file that was cut off.
 * -EINVAL: it is none or not whole; else as sy_file_read.
 */
int sy_hwloc_read_file(const char *path, char **text);

/*
 * Whether a synthetic description is of a machine that hwloc can be asked
 * for: it makes whatever it is told to, until memory or patience end.  Says
 * nothing of its form.  -E2BIG: too many PUs, OS indices too high, or so many
 * children of one parent that hwloc, which looks at each of them for each,
 * would take more than ten seconds.
 */
int sy_hwloc_check_synthetic(const char *description);

#endif /* SY_HWLOC_INPUT_H */
