/* SPDX-License-Identifier: MIT */
/*
 * test_export_text.c - every text and number comes back as it was, from
 * each format.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "export_fixture.h"

#include "results/export_parts.h"

#include <float.h>
#include <math.h>

typedef void put_fn(FILE *out, const char *text);

/* What a function writes; the caller's. */
static char *written(put_fn *put, const char *text)
{
	char *buffer = NULL;
	size_t bytes = 0;
	FILE *out = open_memstream(&buffer, &bytes);

	assert_non_null(out);
	put(out, text);
	assert_int_equal(fclose(out), 0);
	return buffer;
}

static void assert_put(put_fn *put, const char *text, const char *wanted)
{
	char *got = written(put, text);

	assert_string_equal(got, wanted);
	free(got);
}

static void test_csv_is_as_rfc_4180_has_it(void **state)
{
	(void)state;
	assert_put(sy_put_csv, "", "");
	assert_put(sy_put_csv, "a b", "a b");
	assert_put(sy_put_csv, "a,b", "\"a,b\"");
	assert_put(sy_put_csv, "a\"b", "\"a\"\"b\"");
	assert_put(sy_put_csv, "a\nb", "\"a\nb\"");
	assert_put(sy_put_csv, " a", "\" a\"");
	/* Data are not changed for the sake of a spreadsheet. */
	assert_put(sy_put_csv, "=1+1", "=1+1");
}

static void test_tsv_has_escapes(void **state)
{
	(void)state;
	assert_put(sy_put_tsv, "a b", "a b");
	assert_put(sy_put_tsv, "a\tb\nc\rd\\e", "a\\tb\\nc\\rd\\\\e");
	assert_put(sy_put_tsv, "\x1b\x7f", "\\x1b\\x7f");
}

static void test_markdown_has_no_marks(void **state)
{
	(void)state;
	assert_put(sy_put_markdown, "a|b", "a\\|b");
	assert_put(sy_put_markdown, "<b>&", "&lt;b&gt;&amp;");
	assert_put(sy_put_markdown, "a\nb", "a&#10;b");
	assert_put(sy_put_markdown, "1. a", "1\\. a");
	assert_put(sy_put_markdown, "1.5 a", "1.5 a");
	assert_put(sy_put_markdown, "- a-b", "\\- a-b");
	assert_put(sy_put_markdown, " a ", "&#32;a&#32;");
	assert_put(sy_put_markdown_code, "a_b<c>", "`a_b<c>`");
	assert_put(sy_put_markdown_code, "a`b", "a\\`b");
	assert_put(sy_put_markdown_code, "a|b", "a\\|b");
	assert_put(sy_put_markdown_code, "", "");
}

static void test_every_text_comes_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < NASTY; i++) {
		char *tsv = written(sy_put_tsv, nasty[i]);
		char *markdown = written(sy_put_markdown, nasty[i]);
		char *code = written(sy_put_markdown_code, nasty[i]);
		char *csv = written(sy_put_csv, nasty[i]), *back;
		const char *at = csv;

		back = read_csv_field(&at);
		assert_string_equal(back, nasty[i]);
		assert_int_equal(*at, '\0');
		free(back);
		back = read_tsv_field(tsv, strlen(tsv));
		assert_string_equal(back, nasty[i]);
		free(back);
		back = read_markdown(markdown, strlen(markdown));
		assert_string_equal(back, nasty[i]);
		free(back);
		back = read_markdown(code, strlen(code));
		assert_string_equal(back, nasty[i]);
		free(back);
		free(csv);
		free(tsv);
		free(markdown);
		free(code);
	}
}

static const double numbers[] = {
	0,
	1,
	-1,
	0.1,
	0.1 + 0.2,
	1 / 3.0,
	4088.0778260869565,
	-1e-9,
	123456789012345680.0,
	DBL_MIN,
	DBL_MAX,
	-DBL_MAX,
	DBL_TRUE_MIN,
	1 + DBL_EPSILON,
};

static void assert_number_back(double number)
{
	char *buffer = NULL;
	size_t bytes = 0;
	FILE *out = open_memstream(&buffer, &bytes);

	assert_non_null(out);
	sy_put_number(out, number);
	assert_int_equal(fclose(out), 0);
	assert_true(strtod(buffer, NULL) == number);
	assert_int_equal(strspn(buffer, "0123456789.e+-"), bytes);
	free(buffer);
}

static void test_every_number_comes_back(void **state)
{
	uint64_t random = 1;

	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		assert_number_back(numbers[i]);
	for (int i = 0; i < 20000; i++) {
		double number;
		uint64_t bits;

		random = random * UINT64_C(6364136223846793005) + 1442695041;
		bits = random ^ random >> 29;
		memcpy(&number, &bits, sizeof(number));
		if (isfinite(number))
			assert_number_back(number);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_csv_is_as_rfc_4180_has_it),
		cmocka_unit_test(test_tsv_has_escapes),
		cmocka_unit_test(test_markdown_has_no_marks),
		cmocka_unit_test(test_every_text_comes_back),
		cmocka_unit_test(test_every_number_comes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
