/* SPDX-License-Identifier: MIT */
/*
 * test_fetch_faults.c - a server that does what it should not is an error of
 * the request, which one can tell, within its time and in bounded memory,
 * under every model; and what a server may do is none.
 */
#include "http_fixture.h"

#define LANES 4
#define TASKS 12
#define SHORT_NS (250 * MS)
#define OK "HTTP/1.1 200 OK\r\n"
#define CHUNKED OK "Transfer-Encoding: chunked\r\n\r\n"

/* What is fetched when the workload is opened is answered well. */
#define FIRST_WELL(fd, request)                                                \
	if (!(request))                                                        \
	return answer_well(fd, request)

/* ---- Servers that may do what they do. ---- */

static bool closes_kept(int fd, uint32_t request)
{
	answer_well(fd, request);
	return false;
}

static bool says_close(int fd, uint32_t request)
{
	char head[128];

	(void)request;
	snprintf(head, sizeof(head),
	         OK "Connection: close\r\nContent-Length: %u\r\n\r\n", BODY);
	http_text(fd, head);
	http_say(fd, http_body(), BODY);
	return false;
}

static bool ends_body_by_closing(int fd, uint32_t request)
{
	(void)request;
	http_text(fd, "HTTP/1.0 200 OK\r\n\r\n");
	http_say(fd, http_body(), BODY);
	return false;
}

/* The same body each time, in chunks and in pieces that differ. */
static bool in_chunks(int fd, uint32_t request)
{
	uint32_t size = 1 + request * 97 % 1500, at = 0;
	char line[32];

	http_text(fd, "HTTP/1.1 103 Early Hints\r\n\r\n" CHUNKED);
	while (at < BODY) {
		uint32_t part = size < BODY - at ? size : BODY - at;

		snprintf(line, sizeof(line), "%x\r\n", part);
		http_text(fd, line);
		http_say(fd, http_body() + at, part);
		http_text(fd, "\r\n");
		at += part;
	}
	http_text(fd, "0\r\n\r\n");
	return true;
}

static answer_fn *const may[] = { answer_well, closes_kept, says_close,
	                          ends_body_by_closing, in_chunks };

static void check_may(const struct sy_model *model)
{
	for (size_t i = 0; i < sizeof(may) / sizeof(*may); i++) {
		struct holdings before = look();
		struct http_server server;
		struct fetching f;
		struct sy_tally tally;

		http_start(&server, may[i], false);
		assert_int_equal(
			fetching_open(&f, model, fetch_load(&server), LANES),
			0);
		for (unsigned run = 0; run < 2; run++) {
			tally = fetching_run(&f, 5 * TASKS);
			assert_fetched(&f, &tally, 5 * TASKS);
		}
		fetching_close(&f);
		http_stop(&server);
		assert_nothing_left(before);
	}
}

static void test_what_a_server_may_do(void **state)
{
	(void)state;
	for_each_model(check_may);
}

/* How many connections so many requests make. */
static uint32_t connections(const struct sy_model *model, bool fresh,
                            uint32_t tasks)
{
	struct http_server server;
	struct fetching f;
	struct sy_load load;
	struct sy_tally tally;
	uint32_t made;

	http_start(&server, answer_well, false);
	load = fetch_load(&server);
	load.fresh = fresh;
	assert_int_equal(fetching_open(&f, model, load, LANES), 0);
	tally = fetching_run(&f, tasks);
	assert_fetched(&f, &tally, tasks);
	fetching_close(&f);
	assert_int_equal(server.shared->requests, tasks + 1);
	made = server.shared->connections - 1;
	http_stop(&server);
	return made;
}

static void check_connections(const struct sy_model *model)
{
	assert_int_equal(connections(model, true, TASKS), TASKS);
	/* A process that ends with its task keeps none. */
	if (strcmp(model->name, "fork"))
		assert_in_range(connections(model, false, 100), 1, LANES);
	else
		assert_int_equal(connections(model, false, TASKS), TASKS);
}

static void test_connections_are_kept_or_fresh(void **state)
{
	(void)state;
	for_each_model(check_connections);
}

/* ---- And others. ---- */

static bool in_the_middle(int fd, uint32_t request)
{
	FIRST_WELL(fd, request);
	http_text(fd, OK "Content-Length: 4096\r\n\r\nhello");
	return false;
}

static bool at_once(int fd, uint32_t request)
{
	FIRST_WELL(fd, request);
	return false;
}

/* What is kept is opened once more, but not again and again. */
static bool from_now_on(int fd, uint32_t request)
{
	return request <= TASKS / 2 && answer_well(fd, request);
}

static bool in_the_head(int fd, uint32_t request)
{
	FIRST_WELL(fd, request);
	http_text(fd, OK "Content-Le");
	return false;
}

static bool in_chunked(int fd, uint32_t request)
{
	FIRST_WELL(fd, request);
	http_text(fd, CHUNKED "5\r\nhello\r\n");
	return false;
}

static void reset(int fd)
{
	const struct linger none = { .l_onoff = 1 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof(none));
}

static bool resets(int fd, uint32_t request)
{
	FIRST_WELL(fd, request);
	http_text(fd, OK "Content-Length: 4096\r\n\r\nhello");
	/* What was sent is to be read before. */
	usleep(20000);
	reset(fd);
	return false;
}

static bool garbage(int fd, uint32_t request)
{
	FIRST_WELL(fd, request);
	http_text(fd, "\x16\x03\x01 nobody speaks HTTP here\r\n\r\n");
	return true;
}

static bool bad_chunk(int fd, uint32_t request)
{
	FIRST_WELL(fd, request);
	http_text(fd, CHUNKED "5\r\nhello\r\nno size\r\n");
	return true;
}

static bool long_chunk(int fd, uint32_t request)
{
	FIRST_WELL(fd, request);
	http_text(fd, CHUNKED "5\r\nhello!!!!!\r\n");
	return true;
}

static bool junk_after(int fd, uint32_t request)
{
	char *answer;

	FIRST_WELL(fd, request);
	assert_true(asprintf(&answer, "%s%s%s",
	                     OK "Content-Length: 4096\r\n\r\n", http_body(),
	                     "and more") > 0);
	http_text(fd, answer);
	free(answer);
	return true;
}

static bool ten_gib(int fd, uint32_t request)
{
	FIRST_WELL(fd, request);
	http_text(fd, OK "Content-Length: 10737418240\r\n\r\nhello");
	return true;
}

static bool ten_gib_chunk(int fd, uint32_t request)
{
	FIRST_WELL(fd, request);
	http_text(fd, CHUNKED "280000000\r\nhello");
	return true;
}

/* Until the other end has enough of it. */
static bool for_ever(int fd, const char *again)
{
	char text[16384];
	size_t length = strlen(again);

	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = again[i % length];
	while (send(fd, text, sizeof(text) / length * length, MSG_NOSIGNAL) > 0)
		;
	return false;
}

static bool endless_chunks(int fd, uint32_t request)
{
	FIRST_WELL(fd, request);
	http_text(fd, CHUNKED);
	return for_ever(fd, "10\r\n0123456789abcdef\r\n");
}

static bool endless_body(int fd, uint32_t request)
{
	FIRST_WELL(fd, request);
	http_text(fd, OK "\r\n");
	return for_ever(fd, "more and ");
}

static bool endless_head(int fd, uint32_t request)
{
	FIRST_WELL(fd, request);
	http_text(fd, OK);
	return for_ever(fd, "X-Header: value\r\n");
}

static bool not_found(int fd, uint32_t request)
{
	FIRST_WELL(fd, request);
	http_text(fd, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
	return true;
}

static bool one_wrong_byte(int fd, uint32_t request)
{
	FIRST_WELL(fd, request);
	http_text(fd, OK "Content-Length: 4096\r\n\r\n");
	http_say(fd, http_body(), BODY - 1);
	http_text(fd, "!");
	return true;
}

static bool one_byte_less(int fd, uint32_t request)
{
	FIRST_WELL(fd, request);
	http_text(fd, OK "Content-Length: 4095\r\n\r\n");
	http_say(fd, http_body(), BODY - 1);
	return true;
}

static bool never(int fd, uint32_t request)
{
	char byte;

	FIRST_WELL(fd, request);
	return recv(fd, &byte, 1, 0) > 0;
}

/* Far more often than the time-out, so that no single wait is too long. */
static bool trickles(int fd, uint32_t request)
{
	FIRST_WELL(fd, request);
	http_text(fd, OK "Content-Length: 4096\r\n\r\n");
	for (unsigned i = 0; i < BODY; i++) {
		if (send(fd, http_body() + i, 1, MSG_NOSIGNAL) != 1)
			return false;
		usleep(20000);
	}
	return true;
}

static const struct fault {
	answer_fn *answer;
	int error;
	uint64_t timeout_ns; /* 0: one that is never reached */
} faults[] = {
	{ at_once, -EPIPE, 0 },           { from_now_on, -EPIPE, 0 },
	{ in_the_head, -EPIPE, 0 },       { in_the_middle, -EPIPE, 0 },
	{ in_chunked, -EPIPE, 0 },        { resets, -ECONNRESET, 0 },
	{ garbage, -EPROTO, 0 },          { bad_chunk, -EPROTO, 0 },
	{ long_chunk, -EPROTO, 0 },       { junk_after, -EPROTO, 0 },
	{ ten_gib, -EMSGSIZE, 0 },        { ten_gib_chunk, -EMSGSIZE, 0 },
	{ endless_chunks, -EMSGSIZE, 0 }, { endless_body, -EMSGSIZE, 0 },
	{ endless_head, -EMSGSIZE, 0 },   { not_found, -EREMOTEIO, 0 },
	{ one_wrong_byte, -EILSEQ, 0 },   { one_byte_less, -EILSEQ, 0 },
	{ never, -ETIMEDOUT, SHORT_NS },  { trickles, -ETIMEDOUT, SHORT_NS },
};
#define FAULTS (sizeof(faults) / sizeof(*faults))

static void check_fault(const struct sy_model *model, const struct fault *fault)
{
	struct holdings before = look();
	struct http_server server;
	struct fetching f;
	struct sy_load load;
	struct sy_tally tally;

	http_start(&server, fault->answer, false);
	load = fetch_load(&server);
	assert_int_equal(fetching_open(&f, model, load, LANES), 0);
	/* The first answer may have been late on a machine that is busy. */
	if (fault->timeout_ns)
		((struct sy_fetch_job *)(uintptr_t)f.batch->job)->timeout_ns =
			fault->timeout_ns;
	tally = fetching_run(&f, TASKS);
	if (tally.error != fault->error)
		print_error("fault %zu: %s\n", (size_t)(fault - faults),
		            strerror(-tally.error));
	assert_int_equal(tally.error, fault->error);
	fetching_close(&f);
	http_stop(&server);
	assert_nothing_left(before);
}

static void check_faults(const struct sy_model *model)
{
	for (size_t i = 0; i < FAULTS; i++)
		check_fault(model, &faults[i]);
}

static void test_faults_are_told_apart(void **state)
{
	(void)state;
	for_each_model(check_faults);
}

/* What has failed is given up, and the next run knows nothing of it. */
static bool well_but_once(int fd, uint32_t request)
{
	return request == 1 ? garbage(fd, request) : answer_well(fd, request);
}

static void check_recovery(const struct sy_model *model)
{
	struct http_server server;
	struct fetching f;
	struct sy_tally tally;

	http_start(&server, well_but_once, false);
	assert_int_equal(fetching_open(&f, model, fetch_load(&server), LANES),
	                 0);
	tally = fetching_run(&f, TASKS);
	assert_int_equal(tally.error, -EPROTO);
	tally = fetching_run(&f, TASKS);
	assert_fetched(&f, &tally, TASKS);
	fetching_close(&f);
	http_stop(&server);
}

static void test_the_next_run_is_another(void **state)
{
	(void)state;
	for_each_model(check_recovery);
}

static void check_gone(const struct sy_model *model)
{
	struct http_server server;
	struct fetching f;
	struct sy_tally tally;

	http_start(&server, answer_well, false);
	assert_int_equal(fetching_open(&f, model, fetch_load(&server), LANES),
	                 0);
	tally = fetching_run(&f, TASKS);
	assert_fetched(&f, &tally, TASKS);
	http_kill(&server);
	/* Kept connections break, and no new one is to be had. */
	tally = fetching_run(&f, TASKS);
	assert_int_equal(tally.error, -ECONNREFUSED);
	fetching_close(&f);
	http_stop(&server);
}

static void test_a_server_that_dies(void **state)
{
	(void)state;
	for_each_model(check_gone);
}

/* Nobody accepts, and the queue of those who wait is full. */
static void check_full(const struct sy_model *model)
{
	struct http_server server, deaf = { 0 };
	struct fetching f;
	struct sy_fetch_job *job;
	struct sockaddr_in *address;
	struct sy_tally tally;

	http_listen(&deaf, 0);
	http_start(&server, answer_well, false);
	assert_int_equal(fetching_open(&f, model, fetch_load(&server), LANES),
	                 0);
	job = (struct sy_fetch_job *)(uintptr_t)f.batch->job;
	job->timeout_ns = SHORT_NS;
	address = (struct sockaddr_in *)&job->address;
	address->sin_port = htons(deaf.port);
	tally = fetching_run(&f, TASKS);
	assert_int_equal(tally.error, -ETIMEDOUT);
	fetching_close(&f);
	http_stop(&server);
	close(deaf.listener);
}

static void test_time_runs_while_connecting(void **state)
{
	(void)state;
	for_each_model(check_full);
}

static void check_ipv6(const struct sy_model *model)
{
	struct http_server server;
	struct fetching f;
	struct sy_tally tally;

	if (!http_start(&server, answer_well, true))
		return;
	assert_int_equal(fetching_open(&f, model, fetch_load(&server), LANES),
	                 0);
	tally = fetching_run(&f, TASKS);
	assert_fetched(&f, &tally, TASKS);
	fetching_close(&f);
	http_stop(&server);
}

static void test_ipv6(void **state)
{
	(void)state;
	for_each_model(check_ipv6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_a_server_may_do),
		cmocka_unit_test(test_connections_are_kept_or_fresh),
		cmocka_unit_test(test_faults_are_told_apart),
		cmocka_unit_test(test_the_next_run_is_another),
		cmocka_unit_test(test_a_server_that_dies),
		cmocka_unit_test(test_time_runs_while_connecting),
		cmocka_unit_test(test_ipv6),
	};

	return cmocka_run_group_tests(tests, http_warm_up, NULL);
}
