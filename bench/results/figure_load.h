/* SPDX-License-Identifier: MIT */
/*
 * figure_load.h - the points of one family that belong on one panel, and the
 * missing ones; internal to the throughput figure.
 */
#ifndef SY_FIGURE_LOAD_H
#define SY_FIGURE_LOAD_H

#include "figure_lines.h"

/* All points of a panel have one load: these parameters are the same. */
struct sy_dot_load {
	double grain_ns, wait_ns, reply_bytes; /* -1: no such parameter */
	double pus; /* of the placement; 0: not known */
	const char *placement;
};

struct sy_dots {
	struct sy_dot_load load;
	struct sy_dot *dots; /* sorted; x is tasks in flight, y their rate */
	size_t count;
	struct sy_effort effort;
};

/*
 * The load with the most values of inflight, and of these the one with the
 * most points.  -ENODATA where nothing of it was measured, -ENOMEM.
 */
int sy_dots_take(struct sy_dots *dots, const json_t *results,
                 const char *family);
void sy_dots_free(struct sy_dots *dots);

/* "100 µs of work, placement spread" */
void sy_load_describe(const struct sy_dot_load *load, char text[SY_TEXT_BYTES]);

#endif /* SY_FIGURE_LOAD_H */
