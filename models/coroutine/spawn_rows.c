/* SPDX-License-Identifier: MIT */
/* spawn_rows.c - the rows spawn/coroutine.*: see spawn.c. */
#include "coroutine.h"

#include <errno.h>
#include <stdlib.h>

#include "spawn.h"
#include "spawned.h"

static int spawner_make(struct sy_spawner **made, struct sy_batch *batch,
                        uint32_t pools)
{
	uint32_t count = sy_spawn_burst(batch);
	size_t bytes =
		sizeof(struct sy_spawner) + count * sizeof(struct sy_spawned *);
	struct sy_spawner *s;
	int rc = -ENOMEM;

	/* aligned_alloc wants a multiple of the alignment. */
	s = aligned_alloc(_Alignof(struct sy_spawner), (bytes + 63) / 64 * 64);
	if (!s)
		return rc;
	*s = (struct sy_spawner){ .context = &batch->contexts[0],
		                  .burst = count };
	s->pools = pools ? calloc(pools, sizeof(*s->pools)) : NULL;
	if (s->pools || !pools)
		rc = sy_stack_round(batch->setting.stack_bytes,
		                    &s->stack_bytes);
	/* No room for its registers: the home of ucontext alone needs it. */
	if (!rc)
		rc = sy_fiber_adopt(&s->home, NULL);
	if (!rc) {
		*made = s;
		return 0;
	}
	free(s->pools);
	free(s);
	return rc;
}

static int spawner_open(struct sy_spawner **made, struct sy_batch *batch,
                        uint32_t pools)
{
	int rc = batch->bind(batch, 0);

	if (rc)
		return rc;
	if (!sy_note_room(sy_spawn_burst(batch)))
		return -EAGAIN;
	return spawner_make(made, batch, pools);
}

static void spawner_free(void *state)
{
	struct sy_spawner *s = state;

	free(s->pools);
	free(s);
}

static int pooled_open(void **state, struct sy_batch *batch,
                       const struct sy_mechanism *mechanism)
{
	struct sy_spawner *s;
	int rc = spawner_open(&s, batch, 1);

	(void)mechanism;
	if (rc)
		return rc;
	rc = sy_stacks_open(s->pools, s->burst, s->stack_bytes,
	                    sy_guard_for(s->burst, 0));
	if (rc) {
		spawner_free(s);
		return rc;
	}
	s->guard = s->pools->guard;
	*state = s;
	return 0;
}

static void pooled_close(void *state)
{
	struct sy_spawner *s = state;

	sy_stacks_close(s->pools);
	spawner_free(s);
}

static int malloc_open(void **state, struct sy_batch *batch,
                       const struct sy_mechanism *mechanism)
{
	struct sy_spawner *s;
	int rc = spawner_open(&s, batch, 0);

	(void)mechanism;
	if (rc)
		return rc;
	s->guard = SY_GUARD_CANARY;
	*state = s;
	return 0;
}

static int fresh_open(void **state, struct sy_batch *batch,
                      const struct sy_mechanism *mechanism)
{
	struct sy_spawner *s;
	int rc = spawner_open(&s, batch, sy_spawn_burst(batch));

	(void)mechanism;
	if (rc)
		return rc;
	s->guard = sy_guard_for(s->burst, 0);
	*state = s;
	return 0;
}

static const char *guard_detail(const void *state)
{
	const struct sy_spawner *s = state;

	return sy_guard_name(s->guard);
}

static void spawner_needs(const struct sy_mechanism *mechanism,
                          const struct sy_batch *batch, struct sy_needs *needs)
{
	uint32_t count = sy_spawn_burst(batch);
	size_t stack_bytes;

	(void)mechanism;
	needs->contexts = 1;
	if (sy_stack_round(batch->setting.stack_bytes, &stack_bytes))
		return; /* open says so */
	sy_stacks_needs(count, stack_bytes, needs);
	/* Each may be a mapping of its own; a block has its canary's page. */
	needs->mappings += count;
	needs->bytes += UINT64_C(4096) * count;
}

#define PARTS                                                                  \
	.family = SY_SPAWN, .takes = SY_TAKES_BURST | SY_TAKES_STACK,          \
	.needs = spawner_needs, .detail = guard_detail

const struct sy_mechanism sy_coroutine_pooled = {
	.name = "pooled",
	.summary = "a stack from a pool, two switches, back to the pool",
	PARTS,
	.in_tour = true,
	.open = pooled_open,
	.run = sy_spawn_pooled,
	.close = pooled_close,
};

const struct sy_mechanism sy_coroutine_malloc = {
	.name = "malloc",
	.summary = "a stack from malloc, with a canary, and free",
	PARTS,
	.open = malloc_open,
	.run = sy_spawn_malloc,
	.close = spawner_free,
};

const struct sy_mechanism sy_coroutine_fresh = {
	.name = "fresh",
	.summary = "a stack mapped, guarded and unmapped for each",
	PARTS,
	.open = fresh_open,
	.run = sy_spawn_fresh,
	.close = spawner_free,
};
