/* SPDX-License-Identifier: MIT */
/*
 * options.c - the command line's options, and one clear line for a wrong one.
 *
 * Which verb takes which option is a column of one table.  Help, manual and
 * completion are written by hand; tests/install compares them.
 */
#include "cli/cli.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "engine/bounds.h"
#include "host/units.h"
#include "results/run.h"

int sy_complain(int status, const char *format, ...)
{
	struct sy_reason line;
	char text[SY_REASON_BYTES];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	sy_reason(&line, 0, "%s", text);
	fprintf(stderr, "switchyard: %s\n", line.text);
	return status;
}

enum kind {
	SHAPE,
	SHAPE_FLAG,
	TEXT,
	DURATION,
	COUNT,
	PERCENT, /* stored as a share */
	FLAG,
	NO_FLAG,
	MORE
};

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

static const struct option {
	const char *name;
	enum kind kind;
	unsigned verbs;
	bool in_sweep;   /* --set may name it */
	enum sy_key key; /* of SHAPE and SHAPE_FLAG */
	size_t offset;   /* of the others, in struct sy_options */
	/* Of numbers, and what is said of one that is not between them. */
	uint64_t least, most;
	const char *under, *over;
} table[] = {
	SHAPES("model", SHAPE, SY_KEY_MODEL),
	SHAPES("workload", SHAPE, SY_KEY_WORKLOAD),
	SHAPES("inflight", SHAPE, SY_KEY_INFLIGHT),
	SHAPES("grain", SHAPE, SY_KEY_GRAIN),
	SHAPES("wait", SHAPE, SY_KEY_WAIT),
	SHAPES("placement", SHAPE, SY_KEY_PLACEMENT),
	SHAPES("request", SHAPE, SY_KEY_REQUEST),
	SHAPES("reply", SHAPE, SY_KEY_REPLY),
	SHAPES("transport", SHAPE, SY_KEY_TRANSPORT),
	SHAPES("server", SHAPE, SY_KEY_SERVER),
	SHAPES("window", SHAPE, SY_KEY_WINDOW),
	SHAPES("hold-awake", SHAPE_FLAG, SY_KEY_HOLD_AWAKE),
	SHAPES("mechanism", SHAPE, SY_KEY_MECHANISM),
	SHAPES("ring", SHAPE, SY_KEY_RING),
	SHAPES("working-set", SHAPE, SY_KEY_WORKING_SET),
	SHAPES("burst", SHAPE, SY_KEY_BURST),
	SHAPES("contexts", SHAPE, SY_KEY_CONTEXTS),
	SHAPES("stack", SHAPE, SY_KEY_STACK),
	SHAPES("resident", SHAPE, SY_KEY_RESIDENT),
	SHAPES("huge-pages", SHAPE_FLAG, SY_KEY_HUGE_PAGES),
	SHAPES("inside", SHAPE, SY_KEY_INSIDE),
	SHAPES("outside", SHAPE, SY_KEY_OUTSIDE),
	SHAPES("sections", SHAPE, SY_KEY_SECTIONS),
	SHAPES("units", SHAPE, SY_KEY_UNITS),
	SHAPES("notify", SHAPE, SY_KEY_NOTIFY),
	SHAPES("cells", SHAPE, SY_KEY_CELLS),
	SHAPES("body", SHAPE, SY_KEY_BODY),
	SHAPES("connection", SHAPE, SY_KEY_CONNECTION),
	SHAPES("timeout", SHAPE, SY_KEY_TIMEOUT),
	SHAPES("url", SHAPE, SY_KEY_URL),
	{ .name = "section", .kind = MORE, .verbs = POINTS },
	{ .name = "set", .kind = MORE, .verbs = POINTS },
	{ .name = "max-points",
	  .kind = COUNT,
	  .verbs = POINTS,
	  FIELD(max_points),
	  BETWEEN(1, 100000, "must be over 0", "more than 100000") },
	{ .name = "dry-run", .kind = FLAG, .verbs = RUN, FIELD(dry_run) },
	{ .name = "budget",
	  .kind = DURATION,
	  .verbs = TOUR | RUN | COMPARE,
	  .in_sweep = true,
	  FIELD(budget_ns),
	  BETWEEN(1, SY_BUDGET_MAX_NS, "must be over 0", "more than a week") },
	{ .name = "sets",
	  .kind = COUNT,
	  .verbs = TOUR | RUN,
	  .in_sweep = true,
	  FIELD(sets),
	  BETWEEN(1, SY_SETS_MAX, "must be over 0", "more than 1000") },
	/* A slice is 10 ms and may take several times that on a busy machine;
	   with a limit near it nothing would be measured and all would seem
	   to hang. */
	{ .name = "limit",
	  .kind = DURATION,
	  .verbs = TOUR | RUN | BENCH | COMPARE,
	  .in_sweep = true,
	  FIELD(limit_ns),
	  BETWEEN(SECOND / 10, SY_LIMIT_MAX_NS, "under 100ms",
	          "more than an hour") },
	/* It is written into JSON, whose integers are signed here. */
	{ .name = "seed",
	  .kind = COUNT,
	  .verbs = TOUR | RUN | COMPARE | TREND,
	  .in_sweep = true,
	  FIELD(seed),
	  BETWEEN(0, INT64_MAX, NULL, "too large") },
	{ .name = "label",
	  .kind = TEXT,
	  .verbs = TOUR | RUN,
	  .in_sweep = true,
	  FIELD(label) },
	{ .name = "results",
	  .kind = TEXT,
	  .verbs = TOUR | RUN,
	  FIELD(results) },
	{ .name = "resume", .kind = TEXT, .verbs = RUN, FIELD(resume) },
	{ .name = "no-figures",
	  .kind = NO_FLAG,
	  .verbs = TOUR | RUN | TREND,
	  FIELD(figures) },
	{ .name = "to", .kind = TEXT, .verbs = EXPORT, FIELD(to) },
	{ .name = "output",
	  .kind = TEXT,
	  .verbs = EXPORT | TREND,
	  FIELD(output) },
	{ .name = "samples", .kind = FLAG, .verbs = EXPORT, FIELD(samples) },
	{ .name = "input", .kind = TEXT, .verbs = TOPOLOGY, FIELD(input) },
	/* Of one machine, where a run has a list of them. */
	{ .name = "placement",
	  .kind = TEXT,
	  .verbs = TOPOLOGY,
	  FIELD(preview) },
	{ .name = "contexts",
	  .kind = COUNT,
	  .verbs = TOPOLOGY,
	  FIELD(contexts),
	  BETWEEN(1, 1000000, "must be over 0", "more than 1000000") },
	{ .name = "svg", .kind = TEXT, .verbs = TOPOLOGY, FIELD(svg) },
	{ .name = "full", .kind = FLAG, .verbs = TOPOLOGY, FIELD(full) },
	{ .name = "filter",
	  .kind = TEXT,
	  .verbs = COMPARE | TREND,
	  FIELD(filter) },
	{ .name = "suite", .kind = TEXT, .verbs = COMPARE, FIELD(file) },
	{ .name = "floor",
	  .kind = PERCENT,
	  .verbs = COMPARE,
	  FIELD(floor),
	  BETWEEN(0, 50, NULL, "more than 50 %") },
	{ .name = "width",
	  .kind = PERCENT,
	  .verbs = COMPARE,
	  FIELD(width),
	  BETWEEN(0, 50, NULL, "more than 50 %") },
	{ .name = "anyway", .kind = FLAG, .verbs = COMPARE, FIELD(anyway) },
	{ .name = "markdown",
	  .kind = FLAG,
	  .verbs = COMPARE | TREND,
	  FIELD(markdown) },
	{ .name = "json", .kind = TEXT, .verbs = COMPARE | TREND, FIELD(json) },
	{ .name = "github", .kind = FLAG, .verbs = COMPARE, FIELD(github) },
	{ .name = "noisy-ok", .kind = FLAG, .verbs = COMPARE, FIELD(noisy_ok) },
};

#define OPTIONS (sizeof(table) / sizeof(table[0]))
_Static_assert(OPTIONS <= 64, "a bit of `given` for each");

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

/* `name` may be followed by '='; returns where the value begins, or NULL. */
static const struct option *find(const char *name, unsigned verbs,
                                 const char **value)
{
	for (size_t i = 0; i < OPTIONS; i++) {
		size_t length = strlen(table[i].name);

		if (!(table[i].verbs & verbs) ||
		    strncmp(name, table[i].name, length))
			continue;
		if (name[length] != '\0' && name[length] != '=')
			continue;
		*value = name[length] ? name + length + 1 : NULL;
		return &table[i];
	}
	return NULL;
}

static int store_number(uint64_t *field, const struct option *option,
                        const char *value, struct sy_reason *reason)
{
	bool time = option->kind == DURATION;
	uint64_t number;
	int error = time ? sy_parse_duration(value, &number)
	                 : sy_parse_count(value, &number);

	if (error)
		return sy_reason(reason, -EINVAL, "'%.80s' is %s", value,
		                 error == -ERANGE ? "too large"
		                 : time ? "not a duration; write 500us, 10ms, "
		                          "60s"
		                        : "not a whole number");
	if (number < option->least || number > option->most)
		return sy_reason(reason, -EINVAL, "%s",
		                 number < option->least ? option->under
		                                        : option->over);
	*field = number;
	return 0;
}

static int store_percent(double *field, const struct option *option,
                         const char *value, struct sy_reason *reason)
{
	double share;
	int error = sy_parse_percent(value, &share);

	if (error)
		return sy_reason(reason, -EINVAL, "'%.80s' is %s", value,
		                 error == -ERANGE ? "too large"
		                                  : "not a percentage; write "
		                                    "3%, 0.5%");
	if (share > (double)option->most / 100)
		return sy_reason(reason, -EINVAL, "%s", option->over);
	*field = share;
	return 0;
}

static int store_text(const char **field, const struct option *option,
                      const char *value, struct sy_reason *reason)
{
	if (!strcmp(option->name, "label") && sy_label_check(value))
		return sy_reason(reason, -EINVAL,
		                 "'%.80s' is not 1 to 40 letters, digits, "
		                 "'.', '_' or '-'",
		                 value);
	*field = value;
	return 0;
}

/* The value must live as long as the options. */
static int store(struct sy_options *options, const struct option *option,
                 const char *value, struct sy_reason *reason)
{
	char *field = (char *)options + option->offset;
	int error = 0;

	switch (option->kind) {
	case SHAPE:
	case SHAPE_FLAG:
		error = sy_value_check(option->key, value, reason);
		options->shape.text[option->key] = value;
		options->shaped = true;
		break;
	case TEXT:
		error = store_text((const char **)field, option, value, reason);
		break;
	case DURATION:
	case COUNT:
		error = store_number((uint64_t *)field, option, value, reason);
		break;
	case PERCENT:
		error = store_percent((double *)field, option, value, reason);
		break;
	case FLAG:
	case NO_FLAG:
		*(bool *)field = option->kind == FLAG;
		break;
	case MORE:
		break;
	}
	options->given |= UINT64_C(1) << (option - table);
	return error;
}

static bool is_key(const struct option *option, const char *name, size_t length)
{
	return option->in_sweep && strlen(option->name) == length &&
	       !strncmp(option->name, name, length);
}

static int unknown_key(const char *pair, size_t length)
{
	char key[64];
	struct sy_nearest nearest = { .word = key };

	snprintf(key, sizeof(key), "%.*s", (int)length, pair);
	for (size_t i = 0; i < OPTIONS; i++)
		if (table[i].in_sweep)
			sy_nearest_try(&nearest, table[i].name);
	if (nearest.found)
		return sy_complain(SY_EXIT_USAGE,
		                   "--set: unknown key '%s'; did you mean "
		                   "'%s'?",
		                   key, nearest.found);
	return sy_complain(SY_EXIT_USAGE,
	                   "--set: unknown key '%s'; keys are the options of "
	                   "`run` that choose points",
	                   key);
}

/* --set KEY=VALUE is --KEY VALUE. */
static int store_pair(struct sy_options *options, const char *pair)
{
	const char *value = strchr(pair, '=');
	size_t length = value ? (size_t)(value - pair) : 0;
	struct sy_reason reason;

	if (!length)
		return sy_complain(SY_EXIT_USAGE,
		                   "--set: '%s' is not KEY=VALUE, as in "
		                   "inflight=1,64",
		                   pair);
	options->set_given = true;
	for (size_t i = 0; i < OPTIONS; i++) {
		if (!is_key(&table[i], pair, length))
			continue;
		if (!value[1])
			return sy_complain(SY_EXIT_USAGE,
			                   "--set: '%s' has no value", pair);
		if (store(options, &table[i], value + 1, &reason))
			return sy_complain(SY_EXIT_USAGE, "--set %s: %s",
			                   table[i].name, reason.text);
		return 0;
	}
	return unknown_key(pair, length);
}

static int store_section(struct sy_options *options, const char *list)
{
	if (options->section_count == SY_SECTIONS_MAX)
		return sy_complain(SY_EXIT_USAGE,
		                   "--section: more than %d of them; write a "
		                   "list, as in a,b",
		                   SY_SECTIONS_MAX);
	options->sections[options->section_count++] = list;
	return 0;
}

bool sy_option_given(const struct sy_options *options, const char *name)
{
	for (size_t i = 0; i < OPTIONS; i++)
		if (options->given & UINT64_C(1) << i &&
		    !strcmp(table[i].name, name))
			return true;
	return false;
}

int sy_option_default(struct sy_options *options, const char *name,
                      const char *value, struct sy_reason *reason)
{
	size_t i = 0;
	int error;

	while (i < OPTIONS && strcmp(table[i].name, name))
		i++;
	if (i == OPTIONS)
		return sy_reason(reason, -EINVAL, "there is no such option");
	if (options->given & UINT64_C(1) << i)
		return 0;
	error = store(options, &table[i], value, reason);
	if (!error && options->label == value) {
		snprintf(options->own_label, sizeof(options->own_label), "%s",
		         value);
		options->label = options->own_label;
	}
	return error;
}

static int parse_one(struct sy_options *options, const struct sy_verb *verb,
                     int argc, char **argv, int *i)
{
	const char *value;
	const struct option *option =
		find(argv[*i] + 2, verb_bit(verb), &value);
	struct sy_reason reason;
	bool flag;

	if (!option)
		return sy_complain(SY_EXIT_USAGE,
		                   "%s: unknown option '%s'; see `switchyard "
		                   "%s --help`",
		                   verb->name, argv[*i], verb->name);
	flag = option->kind == FLAG || option->kind == NO_FLAG ||
	       option->kind == SHAPE_FLAG;
	if (flag && value)
		return sy_complain(SY_EXIT_USAGE, "--%s takes no value",
		                   option->name);
	if (!flag && !value && *i + 1 < argc)
		value = argv[++*i];
	if (!flag && !value)
		return sy_complain(SY_EXIT_USAGE, "--%s needs a value",
		                   option->name);
	if (!strcmp(option->name, "set"))
		return store_pair(options, value);
	if (!strcmp(option->name, "section"))
		return store_section(options, value);
	if (store(options, option, flag ? "yes" : value, &reason))
		return sy_complain(SY_EXIT_USAGE, "--%s: %s", option->name,
		                   reason.text);
	return 0;
}

/* docs/sweeps.md, "Which file": all others are filters. */
static bool is_sweep(const char *argument)
{
	size_t length = strlen(argument);
	struct stat status;

	if (length >= 4 && !strcmp(argument + length - 4, ".ini"))
		return true;
	return strchr(argument, '/') && !stat(argument, &status) &&
	       !S_ISDIR(status.st_mode);
}

static const char **field_of(struct sy_options *options,
                             const struct sy_verb *verb, const char *argument)
{
	if (verb == &sy_verb_export || verb == &sy_verb_trend)
		return &options->run;
	if (verb == &sy_verb_compare)
		return options->old_side ? &options->new_side
		                         : &options->old_side;
	return is_sweep(argument) ? &options->file : &options->filter;
}

static int store_argument(struct sy_options *options,
                          const struct sy_verb *verb, const char *argument)
{
	const char **field = field_of(options, verb, argument);

	if (*field)
		return sy_complain(SY_EXIT_USAGE,
		                   "%s: one argument too many: '%s'",
		                   verb->name, argument);
	*field = argument;
	return 0;
}

/* The first thing given that the plan of a run has decided, or NULL. */
static const char *decided(const struct sy_options *options)
{
	if (options->filter || options->file)
		return options->file ? "sweep file" : "filter";
	if (options->section_count || options->set_given)
		return options->section_count ? "--section" : "--set";
	for (size_t i = 0; i < OPTIONS; i++)
		if (options->given & UINT64_C(1) << i &&
		    strcmp(table[i].name, "resume") &&
		    strcmp(table[i].name, "no-figures"))
			return table[i].name;
	return NULL;
}

static int check_resume(const struct sy_options *options)
{
	const char *name = decided(options);

	if (!name)
		return 0;
	return sy_complain(SY_EXIT_USAGE,
	                   "--resume goes on with a run as it was planned: "
	                   "besides it only --no-figures can be given, not "
	                   "'%s'",
	                   name);
}

static int check(const struct sy_options *options)
{
	if (options->resume)
		return check_resume(options);
	if (options->file)
		return 0;
	if (options->section_count)
		return sy_complain(SY_EXIT_USAGE,
		                   "--section chooses from a sweep, and no "
		                   "FILE.ini is given");
	if (options->set_given)
		return sy_complain(SY_EXIT_USAGE,
		                   "--set changes a sweep, and no FILE.ini is "
		                   "given; without one write --KEY VALUE");
	return 0;
}

int sy_options_parse(struct sy_options *options, const struct sy_verb *verb,
                     int argc, char **argv, bool filter)
{
	int status = 0;

	*options = (struct sy_options){
		.seed = 1,
		.figures = true,
		.max_points = SY_MAX_POINTS,
		.floor = -1,
		.width = -1,
		.results = getenv("SWITCHYARD_RESULTS"),
	};
	if (!options->results || !options->results[0])
		options->results = "results";
	for (int i = 1; i < argc && !status; i++) {
		if (!strncmp(argv[i], "--", 2) && argv[i][2])
			status = parse_one(options, verb, argc, argv, &i);
		else if (argv[i][0] == '-' && argv[i][1])
			status = sy_complain(SY_EXIT_USAGE,
			                     "%s: unknown option '%s'; see "
			                     "`switchyard %s --help`",
			                     verb->name, argv[i], verb->name);
		else if (filter)
			status = store_argument(options, verb, argv[i]);
		else
			status = sy_complain(SY_EXIT_USAGE,
			                     "%s: one argument too many: '%s'",
			                     verb->name, argv[i]);
	}
	return status ? status : check(options);
}
