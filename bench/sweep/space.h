/* SPDX-License-Identifier: MIT */
/*
 * space.h - what shapes points: keys with lists of values, and their product.
 *
 * The keys are the options of the command line and those of a sweep file.  A
 * product is counted from the lengths of its lists before any of it is made.
 * Every int returned is 0 or a negative errno.
 */
#ifndef SY_SPACE_H
#define SY_SPACE_H

#include "engine/plan.h"
#include "sweep/numbers.h"
#include "sweep/words.h"

/* All but the first five have values that are numbers. */
enum sy_key {
	SY_KEY_MODEL,
	SY_KEY_WORKLOAD,
	SY_KEY_MECHANISM,
	SY_KEY_PLACEMENT,
	SY_KEY_URL, /* one, not a list */
	SY_KEY_INFLIGHT,
	SY_KEY_GRAIN,
	SY_KEY_WAIT,
	SY_KEY_REQUEST,
	SY_KEY_REPLY,
	SY_KEY_TRANSPORT,
	SY_KEY_SERVER,
	SY_KEY_WINDOW,
	SY_KEY_HOLD_AWAKE,
	SY_KEY_RING,
	SY_KEY_WORKING_SET,
	SY_KEY_BURST,
	SY_KEY_CONTEXTS,
	SY_KEY_STACK,
	SY_KEY_RESIDENT,
	SY_KEY_HUGE_PAGES,
	SY_KEY_INSIDE,
	SY_KEY_OUTSIDE,
	SY_KEY_SECTIONS,
	SY_KEY_UNITS,
	SY_KEY_NOTIFY,
	SY_KEY_CELLS,
	SY_KEY_BODY,
	SY_KEY_CONNECTION,
	SY_KEY_TIMEOUT,
	SY_KEYS,
};

/* "inflight" */
const char *sy_key_name(enum sy_key key);
/* The families whose points have it, "cpu wait io". */
const char *sy_key_families(enum sy_key key);
bool sy_key_in_family(enum sy_key key, const char *family);

/* What is written for each key; NULL: nothing is, and the default holds. */
struct sy_values {
	const char *text[SY_KEYS];
};

/* The values of all keys, read. */
struct sy_space {
	struct sy_words words[SY_KEY_URL + 1];
	struct sy_numbers numbers[SY_KEYS];
	bool written[SY_KEYS]; /* else the values are the default */
};

/* Whether it can be a key's value.  -EINVAL with the reason, -ENOMEM. */
int sy_value_check(enum sy_key key, const char *text, struct sy_reason *reason);

/* -EINVAL or -ENOMEM with the reason; the space is set on success only. */
int sy_space_read(struct sy_space *space, const struct sy_values *values,
                  struct sy_reason *reason);
void sy_space_free(struct sy_space *space);

/* Whether points of a family, or points that have a key, are among it. */
bool sy_space_has_family(const struct sy_space *space, const char *family);
bool sy_space_has_key(const struct sy_space *space, enum sy_key key);

/*
 * Whether what is asked for goes together: -EINVAL with the reason and `*key`,
 * whose values are wrong with the others.
 */
int sy_space_check(const struct sy_space *space, enum sy_key *key,
                   struct sy_reason *reason);

/* How many points it has, doubles too, and those of tasks that cannot meet;
   UINT64_MAX: so many or more. */
uint64_t sy_space_count(const struct sy_space *space);

/* Adds all of them; those of the plan are not added again, and tasks that
   cannot meet (sy_request_meets) are left out.  -ENOMEM. */
int sy_space_add(const struct sy_space *space, struct sy_plan *plan);

#endif /* SY_SPACE_H */
