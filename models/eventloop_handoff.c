/* SPDX-License-Identifier: MIT */
/*
 * eventloop_handoff.c - two callbacks that pass a token through a run queue.
 *
 * The queue, its drain and its budget are the model's own, so a hand-off
 * costs here what control passing from one lane to another costs there.  Both
 * callbacks are called by the thread that opens the pair.
 */
#include "eventloop_internal.h"

#include <errno.h>
#include <stdlib.h>

#include "models.h"

struct token {
	struct sy_uv_callback callback; /* first: see take */
	struct pair *pair;
	struct token *peer; /* NULL: nobody to pass it to */
};

struct pair {
	uv_loop_t uv;
	struct sy_uv_ready ready;
	struct token sides[2], alone;
	uint64_t left; /* hand-offs to be made */
};

static void take(struct sy_uv_callback *callback)
{
	struct token *token = (struct token *)callback;
	struct pair *pair = token->pair;

	if (--pair->left && token->peer)
		sy_uv_ready_push(&pair->ready, &token->peer->callback);
}

static void set_up(struct token *token, struct pair *pair, struct token *peer)
{
	token->callback.call = take;
	token->pair = pair;
	token->peer = peer;
}

static int callback_open(void **pair_, struct sy_batch *batch,
                         const struct sy_mechanism *mechanism)
{
	struct pair *pair;
	int error = batch->bind(batch, 0);

	(void)mechanism;
	if (error)
		return error;
	pair = calloc(1, sizeof(*pair));
	if (!pair)
		return -ENOMEM;
	error = sy_uv_loop_begin(&pair->uv);
	if (error)
		goto free_pair;
	sy_uv_ready_open(&pair->ready, &pair->uv, &batch->contexts[0]);
	set_up(&pair->sides[0], pair, &pair->sides[1]);
	set_up(&pair->sides[1], pair, &pair->sides[0]);
	set_up(&pair->alone, pair, NULL);
	*pair_ = pair;
	return 0;

free_pair:
	free(pair);
	return error;
}

/* The push that starts it is the first of the `count`. */
static int callback_run(void *pair_, uint64_t count)
{
	struct pair *pair = pair_;

	if (!count)
		return 0;
	pair->left = count;
	sy_uv_ready_push(&pair->ready, &pair->sides[0].callback);
	uv_run(&pair->uv, UV_RUN_DEFAULT);
	return 0;
}

static int callback_alone(void *pair_, uint64_t count)
{
	struct pair *pair = pair_;
	struct sy_uv_callback *callback = &pair->alone.callback;

	pair->left = count;
	while (pair->left)
		callback->call(callback);
	return 0;
}

static void callback_close(void *pair_)
{
	struct pair *pair = pair_;

	sy_uv_loop_end(&pair->uv);
	free(pair);
}

const struct sy_mechanism sy_uv_callback_handoff = {
	.name = "callback",
	.summary = "ready-queue callback",
	.family = SY_SWITCH,
	.in_tour = true,
	.needs = sy_pair_needs,
	.switches_min = 0,
	.switches_max = 0,
	.open = callback_open,
	.run = callback_run,
	.alone = callback_alone,
	.close = callback_close,
};
