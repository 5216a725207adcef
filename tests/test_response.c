/* SPDX-License-Identifier: MIT */
/*
 * test_response.c - an answer is judged alike however it is cut into pieces,
 * in memory that does not grow with it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "workloads/response.h"

#define BODY_MAX 20
/* What became of an answer whose stream did not end. */
#define MORE 0
#define WHOLE 1

struct sample {
	const char *text;
	int outcome;      /* MORE, WHOLE or an error */
	int at_end;       /* the same once the stream has ended */
	const char *body; /* of one that is whole */
	bool keeps;
};

#define OK "HTTP/1.1 200 OK\r\n"
#define CHUNKED OK "Transfer-Encoding: chunked\r\n\r\n"

static const struct sample samples[] = {
	/* Answers. */
	{ OK "Content-Length: 5\r\n\r\nhello", WHOLE, WHOLE, "hello", true },
	{ OK "Content-Length: 0\r\n\r\n", WHOLE, WHOLE, "", true },
	{ OK "content-length:\t20 \r\nX: y\r\n\r\n12345678901234567890", WHOLE,
	  WHOLE, "12345678901234567890", true },
	{ OK "Connection: close\r\nContent-Length: 1\r\n\r\nx", WHOLE, WHOLE,
	  "x", false },
	{ "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx", WHOLE, WHOLE, "x",
	  false },
	{ CHUNKED "5\r\nhello\r\n6;name=value\r\n world\r\n0\r\n\r\n", WHOLE,
	  WHOLE, "hello world", true },
	{ CHUNKED "A\r\n0123456789\r\na\r\n0123456789\r\n0\r\nTrailer: t\r\n"
	          "\r\n",
	  WHOLE, WHOLE, "01234567890123456789", true },
	{ CHUNKED "0\r\n\r\n", WHOLE, WHOLE, "", true },
	{ OK "\r\nto the end", MORE, WHOLE, "to the end", false },
	{ "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x"
	  "\r\n\r\n" OK "Content-Length: 2\r\n\r\nok",
	  WHOLE, WHOLE, "ok", true },
	/* Cut off. */
	{ "", MORE, -EPIPE, NULL, false },
	{ "HTTP/1.1 2", MORE, -EPIPE, NULL, false },
	{ OK, MORE, -EPIPE, NULL, false },
	{ OK "Content-Length: 5\r\n\r\nhell", MORE, -EPIPE, NULL, false },
	{ CHUNKED "5\r\nhello\r\n", MORE, -EPIPE, NULL, false },
	{ CHUNKED "5\r\nhello\r\n0\r\n", MORE, -EPIPE, NULL, false },
	{ "HTTP/1.1 100 Continue\r\n\r\n", MORE, -EPIPE, NULL, false },
	/* Not HTTP/1.x, or more than an answer. */
	{ "SSH-2.0-OpenSSH_9.2p1\r\n", -EPROTO, -EPROTO, NULL, false },
	{ "<html>", -EPROTO, -EPROTO, NULL, false },
	{ "\x16\x03\x01\x02", -EPROTO, -EPROTO, NULL, false },
	{ "HTTP/2.0 200 OK\r\n\r\n", -EPROTO, -EPROTO, NULL, false },
	{ "HTTP/1.1 2000 OK\r\n\r\n", -EPROTO, -EPROTO, NULL, false },
	{ OK "no colon\r\n\r\n", -EPROTO, -EPROTO, NULL, false },
	{ OK "Content-Length: -1\r\n\r\n", -EPROTO, -EPROTO, NULL, false },
	{ OK "Content-Length: 99999999999999999999\r\n\r\n", -EPROTO, -EPROTO,
	  NULL, false },
	{ OK "Content-Length: 1\r\nContent-Length: 1\r\n\r\nx", -EPROTO,
	  -EPROTO, NULL, false },
	{ OK "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", -EPROTO,
	  -EPROTO, NULL, false },
	{ CHUNKED "xyz\r\n", -EPROTO, -EPROTO, NULL, false },
	{ CHUNKED "-5\r\nhello\r\n", -EPROTO, -EPROTO, NULL, false },
	{ CHUNKED "5\r\nhello!\r\n", -EPROTO, -EPROTO, NULL, false },
	{ CHUNKED "fffffffffffffffff\r\n", -EPROTO, -EPROTO, NULL, false },
	{ OK "Content-Length: 1\r\n\r\nxJUNK", -EPROTO, -EPROTO, NULL, false },
	{ OK "Content-Length: 0\r\n\r\n" OK, -EPROTO, -EPROTO, NULL, false },
	{ CHUNKED "0\r\n\r\n\r\n", -EPROTO, -EPROTO, NULL, false },
	/* Another status. */
	{ "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", -EREMOTEIO,
	  -EREMOTEIO, NULL, false },
	{ "HTTP/1.1 204 No Content\r\n\r\n", -EREMOTEIO, -EREMOTEIO, NULL,
	  false },
	{ "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\n"
	  "Upgrade: x\r\n\r\n",
	  -EREMOTEIO, -EREMOTEIO, NULL, false },
	/* Too long, known as soon as it is said. */
	{ OK "Content-Length: 21\r\n\r\n", -EMSGSIZE, -EMSGSIZE, NULL, false },
	{ OK "Content-Length: 10737418240\r\n\r\n", -EMSGSIZE, -EMSGSIZE, NULL,
	  false },
	{ CHUNKED "280000000\r\n", -EMSGSIZE, -EMSGSIZE, NULL, false },
	{ CHUNKED "5\r\nhello\r\n10\r\n", -EMSGSIZE, -EMSGSIZE, NULL, false },
	{ OK "\r\n123456789012345678901", -EMSGSIZE, -EMSGSIZE, NULL, false },
};
#define SAMPLES (sizeof(samples) / sizeof(*samples))

/* A copy of the piece alone, so that a sanitizer sees who reads beyond it. */
static int take(struct sy_response *response, const char *bytes, size_t count)
{
	char *copy = malloc(count ? count : 1);
	int rc;

	assert_non_null(copy);
	memcpy(copy, bytes, count);
	rc = sy_response_take(response, copy, count);
	free(copy);
	return rc;
}

/* A first piece and others of `step` bytes. */
static int feed(struct sy_response *response, const char *text, size_t length,
                size_t first, size_t step)
{
	size_t at = 0, count = first;
	int rc = MORE;

	sy_response_begin(response, BODY_MAX);
	while (at < length) {
		int before = rc;

		if (count > length - at)
			count = length - at;
		/* What is wrong stays so. */
		rc = take(response, text + at, count);
		if (before < 0)
			assert_int_equal(rc, before);
		at += count;
		count = step;
	}
	return rc;
}

static void check(const struct sample *s, size_t first, size_t step)
{
	struct sy_response response;
	size_t length = strlen(s->text);
	int rc = feed(&response, s->text, length, first, step);

	if (rc != s->outcome)
		print_error("'%s' cut at %zu: %d\n", s->text, first, rc);
	assert_int_equal(rc, s->outcome);
	assert_int_equal(sy_response_end(&response), s->at_end);
	if (s->at_end != WHOLE)
		return;
	assert_int_equal(response.body_bytes, strlen(s->body));
	assert_true(sy_message_end(&response.sum) ==
	            sy_message_sum((const unsigned char *)s->body,
	                           strlen(s->body), 0));
	assert_int_equal(response.keeps, s->keeps);
}

static void test_at_once(void **state)
{
	(void)state;
	for (size_t i = 0; i < SAMPLES; i++)
		check(&samples[i], strlen(samples[i].text) + 1, 1);
}

static void test_byte_by_byte(void **state)
{
	(void)state;
	for (size_t i = 0; i < SAMPLES; i++)
		check(&samples[i], 1, 1);
}

static void test_cut_anywhere(void **state)
{
	(void)state;
	for (size_t i = 0; i < SAMPLES; i++)
		for (size_t cut = 1; cut < strlen(samples[i].text); cut++)
			check(&samples[i], cut, SIZE_MAX / 2);
}

/* How much of an endless answer is taken before it is refused. */
static size_t endless(const char *begin, const char *again, size_t piece,
                      int *outcome)
{
	struct sy_response response;
	size_t length = strlen(again), taken = strlen(begin);
	char *text = malloc(piece);

	assert_non_null(text);
	for (size_t i = 0; i < piece; i++)
		text[i] = again[i % length];
	sy_response_begin(&response, 1 << 20);
	*outcome = sy_response_take(&response, begin, strlen(begin));
	while (!*outcome && taken < (size_t)1 << 30) {
		*outcome = sy_response_take(&response, text, piece);
		taken += piece;
	}
	free(text);
	return taken;
}

static void check_endless(const char *begin, const char *again, size_t most)
{
	static const size_t repeats[] = { 1, 100, 10000 };

	for (size_t i = 0; i < sizeof(repeats) / sizeof(*repeats); i++) {
		size_t piece = repeats[i] * strlen(again);
		int outcome;
		size_t taken = endless(begin, again, piece, &outcome);

		assert_int_equal(outcome, -EMSGSIZE);
		assert_true(taken <= most + piece);
	}
}

static void test_endless_answers_are_refused(void **state)
{
	const size_t parsers = 80 * 1024, body = 1 << 20;

	(void)state;
	check_endless(OK, "X-Header: value\r\n", SY_RESPONSE_HEAD_MAX);
	check_endless(OK "X: ", "y", SY_RESPONSE_HEAD_MAX);
	check_endless("", "HTTP/1.1 100 Continue\r\n\r\n",
	              SY_RESPONSE_HEAD_MAX);
	check_endless(OK "\r\n", "z", body + 100);
	check_endless(CHUNKED, "1\r\nx\r\n", 6 * body + 100);
	check_endless(CHUNKED "1;", "extension", parsers + 100);
	check_endless(CHUNKED "0\r\n", "Trailer: t\r\n", parsers + 200);
}

/* However it is cut: a head of the most bytes is taken, one more is not. */
static void check_head(size_t bytes, size_t piece, int outcome)
{
	static const char begin[] = OK "Content-Length: 0\r\nX: ";
	const size_t ends = 4; /* the two ends of lines */
	struct sy_response response;
	char *text = malloc(bytes);
	int rc = MORE;

	assert_non_null(text);
	memset(text, 'y', bytes);
	memcpy(text, begin, sizeof(begin) - 1);
	memcpy(text + bytes - ends, "\r\n\r\n", ends);
	sy_response_begin(&response, 0);
	for (size_t at = 0; at < bytes && !rc; at += piece)
		rc = take(&response, text + at,
		          piece < bytes - at ? piece : bytes - at);
	free(text);
	assert_int_equal(rc, outcome);
}

static void test_the_longest_head(void **state)
{
	static const size_t pieces[] = { 1, 7, 4096, 1 << 20 };

	(void)state;
	for (size_t i = 0; i < sizeof(pieces) / sizeof(*pieces); i++) {
		check_head(SY_RESPONSE_HEAD_MAX, pieces[i], WHOLE);
		check_head(SY_RESPONSE_HEAD_MAX + 1, pieces[i], -EMSGSIZE);
	}
}

static uint64_t scramble(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

/* Good answers with some bytes changed, lost or doubled. */
static size_t mutate(char *text, uint64_t *seed)
{
	const char *from = samples[scramble(seed) % SAMPLES].text;
	size_t length = strlen(from), changes = scramble(seed) % 4;

	memcpy(text, from, length);
	for (; changes && length; changes--) {
		size_t at = scramble(seed) % length;

		switch (scramble(seed) % 3) {
		case 0:
			text[at] = (char)scramble(seed);
			break;
		case 1:
			memmove(text + at, text + at + 1, --length - at);
			break;
		default:
			memmove(text + at + 1, text + at, length++ - at);
			break;
		}
	}
	return length;
}

static void test_damaged_answers_are_judged_alike(void **state)
{
	uint64_t seed = 42;

	(void)state;
	for (unsigned i = 0; i < 20000; i++) {
		struct sy_response whole, cut;
		char text[512];
		size_t length = mutate(text, &seed), first;
		int rc = feed(&whole, text, length, length, 1), end;

		first = length ? scramble(&seed) % length + 1 : 1;
		assert_int_equal(feed(&cut, text, length, first,
		                      scramble(&seed) % 9 + 1),
		                 rc);
		end = sy_response_end(&whole);
		assert_int_equal(sy_response_end(&cut), end);
		if (end != WHOLE)
			continue;
		assert_int_equal(whole.body_bytes, cut.body_bytes);
		assert_true(sy_message_end(&whole.sum) ==
		            sy_message_end(&cut.sum));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_at_once),
		cmocka_unit_test(test_byte_by_byte),
		cmocka_unit_test(test_cut_anywhere),
		cmocka_unit_test(test_endless_answers_are_refused),
		cmocka_unit_test(test_the_longest_head),
		cmocka_unit_test(test_damaged_answers_are_judged_alike),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
