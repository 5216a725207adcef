/* SPDX-License-Identifier: MIT */
/*
 * message.h - what requests and replies look like on the wire.
 *
 * Both start with the index of the task in 8 bytes; the rest is filler that
 * either side can compute: the body of every request is the same, the body
 * of a reply is a window into one sequence of words that starts at the index
 * modulo SY_VALUE_PERIOD.  So a server makes any reply from one buffer, and a
 * client sees a byte that was lost, doubled or moved.
 */
#ifndef SY_MESSAGE_H
#define SY_MESSAGE_H

#include <stddef.h>
#include <stdint.h>

#define SY_MESSAGE_HEADER 8u

/* Places in the sequence where bodies start; no reply reaches the request. */
#define SY_MESSAGE_REQUEST (UINT64_C(1) << 32)
static inline uint64_t sy_message_reply(uint64_t residue)
{
	return residue + 1;
}

/* Writes the words of the sequence from `place` on, the last one cut off. */
void sy_message_fill(unsigned char *body, size_t bytes, uint64_t place);

/*
 * A sum of a body that depends on the order of its words; `seed` is what a
 * body of no bytes adds up to, scattered.
 */
uint64_t sy_message_sum(const unsigned char *body, size_t bytes, uint64_t seed);

/* The same of a body that comes in pieces, however it is cut; no pointers. */
struct sy_message_stream {
	uint64_t sum[4], sums[4];
	unsigned char held[32]; /* of the block that is not whole yet */
	uint32_t held_bytes;
};
void sy_message_begin(struct sy_message_stream *stream, uint64_t seed);
void sy_message_add(struct sy_message_stream *stream, const void *piece,
                    size_t bytes);
/* The sum of all that was added, to which more may be added. */
uint64_t sy_message_end(const struct sy_message_stream *stream);

/* The sum of what sy_message_fill would write, without a buffer for it. */
uint64_t sy_message_expected(size_t bytes, uint64_t place, uint64_t seed);

#endif /* SY_MESSAGE_H */
