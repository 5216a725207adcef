/* SPDX-License-Identifier: MIT */
/*
 * test_nginx.c - the web server of our own: it serves what it must, leaves
 * nothing anywhere, and says why it is not there.
 */
#include "http_fixture.h"

#include <sys/stat.h>

#include "workloads/nginx.h"

static const struct sy_nginx_spec small = {
	.body_bytes = 100, .bodies = 16, .connections = 10, .pu = -1
};

static char reason[SY_BROKEN_BYTES];

static struct sy_nginx start(const struct sy_nginx_spec *spec)
{
	struct sy_nginx nginx;
	int rc = sy_nginx_start(&nginx, spec, reason);

	if (rc)
		print_error("%s\n", reason);
	assert_int_equal(rc, 0);
	return nginx;
}

/* What it answers to a GET of `target`. */
static int get(const struct sy_nginx *nginx, const char *target,
               struct sy_response *response)
{
	struct sy_fetch_job job = {
		.address_bytes = sizeof(nginx->address),
		.timeout_ns = 20000 * MS,
		.body_bytes = SY_FETCH_BODY_MAX,
		.buffer_bytes = 4096,
		.bodies = 1,
	};

	memcpy(&job.address, &nginx->address, sizeof(nginx->address));
	assert_int_equal(sy_fetch_requests(&job, "localhost", target), 0);
	return sy_fetch_alone(&job, 0, response);
}

static void check_bodies(uint64_t bytes)
{
	struct sy_nginx_spec spec = small;
	struct sy_response response;
	struct sy_nginx nginx;

	spec.body_bytes = bytes;
	nginx = start(&spec);
	for (unsigned i = 0; i < spec.bodies; i++) {
		char target[16];

		snprintf(target, sizeof(target), "/%x", i);
		assert_int_equal(get(&nginx, target, &response), 0);
		assert_int_equal(response.body_bytes, bytes);
		assert_true(sy_message_end(&response.sum) ==
		            sy_message_expected(bytes, sy_message_reply(i), 0));
	}
	sy_nginx_stop(&nginx);
}

static void test_serves_its_bodies(void **state)
{
	(void)state;
	check_bodies(0);
	check_bodies(1);
	check_bodies(4096);
	check_bodies(3000001);
}

/* Nothing else: neither files of this machine nor its own descriptors. */
static void test_serves_nothing_else(void **state)
{
	static const char *const targets[] = {
		"/",     "/g",           "/00",
		"/0/",   "/etc/passwd",  "/0/../../../etc/passwd",
		"/0/..", "//etc/passwd", "/proc/self/fd/0"
	};
	struct sy_nginx nginx = start(&small);
	struct sy_response response;

	(void)state;
	for (size_t i = 0; i < sizeof(targets) / sizeof(*targets); i++)
		assert_int_equal(get(&nginx, targets[i], &response),
		                 -EREMOTEIO);
	assert_int_equal(get(&nginx, "/0", &response), 0);
	sy_nginx_stop(&nginx);
}

static void test_leaves_nothing(void **state)
{
	struct holdings before = look();
	struct sy_nginx nginx = start(&small);

	(void)state;
	assert_int_equal(look().children, before.children + 1);
	assert_int_equal(look().descriptors, before.descriptors);
	sy_nginx_stop(&nginx);
	assert_nothing_left(before);
}

static void test_many_have_ports_of_their_own(void **state)
{
	struct sy_nginx nginx[8];
	struct sy_response response;

	(void)state;
	for (unsigned i = 0; i < 8; i++)
		nginx[i] = start(&small);
	for (unsigned i = 0; i < 8; i++) {
		for (unsigned j = 0; j < i; j++)
			assert_int_not_equal(nginx[i].address.sin_port,
			                     nginx[j].address.sin_port);
		assert_int_equal(get(&nginx[i], "/f", &response), 0);
	}
	for (unsigned i = 0; i < 8; i++)
		sy_nginx_stop(&nginx[i]);
}

static void test_runs_on_its_pu(void **state)
{
	int pus[2];
	uint32_t count = allowed_pus(pus, 2);
	struct sy_nginx_spec spec = small;
	struct sy_nginx nginx;
	cpu_set_t set;

	(void)state;
	spec.pu = pus[count - 1];
	nginx = start(&spec);
	assert_int_equal(sched_getaffinity(nginx.pid, sizeof(set), &set), 0);
	assert_int_equal(CPU_COUNT(&set), 1);
	assert_true(CPU_ISSET((unsigned)spec.pu, &set));
	sy_nginx_stop(&nginx);
}

/* Its port is nobody's when it is gone; who reaps it is not known. */
static void test_dies_with_who_started_it(void **state)
{
	struct sy_nginx *nginx = share(sizeof(*nginx));
	struct sy_response response;
	pid_t starter;
	int rc = 0;

	(void)state;
	fflush(NULL);
	starter = fork();
	if (!starter) {
		*nginx = start(&small);
		kill(getpid(), SIGKILL);
	}
	assert_int_equal(waitpid(starter, NULL, 0), starter);
	assert_true(nginx->pid > 0);
	for (int i = 0; i < 10000 && rc != -ECONNREFUSED; i++) {
		rc = get(nginx, "/0", &response);
		usleep(1000);
	}
	if (rc != -ECONNREFUSED)
		kill(nginx->pid, SIGKILL);
	assert_int_equal(rc, -ECONNREFUSED);
	munmap(nginx, sizeof(*nginx));
}

/* ---- No nginx, or none that works. ---- */

static void fails(const char *program, int error, const char *words)
{
	struct holdings before = look();
	struct sy_nginx nginx = { .pid = 7 };

	setenv(SY_NGINX_VARIABLE, program, 1);
	assert_int_equal(sy_nginx_start(&nginx, &small, reason), error);
	unsetenv(SY_NGINX_VARIABLE);
	if (!strstr(reason, words))
		print_error("'%s'\n", reason);
	assert_non_null(strstr(reason, words));
	assert_null(strchr(reason, '\n'));
	assert_int_equal(nginx.pid, 7);
	assert_nothing_left(before);
}

static void write_program(char path[32], const char *text)
{
	int fd;

	strcpy(path, "/tmp/sy-test-nginx-XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(fchmod(fd, 0700), 0);
	close(fd);
}

static void test_says_why_it_did_not_start(void **state)
{
	char path[32];

	(void)state;
	fails("/nowhere/nginx", -ENOENT, SY_NGINX_VARIABLE);
	fails("nginx", -ENOENT, SY_NGINX_VARIABLE);
	fails("/bin/true", -ECHILD, "it said nothing");
	write_program(path, "#!/bin/sh\necho first >&2\n"
	                    "echo '1 [emerg] 2#2: no luck today' >&2\n"
	                    "exit 1\n");
	fails(path, -ECHILD, "nginx did not start: 2#2: no luck today");
	unlink(path);
	write_program(path, "no program\x01\n");
	fails(path, -ECHILD, "Exec format error");
	unlink(path);
}

static void test_absence_has_a_reason(void **state)
{
	const struct sy_workload *fetch = sy_workload_find("fetch");
	struct sy_load ours = fetch_load(NULL), theirs = fetch_load(NULL);

	(void)state;
	strcpy(theirs.url, "http://127.0.0.1/");
	assert_null(fetch->absent(&ours));
	assert_null(fetch->absent(&theirs));
	setenv(SY_NGINX_VARIABLE, "/nowhere/nginx", 1);
	assert_non_null(fetch->absent(&ours));
	assert_null(fetch->absent(&theirs));
	unsetenv(SY_NGINX_VARIABLE);
}

/* A folder of PATH comes first, and the usual ones are looked into anyway. */
static void test_is_found(void **state)
{
	char *path = strdup(getenv("PATH"));

	(void)state;
	assert_non_null(path);
	setenv("PATH", "/nowhere", 1);
	assert_null(sy_nginx_absent());
	setenv("PATH", path, 1);
	free(path);
}

/* ---- As a workload, under every model. ---- */

static void check_load(const struct sy_model *model, struct sy_load load,
                       uint32_t lanes, uint64_t count)
{
	struct holdings before = look();
	struct fetching f;
	struct sy_tally tally;

	assert_int_equal(fetching_open(&f, model, load, lanes), 0);
	assert_true(f.workload->server(f.state) > 0);
	for (unsigned run = 0; run < 2; run++) {
		tally = fetching_run(&f, count);
		assert_fetched(&f, &tally, count);
	}
	fetching_close(&f);
	assert_nothing_left(before);
}

static void check_loads(const struct sy_model *model)
{
	static const uint32_t sizes[] = { 1, 4096, 65536, 300000, 5000000 };
	struct sy_load load = fetch_load(NULL);

	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		load.body_bytes = sizes[i];
		check_load(model, load, 8, sizes[i] > 1000000 ? 4 : 20);
	}
	load = fetch_load(NULL);
	check_load(model, load, 100, 120);
	load.fresh = true;
	check_load(model, load, 8, 20);
}

static void test_every_model_fetches_the_same(void **state)
{
	(void)state;
	for_each_model(check_loads);
}

static void check_killed(const struct sy_model *model)
{
	struct holdings before = look();
	struct fetching f;
	struct sy_tally tally;

	assert_int_equal(fetching_open(&f, model, fetch_load(NULL), 4), 0);
	tally = fetching_run(&f, 20);
	assert_fetched(&f, &tally, 20);
	kill(f.workload->server(f.state), SIGKILL);
	tally = fetching_run(&f, 20);
	assert_true(tally.error == -ECONNREFUSED ||
	            tally.error == -ECONNRESET || tally.error == -EPIPE);
	fetching_close(&f);
	assert_nothing_left(before);
}

static void test_a_killed_nginx_fails_the_tasks(void **state)
{
	(void)state;
	for_each_model(check_killed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_serves_its_bodies),
		cmocka_unit_test(test_serves_nothing_else),
		cmocka_unit_test(test_leaves_nothing),
		cmocka_unit_test(test_many_have_ports_of_their_own),
		cmocka_unit_test(test_runs_on_its_pu),
		cmocka_unit_test(test_dies_with_who_started_it),
		cmocka_unit_test(test_says_why_it_did_not_start),
		cmocka_unit_test(test_absence_has_a_reason),
		cmocka_unit_test(test_is_found),
		cmocka_unit_test(test_every_model_fetches_the_same),
		cmocka_unit_test(test_a_killed_nginx_fails_the_tasks),
	};

	if (sy_nginx_absent()) {
		printf("skipped: %s\n", sy_nginx_absent());
		return 77;
	}
	return cmocka_run_group_tests(tests, http_warm_up, NULL);
}
