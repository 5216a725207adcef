/* SPDX-License-Identifier: MIT */
/*
 * batch.c - the shared memory that a model is given.
 *
 * Everything lies in one mapping, so that a batch is made or not made as a
 * whole and a forked process finds it at the same address.  Only the binder
 * is private memory: it is opened before any fork and never written again.
 */
#include "batch.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "host/topology.h"

/* Two cache lines, as adjacent ones are fetched in pairs. */
#define ALIGN 128

/* What the mapping begins with; the rest of it follows. */
struct arena {
	struct sy_batch batch;
	size_t bytes;
	pid_t owner; /* the process that the contexts' are told apart from */
	struct sy_binder *binder; /* NULL: contexts are not bound */
	int *pus;                 /* batch.pu_count of them */
};

/* Where the parts lie, as offsets into the mapping. */
struct layout {
	size_t contexts, lanes, latencies, pus, scratch, scratch_step;
	size_t working, working_step, bytes;
	uint32_t context_count;
};

/* Makes room for `count` items at *at.  False where that is no size. */
static bool reserve(size_t *end, uint64_t count, size_t item_bytes, size_t *at)
{
	size_t bytes, start;

	if (__builtin_add_overflow(*end, ALIGN - 1, &start))
		return false;
	start &= ~(size_t)(ALIGN - 1);
	if (__builtin_mul_overflow(count, item_bytes, &bytes) ||
	    __builtin_add_overflow(start, bytes, end))
		return false;
	*at = start;
	return true;
}

/* The contexts that the model or the mechanism will use; a pair without. */
static uint32_t count_contexts(const struct sy_batch_spec *spec)
{
	struct sy_batch draft = {
		.inflight = spec->inflight,
		.window = spec->window,
		.scratch_bytes = spec->scratch_bytes,
		.pu_count = spec->pu_count,
		.setting = spec->setting,
		.wants = spec->wants,
	};
	struct sy_needs needs = { 0 };

	if (!spec->mechanism && !spec->model)
		return 2;
	if (spec->mechanism)
		spec->mechanism->needs(spec->mechanism, &draft, &needs);
	else
		spec->model->needs(&draft, &needs);
	return needs.contexts;
}

/* Rounded up to ALIGN.  False where that is no size. */
static bool round_up(uint64_t bytes, size_t *rounded)
{
	if (__builtin_add_overflow(bytes, ALIGN - 1, rounded))
		return false;
	*rounded &= ~(size_t)(ALIGN - 1);
	return true;
}

/* What contexts work on between hand-offs: two of them, or a ring. */
static bool reserve_working(struct layout *layout,
                            const struct sy_setting *setting)
{
	uint64_t contexts = setting->contexts > 2 ? setting->contexts : 2;

	return round_up(setting->working_bytes, &layout->working_step) &&
	       reserve(&layout->bytes, contexts, layout->working_step,
	               &layout->working);
}

static int plan(struct layout *layout, const struct sy_batch_spec *spec)
{
	size_t *end = &layout->bytes;

	memset(layout, 0, sizeof(*layout));
	*end = sizeof(struct arena);
	layout->context_count = count_contexts(spec);
	if (!reserve(end, layout->context_count, sizeof(struct sy_context),
	             &layout->contexts) ||
	    !reserve(end, spec->inflight, sizeof(struct sy_lane),
	             &layout->lanes) ||
	    !reserve(end, spec->stamp_count, sizeof(uint64_t),
	             &layout->latencies) ||
	    !reserve(end, spec->pu_count, sizeof(int), &layout->pus))
		return -ENOMEM;
	if (!round_up(spec->scratch_bytes, &layout->scratch_step) ||
	    !reserve(end, spec->inflight, layout->scratch_step,
	             &layout->scratch) ||
	    !reserve_working(layout, &spec->setting))
		return -ENOMEM;
	return 0;
}

/*
 * The process is noted in an unbound batch too: what the kernel counts has to
 * be looked up there, wherever the context runs.
 */
static int bind_context(struct sy_batch *batch, uint32_t index)
{
	const struct arena *arena = batch->bind_data;
	struct sy_context *context;
	pid_t self = getpid();
	int pu, error;

	if (index >= batch->context_count)
		return -EINVAL;
	context = &batch->contexts[index];
	context->process = self == arena->owner ? 0 : self;
	if (!arena->binder)
		return 0;
	pu = arena->pus[index % batch->pu_count];
	error = sy_binder_bind(arena->binder, pu);
	if (!error)
		context->pu = pu;
	return error;
}

static void fill_items(struct arena *arena, const struct layout *layout)
{
	struct sy_batch *batch = &arena->batch;
	unsigned char *base = (unsigned char *)arena;
	uint32_t i;

	for (i = 0; i < batch->context_count; i++) {
		batch->contexts[i].pu = -1;
		batch->contexts[i].pu_seen = -1;
	}
	for (i = 0; i < batch->inflight; i++) {
		struct sy_lane *lane = &batch->lanes[i];

		lane->index = i;
		lane->fd = -1;
		if (batch->scratch_bytes)
			lane->scratch = base + layout->scratch +
			                i * layout->scratch_step;
	}
}

static void fill(struct arena *arena, const struct layout *layout,
                 const struct sy_batch_spec *spec)
{
	struct sy_batch *batch = &arena->batch;
	unsigned char *base = (unsigned char *)arena;

	arena->bytes = layout->bytes;
	arena->owner = getpid();
	arena->pus = (int *)(base + layout->pus);
	if (spec->pus)
		memcpy(arena->pus, spec->pus,
		       spec->pu_count * sizeof(*spec->pus));
	batch->lanes = (struct sy_lane *)(base + layout->lanes);
	batch->inflight = spec->inflight;
	batch->window = spec->window;
	batch->scratch_bytes = spec->scratch_bytes;
	if (spec->stamp_count)
		batch->latencies_ns = (uint64_t *)(base + layout->latencies);
	batch->stamp_shift = spec->stamp_shift;
	batch->contexts = (struct sy_context *)(base + layout->contexts);
	batch->context_count = layout->context_count;
	batch->pu_count = spec->pu_count;
	batch->bind = bind_context;
	batch->bind_data = arena;
	batch->setting = spec->setting;
	batch->wants = spec->wants;
	batch->working_step = layout->working_step;
	if (layout->working_step)
		batch->working = base + layout->working;
	fill_items(arena, layout);
}

int sy_batch_create(struct sy_batch **batch, const struct sy_batch_spec *spec)
{
	struct sy_binder *binder = NULL;
	struct layout layout;
	struct arena *arena;
	int error;

	if (!spec->inflight || !spec->pu_count || (spec->bound && !spec->pus))
		return -EINVAL;
	error = plan(&layout, spec);
	if (error)
		return error;
	if (spec->bound) {
		error = sy_binder_open(&binder);
		if (error)
			return error;
	}
	/* Not reserved: the scratch of idle lanes is never touched. */
	arena = mmap(NULL, layout.bytes, PROT_READ | PROT_WRITE,
	             MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (arena == MAP_FAILED) {
		error = -ENOMEM;
		goto close_binder;
	}
	fill(arena, &layout, spec);
	arena->binder = binder;
	*batch = &arena->batch;
	return 0;

close_binder:
	if (binder)
		sy_binder_close(binder);
	return error;
}

void sy_batch_destroy(struct sy_batch *batch)
{
	struct arena *arena;

	if (!batch)
		return;
	arena = batch->bind_data;
	if (arena->binder)
		sy_binder_close(arena->binder);
	munmap(arena, arena->bytes);
}

void sy_batch_reset(struct sy_batch *batch)
{
	uint32_t i;

	for (i = 0; i < batch->inflight; i++)
		memset(&batch->lanes[i].tally, 0,
		       sizeof(batch->lanes[i].tally));
}

void sy_batch_tally(const struct sy_batch *batch, struct sy_tally *total)
{
	struct sy_tally sum = { 0 };
	uint32_t i;

	for (i = 0; i < batch->inflight; i++) {
		const struct sy_tally *tally = &batch->lanes[i].tally;

		sum.done += tally->done;
		sum.sum += tally->sum;
		sum.proof += tally->proof;
		if (!sum.error)
			sum.error = tally->error;
	}
	*total = sum;
}
