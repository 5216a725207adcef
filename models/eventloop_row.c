/* SPDX-License-Identifier: MIT */
/*
 * eventloop_row.c - the loop that a row of the event loop's mechanisms runs
 * on; its beginning, its end and its limits.
 */
#include "eventloop_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WATCHES "/proc/sys/fs/epoll/max_user_watches"

int sy_uv_row_open(void **row_out, size_t bytes, struct sy_batch *batch)
{
	struct sy_uv_row *row;
	int error = batch->bind(batch, 0);

	if (error)
		return error;
	row = calloc(1, bytes);
	if (!row)
		return -ENOMEM;
	row->batch = batch;
	error = sy_uv_loop_begin(&row->uv);
	if (error)
		free(row);
	else
		*row_out = row;
	return error;
}

void sy_uv_row_close(void *row_)
{
	struct sy_uv_row *row = row_;

	sy_uv_loop_end(&row->uv);
	free(row);
}

/* Only from a callback: libuv would carry it into the next time it runs. */
void sy_uv_row_stop(struct sy_uv_row *row, int error)
{
	if (!row->error)
		row->error = error;
	uv_stop(&row->uv);
}

void sy_uv_row_needs(struct sy_needs *needs, uint32_t loops)
{
	memset(needs, 0, sizeof(*needs));
	needs->contexts = loops; /* a thread each */
	needs->descriptors = sy_uv_descriptors(loops);
}

/* What the user's other processes have watched is not to be found out. */
int sy_uv_watches_fit(uint64_t count)
{
	FILE *file = fopen(WATCHES, "re");
	unsigned long long most;
	int found;

	if (!file)
		return 0;
	found = fscanf(file, "%llu", &most);
	fclose(file);
	return found == 1 && count > most ? -ENOSPC : 0;
}
