/* SPDX-License-Identifier: MIT */
/*
 * greenlet.c - two coroutines that transfer control to one another by name.
 *
 * Nobody schedules: who goes on is said by who stops.  The first has not ended
 * when the second does, and the thread goes on then; it may leave it there.
 */
#include <stdio.h>

#include "routines.h"
#include "streams.h"

struct pair {
	struct sy_routine *first, *second;
};

static void first(struct sy_routines *set, void *data)
{
	struct pair *pair = data;

	puts("12");
	sy_routine_transfer(set, pair->second);
	puts("34");
	sy_routine_transfer(set, pair->second);
	puts("never reached");
}

static void second(struct sy_routines *set, void *data)
{
	struct pair *pair = data;

	puts("56");
	sy_routine_transfer(set, pair->first);
	puts("78");
}

int main(void)
{
	struct sy_routines *set;
	struct pair pair;
	int rc;

	example_begin();
	rc = sy_routines_open(&set, 2, (size_t)256 << 10);
	if (rc)
		return example_end(1);
	rc = sy_routine_make(set, first, &pair, &pair.first);
	if (!rc)
		rc = sy_routine_make(set, second, &pair, &pair.second);
	if (!rc)
		rc = sy_routine_transfer(set, pair.first);
	puts("back in the thread");
	sy_routines_close(set);
	return example_end(rc);
}
