/* SPDX-License-Identifier: MIT */
/* peer_bare.c - the model that has the bare mechanisms as its rows. */
#include "study/peer.h"

static const struct sy_mechanism *const mechanisms[] = {
	&sy_bare_condition,   &sy_bare_posix,
	&sy_bare_futex,       &sy_bare_pipe,
	&sy_bare_eventfd,     &sy_bare_socketpair,
	&sy_bare_yield,       &sy_bare_psemaphore,
	&sy_bare_pfutex,      &sy_bare_ppipe,
	&sy_bare_psocketpair, &sy_bare_join,
	&sy_bare_wait,        NULL,
};

/* There are mechanisms only: it carries out no tasks. */
static int bare_open(void **state, struct sy_batch *batch)
{
	(void)state;
	(void)batch;
	return -ENOTSUP;
}

static int bare_run(void *state)
{
	(void)state;
	return -ENOTSUP;
}

static void bare_close(void *state)
{
	(void)state;
}

const struct sy_model sy_peer_bare = {
	.name = "bare",
	.summary = "mechanisms as one writes them to time them",
	.absent = sy_peer_absent,
	.needs = sy_peer_needs_single,
	.open = bare_open,
	.run = bare_run,
	.close = bare_close,
	.mechanisms = mechanisms,
};
