/* SPDX-License-Identifier: MIT */
/*
 * test_coroutine_connect.c - what the coroutine models promise of connections
 * that tasks make, and of peers that do not answer: each test runs with both
 * switches, on one and several schedulers.
 */
#include "coroutine_fixture.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#define MS UINT64_C(1000000)
#define PEERS 64

/* What a peer does with a connection. */
enum manner {
	ECHO,
	SILENT,  /* takes no notice */
	TRICKLE, /* a byte every few milliseconds */
	LATE,    /* answers when told twice */
};

/* False: the connection is over. */
static bool behave(enum manner manner, const struct pollfd *peer)
{
	char bytes[64] = { 0 };
	ssize_t got = 0;

	if (manner == TRICKLE)
		send(peer->fd, bytes, 1, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (!peer->revents || manner == SILENT)
		return true;
	got = recv(peer->fd, bytes, sizeof(bytes), 0);
	if (manner == ECHO && got > 0)
		send(peer->fd, bytes, (size_t)got, MSG_NOSIGNAL);
	/* Messages of 8 bytes, of which two may have come at once. */
	if (manner == LATE && got > 0 && bytes[(got - 1) / 8 * 8] == '2')
		send(peer->fd, "2222222", 8, MSG_NOSIGNAL);
	return got > 0;
}

static void serve_peers(struct pollfd *peers, int count, enum manner manner)
{
	for (int i = 0; i < count; i++)
		if (peers[i].fd >= 0 && !behave(manner, &peers[i])) {
			close(peers[i].fd);
			peers[i].fd = -1;
		}
}

/* Serves `listener`, polls[0], until it is killed. */
static void serve(int listener, enum manner manner)
{
	struct pollfd polls[PEERS + 1];

	for (int i = 0; i <= PEERS; i++)
		polls[i] = (struct pollfd){ .fd = -1, .events = POLLIN };
	polls[0].fd = listener;
	while (poll(polls, manner == SILENT ? 1 : PEERS + 1,
	            manner == TRICKLE ? 3 : -1) >= 0) {
		serve_peers(polls + 1, PEERS, manner);
		for (int i = 1; polls[0].revents && i <= PEERS; i++)
			if (polls[i].fd < 0) {
				polls[i].fd = accept(listener, NULL, NULL);
				polls[i].revents = 0;
				break;
			}
	}
}

/* A port of its own, listened to or only taken. */
static int port_open(struct sockaddr_in *address, int backlog)
{
	socklen_t bytes = sizeof(*address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	*address = (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	assert_true(fd >= 0);
	assert_int_equal(0, bind(fd, (struct sockaddr *)address, bytes));
	if (backlog >= 0)
		assert_int_equal(0, listen(fd, backlog));
	assert_int_equal(0,
	                 getsockname(fd, (struct sockaddr *)address, &bytes));
	return fd;
}

static pid_t server_start(struct sockaddr_in *address, enum manner manner)
{
	int listener = port_open(address, 128);
	pid_t child, parent = getpid();

	fflush(NULL);
	child = fork();
	assert_true(child >= 0);
	if (!child) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() == parent)
			serve(listener, manner);
		_exit(0);
	}
	close(listener);
	return child;
}

static void server_stop(pid_t child)
{
	kill(child, SIGKILL);
	assert_int_equal(child, waitpid(child, NULL, 0));
}

/* Runs 10 tasks a lane against a server of this manner, twice; no connection
   is left. */
static void visit(const struct sy_model *model, struct sy_batch *batch,
                  enum manner manner, uint64_t tasks)
{
	struct sockaddr_in address;
	pid_t server = server_start(&address, manner);

	batch->address = &address;
	batch->address_bytes = sizeof(address);
	carry_out(model, batch, tasks);
	for (uint32_t i = 0; i < batch->inflight; i++)
		assert_int_equal(-1, batch->lanes[i].fd);
	assert_int_equal(0, job_of(batch)->wrong);
	server_stop(server);
	batch_free(batch);
}

static struct sy_op call(struct sy_task *task, enum sy_op_kind kind,
                         uint32_t count)
{
	return (struct sy_op){ kind, count, { .buf = task->lane->scratch } };
}

static struct sy_op done(struct sy_task *task, bool right)
{
	if (!right)
		task->error = -EILSEQ;
	return (struct sy_op){ .kind = SY_DONE };
}

static struct job *job_at(struct sy_task *task)
{
	return (struct job *)(uintptr_t)task->job;
}

static bool as_it_should_be(int fd)
{
	int nodelay = 0;
	socklen_t bytes = sizeof(nodelay);

	return fd >= 0 && fcntl(fd, F_GETFD) & FD_CLOEXEC &&
	       !getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &nodelay, &bytes) &&
	       nodelay;
}

static struct sy_op request(struct sy_task *task)
{
	memset(task->lane->scratch, (int)task->index, 8);
	return call(task, SY_SEND, 8);
}

/* A connection a task where job->bytes is not 0, else one for all of a lane. */
static struct sy_op step_visit(struct sy_task *task)
{
	const unsigned char *answer = task->lane->scratch;

	switch (task->step++) {
	case 0:
		if (task->lane->fd < 0)
			return call(task, SY_CONNECT, 0);
		task->step++;
		return request(task);
	case 1:
		if (task->result || !as_it_should_be(task->lane->fd))
			return done(task, false);
		return request(task);
	case 2:
		memset(task->lane->scratch, ~(int)task->index, 8);
		return call(task, SY_RECV, 8);
	case 3:
		if (task->result != 8 || answer[7] != (task->index & 0xff))
			return done(task, false);
		if (!job_at(task)->bytes)
			return done(task, true);
		return call(task, SY_HANGUP, 0);
	default:
		return done(task, !task->result && task->lane->fd == -1);
	}
}

static void check_visit(const struct sy_model *model, uint32_t pus)
{
	for (uint32_t fresh = 0; fresh < 2; fresh++) {
		struct sy_batch *batch = batch_make(step_visit, 30, pus, 8);

		job_of(batch)->bytes = fresh;
		visit(model, batch, ECHO, 300);
	}
}

static void test_tasks_make_connections(void **state)
{
	(void)state;
	with_all(check_visit);
}

/* With none to close, with one already, and with none to send on. */
static struct sy_op step_misuse(struct sy_task *task)
{
	static const int64_t due[] = { 0, 0, 0, -EISCONN, 0, -EBADF };

	if (task->step && task->result != due[task->step])
		return done(task, false);
	switch (task->step++) {
	case 0:
		return call(task, SY_HANGUP, 0);
	case 1:
		return call(task, SY_CONNECT, 0);
	case 2:
		return call(task, SY_CONNECT, 0);
	case 3:
		return call(task, SY_HANGUP, 0);
	case 4:
		return call(task, SY_SEND, 8);
	default:
		return done(task, true);
	}
}

static void check_misuse(const struct sy_model *model, uint32_t pus)
{
	visit(model, batch_make(step_misuse, 5, pus, 8), ECHO, 10);
}

static struct sy_op step_unaddressed(struct sy_task *task)
{
	if (task->step && task->result != -EDESTADDRREQ)
		return done(task, false);
	if (task->step == 2)
		return done(task, true);
	return call(task, task->step++ ? SY_HANGUP : SY_CONNECT, 0);
}

static void check_unaddressed(const struct sy_model *model, uint32_t pus)
{
	struct sy_batch *batch = batch_make(step_unaddressed, 5, pus, 8);

	carry_out(model, batch, 10);
	batch_free(batch);
}

static void test_misuse_is_an_error(void **state)
{
	(void)state;
	with_all(check_misuse);
	with_all(check_unaddressed);
}

/* Ends with job->base_ns as the result of connecting, and no connection. */
static struct sy_op step_refused(struct sy_task *task)
{
	const struct job *job = task->job;

	if (task->step++)
		return done(task, task->result == (int64_t)job->base_ns &&
		                          task->lane->fd == -1 &&
		                          (!task->deadline_ns ||
		                           sy_clock_ns() >= task->deadline_ns));
	task->deadline_ns = job->bytes ? sy_clock_ns() + job->bytes : 0;
	return call(task, SY_CONNECT, 0);
}

static void check_refused(const struct sy_model *model, uint32_t pus)
{
	struct sy_batch *batch = batch_make(step_refused, 5, pus, 8);
	struct sockaddr_in address;
	int port = port_open(&address, -1);

	batch->address = &address;
	batch->address_bytes = sizeof(address);
	job_of(batch)->base_ns = (uint64_t)-ECONNREFUSED;
	carry_out(model, batch, 50);
	close(port);
	batch_free(batch);
}

/* A queue of connections that is full, and nobody accepts. */
static void check_unanswered(const struct sy_model *model, uint32_t pus)
{
	struct sy_batch *batch = batch_make(step_refused, 5, pus, 8);
	struct sockaddr_in address;
	int port = port_open(&address, 0), queued[4];

	for (int i = 0; i < 4; i++) {
		queued[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		connect(queued[i], (struct sockaddr *)&address,
		        sizeof(address));
	}
	batch->address = &address;
	batch->address_bytes = sizeof(address);
	job_of(batch)->base_ns = (uint64_t)-ETIMEDOUT;
	job_of(batch)->bytes = 5 * MS;
	carry_out(model, batch, 10);
	for (int i = 0; i < 4; i++)
		close(queued[i]);
	close(port);
	batch_free(batch);
}

static void test_a_connection_that_cannot_be_had(void **state)
{
	(void)state;
	with_all(check_refused);
	with_all(check_unanswered);
}

/* Receives to the end, or sends all (job->poke is the op), in 20 ms: more than
   the peer lets it.  The connection is there afterwards. */
static struct sy_op step_impatient(struct sy_task *task)
{
	const struct job *job = task->job;

	switch (task->step++) {
	case 0:
		task->deadline_ns = 0;
		return call(task, SY_CONNECT, 0);
	case 1:
		if (task->result)
			return done(task, false);
		task->deadline_ns = sy_clock_ns() + 20 * MS;
		return call(task, (enum sy_op_kind)job->poke, job->bytes);
	case 3:
		return done(task, !task->result);
	default:
		if (task->result > 0 && --task->step)
			return call(task, (enum sy_op_kind)job->poke,
			            job->bytes);
		if (task->result != -ETIMEDOUT || task->lane->fd < 0 ||
		    sy_clock_ns() < task->deadline_ns)
			return done(task, false);
		return call(task, SY_HANGUP, 0);
	}
}

static void impatient(const struct sy_model *model, uint32_t pus,
                      enum manner manner, enum sy_op_kind kind, uint32_t bytes)
{
	struct sy_batch *batch = batch_make(step_impatient, 6, pus, bytes);

	job_of(batch)->bytes = bytes;
	job_of(batch)->poke = (int)kind;
	visit(model, batch, manner, 6);
}

static void check_impatient(const struct sy_model *model, uint32_t pus)
{
	impatient(model, pus, SILENT, SY_RECV, 100);
	impatient(model, pus, TRICKLE, SY_RECV, 100);
	impatient(model, pus, SILENT, SY_SEND, 1 << 24);
}

static void test_a_deadline_ends_what_a_peer_holds_up(void **state)
{
	(void)state;
	with_all(check_impatient);
}

/* An answer that comes after the deadline is there for who asks again. */
static struct sy_op step_again(struct sy_task *task)
{
	static const int64_t due[] = { 0, 0, 8, -ETIMEDOUT, 8, 8 };

	if (task->step && task->result != due[task->step])
		return done(task, false);
	switch (task->step++) {
	case 0:
		task->deadline_ns = 0;
		if (task->lane->fd < 0)
			return call(task, SY_CONNECT, 0);
		task->step++;
		__attribute__((fallthrough));
	case 1:
		task->lane->scratch[0] = '1';
		return call(task, SY_SEND, 8);
	case 2:
		task->deadline_ns = sy_clock_ns() + 2 * MS;
		return call(task, SY_RECV, 8);
	case 3:
		task->deadline_ns =
			task->index % 2 ? sy_clock_ns() + 100000 * MS : 0;
		task->lane->scratch[0] = '2';
		return call(task, SY_SEND, 8);
	case 4:
		return call(task, SY_RECV, 8);
	default:
		return done(task, task->lane->scratch[0] == '2');
	}
}

static void check_again(const struct sy_model *model, uint32_t pus)
{
	visit(model, batch_make(step_again, 10, pus, 8), LATE, 60);
}

static void test_a_late_answer_is_received(void **state)
{
	(void)state;
	with_all(check_again);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tasks_make_connections),
		cmocka_unit_test(test_misuse_is_an_error),
		cmocka_unit_test(test_a_connection_that_cannot_be_had),
		cmocka_unit_test(test_a_deadline_ends_what_a_peer_holds_up),
		cmocka_unit_test(test_a_late_answer_is_received),
	};

	alarm(HANG_S);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
