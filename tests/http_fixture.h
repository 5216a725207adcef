/* SPDX-License-Identifier: MIT */
/*
 * http_fixture.h - servers that answer as a test wants, and fetches from them
 * under any model.
 *
 * A server is a process, with a thread a connection, on a loopback port; it
 * dies with the test.
 */
#ifndef SY_HTTP_FIXTURE_H
#define SY_HTTP_FIXTURE_H

#include "models_fixture.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>

#include "workloads/fetch.h"

#define BODY 4096u

/* Answers a request, the first of all is 0; false: closes the connection. */
typedef bool answer_fn(int fd, uint32_t request);

struct http_shared {
	uint32_t requests, connections;
};

struct http_server {
	answer_fn *answer;
	struct http_shared *shared;
	int listener;
	pid_t pid;
	uint16_t port;
	bool ipv6;
};

static inline void http_say(int fd, const void *bytes, size_t count)
{
	const char *at = bytes;

	while (count) {
		ssize_t n = send(fd, at, count, MSG_NOSIGNAL);

		if (n <= 0)
			return;
		at += n;
		count -= (size_t)n;
	}
}

static inline void http_text(int fd, const char *text)
{
	http_say(fd, text, strlen(text));
}

static inline const char *http_body(void)
{
	static char body[BODY + 1];

	for (unsigned i = 0; i < BODY; i++)
		body[i] = (char)('a' + i * i % 23);
	return body;
}

/* What every server answers to whoever wants to know its body. */
static inline bool answer_well(int fd, uint32_t request)
{
	char head[128];

	(void)request;
	snprintf(head, sizeof(head),
	         "HTTP/1.1 200 OK\r\nContent-Length: %u\r\n\r\n", BODY);
	http_text(fd, head);
	http_say(fd, http_body(), BODY);
	return true;
}

/* One whole request; false: no more come. */
static inline bool http_hear(int fd)
{
	char text[1024];
	size_t got = 0;

	while (got < sizeof(text)) {
		ssize_t n = recv(fd, text + got, sizeof(text) - got, 0);

		if (n <= 0)
			return false;
		got += (size_t)n;
		if (got >= 4 && !memcmp(text + got - 4, "\r\n\r\n", 4))
			return true;
	}
	return false;
}

struct http_connection {
	const struct http_server *server;
	int fd;
};

static inline void *http_serve(void *data)
{
	struct http_connection *c = data;
	struct http_shared *shared = c->server->shared;
	const int on = 1;

	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	__atomic_add_fetch(&shared->connections, 1, __ATOMIC_SEQ_CST);
	while (http_hear(c->fd) &&
	       c->server->answer(c->fd, __atomic_fetch_add(&shared->requests, 1,
	                                                   __ATOMIC_SEQ_CST)))
		;
	close(c->fd);
	free(c);
	return NULL;
}

static inline _Noreturn void http_live(const struct http_server *server)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		struct http_connection *c = malloc(sizeof(*c));
		pthread_t thread;

		if (!c)
			_exit(1);
		c->server = server;
		c->fd = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC);
		if (c->fd < 0 || pthread_create(&thread, NULL, http_serve, c))
			_exit(1);
		pthread_detach(thread);
	}
}

/* False: this machine has no IPv6. */
static inline bool http_listen(struct http_server *server, int backlog)
{
	struct sockaddr_in6 six = { .sin6_family = AF_INET6,
		                    .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	struct sockaddr_in four = { .sin_family = AF_INET,
		                    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr *address = server->ipv6 ? (void *)&six : (void *)&four;
	socklen_t bytes = server->ipv6 ? sizeof(six) : sizeof(four);
	int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, address, bytes)) {
		assert_true(server->ipv6);
		if (fd >= 0)
			close(fd);
		return false;
	}
	assert_int_equal(listen(fd, backlog), 0);
	assert_int_equal(getsockname(fd, address, &bytes), 0);
	server->port = ntohs(server->ipv6 ? six.sin6_port : four.sin_port);
	server->listener = fd;
	return true;
}

static inline bool http_start(struct http_server *server, answer_fn *answer,
                              bool ipv6)
{
	*server = (struct http_server){ .answer = answer, .ipv6 = ipv6 };
	if (!http_listen(server, 1000))
		return false;
	server->shared = share(sizeof(*server->shared));
	fflush(NULL);
	server->pid = fork();
	assert_true(server->pid >= 0);
	if (!server->pid)
		http_live(server);
	close(server->listener);
	return true;
}

static inline void http_kill(struct http_server *server)
{
	kill(server->pid, SIGKILL);
	assert_int_equal(waitpid(server->pid, NULL, 0), server->pid);
	server->pid = 0;
}

static inline void http_stop(struct http_server *server)
{
	if (server->pid)
		http_kill(server);
	munmap(server->shared, sizeof(*server->shared));
}

static inline struct sy_load fetch_load(const struct http_server *server)
{
	struct sy_load load = { .body_bytes = BODY,
		                .timeout_ns = 20000 * MS,
		                .server_pu = -1 };

	if (server)
		snprintf(load.url, sizeof(load.url), "http://%s:%u/x",
		         server->ipv6 ? "[::1]" : "127.0.0.1", server->port);
	return load;
}

static inline struct sy_op http_nothing(struct sy_task *task)
{
	(void)task;
	return (struct sy_op){ .kind = SY_DONE };
}

/* What libraries open once and keep is open before anybody counts. */
static inline int http_warm_up(void **state)
{
	(void)state;
	for (size_t i = 0; sy_models[i]; i++) {
		struct sy_batch *batch;
		struct sy_tally tally;

		if (sy_models[i]->absent())
			continue;
		batch = create_batch(sy_models[i], 1, http_nothing, 0, 0);
		run_once(sy_models[i], batch, 1, &tally);
		sy_batch_destroy(batch);
	}
	return 0;
}

/* A fetch that is open under a model. */
struct fetching {
	const struct sy_model *model;
	const struct sy_workload *workload;
	struct sy_load load;
	struct sy_batch *batch;
	void *state, *run;
};

static inline int fetching_open(struct fetching *f,
                                const struct sy_model *model,
                                struct sy_load load, uint32_t lanes)
{
	int pus[2], rc;
	struct sy_batch_spec spec = { .model = model,
		                      .inflight = lanes,
		                      .window = 64,
		                      .pus = pus,
		                      .pu_count = allowed_pus(pus, 2) };

	f->model = model;
	f->workload = sy_workload_find("fetch");
	f->load = load;
	spec.scratch_bytes = f->workload->scratch_bytes(&load);
	assert_int_equal(sy_batch_create(&f->batch, &spec), 0);
	rc = f->workload->open(&f->state, &load, f->batch);
	if (rc)
		sy_batch_destroy(f->batch);
	else
		assert_int_equal(model->open(&f->run, f->batch), 0);
	return rc;
}

static inline struct sy_tally fetching_run(struct fetching *f, uint64_t count)
{
	uint64_t found[SY_FINDINGS_MAX];
	char reason[SY_BROKEN_BYTES];
	struct sy_tally tally;

	f->batch->task_count = count;
	sy_batch_reset(f->batch);
	assert_int_equal(f->model->run(f->run), 0);
	sy_batch_tally(f->batch, &tally);
	assert_int_equal(tally.done, count);
	assert_int_equal(f->workload->settle(f->state, f->batch, found, reason),
	                 0);
	return tally;
}

static inline void fetching_close(struct fetching *f)
{
	f->model->close(f->run);
	for (uint32_t i = 0; i < f->batch->inflight; i++)
		assert_int_equal(f->batch->lanes[i].fd, -1);
	f->workload->close(f->state, f->batch);
	sy_batch_destroy(f->batch);
}

/* All of them ended with what they must. */
static inline void assert_fetched(const struct fetching *f,
                                  const struct sy_tally *tally, uint64_t count)
{
	uint64_t values[SY_VALUE_PERIOD];
	struct sy_tally expected;

	sy_workload_values(f->workload, &f->load, values);
	sy_workload_expect(values, count, &expected);
	assert_int_equal(tally->error, 0);
	assert_true(tally->sum == expected.sum);
	assert_true(tally->proof == expected.proof);
}

#endif /* SY_HTTP_FIXTURE_H */
