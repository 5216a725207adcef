/* SPDX-License-Identifier: MIT */
/*
 * relay.c - the ring, whoever its contexts are; see relay.h.
 *
 * Before each pass a context notes where it runs and touches its working set.
 * A pass is one call through a pointer, a nanosecond beside the microseconds
 * of what it does; `alone` makes that call too.
 *
 * A signal ends most waits (-EINTR).  The caller then looks whether the
 * processes live that its turn has to come by, and waits on if they do.
 */
#include "relay.h"

#include <errno.h>

#include "futex.h"

static size_t relay_bytes(uint32_t count)
{
	return sizeof(struct sy_relay) + count * sizeof(struct sy_relay_seat);
}

/*
 * Threads and processes are awaited on a futex, and glibc's primitives abort
 * the program where the kernel refuses them that call.
 */
static int probe_futex(void)
{
	_Atomic uint32_t word = 1;
	int err = sy_futex_wait(&word, 0, NULL);

	return err == -EAGAIN || err == -EINTR ? 0 : err;
}

static int create_seats(struct sy_relay *relay)
{
	uint32_t made;
	int err = 0;

	for (made = 0; made < relay->count && !err; made += !err) {
		struct sy_relay_seat *seat = &relay->seats[made];

		seat->relay = relay;
		seat->next = &relay->seats[(made + 1) % relay->count];
		err = relay->way->create(seat);
	}
	while (err && made)
		relay->way->destroy(&relay->seats[--made]);
	return err;
}

int sy_relay_create(struct sy_relay **relay_out, struct sy_batch *batch,
                    const struct sy_mechanism *mechanism, bool shared)
{
	struct sy_relay *relay;
	uint32_t count = sy_relay_contexts(batch);
	void *memory;
	int err = probe_futex();

	if (!err)
		err = batch->bind(batch, 0);
	if (!err)
		err = sy_shared_create(&memory, relay_bytes(count));
	if (err)
		return err;
	relay = memory;
	relay->batch = batch;
	relay->way = mechanism->way;
	relay->count = count;
	relay->shared = shared;
	atomic_init(&relay->turn, SY_RELAY_PARKED);
	/* With default attributes it cannot fail under Linux. */
	pthread_mutex_init(&relay->mutex, NULL);
	err = create_seats(relay);
	if (err)
		goto destroy_mutex;
	*relay_out = relay;
	return 0;

destroy_mutex:
	pthread_mutex_destroy(&relay->mutex);
	sy_shared_destroy(memory, relay_bytes(count));
	return err;
}

void sy_relay_destroy(struct sy_relay *relay)
{
	uint32_t i;

	for (i = relay->count; i; i--)
		relay->way->destroy(&relay->seats[i - 1]);
	pthread_mutex_destroy(&relay->mutex);
	sy_shared_destroy(relay, relay_bytes(relay->count));
}

static bool all_alive(const struct sy_relay *relay)
{
	uint32_t i;

	for (i = 0; i < relay->count; i++) {
		pid_t pid = relay->seats[i].process.pid;

		if (pid && !sy_process_alive(pid))
			return false;
	}
	return true;
}

/* Where a context runs is noted in one of so many turns: after a switch every
   line that is touched is a miss, and noting is two per cent of a hand-off. */
#define TURNS_UNSEEN 16

/* What a context does with its turn, looked up once. */
struct place {
	struct sy_context *context;
	uint32_t turns;
	unsigned char *working;
	uint64_t working_bytes;
};

static struct place place_of(const struct sy_relay_seat *seat)
{
	struct sy_batch *batch = seat->relay->batch;
	uint32_t index = sy_relay_index(seat);

	return (struct place){
		.context = &batch->contexts[index],
		.working = sy_working_set(batch, index),
		.working_bytes = batch->setting.working_bytes,
	};
}

static inline void work(struct place *place)
{
	if (place->turns++ % TURNS_UNSEEN == 0)
		sy_context_see(place->context);
	if (place->working_bytes)
		sy_work_set(place->working, place->working_bytes);
}

void sy_relay_serve(struct sy_relay_seat *me)
{
	const struct sy_relay_way way = *me->relay->way;
	struct place place = place_of(me);
	int err = way.take(me);

	for (;;) {
		while (err == -EINTR)
			err = way.take(me);
		if (err)
			return;
		if (atomic_load_explicit(&me->relay->stop,
		                         memory_order_relaxed))
			break;
		work(&place);
		err = way.pass(me);
	}
	/* The last turn goes around once, so that all see it. */
	if (sy_relay_index(me->next))
		way.give(me->next);
}

int sy_relay_run(void *data, uint64_t count)
{
	struct sy_relay *relay = data;
	struct sy_relay_seat *me = &relay->seats[0];
	const struct sy_relay_way way = *relay->way;
	struct place place = place_of(me);
	uint64_t laps = count / relay->count;
	bool runs = laps;
	int err = 0;

	if (runs && way.rouse)
		way.rouse(relay);
	for (; laps && !err; laps--) {
		work(&place);
		err = way.pass(me);
		while (err == -EINTR)
			err = all_alive(relay) ? way.take(me) : -ECHILD;
	}
	if (runs && way.park)
		way.park(relay);
	return err;
}

int sy_relay_alone(void *data, uint64_t count)
{
	struct sy_relay *relay = data;
	struct sy_relay_seat *me = &relay->seats[0];
	const struct sy_relay_way way = *relay->way;
	struct place place = place_of(me);
	int err = 0;

	for (; count && !err; count--) {
		work(&place);
		err = way.alone(me);
	}
	return err;
}
