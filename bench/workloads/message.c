/* SPDX-License-Identifier: MIT */
/*
 * message.c - filler and its sum, see message.h.
 *
 * The sum is of running sums (after Fletcher, "An arithmetic checksum for
 * serial transmissions", 1982), modulo 2^64 over 8-byte words, in four strands
 * so that four words are added at a time: a check must stay far cheaper than
 * the system calls around it.
 */
#include "workloads/message.h"

#include <string.h>

#define STRANDS 4
#define BLOCK (STRANDS * sizeof(uint64_t))
#define CHUNK 4096 /* of the sequence at a time; whole blocks */

struct strands {
	uint64_t sum[STRANDS], sums[STRANDS];
};

_Static_assert(
	sizeof(((struct sy_message_stream *)0)->held) == BLOCK &&
		sizeof(((struct sy_message_stream *)0)->sum) == BLOCK,
	"a stream holds back less than a block, and has as many strands");

static uint64_t scatter(uint64_t x)
{
	x ^= x >> 32;
	x *= UINT64_C(0xd6e8feb86659fd93);
	x ^= x >> 32;
	x *= UINT64_C(0xd6e8feb86659fd93);
	return x ^ x >> 32;
}

void sy_message_fill(unsigned char *body, size_t bytes, uint64_t place)
{
	uint64_t word;

	for (; bytes >= sizeof(word); bytes -= sizeof(word)) {
		word = scatter(place++);
		memcpy(body, &word, sizeof(word));
		body += sizeof(word);
	}
	word = scatter(place);
	memcpy(body, &word, bytes);
}

static inline void strand_add(struct strands *s, unsigned i,
                              const unsigned char *bytes, size_t count)
{
	uint64_t word = 0;

	memcpy(&word, bytes, count);
	s->sum[i] += word;
	s->sums[i] += s->sum[i];
}

static inline void strands_begin(struct strands *s, uint64_t seed)
{
	*s = (struct strands){ .sum = { seed } };
}

/* Adds the whole blocks of a body and returns the bytes left over. */
static inline size_t strands_blocks(struct strands *s,
                                    const unsigned char *body, size_t bytes)
{
	for (; bytes >= BLOCK; bytes -= BLOCK) {
		strand_add(s, 0, body, 8);
		strand_add(s, 1, body + 8, 8);
		strand_add(s, 2, body + 16, 8);
		strand_add(s, 3, body + 24, 8);
		body += BLOCK;
	}
	return bytes;
}

/* Adds the end of a body, less than a block, and folds the strands. */
static inline uint64_t strands_end(struct strands *s, const unsigned char *tail,
                                   size_t bytes)
{
	uint64_t folded = 0;

	for (; bytes >= 8; bytes -= 8) {
		strand_add(s, 0, tail, 8);
		tail += 8;
	}
	if (bytes)
		strand_add(s, 1, tail, bytes);
	/* Odd factors that differ, so that strands cannot change places. */
	for (unsigned i = 0; i < STRANDS; i++)
		folded += s->sum[i] * (2 * i + 1) + s->sums[i] * (2 * i + 9);
	return scatter(folded);
}

uint64_t sy_message_sum(const unsigned char *body, size_t bytes, uint64_t seed)
{
	struct strands s;
	size_t rest;

	strands_begin(&s, seed);
	rest = strands_blocks(&s, body, bytes);
	return strands_end(&s, body + bytes - rest, rest);
}

uint64_t sy_message_expected(size_t bytes, uint64_t place, uint64_t seed)
{
	unsigned char chunk[CHUNK];
	struct strands s;
	size_t rest;

	strands_begin(&s, seed);
	for (; bytes >= CHUNK; bytes -= CHUNK) {
		sy_message_fill(chunk, CHUNK, place);
		strands_blocks(&s, chunk, CHUNK);
		place += CHUNK / sizeof(uint64_t);
	}
	sy_message_fill(chunk, bytes, place);
	rest = strands_blocks(&s, chunk, bytes);
	return strands_end(&s, chunk + bytes - rest, rest);
}

void sy_message_begin(struct sy_message_stream *stream, uint64_t seed)
{
	*stream = (struct sy_message_stream){ .sum = { seed } };
}

static struct strands stream_strands(const struct sy_message_stream *stream)
{
	struct strands s;

	memcpy(s.sum, stream->sum, sizeof(s.sum));
	memcpy(s.sums, stream->sums, sizeof(s.sums));
	return s;
}

/* Adds whole blocks and returns the bytes left over. */
static size_t stream_blocks(struct sy_message_stream *stream,
                            const unsigned char *piece, size_t bytes)
{
	struct strands s = stream_strands(stream);
	size_t rest = strands_blocks(&s, piece, bytes);

	memcpy(stream->sum, s.sum, sizeof(s.sum));
	memcpy(stream->sums, s.sums, sizeof(s.sums));
	return rest;
}

void sy_message_add(struct sy_message_stream *stream, const void *piece,
                    size_t bytes)
{
	const unsigned char *at = piece;
	size_t rest;

	if (stream->held_bytes) {
		size_t room = BLOCK - stream->held_bytes;
		size_t taken = bytes < room ? bytes : room;

		memcpy(stream->held + stream->held_bytes, at, taken);
		stream->held_bytes += (uint32_t)taken;
		if (stream->held_bytes < BLOCK)
			return;
		stream_blocks(stream, stream->held, BLOCK);
		at += taken;
		bytes -= taken;
	}
	rest = stream_blocks(stream, at, bytes);
	memcpy(stream->held, at + bytes - rest, rest);
	stream->held_bytes = (uint32_t)rest;
}

uint64_t sy_message_end(const struct sy_message_stream *stream)
{
	struct strands s = stream_strands(stream);

	return strands_end(&s, stream->held, stream->held_bytes);
}
