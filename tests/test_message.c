/* SPDX-License-Identifier: MIT */
/* test_message.c - the sum of a body is the same however the body comes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "workloads/message.h"

#define BYTES 300u
#define SEED UINT64_C(77)

static void test_a_stream_is_summed_like_a_body(void **state)
{
	unsigned char body[BYTES];

	(void)state;
	sy_message_fill(body, sizeof(body), 1);
	for (size_t bytes = 0; bytes <= BYTES; bytes++) {
		uint64_t whole = sy_message_sum(body, bytes, SEED);

		assert_true(whole == sy_message_expected(bytes, 1, SEED));
		for (size_t step = 1; step <= bytes; step++) {
			struct sy_message_stream stream;
			size_t at = 0;

			sy_message_begin(&stream, SEED);
			for (; at + step <= bytes; at += step)
				sy_message_add(&stream, body + at, step);
			sy_message_add(&stream, body + at, bytes - at);
			assert_true(sy_message_end(&stream) == whole);
		}
	}
}

/* Asking for the sum so far changes nothing. */
static void test_a_sum_may_be_asked_for_at_any_time(void **state)
{
	struct sy_message_stream stream;
	unsigned char body[BYTES];

	(void)state;
	sy_message_fill(body, sizeof(body), 1);
	sy_message_begin(&stream, SEED);
	for (size_t i = 0; i < BYTES; i++) {
		assert_true(sy_message_end(&stream) ==
		            sy_message_sum(body, i, SEED));
		sy_message_add(&stream, body + i, 1);
	}
}

/* One that was changed, lost, doubled or moved. */
static void test_each_byte_counts(void **state)
{
	unsigned char body[BYTES];
	uint64_t right;

	(void)state;
	sy_message_fill(body, sizeof(body), 1);
	right = sy_message_sum(body, BYTES, SEED);
	for (size_t i = 0; i < BYTES; i++) {
		body[i] ^= 1;
		assert_true(sy_message_sum(body, BYTES, SEED) != right);
		body[i] ^= 1;
		assert_true(sy_message_sum(body, i, SEED) != right);
	}
	for (size_t i = 0; i + 32 < BYTES; i++) {
		unsigned char kept = body[i];

		body[i] = body[i + 32];
		body[i + 32] = kept;
		assert_true(kept == body[i] ||
		            sy_message_sum(body, BYTES, SEED) != right);
		body[i + 32] = body[i];
		body[i] = kept;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_stream_is_summed_like_a_body),
		cmocka_unit_test(test_a_sum_may_be_asked_for_at_any_time),
		cmocka_unit_test(test_each_byte_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
