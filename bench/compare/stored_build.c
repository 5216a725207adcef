/* SPDX-License-Identifier: MIT */
/*
 * stored_build.c - what measured a run, and on what; see stored_run.h.
 *
 * The machine and how the program was built must be the same.  Kernel, C
 * library, mitigations and commit may differ, since that may be what is
 * compared; they are told.
 */
#include "compare/stored_run.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/json.h"
#include "results/pieces.h"

/* Facts of a machine; a few KiB. */
#define FACTS_BYTES ((size_t)16 << 20)

static const struct {
	const char *key, *word;
} build_facts[] = {
	{ "type", "build types" },
	{ "compiler", "compilers" },
	{ "flags", "flags" },
	{ "sanitizer", "sanitizers" },
};
#define BUILD_FACTS (sizeof(build_facts) / sizeof(build_facts[0]))

/* A fact of `build`, which has been checked; null: there is none. */
static const char *fact(const struct sy_stored_run *run, const char *key)
{
	const json_t *build = json_object_get(run->facts, "build");
	const char *text = json_string_value(json_object_get(build, key));

	return text ? text : "none";
}

/* Lists there are used for nothing. */
static int pass_over(void *data, const char *key, size_t index,
                     const json_t *element, struct sy_reason *reason)
{
	(void)data;
	(void)key;
	(void)index;
	(void)element;
	(void)reason;
	return 0;
}

static int check_facts(const struct sy_stored_run *run,
                       struct sy_reason *reason)
{
	const json_t *build = json_object_get(run->facts, "build");
	const char *id = json_string_value(json_object_get(run->facts, "id"));

	if (!id)
		return sy_reason(reason, -EINVAL,
		                 "%s/machine.json: id: not a text", run->dir);
	if (strcmp(id, run->machine_id) != 0)
		return sy_reason(reason, -EINVAL,
		                 "%s: machine.json is of machine '%.40s', "
		                 "results.json of '%.40s'",
		                 run->dir, id, run->machine_id);
	for (size_t i = 0; i < BUILD_FACTS; i++) {
		const json_t *found =
			json_object_get(build, build_facts[i].key);

		if (!json_is_string(found) && !json_is_null(found))
			return sy_reason(reason, -EINVAL,
			                 "%s/machine.json: build.%s: neither "
			                 "null nor a text",
			                 run->dir, build_facts[i].key);
	}
	return 0;
}

/* The last part of where the folder really is: `latest` is a link. */
static void name_run(const char *dir, char name[NAME_MAX + 1])
{
	char *real = realpath(dir, NULL);
	const char *slash = real ? strrchr(real, '/') : NULL;

	snprintf(name, NAME_MAX + 1, "%s", slash ? slash + 1 : dir);
	free(real);
}

/* "20261231T235959Z-tour" began at "2026-12-31T23:59:59Z"; NULL: the folder
   has another name. */
static json_t *begin_of(const char *name)
{
	struct tm utc = { 0 };
	char text[32];
	const char *end = strptime(name, "%Y%m%dT%H%M%SZ-", &utc);

	if (!end)
		return NULL;
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &utc);
	return json_string(text);
}

/* A part that there is no memory for, or that is not known, is not told. */
static void tell(json_t *told, const char *key, json_t *value)
{
	if (value)
		json_object_set_new(told, key, value);
}

static void tell_fact(json_t *told, const char *key, const json_t *facts,
                      const char *group, const char *name)
{
	const json_t *value =
		json_object_get(json_object_get(facts, group), name);

	if (json_is_string(value))
		json_object_set(told, key, (json_t *)value);
}

static void tell_program(json_t *told, const json_t *facts)
{
	const char *version = sy_json_text_in(facts, "build", "version");

	tell(told, "program", json_sprintf("switchyard %s", version));
	tell_fact(told, "compiler", facts, "build", "compiler");
	tell_fact(told, "build_type", facts, "build", "type");
	tell_fact(told, "flags", facts, "build", "flags");
	tell_fact(told, "sanitizer", facts, "build", "sanitizer");
	tell_fact(told, "git_commit", facts, "build", "git_commit");
	tell_fact(told, "git_dirty", facts, "build", "git_dirty");
}

static void tell_machine(json_t *told, const struct sy_stored_run *run)
{
	tell(told, "machine_id", json_string(run->machine_id));
	tell_fact(told, "kernel", run->facts, "kernel", "release");
	tell_fact(told, "libc", run->facts, "libraries", "libc");
}

static void tell_run(json_t *told, const struct sy_stored_run *run)
{
	char name[NAME_MAX + 1];

	name_run(run->dir, name);
	/* NULL where the name is no UTF-8. */
	tell(told, "run", json_string(name));
	tell(told, "begun", begin_of(name));
	if (run->written)
		tell(told, "written", json_string(run->written));
	if (run->interrupted)
		tell(told, "interrupted", json_string("yes"));
}

int sy_stored_build_read(struct sy_stored_run *run, struct sy_reason *reason)
{
	int error = sy_json_pieces(run->dir, "machine.json", FACTS_BYTES,
	                           pass_over, NULL, &run->facts, reason);

	if (!error)
		error = check_facts(run, reason);
	if (error)
		return error;
	run->told = json_object();
	if (!run->told)
		return sy_reason(reason, -ENOMEM, "no memory");
	tell_program(run->told, run->facts);
	tell_machine(run->told, run);
	tell_run(run->told, run);
	return 0;
}

/* "meltdown: PTI; spectre_v2: off" of those that are otherwise in `other`; NULL:
   none is, or there is no memory. */
static char *list_others(const json_t *mine, const json_t *other)
{
	char *list = NULL;
	size_t bytes = 0;
	FILE *out = open_memstream(&list, &bytes);
	bool any = false;
	const char *name;
	json_t *value;

	if (!out)
		return NULL;
	json_object_foreach ((json_t *)mine, name, value) {
		const char *text = json_string_value(value);

		if (!text || json_equal(value, json_object_get(other, name)))
			continue;
		fprintf(out, "%s%s: %s", any ? "; " : "", name, text);
		any = true;
	}
	if (!fclose(out) && any)
		return list;
	free(list);
	return NULL;
}

void sy_stored_tell_mitigations(struct sy_stored_run *run,
                                const struct sy_stored_run *other)
{
	char *list = list_others(json_object_get(run->facts, "mitigations"),
	                         json_object_get(other->facts, "mitigations"));

	if (list)
		tell(run->told, "mitigations", json_string(list));
	free(list);
}

/* "different compilers: 'gcc 12' and 'clang 14'", behind what is there. */
static void add_difference(struct sy_reason *unlike, const char *word,
                           const char *one, const char *two)
{
	struct sy_reason before = *unlike;

	if (strcmp(one, two) != 0)
		sy_reason(unlike, 0, "%s%sdifferent %s: '%s' and '%s'",
		          before.text, before.text[0] ? "; " : "", word, one,
		          two);
}

/* The first difference, or with `anyway` all of them. */
static bool differ(const struct sy_stored_run *old_run,
                   const struct sy_stored_run *new_run, bool anyway,
                   struct sy_reason *unlike)
{
	add_difference(unlike, "machines", old_run->machine_id,
	               new_run->machine_id);
	for (size_t i = 0; i < BUILD_FACTS; i++) {
		const char *key = build_facts[i].key;

		if (unlike->text[0] && !anyway)
			break;
		add_difference(unlike, build_facts[i].word, fact(old_run, key),
		               fact(new_run, key));
	}
	return unlike->text[0];
}

int sy_stored_build_compare(const struct sy_stored_run *old_run,
                            const struct sy_stored_run *new_run, bool anyway,
                            struct sy_reason *unlike, struct sy_reason *reason)
{
	struct sy_reason found = { "" };

	if (differ(old_run, new_run, anyway, &found) && !anyway)
		return sy_reason(reason, -EXDEV,
		                 "%.300s; compare anyway with --anyway",
		                 found.text);
	*unlike = found;
	return 0;
}
