/* SPDX-License-Identifier: MIT */
/*
 * spawn_cow.c - `fork.cow`: what a parent pays for its memory while a child of
 * its lives.
 *
 * After a fork both share all pages, write-protected.  Here the child waits,
 * the parent writes to each page of its resident memory, and so has the kernel
 * copy it, and then the child is let go and reaped.  `alone` is the same
 * without the writing, so that net is the bill.
 *
 * There is one child at a time: of many alive at once each would have its own
 * copy kept.  Where no resident memory was asked for there is a MiB.
 */
#include "models.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "futex.h"
#include "process.h"
#include "spawned.h"

#define OWN_BYTES (UINT64_C(1) << 20)

struct shared {
	_Atomic uint32_t open; /* 1: the child goes on */
	atomic_int error;      /* of bind */
};

struct payer {
	struct sy_batch *batch;
	struct shared *shared;
	unsigned char *pages; /* the batch's resident memory, or our own */
	uint64_t bytes;
	bool own;
};

static void needs(const struct sy_mechanism *mechanism,
                  const struct sy_batch *batch, struct sy_needs *needs)
{
	uint64_t resident = batch->setting.resident_bytes;

	(void)mechanism;
	*needs = (struct sy_needs){
		.contexts = 1,
		.processes = 1,
		.mappings = 2,
		/* The copies, the page tables of the child, and our own. */
		.bytes = resident ? resident + resident / 512 : 2 * OWN_BYTES,
	};
}

/* In the child: its whole life. */
static _Noreturn void live(struct payer *payer)
{
	int err = sy_spawn_begin(payer->batch, 0);

	if (err) {
		atomic_store(&payer->shared->error, err);
		_exit(EXIT_FAILURE);
	}
	while (!atomic_load(&payer->shared->open))
		sy_futex_wait(&payer->shared->open, 0, NULL);
	_exit(0);
}

static int reap(struct payer *payer, pid_t pid)
{
	int status = -1, err;
	pid_t reaped;

	do
		reaped = waitpid(pid, &status, 0);
	while (reaped < 0 && errno == EINTR);
	payer->batch->contexts[0].process = 0;
	if (reaped > 0 && !status)
		return sy_spawn_check(payer->batch, 0);
	err = atomic_load(&payer->shared->error);
	return err ? err : -ECHILD;
}

static void write_pages(const struct payer *payer)
{
	volatile unsigned char *pages = payer->pages;
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	uint64_t at;

	for (at = 0; at < payer->bytes; at += page)
		pages[at]++;
}

static int fork_once(struct payer *payer, bool writes)
{
	struct shared *shared = payer->shared;
	pid_t pid;
	int err;

	atomic_store(&shared->open, 0);
	sy_spawn_prepare(payer->batch, 0);
	err = sy_process_fork(&pid);
	if (err)
		return err;
	if (!pid)
		live(payer);
	payer->batch->contexts[0].process = pid;
	if (writes)
		write_pages(payer);
	atomic_store(&shared->open, 1);
	sy_futex_wake(&shared->open, 1);
	return reap(payer, pid);
}

static int fork_often(struct payer *payer, uint64_t count, bool writes)
{
	int err = 0;

	atomic_store(&payer->shared->error, 0);
	fflush(NULL);
	for (; count && !err; count--)
		err = fork_once(payer, writes);
	return err;
}

static int run(void *state, uint64_t count)
{
	return fork_often(state, count, true);
}

static int alone(void *state, uint64_t count)
{
	return fork_often(state, count, false);
}

/* The memory to be written to, all of it there. */
static int find_pages(struct payer *payer)
{
	const struct sy_setting *setting = &payer->batch->setting;
	void *mapped;

	payer->pages = setting->resident;
	payer->bytes = setting->resident_bytes;
	payer->own = !setting->resident;
	if (!payer->own)
		return 0;
	payer->bytes = OWN_BYTES;
	mapped = mmap(NULL, OWN_BYTES, PROT_READ | PROT_WRITE,
	              MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (mapped == MAP_FAILED)
		return -ENOMEM;
	payer->pages = mapped;
	write_pages(payer);
	return 0;
}

static int open_payer(void **state, struct sy_batch *batch,
                      const struct sy_mechanism *mechanism)
{
	struct payer *payer;
	void *shared;
	int err;

	(void)mechanism;
	err = sy_spawn_open(batch);
	if (err)
		return err;
	payer = calloc(1, sizeof(*payer));
	if (!payer)
		return -ENOMEM;
	payer->batch = batch;
	err = sy_shared_create(&shared, sizeof(*payer->shared));
	if (err)
		goto free_payer;
	payer->shared = shared;
	err = find_pages(payer);
	if (err)
		goto destroy_shared;
	*state = payer;
	return 0;

destroy_shared:
	sy_shared_destroy(shared, sizeof(*payer->shared));
free_payer:
	free(payer);
	return err;
}

static const char *detail(const void *state)
{
	const struct payer *payer = state;

	return payer->own ? "1 MiB of its own" : NULL;
}

static void close_payer(void *state)
{
	struct payer *payer = state;

	if (payer->own)
		munmap(payer->pages, OWN_BYTES);
	sy_shared_destroy(payer->shared, sizeof(*payer->shared));
	free(payer);
}

const struct sy_mechanism sy_fork_cow = {
	.name = "cow",
	.summary = "fork, and the parent writes to each page of its resident "
		   "memory while the child lives",
	.family = SY_SPAWN,
	.needs = needs,
	.open = open_payer,
	.run = run,
	.alone = alone,
	.detail = detail,
	.close = close_payer,
};
