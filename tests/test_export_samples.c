/* SPDX-License-Identifier: MIT */
/*
 * test_export_samples.c - a journal becomes rows, or is refused by line.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "export_fixture.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#define EXAMPLE SY_FIXTURES "/../../results/example"

static char *samples(struct place *place, const char *name, int wanted,
                     size_t *cut_line)
{
	char *buffer = NULL;
	size_t bytes = 0;
	FILE *out = open_memstream(&buffer, &bytes);
	int error;

	assert_non_null(out);
	error = sy_export_samples(out, format(name), place->dir, cut_line,
	                          &place->reason);
	assert_int_equal(fclose(out), 0);
	assert_int_equal(error, wanted);
	return buffer;
}

#define HEAD "{\"journal\":{\"schema\":1,\"machine_id\":\"x\"}}\n"
#define SLICE                                                                  \
	"{\"operations\":10,\"elapsed_ns\":900,\"pus\":[1,2],\"point\":"       \
	"\"a,\\\"b\",\"set\":3,\"round\":4}\n"

static void test_slices_are_rows(void **state)
{
	struct place *place = *state;
	struct rows rows;
	size_t cut_line = 9;
	char *text;

	put_file(place, "samples.jsonl",
	         HEAD SLICE "{\"resumed\":{\"schema\":1}}\n"
	                    "{\"point\":\"p\",\"reason\":\"x\"}\n"
	                    "{\"point\":\"c\",\"operations\":1,"
	                    "\"dropped\":true}\n");
	text = samples(place, "csv", 0, &cut_line);
	rows = read_csv(text);
	assert_int_equal(cut_line, 0);
	assert_int_equal(rows.count, 3);
	assert_string_equal(cell(&rows, 1, "point"), "a,\"b");
	assert_string_equal(cell(&rows, 1, "set"), "3");
	assert_string_equal(cell(&rows, 1, "round"), "4");
	assert_string_equal(cell(&rows, 1, "operations"), "10");
	assert_string_equal(cell(&rows, 1, "elapsed_ns"), "900");
	assert_string_equal(cell(&rows, 1, "pus"), "1 2");
	assert_string_equal(cell(&rows, 1, "cpu_ns"), "");
	assert_string_equal(cell(&rows, 1, "dropped"), "false");
	assert_string_equal(cell(&rows, 2, "point"), "c");
	assert_string_equal(cell(&rows, 2, "dropped"), "true");
	rows_free(&rows);
	free(text);
}

static void test_a_line_that_was_cut_off_is_told(void **state)
{
	struct place *place = *state;
	size_t cut_line;
	char *text;

	put_file(place, "samples.jsonl", HEAD SLICE "{\"operations\":10,\"el");
	text = samples(place, "tsv", 0, &cut_line);
	assert_int_equal(cut_line, 3);
	assert_non_null(strstr(text, "a,\"b\t3\t4\t"));
	free(text);
}

/* What a file system may leave where it lost what was written. */
static void test_zeros_behind_the_last_line_are_told(void **state)
{
	struct place *place = *state;
	char path[128], *text;
	size_t cut_line;

	put_file(place, "samples.jsonl", HEAD SLICE);
	snprintf(path, sizeof(path), "%s/samples.jsonl", place->dir);
	assert_int_equal(truncate(path, 1 << 20), 0);
	text = samples(place, "tsv", 0, &cut_line);
	assert_int_equal(cut_line, 3);
	assert_non_null(strstr(text, "a,\"b\t3\t4\t"));
	free(text);
}

static void test_a_line_of_any_length_takes_no_memory(void **state)
{
	struct place *place = *state;
	size_t cut_line, bytes = 4 << 20;
	char *text = malloc(bytes + 1);

	assert_non_null(text);
	memset(text, ' ', bytes);
	memcpy(text, HEAD, strlen(HEAD));
	strcpy(text + bytes - 3, "{}\n");
	put_file(place, "samples.jsonl", text);
	free(text);
	free(samples(place, "csv", -EINVAL, &cut_line));
	assert_non_null(strstr(place->reason.text, "line 2: too long"));
}

static void test_a_pipe_is_not_waited_for(void **state)
{
	struct place *place = *state;
	char path[128];
	size_t cut_line;

	snprintf(path, sizeof(path), "%s/samples.jsonl", place->dir);
	assert_int_equal(mkfifo(path, 0600), 0);
	free(samples(place, "csv", -ENXIO, &cut_line));
	assert_non_null(
		strstr(place->reason.text, "jsonl: it is no regular file"));
}

static void test_a_journal_that_is_wrong_is_refused(void **state)
{
	static const struct {
		const char *text, *why;
	} wrong[] = {
		{ "", "line 1: not how a journal begins" },
		{ "{\"jour", "line 1: not how a journal begins" },
		{ SLICE, "line 1: not how a journal begins" },
		{ "[]\n", "line 1: not an object" },
		{ "{\"journal\":{\"schema\":4}}\n", "line 1: a schema" },
		{ HEAD SLICE "{\"a\": NaN}\n", "line 3: " },
		{ HEAD "{\"point\":\"a\",\"point\":\"b\"}\n",
		  "line 2: duplicate" },
		{ HEAD "\n" SLICE, "line 2: " },
		{ HEAD "{\"a\": \"\xff\"}\n", "line 2: " },
		{ HEAD "{\"journal\":{\"schema\":4}}\n", "line 2: a schema" },
	};
	struct place *place = *state;
	size_t cut_line;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		put_file(place, "samples.jsonl", wrong[i].text);
		free(samples(place, "csv", -EINVAL, &cut_line));
		if (!strstr(place->reason.text, wrong[i].why))
			fail_msg("%s instead of %s", place->reason.text,
			         wrong[i].why);
	}
}

static void test_the_example_has_all_its_slices(void **state)
{
	struct place *place = *state;
	size_t cut_line, slices = 0, room = 0;
	FILE *journal = fopen(EXAMPLE "/samples.jsonl", "re");
	struct rows rows;
	char *text, *line = NULL;

	assert_non_null(journal);
	while (getline(&line, &room, journal) > 0)
		slices += strstr(line, "\"elapsed_ns\":") != NULL;
	free(line);
	fclose(journal);
	strcpy(place->dir + strlen(place->dir), "/x");
	assert_int_equal(symlink(EXAMPLE, place->dir), 0);
	text = samples(place, "csv", 0, &cut_line);
	*strrchr(place->dir, '/') = '\0';
	rows = read_csv(text);
	/* The first row has the names of the columns. */
	assert_int_equal(rows.count, slices + 1);
	rows_free(&rows);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_slices_are_rows),
		TEST(test_a_line_that_was_cut_off_is_told),
		TEST(test_zeros_behind_the_last_line_are_told),
		TEST(test_a_line_of_any_length_takes_no_memory),
		TEST(test_a_pipe_is_not_waited_for),
		TEST(test_a_journal_that_is_wrong_is_refused),
		TEST(test_the_example_has_all_its_slices),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
