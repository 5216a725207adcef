/* SPDX-License-Identifier: MIT */
/*
 * serial.c - the plain loop that all models are checked against.
 *
 * One task after another on lane 0 and on the calling thread, which is
 * context 0: nothing is created, nothing is switched.  It is the unit of
 * efficiency.
 */
#include "models.h"

#include <errno.h>
#include <stdlib.h>

#include "blocking.h"
#include "blocking_connection.h"

/* Begins with the batch: tests have another `run` over it. */
struct serial {
	struct sy_batch *batch;
	struct sy_places *places;
};

static const char *absent(void)
{
	return NULL;
}

static const char *lacks(unsigned wants)
{
	return wants & SY_WANTS_ORDER
	               ? "tasks that wait for later ones: it carries out one "
	                 "at a time"
	               : NULL;
}

static void needs(const struct sy_batch *batch, struct sy_needs *needs)
{
	(void)batch;
	*needs = (struct sy_needs){ .contexts = 1 };
}

static int open_serial(void **state, struct sy_batch *batch)
{
	struct serial *serial = malloc(sizeof(*serial));
	int err;

	if (!serial)
		return -ENOMEM;
	serial->batch = batch;
	err = sy_places_join(&serial->places, batch, false);
	if (err)
		goto free_serial;
	err = batch->bind(batch, 0);
	if (err)
		goto part;
	*state = serial;
	return 0;

part:
	sy_places_part(serial->places, batch);
free_serial:
	free(serial);
	return err;
}

static int run(void *state)
{
	struct serial *serial = state;
	struct sy_batch *batch = serial->batch;
	struct sy_lane *lane = &batch->lanes[0];
	uint64_t count = batch->task_count;
	struct sy_tally tally = lane->tally;
	uint64_t index;

	/* Added up in registers: a sum in memory is 3 ns of an empty task. */
	for (index = 0; index < count; index++) {
		sy_task_begin(batch, lane, index);
		sy_blocking_run(batch, serial->places, lane, NULL, NULL);
		sy_task_stamp(batch, lane);
		sy_tally_add(&tally, index, lane->task.value, lane->task.error);
		sy_context_see(&batch->contexts[0]);
	}
	lane->tally = tally;
	return 0;
}

static void close_serial(void *state)
{
	struct serial *serial = state;

	sy_connections_close(serial->batch);
	sy_places_part(serial->places, serial->batch);
	free(serial);
}

const struct sy_model sy_model_serial = {
	.name = "serial",
	.summary = "a plain loop on the calling thread; no contexts",
	.alone = true,
	.absent = absent,
	.lacks = lacks,
	.needs = needs,
	.open = open_serial,
	.run = run,
	.close = close_serial,
	.mechanisms = sy_serial_mechanisms,
};
