/* SPDX-License-Identifier: MIT */
/*
 * eventloop_brood.c - callback chains that are created, called once, and
 * closed; what the rows of creation and of waiting share.
 *
 * libuv leaves a handle's memory to its user, who may free it when its close
 * callback is called: so each chain is allocated when it is created and freed
 * there, as in a program that has one for each client.
 */
#include "eventloop_internal.h"

#include <errno.h>
#include <stdlib.h>

static void on_closed(uv_handle_t *handle)
{
	struct sy_uv_brood *brood = handle->data;

	brood->alive--;
	free(handle);
}

static void end_one(uv_handle_t *handle, void *brood_)
{
	struct sy_uv_brood *brood = brood_;

	if (handle->data != brood || uv_is_closing(handle))
		return;
	if (brood->way->end)
		brood->way->end(handle);
	uv_close(handle, on_closed);
}

void sy_uv_brood_end(struct sy_uv_brood *brood)
{
	uv_walk(&brood->row.uv, end_one, brood);
}

int sy_uv_brood_add(struct sy_uv_brood *brood)
{
	uv_handle_t *handle = malloc(brood->way->bytes);
	int error;

	if (!handle)
		return -ENOMEM;
	error = brood->way->init(&brood->row.uv, handle);
	if (error) {
		free(handle);
		return error;
	}
	handle->data = brood;
	brood->alive++;
	return brood->way->start(handle);
}

int sy_uv_brood_open(void **brood_out, size_t bytes, struct sy_batch *batch,
                     const struct sy_uv_way *way, uint64_t chains,
                     void (*ran)(struct sy_uv_brood *brood, void *chain))
{
	struct sy_uv_brood *brood;
	void *row;
	int error = way->descriptors ? sy_uv_watches_fit(chains) : 0;

	if (!error)
		error = sy_uv_row_open(&row, bytes, batch);
	if (error)
		return error;
	brood = row;
	brood->way = way;
	brood->ran = ran;
	*brood_out = brood;
	return 0;
}

void sy_uv_brood_close(void *brood_)
{
	struct sy_uv_brood *brood = brood_;

	sy_uv_brood_end(brood);
	while (brood->alive)
		uv_run(&brood->row.uv, UV_RUN_NOWAIT);
	sy_uv_row_close(brood);
}

/* What malloc adds to a chain, and what a loop's table of descriptors takes,
   which doubles when it is full. */
#define ROOM_A_CHAIN 32
#define TABLE_A_DESCRIPTOR 32

void sy_uv_brood_needs(const struct sy_uv_way *way, uint64_t chains,
                       struct sy_needs *needs)
{
	sy_uv_row_needs(needs, 1);
	needs->descriptors += chains * way->descriptors;
	if (way->descriptors)
		needs->descriptors += SY_UV_DESCRIPTORS_OF_STREAMS;
	needs->bytes = chains * (way->bytes + ROOM_A_CHAIN + way->kernel_bytes +
	                         way->descriptors * TABLE_A_DESCRIPTOR);
}
