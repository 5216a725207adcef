/* SPDX-License-Identifier: MIT */
/*
 * share.c - data that tasks share, or believe that they do: the table of the
 * ways, and what each is asked.
 */
#include "workloads/list.h"

#include <errno.h>
#include <stdlib.h>

#include "workloads/promise.h"
#include "workloads/row.h"
#include "workloads/share.h"

static const struct sy_share_way *const kinds[] = {
	[SY_SHARE_ARRAY] = &sy_share_array,
	[SY_SHARE_RAW] = &sy_share_array,
	[SY_SHARE_MANAGER] = &sy_share_manager,
	[SY_SHARE_MAILBOX] = &sy_share_mailbox,
	[SY_SHARE_NONE] = &sy_share_none,
};

static const struct sy_way ways[] = {
	[SY_SHARE_ARRAY] = { .name = "array",
	                     .summary = "an array in shared memory, each write "
	                                "under a lock" },
	[SY_SHARE_RAW] = { .name = "raw",
	                   .summary = "the same array, written by nothing: "
	                              "writes may be lost",
	                   .reference = true },
	[SY_SHARE_MANAGER] = { .name = "manager",
	                       .summary = "a process that owns it and answers "
	                                  "over sockets" },
	[SY_SHARE_MAILBOX] = { .name = "mailbox",
	                       .summary = "a process that owns it and answers "
	                                  "through shared memory" },
	[SY_SHARE_NONE] = { .name = "none",
	                    .summary = "memory that no two processes share",
	                    .reference = true },
	[SY_SHARES] = { .name = NULL },
};

static const struct sy_finding findings[] = {
	[SY_SHARE_FOUND_WRITTEN] = { .name = "written",
	                             .summary = "writes that were made" },
	[SY_SHARE_FOUND_SEEN] = { .name = "seen",
	                          .summary = "writes that the process which "
	                                     "opened the data sees" },
	[SY_SHARE_FOUND_LOST] = { .name = "lost",
	                          .summary = "writes to shared memory that "
	                                     "another one undid" },
	[SY_SHARE_FOUND_OWNER_DEATHS] = { .name = "owner_deaths",
	                                  .summary =
	                                          "tasks that were told that "
	                                          "an owner of the lock had "
	                                          "died" },
	{ .name = NULL },
};

/* The state of every way begins with nothing in common: this goes around it. */
struct share {
	const struct sy_share_way *way;
	void *state;
};

static const struct sy_share_way *way_of(const struct sy_load *load)
{
	return kinds[load->mechanism < SY_SHARES ? load->mechanism : 0];
}

static size_t share_scratch_bytes(const struct sy_load *load)
{
	return way_of(load)->scratch_bytes(load);
}

static int share_open(void **state, const struct sy_load *load,
                      struct sy_batch *batch)
{
	struct share *share;
	int rc;

	if (load->mechanism >= SY_SHARES)
		return -EINVAL;
	share = malloc(sizeof(*share));
	if (!share)
		return -ENOMEM;
	share->way = way_of(load);
	rc = share->way->open(&share->state, load, batch);
	if (rc)
		free(share);
	else
		*state = share;
	return rc;
}

static uint64_t share_expected(const struct sy_load *load, uint64_t index)
{
	return way_of(load)->expected(load, index);
}

static void share_needs(const struct sy_load *load, uint32_t inflight,
                        struct sy_needs *needs)
{
	const struct sy_share_way *way = way_of(load);

	if (way->needs)
		way->needs(load, inflight, needs);
}

static const char *share_absent(const struct sy_load *load)
{
	const struct sy_share_way *way = way_of(load);

	return way->absent ? way->absent(load) : NULL;
}

static unsigned share_wants(const struct sy_load *load)
{
	const struct sy_share_way *way = way_of(load);

	return way->wants ? way->wants(load) : 0;
}

static int share_settle(void *state, struct sy_batch *batch,
                        uint64_t found[SY_FINDINGS_MAX],
                        char reason[SY_BROKEN_BYTES])
{
	struct share *share = state;

	for (unsigned i = 0; i < SY_FINDINGS_MAX; i++)
		found[i] = 0;
	return share->way->settle(share->state, batch, found, reason);
}

static const char *share_explain(int error)
{
	return error == -EOWNERDEAD ? "the process that owns the data has died"
	                            : NULL;
}

static pid_t share_server(const void *state)
{
	const struct share *share = state;

	return share->way->server ? share->way->server(share->state) : 0;
}

static void share_close(void *state, struct sy_batch *batch)
{
	struct share *share = state;

	share->way->close(share->state, batch);
	free(share);
}

const struct sy_workload sy_workload_share = {
	.name = "share",
	.summary = "data that tasks share: in memory, in a lock's care, or not",
	.stamped = false,
	.scratch_bytes = share_scratch_bytes,
	.open = share_open,
	.expected = share_expected,
	.ways = ways,
	.findings = findings,
	.needs = share_needs,
	.absent = share_absent,
	.wants = share_wants,
	.portion = sy_row_portion,
	.settle = share_settle,
	.explain = share_explain,
	.server = share_server,
	.close = share_close,
};
