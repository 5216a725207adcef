/* SPDX-License-Identifier: MIT */
/*
 * test_fetch_open.c - what another's server must be like to be measured, and
 * what is said of one that is not.
 */
#include "http_fixture.h"

/* What opening ends with where the server answers so. */
static int opened(answer_fn *answer, uint64_t timeout_ns)
{
	const struct sy_model *serial = sy_model_find("serial");
	struct holdings before = look();
	struct http_server server;
	struct fetching f;
	struct sy_load load;
	int rc;

	http_start(&server, answer, false);
	load = fetch_load(&server);
	if (timeout_ns)
		load.timeout_ns = timeout_ns;
	rc = fetching_open(&f, serial, load, 1);
	if (!rc)
		fetching_close(&f);
	http_stop(&server);
	assert_nothing_left(before);
	return rc;
}

static bool closes(int fd, uint32_t request)
{
	(void)fd;
	(void)request;
	return false;
}

static bool says_hello(int fd, uint32_t request)
{
	(void)request;
	http_text(fd, "hello\r\n");
	return true;
}

static bool moved(int fd, uint32_t request)
{
	(void)request;
	http_text(fd, "HTTP/1.1 301 Moved\r\nLocation: http://x/\r\n"
	              "Content-Length: 0\r\n\r\n");
	return true;
}

static bool waits(int fd, uint32_t request)
{
	char byte;

	(void)request;
	return recv(fd, &byte, 1, 0) > 0;
}

static bool endless(int fd, uint32_t request)
{
	static const char zeros[65536];

	(void)request;
	http_text(fd, "HTTP/1.1 200 OK\r\n\r\n");
	while (send(fd, zeros, sizeof(zeros), MSG_NOSIGNAL) > 0)
		;
	return false;
}

static bool too_long(int fd, uint32_t request)
{
	(void)request;
	http_text(fd, "HTTP/1.1 200 OK\r\nContent-Length: 67108865\r\n\r\n");
	return true;
}

static void test_the_first_answer_decides(void **state)
{
	(void)state;
	assert_int_equal(opened(answer_well, 0), 0);
	assert_int_equal(opened(closes, 0), -EPIPE);
	assert_int_equal(opened(says_hello, 0), -EPROTO);
	assert_int_equal(opened(moved, 0), -EREMOTEIO);
	assert_int_equal(opened(too_long, 0), -EMSGSIZE);
	assert_int_equal(opened(waits, 50 * MS), -ETIMEDOUT);
}

/* 64 MiB come before it is refused, and none of them is kept. */
static void test_endless_bodies_take_no_memory(void **state)
{
	struct rusage before, after;

	(void)state;
	getrusage(RUSAGE_SELF, &before);
	assert_int_equal(opened(endless, 0), -EMSGSIZE);
	getrusage(RUSAGE_SELF, &after);
	assert_true(after.ru_maxrss - before.ru_maxrss < 16 * 1024);
}

static int opened_at(const char *url)
{
	const struct sy_model *serial = sy_model_find("serial");
	struct holdings before = look();
	struct sy_load load = fetch_load(NULL);
	struct fetching f;
	int rc;

	snprintf(load.url, sizeof(load.url), "%s", url);
	rc = fetching_open(&f, serial, load, 1);
	assert_nothing_left(before);
	return rc;
}

static void test_nobody_listens(void **state)
{
	struct http_server server = { 0 };
	char url[64];

	(void)state;
	http_listen(&server, 1);
	snprintf(url, sizeof(url), "http://127.0.0.1:%u/", server.port);
	close(server.listener);
	assert_int_equal(opened_at(url), -ECONNREFUSED);
}

/* A name that no resolver asks another one about: a part is too long. */
static void test_names_that_do_not_resolve(void **state)
{
	(void)state;
	assert_int_equal(opened_at("http://xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	                           "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx/"),
	                 -ENXIO);
	assert_int_equal(opened_at("https://127.0.0.1/"), -EINVAL);
	assert_int_equal(opened_at("http://127.0.0.1:0/"), -EINVAL);
}

/* Each error that a fetch can have is put into words of its own. */
static void test_errors_have_words(void **state)
{
	static const int errors[] = { EPIPE,     ECONNRESET, ECONNREFUSED,
		                      EREMOTEIO, ETIMEDOUT,  EPROTO,
		                      EILSEQ,    EMSGSIZE,   ENXIO,
		                      ECHILD,    ENOENT,     EADDRNOTAVAIL };
	const struct sy_workload *fetch = sy_workload_find("fetch");
	const size_t count = sizeof(errors) / sizeof(*errors);

	(void)state;
	for (size_t i = 0; i < count; i++) {
		const char *words = fetch->explain(-errors[i]);

		assert_non_null(words);
		assert_null(strchr(words, '\n'));
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(words,
			                        fetch->explain(-errors[j]));
	}
	assert_null(fetch->explain(-ENOMEM));
}

static void test_bad_loads_are_refused(void **state)
{
	struct sy_load load = fetch_load(NULL);
	struct fetching f;

	(void)state;
	load.timeout_ns = 0;
	assert_int_equal(fetching_open(&f, sy_models[0], load, 1), -EINVAL);
	load.timeout_ns = SY_FETCH_TIMEOUT_MAX_NS + 1;
	assert_int_equal(fetching_open(&f, sy_models[0], load, 1), -EINVAL);
	load = fetch_load(NULL);
	load.body_bytes = SY_FETCH_BODY_MAX + 1;
	assert_int_equal(fetching_open(&f, sy_models[0], load, 1), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_first_answer_decides),
		cmocka_unit_test(test_endless_bodies_take_no_memory),
		cmocka_unit_test(test_nobody_listens),
		cmocka_unit_test(test_names_that_do_not_resolve),
		cmocka_unit_test(test_errors_have_words),
		cmocka_unit_test(test_bad_loads_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
