/* SPDX-License-Identifier: MIT */
/*
 * options_table.c - the command line's options.
 *
 * Which verb takes which option is a column of this table.  Help, manual and
 * completion are written by hand; tests/install compares them.
 */
#include "cli/options_table.h"

#include <stddef.h>
#include <string.h>

#include "engine/bounds.h"

/* Verbs that take an option. */
#define TOUR 1
#define RUN 2
#define LIST 4
#define EXPORT 8
#define TOPOLOGY 16
#define BENCH 32
#define COMPARE 64
#define TREND 128
/* Those that choose points. */
#define POINTS (RUN | LIST | BENCH)

#define SECOND UINT64_C(1000000000)

#define SHAPES(option, sort, which)                                            \
	{                                                                      \
		.name = option, .kind = sort, .verbs = POINTS,                 \
		.in_sweep = true, .key = which                                 \
	}
#define FIELD(field) .offset = offsetof(struct sy_options, field)
#define BETWEEN(first, last, if_under, if_over)                                \
	.least = first, .most = last, .under = if_under, .over = if_over

const struct sy_option sy_option_table[] = {
	SHAPES("model", SY_OPTION_SHAPE, SY_KEY_MODEL),
	SHAPES("workload", SY_OPTION_SHAPE, SY_KEY_WORKLOAD),
	SHAPES("inflight", SY_OPTION_SHAPE, SY_KEY_INFLIGHT),
	SHAPES("grain", SY_OPTION_SHAPE, SY_KEY_GRAIN),
	SHAPES("wait", SY_OPTION_SHAPE, SY_KEY_WAIT),
	SHAPES("placement", SY_OPTION_SHAPE, SY_KEY_PLACEMENT),
	SHAPES("request", SY_OPTION_SHAPE, SY_KEY_REQUEST),
	SHAPES("reply", SY_OPTION_SHAPE, SY_KEY_REPLY),
	SHAPES("transport", SY_OPTION_SHAPE, SY_KEY_TRANSPORT),
	SHAPES("server", SY_OPTION_SHAPE, SY_KEY_SERVER),
	SHAPES("window", SY_OPTION_SHAPE, SY_KEY_WINDOW),
	SHAPES("hold-awake", SY_OPTION_SHAPE_FLAG, SY_KEY_HOLD_AWAKE),
	SHAPES("mechanism", SY_OPTION_SHAPE, SY_KEY_MECHANISM),
	SHAPES("ring", SY_OPTION_SHAPE, SY_KEY_RING),
	SHAPES("working-set", SY_OPTION_SHAPE, SY_KEY_WORKING_SET),
	SHAPES("burst", SY_OPTION_SHAPE, SY_KEY_BURST),
	SHAPES("contexts", SY_OPTION_SHAPE, SY_KEY_CONTEXTS),
	SHAPES("stack", SY_OPTION_SHAPE, SY_KEY_STACK),
	SHAPES("resident", SY_OPTION_SHAPE, SY_KEY_RESIDENT),
	SHAPES("huge-pages", SY_OPTION_SHAPE_FLAG, SY_KEY_HUGE_PAGES),
	SHAPES("inside", SY_OPTION_SHAPE, SY_KEY_INSIDE),
	SHAPES("outside", SY_OPTION_SHAPE, SY_KEY_OUTSIDE),
	SHAPES("sections", SY_OPTION_SHAPE, SY_KEY_SECTIONS),
	SHAPES("units", SY_OPTION_SHAPE, SY_KEY_UNITS),
	SHAPES("notify", SY_OPTION_SHAPE, SY_KEY_NOTIFY),
	SHAPES("cells", SY_OPTION_SHAPE, SY_KEY_CELLS),
	SHAPES("body", SY_OPTION_SHAPE, SY_KEY_BODY),
	SHAPES("connection", SY_OPTION_SHAPE, SY_KEY_CONNECTION),
	SHAPES("timeout", SY_OPTION_SHAPE, SY_KEY_TIMEOUT),
	SHAPES("url", SY_OPTION_SHAPE, SY_KEY_URL),
	{ .name = "section", .kind = SY_OPTION_MORE, .verbs = POINTS },
	{ .name = "set", .kind = SY_OPTION_MORE, .verbs = POINTS },
	{ .name = "max-points",
	  .kind = SY_OPTION_COUNT,
	  .verbs = POINTS,
	  FIELD(max_points),
	  BETWEEN(1, 100000, "must be over 0", "more than 100000") },
	{ .name = "dry-run",
	  .kind = SY_OPTION_FLAG,
	  .verbs = RUN,
	  FIELD(dry_run) },
	{ .name = "budget",
	  .kind = SY_OPTION_DURATION,
	  .verbs = TOUR | RUN | COMPARE,
	  .in_sweep = true,
	  FIELD(budget_ns),
	  BETWEEN(1, SY_BUDGET_MAX_NS, "must be over 0", "more than a week") },
	{ .name = "sets",
	  .kind = SY_OPTION_COUNT,
	  .verbs = TOUR | RUN,
	  .in_sweep = true,
	  FIELD(sets),
	  BETWEEN(1, SY_SETS_MAX, "must be over 0", "more than 1000") },
	/* A slice is 10 ms and may take several times that on a busy machine;
	   with a limit near it nothing would be measured and all would seem
	   to hang. */
	{ .name = "limit",
	  .kind = SY_OPTION_DURATION,
	  .verbs = TOUR | RUN | BENCH | COMPARE,
	  .in_sweep = true,
	  FIELD(limit_ns),
	  BETWEEN(SECOND / 10, SY_LIMIT_MAX_NS, "under 100ms",
	          "more than an hour") },
	/* It is written into JSON, whose integers are signed here. */
	{ .name = "seed",
	  .kind = SY_OPTION_COUNT,
	  .verbs = TOUR | RUN | COMPARE | TREND,
	  .in_sweep = true,
	  FIELD(seed),
	  BETWEEN(0, INT64_MAX, NULL, "too large") },
	{ .name = "label",
	  .kind = SY_OPTION_TEXT,
	  .verbs = TOUR | RUN,
	  .in_sweep = true,
	  FIELD(label) },
	{ .name = "results",
	  .kind = SY_OPTION_TEXT,
	  .verbs = TOUR | RUN,
	  FIELD(results) },
	{ .name = "resume",
	  .kind = SY_OPTION_TEXT,
	  .verbs = RUN,
	  FIELD(resume) },
	{ .name = "no-figures",
	  .kind = SY_OPTION_NO_FLAG,
	  .verbs = TOUR | RUN | TREND,
	  FIELD(figures) },
	{ .name = "to", .kind = SY_OPTION_TEXT, .verbs = EXPORT, FIELD(to) },
	{ .name = "output",
	  .kind = SY_OPTION_TEXT,
	  .verbs = EXPORT | TREND,
	  FIELD(output) },
	{ .name = "samples",
	  .kind = SY_OPTION_FLAG,
	  .verbs = EXPORT,
	  FIELD(samples) },
	{ .name = "input",
	  .kind = SY_OPTION_TEXT,
	  .verbs = TOPOLOGY,
	  FIELD(input) },
	/* Of one machine, where a run has a list of them. */
	{ .name = "placement",
	  .kind = SY_OPTION_TEXT,
	  .verbs = TOPOLOGY,
	  FIELD(preview) },
	{ .name = "contexts",
	  .kind = SY_OPTION_COUNT,
	  .verbs = TOPOLOGY,
	  FIELD(contexts),
	  BETWEEN(1, 1000000, "must be over 0", "more than 1000000") },
	{ .name = "svg",
	  .kind = SY_OPTION_TEXT,
	  .verbs = TOPOLOGY,
	  FIELD(svg) },
	{ .name = "full",
	  .kind = SY_OPTION_FLAG,
	  .verbs = TOPOLOGY,
	  FIELD(full) },
	{ .name = "filter",
	  .kind = SY_OPTION_TEXT,
	  .verbs = COMPARE | TREND,
	  FIELD(filter) },
	{ .name = "suite",
	  .kind = SY_OPTION_TEXT,
	  .verbs = COMPARE,
	  FIELD(file) },
	{ .name = "floor",
	  .kind = SY_OPTION_PERCENT,
	  .verbs = COMPARE,
	  FIELD(floor),
	  BETWEEN(0, 50, NULL, "more than 50 %") },
	{ .name = "width",
	  .kind = SY_OPTION_PERCENT,
	  .verbs = COMPARE,
	  FIELD(width),
	  BETWEEN(0, 50, NULL, "more than 50 %") },
	{ .name = "anyway",
	  .kind = SY_OPTION_FLAG,
	  .verbs = COMPARE,
	  FIELD(anyway) },
	{ .name = "markdown",
	  .kind = SY_OPTION_FLAG,
	  .verbs = COMPARE | TREND,
	  FIELD(markdown) },
	{ .name = "json",
	  .kind = SY_OPTION_TEXT,
	  .verbs = COMPARE | TREND,
	  FIELD(json) },
	{ .name = "github",
	  .kind = SY_OPTION_FLAG,
	  .verbs = COMPARE,
	  FIELD(github) },
	{ .name = "noisy-ok",
	  .kind = SY_OPTION_FLAG,
	  .verbs = COMPARE,
	  FIELD(noisy_ok) },
};

#define OPTIONS (sizeof(sy_option_table) / sizeof(sy_option_table[0]))
_Static_assert(OPTIONS <= 64, "a bit of `given` for each");

const size_t sy_option_count = OPTIONS;

static unsigned verb_bit(const struct sy_verb *verb)
{
	return verb == &sy_verb_tour       ? TOUR
	       : verb == &sy_verb_run      ? RUN
	       : verb == &sy_verb_export   ? EXPORT
	       : verb == &sy_verb_topology ? TOPOLOGY
	       : verb == &sy_verb_bench    ? BENCH
	       : verb == &sy_verb_compare  ? COMPARE
	       : verb == &sy_verb_trend    ? TREND
	                                   : LIST;
}

const struct sy_option *
sy_option_find(const char *name, const struct sy_verb *verb, const char **value)
{
	unsigned bit = verb_bit(verb);

	for (size_t i = 0; i < OPTIONS; i++) {
		const struct sy_option *option = &sy_option_table[i];
		size_t length = strlen(option->name);

		if (!(option->verbs & bit) ||
		    strncmp(name, option->name, length))
			continue;
		if (name[length] != '\0' && name[length] != '=')
			continue;
		*value = name[length] ? name + length + 1 : NULL;
		return option;
	}
	return NULL;
}
