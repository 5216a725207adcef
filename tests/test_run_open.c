/* SPDX-License-Identifier: MIT */
/*
 * test_run_open.c - the folder of a run that is there: who may have it, what is
 * cut off and appended, and what is told where it cannot be used.
 */
#include "engine_fixture.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

#include "results/run.h"

#define ID "0123456789abcdef"

static char root[64];
static char path[PATH_MAX]; /* of a run below the root, closed */
static struct sy_reason reason;
static struct holdings before;

static void append(struct sy_run *run, int number)
{
	assert_int_equal(
		sy_run_append(run, json_pack("{si}", "n", number), &reason), 0);
}

static int set_up(void **state)
{
	struct sy_run *run;

	(void)state;
	make_folder(root);
	reason.text[0] = '\0';
	if (sy_run_create(&run, root, ID, "x", &reason))
		fail_msg("%s", reason.text);
	snprintf(path, sizeof(path), "%s", sy_run_path(run));
	append(run, 1);
	append(run, 2);
	assert_int_equal(sy_run_close(run, &reason), 0);
	before = look();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	assert_nothing_left(before);
	remove_folder(root);
	return 0;
}

static struct sy_run *open_well(const char *name)
{
	struct sy_run *run = NULL;

	if (sy_run_open(&run, name, &reason))
		fail_msg("%s", reason.text);
	return run;
}

static void assert_journal(const char *wanted)
{
	char name[PATH_MAX + 20], text[256];
	FILE *file;
	size_t bytes;

	snprintf(name, sizeof(name), "%s/samples.jsonl", path);
	file = fopen(name, "re");
	assert_non_null(file);
	bytes = fread(text, 1, sizeof(text) - 1, file);
	text[bytes] = '\0';
	fclose(file);
	assert_string_equal(text, wanted);
}

static void test_opening_changes_nothing(void **state)
{
	struct sy_run *run = open_well(path);

	(void)state;
	assert_string_equal(sy_run_path(run), path);
	assert_int_equal(sy_run_close(run, &reason), 0);
	assert_journal("{\"n\":1}\n{\"n\":2}\n");
}

static void test_it_goes_on_behind_what_is_whole(void **state)
{
	struct sy_run *run = open_well(path);

	(void)state;
	assert_int_equal(sy_run_go_on(run, 16, &reason), 0);
	append(run, 3);
	assert_journal("{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n");
	assert_int_equal(sy_run_go_on(run, 8, &reason), 0);
	append(run, 4);
	assert_journal("{\"n\":1}\n{\"n\":4}\n");
	assert_int_equal(sy_run_close(run, &reason), 0);
}

/* Also to another descriptor of the same process. */
static void test_one_driver_has_it_alone(void **state)
{
	struct sy_run *run, *other = NULL;

	(void)state;
	run = open_well(path);
	assert_int_equal(sy_run_open(&other, path, &reason), -EWOULDBLOCK);
	assert_null(other);
	assert_says(reason.text, path);
	assert_says(reason.text, "is being measured by another process");
	assert_int_equal(sy_run_close(run, &reason), 0);
	run = open_well(path);
	assert_int_equal(sy_run_close(run, &reason), 0);
	/* So has the one that began it. */
	assert_int_equal(sy_run_create(&run, root, ID, "y", &reason), 0);
	assert_int_equal(sy_run_open(&other, sy_run_path(run), &reason),
	                 -EWOULDBLOCK);
	assert_int_equal(sy_run_close(run, &reason), 0);
}

static void test_what_is_no_run_is_told(void **state)
{
	char name[PATH_MAX + 20];
	struct sy_run *run = NULL;

	(void)state;
	snprintf(name, sizeof(name), "%s/none", root);
	assert_int_equal(sy_run_open(&run, name, &reason), -ENOENT);
	assert_says(reason.text, name);
	assert_says(reason.text, strerror(ENOENT));
	snprintf(name, sizeof(name), "%s/samples.jsonl", path);
	assert_int_equal(sy_run_open(&run, name, &reason), -ENOTDIR);
	assert_int_equal(sy_run_open(&run, "", &reason), -ENOENT);
	assert_int_equal(sy_run_open(&run, root, &reason), -ENOENT);
	assert_says(reason.text, "cannot read samples.jsonl in");
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(sy_run_open(&run, name, &reason), -ENAMETOOLONG);
	assert_null(run);
}

static void test_what_is_no_file_is_no_journal(void **state)
{
	char name[PATH_MAX + 20];
	struct sy_run *run = NULL;

	(void)state;
	snprintf(name, sizeof(name), "%s/samples.jsonl", path);
	assert_int_equal(unlink(name), 0);
	assert_int_equal(mkfifo(name, 0600), 0);
	assert_int_equal(sy_run_open(&run, path, &reason), -EINVAL);
	assert_int_equal(unlink(name), 0);
	assert_int_equal(mkdir(name, 0700), 0);
	assert_true(sy_run_open(&run, path, &reason) < 0);
	assert_null(run);
}

static void test_a_journal_that_was_removed_is_told(void **state)
{
	struct sy_run *run = open_well(path);

	(void)state;
	remove_folder(root);
	assert_int_equal(sy_run_sync(run, &reason), -ENOENT);
	assert_says(reason.text, "cannot write samples.jsonl in");
	assert_int_equal(sy_run_write_text(run, "a", "b", &reason), -ENOENT);
	assert_int_equal(sy_run_close(run, &reason), -ENOENT);
}

static const char *latest(void)
{
	static char target[PATH_MAX];
	char link[80];
	ssize_t bytes;

	snprintf(link, sizeof(link), "%s/latest", root);
	bytes = readlink(link, target, sizeof(target) - 1);
	target[bytes > 0 ? bytes : 0] = '\0';
	return target;
}

/* The link names the run, wherever it was opened through. */
static void test_latest_is_the_run_that_was_gone_on_with(void **state)
{
	char name[80];
	struct sy_run *run = open_well(path);

	(void)state;
	assert_int_equal(sy_run_publish(run, &reason), 0);
	assert_string_equal(latest(), path + strlen(root) + 1);
	assert_int_equal(sy_run_close(run, &reason), 0);
	snprintf(name, sizeof(name), "%s/latest", root);
	run = open_well(name);
	/* Which `latest` is may change; what was opened does not. */
	assert_string_equal(sy_run_path(run), path);
	assert_int_equal(sy_run_publish(run, &reason), 0);
	assert_string_equal(latest(), path + strlen(root) + 1);
	assert_int_equal(sy_run_close(run, &reason), 0);
}

/* One that was copied elsewhere has no root that could point to it. */
static void test_a_run_elsewhere_is_not_the_latest(void **state)
{
	char name[80];
	struct sy_run *run;

	(void)state;
	snprintf(name, sizeof(name), "%s/elsewhere", root);
	assert_int_equal(rename(path, name), 0);
	run = open_well(name);
	assert_int_equal(sy_run_publish(run, &reason), 0);
	assert_string_equal(latest(), "");
	assert_int_equal(sy_run_close(run, &reason), 0);
}

/* Whoever holds a run by its journal reads that run's files, and no others. */
static void test_a_run_that_is_moved_is_read_where_it_is(void **state)
{
	char moved[PATH_MAX + 8], name[PATH_MAX + 20];
	struct sy_run *run = open_well(path);
	json_t *json = NULL;

	(void)state;
	assert_int_equal(
		sy_run_write_text(run, "plan.json", "{\"a\": 1}\n", &reason),
		0);
	snprintf(moved, sizeof(moved), "%s.old", path);
	assert_int_equal(rename(path, moved), 0);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(name, sizeof(name), "%s/plan.json", path);
	assert_int_equal(symlink("/dev/null", name), 0);
	assert_int_equal(sy_run_read_json(run, "plan.json", &json, &reason), 0);
	assert_int_equal(json_integer_value(json_object_get(json, "a")), 1);
	json_decref(json);
	assert_int_equal(sy_run_close(run, &reason), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_opening_changes_nothing),
		TEST(test_it_goes_on_behind_what_is_whole),
		TEST(test_one_driver_has_it_alone),
		TEST(test_what_is_no_run_is_told),
		TEST(test_what_is_no_file_is_no_journal),
		TEST(test_a_journal_that_was_removed_is_told),
		TEST(test_latest_is_the_run_that_was_gone_on_with),
		TEST(test_a_run_elsewhere_is_not_the_latest),
		TEST(test_a_run_that_is_moved_is_read_where_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
