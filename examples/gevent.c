/* SPDX-License-Identifier: MIT */
/*
 * gevent.c - coroutines that a scheduler lets go on in turn: spawn, join all,
 * and a yield where gevent has sleep(0).
 */
#include <stdio.h>

#include "routines.h"
#include "streams.h"

static void foo(struct sy_routines *set, void *data)
{
	(void)data;
	puts("Running in foo");
	sy_routine_yield(set);
	puts("Explicit context switch to foo again");
}

static void bar(struct sy_routines *set, void *data)
{
	(void)data;
	puts("Explicit context to bar");
	sy_routine_yield(set);
	puts("Implicit context switch back to bar");
}

int main(void)
{
	struct sy_routines *set;
	int rc;

	example_begin();
	rc = sy_routines_open(&set, 2, (size_t)256 << 10);
	if (rc)
		return example_end(1);
	rc = sy_routine_spawn(set, foo, NULL, NULL);
	if (!rc)
		rc = sy_routine_spawn(set, bar, NULL, NULL);
	if (!rc)
		rc = sy_routines_join(set);
	sy_routines_close(set);
	return example_end(rc);
}
