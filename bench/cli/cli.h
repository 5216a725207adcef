/* SPDX-License-Identifier: MIT */
/*
 * cli.h - what the verbs share: exit statuses, options, carrying out a plan.
 */
#ifndef SY_CLI_H
#define SY_CLI_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "engine/plan.h"

enum sy_exit {
	SY_EXIT_DONE = 0,
	SY_EXIT_SLOWER = 1,
	SY_EXIT_USAGE = 2,    /* usage, or unreadable input */
	SY_EXIT_POINT = 3,    /* a point failed or is invalid */
	SY_EXIT_REFUSED = 4,  /* the environment; results not writable */
	SY_EXIT_WRONG = 5,    /* a wrong checksum */
	SY_EXIT_NOTHING = 77, /* nothing runnable here */
	SY_EXIT_INTERRUPTED = 130,
};

/* A verb of the command line; argv[0] is the verb itself. */
struct sy_verb {
	const char *name;
	const char *usage;   /* behind "switchyard " */
	const char *summary; /* one line */
	const char *help;    /* the options and what it does */
	int (*run)(int argc, char **argv);
};

extern const struct sy_verb sy_verb_tour, sy_verb_run, sy_verb_list,
	sy_verb_plot, sy_verb_doctor;

/* The options that every verb that measures takes, for its help. */
#define SY_HELP_MEASURE                                                        \
	"  --limit TIME      how long one answer of a worker may take "        \
	"(default 20s)\n"                                                      \
	"  --seed N          of the order and the bootstrap (default 1)\n"     \
	"  --label TEXT      behind the time in the folder's name\n"           \
	"  --results DIR     root of the results (default "                    \
	"$SWITCHYARD_RESULTS, ./results)\n"                                    \
	"  --no-figures      do not run gnuplot\n"

/* Prints "switchyard: ..." as one line on standard error; returns `status`. */
int sy_complain(int status, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The options that choose and shape points, and those of a run. */
struct sy_options {
	const char *models, *workloads, *inflight, *grain, *wait, *placement;
	const char *request, *reply, *transport, *server, *window;
	const char *filter; /* regular expression over names, or NULL */
	bool hold_awake;
	bool shaped; /* any of the above but the filter was given */
	const char *label;
	const char *results; /* root of the results */
	uint64_t budget_ns;  /* 0: not given */
	uint64_t limit_ns;   /* 0: not given */
	uint64_t seed;
	uint64_t sets; /* 0: not given */
	bool figures;
};

/*
 * Reads the options of a verb; the one other argument is the filter where
 * `filter` allows it.  0, or SY_EXIT_USAGE with the line printed.
 */
int sy_options_parse(struct sy_options *options, const struct sy_verb *verb,
                     int argc, char **argv, bool filter);

/*
 * Adds the points that the options ask for: the product of their lists, or
 * the tour's where no list is given; then keeps those that the filter matches.
 * 0, or an exit status with the line printed.
 */
int sy_choose_points(struct sy_plan *plan, const struct sy_options *options);

/* The tour's points.  -ENOMEM. */
int sy_tour_points(struct sy_plan *plan);

/*
 * Measures a plan, writes the run folder, prints the tables and draws the
 * figures; returns the exit status.  `verb` is the default label.
 */
int sy_carry_out(struct sy_plan *plan, const struct sy_options *options,
                 const char *verb);

/*
 * Prints words from `column` on, in lines of at most 80 columns; those behind
 * the first begin at `indent`.  Ends the line.
 */
void sy_print_wrapped(FILE *out, size_t column, size_t indent,
                      const char *text);

/*
 * One line for each finding of machine.json that belongs under every table,
 * behind an empty line; nothing where there is none.
 */
void sy_print_brief_findings(FILE *out, const json_t *machine);

/* The tables and verdicts of a results object, within 80 columns. */
void sy_report(FILE *out, const json_t *results, const json_t *machine);

/* Where the plot scripts are: beside the sources, or installed. */
const char *sy_scripts_dir(void);

#endif /* SY_CLI_H */
