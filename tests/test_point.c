/* SPDX-License-Identifier: MIT */
/*
 * test_point.c - what a point is called, what it takes, and when it is told
 * that this machine does not have it.
 */
#include "engine_fixture.h"

#include "host/limits.h"

static void assert_called(const struct sy_request *request, const char *name,
                          const char *group)
{
	struct sy_point point = { .request = *request };

	assert_int_equal(sy_point_name(&point), 0);
	assert_string_equal(point.name, name);
	assert_string_equal(point.group, group);
}

static void test_names_tell_what_a_reader_looks_for(void **state)
{
	struct sy_request r;

	(void)state;
	ask_for(&r, "cpu", "serial");
	assert_called(&r,
	              "cpu/serial/inflight:64/grain_us:100/placement:one-pu",
	              "cpu/inflight:64/grain_us:100/placement:one-pu");
	ask_for(&r, "wait", "coroutine");
	assert_called(
		&r, "wait/coroutine/inflight:64/wait_us:2000/placement:one-pu",
		"wait/inflight:64/wait_us:2000/placement:one-pu");
	ask_for(&r, "io", "threads");
	assert_called(&r,
	              "io/threads/inflight:64/wait_us:2000/placement:one-pu",
	              "io/inflight:64/wait_us:2000/placement:one-pu");
	ask_for(&r, "switch", "threads.condition");
	assert_called(&r, "switch/threads.condition/placement:one-pu",
	              "switch/placement:one-pu");
}

static void test_names_tell_what_is_not_the_default(void **state)
{
	struct sy_request r;

	(void)state;
	ask_for(&r, "io", "coroutine.ucontext");
	r.inflight = 3;
	r.wait_ns = 1500;
	r.request_bytes = 8;
	r.reply_bytes = 128;
	r.tcp = true;
	r.server_pu = 1;
	r.window = 16;
	r.hold_awake = true;
	snprintf(r.placement, sizeof(r.placement), "0,2-3");
	assert_called(&r,
	              "io/coroutine.ucontext/inflight:3/wait_ns:1500/request:8"
	              "/reply:128/transport:tcp/server:1/placement:0,2-3"
	              "/window:16/hold_awake:1",
	              "io/inflight:3/wait_ns:1500/request:8/reply:128"
	              "/transport:tcp/server:1/placement:0,2-3/window:16"
	              "/hold_awake:1");
	/* What a family does not have is not in its name. */
	r.workload = sy_workload_find("cpu");
	r.grain_ns = 1;
	assert_called(&r,
	              "cpu/coroutine.ucontext/inflight:3/grain_ns:1"
	              "/placement:0,2-3/window:16/hold_awake:1",
	              "cpu/inflight:3/grain_ns:1/placement:0,2-3/window:16"
	              "/hold_awake:1");
	ask_for(&r, "switch", "coroutine.assembly");
	r.inflight = 3;
	r.window = 16;
	r.hold_awake = true;
	assert_called(&r,
	              "switch/coroutine.assembly/placement:one-pu/hold_awake:1",
	              "switch/placement:one-pu/hold_awake:1");
}

static void test_a_group_is_the_name_without_its_model(void **state)
{
	char row[64], rebuilt[SY_NAME_BYTES * 2];
	const char *mechanism;

	(void)state;
	for (size_t w = 0; sy_workloads[w]; w++)
		for (size_t m = 0; sy_models[m]; m++) {
			struct sy_point point;
			size_t family = strlen(sy_workloads[w]->name);

			make_point(&point, sy_workloads[w]->name,
			           sy_models[m]->name);
			mechanism = sy_request_mechanism(&point.request);
			sy_point_row(&point, row, sizeof(row));
			snprintf(rebuilt, sizeof(rebuilt), "%s%s%s",
			         sy_models[m]->name, mechanism ? "." : "",
			         mechanism ? mechanism : "");
			assert_string_equal(row, rebuilt);
			assert_string_equal(sy_point_family(&point),
			                    sy_workloads[w]->name);
			snprintf(rebuilt, sizeof(rebuilt), "%.*s/%s%s%s%s",
			         (int)family, point.group, sy_models[m]->name,
			         mechanism ? "/mechanism:" : "",
			         mechanism ? mechanism : "",
			         point.group + family);
			assert_string_equal(rebuilt, point.name);
		}
}

static void test_a_name_that_is_too_long_is_refused(void **state)
{
	struct sy_point point = { 0 };
	struct sy_request *r = &point.request;
	struct sy_model model;
	char name[SY_NAME_BYTES];

	(void)state;
	ask_for(r, "io", "coroutine.ucontext");
	model = *r->model;
	model.name = long_name(name);
	r->model = &model;
	assert_int_equal(sy_point_name(&point), -ENAMETOOLONG);
	name[sizeof(name) - 100] = '\0';
	assert_int_equal(sy_point_name(&point), 0);
}

/* Stamps. */

static void test_latencies_are_stamped_where_that_is_cheap(void **state)
{
	struct sy_point point;

	(void)state;
	make_point(&point, "cpu", "serial");
	point.request.grain_ns = 5000;
	assert_true(sy_point_stamped(&point));
	point.request.grain_ns = 4999;
	assert_false(sy_point_stamped(&point));
	point.request.grain_ns = 0;
	assert_false(sy_point_stamped(&point));
	/* Their grain is not of interest: they wait. */
	make_point(&point, "wait", "serial");
	point.request.grain_ns = 0;
	assert_true(sy_point_stamped(&point));
	make_point(&point, "io", "serial");
	point.request.grain_ns = 0;
	assert_true(sy_point_stamped(&point));
	make_point(&point, "switch", "threads.condition");
	assert_false(sy_point_stamped(&point));
}

/* Needs. */

static void test_needs_are_the_model_s_and_more(void **state)
{
	struct sy_point point;
	struct sy_needs cpu, io, one;

	(void)state;
	make_point(&point, "cpu", "threads");
	point.request.inflight = 8;
	sy_point_needs(&point, &cpu);
	assert_int_equal(cpu.contexts, 8);
	assert_int_equal(cpu.threads, 8);
	assert_int_equal(cpu.processes, 1); /* the worker */
	assert_in_range(cpu.mappings, 17, 1000);
	assert_in_range(cpu.descriptors, 4, 100);
	/* A server, and both ends of the connections. */
	point.request.workload = sy_workload_find("io");
	sy_point_needs(&point, &io);
	assert_int_equal(io.processes, 2);
	assert_int_equal(io.descriptors, cpu.descriptors + 16);
	make_point(&point, "switch", "fork.semaphore");
	sy_point_needs(&point, &one);
	assert_int_equal(one.contexts, 2);
	assert_int_equal(one.processes, 2);
	make_point(&point, "cpu", "fork");
	point.request.inflight = 5;
	sy_point_needs(&point, &one);
	assert_int_equal(one.processes, 6);
}

/* What sy_point_fits says of the limits as they are now. */
static int fits_now(const struct sy_point *point, struct sy_reason *reason)
{
	struct sy_limits limits;

	sy_limits_read(&limits);
	return sy_point_fits(point, &limits, reason);
}

/* In a child that may lower its own limits: what sy_point_fits says. */
static int fits(const struct sy_point *point, int limit, rlim_t value,
                struct sy_reason *reason)
{
	struct {
		struct sy_reason reason;
		int error;
	} *told = share(sizeof(*told));
	struct rlimit lowered = { value, value };
	pid_t child = fork();
	int error, status;

	if (!child) {
		told->error =
			limit >= 0 && setrlimit((__rlimit_resource_t)limit,
		                                &lowered)
				? -errno
				: fits_now(point, &told->reason);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	*reason = told->reason;
	error = told->error;
	munmap(told, sizeof(*told));
	return error;
}

static void test_a_limit_is_told_before_it_is_hit(void **state)
{
	struct sy_reason reason = { "" };
	struct sy_point point;

	(void)state;
	make_point(&point, "io", "eventloop");
	assert_int_equal(fits(&point, -1, 0, &reason), 0);
	assert_int_equal(fits(&point, RLIMIT_NOFILE, 100, &reason), -EMFILE);
	assert_says(reason.text, "file descriptors, the limit is 100");
	assert_says(reason.text, "ulimit");
	assert_int_equal(fits(&point, RLIMIT_NOFILE, 1000, &reason), 0);

	make_point(&point, "cpu", "threads");
	point.request.inflight = 100000000;
	assert_int_equal(fits(&point, -1, 0, &reason), -EAGAIN);
	assert_says(reason.text, "needs 100000001 threads and processes");
	assert_says(reason.text, "can still be made here (");
}

/* Threads run out first on most machines, so a model is made that does not. */
static void many_mappings(const struct sy_batch *batch, struct sy_needs *needs)
{
	*needs =
		(struct sy_needs){ .contexts = 1, .mappings = batch->inflight };
}

static void test_memory_maps_are_a_limit(void **state)
{
	struct sy_model model = *sy_models[0];
	struct sy_reason reason = { "" };
	struct sy_limits limits;
	struct sy_point point;

	(void)state;
	sy_limits_read(&limits);
	if (limits.mappings > UINT32_MAX)
		skip(); /* the kernel does not say */
	model.needs = many_mappings;
	make_point(&point, "cpu", "serial");
	point.request.model = &model;
	point.request.inflight = (uint32_t)limits.mappings - 250;
	assert_int_equal(fits_now(&point, &reason), 0);
	point.request.inflight += 300;
	assert_int_equal(fits_now(&point, &reason), -ENOMEM);
	assert_says(reason.text, "vm.max_map_count");
}

/* Where it runs. */

static void test_points_find_their_pus(void **state)
{
	struct sy_reason reason;
	struct sy_point point;
	int pus[1];

	(void)state;
	make_point(&point, "io", "threads");
	assert_int_equal(resolve_here(&point, &reason), 0);
	assert_int_equal(point.where.count, 1);
	assert_true(point.where.bound);
	assert_int_equal(point.load.server_pu, point.where.pus[0]);
	/* Again, with what it held given back. */
	snprintf(point.request.placement, sizeof(point.request.placement),
	         "none");
	assert_int_equal(resolve_here(&point, &reason), 0);
	assert_false(point.where.bound);
	assert_int_equal(point.load.server_pu, -1);
	allowed_pus(pus, 1);
	point.request.server_pu = pus[0];
	assert_int_equal(resolve_here(&point, &reason), 0);
	assert_int_equal(point.load.server_pu, pus[0]);
	sy_point_release(&point);
	assert_null(point.where.pus);
	assert_int_equal(point.where.count, 0);
	sy_point_release(&point);
}

static const char *never(void)
{
	return "not on a Tuesday";
}

static int resolve_at(struct sy_point *point, const char *placement,
                      struct sy_reason *reason)
{
	snprintf(point->request.placement, sizeof(point->request.placement),
	         "%s", placement);
	return resolve_here(point, reason);
}

static void test_what_is_not_here_has_a_reason(void **state)
{
	struct sy_model model = *sy_models[0];
	struct sy_reason reason = { "" };
	struct sy_point point;

	(void)state;
	make_point(&point, "io", "serial");
	assert_int_equal(resolve_at(&point, "2047", &reason), -ENODEV);
	assert_says(reason.text, "2047");
	assert_int_equal(resolve_at(&point, "nowhere", &reason), -EINVAL);
	assert_says(reason.text, "nowhere");
	point.request.server_pu = 2047;
	assert_int_equal(resolve_at(&point, "one-pu", &reason), -ENODEV);
	assert_says(reason.text, "the server's PU: ");
	assert_says(reason.text, "2047");
	sy_point_release(&point);

	make_point(&point, "cpu", "serial");
	model.absent = never;
	point.request.model = &model;
	assert_int_equal(resolve_at(&point, "one-pu", &reason), -ENODEV);
	assert_string_equal(reason.text, "not on a Tuesday");
	model.absent = NULL; /* need not be there */
	assert_int_equal(resolve_at(&point, "one-pu", &reason), 0);
	sy_point_release(&point);
}

static void test_no_spinner_between_two_contexts(void **state)
{
	struct sy_reason reason = { "" };
	struct sy_point point;
	int pus[2];

	(void)state;
	make_point(&point, "switch", "threads.condition");
	point.request.hold_awake = true;
	assert_int_equal(resolve_at(&point, "one-pu", &reason), -ENODEV);
	assert_says(reason.text, "spinner");
	if (allowed_pus(pus, 2) == 2)
		assert_int_equal(resolve_at(&point, "spread", &reason), 0);
	sy_point_release(&point);
	make_point(&point, "cpu", "threads");
	point.request.hold_awake = true;
	assert_int_equal(resolve_at(&point, "one-pu", &reason), 0);
	sy_point_release(&point);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_tell_what_a_reader_looks_for),
		cmocka_unit_test(test_names_tell_what_is_not_the_default),
		cmocka_unit_test(test_a_group_is_the_name_without_its_model),
		cmocka_unit_test(test_a_name_that_is_too_long_is_refused),
		cmocka_unit_test(
			test_latencies_are_stamped_where_that_is_cheap),
		cmocka_unit_test(test_needs_are_the_model_s_and_more),
		cmocka_unit_test(test_a_limit_is_told_before_it_is_hit),
		cmocka_unit_test(test_memory_maps_are_a_limit),
		cmocka_unit_test(test_points_find_their_pus),
		cmocka_unit_test(test_what_is_not_here_has_a_reason),
		cmocka_unit_test(test_no_spinner_between_two_contexts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
