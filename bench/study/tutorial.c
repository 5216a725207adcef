/* SPDX-License-Identifier: MIT */
/* tutorial.c - see tutorial.h: the verb, its options and its sets. */
#include "study/tutorial.h"

#include <errno.h>
#include <getopt.h>
#include <regex.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "build_info.h"
#include "host/limits.h"
#include "host/units.h"

#define SETS 4
#define BUDGET_NS UINT64_C(240000000000)
#define LIMIT_NS UINT64_C(20000000000)
#define SLICE_NS UINT64_C(10000000)
#define SETS_MAX 100
#define TIME_MAX_NS UINT64_C(86400000000000)

/* As those of the program (cli.h). */
enum status {
	STATUS_USAGE = 2,
	STATUS_POINT = 3,
	STATUS_REFUSED = 4,
	STATUS_WRONG = 5,
	STATUS_INTERRUPTED = 130,
};

struct options {
	const char *only, *out, *originals, *python;
	uint64_t budget_ns, limit_ns, sets, seed;
	bool help, list;
};

struct tutorial {
	struct options options;
	struct sy_entry *entries;
	size_t count;
	struct sy_topology *topology;
	struct sy_track track;
};

static const char help[] =
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

static int complain(int status, const char *what)
{
	fprintf(stderr, "switchyard-study: %s\n", what);
	return status;
}

static bool read_time(const char *text, uint64_t *ns)
{
	return !sy_parse_duration(text, ns) && *ns >= 1000000 &&
	       *ns <= TIME_MAX_NS;
}

static bool take_option(struct options *o, int option, const char *value)
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

static int read_options(struct options *o, int argc, char **argv)
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
		return complain(STATUS_USAGE, line);
	}
	if (optind == argc)
		return 0;
	snprintf(line, sizeof(line), "tutorial: '%.60s' is one word too many",
	         argv[optind]);
	return complain(STATUS_USAGE, line);
}

static void add_side(struct sy_race *race, const struct sy_side_kind *kind,
                     const char *what, uint64_t slice_ns)
{
	race->sides[race->count++] = (struct sy_side){
		.kind = kind,
		.what = what,
		.slice_ns = slice_ns ? slice_ns : SLICE_NS,
		.child = { .fd = -1, .stderr_fd = -1 },
		.entrant = { .remote = { .fd = -1 } },
	};
}

static void add_entry(struct tutorial *t, const struct sy_construct *construct)
{
	static const struct sy_side_kind *const kinds[SY_BESIDE_KINDS] = {
		[SY_BESIDE_PYTHON] = &sy_side_python,
		[SY_BESIDE_BARE] = &sy_side_point,
		[SY_BESIDE_WRK] = &sy_side_wrk,
	};
	struct sy_entry *entry = &t->entries[t->count++];

	entry->construct = construct;
	add_side(&entry->race, &sy_side_point, construct->ours,
	         construct->slice_ns);
	for (const struct sy_beside *b = construct->beside; b->what; b++)
		add_side(&entry->race, kinds[b->kind], b->what,
		         construct->slice_ns);
}

static int choose(struct tutorial *t)
{
	const char *only = t->options.only ? t->options.only : "";
	regex_t expression;

	if (regcomp(&expression, only, REG_EXTENDED | REG_NOSUB))
		return complain(STATUS_USAGE,
		                "tutorial: --only is not a regular expression");
	t->entries = calloc(sy_construct_count, sizeof(*t->entries));
	for (size_t i = 0; i < sy_construct_count && t->entries; i++)
		if (!regexec(&expression, sy_constructs[i].name, 0, NULL, 0))
			add_entry(t, &sy_constructs[i]);
	regfree(&expression);
	if (!t->entries)
		return complain(STATUS_REFUSED, "no memory");
	return t->count ? 0
	                : complain(STATUS_USAGE,
	                           "tutorial: --only matches no construct; "
	                           "see --list");
}

/* Signals that ask to stop wait to be seen, so that everything is ended. */
static int watch_signals(void)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	if (sigprocmask(SIG_BLOCK, &signals, NULL))
		return -errno;
	return signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

static int discard(void *data, json_t *record, struct sy_reason *reason)
{
	(void)data;
	(void)reason;
	json_decref(record);
	return 0;
}

static int open_track(struct tutorial *t, struct sy_reason *reason)
{
	const struct options *o = &t->options;
	char why[200];
	int error = sy_topology_open(&t->topology);

	if (error)
		return sy_reason(reason, error, "no topology: %s",
		                 strerror(-error));
	t->track = (struct sy_track){
		.topology = t->topology,
		.python = o->python,
		.originals = o->originals,
		.url = "",
		.hooks = { .program = "/proc/self/exe",
		           .cancel_fd = watch_signals(),
		           .journal = discard },
		.limit_ms = (int)(o->limit_ns / 1000000),
		.random = o->seed,
	};
	error = sy_placement_make(&t->track.where, t->topology, "one-pu", why,
	                          sizeof(why));
	if (error)
		return sy_reason(reason, error, "%s", why);
	error = sy_remote_prepare();
	/* Inherited by what is started: all sides wait with the same slack. */
	if (!error && prctl(PR_SET_TIMERSLACK, SY_TIMER_SLACK_NS))
		error = -errno;
	return error ? sy_reason(reason, error, "cannot prepare the study: %s",
	                         strerror(-error))
	             : 0;
}

static void show(const struct tutorial *t, unsigned set, size_t i)
{
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\r\033[Kset %u of %llu: %.60s", set + 1,
		        (unsigned long long)t->options.sets,
		        t->entries[i].construct->name);
}

/* Races share what is left of the time alike. */
static uint64_t race_end(const struct tutorial *t, unsigned set, size_t i,
                         uint64_t end_ns)
{
	uint64_t now = sy_clock_ns();
	uint64_t left = t->count * (t->options.sets - set) - i;

	return end_ns > now ? now + (end_ns - now) / left : now;
}

static int run_sets(struct tutorial *t, struct sy_reason *reason)
{
	uint64_t end_ns = sy_clock_ns() + t->options.budget_ns;
	int error = 0;

	for (unsigned set = 0; set < t->options.sets; set++)
		for (size_t i = 0; i < t->count && !error; i++) {
			if (!sy_race_open(&t->entries[i].race))
				continue;
			show(t, set, i);
			error = sy_race_run(&t->entries[i].race, &t->track, set,
			                    race_end(t, set, i, end_ns),
			                    reason);
		}
	if (isatty(STDERR_FILENO))
		fputs("\r\033[K", stderr);
	return error;
}

/* What is told on standard error too, as it makes the status. */
static int judge(const struct tutorial *t)
{
	int status = 0;

	for (size_t i = 0; i < t->count; i++) {
		const struct sy_entry *e = &t->entries[i];

		for (size_t j = 0; j < e->race.count; j++) {
			const struct sy_result *r = &e->race.sides[j].result;

			if (r->state == SY_MEASURED || r->state == SY_ABSENT)
				continue;
			fprintf(stderr, "switchyard-study: %s: %s %s: %s\n",
			        e->construct->name, e->race.sides[j].what,
			        sy_state_name(r->state), r->reason.text);
			if (status != STATUS_WRONG)
				status = r->state == SY_WRONG ? STATUS_WRONG
				                              : STATUS_POINT;
		}
	}
	return status;
}

static int report(const struct tutorial *t)
{
	const struct options *o = &t->options;
	json_t *facts = sy_machine_facts(t->topology);
	struct sy_about about = { .sets = (unsigned)o->sets, .seed = o->seed };
	struct sy_reason reason;
	int status;

	sy_machine_line(facts, about.machine);
	json_decref(facts);
	sy_tutorial_print(t->entries, t->count, o->seed);
	printf("\nPU %d, %u sets, seed %llu; %s\n%s, %s\n",
	       t->track.where.pus[0], about.sets, (unsigned long long)o->seed,
	       about.machine, SY_COMPILER, SY_FLAGS);
	status = judge(t);
	if (o->out &&
	    sy_tutorial_write(o->out, t->entries, t->count, &about, &reason))
		return complain(STATUS_REFUSED, reason.text);
	return status;
}

static int carry_out(struct tutorial *t)
{
	struct sy_reason reason = { "" };
	int error;

	if (t->options.out && access(t->options.out, W_OK))
		return complain(STATUS_USAGE,
		                "tutorial: --out is no folder that can be "
		                "written to");
	sy_limits_raise();
	error = open_track(t, &reason);
	if (!error)
		error = run_sets(t, &reason);
	if (error == -ECANCELED)
		return complain(STATUS_INTERRUPTED, "interrupted");
	return error ? complain(STATUS_REFUSED, reason.text) : report(t);
}

static void close_all(struct tutorial *t)
{
	for (size_t i = 0; i < t->count; i++)
		sy_race_free(&t->entries[i].race);
	free(t->entries);
	if (t->track.hooks.cancel_fd > 0)
		close(t->track.hooks.cancel_fd);
	sy_placement_free(&t->track.where);
	if (t->topology)
		sy_topology_close(t->topology);
}

int sy_study_tutorial(int argc, char **argv)
{
	struct tutorial t = { .options = {
				      .originals = "scripts/python-originals",
				      .python = "/usr/bin/python3",
				      .budget_ns = BUDGET_NS,
				      .limit_ns = LIMIT_NS,
				      .sets = SETS,
				      .seed = 1,
			      } };
	int status = read_options(&t.options, argc, argv);

	if (!status && t.options.help) {
		fputs(help, stdout);
		return 0;
	}
	if (!status)
		status = choose(&t);
	if (!status && t.options.list)
		for (size_t i = 0; i < t.count; i++)
			puts(t.entries[i].construct->name);
	else if (!status)
		status = carry_out(&t);
	close_all(&t);
	return status;
}
