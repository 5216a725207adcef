/* SPDX-License-Identifier: MIT */
/* owned.c - see owned.h. */
#include "workloads/owned.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "workloads/promise.h"
#include "workloads/share.h"

/* "key-" and eight digits */
#define NAME_BYTES 12u

uint32_t sy_owned_keys(const struct sy_load *load, uint32_t lanes)
{
	return load->cells > lanes ? load->cells : lanes;
}

/* By hand: printf would take as long as what is measured. */
static void name_key(char name[NAME_BYTES], uint32_t index)
{
	memcpy(name, "key-", 4);
	for (uint32_t i = NAME_BYTES; i-- > 4; index /= 10)
		name[i] = (char)('0' + index % 10);
}

/* Writes a get of key `index`, or a set to `value`; its length. */
static size_t ask(unsigned char *to, uint32_t index, const uint64_t *value)
{
	char name[NAME_BYTES];

	name_key(name, index);
	return sy_ask(to, name, sizeof(name), value,
	              value ? sizeof(*value) : 0);
}

int sy_owned_number(const unsigned char *reply, uint64_t *number)
{
	const unsigned char *value;
	ssize_t bytes = sy_answer_value(reply, &value);

	if (bytes == -ENOENT) {
		*number = 0;
		return 0;
	}
	if (bytes < 0)
		return (int)bytes;
	if ((size_t)bytes != sizeof(*number))
		return -EBADMSG;
	memcpy(number, value, sizeof(*number));
	return 0;
}

/* The lane's keys one after another, a get and a set of each. */
static uint32_t key_of(const struct sy_task *task, uint32_t operation)
{
	const struct sy_owned *owned = task->job;
	uint32_t lane = task->lane->index;
	uint32_t own = (owned->keys - lane - 1) / owned->lanes + 1;
	uint64_t pair = task->index + operation / 2;

	return lane + (uint32_t)(pair % own) * owned->lanes;
}

size_t sy_owned_next(unsigned char *to, const struct sy_task *task,
                     uint32_t operation)
{
	uint64_t number = task->local[1] + 1;

	return ask(to, key_of(task, operation), operation % 2 ? &number : NULL);
}

int sy_owned_take(const unsigned char *reply, struct sy_task *task,
                  uint32_t operation)
{
	const unsigned char *value;
	ssize_t bytes;

	if (operation % 2 == 0)
		return sy_owned_number(reply, &task->local[1]);
	bytes = sy_answer_value(reply, &value);
	return bytes < 0 ? (int)bytes : bytes ? -EBADMSG : 0;
}

int sy_owned_settle(struct sy_owned *owned, const struct sy_batch *batch,
                    int asked, uint64_t sum, uint64_t found[SY_FINDINGS_MAX],
                    char reason[SY_BROKEN_BYTES])
{
	uint64_t sets = batch->task_count * (owned->load.sections / 2);

	if (asked) {
		snprintf(reason, SY_BROKEN_BYTES,
		         "the process that owns the data does not answer: %s",
		         strerror(-asked));
		return asked;
	}
	owned->sets += sets;
	found[SY_SHARE_FOUND_WRITTEN] = sets;
	found[SY_SHARE_FOUND_SEEN] = sets - (owned->sets - sum);
	if (sum == owned->sets)
		return 0;
	return sy_promise_broken(reason,
	                         "the values add up to %" PRIu64
	                         " after %" PRIu64 " writes",
	                         sum, owned->sets);
}
