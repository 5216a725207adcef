/* SPDX-License-Identifier: MIT */
/*
 * peer_boost.c - Boost.Context's switch, called from C: two contexts that
 * jump to one another, each from one place of its own.
 *
 * make_fcontext and jump_fcontext have the C calling convention; they are
 * declared here because Boost's header for them is C++.  Boost 1.61 or later
 * (libboost_context): a jump returns where it came from and what was given.
 */
#include "study/peer.h"

#include <stdlib.h>

#define STACK_BYTES ((size_t)64 * 1024)

struct transfer {
	void *from;
	void *data;
};

struct transfer jump_fcontext(void *to, void *data);
void *make_fcontext(void *top, size_t bytes, void (*entry)(struct transfer));

struct boost {
	void *other;
	unsigned char *stack;
};

static void answer(struct transfer transfer)
{
	for (;;)
		transfer = jump_fcontext(transfer.from, NULL);
}

int sy_boost_open(void **pair, struct sy_batch *batch,
                  const struct sy_mechanism *mechanism)
{
	struct boost *boost = malloc(sizeof(*boost));
	int rc = -ENOMEM;

	(void)mechanism;
	if (!boost)
		return rc;
	boost->stack = aligned_alloc(4096, STACK_BYTES);
	if (boost->stack)
		rc = batch->bind(batch, 0);
	if (rc) {
		free(boost->stack);
		free(boost);
		return rc;
	}
	sy_context_see(&batch->contexts[0]);
	boost->other =
		make_fcontext(boost->stack + STACK_BYTES, STACK_BYTES, answer);
	*pair = boost;
	return 0;
}

int sy_boost_run(void *pair, uint64_t count)
{
	struct boost *boost = pair;
	void *other = boost->other;

	for (; count; count -= 2)
		other = jump_fcontext(other, NULL).from;
	boost->other = other;
	return 0;
}

/* The other context is left where it is: it holds nothing but its stack. */
void sy_boost_close(void *pair)
{
	struct boost *boost = pair;

	free(boost->stack);
	free(boost);
}
