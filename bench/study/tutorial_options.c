/* SPDX-License-Identifier: MIT */
/* tutorial_options.c - what the verb is told, and what it can be told. */
#include "study/tutorial_parts.h"

#include <getopt.h>
#include <stdio.h>

#include "host/units.h"

#define SETS_MAX 100
#define TIME_MAX_NS UINT64_C(86400000000000)

const char sy_tutorial_help[] =
	"usage: switchyard-study tutorial [OPTION...]\n"
	"\n"
	"Measures every construct of the tutorial in C beside Python's, turn "
	"by\n"
	"turn on one PU, and prints a table.\n"
	"\n"
	"  --only REGEX     the constructs whose names match; see --list\n"
	"  --list           their names\n"
	"  --budget TIME    for all of it (240s)\n"
	"  --sets N         of fresh processes (4)\n"
	"  --seed N         of the orders and the intervals (1)\n"
	"  --limit TIME     the longest that an answer may take (20s)\n"
	"  --out FOLDER     writes tutorial.tsv and tutorial.json there\n"
	"  --originals DIR  the Python programs (scripts/python-originals)\n"
	"  --python PATH    what runs them (/usr/bin/python3)\n"
	"\n"
	"Status: 0 also where a limit is not met (the row says NO), 2 usage,\n"
	"3 a row has no figure as something failed, 4 it could not be carried\n"
	"out, 5 an answer was wrong, 130 interrupted.\n";

int sy_tutorial_complain(int status, const char *what)
{
	fprintf(stderr, "switchyard-study: %s\n", what);
	return status;
}

static bool read_time(const char *text, uint64_t *ns)
{
	return !sy_parse_duration(text, ns) && *ns >= 1000000 &&
	       *ns <= TIME_MAX_NS;
}

static bool take_option(struct sy_tutorial_options *o, int option,
                        const char *value)
{
	switch (option) {
	case 'o':
		o->only = value;
		return true;
	case 'b':
		return read_time(value, &o->budget_ns);
	case 'n':
		return !sy_parse_count(value, &o->sets) && o->sets &&
		       o->sets <= SETS_MAX;
	case 's':
		return !sy_parse_count(value, &o->seed);
	case 'l':
		return read_time(value, &o->limit_ns);
	case 'f':
		o->out = value;
		return true;
	case 'd':
		o->originals = value;
		return true;
	case 'p':
		o->python = value;
		return true;
	case 'h':
		o->help = true;
		return true;
	default:
		o->list = true;
		return option == 'L';
	}
}

static const struct option known[] = {
	{ "only", required_argument, NULL, 'o' },
	{ "list", no_argument, NULL, 'L' },
	{ "budget", required_argument, NULL, 'b' },
	{ "sets", required_argument, NULL, 'n' },
	{ "seed", required_argument, NULL, 's' },
	{ "limit", required_argument, NULL, 'l' },
	{ "out", required_argument, NULL, 'f' },
	{ "originals", required_argument, NULL, 'd' },
	{ "python", required_argument, NULL, 'p' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

int sy_tutorial_options_read(struct sy_tutorial_options *o, int argc,
                             char **argv)
{
	char line[200];
	int option;

	opterr = 0;
	while ((option = getopt_long(argc, argv, "+", known, NULL)) >= 0) {
		if (option != '?' && take_option(o, option, optarg))
			continue;
		snprintf(line, sizeof(line),
		         "tutorial: '%.60s' is not understood; see "
		         "`switchyard-study tutorial --help`",
		         option == '?' ? argv[optind - 1] : optarg);
		return sy_tutorial_complain(SY_TUTORIAL_USAGE, line);
	}
	if (optind == argc)
		return 0;
	snprintf(line, sizeof(line), "tutorial: '%.60s' is one word too many",
	         argv[optind]);
	return sy_tutorial_complain(SY_TUTORIAL_USAGE, line);
}
