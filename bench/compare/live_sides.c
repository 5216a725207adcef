/* SPDX-License-Identifier: MIT */
/*
 * live_sides.c - what the two programs are, by their own hello, and whether
 * it makes sense to compare them; see live_parts.h.
 */
#include "compare/live_parts.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* A fact is a word or a line of flags; what is longer is not a fact. */
#define FACT_BYTES 1000

/* What a build says of itself; an older one says less. */
static const char *const facts[] = { "program", "compiler",  "build_type",
	                             "flags",   "sanitizer", "git_commit" };

/* Builds that differ in one of these are not worth comparing. */
static const struct {
	const char *fact, *words;
} decisive[] = { { "build_type", "build types" },
	         { "sanitizer", "sanitizers" } };

static int note(struct sy_compared_side *side, const json_t *hello)
{
	json_decref(side->told);
	side->told = json_object();
	if (!side->told)
		return -ENOMEM;
	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
		json_t *fact = json_object_get(hello, facts[i]);

		if (json_is_string(fact) &&
		    json_string_length(fact) < FACT_BYTES &&
		    json_object_set(side->told, facts[i], fact))
			return -ENOMEM;
	}
	return 0;
}

static bool is_short_of_something(int error)
{
	return error == -ENOMEM || error == -EMFILE || error == -ENFILE ||
	       error == -EAGAIN;
}

/* The program is there, but what its first line names is not. */
static const char *start_error(const char *program, int error)
{
	if (error == -ENOENT && !access(program, F_OK))
		return "the interpreter that it names is not there";
	return strerror(-error);
}

static int start(struct sy_remote *remote, const struct sy_hooks *hooks,
                 enum sy_side which, struct sy_reason *reason)
{
	int error = sy_remote_start(remote, hooks->program, true, reason);

	if (!error || is_short_of_something(error))
		return error;
	return sy_reason(reason, -ENOEXEC, "%s: %s: %s", sy_side_word(which),
	                 hooks->program, start_error(hooks->program, error));
}

/* Why a program that was started has said no hello. */
static int refuse(const struct sy_remote *remote, const struct sy_hooks *hooks,
                  enum sy_side which, int error, struct sy_reason *reason)
{
	struct sy_reason why = *reason;

	if (error == -ECANCELED || error == -ENOMEM)
		return error;
	if (remote->greeted)
		return sy_reason(reason, -EPROTO, "%s: %.120s: %.240s",
		                 sy_side_word(which), hooks->program, why.text);
	/* A wrapper script whose program says what is wrong with it. */
	if (error == -ESRCH)
		return sy_reason(reason, -ENOEXEC, "%s: %.120s: %.240s",
		                 sy_side_word(which), hooks->program, why.text);
	return sy_reason(reason, -ENOEXEC,
	                 "%s: %.120s is no switchyard: %.240s",
	                 sy_side_word(which), hooks->program, why.text);
}

static int ask(struct sy_live_run *run, enum sy_side which,
               struct sy_reason *reason)
{
	const struct sy_hooks *hooks = &run->hooks[which];
	struct sy_remote remote;
	json_t *hello = NULL;
	int error = start(&remote, hooks, which, reason);

	if (error)
		return error;
	error = sy_remote_hello(&remote, hooks->cancel_fd, hooks->hello_ms,
	                        &hello, reason);
	if (error)
		error = refuse(&remote, hooks, which, error, reason);
	else if (note(&run->comparison->sides[which], hello))
		error = sy_reason(reason, -ENOMEM, "no memory");
	json_decref(hello);
	sy_remote_stop(&remote, error);
	return error;
}

static const char *fact_of(const struct sy_live_run *run, enum sy_side which,
                           const char *fact)
{
	return json_string_value(
		json_object_get(run->comparison->sides[which].told, fact));
}

static const char *or_none(const char *text)
{
	return *text ? text : "none";
}

/* Differences that make a comparison one of builds and not of sources. */
static int compare(struct sy_live_run *run, struct sy_reason *reason)
{
	for (size_t i = 0; i < sizeof(decisive) / sizeof(decisive[0]); i++) {
		const char *old = fact_of(run, SY_OLD, decisive[i].fact);
		const char *new = fact_of(run, SY_NEW, decisive[i].fact);

		if (!old || !new || !strcmp(old, new))
			continue;
		return sy_reason(reason, -EXDEV,
		                 "different %s: OLD %.80s, NEW %.80s",
		                 decisive[i].words, or_none(old), or_none(new));
	}
	return 0;
}

int sy_live_sides(struct sy_live_run *run, struct sy_reason *reason)
{
	int error = ask(run, SY_OLD, reason);

	if (!error)
		error = ask(run, SY_NEW, reason);
	if (!error)
		error = compare(run, reason);
	if (error != -EXDEV || !run->live->anyway)
		return error;
	run->comparison->unlike = *reason;
	return 0;
}
