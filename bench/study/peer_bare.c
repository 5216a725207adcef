/* SPDX-License-Identifier: MIT */
/* peer_bare.c - the model that has the bare mechanisms as its rows, and the
   bare primitives as its tasks. */
#include "study/peer.h"

static const struct sy_mechanism *const mechanisms[] = {
	&sy_bare_condition, &sy_bare_posix,       &sy_bare_futex,
	&sy_bare_pipe,      &sy_bare_eventfd,     &sy_bare_socketpair,
	&sy_bare_yield,     &sy_bare_psemaphore,  &sy_bare_pfutex,
	&sy_bare_ppipe,     &sy_bare_psocketpair, &sy_bare_join,
	&sy_bare_timed,     &sy_bare_wait,        NULL,
};

static void bare_needs(const struct sy_batch *batch, struct sy_needs *needs)
{
	(void)batch;
	*needs = (struct sy_needs){
		.contexts = 1,
		.threads = 1,
		.descriptors = 8,
		.mappings = 2,
	};
}

const struct sy_model sy_peer_bare = {
	.name = "bare",
	.summary = "mechanisms and primitives as one writes them to time them",
	.absent = sy_peer_absent,
	.needs = bare_needs,
	.open = sy_bare_open,
	.run = sy_bare_run,
	.close = sy_bare_close,
	.mechanisms = mechanisms,
};
