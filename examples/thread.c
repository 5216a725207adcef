/* SPDX-License-Identifier: MIT */
/*
 * thread.c - contexts with a start function and a pointer of their own, threads
 * and processes: start, join, names, and a start function that works on a
 * structure that begins with what others have in common, as a subclass does.
 */
#include <stdio.h>
#include <string.h>

#include "started.h"
#include "streams.h"

struct greeter {
	int times;
};

/* Begins with a greeter, so that it can be used as one. */
struct polite_greeter {
	struct greeter base;
	const char *title;
};

static int greet(void *data)
{
	const struct greeter *greeter = data;

	return greeter->times;
}

static int greet_politely(void *data)
{
	const struct polite_greeter *polite = data;

	return (int)strlen(polite->title) + greet(data);
}

static int start_and_join(struct sy_scope *scope, enum sy_start_kind kind)
{
	struct polite_greeter polite = { .base = { 3 }, .title = "Dr" };
	const struct sy_start plain = { .kind = kind,
		                        .function = greet,
		                        .data = &polite.base,
		                        .name = "greeter" };
	const struct sy_start derived = { .kind = kind,
		                          .function = greet_politely,
		                          .data = &polite,
		                          .name = "polite" };
	struct sy_started *first, *second;
	int results[2] = { 0, 0 };
	int error = sy_start(scope, &plain, &first);

	if (!error)
		error = sy_start(scope, &derived, &second);
	if (!error)
		error = sy_started_join(first, &results[0]);
	if (!error)
		error = sy_started_join(second, &results[1]);
	if (!error)
		printf("%s: %d and %d, alive after join: %d and %d\n",
		       kind == SY_START_THREAD ? "threads" : "processes",
		       results[0], results[1], sy_started_alive(first),
		       sy_started_alive(second));
	return error;
}

/* Its name as others see it, once it has given itself another one. */
static int rename_and_wait(void *data)
{
	int *seen = data;

	sy_own_rename("renamed");
	__atomic_store_n(seen, 1, __ATOMIC_RELEASE);
	while (__atomic_load_n(seen, __ATOMIC_ACQUIRE) != 2)
		;
	return 0;
}

static int show_names(struct sy_scope *scope)
{
	int seen = 0;
	const struct sy_start start = { .kind = SY_START_THREAD,
		                        .function = rename_and_wait,
		                        .data = &seen,
		                        .name = "given" };
	char name[SY_START_NAME_BYTES] = "";
	struct sy_started *started;
	int error = sy_start(scope, &start, &started);

	if (error)
		return error;
	while (__atomic_load_n(&seen, __ATOMIC_ACQUIRE) != 1)
		;
	sy_started_name(started, name);
	printf("the thread named itself: %s\n", name);
	sy_started_rename(started, "by another");
	sy_started_name(started, name);
	printf("main named the thread: %s\n", name);
	__atomic_store_n(&seen, 2, __ATOMIC_RELEASE);
	return sy_started_join(started, NULL);
}

int main(void)
{
	struct sy_scope *scope;
	int error;

	example_begin();
	error = sy_scope_open(&scope);
	if (error)
		return example_end(1);
	error = start_and_join(scope, SY_START_THREAD);
	if (!error)
		error = start_and_join(scope, SY_START_PROCESS);
	if (!error)
		error = show_names(scope);
	sy_scope_end(scope);
	return example_end(error);
}
