/* SPDX-License-Identifier: MIT */
/*
 * tutorial.h - every construct of the tutorial: ours beside Python's, and held
 * to what it was promised to cost.
 */
#ifndef SY_TUTORIAL_H
#define SY_TUTORIAL_H

#include <stdio.h>

#include "host/machine.h"
#include "stats/stats.h"
#include "study/race.h"

enum sy_beside_kind {
	SY_BESIDE_PYTHON, /* its time / ours, at least `limit` */
	SY_BESIDE_BARE,   /* ours / its time, at most `limit` */
	SY_BESIDE_WRK,    /* its time / ours, at least `limit` */
	SY_BESIDE_KINDS,
};

/* What ours is measured beside; as a side of a race. */
struct sy_beside {
	enum sy_beside_kind kind;
	const char *what;  /* NULL: the end of the list */
	const char *label; /* of the bare one: "mutex" */
	double limit;      /* 0: the ratio is reported */
};

struct sy_construct {
	const char *name;      /* "lock, one thread" */
	const char *operation; /* what is counted: "a change" */
	const char *ours;      /* keys of a point */
	double most_ns;        /* ours takes at most; 0: is reported */
	uint64_t slice_ns;     /* 0: that of a run */
	bool server;           /* it is fetched from one */
	struct sy_beside beside[SY_SIDES_MAX - 1];
};

extern const struct sy_construct sy_constructs[];
extern const size_t sy_construct_count;

/* A construct that is measured: side 0 is ours, then those beside it. */
struct sy_entry {
	const struct sy_construct *construct;
	struct sy_race race;
};

/* One line: ours beside one other, or (beside is NULL) alone. */
struct sy_finding_line {
	const struct sy_construct *construct;
	const struct sy_beside *beside;
	const struct sy_result *ours, *other;
	struct sy_estimate ours_ns, other_ns,
		ratio;   /* value 0: there is none */
	double limit;    /* 0: none */
	bool least;      /* the limit is one that is to be reached */
	bool met;        /* where there is one */
	const char *why; /* there is no figure; or NULL */
	size_t rounds;
};

/* The line of `beside`, one of its construct's, or of ours alone. */
void sy_line_make(struct sy_finding_line *line, const struct sy_entry *entry,
                  const struct sy_beside *beside, uint64_t seed);

/* Calls `visit` for every line of a kind of all entries; SY_BESIDE_KINDS: those
   of ours alone that have a limit. */
typedef void sy_line_fn(void *data, const struct sy_finding_line *line);
void sy_lines_visit(const struct sy_entry *entries, size_t count,
                    enum sy_beside_kind kind, uint64_t seed, sy_line_fn *visit,
                    void *data);

/* What holds for all of a table. */
struct sy_about {
	char machine[SY_MACHINE_LINE_BYTES];
	int pu;
	unsigned sets;
	uint64_t seed;
};

/* tutorial_table.c: the table that is printed, of 80 columns. */
void sy_tutorial_print(const struct sy_entry *entries, size_t count,
                       uint64_t seed);
/* tutorial_foot.c: what is to be known to read it, and whether its control
   warns of it. */
void sy_tutorial_print_foot(const struct sy_entry *entries, size_t count,
                            const struct sy_about *about);
/* Prints words, as many a line as go into 80 columns, each line indented. */
void sy_tutorial_print_wrapped(int indent, const char *text);
/* tutorial_files.c: FOLDER/tutorial.tsv and tutorial.json.  A negative errno
   with the reason. */
int sy_tutorial_write(const char *folder, const struct sy_entry *entries,
                      size_t count, const struct sy_about *about,
                      struct sy_reason *reason);

/* tutorial.c: the verb, with the words behind it.  An exit status. */
int sy_study_tutorial(int argc, char **argv);

#endif /* SY_TUTORIAL_H */
