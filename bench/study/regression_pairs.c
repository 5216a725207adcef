/* SPDX-License-Identifier: MIT */
/* regression_pairs.c - the pairs of a recording, each of which makes sense
   beside the one before it. */
#include "study/regression_recording.h"

#include <errno.h>
#include <string.h>

#include "engine/extra.h"
#include "engine/protocol.h"

enum column {
	SET,
	ROUND,
	NEW_FIRST,
	AT,
	OPERATIONS,
	PERFORMED,
	ELAPSED = PERFORMED + SY_SIDES,
	VOLUNTARY = ELAPSED + SY_SIDES,
	INVOLUNTARY = VOLUNTARY + SY_SIDES,
	CPU = INVOLUNTARY + SY_SIDES,
	COLUMNS = CPU + SY_SIDES,
};

static const char *const columns[COLUMNS] = {
	"set",
	"round",
	"new_first",
	"at_ns",
	"operations",
	"performed_old",
	"performed_new",
	"elapsed_ns_old",
	"elapsed_ns_new",
	"voluntary_old",
	"voluntary_new",
	"involuntary_old",
	"involuntary_new",
	"cpu_ns_old",
	"cpu_ns_new",
};

bool sy_recording_columns(const json_t *json)
{
	const json_t *names = json_object_get(json, "pair_columns");

	if (json_array_size(names) != COLUMNS)
		return false;
	for (size_t i = 0; i < COLUMNS; i++) {
		const char *name = json_string_value(json_array_get(names, i));

		if (!name || strcmp(name, columns[i]))
			return false;
	}
	return true;
}

bool sy_recording_whole(const json_t *json, uint64_t most, uint64_t *value)
{
	json_int_t number = json_integer_value(json);

	if (!json_is_integer(json) || number < 0 || (uint64_t)number > most)
		return false;
	*value = (uint64_t)number;
	return true;
}

static bool read_both(const json_t *row, size_t at, uint64_t values[SY_SIDES])
{
	return sy_recording_whole(json_array_get(row, at), SY_NUMBER_MOST,
	                          &values[SY_OLD]) &&
	       sy_recording_whole(json_array_get(row, at + 1), SY_NUMBER_MOST,
	                          &values[SY_NEW]);
}

/* What a side did: at least what was asked for, and in some time. */
static bool makes_sense(const struct sy_pair *pair)
{
	for (enum sy_side side = 0; side < SY_SIDES; side++)
		if (!pair->elapsed_ns[side] ||
		    pair->performed[side] < pair->operations ||
		    pair->performed[side] >
		            SY_PERFORMED_TIMES * pair->operations)
			return false;
	return pair->operations > 0;
}

static bool read_pair(const json_t *row, struct sy_pair *pair)
{
	uint64_t set, round;

	memset(pair, 0, sizeof(*pair));
	if (json_array_size(row) != COLUMNS ||
	    !sy_recording_whole(json_array_get(row, SET), UINT32_MAX, &set) ||
	    !sy_recording_whole(json_array_get(row, ROUND), UINT32_MAX,
	                        &round) ||
	    !json_is_boolean(json_array_get(row, NEW_FIRST)) ||
	    !sy_recording_whole(json_array_get(row, AT), SY_NUMBER_MOST,
	                        &pair->at_ns) ||
	    !sy_recording_whole(json_array_get(row, OPERATIONS), SY_NUMBER_MOST,
	                        &pair->operations) ||
	    !read_both(row, PERFORMED, pair->performed) ||
	    !read_both(row, ELAPSED, pair->elapsed_ns) ||
	    !read_both(row, VOLUNTARY, pair->voluntary) ||
	    !read_both(row, INVOLUNTARY, pair->involuntary) ||
	    !read_both(row, CPU, pair->cpu_ns))
		return false;
	pair->set = (uint32_t)set;
	pair->round = (uint32_t)round;
	pair->new_first = json_is_true(json_array_get(row, NEW_FIRST));
	return makes_sense(pair);
}

static bool follows(const struct sy_pair *pair, const struct sy_pair *before)
{
	if (pair->at_ns < before->at_ns || pair->set < before->set)
		return false;
	return pair->set > before->set || pair->round > before->round;
}

int sy_recording_pairs(const json_t *json, const char *name,
                       struct sy_pair **pairs, size_t *count, size_t *room,
                       struct sy_reason *reason)
{
	const json_t *rows = json_object_get(json, "pairs");
	size_t i;
	json_t *row;

	if (!json_is_array(rows))
		return sy_reason(reason, -EINVAL, "%.150s has no pairs", name);
	json_array_foreach (rows, i, row) {
		struct sy_pair pair;

		if (!read_pair(row, &pair) ||
		    (*count && !follows(&pair, &(*pairs)[*count - 1])))
			return sy_reason(reason, -EINVAL,
			                 "pair %zu of %.150s makes no sense", i,
			                 name);
		if (sy_pair_add(pairs, count, room, &pair))
			return sy_reason(reason, -ENOMEM, "no memory");
	}
	return 0;
}
