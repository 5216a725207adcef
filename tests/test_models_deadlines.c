/* SPDX-License-Identifier: MIT */
/*
 * test_models_deadlines.c - the promises of model.h about deadlines of what is
 * connected, sent and received, each over all models.
 */
#include "listener_fixture.h"

#define SHORT_NS (30 * MS)
#define LONG_BYTES (UINT32_C(32) << 20) /* more than sockets hold */

/* What tasks do until time is up, in shared memory. */
struct trial {
	enum sy_op_kind kind; /* SY_RECV, SY_SEND or SY_CONNECT */
	bool some;            /* the peer sends; time runs from then on */
	uint64_t limit_ns;
	unsigned char bytes[LONG_BYTES];
};

/* Steps of a task. */
enum { BEGIN, CONNECTED, TRIED, HUNG_UP };

static struct sy_op op_try(struct sy_task *task, const struct trial *trial)
{
	task->step = TRIED;
	if (trial->kind == SY_SEND)
		return (struct sy_op){ .kind = SY_SEND,
			               .count = LONG_BYTES,
			               .buf = (void *)(uintptr_t)trial->bytes };
	return op_carry(task, SY_RECV);
}

static void limit(struct sy_task *task, const struct trial *trial)
{
	task->deadline_ns = sy_clock_ns() + trial->limit_ns;
}

static struct sy_op begin(struct sy_task *task, const struct trial *trial)
{
	task->deadline_ns = 0;
	task->step = CONNECTED;
	if (trial->kind == SY_CONNECT) {
		task->step = TRIED;
		limit(task, trial);
	}
	return (struct sy_op){ .kind = SY_CONNECT };
}

/* Never early, and not for ever. */
static struct sy_op judge(struct sy_task *task)
{
	uint64_t now_ns = sy_clock_ns();

	if (task->result != -ETIMEDOUT || now_ns < task->deadline_ns ||
	    now_ns > task->deadline_ns + LONG_NS)
		task->error = -EPROTO;
	task->step = HUNG_UP;
	return (struct sy_op){ .kind = SY_HANGUP };
}

/* Goes on as long as something comes. */
static struct sy_op step_trial(struct sy_task *task)
{
	const struct trial *trial = task->job;

	switch (task->step) {
	case BEGIN:
		return begin(task, trial);
	case CONNECTED:
		if (task->result)
			return op_fail(task, (int32_t)task->result);
		if (!trial->some)
			limit(task, trial);
		return op_try(task, trial);
	case TRIED:
		if (trial->kind != SY_RECV || task->result <= 0 ||
		    (task->deadline_ns &&
		     sy_clock_ns() > task->deadline_ns + LONG_NS))
			return judge(task);
		if (!task->deadline_ns)
			limit(task, trial);
		return op_try(task, trial);
	default:
		return op_done();
	}
}

static struct trial *share_trial(enum sy_op_kind kind, bool some)
{
	struct trial *trial = share(sizeof(*trial));

	trial->kind = kind;
	trial->some = some;
	trial->limit_ns = SHORT_NS;
	return trial;
}

static void check_trial(const struct sy_model *model, int family,
                        enum manner manner, enum sy_op_kind kind)
{
	struct holdings before = look();
	struct trial *trial = share_trial(kind, manner >= TRICKLE);
	struct listener listener;
	struct sy_batch *batch;

	listen_on(&listener, family, 64);
	serve(&listener, manner);
	batch = create_connecting(model, step_trial, &listener);
	batch->job = trial;
	run_connecting(model, batch, model->alone ? 2 : LANES);
	destroy_connecting(batch);
	end_listener(&listener);
	munmap(trial, sizeof(*trial));
	assert_nothing_left(before);
}

static void check_silent(const struct sy_model *model)
{
	check_trial(model, AF_INET, SILENT, SY_RECV);
	check_trial(model, AF_UNIX, SILENT, SY_RECV);
}

static void test_silent_peer_is_timed_out(void **state)
{
	(void)state;
	for_each_that_gives(0, check_silent);
}

static void check_trickle(const struct sy_model *model)
{
	check_trial(model, AF_INET, TRICKLE, SY_RECV);
}

static void test_trickle_does_not_put_the_deadline_off(void **state)
{
	(void)state;
	for_each_that_gives(0, check_trickle);
}

static void check_flood(const struct sy_model *model)
{
	check_trial(model, AF_UNIX, FLOOD, SY_RECV);
}

static void test_flood_does_not_put_the_deadline_off(void **state)
{
	(void)state;
	for_each_that_gives(0, check_flood);
}

static void check_deaf(const struct sy_model *model)
{
	check_trial(model, AF_INET, DEAF, SY_SEND);
	check_trial(model, AF_UNIX, DEAF, SY_SEND);
}

static void test_deaf_peer_is_timed_out(void **state)
{
	(void)state;
	for_each_that_gives(0, check_deaf);
}

/* Connecting, where the queue of those that nobody accepts is full. */

#define QUEUED 6

static void fill_queue(const struct listener *listener, int *fds)
{
	for (int i = 0; i < QUEUED; i++) {
		int family = listener->address.any.sa_family;

		fds[i] = socket(family,
		                SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		assert_true(fds[i] >= 0);
		connect(fds[i], &listener->address.any, listener->bytes);
	}
}

static void check_full_queue(const struct sy_model *model, int family)
{
	struct trial *trial = share_trial(SY_CONNECT, false);
	struct listener listener;
	struct sy_batch *batch;
	int fds[QUEUED];

	listen_on(&listener, family, 0);
	fill_queue(&listener, fds);
	batch = create_connecting(model, step_trial, &listener);
	batch->job = trial;
	run_connecting(model, batch, model->alone ? 2 : LANES);
	/* And where time is up before anything was done. */
	trial->limit_ns = 0;
	sy_batch_reset(batch);
	run_connecting(model, batch, LANES);
	destroy_connecting(batch);
	for (int i = 0; i < QUEUED; i++)
		close(fds[i]);
	end_listener(&listener);
	munmap(trial, sizeof(*trial));
}

static void check_connect(const struct sy_model *model)
{
	struct holdings before = look();

	check_full_queue(model, AF_INET);
	check_full_queue(model, AF_UNIX);
	assert_nothing_left(before);
}

static void test_connecting_ends_with_its_deadline(void **state)
{
	(void)state;
	for_each_that_gives(0, check_connect);
}

/* A deadline that is kept changes nothing, and holds for its task alone. */
static struct sy_op step_in_time(struct sy_task *task)
{
	uint64_t *buf = (uint64_t *)(void *)task->lane->scratch;
	bool limited = task->index % 2;

	switch (task->step++) {
	case 0:
		task->deadline_ns = limited ? sy_clock_ns() + LONG_NS : 0;
		return (struct sy_op){ .kind = SY_CONNECT };
	case 1:
		if (task->result)
			return op_fail(task, (int32_t)task->result);
		*buf = task->index;
		return op_carry(task, SY_SEND);
	case 2:
		if (task->result != sizeof(*buf))
			return op_fail(task, -EPIPE);
		*buf = ~task->index;
		return op_carry(task, SY_RECV);
	case 3:
		if (task->result != sizeof(*buf) || *buf != task->index)
			return op_fail(task, -EBADMSG);
		return (struct sy_op){ .kind = SY_HANGUP };
	default:
		return op_done();
	}
}

static void on_alarm(int number)
{
	(void)number;
}

static void ring_every(suseconds_t us)
{
	struct itimerval every = { { 0, us }, { 0, us } };

	setitimer(ITIMER_REAL, &every, NULL);
}

/* Signals cut nothing short. */
static void check_in_time(const struct sy_model *model)
{
	struct listener listener;
	struct sy_batch *batch;

	listen_on(&listener, AF_INET, 64);
	serve(&listener, ECHO);
	batch = create_connecting(model, step_in_time, &listener);
	ring_every(300);
	run_connecting(model, batch, 100);
	ring_every(0);
	destroy_connecting(batch);
	end_listener(&listener);
}

static void test_deadline_that_is_kept_changes_nothing(void **state)
{
	struct sigaction act = { .sa_handler = on_alarm }, old;

	(void)state;
	sigaction(SIGALRM, &act, &old);
	for_each_that_gives(0, check_in_time);
	sigaction(SIGALRM, &old, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_silent_peer_is_timed_out),
		cmocka_unit_test(test_trickle_does_not_put_the_deadline_off),
		cmocka_unit_test(test_flood_does_not_put_the_deadline_off),
		cmocka_unit_test(test_deaf_peer_is_timed_out),
		cmocka_unit_test(test_connecting_ends_with_its_deadline),
		cmocka_unit_test(test_deadline_that_is_kept_changes_nothing),
	};

	return cmocka_run_group_tests(tests, warm_up, NULL);
}
