/* SPDX-License-Identifier: MIT */
/*
 * test_read_file.c - a file is read to its end, however slowly it comes, and
 * what is none is refused at once.
 */
#include "engine_fixture.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "host/read_file.h"

#define MOST 4096

static char folder[64];
static struct holdings before;
static bool trickles;
static unsigned calls;

/* As a file system over a network may: interrupted, then a few bytes. */
ssize_t read(int fd, void *buffer, size_t bytes)
{
	if (trickles && calls++ % 2 == 0) {
		errno = EINTR;
		return -1;
	}
	return syscall(SYS_read, fd, buffer, trickles && bytes > 3 ? 3 : bytes);
}

static int set_up(void **state)
{
	(void)state;
	make_folder(folder);
	trickles = false;
	before = look();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	trickles = false;
	assert_nothing_left(before);
	remove_folder(folder);
	return 0;
}

static int open_folder(void)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	assert_true(fd >= 0);
	return fd;
}

/* A file `x` in the folder. */
static void put(const char *text)
{
	char path[80];
	FILE *file;

	snprintf(path, sizeof(path), "%s/x", folder);
	file = fopen(path, "we");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void assert_read(const char *wanted)
{
	int dir_fd = open_folder();
	char *text = NULL;
	size_t bytes = 0;

	assert_int_equal(sy_file_read(dir_fd, "x", MOST, &text, &bytes), 0);
	close(dir_fd);
	assert_int_equal(bytes, strlen(wanted));
	assert_string_equal(text, wanted);
	free(text);
}

static void test_an_interrupted_read_goes_on(void **state)
{
	(void)state;
	put("[a]\nworkload = cpu\n[b]\nworkload = io\n");
	trickles = true;
	assert_read("[a]\nworkload = cpu\n[b]\nworkload = io\n");
	assert_true(calls > 10);
}

static void test_a_file_may_be_as_long_as_it_may_be(void **state)
{
	char text[MOST + 2];
	int dir_fd = open_folder();
	char *read_text = NULL;
	size_t bytes;

	(void)state;
	memset(text, 'x', sizeof(text));
	text[MOST] = '\0';
	put(text);
	assert_read(text);
	text[MOST] = 'x';
	text[MOST + 1] = '\0';
	put(text);
	assert_int_equal(sy_file_read(dir_fd, "x", MOST, &read_text, &bytes),
	                 -EFBIG);
	assert_null(read_text);
	close(dir_fd);
	put("");
	assert_read("");
}

/* Its size is 0, as far as anybody is told. */
static void test_a_file_without_a_size_is_read(void **state)
{
	char *text = NULL;
	size_t bytes;

	(void)state;
	assert_int_equal(
		sy_file_read(AT_FDCWD, "/proc/self/stat", MOST, &text, &bytes),
		0);
	assert_true(bytes > 10);
	assert_int_equal(text[bytes], '\0');
	free(text);
}

static void test_what_is_no_file_is_refused_at_once(void **state)
{
	int dir_fd = open_folder();

	(void)state;
	assert_int_equal(sy_file_open(dir_fd, "none"), -ENOENT);
	assert_int_equal(sy_file_open(dir_fd, "."), -EISDIR);
	assert_int_equal(sy_file_open(dir_fd, "/dev/zero"), -ENXIO);
	assert_int_equal(mkfifoat(dir_fd, "fifo", 0600), 0);
	assert_int_equal(sy_file_open(dir_fd, "fifo"), -ENXIO);
	close(dir_fd);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_an_interrupted_read_goes_on),
		TEST(test_a_file_may_be_as_long_as_it_may_be),
		TEST(test_a_file_without_a_size_is_read),
		TEST(test_what_is_no_file_is_refused_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
