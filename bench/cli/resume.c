/* SPDX-License-Identifier: MIT */
/*
 * resume.c - a run that was stopped goes on where it stopped.
 *
 * What is there has to fit together and to be of this program and of this
 * machine, else its two parts would not be comparable: all of that is looked
 * at before anything is changed.
 */
#include <errno.h>
#include <string.h>

#include "cli/execute.h"
#include "engine/json.h"
#include "host/identity.h"
#include "host/limits.h"
#include "results/journal.h"

/* Files of a run that cannot be used are unreadable input; one that is being
   written, of another program or of another machine is refused here. */

static int open_run(struct sy_execution *x, const char *path)
{
	struct sy_reason reason;
	int error = sy_run_open(&x->run, path, &reason);

	if (error == -EWOULDBLOCK)
		return sy_complain(SY_EXIT_REFUSED,
		                   "%s: wait for its end, or end it",
		                   reason.text);
	return error ? sy_complain(SY_EXIT_USAGE, "%s", reason.text) : 0;
}

static int read_file(const struct sy_execution *x, const char *name,
                     json_t **json)
{
	struct sy_reason reason;

	return sy_run_read_json(x->run, name, json, &reason)
	               ? sy_complain(SY_EXIT_USAGE, "%s", reason.text)
	               : 0;
}

static int check_program(const struct sy_execution *x, const json_t *plan)
{
	json_t *own = json_pack("{so}", "program",
	                        sy_program_identity(SY_PROGRAM_PATH));
	const char *hash = sy_json_text_in(own, "program", "hash");
	int status = 0;

	if (strlen(hash) != strlen(sy_json_text_in(plan, "program", "hash")) ||
	    strcmp(hash, sy_json_text_in(plan, "program", "hash")) ||
	    !strcmp(hash, "unknown"))
		status = sy_complain(
			SY_EXIT_REFUSED,
			"%s was begun by another program: version %s, commit "
			"%s, %s, hash %s; this is %s, %s, %s, %s",
			sy_run_path(x->run),
			sy_json_text_in(plan, "program", "version"),
			sy_json_text_in(plan, "program", "git_commit"),
			sy_json_text_in(plan, "program", "build_type"),
			sy_json_text_in(plan, "program", "hash"),
			sy_json_text_in(own, "program", "version"),
			sy_json_text_in(own, "program", "git_commit"),
			sy_json_text_in(own, "program", "build_type"), hash);
	json_decref(own);
	return status;
}

/* What a figure depends on and may change under the same machine's id. */
static int check_system(const struct sy_execution *x, const json_t *machine)
{
	static const struct {
		const char *object, *key, *what;
	} same[] = {
		{ "kernel", "release", "Linux" },
		{ "kernel", "version", "Linux" },
		{ "libraries", "libc", "the C library" },
		{ "libraries", "libuv", "libuv" },
	};

	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		const char *then =
			sy_json_text_in(machine, same[i].object, same[i].key);
		const char *now = sy_json_text_in(x->machine, same[i].object,
		                                  same[i].key);

		if (strcmp(then, now))
			return sy_complain(SY_EXIT_REFUSED,
			                   "%s was begun under another system: "
			                   "%s was %s, and is %s",
			                   sy_run_path(x->run), same[i].what,
			                   then, now);
	}
	return 0;
}

static int check_machine(const struct sy_execution *x, const json_t *plan,
                         const json_t *machine)
{
	const char *id = json_string_value(json_object_get(machine, "id"));
	const char *planned =
		json_string_value(json_object_get(plan, "machine_id"));

	if (!id || !planned || strcmp(id, planned))
		return sy_complain(SY_EXIT_USAGE,
		                   "%s: machine.json and plan.json are not of "
		                   "one run",
		                   sy_run_path(x->run));
	if (strcmp(id, x->machine_id))
		return sy_complain(SY_EXIT_REFUSED,
		                   "%s is of another machine: %s, and this is "
		                   "%s",
		                   sy_run_path(x->run), id, x->machine_id);
	return check_system(x, machine);
}

static int read_plan(struct sy_execution *x, json_t *json)
{
	struct sy_reason reason;

	if (sy_plan_from_json(x->plan, json, &reason))
		return sy_complain(SY_EXIT_USAGE, "%s/plan.json: %s",
		                   sy_run_path(x->run), reason.text);
	x->about = json_pack("{sO* sO sO}", "label",
	                     json_object_get(json, "label"), "machine_id",
	                     json_object_get(json, "machine_id"), "program",
	                     json_object_get(json, "program"));
	if (!x->about || sy_session_init(&x->session, x->plan))
		return sy_complain(SY_EXIT_REFUSED, "no memory");
	return 0;
}

/* Program and machine first: another program may know other points. */
static int read_files(struct sy_execution *x)
{
	json_t *plan = NULL, *machine = NULL;
	struct sy_reason reason;
	int status = read_file(x, "plan.json", &plan);

	if (!status && sy_plan_schema_check(plan, &reason))
		status = sy_complain(SY_EXIT_USAGE, "%s/plan.json: %s",
		                     sy_run_path(x->run), reason.text);
	if (!status)
		status = read_file(x, "machine.json", &machine);
	if (!status)
		status = check_program(x, plan);
	if (!status)
		status = check_machine(x, plan, machine);
	if (!status)
		status = read_plan(x, plan);
	if (!status) {
		json_decref(x->machine);
		x->machine = json_incref(machine);
	}
	json_decref(machine);
	json_decref(plan);
	return status;
}

static int read_journal(struct sy_execution *x, struct sy_journal *journal)
{
	struct sy_reason reason;
	int error;

	*journal = (struct sy_journal){ .fd = sy_run_journal(x->run),
		                        .folder = sy_run_path(x->run),
		                        .machine_id = x->machine_id };
	error = sy_journal_restore(journal, x->plan, &x->session, &reason);
	if (!error)
		return 0;
	return sy_complain(error == -ENOMEM ? SY_EXIT_REFUSED : SY_EXIT_USAGE,
	                   "%s", reason.text);
}

static bool all_measured(const struct sy_execution *x)
{
	return x->session.course.ended && !x->session.interrupted;
}

static bool is_complete(const struct sy_execution *x)
{
	struct sy_reason reason;
	json_t *results = NULL;
	bool whole = false;

	if (!all_measured(x))
		return false;
	if (!sy_run_read_json(x->run, "results.json", &results, &reason))
		whole = json_is_false(json_object_get(results, "interrupted"));
	json_decref(results);
	return whole;
}

static bool same_place(const struct sy_point *a, const struct sy_point *b)
{
	return a->where.bound == b->where.bound &&
	       a->where.count == b->where.count &&
	       !memcmp(a->where.pus, b->where.pus,
	               a->where.count * sizeof(*a->where.pus)) &&
	       a->load.server_pu == b->load.server_pu;
}

/* A mask, a cpuset or a PU that went offline moves points elsewhere. */
static int check_place(const struct sy_execution *x,
                       const struct sy_point *point)
{
	struct sy_point now = *point;
	struct sy_reason reason = { "its placement is on other PUs now" };
	bool same;
	int error;

	now.where = (struct sy_placement){ 0 };
	error = sy_point_resolve(&now, x->topology, &reason);
	if (point->where.count)
		same = !error && same_place(point, &now);
	else
		same = error == -ENODEV;
	sy_point_release(&now);
	if (same)
		return 0;
	if (error == -ENOMEM)
		return sy_complain(SY_EXIT_REFUSED, "no memory");
	return sy_complain(SY_EXIT_REFUSED, "%s does not go on here: %s: %s",
	                   sy_run_path(x->run), point->name,
	                   point->where.count ? reason.text
	                                      : "it was not there, and is now");
}

/* Nothing that was measured is given up to a limit that may be lifted. */
static int check_here(const struct sy_execution *x)
{
	struct sy_limits limits;
	int status = 0;

	sy_limits_read(&limits);
	for (size_t i = 0; i < x->plan->count && !status; i++) {
		const struct sy_point *point = &x->plan->points[i];
		struct sy_reason reason;

		status = check_place(x, point);
		if (!status && point->where.count &&
		    sy_result_open(&x->session.points[i]) &&
		    sy_point_fits(point, &limits, &reason))
			status = sy_complain(SY_EXIT_REFUSED,
			                     "%s does not go on here: %s %s",
			                     sy_run_path(x->run), point->name,
			                     reason.text);
	}
	return status;
}

static int go_on(struct sy_execution *x, const struct sy_journal *journal)
{
	struct sy_reason reason;

	if (sy_run_go_on(x->run, journal->whole_bytes, &reason))
		return sy_complain(SY_EXIT_REFUSED, "%s", reason.text);
	if (journal->torn)
		sy_complain(0,
		            "%s/samples.jsonl ended in half a line: dropped, "
		            "what it told of is done again",
		            sy_run_path(x->run));
	/* Only its results were not written. */
	if (all_measured(x))
		return sy_execution_finish(x, 0);
	return sy_execution_measure(x);
}

static int resume(struct sy_execution *x, const char *path)
{
	struct sy_journal journal;
	int status = open_run(x, path);

	if (!status)
		status = read_files(x);
	if (!status)
		status = read_journal(x, &journal);
	if (status)
		return status;
	if (is_complete(x))
		return sy_complain(0,
		                   "%s is complete: nothing is left to "
		                   "measure",
		                   sy_run_path(x->run));
	/* Where nothing is measured, nothing can be in its way. */
	if (!all_measured(x))
		status = check_here(x);
	return status ? status : go_on(x, &journal);
}

int sy_resume(const struct sy_options *options)
{
	struct sy_plan plan;
	struct sy_execution x = { .plan = &plan, .options = options };
	int status;

	sy_plan_init(&plan);
	status = sy_execution_open(&x);
	if (!status)
		status = resume(&x, options->resume);
	status = sy_execution_close(&x, status);
	sy_plan_free(&plan);
	return status;
}
