/* SPDX-License-Identifier: MIT */
/*
 * test_units.c - durations, sizes, counts and measured values.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "host/units.h"

typedef int parse_fn(const char *text, uint64_t *value);

struct sample {
	const char *text;
	int rc;
	uint64_t value;
};

#define UNTOUCHED UINT64_C(77)

static void check(parse_fn *parse, const struct sample *samples)
{
	for (; samples->text; samples++) {
		uint64_t value = UNTOUCHED;
		int rc = parse(samples->text, &value);

		if (rc != samples->rc)
			print_error("'%s'\n", samples->text);
		assert_int_equal(rc, samples->rc);
		assert_true(value == (rc ? UNTOUCHED : samples->value));
	}
}

static void test_durations_are_read(void **state)
{
	static const struct sample samples[] = {
		{ "250ns", 0, 250 },
		{ "100us", 0, 100000 },
		{ "1.5ms", 0, 1500000 },
		{ "60s", 0, UINT64_C(60000000000) },
		{ "2min", 0, UINT64_C(120000000000) },
		{ "0.5min", 0, UINT64_C(30000000000) },
		{ "0.000000001s", 0, 1 },
		{ "1.50000000000000000000us", 0, 1500 },
		{ "0", 0, 0 },
		{ "0ns", 0, 0 },
		{ "00", 0, 0 },
		{ "18446744073709551615ns", 0, UINT64_MAX },
		{ "18446744073709551616ns", -ERANGE, 0 },
		{ "18446744073709551616", -EINVAL, 0 },
		{ "18446744073709551616x", -EINVAL, 0 },
		{ "18446744074s", -ERANGE, 0 },
		{ "18446744073.709551616s", -ERANGE, 0 },
		{ "18446744073.709551615s", 0, UINT64_MAX },
		{ "1.5ns", -EINVAL, 0 },
		{ "0.0000000001s", -EINVAL, 0 },
		{ "5", -EINVAL, 0 },
		{ "0.0", -EINVAL, 0 },
		{ "1.", -EINVAL, 0 },
		{ "1.s", -EINVAL, 0 },
		{ ".5s", -EINVAL, 0 },
		{ "1..5s", -EINVAL, 0 },
		{ "-1s", -EINVAL, 0 },
		{ "+1s", -EINVAL, 0 },
		{ " 1s", -EINVAL, 0 },
		{ "1 s", -EINVAL, 0 },
		{ "1s ", -EINVAL, 0 },
		{ "1S", -EINVAL, 0 },
		{ "1h", -EINVAL, 0 },
		{ "1e3ns", -EINVAL, 0 },
		{ "s", -EINVAL, 0 },
		{ "", -EINVAL, 0 },
		{ NULL, 0, 0 },
	};

	(void)state;
	check(sy_parse_duration, samples);
}

static void test_sizes_are_read(void **state)
{
	static const struct sample samples[] = {
		{ "64", 0, 64 },
		{ "64B", 0, 64 },
		{ "4KiB", 0, 4096 },
		{ "1MiB", 0, 1048576 },
		{ "1GiB", 0, 1073741824 },
		{ "0", 0, 0 },
		{ "17179869183GiB", 0, UINT64_C(17179869183) << 30 },
		{ "17179869184GiB", -ERANGE, 0 },
		{ "99999999999999999999", -ERANGE, 0 },
		{ "99999999999999999999q", -EINVAL, 0 },
		{ "1KB", -EINVAL, 0 },
		{ "1k", -EINVAL, 0 },
		{ "1.5KiB", -EINVAL, 0 },
		{ "-1", -EINVAL, 0 },
		{ "1 B", -EINVAL, 0 },
		{ "KiB", -EINVAL, 0 },
		{ "", -EINVAL, 0 },
		{ NULL, 0, 0 },
	};

	(void)state;
	check(sy_parse_size, samples);
}

static void test_counts_are_read(void **state)
{
	static const struct sample samples[] = {
		{ "4096", 0, 4096 },
		{ "0", 0, 0 },
		{ "18446744073709551615", 0, UINT64_MAX },
		{ "18446744073709551616", -ERANGE, 0 },
		{ "18446744073709551616x", -EINVAL, 0 },
		{ "1x", -EINVAL, 0 },
		{ "0x10", -EINVAL, 0 },
		{ "-1", -EINVAL, 0 },
		{ "+1", -EINVAL, 0 },
		{ " 1", -EINVAL, 0 },
		{ "1\n", -EINVAL, 0 },
		{ "", -EINVAL, 0 },
		{ NULL, 0, 0 },
	};

	(void)state;
	check(sy_parse_count, samples);
}

static void test_percentages_are_shares(void **state)
{
	static const struct {
		const char *text;
		int error;
		double share;
	} samples[] = {
		{ "3%", 0, 0.03 },     { "3", 0, 0.03 },
		{ "0.5%", 0, 0.005 },  { "0", 0, 0 },
		{ "100%", 0, 1 },      { "12.25", 0, 0.1225 },
		{ "", -EINVAL, 0 },    { "%", -EINVAL, 0 },
		{ ".5", -EINVAL, 0 },  { "3.", -EINVAL, 0 },
		{ "3.%", -EINVAL, 0 }, { "3%%", -EINVAL, 0 },
		{ "-3", -EINVAL, 0 },  { "1e1", -EINVAL, 0 },
		{ "nan", -EINVAL, 0 }, { "18446744073709551616%", -ERANGE, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		double share = -7;

		assert_int_equal(sy_parse_percent(samples[i].text, &share),
		                 samples[i].error);
		assert_true(fabs(share -
		                 (samples[i].error ? -7 : samples[i].share)) <
		            1e-12);
	}
}

static void test_durations_are_written_exactly(void **state)
{
	static const struct sample samples[] = {
		{ "0", 0, 0 },
		{ "1ns", 0, 1 },
		{ "1500ns", 0, 1500 },
		{ "100us", 0, 100000 },
		{ "1ms", 0, 1000000 },
		{ "60s", 0, UINT64_C(60000000000) },
		{ "18446744073709551615ns", 0, UINT64_MAX },
		{ NULL, 0, 0 },
	};
	char text[32];

	(void)state;
	for (const struct sample *sample = samples; sample->text; sample++)
		assert_string_equal(
			sy_format_duration(sample->value, text, sizeof(text)),
			sample->text);
	check(sy_parse_duration, samples);
}

static void test_sizes_are_written_exactly(void **state)
{
	static const struct sample samples[] = {
		{ "0B", 0, 0 },         { "64B", 0, 64 },
		{ "1500B", 0, 1500 },   { "4KiB", 0, 4096 },
		{ "3MiB", 0, 3 << 20 }, { "16GiB", 0, UINT64_C(16) << 30 },
		{ NULL, 0, 0 },
	};
	char text[32];

	(void)state;
	for (const struct sample *sample = samples; sample->text; sample++)
		assert_string_equal(
			sy_format_size(sample->value, text, sizeof(text)),
			sample->text);
	check(sy_parse_size, samples);
}

/* What is written is never longer than the buffer, and always ends. */
static void test_short_buffers_are_kept_to(void **state)
{
	char text[4] = "xxx";

	(void)state;
	assert_string_equal(sy_format_duration(123456, text, 3), "12");
	assert_int_equal(text[3], '\0');
	assert_string_equal(sy_format_ns(1234.5, 1, text, 3), "1.");
}

struct measured {
	double value, half_width;
	const char *text;
};

static void test_digits_follow_the_interval(void **state)
{
	static const struct measured samples[] = {
		{ 1234.5, 20, "1.23 us" },
		{ 1234.5, 300, "1.2 us" },
		{ 1234.5, 5000, "1.2 us" },
		{ 1234.6, 2, "1.235 us" },
		{ 1234.6, 0.0001, "1.235 us" },
		{ 1234.4, 0, "1.234 us" },
		{ 999.96, 0, "1.000 us" },
		{ 999.4, 1, "999 ns" },
		{ 152.0, 90, "150 ns" },
		{ 1.36, 0.14, "1.4 ns" },
		{ 1.36, 0.02, "1.36 ns" },
		{ 0.24, 0.001, "0.240 ns" },
		{ 10440000, 30000, "10.44 ms" },
		{ 2.5e9, 1e8, "2.5 s" },
		{ 4321e9, 1e9, "4321 s" },
		{ -3.7, 0.1, "-3.7 ns" },
		{ -0.0, 0.1, "0 ns" },
		{ 0, 0, "0 ns" },
		{ NAN, 1, "-" },
		{ INFINITY, 1, "-" },
		{ 0, 0, NULL },
	};
	char text[32];

	(void)state;
	for (const struct measured *sample = samples; sample->text; sample++)
		assert_string_equal(sy_format_ns(sample->value,
		                                 sample->half_width, text,
		                                 sizeof(text)),
		                    sample->text);
}

static void test_rates_are_written(void **state)
{
	static const struct measured samples[] = {
		{ 152345.2, 400, "152.3k" }, { 500.12, 0.4, "500.1" },
		{ 1523452, 100000, "1.5M" }, { 999999, 1, "1.000M" },
		{ 2.5e9, 1e7, "2.50G" },     { 0, 0, NULL },
	};
	char text[32];

	(void)state;
	for (const struct measured *sample = samples; sample->text; sample++)
		assert_string_equal(sy_format_rate(sample->value,
		                                   sample->half_width, text,
		                                   sizeof(text)),
		                    sample->text);
}

static void test_memory_is_written(void **state)
{
	static const struct measured samples[] = {
		{ 0, 0, "0 B" },
		{ 37, 0.5, "37.0 B" },
		{ 1023, 0, "1023 B" },
		{ 1024, 0, "1.000 KiB" },
		{ 4321, 50, "4.22 KiB" },
		{ 98304, 3000, "96 KiB" },
		{ 5.0 * 1024 * 1024, 1024, "5.000 MiB" },
		{ 3.5 * 1024 * 1024 * 1024, 1e8, "3.50 GiB" },
		{ 5000.0 * 1024 * 1024 * 1024, 0, "5000 GiB" },
		{ -2048, 100, "-2.00 KiB" },
		{ 0, 0, NULL },
	};
	char text[32];

	(void)state;
	for (const struct measured *sample = samples; sample->text; sample++)
		assert_string_equal(sy_format_bytes(sample->value,
		                                    sample->half_width, text,
		                                    sizeof(text)),
		                    sample->text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_durations_are_read),
		cmocka_unit_test(test_sizes_are_read),
		cmocka_unit_test(test_counts_are_read),
		cmocka_unit_test(test_percentages_are_shares),
		cmocka_unit_test(test_durations_are_written_exactly),
		cmocka_unit_test(test_sizes_are_written_exactly),
		cmocka_unit_test(test_short_buffers_are_kept_to),
		cmocka_unit_test(test_digits_follow_the_interval),
		cmocka_unit_test(test_rates_are_written),
		cmocka_unit_test(test_memory_is_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
