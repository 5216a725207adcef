/* SPDX-License-Identifier: MIT */
/*
 * response.h - the answer to one GET, taken as it comes.
 *
 * Nothing of it is kept but the state of the parser and the sum of its body,
 * so that its length costs no memory.  An answer is HTTP/1.x with status 200
 * and a body of known length, in chunks, or up to the end of the stream;
 * interim answers (1xx) before it are passed over.  There are no pointers but
 * to functions of this program, so it may lie in memory that is shared.
 */
#ifndef SY_RESPONSE_H
#define SY_RESPONSE_H

#include <http_parser.h>
#include <stdbool.h>
#include <stdint.h>

#include "workloads/message.h"

/* All that comes before the body, interim answers included. */
#define SY_RESPONSE_HEAD_MAX 16384u

struct sy_response {
	http_parser parser;
	struct sy_message_stream sum;
	uint64_t body_max;   /* more is an error as soon as it is known */
	uint64_t body_bytes; /* that have come */
	uint32_t head_bytes; /* that came before the head was whole */
	int error;
	bool begun;  /* a byte of it has come */
	bool headed; /* the head is whole */
	bool whole;
	bool keeps; /* once it is whole: the connection may be used again */
};

void sy_response_begin(struct sy_response *response, uint64_t body_max);

/*
 * Takes what has come.  1: the answer is whole; 0: more is needed;
 * -EPROTO: not HTTP/1.x, or more than an answer; -EREMOTEIO: another status;
 * -EMSGSIZE: the head or the body is longer than it may be.  After all but 0
 * nothing more is taken.
 */
int sy_response_take(struct sy_response *response, const void *bytes,
                     size_t count);

/* The stream has ended.  1: so has the answer; -EPIPE: in the middle of it. */
int sy_response_end(struct sy_response *response);

#endif /* SY_RESPONSE_H */
