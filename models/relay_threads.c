/* SPDX-License-Identifier: MIT */
/*
 * relay_threads.c - the ring of relay.h made of the caller and a crew.
 *
 * The crew is woken once, when it is there: from then on its threads wait for
 * their turn, in the mechanism's own way, between runs too.
 */
#include "crew.h"
#include "relay.h"

void sy_relay_threads_needs(const struct sy_mechanism *mechanism,
                            const struct sy_batch *batch,
                            struct sy_needs *needs)
{
	const struct sy_relay_way *way = mechanism->way;
	uint64_t count = sy_relay_contexts(batch);

	needs->contexts = (uint32_t)count;
	needs->threads = (uint32_t)count - 1;
	needs->descriptors = count * way->descriptors;
	/* The seats; a stack and its guard page for each thread. */
	needs->mappings = 1 + 2 * (count - 1);
	needs->bytes = count * sizeof(struct sy_relay_seat) +
	               needs->descriptors * SY_RELAY_DESCRIPTOR_BYTES;
}

static void serve(void *data, uint32_t me)
{
	struct sy_relay *relay = data;

	sy_relay_serve(&relay->seats[me]);
	if (me == relay->count - 1)
		sy_crew_finish(relay->crew);
}

int sy_relay_threads_open(void **relay_out, struct sy_batch *batch,
                          const struct sy_mechanism *mechanism)
{
	struct sy_relay *relay;
	int err = sy_relay_create(&relay, batch, mechanism, false);

	if (err)
		return err;
	err = sy_crew_open(&relay->crew, batch, 1, relay->count - 1, serve,
	                   relay);
	if (err) {
		sy_relay_destroy(relay);
		return err;
	}
	sy_crew_arm(relay->crew);
	sy_crew_wake(relay->crew, relay->count - 1);
	*relay_out = relay;
	return 0;
}

/*
 * A crew that is closed lets go of threads that have not begun to work yet.
 * The last turn has to go by all of them first, so it is waited for.
 */
void sy_relay_threads_close(void *data)
{
	struct sy_relay *relay = data;

	atomic_store(&relay->stop, true);
	if (relay->way->rouse)
		relay->way->rouse(relay);
	relay->way->give(&relay->seats[1]);
	sy_crew_wait(relay->crew);
	sy_crew_close(relay->crew);
	sy_relay_destroy(relay);
}
