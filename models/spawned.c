/* SPDX-License-Identifier: MIT */
/* spawned.c - see spawned.h. */
#include "spawned.h"

#include <errno.h>

uint32_t sy_spawn_burst(const struct sy_batch *batch)
{
	return batch->setting.contexts ? batch->setting.contexts : 1;
}

bool sy_spawn_inherits(const struct sy_batch *batch, uint32_t index)
{
	return batch->contexts[0].pu < 0 || index % batch->pu_count == 0;
}

int sy_spawn_open(struct sy_batch *batch)
{
	uint32_t i;
	int err = batch->bind(batch, 0);

	for (i = 1; !err && i < batch->context_count; i++)
		if (sy_spawn_inherits(batch, i))
			batch->contexts[i].pu = batch->contexts[0].pu;
	return err;
}

void sy_spawn_prepare(struct sy_batch *batch, uint32_t index)
{
	/* Another context than the last of this number: it did not migrate. */
	batch->contexts[index].pu_seen = -1;
}

int sy_spawn_begin(struct sy_batch *batch, uint32_t index)
{
	int err = 0;

	if (!sy_spawn_inherits(batch, index))
		err = batch->bind(batch, index);
	if (!err)
		sy_context_see(&batch->contexts[index]);
	return err;
}

int sy_spawn_check(const struct sy_batch *batch, uint32_t index)
{
	const struct sy_context *context = &batch->contexts[index];

	if (context->pu_seen < 0)
		return -ECHILD;
	return context->pu < 0 || context->pu == context->pu_seen ? 0 : -ENODEV;
}
