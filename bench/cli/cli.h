/* SPDX-License-Identifier: MIT */
/*
 * cli.h - what the verbs share: exit statuses, options, carrying out a plan.
 */
#ifndef SY_CLI_H
#define SY_CLI_H

#include <jansson.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>

#include "engine/plan.h"
#include "engine/result.h"
#include "host/machine.h"
#include "sweep/space.h"

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
	sy_verb_plot, sy_verb_export, sy_verb_doctor, sy_verb_topology,
	sy_verb_bench, sy_verb_compare, sy_verb_trend;

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

/* A product of lists grows fast; this many points take hours already. */
#define SY_MAX_POINTS 10000
/* --section may be given so often, each time with a list. */
#define SY_SECTIONS_MAX 32

/* The options that choose and shape points, and those of a run. */
struct sy_options {
	struct sy_values shape; /* checked; over a sweep's own values */
	bool shaped;            /* any of them was given */
	const char *file;       /* of a sweep, or NULL */
	const char *filter;     /* regular expression over names, or NULL */
	const char *sections[SY_SECTIONS_MAX];
	size_t section_count; /* 0: all of the sweep's */
	uint64_t max_points;
	bool set_given; /* --set */
	bool dry_run;
	const char *label;
	char own_label[48];  /* where `label` does not point at an argument */
	const char *results; /* root of the results */
	uint64_t budget_ns;  /* 0: not given */
	uint64_t limit_ns;   /* 0: not given */
	uint64_t seed;
	uint64_t sets; /* 0: not given */
	bool figures;
	const char *resume;            /* a run to go on with, or NULL */
	uint64_t given;                /* a bit for each option of the table */
	const char *run, *to, *output; /* export: folder, format, file */
	bool samples;
	/* topology: a described machine, a placement to preview, ... */
	const char *input, *preview, *svg;
	uint64_t contexts; /* 0: not given */
	bool full;
	/* compare: two programs or two runs, how, and where it is told. */
	const char *old_side, *new_side;
	double floor, width; /* shares; negative: not given */
	bool anyway, noisy_ok, markdown, github;
	const char *json; /* a file, "-", or NULL */
};

/*
 * Reads the options of a verb; other arguments are a filter and a sweep file
 * where `filter` allows them.  0, or SY_EXIT_USAGE with the line printed.
 */
int sy_options_parse(struct sy_options *options, const struct sy_verb *verb,
                     int argc, char **argv, bool filter);

/* Whether the command line, or what a sweep says of a run, has set it. */
bool sy_option_given(const struct sy_options *options, const char *name);

/*
 * Sets an option that belongs to a run (budget, sets, seed, limit, label),
 * unless it was given on the command line.  -EINVAL with the reason.
 */
int sy_option_default(struct sy_options *options, const char *name,
                      const char *value, struct sy_reason *reason);

/*
 * Adds the points that the options ask for: those of the sweep, the product of
 * the lists, or the tour's where neither is given; then keeps those that the
 * filter matches, in groups.  What a sweep says of the run goes to `options`.
 * The machine is looked at only where there is a matrix.
 * 0, or an exit status with the line printed.
 */
int sy_choose_points(struct sy_plan *plan, struct sy_options *options);

/* The tour's points.  -ENOMEM. */
int sy_tour_points(struct sy_plan *plan);

/*
 * This machine and what is known of it; refused where hwloc was told to
 * describe another one.  0, or an exit status with the line printed.
 */
int sy_here_open(struct sy_topology **topology, json_t **machine,
                 char id[SY_MACHINE_ID_BYTES]);

/*
 * Replaces the matrices of a plan by their points on this machine.  0, or an
 * exit status with the line printed: SY_EXIT_USAGE where these are more than
 * --max-points, SY_EXIT_NOTHING where there is one PU.
 */
int sy_here_expand(struct sy_plan *plan, const struct sy_options *options);

/*
 * Finds the PUs of the points, results[i] being that of point i: those that
 * this machine does not have become SY_ABSENT, with the reason.  0, or an exit
 * status with the line printed: SY_EXIT_NOTHING where it has none of them.
 */
int sy_here_resolve(const struct sy_topology *topology, struct sy_plan *plan,
                    struct sy_result *results);

/*
 * Measures a plan, writes the run folder, prints the tables and draws the
 * figures; returns the exit status.  `verb` is the default label.
 */
int sy_carry_out(struct sy_plan *plan, const struct sy_options *options,
                 const char *verb);

/* Goes on with the run options->resume; returns the exit status. */
int sy_resume(const struct sy_options *options);

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

/*
 * The folders of the gnuplot scripts ($SWITCHYARD_SCRIPTS, where it is set)
 * and of the ready sweeps: installed with the program, or of the sources that
 * it was built from.  `path` is the caller's, for the name that is returned.
 * Where there is none, the scripts are NULL, and the sweeps have the name that
 * they should have.
 */
const char *sy_scripts_dir(char path[PATH_MAX]);
const char *sy_sweeps_dir(char path[PATH_MAX]);

#endif /* SY_CLI_H */
