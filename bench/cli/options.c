/* SPDX-License-Identifier: MIT */
/*
 * options.c - the command line's options, and one clear line for a wrong one.
 *
 * Which there are is in options_table.c.
 */
#include "cli/options_table.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

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

static int store_number(uint64_t *field, const struct sy_option *option,
                        const char *value, struct sy_reason *reason)
{
	bool time = option->kind == SY_OPTION_DURATION;
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

static int store_percent(double *field, const struct sy_option *option,
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

static int store_text(const char **field, const struct sy_option *option,
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
static int store(struct sy_options *options, const struct sy_option *option,
                 const char *value, struct sy_reason *reason)
{
	char *field = (char *)options + option->offset;
	int error = 0;

	switch (option->kind) {
	case SY_OPTION_SHAPE:
	case SY_OPTION_SHAPE_FLAG:
		error = sy_value_check(option->key, value, reason);
		options->shape.text[option->key] = value;
		options->shaped = true;
		break;
	case SY_OPTION_TEXT:
		error = store_text((const char **)field, option, value, reason);
		break;
	case SY_OPTION_DURATION:
	case SY_OPTION_COUNT:
		error = store_number((uint64_t *)field, option, value, reason);
		break;
	case SY_OPTION_PERCENT:
		error = store_percent((double *)field, option, value, reason);
		break;
	case SY_OPTION_FLAG:
	case SY_OPTION_NO_FLAG:
		*(bool *)field = option->kind == SY_OPTION_FLAG;
		break;
	case SY_OPTION_MORE:
		break;
	}
	options->given |= UINT64_C(1) << (option - sy_option_table);
	return error;
}

static bool is_key(const struct sy_option *option, const char *name,
                   size_t length)
{
	return option->in_sweep && strlen(option->name) == length &&
	       !strncmp(option->name, name, length);
}

static int unknown_key(const char *pair, size_t length)
{
	char key[64];
	struct sy_nearest nearest = { .word = key };

	snprintf(key, sizeof(key), "%.*s", (int)length, pair);
	for (size_t i = 0; i < sy_option_count; i++)
		if (sy_option_table[i].in_sweep)
			sy_nearest_try(&nearest, sy_option_table[i].name);
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
	for (size_t i = 0; i < sy_option_count; i++) {
		if (!is_key(&sy_option_table[i], pair, length))
			continue;
		if (!value[1])
			return sy_complain(SY_EXIT_USAGE,
			                   "--set: '%s' has no value", pair);
		if (store(options, &sy_option_table[i], value + 1, &reason))
			return sy_complain(SY_EXIT_USAGE, "--set %s: %s",
			                   sy_option_table[i].name,
			                   reason.text);
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
	for (size_t i = 0; i < sy_option_count; i++)
		if (options->given & UINT64_C(1) << i &&
		    !strcmp(sy_option_table[i].name, name))
			return true;
	return false;
}

int sy_option_default(struct sy_options *options, const char *name,
                      const char *value, struct sy_reason *reason)
{
	size_t i = 0;
	int error;

	while (i < sy_option_count && strcmp(sy_option_table[i].name, name))
		i++;
	if (i == sy_option_count)
		return sy_reason(reason, -EINVAL, "there is no such option");
	if (options->given & UINT64_C(1) << i)
		return 0;
	error = store(options, &sy_option_table[i], value, reason);
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
	const struct sy_option *option =
		sy_option_find(argv[*i] + 2, verb, &value);
	struct sy_reason reason;
	bool flag;

	if (!option)
		return sy_complain(SY_EXIT_USAGE,
		                   "%s: unknown option '%s'; see `switchyard "
		                   "%s --help`",
		                   verb->name, argv[*i], verb->name);
	flag = option->kind == SY_OPTION_FLAG ||
	       option->kind == SY_OPTION_NO_FLAG ||
	       option->kind == SY_OPTION_SHAPE_FLAG;
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
	for (size_t i = 0; i < sy_option_count; i++)
		if (options->given & UINT64_C(1) << i &&
		    strcmp(sy_option_table[i].name, "resume") &&
		    strcmp(sy_option_table[i].name, "no-figures"))
			return sy_option_table[i].name;
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
