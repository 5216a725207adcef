/* SPDX-License-Identifier: MIT */
/*
 * test_topology.c - opening topologies, and binding on this machine.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "host/topology_internal.h"

#define HYBRID SY_FIXTURES "/hybrid.xml"

/* The affinity mask that the test program started with. */
static cpu_set_t own_mask(void)
{
	cpu_set_t mask;

	assert_int_equal(sched_getaffinity(0, sizeof(mask), &mask), 0);
	return mask;
}

static void set_mask(const cpu_set_t *mask)
{
	assert_int_equal(sched_setaffinity(0, sizeof(*mask), mask), 0);
}

/* The first and the last PU of the mask. */
static int mask_first(const cpu_set_t *mask)
{
	int pu = 0;

	while (!CPU_ISSET((size_t)pu, mask))
		pu++;
	return pu;
}

static int mask_last(const cpu_set_t *mask)
{
	int pu = CPU_SETSIZE - 1;

	while (!CPU_ISSET((size_t)pu, mask))
		pu--;
	return pu;
}

static void test_this_machine_is_the_affinity_mask(void **state)
{
	struct sy_topology *topology = NULL;
	cpu_set_t mask = own_mask();
	const struct sy_pu *pus;
	unsigned count;

	(void)state;
	assert_int_equal(sy_topology_open(&topology), 0);
	assert_true(sy_topology_is_here(topology));
	assert_int_equal(sy_topology_pu_count(topology), CPU_COUNT(&mask));
	pus = sy_topology_pus(topology, &count);
	for (unsigned i = 0; i < count; i++)
		assert_true(CPU_ISSET((size_t)pus[i].os_index, &mask));
	sy_topology_close(topology);
}

/* What taskset does. */
static void test_a_narrowed_mask_is_seen(void **state)
{
	struct sy_topology *topology = NULL;
	struct sy_placement placement = { .count = 0 };
	cpu_set_t before = own_mask(), one;
	int last = mask_last(&before), first = mask_first(&before);
	char name[16], why[128] = "";

	(void)state;
	CPU_ZERO(&one);
	CPU_SET((size_t)last, &one);
	set_mask(&one);
	assert_int_equal(sy_topology_open(&topology), 0);
	set_mask(&before);
	assert_int_equal(sy_topology_pu_count(topology), 1);
	assert_int_equal(sy_placement_make(&placement, topology, "spread", why,
	                                   sizeof(why)),
	                 0);
	assert_int_equal(placement.pus[0], last);
	sy_placement_free(&placement);
	snprintf(name, sizeof(name), "%d", first);
	if (first != last)
		assert_int_equal(sy_placement_make(&placement, topology, name,
		                                   why, sizeof(why)),
		                 -ENODEV);
	sy_topology_close(topology);
}

static void assert_not_here(const char *variable, const char *value)
{
	struct sy_topology *topology = NULL;
	int rc;

	setenv(variable, value, 1);
	rc = sy_topology_open(&topology);
	unsetenv(variable);
	assert_int_equal(rc, -ENOTSUP);
	assert_null(topology);
}

static void test_another_machine_is_not_measured(void **state)
{
	(void)state;
	assert_not_here("HWLOC_SYNTHETIC", "core:2 pu:2");
	assert_not_here("HWLOC_SYNTHETIC", "nonsense");
	assert_not_here("HWLOC_XMLFILE", HYBRID);
	assert_not_here("HWLOC_XMLFILE", "/nonexistent");
	assert_not_here("HWLOC_FSROOT", "/nonexistent");
	assert_not_here("HWLOC_THISSYSTEM", "0");
}

static void test_the_environment_is_put_back(void **state)
{
	struct sy_topology *topology = NULL;

	(void)state;
	unsetenv("HWLOC_PLUGINS_PATH");
	assert_int_equal(sy_topology_open_synthetic(&topology, "pu:3"), 0);
	sy_topology_close(topology);
	assert_null(getenv("HWLOC_PLUGINS_PATH"));
	setenv("HWLOC_PLUGINS_PATH", "/mine", 1);
	assert_int_equal(sy_topology_open_synthetic(&topology, "pu:3"), 0);
	sy_topology_close(topology);
	assert_string_equal(getenv("HWLOC_PLUGINS_PATH"), "/mine");
	unsetenv("HWLOC_PLUGINS_PATH");
}

static void assert_bound_to(int pu)
{
	cpu_set_t mask = own_mask();

	assert_int_equal(CPU_COUNT(&mask), 1);
	assert_true(CPU_ISSET((size_t)pu, &mask));
	assert_int_equal(sched_getcpu(), pu);
}

static void test_binding_binds_this_thread(void **state)
{
	struct sy_binder *binder = NULL;
	cpu_set_t before = own_mask();

	(void)state;
	assert_int_equal(sy_binder_open(&binder), 0);
	for (int pu = 0; pu < CPU_SETSIZE; pu++) {
		if (!CPU_ISSET((size_t)pu, &before))
			continue;
		assert_int_equal(sy_binder_bind(binder, pu), 0);
		assert_bound_to(pu);
	}
	set_mask(&before);
	sy_binder_close(binder);
}

struct bound {
	const struct sy_binder *binder;
	int pu, rc;
};

static void *bind_here(void *data)
{
	struct bound *bound = data;

	bound->rc = sy_binder_bind(bound->binder, bound->pu);
	return NULL;
}

static void test_binding_leaves_other_threads_alone(void **state)
{
	struct bound bound = { .rc = -1 };
	struct sy_binder *binder = NULL;
	cpu_set_t before = own_mask(), after;
	pthread_t thread;

	(void)state;
	assert_int_equal(sy_binder_open(&binder), 0);
	bound.binder = binder;
	bound.pu = mask_last(&before);
	assert_int_equal(pthread_create(&thread, NULL, bind_here, &bound), 0);
	pthread_join(thread, NULL);
	sy_binder_close(binder);
	assert_int_equal(bound.rc, 0);
	after = own_mask();
	assert_true(CPU_EQUAL(&before, &after));
}

/* In a child that was forked after the binder was opened. */
static void test_binding_in_a_child(void **state)
{
	struct sy_binder *binder = NULL;
	cpu_set_t before = own_mask();
	int pu = mask_last(&before), status = -1;
	pid_t child;

	(void)state;
	assert_int_equal(sy_binder_open(&binder), 0);
	child = fork();
	if (child == 0)
		_exit(sy_binder_bind(binder, pu) || sched_getcpu() != pu);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	sy_binder_close(binder);
}

static void test_binding_to_no_pu_fails(void **state)
{
	struct sy_binder *binder = NULL;
	cpu_set_t before = own_mask(), after;
	long configured = sysconf(_SC_NPROCESSORS_CONF);

	(void)state;
	assert_int_equal(sy_binder_open(&binder), 0);
	assert_int_equal(sy_binder_bind(binder, -1), -EINVAL);
	assert_int_equal(sy_binder_bind(binder, (int)configured), -EINVAL);
	assert_int_equal(sy_binder_bind(binder, 8191), -EINVAL);
	assert_int_equal(sy_binder_bind(binder, 8192), -EINVAL);
	assert_int_equal(sy_binder_bind(binder, INT32_MAX), -EINVAL);
	sy_binder_close(binder);
	after = own_mask();
	assert_true(CPU_EQUAL(&before, &after));
}

/* hwloc then binds nothing and says that all is well. */
static void test_a_binder_that_would_do_nothing_is_refused(void **state)
{
	struct sy_binder *binder = NULL;

	(void)state;
	setenv("HWLOC_THISSYSTEM", "0", 1);
	assert_int_equal(sy_binder_open(&binder), -ENOTSUP);
	unsetenv("HWLOC_THISSYSTEM");
	assert_null(binder);
}

/* The plug-ins of hwloc, if there are any, are called hwloc_<what>.so. */
static void test_no_plugin_is_loaded(void **state)
{
	struct sy_binder *binder = NULL;
	FILE *maps;
	char line[512];

	(void)state;
	assert_int_equal(sy_binder_open(&binder), 0);
	maps = fopen("/proc/self/maps", "re");
	assert_non_null(maps);
	while (fgets(line, sizeof(line), maps))
		assert_null(strstr(line, "/hwloc_"));
	fclose(maps);
	sy_binder_close(binder);
}

static void test_a_binder_opens_quickly(void **state)
{
	double least = 1e9;

	(void)state;
	for (int i = 0; i < 10; i++) {
		struct sy_binder *binder = NULL;
		clock_t before = clock();
		double us;

		assert_int_equal(sy_binder_open(&binder), 0);
		us = (double)(clock() - before) * 1e6 / CLOCKS_PER_SEC;
		sy_binder_close(binder);
		if (us < least)
			least = us;
	}
	/* A tenth of it here; sanitizers and busy machines have their part. */
	assert_true(least < 2000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_this_machine_is_the_affinity_mask),
		cmocka_unit_test(test_a_narrowed_mask_is_seen),
		cmocka_unit_test(test_another_machine_is_not_measured),
		cmocka_unit_test(test_the_environment_is_put_back),
		cmocka_unit_test(test_binding_binds_this_thread),
		cmocka_unit_test(test_binding_leaves_other_threads_alone),
		cmocka_unit_test(test_binding_in_a_child),
		cmocka_unit_test(test_binding_to_no_pu_fails),
		cmocka_unit_test(
			test_a_binder_that_would_do_nothing_is_refused),
		cmocka_unit_test(test_no_plugin_is_loaded),
		cmocka_unit_test(test_a_binder_opens_quickly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
