/* SPDX-License-Identifier: MIT */
/* peer_serial.c - serial.bare: the work called in a loop. */
#include "study/peer.h"

#include <stdlib.h>

static int peer_open(void **state, struct sy_batch *batch)
{
	struct sy_peer *peer = malloc(sizeof(*peer));
	int rc = peer ? sy_peer_init_single(peer, batch) : -ENOMEM;

	if (rc)
		free(peer);
	else
		*state = peer;
	return rc;
}

static int peer_run(void *state)
{
	const struct sy_peer *peer = state;
	struct sy_lane *lane = &peer->batch->lanes[0];
	struct sy_tally tally = { 0 };
	uint64_t count = peer->batch->task_count, value;

	for (uint64_t i = 0; i < count; i++) {
		int error = sy_peer_task(peer, lane, i, &value);

		sy_tally_add(&tally, i, value, error);
	}
	lane->tally = tally;
	sy_context_see(&peer->batch->contexts[0]);
	return 0;
}

const struct sy_model sy_peer_serial = {
	.name = "serial.bare",
	.summary = "the work called in a loop",
	.absent = sy_peer_absent,
	.needs = sy_peer_needs_single,
	.open = peer_open,
	.run = peer_run,
	.close = free,
};
