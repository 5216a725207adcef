/* SPDX-License-Identifier: MIT */
/*
 * check.c - whether the values of a space go together; see sy_space_check.
 *
 * What cannot be is left out of a product, as a model is that a family does
 * not have.  It is refused where a value that was written would be in no
 * point, or where a family that was named would have none.
 */
#include <errno.h>

#include "engine/param.h"
#include "sweep/matrix.h"

/* Families whose tasks meet, and the key that must fit the number in flight;
   SY_KEYS: none. */
static const struct {
	const char *family;
	enum sy_key key;
} meeting[] = {
	{ "gate", SY_KEY_UNITS },
	{ "event", SY_KEYS },
	{ "condition", SY_KEY_NOTIFY },
};
#define MEETING (sizeof(meeting) / sizeof(meeting[0]))

static int check_meeting(const struct sy_space *space, const char *family,
                         enum sy_key *key, struct sy_reason *reason)
{
	bool named = sy_words_have(&space->words[SY_KEY_WORKLOAD], family);
	bool written = *key < SY_KEYS && space->written[*key];
	struct sy_request r;
	uint64_t least, most;

	if (!sy_space_has_family(space, family) || !(named || written))
		return 0;
	sy_request_default(&r);
	r.workload = sy_workload_find(family);
	sy_numbers_ends(&space->numbers[SY_KEY_INFLIGHT], &least, &most);
	r.inflight = (uint32_t)most;
	if (*key < SY_KEYS) {
		sy_numbers_ends(&space->numbers[*key], &least, &most);
		r.units = r.notify = (uint32_t)(written ? most : least);
	}
	if (!written)
		*key = SY_KEY_INFLIGHT;
	return sy_request_meets(&r, reason);
}

/* What belongs to our own server, where another one is asked. */
static int check_url(const struct sy_space *space, enum sy_key *key,
                     struct sy_reason *reason)
{
	static const enum sy_key ours[] = { SY_KEY_BODY, SY_KEY_SERVER };

	if (sy_words_have(&space->words[SY_KEY_URL], "none"))
		return 0;
	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++) {
		*key = ours[i];
		if (space->written[*key])
			return sy_reason(reason, -EINVAL,
			                 "is of the server that is started "
			                 "here, and url names another");
	}
	return 0;
}

int sy_space_check(const struct sy_space *space, enum sy_key *key,
                   struct sy_reason *reason)
{
	int error;

	*key = SY_KEY_PLACEMENT;
	error = sy_matrix_check(space, reason);
	if (!error)
		error = check_url(space, key, reason);
	for (size_t i = 0; i < MEETING && !error; i++) {
		*key = meeting[i].key;
		error = check_meeting(space, meeting[i].family, key, reason);
	}
	return error;
}
