/* SPDX-License-Identifier: MIT */
/*
 * test_described.c - machines described from outside, and what is none.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/topology_internal.h"
#include "host/tree.h"

#define HYBRID SY_FIXTURES "/hybrid.xml"

static void test_described_machines_ignore_the_environment(void **state)
{
	struct sy_topology *topology = NULL;

	(void)state;
	setenv("HWLOC_SYNTHETIC", "core:2 pu:2", 1);
	setenv("HWLOC_THISSYSTEM", "1", 1);
	assert_int_equal(sy_topology_open_synthetic(&topology, "pu:3"), 0);
	unsetenv("HWLOC_SYNTHETIC");
	unsetenv("HWLOC_THISSYSTEM");
	assert_int_equal(sy_topology_pu_count(topology), 3);
	assert_false(sy_topology_is_here(topology));
	sy_topology_close(topology);
}

static void test_bad_descriptions_are_refused(void **state)
{
	static const char *const bad[] = {
		"",       "nonsense",    "pack:", "pack:2 core:x",
		"core:0", "pu:2 core:2",
	};
	struct sy_topology *topology = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		if (sy_topology_open_synthetic(&topology, bad[i]) != -EINVAL)
			fail_msg("'%s'", bad[i]);
		assert_null(topology);
	}
}

/* hwloc would build what it is told, for as long as that takes. */
static void test_descriptions_that_are_too_large_are_refused(void **state)
{
	static const char *const large[] = {
		"pu:8193",
		"pack:2 core:4097 pu:1",
		"pack:99999999 pu:99999999",
		"core:0x10000 pu:1",
		"pu:18446744073709551616",
		"8193",
		"pu:2(indexes=0,8192)",
		"[numa(indexes=4294967295)] pu:2",
		"pack:2(indexes=9999999999999999999999,1) pu:2",
		/* Only 8192, but all looked at for each. */
		"l2:8192 l1:1 core:1 pu:1",
	};
	struct sy_topology *topology = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof(large) / sizeof(*large); i++) {
		if (sy_topology_open_synthetic(&topology, large[i]) != -E2BIG)
			fail_msg("'%s'", large[i]);
		assert_null(topology);
	}
	assert_int_equal(sy_topology_open_synthetic(
				 &topology, "(memory=1GB) pack:16(memory=2GB) "
					    "[numa] l3:16 core:8 pu:4"),
	                 0);
	assert_int_equal(sy_topology_pu_count(topology), 8192);
	sy_topology_close(topology);
}

/* Opens a file of `bytes` of text as a topology. */
static int open_text(const char *text, size_t bytes)
{
	char path[] = "/tmp/sy-topology-XXXXXX";
	struct sy_topology *topology = NULL;
	int fd = mkstemp(path), rc;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, bytes), bytes);
	close(fd);
	rc = sy_topology_open_xml(&topology, path);
	unlink(path);
	sy_topology_close(topology);
	return rc;
}

static void test_files_that_are_no_topology_are_refused(void **state)
{
	static const char text[] = "once upon a time there was a file\n";
	static const char other[] = "<?xml version=\"1.0\"?>\n<a><b/></a>\n";
	struct sy_topology *topology = NULL;

	(void)state;
	assert_int_equal(open_text(text, sizeof(text) - 1), -EINVAL);
	assert_int_equal(open_text(other, sizeof(other) - 1), -EINVAL);
	assert_int_equal(open_text("", 0), -EINVAL);
	assert_int_equal(sy_topology_open_xml(&topology, "/nonexistent"),
	                 -ENOENT);
	assert_int_equal(sy_topology_open_xml(&topology, "/tmp"), -EISDIR);
	assert_null(topology);
}

/* The fixture with the first `part` replaced, opened. */
static int open_changed(const char *part, const char *by)
{
	static char text[1 << 16], changed[1 << 16];
	FILE *file = fopen(HYBRID, "re");
	char *at;
	size_t bytes;

	assert_non_null(file);
	bytes = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	text[bytes] = '\0';
	at = strstr(text, part);
	assert_non_null(at);
	snprintf(changed, sizeof(changed), "%.*s%s%s", (int)(at - text), text,
	         by, at + strlen(part));
	return open_text(changed, strlen(changed));
}

static void test_files_that_break_hwloc_are_refused(void **state)
{
	(void)state;
	assert_int_equal(open_changed("gp_index", "gp_index"), 0);
	/* hwloc warns of it. */
	assert_int_equal(open_changed("complete_cpuset=\"0x00000004\"",
	                              "complete_cpuset=\"0xf...f\""),
	                 -EINVAL);
	/* It fills the memory. */
	assert_int_equal(open_changed("\"NUMANode\" os_index=\"0\"",
	                              "\"NUMANode\" os_index=\"4294967295\""),
	                 -EINVAL);
	assert_int_equal(open_changed("type=\"L3Cache\"", "type=\"PU\""),
	                 -EINVAL);
	/* Its reader believes it, its check does not. */
	assert_int_equal(open_changed("type=\"L2Cache\"", "type=\"L1Cache\""),
	                 -EINVAL);
	assert_int_equal(open_changed("type=\"PU\" os_index=\"1\"",
	                              "type=\"PU\" os_index=\"1000000\""),
	                 -E2BIG);
}

/* They were not for whoever looked at that machine. */
static void test_disallowed_pus_of_a_file_are_not_used(void **state)
{
	static const int some[] = { 1, 2 };
	struct sy_placement none = { .bound = false };
	struct sy_topology *topology = NULL;
	char path[] = "/tmp/sy-topology-XXXXXX", *xml = NULL;
	int fd = mkstemp(path);

	(void)state;
	assert_int_equal(sy_topology_open_synthetic(&topology, "core:2 pu:2"),
	                 0);
	assert_int_equal(sy_topology_restrict(topology, some, 2), 0);
	assert_int_equal(sy_topology_mark(topology, &none, 0, &xml), 0);
	sy_topology_close(topology);
	assert_int_equal(write(fd, xml, strlen(xml)), strlen(xml));
	close(fd);
	free(xml);
	assert_int_equal(sy_topology_open_xml(&topology, path), 0);
	unlink(path);
	assert_int_equal(sy_topology_pu_count(topology), 2);
	sy_topology_close(topology);
}

static void test_an_export_is_read_back(void **state)
{
	struct sy_topology *topology = NULL;
	char *xml = NULL;

	(void)state;
	assert_int_equal(sy_topology_open_xml(&topology, HYBRID), 0);
	assert_int_equal(sy_topology_export(topology, &xml), 0);
	sy_topology_close(topology);
	assert_int_equal(open_text(xml, strlen(xml)), 0);
	assert_int_equal(open_text(xml, strlen(xml) / 2), -EINVAL);
	free(xml);
}

static void test_facts_of_described_machines(void **state)
{
	struct sy_topology *topology = NULL;
	struct sy_topology_facts facts;

	(void)state;
	assert_int_equal(sy_topology_open_xml(&topology, HYBRID), 0);
	assert_false(sy_topology_is_here(topology));
	sy_topology_facts(topology, &facts);
	assert_int_equal(facts.packages, 1);
	assert_int_equal(facts.numa_nodes, 1);
	assert_int_equal(facts.cores, 12);
	assert_int_equal(facts.pus, 16);
	assert_int_equal(facts.cpu_kinds, 2);
	assert_int_equal(facts.l1d_bytes, 32 << 10);
	assert_int_equal(facts.l2_bytes, 2 << 20);
	assert_int_equal(facts.l3_bytes, 18 << 20);
	assert_int_equal(facts.l3_count, 1);
	sy_topology_close(topology);
	assert_int_equal(sy_topology_open_synthetic(&topology, "pu:3"), 0);
	sy_topology_facts(topology, &facts);
	assert_int_equal(facts.packages, 1);
	assert_int_equal(facts.cores, 3);
	assert_int_equal(facts.cpu_kinds, 1);
	assert_int_equal(facts.l3_bytes, 0);
	assert_int_equal(facts.l3_count, 0);
	sy_topology_close(topology);
}

static void test_restriction(void **state)
{
	static const int some[] = { 5, 0, 99 }, none[] = { 99 };
	static const int negative[] = { 0, -1 };
	struct sy_topology *topology = NULL;
	const struct sy_pu *pus;
	unsigned count;

	(void)state;
	assert_int_equal(sy_topology_open_synthetic(&topology, "core:4 pu:2"),
	                 0);
	assert_int_equal(sy_topology_restrict(topology, none, 1), -EINVAL);
	assert_int_equal(sy_topology_restrict(topology, none, 0), -EINVAL);
	assert_int_equal(sy_topology_restrict(topology, negative, 2), -EINVAL);
	assert_int_equal(sy_topology_pu_count(topology), 8);
	assert_int_equal(sy_topology_restrict(topology, some, 3), 0);
	pus = sy_topology_pus(topology, &count);
	assert_int_equal(count, 2);
	assert_int_equal(pus[0].os_index, 0);
	assert_int_equal(pus[1].os_index, 5);
	/* The only PU that is left of its core is the first of it. */
	assert_int_equal(pus[1].smt, 0);
	sy_topology_close(topology);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_described_machines_ignore_the_environment),
		cmocka_unit_test(test_bad_descriptions_are_refused),
		cmocka_unit_test(
			test_descriptions_that_are_too_large_are_refused),
		cmocka_unit_test(test_files_that_are_no_topology_are_refused),
		cmocka_unit_test(test_files_that_break_hwloc_are_refused),
		cmocka_unit_test(test_disallowed_pus_of_a_file_are_not_used),
		cmocka_unit_test(test_an_export_is_read_back),
		cmocka_unit_test(test_facts_of_described_machines),
		cmocka_unit_test(test_restriction),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
