/* SPDX-License-Identifier: MIT */
/*
 * mailbox.h - a process that owns a dictionary and answers what it finds in
 * mailboxes in shared memory.
 *
 * A client writes its request into its own mailbox, marks it, and releases a
 * unit of the gate that the owner waits at; the owner writes the reply there
 * and releases a unit of the client's own gate.  A client that dies in between
 * harms its own mailbox only.  When the owner dies, whoever waits for it goes
 * on and finds no reply.
 */
#ifndef SY_MAILBOX_H
#define SY_MAILBOX_H

#include <stdatomic.h>
#include <stdbool.h>

#include "model.h"
#include "places.h"
#include "workloads/dictionary.h"
#include "workloads/server.h"

#define SY_MAILBOX_GATE 0u /* the owner waits at it */
static inline uint32_t sy_mailbox_gate(uint32_t client)
{
	return client + 1;
}

struct sy_mailbox {
	_Alignas(64) atomic_bool answered; /* there is a reply */
	unsigned char request[SY_ASK_BYTES];
	unsigned char reply[SY_ASK_BYTES];
};

/* In shared anonymous memory. */
struct sy_post {
	uint32_t count; /* of mailboxes */
	size_t bytes;   /* of all of this */
	struct sy_places *places;
	_Atomic uint64_t *marked; /* a bit for each with a request in it */
	struct sy_mailbox *boxes;
	uint32_t *units; /* of the gates */
	_Alignas(64) atomic_bool closing, dead;
	_Atomic pid_t owner;
	struct sy_server server; /* of the process that opened it */
};

/* `clients` mailboxes, and an owner that is ready for `keys` keys, bound to
   `pu` (-1: not bound); as sy_server_start. */
int sy_post_open(struct sy_post **post, uint32_t clients, uint32_t keys,
                 int pu);
void sy_post_close(struct sy_post *post);

/* Its request is written: client `index` is to release SY_MAILBOX_GATE, then
   to acquire its own gate, then to look for the answer. */
static inline void sy_mailbox_mark(struct sy_post *post, uint32_t index)
{
	atomic_store_explicit(&post->boxes[index].answered, false,
	                      memory_order_relaxed);
	atomic_fetch_or(&post->marked[index / 64], UINT64_C(1) << index % 64);
}

static inline bool sy_mailbox_answered(const struct sy_post *post,
                                       uint32_t index)
{
	return atomic_load_explicit(&post->boxes[index].answered,
	                            memory_order_acquire);
}

#endif /* SY_MAILBOX_H */
