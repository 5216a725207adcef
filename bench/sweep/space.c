/* SPDX-License-Identifier: MIT */
/*
 * space.c - see space.h.
 *
 * Each family has the product of its own keys only, so that a list of grains
 * does not multiply the points of `io`.
 */
#include "sweep/space.h"

#include <errno.h>
#include <string.h>

#include "engine/bounds.h"
#include "engine/param.h"
#include "host/units.h"
#include "sweep/matrix.h"

#define TASKS "cpu wait io lock gate event condition timer share fetch"
static const char tasks[] = TASKS;
static const char all_families[] = "switch spawn idle " TASKS;
static const char mechanisms[] = "switch spawn idle lock share";
static const char time_form[] = "a duration; write 500us, 10ms, 1s";
static const char size_form[] = "a size; write 64, 4KiB, 1MiB";
static const char count_form[] = "a whole number";

static const struct sy_named transports[] = {
	{ "unix", 0 },
	{ "tcp", 1 },
	{ NULL, 0 },
};

/* A server's PU is the value; so that of `shared` is none. */
static const struct sy_named servers[] = {
	{ "shared", UINT64_MAX },
	{ NULL, 0 },
};

/* Two contexts that hand over from two places. */
static const struct sy_named rings[] = {
	{ "no", 0 },
	{ NULL, 0 },
};

/* As large as the mechanism has them by itself. */
static const struct sy_named stacks[] = {
	{ "own", 0 },
	{ NULL, 0 },
};

static const struct sy_named connections[] = {
	{ "keep", 0 },
	{ "fresh", 1 },
	{ NULL, 0 },
};

static const struct sy_named answers[] = {
	{ "no", 0 },
	{ "yes", 1 },
	{ NULL, 0 },
};

/* The bounds below are written out for those who read the message. */
_Static_assert(SY_PUS_MAX == 2048, "the last PU that may be named is 2047");
_Static_assert(SY_MESSAGE_MAX == 1 << 20, "a message has at most 1MiB");
_Static_assert(SY_INFLIGHT_MAX == 1000000 && SY_WINDOW_MAX == 65536,
               "the most lanes, and the most tasks ahead");
_Static_assert(SY_GRAIN_MAX_NS == 100000000, "a grain has at most 100ms");
_Static_assert(SY_WAIT_MAX_NS == INT64_C(10000000000), "a wait at most 10s");

_Static_assert(SY_RING_MAX == 10000 && SY_BURST_MAX == 10000 &&
                       SY_IDLE_MAX == 1000000,
               "the most contexts of a mechanism");
_Static_assert(SY_MEMORY_MAX == INT64_C(1) << 40 &&
                       SY_STACK_MAX == INT64_C(1) << 30,
               "memory has at most 1TiB, a stack 1GiB");

_Static_assert(SY_INSIDE_MAX_NS == 100000000 && SY_CRITICAL_MAX == 1000000 &&
                       SY_CELLS_MAX == 1048576 && SY_BODY_MAX == 64 << 20,
               "work has at most 100ms, a task 1000000 sections, an array "
               "1048576 cells, a body 64MiB");
_Static_assert(SY_TIMEOUT_MIN_NS == 1000000 &&
                       SY_TIMEOUT_MAX_NS == INT64_C(60000000000),
               "a request is given 1ms to 60s");

#define COUNT .parse = sy_parse_count, .form = count_form
#define TIME .parse = sy_parse_duration, .form = time_form, .least = "0"
#define SIZE                                                                   \
	.parse = sy_parse_size, .form = size_form, .least = "8", .most = "1MiB"

#define MEMORY .parse = sy_parse_size, .form = size_form, .least = "0"

/*
 * In flight: more lanes than any machine of today has descriptors and threads
 * for.  A longer grain or wait would make a slice of many seconds: all lanes
 * work one after another, but wait at once.
 */
static const struct key {
	const char *name, *families, *otherwise;
	struct sy_number_kind kind; /* of those that are numbers */
} keys[SY_KEYS] = {
	[SY_KEY_MODEL] = { "model", all_families, "all", { 0 } },
	[SY_KEY_WORKLOAD] = { "workload", all_families, "all", { 0 } },
	[SY_KEY_MECHANISM] = { "mechanism", mechanisms, "all", { 0 } },
	[SY_KEY_PLACEMENT] = { "placement", all_families, "one-pu", { 0 } },
	[SY_KEY_INFLIGHT] = { "inflight",
	                      tasks,
	                      "64",
	                      { COUNT, .least = "1", .most = "1000000" } },
	[SY_KEY_GRAIN] = { "grain", "cpu", "100us", { TIME, .most = "100ms" } },
	[SY_KEY_WAIT] = { "wait",
	                  SY_HAVE_WAIT,
	                  "2ms",
	                  { TIME, .most = "10s" } },
	[SY_KEY_REQUEST] = { "request", "io", "64", { SIZE } },
	[SY_KEY_REPLY] = { "reply", "io", "64", { SIZE } },
	[SY_KEY_TRANSPORT] = { "transport",
	                       "io",
	                       "unix",
	                       { .form = "'unix' or 'tcp'",
	                         .named = transports } },
	[SY_KEY_SERVER] = { "server",
	                    SY_HAVE_SERVER,
	                    "shared",
	                    { .parse = sy_parse_count,
	                      .form = "'shared' or the number of a PU",
	                      .least = "0",
	                      .most = "2047",
	                      .named = servers } },
	[SY_KEY_WINDOW] = { "window",
	                    tasks,
	                    "1024",
	                    { COUNT, .least = "1", .most = "65536",
	                      .power_of_two = true } },
	[SY_KEY_HOLD_AWAKE] = { "hold-awake",
	                        all_families,
	                        "no",
	                        { .form = "'no' or 'yes'", .named = answers } },
	[SY_KEY_RING] = { "ring",
	                  "switch",
	                  "no",
	                  { .parse = sy_parse_count,
	                    .form = "'no' or a number of contexts",
	                    .least = "2",
	                    .most = "10000",
	                    .named = rings } },
	[SY_KEY_WORKING_SET] = { "working-set",
	                         "switch",
	                         "0",
	                         { MEMORY, .most = "1TiB" } },
	[SY_KEY_BURST] = { "burst",
	                   "spawn",
	                   "1",
	                   { COUNT, .least = "1", .most = "10000" } },
	[SY_KEY_CONTEXTS] = { "contexts",
	                      "idle",
	                      "10000",
	                      { COUNT, .least = "1", .most = "1000000" } },
	[SY_KEY_STACK] = { "stack",
	                   "spawn idle",
	                   "own",
	                   { MEMORY, .most = "1GiB", .named = stacks } },
	[SY_KEY_RESIDENT] = { "resident",
	                      "spawn",
	                      "0",
	                      { MEMORY, .most = "1TiB" } },
	[SY_KEY_HUGE_PAGES] = { "huge-pages",
	                        "spawn",
	                        "no",
	                        { .form = "'no' or 'yes'", .named = answers } },
	[SY_KEY_URL] = { "url", SY_HAVE_FETCH, "none", { 0 } },
	[SY_KEY_INSIDE] = { "inside",
	                    SY_HAVE_INSIDE,
	                    "0",
	                    { TIME, .most = "100ms" } },
	[SY_KEY_OUTSIDE] = { "outside",
	                     SY_HAVE_INSIDE,
	                     "0",
	                     { TIME, .most = "100ms" } },
	[SY_KEY_SECTIONS] = { "sections",
	                      SY_HAVE_SECTIONS,
	                      "1000",
	                      { COUNT, .least = "1", .most = "1000000" } },
	[SY_KEY_UNITS] = { "units",
	                   SY_HAVE_UNITS,
	                   "5",
	                   { COUNT, .least = "1", .most = "1000000" } },
	[SY_KEY_NOTIFY] = { "notify",
	                    SY_HAVE_NOTIFY,
	                    "1",
	                    { COUNT, .least = "1", .most = "1000000" } },
	[SY_KEY_CELLS] = { "cells",
	                   SY_HAVE_CELLS,
	                   "1024",
	                   { COUNT, .least = "1", .most = "1048576",
	                     .power_of_two = true } },
	[SY_KEY_BODY] = { "body",
	                  SY_HAVE_FETCH,
	                  "4KiB",
	                  { .parse = sy_parse_size,
	                    .form = size_form,
	                    .least = "1",
	                    .most = "64MiB" } },
	[SY_KEY_CONNECTION] = { "connection",
	                        SY_HAVE_FETCH,
	                        "keep",
	                        { .form = "'keep' or 'fresh'",
	                          .named = connections } },
	[SY_KEY_TIMEOUT] = { "timeout",
	                     SY_HAVE_FETCH,
	                     "5s",
	                     { .parse = sy_parse_duration,
	                       .form = time_form,
	                       .least = "1ms",
	                       .most = "60s" } },
};

const char *sy_key_name(enum sy_key key)
{
	return keys[key].name;
}

const char *sy_key_families(enum sy_key key)
{
	return keys[key].families;
}

bool sy_key_in_family(enum sy_key key, const char *family)
{
	return sy_families_have(keys[key].families, family);
}

static bool is_number(enum sy_key key)
{
	return key > SY_KEY_URL;
}

/* "there is no model 'treads'; did you mean 'threads'?" */
static int unknown(const char *what, const struct sy_nearest *nearest,
                   struct sy_reason *reason)
{
	if (nearest->found)
		return sy_reason(reason, -EINVAL,
		                 "no %s '%.80s'; did you mean '%s'?", what,
		                 nearest->word, nearest->found);
	return sy_reason(reason, -EINVAL,
	                 "no %s '%.80s'; see `switchyard list %ss`", what,
	                 nearest->word, what);
}

static int check_model(const char *name, struct sy_reason *reason)
{
	struct sy_nearest nearest = { .word = name };

	if (!strcmp(name, "all") || sy_model_find(name))
		return 0;
	for (size_t i = 0; sy_models[i]; i++)
		sy_nearest_try(&nearest, sy_models[i]->name);
	return unknown("model", &nearest, reason);
}

/* Whether a workload has it. */
static bool is_way(const char *name, struct sy_nearest *nearest)
{
	for (size_t w = 0; sy_workloads[w]; w++) {
		const struct sy_way *way = sy_workloads[w]->ways;

		for (; way && way->name; way++) {
			if (!strcmp(name, way->name))
				return true;
			sy_nearest_try(nearest, way->name);
		}
	}
	return false;
}

/* One of any model and family: the product leaves out who has none. */
static int check_mechanism(const char *name, struct sy_reason *reason)
{
	struct sy_nearest nearest = { .word = name };

	if (!strcmp(name, "all") || is_way(name, &nearest))
		return 0;
	for (size_t i = 0; sy_models[i]; i++) {
		const struct sy_mechanism *const *row =
			sy_models[i]->mechanisms;

		for (; row && *row; row++) {
			if (!strcmp(name, (*row)->name))
				return 0;
			sy_nearest_try(&nearest, (*row)->name);
		}
	}
	return unknown("mechanism", &nearest, reason);
}

static int check_workload(const char *name, struct sy_reason *reason)
{
	struct sy_nearest nearest = { .word = name };

	if (!strcmp(name, "all") || sy_workload_find(name))
		return 0;
	for (size_t i = 0; sy_workloads[i]; i++)
		sy_nearest_try(&nearest, sy_workloads[i]->name);
	for (enum sy_family f = SY_SWITCH; f <= SY_IDLE; f++) {
		if (!strcmp(name, sy_family_name(f)))
			return 0;
		sy_nearest_try(&nearest, sy_family_name(f));
	}
	return unknown("workload", &nearest, reason);
}

/* Whether it is written as a list of PUs; whether they are there is the
   machine's answer, when the point is resolved. */
static bool is_pu_list(const char *text)
{
	for (bool more = true; more; text += more) {
		size_t digits = strspn(text, "0123456789");

		text += digits;
		if (digits && *text == '-') {
			digits = strspn(++text, "0123456789");
			text += digits;
		}
		if (!digits)
			return false;
		more = *text == ',';
	}
	return !*text;
}

static int check_placement(const char *name, struct sy_reason *reason)
{
	struct sy_nearest nearest = { .word = name };

	if (strlen(name) >= SY_PLACEMENT_BYTES)
		return sy_reason(reason, -EINVAL,
		                 "'%.40s...' is longer than the %d bytes that "
		                 "a placement may have",
		                 name, SY_PLACEMENT_BYTES - 1);
	if (name[0] >= '0' && name[0] <= '9')
		return is_pu_list(name)
		               ? 0
		               : sy_reason(reason, -EINVAL,
		                           "'%s' is not a list of PUs such as "
		                           "0,2-3",
		                           name);
	for (const struct sy_placement_kind *kind = sy_placement_kinds;
	     kind->name; kind++) {
		if (!strcmp(name, kind->name))
			return 0;
		sy_nearest_try(&nearest, kind->name);
	}
	if (!strcmp(name, SY_MATRIX))
		return 0;
	sy_nearest_try(&nearest, SY_MATRIX);
	return unknown("placement", &nearest, reason);
}

static int check_url(const char *url, struct sy_reason *reason)
{
	return strcmp(url, "none") ? sy_url_check(url, reason) : 0;
}

static int check_word(enum sy_key key, const char *word,
                      struct sy_reason *reason)
{
	switch (key) {
	case SY_KEY_MODEL:
		return check_model(word, reason);
	case SY_KEY_WORKLOAD:
		return check_workload(word, reason);
	case SY_KEY_MECHANISM:
		return check_mechanism(word, reason);
	case SY_KEY_URL:
		return check_url(word, reason);
	default:
		return check_placement(word, reason);
	}
}

static int read_words(struct sy_words *words, enum sy_key key, const char *text,
                      struct sy_reason *reason)
{
	int error = key == SY_KEY_PLACEMENT
	                    ? sy_words_read_placements(words, text, reason)
	            : key == SY_KEY_URL ? sy_words_read_one(words, text, reason)
	                                : sy_words_read(words, text, reason);

	for (size_t i = 0; !error && i < words->count; i++) {
		error = check_word(key, words->items[i], reason);
		if (error)
			sy_words_free(words);
	}
	return error;
}

static int read_key(struct sy_space *space, enum sy_key key, const char *text,
                    struct sy_reason *reason)
{
	return is_number(key)
	               ? sy_numbers_read(&space->numbers[key], text,
	                                 &keys[key].kind, reason)
	               : read_words(&space->words[key], key, text, reason);
}

int sy_value_check(enum sy_key key, const char *text, struct sy_reason *reason)
{
	struct sy_space space = { 0 };
	int error = read_key(&space, key, text, reason);

	sy_space_free(&space);
	return error;
}

int sy_space_read(struct sy_space *space, const struct sy_values *values,
                  struct sy_reason *reason)
{
	struct sy_space made = { 0 };
	int error = 0;

	for (enum sy_key key = 0; key < SY_KEYS && !error; key++) {
		made.written[key] = values->text[key];
		error = read_key(&made, key,
		                 made.written[key] ? values->text[key]
		                                   : keys[key].otherwise,
		                 reason);
	}
	if (error)
		sy_space_free(&made);
	else
		*space = made;
	return error;
}

void sy_space_free(struct sy_space *space)
{
	for (enum sy_key key = 0; key < SY_KEYS; key++)
		if (is_number(key))
			sy_numbers_free(&space->numbers[key]);
		else
			sy_words_free(&space->words[key]);
}

static bool wanted(const struct sy_words *words, const char *name)
{
	return sy_words_have(words, "all") || sy_words_have(words, name);
}

bool sy_space_has_family(const struct sy_space *space, const char *family)
{
	return wanted(&space->words[SY_KEY_WORKLOAD], family);
}

bool sy_space_has_key(const struct sy_space *space, enum sy_key key)
{
	bool has = false;

	for (enum sy_family f = SY_SWITCH; f <= SY_IDLE; f++)
		has |= sy_space_has_family(space, sy_family_name(f)) &&
		       sy_key_in_family(key, sy_family_name(f));
	for (size_t w = 0; sy_workloads[w]; w++)
		has |= sy_space_has_family(space, sy_workloads[w]->name) &&
		       sy_key_in_family(key, sy_workloads[w]->name);
	return has;
}
