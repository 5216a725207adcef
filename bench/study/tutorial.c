/* SPDX-License-Identifier: MIT */
/* tutorial.c - see tutorial.h: the verb, its options and its sets. */
#include "study/tutorial.h"
#include "study/tutorial_parts.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "engine/filter.h"
#include "host/limits.h"
#include "workloads/nginx.h"

#define SETS 4
#define BUDGET_NS UINT64_C(240000000000)
#define LIMIT_NS UINT64_C(20000000000)
#define SLICE_NS UINT64_C(10000000)
/* What is fetched; each of the sides keeps its hundred connections. */
#define BODY_BYTES 4096
#define CONNECTIONS 512

struct tutorial {
	struct sy_tutorial_options options;
	struct sy_entry *entries;
	size_t count;
	struct sy_topology *topology;
	struct sy_track track;
};

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
	struct sy_reason reason;
	regex_t expression;

	if (sy_filter_compile(&expression, only, &reason))
		return sy_tutorial_complain(SY_TUTORIAL_USAGE, reason.text);
	t->entries = calloc(sy_construct_count, sizeof(*t->entries));
	for (size_t i = 0; i < sy_construct_count && t->entries; i++)
		if (!regexec(&expression, sy_constructs[i].name, 0, NULL, 0))
			add_entry(t, &sy_constructs[i]);
	regfree(&expression);
	if (!t->entries)
		return sy_tutorial_complain(SY_TUTORIAL_REFUSED, "no memory");
	return t->count ? 0
	                : sy_tutorial_complain(
				  SY_TUTORIAL_USAGE,
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
	const struct sy_tutorial_options *o = &t->options;
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

/* The server that all sides of a race fetch from, on their PU. */
struct server {
	struct sy_nginx nginx;
	char url[64];
};

static int start_server(struct server *server, const struct sy_track *track,
                        struct sy_reason *reason)
{
	const struct sy_nginx_spec spec = {
		.body_bytes = BODY_BYTES,
		.bodies = 1,
		.connections = CONNECTIONS,
		.pu = track->where.pus[0],
	};
	const char *absent = sy_nginx_absent();
	char why[SY_BROKEN_BYTES];
	int error;

	if (absent)
		return sy_reason(reason, -ENOTSUP, "%s", absent);
	error = sy_nginx_start(&server->nginx, &spec, why);
	if (error)
		return sy_reason(reason, error, "%s", why);
	snprintf(server->url, sizeof(server->url), "http://127.0.0.1:%u/0",
	         ntohs(server->nginx.address.sin_port));
	return 0;
}

/* Without a server none of them has anything to do. */
static void blame_all(struct sy_race *race, int error,
                      const struct sy_reason *reason)
{
	for (size_t i = 0; i < race->count; i++)
		sy_side_blame(&race->sides[i], error, reason);
}

static int run_served(struct sy_race *race, struct sy_track *track,
                      uint32_t set, uint64_t end_ns, struct sy_reason *reason)
{
	struct server server;
	int error = start_server(&server, track, reason);

	if (error) {
		blame_all(race, error, reason);
		return 0;
	}
	track->url = server.url;
	error = sy_race_run(race, track, set, end_ns, reason);
	track->url = "";
	sy_nginx_stop(&server.nginx);
	return error;
}

static int run_entry(struct tutorial *t, unsigned set, size_t i,
                     uint64_t end_ns, struct sy_reason *reason)
{
	struct sy_entry *entry = &t->entries[i];
	uint64_t race_end_ns = race_end(t, set, i, end_ns);

	if (!sy_race_open(&entry->race))
		return 0;
	show(t, set, i);
	if (entry->construct->server)
		return run_served(&entry->race, &t->track, set, race_end_ns,
		                  reason);
	return sy_race_run(&entry->race, &t->track, set, race_end_ns, reason);
}

static int run_sets(struct tutorial *t, struct sy_reason *reason)
{
	uint64_t end_ns = sy_clock_ns() + t->options.budget_ns;
	int error = 0;

	for (unsigned set = 0; set < t->options.sets; set++)
		for (size_t i = 0; i < t->count && !error; i++)
			error = run_entry(t, set, i, end_ns, reason);
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
			if (status != SY_TUTORIAL_WRONG)
				status = r->state == SY_WRONG
				                 ? SY_TUTORIAL_WRONG
				                 : SY_TUTORIAL_POINT;
		}
	}
	return status;
}

static int report(const struct tutorial *t)
{
	const struct sy_tutorial_options *o = &t->options;
	json_t *facts = sy_machine_facts(t->topology);
	struct sy_about about = { .pu = t->track.where.pus[0],
		                  .sets = (unsigned)o->sets,
		                  .seed = o->seed };
	struct sy_reason reason;
	int status;

	sy_machine_line(facts, about.machine);
	json_decref(facts);
	sy_tutorial_print(t->entries, t->count, o->seed);
	sy_tutorial_print_foot(t->entries, t->count, &about);
	status = judge(t);
	if (o->out &&
	    sy_tutorial_write(o->out, t->entries, t->count, &about, &reason))
		return sy_tutorial_complain(SY_TUTORIAL_REFUSED, reason.text);
	return status;
}

static int carry_out(struct tutorial *t)
{
	struct sy_reason reason = { "" };
	int error;

	if (t->options.out && access(t->options.out, W_OK))
		return sy_tutorial_complain(
			SY_TUTORIAL_USAGE,
			"tutorial: --out is no folder that can be "
			"written to");
	sy_limits_raise();
	error = open_track(t, &reason);
	if (!error)
		error = run_sets(t, &reason);
	if (error == -ECANCELED)
		return sy_tutorial_complain(SY_TUTORIAL_INTERRUPTED,
		                            "interrupted");
	return error ? sy_tutorial_complain(SY_TUTORIAL_REFUSED, reason.text)
	             : report(t);
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
	int status = sy_tutorial_options_read(&t.options, argc, argv);

	if (!status && t.options.help) {
		fputs(sy_tutorial_help, stdout);
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
