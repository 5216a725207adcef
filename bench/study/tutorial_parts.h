/* SPDX-License-Identifier: MIT */
/* tutorial_parts.h - what the files of the verb share. */
#ifndef SY_TUTORIAL_PARTS_H
#define SY_TUTORIAL_PARTS_H

#include <stdbool.h>
#include <stdint.h>

/* As those of the program (cli.h). */
enum sy_tutorial_status {
	SY_TUTORIAL_USAGE = 2,
	SY_TUTORIAL_POINT = 3,
	SY_TUTORIAL_REFUSED = 4,
	SY_TUTORIAL_WRONG = 5,
	SY_TUTORIAL_INTERRUPTED = 130,
};

/* Borrowed from the command line. */
struct sy_tutorial_options {
	const char *only, *out, *originals, *python;
	uint64_t budget_ns, limit_ns, sets, seed;
	bool help, list;
};

extern const char sy_tutorial_help[];

/* 0, or SY_TUTORIAL_USAGE with the line printed.  `options` has the defaults. */
int sy_tutorial_options_read(struct sy_tutorial_options *options, int argc,
                             char **argv);

/* Prints one line on standard error; returns `status`. */
int sy_tutorial_complain(int status, const char *what);

#endif /* SY_TUTORIAL_PARTS_H */
