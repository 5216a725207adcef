/* SPDX-License-Identifier: MIT */
/*
 * extra.c - a known slowdown: SWITCHYARD_EXTRA_PERCENT more of what a point
 * does, 0 to 100, in the timed part of each slice.
 *
 * Linked in the place of bench/engine/extra_none.c into switchyard-extra, and
 * into nothing else.  The variable has to be there, so that a study that
 * misspells it fails instead of finding no slowdown.
 */
#include "engine/extra.h"

#include <errno.h>
#include <stdlib.h>

#include "engine/subject_internal.h"
#include "host/units.h"

#define VARIABLE "SWITCHYARD_EXTRA_PERCENT"
#define PERCENT_MOST 100

static int read_percent(uint64_t *percent, struct sy_reason *reason)
{
	const char *text = getenv(VARIABLE);
	uint64_t count;

	if (!text || sy_parse_count(text, &count) || count > PERCENT_MOST)
		return sy_reason(reason, -EINVAL,
		                 VARIABLE " is '%.40s' and has to be a whole "
		                          "number from 0 to %d",
		                 text ? text : "", PERCENT_MOST);
	*percent = count;
	return 0;
}

int sy_extra_operations(const struct sy_point *point, uint64_t operations,
                        int64_t *owed, uint64_t *extra,
                        struct sy_reason *reason)
{
	uint64_t percent = 0, more = 0;
	int64_t due;
	int error = read_percent(&percent, reason);

	if (error)
		return error;
	if (percent && sy_point_is(point, SY_IDLE))
		return sy_reason(reason, -ENOTSUP,
		                 "contexts that wait are all there are: no "
		                 "more of them can be had");
	due = (int64_t)(operations * percent) + *owed;
	if (due > 0)
		more = sy_subject_near(point,
		                       operations + (uint64_t)due / 100) -
		       operations;
	*owed = due - (int64_t)more * 100;
	*extra = more;
	return 0;
}
