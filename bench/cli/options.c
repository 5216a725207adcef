/* SPDX-License-Identifier: MIT */
/*
 * options.c - the command line's options, and one clear line for a wrong one.
 *
 * Which verb takes which option is a column of one table, so that help,
 * parsing and completion cannot drift apart.
 */
#include "cli/cli.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

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

enum kind { TEXT, DURATION, COUNT, FLAG, NO_FLAG };

/* A slice is 10 ms and may take several times that on a busy machine; with a
   limit near it nothing would be measured and all would seem to hang. */
#define LIMIT_MIN_NS UINT64_C(100000000)

/* Verbs that take an option. */
#define TOUR 1
#define RUN 2
#define LIST 4

static const struct option {
	const char *name;
	enum kind kind;
	unsigned verbs;
	bool shapes; /* chooses points rather than how they are run */
	size_t offset;
} table[] = {
	{ "model", TEXT, RUN | LIST, true,
	  offsetof(struct sy_options, models) },
	{ "workload", TEXT, RUN | LIST, true,
	  offsetof(struct sy_options, workloads) },
	{ "inflight", TEXT, RUN | LIST, true,
	  offsetof(struct sy_options, inflight) },
	{ "grain", TEXT, RUN | LIST, true, offsetof(struct sy_options, grain) },
	{ "wait", TEXT, RUN | LIST, true, offsetof(struct sy_options, wait) },
	{ "placement", TEXT, RUN | LIST, true,
	  offsetof(struct sy_options, placement) },
	{ "request", TEXT, RUN | LIST, true,
	  offsetof(struct sy_options, request) },
	{ "reply", TEXT, RUN | LIST, true, offsetof(struct sy_options, reply) },
	{ "transport", TEXT, RUN | LIST, true,
	  offsetof(struct sy_options, transport) },
	{ "server", TEXT, RUN | LIST, true,
	  offsetof(struct sy_options, server) },
	{ "window", TEXT, RUN | LIST, true,
	  offsetof(struct sy_options, window) },
	{ "hold-awake", FLAG, RUN | LIST, true,
	  offsetof(struct sy_options, hold_awake) },
	{ "budget", DURATION, TOUR | RUN, false,
	  offsetof(struct sy_options, budget_ns) },
	{ "sets", COUNT, TOUR | RUN, false, offsetof(struct sy_options, sets) },
	{ "limit", DURATION, TOUR | RUN, false,
	  offsetof(struct sy_options, limit_ns) },
	{ "seed", COUNT, TOUR | RUN, false, offsetof(struct sy_options, seed) },
	{ "label", TEXT, TOUR | RUN, false,
	  offsetof(struct sy_options, label) },
	{ "results", TEXT, TOUR | RUN, false,
	  offsetof(struct sy_options, results) },
	{ "no-figures", NO_FLAG, TOUR | RUN, false,
	  offsetof(struct sy_options, figures) },
};

static unsigned verb_bit(const struct sy_verb *verb)
{
	return verb == &sy_verb_tour ? TOUR : verb == &sy_verb_run ? RUN : LIST;
}

/* `name` may be followed by '='; returns where the value begins, or NULL. */
static const struct option *find(const char *name, unsigned verbs,
                                 const char **value)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
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

static int store(struct sy_options *options, const struct option *option,
                 const char *value)
{
	char *field = (char *)options + option->offset;
	uint64_t number;
	int error = 0;

	if (option->kind == TEXT) {
		memcpy(field, &value, sizeof(value));
		return 0;
	}
	if (option->kind == FLAG || option->kind == NO_FLAG) {
		*(bool *)field = option->kind == FLAG;
		return 0;
	}
	error = option->kind == DURATION ? sy_parse_duration(value, &number)
	                                 : sy_parse_count(value, &number);
	if (error)
		return sy_complain(
			SY_EXIT_USAGE, "--%s: '%s' is %s", option->name, value,
			error == -ERANGE ? "too large"
			: option->kind == DURATION
				? "not a duration; write 500us, 10ms, 60s"
				: "not a whole number");
	if (!number && strcmp(option->name, "seed"))
		return sy_complain(SY_EXIT_USAGE, "--%s: must be over 0",
		                   option->name);
	memcpy(field, &number, sizeof(number));
	return 0;
}

static int check(const struct sy_options *options)
{
	if (options->label && sy_label_check(options->label))
		return sy_complain(SY_EXIT_USAGE,
		                   "--label: '%s' is not 1 to 40 letters, "
		                   "digits, '.', '_' or '-'",
		                   options->label);
	if (options->budget_ns > UINT64_C(7) * 86400 * 1000000000)
		return sy_complain(SY_EXIT_USAGE, "--budget: more than a week");
	if (options->limit_ns > UINT64_C(3600) * 1000000000)
		return sy_complain(SY_EXIT_USAGE, "--limit: more than an hour");
	if (options->limit_ns && options->limit_ns < LIMIT_MIN_NS)
		return sy_complain(SY_EXIT_USAGE, "--limit: under 100ms");
	if (options->sets > 1000)
		return sy_complain(SY_EXIT_USAGE, "--sets: more than 1000");
	/* It is written into JSON, whose integers are signed here. */
	if (options->seed > INT64_MAX)
		return sy_complain(SY_EXIT_USAGE, "--seed: too large");
	return 0;
}

static int parse_one(struct sy_options *options, const struct sy_verb *verb,
                     int argc, char **argv, int *i)
{
	const char *value;
	const struct option *option =
		find(argv[*i] + 2, verb_bit(verb), &value);
	bool flag;

	if (!option)
		return sy_complain(SY_EXIT_USAGE,
		                   "%s: unknown option '%s'; see `switchyard "
		                   "%s --help`",
		                   verb->name, argv[*i], verb->name);
	flag = option->kind == FLAG || option->kind == NO_FLAG;
	if (flag && value)
		return sy_complain(SY_EXIT_USAGE, "--%s takes no value",
		                   option->name);
	if (!flag && !value && *i + 1 < argc)
		value = argv[++*i];
	if (!flag && !value)
		return sy_complain(SY_EXIT_USAGE, "--%s needs a value",
		                   option->name);
	options->shaped |= option->shapes;
	return store(options, option, value);
}

int sy_options_parse(struct sy_options *options, const struct sy_verb *verb,
                     int argc, char **argv, bool filter)
{
	int status = 0;

	*options = (struct sy_options){ .seed = 1, .figures = true };
	options->results = getenv("SWITCHYARD_RESULTS");
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
		else if (filter && !options->filter)
			options->filter = argv[i];
		else
			status = sy_complain(SY_EXIT_USAGE,
			                     "%s: one argument too many: '%s'",
			                     verb->name, argv[i]);
	}
	return status ? status : check(options);
}
