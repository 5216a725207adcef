/* SPDX-License-Identifier: MIT */
/*
 * options_table.h - which options there are, and what is stored of one;
 * internal to cli/.
 */
#ifndef SY_OPTIONS_TABLE_H
#define SY_OPTIONS_TABLE_H

#include "cli/cli.h"

enum sy_option_kind {
	SY_OPTION_SHAPE,
	SY_OPTION_SHAPE_FLAG,
	SY_OPTION_TEXT,
	SY_OPTION_DURATION,
	SY_OPTION_COUNT,
	SY_OPTION_PERCENT, /* stored as a share */
	SY_OPTION_FLAG,
	SY_OPTION_NO_FLAG,
	SY_OPTION_MORE,
};

struct sy_option {
	const char *name;
	enum sy_option_kind kind;
	unsigned verbs;  /* a bit for each that takes it */
	bool in_sweep;   /* --set may name it */
	enum sy_key key; /* of SHAPE and SHAPE_FLAG */
	size_t offset;   /* of the others, in struct sy_options */
	/* Of numbers, and what is said of one that is not between them. */
	uint64_t least, most;
	const char *under, *over;
};

extern const struct sy_option sy_option_table[];
extern const size_t sy_option_count;

/* That of the verb which `name` begins with, ended or followed by '='; where
   its value begins goes to `*value`, or NULL.  NULL: the verb has none. */
const struct sy_option *sy_option_find(const char *name,
                                       const struct sy_verb *verb,
                                       const char **value);

#endif /* SY_OPTIONS_TABLE_H */
