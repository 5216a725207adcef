/* SPDX-License-Identifier: MIT */
/*
 * compare.h - what the files of the verb `compare` share.
 */
#ifndef SY_CLI_COMPARE_H
#define SY_CLI_COMPARE_H

#include "cli/cli.h"
#include "compare/comparison.h"

/* Where the comparison is told beside standard output. */
struct sy_outlets {
	int summary_fd; /* $GITHUB_STEP_SUMMARY, to append to; or -1 */
};

/* Each returns 0, or an exit status with the line printed. */

/* Before anything is measured: that each of them can be written. */
int sy_outlets_open(struct sy_outlets *outlets,
                    const struct sy_options *options);
/* Tells a judged comparison; `machine` is what it was made on, or NULL. */
int sy_outlets_write(const struct sy_outlets *outlets,
                     const struct sy_options *options,
                     const struct sy_comparison *comparison,
                     const json_t *machine);
void sy_outlets_close(struct sy_outlets *outlets);

/*
 * compare_live.c: compares the programs whose paths are in the comparison.
 * `machine` is set to what is known of this one, and is the caller's.
 */
int sy_compare_programs(struct sy_options *options,
                        struct sy_comparison *comparison, json_t **machine);

#endif /* SY_CLI_COMPARE_H */
