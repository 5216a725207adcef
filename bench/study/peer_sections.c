/* SPDX-License-Identifier: MIT */
/*
 * peer_sections.c - the tasks of the model bare: sections as one writes them to
 * time a primitive, a loop over pthread_mutex_lock or sem_wait in one thread.
 *
 * Only sections that do nothing but add are known (-ENOTSUP for all others),
 * and one lane.  The thread is not the only one of its process, as a mutex of
 * such a process is spared its atomic operations by glibc.
 */
#include "study/peer.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "crew.h"

struct bare {
	struct sy_batch *batch;
	struct sy_crew *crew;
	atomic_bool wanted; /* a run that nobody has begun with */
	_Alignas(64) pthread_mutex_t mutex;
	_Alignas(64) sem_t gate;
};

static int by_mutex(struct bare *bare, uint64_t *cells, uint32_t mask,
                    uint64_t index, uint64_t end)
{
	for (; index < end; index++) {
		pthread_mutex_lock(&bare->mutex);
		cells[index & mask]++;
		pthread_mutex_unlock(&bare->mutex);
	}
	return 0;
}

static int by_semaphore(struct bare *bare, uint64_t *cells, uint32_t mask,
                        uint64_t index, uint64_t end)
{
	for (; index < end; index++) {
		while (sem_wait(&bare->gate))
			;
		cells[index & mask]++;
		sem_post(&bare->gate);
	}
	return 0;
}

static int sections(struct bare *bare, const struct sy_task *task,
                    const struct sy_op *op)
{
	const struct sy_sections *s = op->sections;
	uint64_t first = task->index * op->count;

	if (s->inside || s->inside_rounds || s->outside_rounds)
		return -ENOTSUP;
	if (s->by == SY_LOCK)
		return by_mutex(bare, s->cells, s->cell_count - 1, first,
		                first + op->count);
	if (s->by == SY_ACQUIRE)
		return by_semaphore(bare, s->cells, s->cell_count - 1, first,
		                    first + op->count);
	return -ENOTSUP;
}

/* A semaphore does not know how many units it has; this one is asked. */
static int release(struct bare *bare, uint32_t count)
{
	int free_units;

	sem_getvalue(&bare->gate, &free_units);
	if ((uint32_t)free_units + count > bare->batch->gate_units[0])
		return -EOVERFLOW;
	while (count--)
		sem_post(&bare->gate);
	return 0;
}

static void carry_out(struct bare *bare, struct sy_lane *lane)
{
	struct sy_task *task = &lane->task;

	for (;;) {
		struct sy_op op = bare->batch->step(task);

		if (op.kind == SY_DONE)
			return;
		if (op.kind == SY_SECTIONS)
			task->result = sections(bare, task, &op);
		else if (op.kind == SY_RELEASE)
			task->result = release(bare, op.count);
		else
			task->result = -ENOTSUP;
	}
}

static void work(void *data, uint32_t context)
{
	struct bare *bare = data;
	struct sy_batch *batch = bare->batch;
	struct sy_lane *lane = &batch->lanes[0];

	/* It may be woken once more than there is work. */
	if (!atomic_exchange(&bare->wanted, false))
		return;
	sy_context_see(&batch->contexts[context]);
	for (uint64_t i = 0; i < batch->task_count; i++) {
		sy_task_begin(batch, lane, i);
		carry_out(bare, lane);
		sy_task_end(batch, lane);
	}
	sy_crew_finish(bare->crew);
}

int sy_bare_open(void **state, struct sy_batch *batch)
{
	struct bare *bare;
	int rc;

	if (batch->inflight != 1 || batch->lock_count + batch->gate_count != 1)
		return -ENOTSUP;
	bare = aligned_alloc(64, sizeof(*bare));
	if (!bare)
		return -ENOMEM;
	memset(bare, 0, sizeof(*bare));
	bare->batch = batch;
	pthread_mutex_init(&bare->mutex, NULL);
	sem_init(&bare->gate, 0, batch->gate_count ? batch->gate_units[0] : 1);
	rc = sy_crew_open(&bare->crew, batch, 0, 1, work, bare);
	if (rc) {
		free(bare);
		return rc;
	}
	*state = bare;
	return 0;
}

int sy_bare_run(void *state)
{
	struct bare *bare = state;

	if (!bare->batch->task_count)
		return 0;
	sy_crew_arm(bare->crew);
	atomic_store(&bare->wanted, true);
	sy_crew_wake(bare->crew, 1);
	sy_crew_wait(bare->crew);
	return 0;
}

void sy_bare_close(void *state)
{
	struct bare *bare = state;

	sy_crew_close(bare->crew);
	pthread_mutex_destroy(&bare->mutex);
	sem_destroy(&bare->gate);
	free(bare);
}
