/* SPDX-License-Identifier: MIT */
/*
 * test_memory.c - what is read of a process's memory from outside: from made
 * files, and of this process, whose memory is known.
 */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "host/memory.h"
#include "made_tree.h"

#define STATUS "Name:\tx\nVmPTE:\t      52 kB\nThreads:\t3\n"
#define ROLLUP                                                                 \
	"0-1 ---p 0 0 0 [rollup]\nRss: 900 kB\nPss:     700 kB\n"              \
	"Pss_Dirty: 600 kB\n"

static void test_a_process_is_added(void **state)
{
	struct sy_memory memory = { 1, 1, 1 };
	const char *root = *state;

	tree_write(root, "/proc/7/status", STATUS);
	tree_write(root, "/proc/7/smaps_rollup", ROLLUP);
	assert_int_equal(sy_memory_add_at(root, 7, &memory), 0);
	assert_int_equal(memory.pss_bytes, 1 + 700 * 1024);
	assert_int_equal(memory.table_bytes, 1 + 52 * 1024);
	assert_int_equal(memory.threads, 1 + 3);
}

static void test_one_that_is_gone_is_told(void **state)
{
	struct sy_memory memory = { 0 };
	const char *root = *state;

	assert_int_equal(sy_memory_add_at(root, 8, &memory), -ESRCH);
	/* A zombie has a status without memory. */
	tree_write(root, "/proc/8/status",
	           "Name:\tx\nState:\tZ\nThreads:\t1\n");
	assert_int_equal(sy_memory_add_at(root, 8, &memory), -ESRCH);
	assert_int_equal(memory.threads, 0);
}

static void test_a_kernel_without_rollups_is_told(void **state)
{
	struct sy_memory memory = { 0 };
	const char *root = *state;

	tree_write(root, "/proc/9/status", STATUS);
	assert_int_equal(sy_memory_add_at(root, 9, &memory), -ENOTSUP);
	assert_int_equal(memory.threads, 0);
	/* One that has them: this process has ended meanwhile. */
	tree_write(root, "/proc/self/smaps_rollup", ROLLUP);
	assert_int_equal(sy_memory_add_at(root, 9, &memory), -ESRCH);
	tree_write(root, "/proc/9/smaps_rollup", "");
	assert_int_equal(sy_memory_add_at(root, 9, &memory), -ESRCH);
	assert_int_equal(memory.threads, 0);
}

static void test_kernel_stacks(void **state)
{
	const char *root = *state;

	assert_int_equal(sy_kernel_stack_bytes(root), 16384);
	tree_write(root, "/proc/meminfo", "KernelStack: 1264 kB\n");
	assert_int_equal(sy_kernel_stack_bytes(root), 16384);
	/* A few threads more than when the stacks were counted, and fewer. */
	tree_write(root, "/proc/loadavg", "0.1 0.1 0.1 1/85 77\n");
	assert_int_equal(sy_kernel_stack_bytes(root), 16384);
	tree_write(root, "/proc/loadavg", "0.1 0.1 0.1 1/70 77\n");
	assert_int_equal(sy_kernel_stack_bytes(root), 16384);
	tree_write(root, "/proc/loadavg", "0.1 0.1 0.1 1/158 77\n");
	assert_int_equal(sy_kernel_stack_bytes(root), 8192);
	tree_write(root, "/proc/loadavg", "0.1 0.1 0.1 1/0 77\n");
	assert_int_equal(sy_kernel_stack_bytes(root), 16384);
}

static void test_slab(void **state)
{
	const char *root = *state;

	assert_int_equal(sy_memory_slab(root), 0);
	tree_write(root, "/proc/meminfo", "Slab: 900 kB\nSUnreclaim: 300 kB\n");
	assert_int_equal(sy_memory_slab(root), 300 * 1024);
}

/* 16 MiB that are written are seen, within what else happens meanwhile. */
static void test_what_is_written_is_seen(void **state)
{
	size_t bytes = (size_t)16 << 20;
	struct sy_memory before = { 0 }, after = { 0 };
	unsigned char *memory;
	int error = sy_memory_add(getpid(), &before);

	(void)state;
	if (error == -ENOTSUP)
		skip();
	assert_int_equal(error, 0);
	assert_true(before.threads >= 1);
	memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
	              MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_true(memory != MAP_FAILED);
	memset(memory, 1, bytes);
	assert_int_equal(sy_memory_add(getpid(), &after), 0);
	munmap(memory, bytes);
	/* What others map of the same libraries makes a share smaller. */
	assert_true(after.pss_bytes + bytes / 8 >= before.pss_bytes + bytes);
	assert_true(after.pss_bytes < before.pss_bytes + bytes + bytes / 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_a_process_is_added,
		                                tree_setup, tree_teardown),
		cmocka_unit_test_setup_teardown(test_one_that_is_gone_is_told,
		                                tree_setup, tree_teardown),
		cmocka_unit_test_setup_teardown(
			test_a_kernel_without_rollups_is_told, tree_setup,
			tree_teardown),
		cmocka_unit_test_setup_teardown(test_kernel_stacks, tree_setup,
		                                tree_teardown),
		cmocka_unit_test_setup_teardown(test_slab, tree_setup,
		                                tree_teardown),
		cmocka_unit_test(test_what_is_written_is_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
