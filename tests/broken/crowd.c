/* SPDX-License-Identifier: MIT */
/*
 * crowd.c - contexts whose memory is known, as threads of nobody: pages that
 * are written, or children that only wait.  Two are right, the others wrong in
 * one way each; and two ways of creating contexts.
 */
#include "broken.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "process.h"

#define PAGE ((size_t)4096)
/* From this count on the wrong ones are wrong. */
#define WRONG_FROM 500

/* What a row does beside writing pages. */
enum fault { NONE, FAILS, DIES, HANGS };

struct way {
	size_t pages; /* that a context writes; 0: it is a child */
	enum fault fault;
};

struct crowd {
	struct sy_batch *batch;
	const struct way *way;
	unsigned char *memory;
	size_t bytes;
	uint64_t count;
};

static const char *absent(void)
{
	return NULL;
}

static void needs(const struct sy_mechanism *mechanism,
                  const struct sy_batch *batch, struct sy_needs *needs)
{
	const struct way *way = mechanism->way;
	uint32_t contexts = batch->setting.contexts;

	needs->contexts = contexts;
	needs->bytes = way->pages * PAGE * contexts;
	if (!way->pages)
		needs->processes = contexts;
}

static int open_crowd(void **state, struct sy_batch *batch,
                      const struct sy_mechanism *mechanism)
{
	struct crowd *crowd = calloc(1, sizeof(*crowd));
	int error = crowd ? batch->bind(batch, 0) : -ENOMEM;

	if (error)
		goto free_crowd;
	crowd->batch = batch;
	crowd->way = mechanism->way;
	crowd->bytes = (crowd->way->pages * batch->setting.contexts + 1) * PAGE;
	crowd->memory = mmap(NULL, crowd->bytes, PROT_READ | PROT_WRITE,
	                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (crowd->memory == MAP_FAILED) {
		error = -ENOMEM;
		goto free_crowd;
	}
	madvise(crowd->memory, crowd->bytes, MADV_NOHUGEPAGE);
	*state = crowd;
	return 0;

free_crowd:
	free(crowd);
	return error;
}

static int go_wrong(const struct crowd *crowd, uint64_t count)
{
	if (crowd->way->fault == NONE || count < WRONG_FROM)
		return 0;
	if (crowd->way->fault == FAILS)
		return -EMFILE;
	if (crowd->way->fault == DIES)
		raise(SIGKILL);
	for (;;)
		pause();
}

static int add_child(struct crowd *crowd)
{
	pid_t pid = 0;
	int error = sy_process_fork(&pid);

	while (!error && !pid)
		pause();
	if (!error)
		crowd->batch->contexts[crowd->count].process = pid;
	return error;
}

static void add_pages(struct crowd *crowd)
{
	size_t first = crowd->count * crowd->way->pages;

	for (size_t i = 0; i < crowd->way->pages; i++)
		crowd->memory[(first + i) * PAGE] = 1;
}

static int run_crowd(void *state, uint64_t count)
{
	struct crowd *crowd = state;
	int error = go_wrong(crowd, count);

	for (; !error && crowd->count < count; crowd->count++) {
		if (crowd->way->pages)
			add_pages(crowd);
		else
			error = add_child(crowd);
		if (error)
			break;
		sy_context_see(&crowd->batch->contexts[0]);
	}
	return error;
}

static const char *detail(const void *state)
{
	const struct crowd *crowd = state;

	return crowd->way->pages ? "pages, written once, in a mapping"
	                         : "child";
}

static void close_crowd(void *state)
{
	struct crowd *crowd = state;

	for (uint64_t i = 0; !crowd->way->pages && i < crowd->count; i++) {
		kill(crowd->batch->contexts[i].process, SIGKILL);
		waitpid(crowd->batch->contexts[i].process, NULL, 0);
	}
	munmap(crowd->memory, crowd->bytes);
	free(crowd);
}

#define IDLE(NAME, SUMMARY, PAGES, FAULT)                                      \
	{                                                                      \
		.name = NAME, .summary = SUMMARY, .family = SY_IDLE,           \
		.way = &(const struct way){ PAGES, FAULT }, .needs = needs,    \
		.open = open_crowd, .run = run_crowd, .detail = detail,        \
		.close = close_crowd,                                          \
	}

static const struct sy_mechanism pages = IDLE("pages", "3 pages", 3, NONE);
static const struct sy_mechanism more = IDLE("more", "6 pages", 6, NONE);
static const struct sy_mechanism child = IDLE("child", "a process", 0, NONE);
static const struct sy_mechanism fails = IDLE("fails", "no more", 3, FAILS);
static const struct sy_mechanism dies = IDLE("dies", "is killed", 0, DIES);
static const struct sy_mechanism hangs = IDLE("hangs", "for ever", 3, HANGS);

/* ---- created and ended ---- */

static void spawn_needs(const struct sy_mechanism *mechanism,
                        const struct sy_batch *batch, struct sy_needs *needs)
{
	(void)mechanism;
	needs->contexts = 1;
	needs->processes = batch->setting.contexts;
}

static int open_spawn(void **state, struct sy_batch *batch,
                      const struct sy_mechanism *mechanism)
{
	int error = batch->bind(batch, 0);

	(void)mechanism;
	if (!error)
		*state = batch;
	return error;
}

/* One by one, or, of a burst, all before one is waited for. */
static int run_forks(void *state, uint64_t count)
{
	struct sy_batch *batch = state;
	uint32_t burst = batch->setting.contexts;

	sy_context_see(&batch->contexts[0]);
	for (uint64_t i = 0; i < count; i++) {
		pid_t pid = 0;
		int error = sy_process_fork(&pid);

		if (error)
			return error;
		if (!pid)
			_exit(0);
		for (uint32_t k = 0; (i + 1) % burst == 0 && k < burst; k++)
			waitpid(-1, NULL, 0);
	}
	return 0;
}

static int run_calls(void *state, uint64_t count)
{
	struct sy_batch *batch = state;

	sy_context_see(&batch->contexts[0]);
	for (; count; count--)
		syscall(SYS_getppid);
	return 0;
}

static void close_spawn(void *state)
{
	(void)state;
}

static const struct sy_mechanism forks = {
	.name = "forks",
	.summary = "a fork",
	.family = SY_SPAWN,
	.takes = SY_TAKES_BURST,
	.needs = spawn_needs,
	.open = open_spawn,
	.run = run_forks,
	.alone = run_calls,
	.close = close_spawn,
};

static const struct sy_mechanism calls = {
	.name = "calls",
	.summary = "nothing is created",
	.family = SY_SPAWN,
	.takes = SY_TAKES_BURST,
	.needs = spawn_needs,
	.open = open_spawn,
	.run = run_calls,
	.alone = run_calls,
	.close = close_spawn,
};

static const struct sy_mechanism *const mechanisms[] = {
	&pages, &more, &child, &fails, &dies, &hangs, &forks, &calls, NULL,
};

/* It carries out no tasks. */
static void no_needs(const struct sy_batch *batch, struct sy_needs *none)
{
	(void)batch;
	*none = (struct sy_needs){ 0 };
}

static int open_none(void **state, struct sy_batch *batch)
{
	(void)state;
	(void)batch;
	return -ENOSYS;
}

const struct sy_model sy_crowd = {
	.name = "crowd",
	.summary = "contexts whose memory is known",
	.absent = absent,
	.needs = no_needs,
	.open = open_none,
	.mechanisms = mechanisms,
};
