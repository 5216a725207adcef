/* SPDX-License-Identifier: MIT */
/*
 * eventloop_handoff.c - callbacks that pass a token through a run queue.
 *
 * The queue, its drain and its budget are the model's own, so a hand-off
 * costs here what control passing from one lane to another costs there.  All
 * callbacks are called by the thread that opens the row.
 *
 * `alone` does a context's work and calls the next callback directly: what it
 * leaves in net is the queue, and the turns of the loop.
 */
#include "eventloop_internal.h"

#include <errno.h>
#include <stdlib.h>

struct token {
	struct sy_uv_callback callback; /* first: see token_of */
	struct circle *circle;
	struct token *next;
	unsigned char *set; /* that it works on */
};

struct circle {
	struct sy_uv_row row; /* first */
	struct sy_uv_ready ready;
	struct token *tokens, alone;
	uint32_t count;
	size_t working_bytes;
	int64_t left; /* hand-offs to be made */
};

static struct token *token_of(struct sy_uv_callback *callback)
{
	return (struct token *)callback;
}

static void hand_over(struct token *token)
{
	struct circle *circle = token->circle;

	sy_work_set(token->set, circle->working_bytes);
	sy_uv_ready_push(&circle->ready, &token->next->callback);
}

/* Of the two of a pair, this one knows when the last hand-off was made; runs
   are even.  The other one differs, so that the processor tells them apart. */
static void on_ping(struct sy_uv_callback *callback)
{
	struct token *token = token_of(callback);

	if ((token->circle->left -= 2) > 0)
		hand_over(token);
}

static void on_pong(struct sy_uv_callback *callback)
{
	hand_over(token_of(callback));
}

static void on_turn(struct sy_uv_callback *callback)
{
	struct token *token = token_of(callback);

	if (--token->circle->left > 0)
		hand_over(token);
}

static void count_alone(struct sy_uv_callback *callback)
{
	struct circle *circle = token_of(callback)->circle;

	sy_work_set(token_of(callback)->set, circle->working_bytes);
	circle->left--;
}

static void set_up(struct circle *circle, struct token *token, uint32_t i,
                   void (*call)(struct sy_uv_callback *callback))
{
	token->callback.call = call;
	token->circle = circle;
	token->next = &circle->tokens[(i + 1) % circle->count];
	token->set = sy_working_set(circle->row.batch, i);
}

/* A ring of clones, or two that differ. */
static int set_up_all(struct circle *circle, uint32_t ring)
{
	uint32_t i;

	circle->count = ring ? ring : 2;
	circle->tokens = calloc(circle->count, sizeof(*circle->tokens));
	if (!circle->tokens)
		return -ENOMEM;
	for (i = 0; i < circle->count; i++)
		set_up(circle, &circle->tokens[i], i,
		       ring ? on_turn
		       : i  ? on_pong
		            : on_ping);
	set_up(circle, &circle->alone, 0, count_alone);
	return 0;
}

static int callback_open(void **state, struct sy_batch *batch,
                         const struct sy_mechanism *mechanism)
{
	struct circle *circle;
	void *row;
	int error = sy_uv_row_open(&row, sizeof(*circle), batch);

	(void)mechanism;
	if (error)
		return error;
	circle = row;
	circle->working_bytes = batch->setting.working_bytes;
	sy_uv_ready_open(&circle->ready, &circle->row.uv, &batch->contexts[0]);
	error = set_up_all(circle, batch->setting.contexts);
	if (error)
		sy_uv_row_close(circle);
	else
		*state = circle;
	return error;
}

/* Context 0 is who is called first and last: the caller hands over for it. */
static int callback_run(void *state, uint64_t count)
{
	struct circle *circle = state;

	if (!count)
		return 0;
	circle->left = (int64_t)count;
	hand_over(&circle->tokens[0]);
	uv_run(&circle->row.uv, UV_RUN_DEFAULT);
	return 0;
}

static int callback_alone(void *state, uint64_t count)
{
	struct circle *circle = state;
	struct sy_uv_callback *callback = &circle->alone.callback;

	circle->left = (int64_t)count;
	while (circle->left)
		callback->call(callback);
	return 0;
}

static void callback_close(void *state)
{
	struct circle *circle = state;

	free(circle->tokens);
	sy_uv_row_close(circle);
}

static void callback_needs(const struct sy_mechanism *mechanism,
                           const struct sy_batch *batch, struct sy_needs *needs)
{
	(void)mechanism;
	sy_uv_row_needs(needs, 1);
	needs->bytes =
		((uint64_t)batch->setting.contexts + 2) * sizeof(struct token);
}

const struct sy_mechanism sy_uv_callback_handoff = {
	.name = "callback",
	.summary = "ready-queue callback",
	.family = SY_SWITCH,
	.takes = SY_TAKES_RING | SY_TAKES_WORKING,
	.in_tour = true,
	.needs = callback_needs,
	.switches_min = 0,
	.switches_max = 0,
	.open = callback_open,
	.run = callback_run,
	.alone = callback_alone,
	.close = callback_close,
};
