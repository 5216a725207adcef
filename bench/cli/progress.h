/* SPDX-License-Identifier: MIT */
/*
 * progress.h - what a person sees while it measures, and what stops it.
 */
#ifndef SY_PROGRESS_H
#define SY_PROGRESS_H

#include <stdbool.h>

#include "engine/measure.h"

struct sy_monitor {
	int signal_fd; /* readable once SIGINT, SIGTERM or SIGHUP has come */
	bool terminal; /* standard error is one: a line in place */
	bool shown;    /* there is a line to wipe */
	bool output_closed; /* nobody reads standard output any more */
	uint64_t said_ns;   /* when a line was printed last */
	uint64_t asked_ns;  /* when it was seen last that somebody reads */
};

/* Blocks the signals and takes them by descriptor.  -errno. */
int sy_monitor_open(struct sy_monitor *monitor);
void sy_monitor_close(struct sy_monitor *monitor);

/* Shows where it is, if it is time to.  Nonzero: stop, nobody reads on. */
int sy_monitor_show(struct sy_monitor *monitor,
                    const struct sy_progress *progress);

/* The same where nobody knows how long it takes: what is measured now. */
int sy_monitor_name(struct sy_monitor *monitor, const char *name);

/* Looks now whether nobody reads standard output any more. */
bool sy_monitor_output_closed(struct sy_monitor *monitor);

/* Wipes the line. */
void sy_monitor_end(struct sy_monitor *monitor);

#endif /* SY_PROGRESS_H */
