/* SPDX-License-Identifier: MIT */
/*
 * places.c - see places.h.
 *
 * All of them lie in one piece of memory, each on cache lines of its own.
 */
#include "places.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "condition.h"
#include "event.h"
#include "gate.h"
#include "process.h"

#define LINE 64

struct lock {
	_Alignas(LINE) pthread_mutex_t mutex;
	struct sy_condition condition;
};

struct sy_places {
	size_t bytes;
	bool local; /* within one process, in memory of its own */
	uint32_t lock_count, gate_count, event_count;
	struct lock *locks;
	struct sy_gate *gates;
	struct sy_event *events;
	_Atomic uint32_t *words; /* of all conditions */
	uint32_t word_count;     /* of each */
};

static size_t round_up(size_t bytes)
{
	return (bytes + LINE - 1) / LINE * LINE;
}

/* Says where each kind lies in the memory at `base`; the bytes of it all. */
static size_t lay_out(struct sy_places *places, uintptr_t base)
{
	size_t at = round_up(sizeof(*places));

	places->locks = (void *)(base + at);
	at += places->lock_count * sizeof(*places->locks);
	places->gates = (void *)(base + at);
	at += places->gate_count * sizeof(*places->gates);
	places->events = (void *)(base + at);
	at += places->event_count * sizeof(*places->events);
	places->words = (void *)(base + at);
	at += (size_t)places->lock_count * places->word_count *
	      sizeof(*places->words);
	return round_up(at);
}

/* Zeroed. */
static int obtain(void **memory, size_t bytes, bool local)
{
	if (!local)
		return sy_shared_create(memory, bytes);
	*memory = aligned_alloc(LINE, bytes);
	if (!*memory)
		return -ENOMEM;
	memset(*memory, 0, bytes);
	return 0;
}

static void give_back(struct sy_places *places)
{
	if (places->local)
		free(places);
	else
		sy_shared_destroy(places, places->bytes);
}

static int init_mutex(pthread_mutex_t *mutex, bool local)
{
	pthread_mutexattr_t attr;
	int err = -pthread_mutexattr_init(&attr);

	if (err)
		return err;
	if (!local)
		err = -pthread_mutexattr_setpshared(&attr,
		                                    PTHREAD_PROCESS_SHARED);
	if (!err && !local)
		err = -pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
	if (!err)
		err = -pthread_mutex_init(mutex, &attr);
	pthread_mutexattr_destroy(&attr);
	return err;
}

static int init_locks(struct sy_places *places)
{
	uint32_t i;
	int err = 0;

	for (i = 0; !err && i < places->lock_count; i++) {
		struct lock *lock = &places->locks[i];
		size_t first = (size_t)i * places->word_count;

		sy_condition_init(&lock->condition, &places->words[first],
		                  places->word_count, places->local);
		err = init_mutex(&lock->mutex, places->local);
	}
	return err;
}

static int init(struct sy_places *places, const struct sy_batch *batch)
{
	uint32_t i;

	for (i = 0; i < places->gate_count; i++) {
		if (batch->gate_units[i] > INT32_MAX)
			return -EINVAL;
		sy_gate_init(&places->gates[i], batch->gate_units[i],
		             places->local);
	}
	for (i = 0; i < places->event_count; i++)
		sy_event_init(&places->events[i], places->local);
	return init_locks(places);
}

int sy_places_open(struct sy_places **places_out, const struct sy_batch *batch,
                   bool between_processes)
{
	struct sy_places draft = {
		.local = !between_processes,
		.lock_count = batch->lock_count,
		.gate_count = batch->gate_count,
		.event_count = batch->event_count,
		.word_count = sy_condition_words(batch->inflight),
	};
	struct sy_places *places;
	void *memory;
	int err;

	draft.bytes = lay_out(&draft, 0);
	err = obtain(&memory, draft.bytes, draft.local);
	if (err)
		return err;
	lay_out(&draft, (uintptr_t)memory);
	places = memory;
	*places = draft;
	err = init(places, batch);
	if (err) {
		give_back(places);
		return err;
	}
	*places_out = places;
	return 0;
}

void sy_places_close(struct sy_places *places)
{
	uint32_t i;

	for (i = 0; i < places->lock_count; i++)
		pthread_mutex_destroy(&places->locks[i].mutex);
	give_back(places);
}

static bool are_callers(const struct sy_batch *batch)
{
	return batch->wants & SY_WANTS_OUTSIDE && batch->places;
}

int sy_places_join(struct sy_places **places, const struct sy_batch *batch,
                   bool between_processes)
{
	if (!are_callers(batch))
		return sy_places_open(places, batch, between_processes);
	*places = batch->places;
	return 0;
}

void sy_places_part(struct sy_places *places, const struct sy_batch *batch)
{
	if (!are_callers(batch))
		sy_places_close(places);
}

void sy_places_abandon(struct sy_places *places)
{
	uint32_t i;

	for (i = 0; i < places->gate_count; i++)
		sy_gate_abandon(&places->gates[i]);
	for (i = 0; i < places->event_count; i++)
		sy_event_abandon(&places->events[i]);
	for (i = 0; i < places->lock_count; i++)
		sy_condition_abandon(&places->locks[i].condition);
}

void sy_places_renew(struct sy_places *places, const struct sy_batch *batch)
{
	if (!are_callers(batch))
		init(places, batch); /* as it did not fail the first time */
}

bool sy_places_have(const struct sy_places *places, const struct sy_op *op)
{
	const struct sy_sections *sections = op->sections;

	switch (op->kind) {
	case SY_SECTIONS:
		if (sections->by == SY_LOCK)
			return sections->place < places->lock_count;
		if (sections->by == SY_ACQUIRE)
			return sections->place < places->gate_count;
		return sections->by == SY_DONE;
	case SY_LOCK:
	case SY_UNLOCK:
	case SY_WAIT:
	case SY_NOTIFY:
		return op->place < places->lock_count;
	case SY_ACQUIRE:
	case SY_RELEASE:
		return op->place < places->gate_count;
	case SY_AWAIT:
	case SY_SET:
	case SY_CLEAR:
		return op->place < places->event_count;
	default:
		return false;
	}
}

pthread_mutex_t *sy_places_mutex(struct sy_places *places, uint64_t lock)
{
	return &places->locks[lock].mutex;
}

struct sy_gate *sy_places_gate(struct sy_places *places, uint64_t gate)
{
	return &places->gates[gate];
}

bool sy_places_robust(const struct sy_places *places)
{
	return !places->local;
}

int sy_places_lock(struct sy_places *places, uint64_t lock)
{
	return sy_places_take(&places->locks[lock].mutex);
}

void sy_places_unlock(struct sy_places *places, uint64_t lock)
{
	pthread_mutex_unlock(&places->locks[lock].mutex);
}

int sy_places_acquire(struct sy_places *places, uint64_t gate)
{
	return sy_gate_acquire(&places->gates[gate]);
}

int sy_places_release(struct sy_places *places, uint64_t gate, uint32_t count)
{
	return sy_gate_release(&places->gates[gate], count);
}

int sy_places_await(struct sy_places *places, uint64_t event, uint64_t by_ns)
{
	return sy_event_await(&places->events[event], by_ns);
}

void sy_places_set(struct sy_places *places, uint64_t event)
{
	sy_event_set(&places->events[event]);
}

void sy_places_clear(struct sy_places *places, uint64_t event)
{
	sy_event_clear(&places->events[event]);
}

int sy_places_wait(struct sy_places *places, uint64_t lock)
{
	struct sy_condition *condition = &places->locks[lock].condition;
	uint64_t ticket = sy_condition_enter(condition);
	int err, slept;

	sy_places_unlock(places, lock);
	slept = sy_condition_sleep(condition, ticket);
	err = sy_places_lock(places, lock);
	return err ? err : slept;
}

void sy_places_notify(struct sy_places *places, uint64_t lock, uint32_t count)
{
	sy_condition_notify(&places->locks[lock].condition, count);
}
