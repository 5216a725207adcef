/* SPDX-License-Identifier: MIT */
/*
 * response.c - see response.h; the syntax is http_parser's.
 *
 * The parser is stopped at the end of an answer, so that what follows it is
 * seen.  Its own limit on heads is higher than ours, but also holds for the
 * extensions of chunks and for trailers, which ours does not know.
 */
#include "workloads/response.h"

#include <errno.h>

/* parser->data would be a pointer into shared memory that serves nothing. */
static struct sy_response *response_of(http_parser *parser)
{
	_Static_assert(offsetof(struct sy_response, parser) == 0,
	               "the parser is what its answer begins with");
	return (struct sy_response *)parser;
}

/* Ends the parsing; the first error is the one that counts. */
static int stop(struct sy_response *response, int error)
{
	if (!response->error)
		response->error = error;
	return -1;
}

static bool is_interim(const http_parser *parser)
{
	return parser->status_code / 100 == 1 &&
	       parser->status_code != HTTP_STATUS_SWITCHING_PROTOCOLS;
}

static int on_headers(http_parser *parser)
{
	struct sy_response *response = response_of(parser);

	if (parser->http_major != 1)
		return stop(response, -EPROTO);
	if (is_interim(parser))
		return 0;
	if (parser->status_code != HTTP_STATUS_OK)
		return stop(response, -EREMOTEIO);
	/* ULLONG_MAX: there is no length. */
	if (parser->content_length != UINT64_MAX &&
	    parser->content_length > response->body_max)
		return stop(response, -EMSGSIZE);
	response->headed = true;
	return 0;
}

/* content_length is the chunk's here. */
static int on_chunk(http_parser *parser)
{
	struct sy_response *response = response_of(parser);

	if (parser->content_length > response->body_max - response->body_bytes)
		return stop(response, -EMSGSIZE);
	return 0;
}

static int on_body(http_parser *parser, const char *at, size_t bytes)
{
	struct sy_response *response = response_of(parser);

	if (bytes > response->body_max - response->body_bytes)
		return stop(response, -EMSGSIZE);
	response->body_bytes += bytes;
	sy_message_add(&response->sum, at, bytes);
	return 0;
}

static int on_whole(http_parser *parser)
{
	struct sy_response *response = response_of(parser);

	if (is_interim(parser))
		return 0;
	response->whole = true;
	response->keeps = http_should_keep_alive(parser);
	http_parser_pause(parser, 1);
	return 0;
}

static const http_parser_settings settings = {
	.on_headers_complete = on_headers,
	.on_chunk_header = on_chunk,
	.on_body = on_body,
	.on_message_complete = on_whole,
};

void sy_response_begin(struct sy_response *response, uint64_t body_max)
{
	http_parser_init(&response->parser, HTTP_RESPONSE);
	sy_message_begin(&response->sum, 0);
	response->body_max = body_max;
	response->body_bytes = 0;
	response->head_bytes = 0;
	response->error = 0;
	response->begun = false;
	response->headed = false;
	response->whole = false;
	response->keeps = false;
}

static int failure(struct sy_response *response)
{
	enum http_errno number = HTTP_PARSER_ERRNO(&response->parser);

	if (!response->error && number == HPE_HEADER_OVERFLOW)
		response->error = -EMSGSIZE;
	if (!response->error)
		response->error = -EPROTO;
	return response->error;
}

/* Parses a piece, and says how much of it belonged to the answer. */
static size_t parse(struct sy_response *response, const char *at, size_t count)
{
	size_t parsed =
		http_parser_execute(&response->parser, &settings, at, count);

	if (HTTP_PARSER_ERRNO(&response->parser) != HPE_OK && !response->whole)
		failure(response);
	return parsed;
}

int sy_response_take(struct sy_response *response, const void *bytes,
                     size_t count)
{
	const char *at = bytes;

	response->begun |= count > 0;
	while (count && !response->error && !response->whole) {
		uint32_t room = SY_RESPONSE_HEAD_MAX - response->head_bytes;
		size_t piece = response->headed || count < room ? count : room;
		size_t parsed;

		if (!piece)
			return response->error = -EMSGSIZE;
		parsed = parse(response, at, piece);
		if (!response->headed)
			response->head_bytes += (uint32_t)piece;
		at += parsed;
		count -= parsed;
	}
	if (!response->error && count)
		response->error = -EPROTO;
	return response->error ? response->error : response->whole;
}

int sy_response_end(struct sy_response *response)
{
	if (response->error)
		return response->error;
	if (!response->whole && response->headed)
		http_parser_execute(&response->parser, &settings, NULL, 0);
	if (response->whole)
		return 1;
	return response->error = -EPIPE;
}
