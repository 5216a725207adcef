/* SPDX-License-Identifier: MIT */
/*
 * test_run.c - the folder of a run: where it lies, that its files are whole
 * or not there, and what is said where it cannot be written.
 */
#include "engine_fixture.h"

#include <limits.h>
#include <sys/stat.h>

#include "results/run.h"

static char root[64];
static struct sy_reason reason;

static int set_up(void **state)
{
	(void)state;
	make_folder(root);
	reason.text[0] = '\0';
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	remove_folder(root);
	return 0;
}

static struct sy_run *create(const char *label)
{
	struct sy_run *run = NULL;

	if (sy_run_create(&run, root, "0123456789abcdef", label, &reason))
		fail_msg("%s", reason.text);
	return run;
}

/* The text of a file in a folder; a static buffer. */
static const char *contents(const char *folder, const char *name)
{
	static char text[4096];
	char path[PATH_MAX + 64];
	FILE *file;
	size_t bytes;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "re");
	if (!file)
		return NULL;
	bytes = fread(text, 1, sizeof(text) - 1, file);
	text[bytes] = '\0';
	fclose(file);
	return text;
}

static void append(struct sy_run *run, int number)
{
	assert_int_equal(
		sy_run_append(run, json_pack("{si}", "n", number), &reason), 0);
}

/* Labels. */

static void test_labels_are_plain_names(void **state)
{
	static const char *const good[] = {
		"a",          "Z",
		"0",          "_",
		"-",          "a.b",
		"tour-2_x.Y", "1234567890123456789012345678901234567890"
	};
	static const char *const bad[] = {
		"",     ".",        "..",
		".a",   "a/b",      "a b",
		"a\nb", "\xc3\xa4", "a~",
		"a*",   "a:b",      "12345678901234567890123456789012345678901"
	};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		assert_int_equal(sy_label_check(good[i]), 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(sy_label_check(bad[i]), -EINVAL);
}

/* The folder. */

static void test_a_run_has_a_folder_of_its_own(void **state)
{
	struct sy_run *run = create("label");
	char pattern[PATH_MAX], stamp[17] = "", label[10] = "";
	struct stat journal;

	(void)state;
	snprintf(pattern, sizeof(pattern),
	         "%s/0123456789abcdef/%%16[0-9TZ]-%%9s", root);
	assert_int_equal(sscanf(sy_run_path(run), pattern, stamp, label), 2);
	assert_int_equal(strlen(stamp), 16);
	assert_true(stamp[8] == 'T' && stamp[15] == 'Z');
	assert_string_equal(label, "label");
	snprintf(pattern, sizeof(pattern), "%s/samples.jsonl",
	         sy_run_path(run));
	assert_int_equal(stat(pattern, &journal), 0);
	assert_int_equal(journal.st_size, 0);
	assert_int_equal(sy_run_close(run, &reason), 0);
}

/* Four of them are made within two seconds at the most. */
static void test_runs_of_the_same_second_are_told_apart(void **state)
{
	struct sy_run *runs[4];

	(void)state;
	for (int i = 0; i < 4; i++) {
		runs[i] = create("x");
		append(runs[i], i);
	}
	for (int i = 0; i < 4; i++) {
		char line[20];

		snprintf(line, sizeof(line), "{\"n\":%d}\n", i);
		assert_string_equal(
			contents(sy_run_path(runs[i]), "samples.jsonl"), line);
		for (int k = 0; k < i; k++)
			assert_string_not_equal(sy_run_path(runs[i]),
			                        sy_run_path(runs[k]));
	}
	for (int i = 0; i < 4; i++)
		assert_int_equal(sy_run_close(runs[i], &reason), 0);
}

static void test_the_root_is_created_but_not_its_parent(void **state)
{
	struct sy_run *run = NULL;
	char path[128];

	(void)state;
	snprintf(path, sizeof(path), "%s/new", root);
	assert_int_equal(sy_run_create(&run, path, "m", "l", &reason), 0);
	assert_int_equal(sy_run_close(run, &reason), 0);
	snprintf(path, sizeof(path), "%s/none/new", root);
	assert_int_equal(sy_run_create(&run, path, "m", "l", &reason), -ENOENT);
	assert_says(reason.text, "cannot write results below");
	assert_says(reason.text, path);
	assert_says(reason.text, strerror(ENOENT));
}

static void test_what_is_in_the_way_is_told(void **state)
{
	struct holdings before = look();
	struct sy_run *run = NULL;
	char path[PATH_MAX + 10];
	int fd;

	(void)state;
	snprintf(path, sizeof(path), "%s/m", root);
	fd = creat(path, 0600);
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(sy_run_create(&run, root, "m", "l", &reason),
	                 -ENOTDIR);
	assert_int_equal(sy_run_create(&run, path, "m", "l", &reason),
	                 -ENOTDIR);
	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	assert_int_equal(sy_run_create(&run, path, "m", "l", &reason),
	                 -ENAMETOOLONG);
	assert_null(run);
	assert_nothing_left(before);
}

static void test_latest_is_the_run_that_was_published(void **state)
{
	struct sy_run *first = create("first"), *second = create("second");
	char path[128], target[PATH_MAX] = "";

	(void)state;
	snprintf(path, sizeof(path), "%s/latest", root);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(sy_run_publish(second, &reason), 0);
	assert_int_equal(sy_run_publish(first, &reason), 0);
	/* Relative, so that the root can be moved. */
	assert_true(readlink(path, target, sizeof(target) - 1) > 0);
	assert_string_equal(target, sy_run_path(first) + strlen(root) + 1);
	append(first, 7);
	assert_string_equal(contents(path, "samples.jsonl"), "{\"n\":7}\n");
	assert_int_equal(sy_run_close(first, &reason), 0);
	assert_int_equal(sy_run_close(second, &reason), 0);
}

static void test_latest_that_cannot_be_a_link_is_told(void **state)
{
	struct sy_run *run = create("x");
	char path[128];

	(void)state;
	snprintf(path, sizeof(path), "%s/latest", root);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(sy_run_publish(run, &reason), -EISDIR);
	assert_says(reason.text, "latest");
	snprintf(path, sizeof(path), "%s/.latest.new", root);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(sy_run_close(run, &reason), 0);
}

/* The journal and the files. */

static void test_a_sample_is_there_once_it_is_appended(void **state)
{
	struct sy_run *run = create("x");

	(void)state;
	append(run, 1);
	assert_string_equal(contents(sy_run_path(run), "samples.jsonl"),
	                    "{\"n\":1}\n");
	assert_int_equal(
		sy_run_append(run, json_pack("{ss}", "t", "a\nb"), &reason), 0);
	append(run, 2);
	assert_string_equal(contents(sy_run_path(run), "samples.jsonl"),
	                    "{\"n\":1}\n{\"t\":\"a\\nb\"}\n{\"n\":2}\n");
	assert_int_equal(sy_run_append(run, NULL, &reason), -ENOMEM);
	assert_int_equal(sy_run_close(run, &reason), 0);
}

static void test_files_are_replaced_whole(void **state)
{
	struct sy_run *run = create("x");
	struct stat old, new;
	char path[PATH_MAX + 20];
	json_t *json;

	(void)state;
	snprintf(path, sizeof(path), "%s/plan.json", sy_run_path(run));
	assert_int_equal(sy_run_write_json(run, "plan.json",
	                                   json_pack("{s[]}", "long"), &reason),
	                 0);
	assert_int_equal(stat(path, &old), 0);
	assert_int_equal(sy_run_write_json(run, "plan.json",
	                                   json_pack("{si}", "a", 1), &reason),
	                 0);
	/* Another file under the same name: readers of the old one keep it. */
	assert_int_equal(stat(path, &new), 0);
	assert_int_not_equal(old.st_ino, new.st_ino);
	assert_int_equal(
		sy_json_read(sy_run_path(run), "plan.json", &json, &reason), 0);
	assert_int_equal(json_integer_value(json_object_get(json, "a")), 1);
	json_decref(json);
	assert_int_equal(sy_run_write_text(run, "t.xml", "<a/>\n", &reason), 0);
	assert_string_equal(contents(sy_run_path(run), "t.xml"), "<a/>\n");
	assert_int_equal(sy_run_write_json(run, "none.json", NULL, &reason),
	                 -ENOMEM);
	assert_null(contents(sy_run_path(run), "none.json"));
	assert_int_equal(count_entries(sy_run_path(run)), 3);
	assert_int_equal(sy_run_close(run, &reason), 0);
}

/* The disk takes `room` bytes a file until `lift`. */
static struct rlimit no_limit;

static void fill_disk(rlim_t room)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &no_limit), 0);
	signal(SIGXFSZ, SIG_IGN);
	limit = (struct rlimit){ room, no_limit.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void lift(void)
{
	setrlimit(RLIMIT_FSIZE, &no_limit);
	signal(SIGXFSZ, SIG_DFL);
}

static void test_a_full_disk_keeps_what_was_measured(void **state)
{
	struct sy_run *run = create("x");
	int error, again;

	(void)state;
	append(run, 1);
	fill_disk(12); /* the next line is 8 bytes: half of it fits */
	error = sy_run_append(run, json_pack("{si}", "n", 2), &reason);
	again = sy_run_append(run, json_pack("{si}", "n", 3), &reason);
	lift();
	assert_int_equal(error, -EFBIG);
	assert_int_equal(again, -EFBIG);
	assert_says(reason.text, "cannot write samples.jsonl in");
	assert_says(reason.text, strerror(EFBIG));
	/* No half line, also not where the next one fits again. */
	assert_string_equal(contents(sy_run_path(run), "samples.jsonl"),
	                    "{\"n\":1}\n");
	append(run, 4);
	assert_string_equal(contents(sy_run_path(run), "samples.jsonl"),
	                    "{\"n\":1}\n{\"n\":4}\n");
	assert_int_equal(sy_run_close(run, &reason), 0);
}

static void test_a_full_disk_leaves_the_old_file(void **state)
{
	struct sy_run *run = create("x");
	int error;

	(void)state;
	assert_int_equal(sy_run_write_text(run, "a", "old\n", &reason), 0);
	fill_disk(12);
	error = sy_run_write_text(run, "a", "a new and longer text\n", &reason);
	lift();
	assert_int_equal(error, -EFBIG);
	assert_says(reason.text, "cannot write");
	assert_says(reason.text, "/a: ");
	assert_string_equal(contents(sy_run_path(run), "a"), "old\n");
	/* The journal and `a`; nothing temporary. */
	assert_int_equal(count_entries(sy_run_path(run)), 2);
	assert_int_equal(sy_run_close(run, &reason), 0);
}

/* Reading. */

static void assert_unreadable(const char *text, const char *where)
{
	char path[128];
	json_t *json = NULL;
	FILE *file;

	snprintf(path, sizeof(path), "%s/a.json", root);
	file = fopen(path, "we");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	assert_int_equal(sy_json_read(root, "a.json", &json, &reason), -EINVAL);
	assert_null(json);
	assert_says(reason.text, path);
	assert_says(reason.text, where);
}

static void test_what_is_not_json_is_told_with_its_place(void **state)
{
	char path[PATH_MAX + 1];
	json_t *json = NULL;

	(void)state;
	assert_unreadable("{\n \"a\": 1,\n \"b\": oops\n}\n",
	                  "line 3, column 10");
	assert_unreadable("{\"a\": 1, \"a\": 2}\n", "line 1, column 12");
	assert_unreadable("{\"a\": 1}\nmore\n", "line 2");
	assert_unreadable("", "line 1");
	assert_int_equal(sy_json_read(root, "none.json", &json, &reason),
	                 -ENOENT);
	assert_says(reason.text, "none.json");
	snprintf(path, sizeof(path), "%s/pipe.json", root);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(sy_json_read(root, "pipe.json", &json, &reason),
	                 -ENXIO);
	assert_says(reason.text, "pipe.json: it is no regular file");
	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	assert_int_equal(sy_json_read(path, "a.json", &json, &reason),
	                 -ENAMETOOLONG);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_labels_are_plain_names),
		TEST(test_a_run_has_a_folder_of_its_own),
		TEST(test_runs_of_the_same_second_are_told_apart),
		TEST(test_the_root_is_created_but_not_its_parent),
		TEST(test_what_is_in_the_way_is_told),
		TEST(test_latest_is_the_run_that_was_published),
		TEST(test_latest_that_cannot_be_a_link_is_told),
		TEST(test_a_sample_is_there_once_it_is_appended),
		TEST(test_files_are_replaced_whole),
		TEST(test_a_full_disk_keeps_what_was_measured),
		TEST(test_a_full_disk_leaves_the_old_file),
		TEST(test_what_is_not_json_is_told_with_its_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
