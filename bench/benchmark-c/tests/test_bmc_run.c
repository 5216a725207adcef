/* SPDX-License-Identifier: MIT */
/* Running: what came of it, the file, the reporter, and calls out of turn. */
#include "fixture.h"

#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

static struct kept kept;
static char folder[] = "/tmp/test_bmc_XXXXXX";

static void test_a_run_is_reported_once(void **state)
{
	(void)state;
	registered("a", good, NULL);
	registered("b", good, NULL);
	assert_int_equal(run_kept(&kept), 0);
	assert_int_equal(kept.begins, 1);
	assert_int_equal(kept.ends, 1);
	assert_int_equal(kept.count, 2);
	assert_int_equal(kept.totals.benchmarks, 2);
	assert_int_equal(kept.totals.runs, 2);
	assert_int_equal(kept.totals.errors, 0);
	assert_int_equal(kept.rows[1].row.family, 1);
	assert_int_equal(kept.rows[1].row.repetition, 0);
	assert_string_equal(kept.rows[1].label, "");
	assert_int_equal(bmc_exit_status(0, &kept.totals), 0);
	assert_string_equal(kept.why, "");
}

static void test_nothing_chosen_is_an_error(void **state)
{
	(void)state;
	assert_int_equal(run_kept(&kept), -ENOENT);
	registered("a", good, NULL);
	assert_int_equal(set_flags(NULL, "--benchmark_filter=^$", NULL), 0);
	assert_int_equal(run_kept(&kept), -ENOENT);
	assert_string_equal(kept.why, "no benchmark is chosen by the filter "
	                              "^$");
	assert_int_equal(kept.begins + kept.ends, 0);
	assert_int_equal(bmc_exit_status(-ENOENT, &kept.totals), 2);
}

static void test_a_reporter_may_be_empty(void **state)
{
	const struct bmc_reporter silent = { 0 };

	(void)state;
	registered("a", good, NULL);
	assert_int_equal(bmc_run(&silent, NULL, NULL, 0), 0);
}

static void end_thread(void *data, const struct bmc_row *row)
{
	(void)row;
	pthread_exit(data);
}

static void *run_and_end(void *data)
{
	const struct bmc_reporter ending = { .run = end_thread, .data = data };

	bmc_run(&ending, NULL, NULL, 0);
	return NULL;
}

static void test_a_reporter_may_end_its_thread(void **state)
{
	pthread_t thread;
	void *ended;
	int mark;

	(void)state;
	registered("a", good, NULL);
	assert_int_equal(pthread_create(&thread, NULL, run_and_end, &mark), 0);
	assert_int_equal(pthread_join(thread, &ended), 0);
	assert_ptr_equal(ended, &mark);
	assert_int_equal(run_kept(&kept), 0);
	assert_int_equal(kept.count, 1);
}

static int run_to(const char *name, char *path, size_t path_bytes)
{
	char flag[256];

	snprintf(path, path_bytes, "%s/%s", folder, name);
	snprintf(flag, sizeof flag, "--benchmark_out=%s", path);
	assert_int_equal(set_flags(NULL, QUICK, flag, NULL), 0);
	return run_kept(&kept);
}

static void write_text(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static long size_of(const char *path)
{
	struct stat status;

	return stat(path, &status) ? -1 : (long)status.st_size;
}

static void test_begin_can_end_it(void **state)
{
	char path[128];

	(void)state;
	registered("a", good, NULL);
	kept.begin_returns = 1;
	assert_int_equal(run_to("none.json", path, sizeof path), -ECANCELED);
	kept.begin_returns = 0;
	assert_int_equal(kept.begins, 1);
	assert_int_equal(kept.count, 0);
	assert_string_equal(kept.why, "the reporter ended the run");
	assert_int_equal(size_of(path), -1);
	assert_int_equal(bmc_exit_status(-ECANCELED, &kept.totals), 4);
}

static void test_a_file_is_left_alone_where_nothing_runs(void **state)
{
	char path[128];

	(void)state;
	snprintf(path, sizeof path, "%s/old.json", folder);
	write_text(path, "old");
	assert_int_equal(run_to("old.json", path, sizeof path), -ENOENT);
	assert_int_equal(size_of(path), 3);
	assert_int_equal(run_to("new.json", path, sizeof path), -ENOENT);
	assert_int_equal(size_of(path), -1);
}

static void test_a_file_is_replaced(void **state)
{
	char path[128], first[2] = "";

	(void)state;
	registered("a", good, NULL);
	snprintf(path, sizeof path, "%s/a.json", folder);
	write_text(path, "xxxxxxxxxxxxxxxx");
	assert_int_equal(run_to("a.json", path, sizeof path), 0);
	FILE *file = fopen(path, "r");
	assert_int_equal(fread(first, 1, 1, file), 1);
	fclose(file);
	assert_string_equal(first, "{");
	/* Twice in one process: the second is whole too. */
	const long once = size_of(path);
	assert_int_equal(run_to("a.json", path, sizeof path), 0);
	assert_true(labs(size_of(path) - once) < 200);
}

static void test_a_file_that_cannot_be_written_is_an_error(void **state)
{
	char path[128];

	(void)state;
	registered("a", good, NULL);
	assert_int_equal(run_to("no/such/folder", path, sizeof path), -EIO);
	assert_non_null(strstr(kept.why, "cannot write "));
	assert_non_null(strstr(kept.why, strerror(ENOENT)));
	assert_int_equal(kept.begins + kept.ends, 0);
	assert_int_equal(run_to(".", path, sizeof path), -EIO);
	assert_non_null(strstr(kept.why, strerror(EISDIR)));
	assert_int_equal(bmc_exit_status(-EIO, &kept.totals), 4);
}

static void test_a_full_disk_is_an_error(void **state)
{
	struct stat status;

	(void)state;
	registered("a", good, NULL);
	if (stat("/dev/full", &status) || !S_ISCHR(status.st_mode)) {
		print_message("no /dev/full here\n");
		skip();
	}
	assert_int_equal(
		set_flags(NULL, QUICK, "--benchmark_out=/dev/full", NULL), 0);
	assert_int_equal(run_kept(&kept), -EIO);
	assert_string_equal(kept.why, "cannot write all of /dev/full: No space "
	                              "left on device");
	assert_int_equal(kept.count, 1);
}

static void meddle(struct bmc_state *state, void *data)
{
	int argc = 1;
	char *argv[] = { "test", NULL }, why[BMC_WHY_BYTES];

	(void)data;
	assert_int_equal(bmc_run(NULL, NULL, why, sizeof why), -EBUSY);
	assert_string_equal(why, "not while benchmarks run");
	assert_int_equal(bmc_clear(), -EBUSY);
	assert_int_equal(bmc_read_flags(&argc, argv, NULL, 0), -EBUSY);
	assert_int_equal(bmc_default_filter("x", NULL, 0), -EBUSY);
	bmc_register("later", good, NULL, NULL);
	good(state, NULL);
}

static void test_calls_out_of_turn_are_refused(void **state)
{
	(void)state;
	assert_string_equal(only_row(&kept, "m", meddle, NULL)->error, "");
	/* What was registered meanwhile takes part the next time. */
	assert_int_equal(run_kept(&kept), 0);
	assert_int_equal(kept.count, 2);
}

static void test_exit_statuses(void **state)
{
	const struct bmc_totals fine = { 1, 1, 0 }, broken = { 1, 2, 1 };

	(void)state;
	assert_int_equal(bmc_exit_status(0, &fine), 0);
	assert_int_equal(bmc_exit_status(0, NULL), 0);
	assert_int_equal(bmc_exit_status(0, &broken), 3);
	assert_int_equal(bmc_exit_status(-EINVAL, &fine), 2);
	assert_int_equal(bmc_exit_status(-ENOMEM, &broken), 4);
}

static void test_the_version_is_that_of_the_library(void **state)
{
	unsigned major = 0, minor = 0;

	(void)state;
	assert_int_equal(sscanf(bmc_library_version(), "%u.%u", &major, &minor),
	                 2);
	assert_true(major == 1 && minor >= 7);
}

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	char path[128];

	(void)state;
	snprintf(path, sizeof path, "%s/old.json", folder);
	unlink(path);
	snprintf(path, sizeof path, "%s/a.json", folder);
	unlink(path);
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_a_run_is_reported_once,
		                       start_clean),
		cmocka_unit_test_setup(test_nothing_chosen_is_an_error,
		                       start_clean),
		cmocka_unit_test_setup(test_a_reporter_may_be_empty,
		                       start_clean),
		cmocka_unit_test_setup(test_a_reporter_may_end_its_thread,
		                       start_clean),
		cmocka_unit_test_setup(test_begin_can_end_it, start_clean),
		cmocka_unit_test_setup(
			test_a_file_is_left_alone_where_nothing_runs,
			start_clean),
		cmocka_unit_test_setup(test_a_file_is_replaced, start_clean),
		cmocka_unit_test_setup(
			test_a_file_that_cannot_be_written_is_an_error,
			start_clean),
		cmocka_unit_test_setup(test_a_full_disk_is_an_error,
		                       start_clean),
		cmocka_unit_test_setup(test_calls_out_of_turn_are_refused,
		                       start_clean),
		cmocka_unit_test_setup(test_exit_statuses, start_clean),
		cmocka_unit_test_setup(test_the_version_is_that_of_the_library,
		                       start_clean),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
