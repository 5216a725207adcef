/* SPDX-License-Identifier: MIT */
/*
 * test_whole_file.c - a file that is written is there whole, with the mode of
 * the one of before, or nothing has changed.
 */
#include "engine_fixture.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/whole_file.h"

static char folder[64], path[80];
static struct holdings before;

static int set_up(void **state)
{
	(void)state;
	make_folder(folder);
	snprintf(path, sizeof(path), "%s/x", folder);
	before = look();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	assert_nothing_left(before);
	remove_folder(folder);
	return 0;
}

static void write_text(const char *text)
{
	struct sy_whole_file file;

	assert_int_equal(sy_whole_file_open(&file, path), 0);
	assert_true(fputs(text, file.stream) >= 0);
	assert_int_equal(sy_whole_file_close(&file, 0), 0);
}

static void assert_holds(const char *wanted)
{
	char text[80];
	FILE *file = fopen(path, "re");
	size_t bytes;

	assert_non_null(file);
	bytes = fread(text, 1, sizeof(text) - 1, file);
	text[bytes] = '\0';
	fclose(file);
	assert_string_equal(text, wanted);
}

static void test_the_mode_of_before_is_kept(void **state)
{
	static const mode_t modes[] = { 0600, 0666, 0640, 0444, 0 };
	mode_t mask = umask(022);
	struct stat info;

	(void)state;
	write_text("first\n");
	assert_int_equal(stat(path, &info), 0);
	assert_int_equal(info.st_mode & 07777, 0644);
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		/* Only root writes to what nobody may write to. */
		if (geteuid() && !(modes[i] & 0200))
			continue;
		assert_int_equal(chmod(path, modes[i]), 0);
		write_text("again\n");
		assert_int_equal(stat(path, &info), 0);
		assert_int_equal(info.st_mode & 07777, modes[i]);
	}
	umask(mask);
}

static void test_a_link_to_nothing_stays(void **state)
{
	struct sy_whole_file file;
	struct stat info;

	(void)state;
	assert_int_equal(symlink("none", path), 0);
	assert_int_equal(sy_whole_file_open(&file, path), -ENOENT);
	assert_int_equal(lstat(path, &info), 0);
	assert_true(S_ISLNK(info.st_mode));
}

/* Where processes' numbers are used again, as in a container. */
static void test_what_a_killed_one_has_left_is_in_no_way(void **state)
{
	char left[120];
	FILE *file;

	(void)state;
	snprintf(left, sizeof(left), "%s/.x.%d.new", folder, (int)getpid());
	file = fopen(left, "we");
	assert_non_null(file);
	fclose(file);
	write_text("whole\n");
	assert_holds("whole\n");
	assert_int_equal(access(left, F_OK), -1);
}

/* The status of a process that is sent a signal while it writes. */
static int end_by(int signal_number, int error)
{
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		struct sy_whole_file file;

		if (sy_whole_file_open(&file, path))
			_exit(1);
		fputs("whole\n", file.stream);
		raise(signal_number);
		sy_whole_file_close(&file, error);
		_exit(2);
	}
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

static void test_a_signal_leaves_no_half_file(void **state)
{
	static const int signals[] = { SIGHUP, SIGINT, SIGTERM };

	(void)state;
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		int status = end_by(signals[i], 0);

		assert_true(WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), signals[i]);
		assert_holds("whole\n");
		assert_int_equal(unlink(path), 0);
		end_by(signals[i], -EIO);
		/* Nothing at all: it can be removed. */
		assert_int_equal(rmdir(folder), 0);
		assert_int_equal(mkdir(folder, 0700), 0);
	}
}

/* What a shell does for `>>` and `2>>`. */
static void append_to_standard(int standard)
{
	int kept = dup(standard);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600);
	char name[40];
	struct sy_whole_file file;
	int error;

	assert_true(kept >= 0 && fd >= 0);
	fflush(NULL);
	assert_int_equal(write(fd, "before\n", 7), 7);
	assert_int_equal(dup2(fd, standard), standard);
	snprintf(name, sizeof(name), "/proc/self/fd/%d", standard);
	error = sy_whole_file_open(&file, name);
	if (!error) {
		fputs("written\n", file.stream);
		error = sy_whole_file_close(&file, 0);
	}
	dup2(kept, standard);
	close(kept);
	assert_int_equal(error, 0);
	assert_int_equal(write(fd, "after\n", 6), 6);
	close(fd);
	assert_holds("before\nwritten\nafter\n");
}

static void test_a_standard_stream_is_never_replaced(void **state)
{
	(void)state;
	append_to_standard(STDOUT_FILENO);
	append_to_standard(STDERR_FILENO);
}

static void test_a_file_of_a_folder_is_written_there(void **state)
{
	int dir_fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct sy_whole_file file;

	(void)state;
	assert_true(dir_fd >= 0);
	write_text("old\n");
	assert_int_equal(sy_whole_file_open_at(&file, dir_fd, "x"), 0);
	fputs("half", file.stream);
	assert_int_equal(sy_whole_file_close(&file, -EIO), -EIO);
	assert_holds("old\n");
	assert_int_equal(sy_whole_file_open_at(&file, dir_fd, "x"), 0);
	fputs("new\n", file.stream);
	assert_int_equal(sy_whole_file_close(&file, 0), 0);
	assert_holds("new\n");
	close(dir_fd);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(folder), 0);
	assert_int_equal(mkdir(folder, 0700), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_the_mode_of_before_is_kept),
		TEST(test_a_link_to_nothing_stays),
		TEST(test_what_a_killed_one_has_left_is_in_no_way),
		TEST(test_a_signal_leaves_no_half_file),
		TEST(test_a_standard_stream_is_never_replaced),
		TEST(test_a_file_of_a_folder_is_written_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
