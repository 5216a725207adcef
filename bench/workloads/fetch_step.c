/* SPDX-License-Identifier: MIT */
/*
 * fetch_step.c - one GET as a step function.
 *
 * One send of a request that was made when the workload was opened, and as
 * many receives as the answer has pieces, into one buffer that each piece
 * overwrites.  The clock is read once, for the deadline of all of it.
 *
 * A connection that is kept may be closed by the server between two requests,
 * which is no error of either: a request that gets nothing at all on a kept
 * connection is made once more, on a new one and by the same deadline.
 */
#include "workloads/fetch.h"

#include <errno.h>

#include "workloads/steps.h"

enum {
	FETCH_BEGIN,
	FETCH_CONNECTED,
	FETCH_SENT,
	FETCH_RECEIVED,
	FETCH_STALE,  /* hung up what the server had closed */
	FETCH_HUNG_UP /* after all else */
};

/* local[0]: whether the connection was kept from another request. */

static struct sy_op fetch_hang_up(struct sy_task *task, uint32_t step)
{
	task->step = step;
	return (struct sy_op){ .kind = SY_HANGUP };
}

static struct sy_op fetch_end(struct sy_task *task)
{
	(void)task;
	return (struct sy_op){ .kind = SY_DONE };
}

/* The connection is of no use any more: what comes on it may be late. */
static struct sy_op fetch_fail(struct sy_task *task, int error)
{
	struct sy_fetch_job *job = (struct sy_fetch_job *)task->job;

	task->error = error;
	__atomic_store_n(&job->failure, error, __ATOMIC_RELAXED);
	if (task->lane->fd >= 0)
		return fetch_hang_up(task, FETCH_HUNG_UP);
	return fetch_end(task);
}

static struct sy_op fetch_connect(struct sy_task *task)
{
	task->step = FETCH_CONNECTED;
	task->local[0] = false;
	return (struct sy_op){ .kind = SY_CONNECT };
}

static struct sy_op fetch_send(struct sy_task *task)
{
	const struct sy_fetch_job *job = task->job;
	const char *request = job->requests[task->index & (job->bodies - 1)];

	sy_response_begin(sy_fetch_response(task->lane), job->body_bytes);
	task->step = FETCH_SENT;
	return (struct sy_op){ .kind = SY_SEND,
		               .count = job->request_bytes,
		               .buf = (void *)(uintptr_t)request };
}

static unsigned char *fetch_buffer(const struct sy_task *task)
{
	return task->lane->scratch + sizeof(struct sy_response);
}

static struct sy_op fetch_receive(struct sy_task *task)
{
	const struct sy_fetch_job *job = task->job;

	task->step = FETCH_RECEIVED;
	return (struct sy_op){ .kind = SY_RECV,
		               .count = job->buffer_bytes,
		               .buf = fetch_buffer(task) };
}

static struct sy_op fetch_begin(struct sy_task *task)
{
	const struct sy_fetch_job *job = task->job;
	int32_t failed = __atomic_load_n(&job->failure, __ATOMIC_RELAXED);

	/* Else each of thousands would wait for its own time-out. */
	if (failed) {
		task->error = failed;
		return fetch_end(task);
	}
	task->deadline_ns = sy_clock_ns() + job->timeout_ns;
	if (task->lane->fd < 0)
		return fetch_connect(task);
	task->local[0] = true;
	return fetch_send(task);
}

/* Whether it was the server that ended a connection that was kept. */
static bool fetch_is_stale(const struct sy_task *task)
{
	return task->local[0] && !sy_fetch_response(task->lane)->begun &&
	       (task->result >= 0 || task->result == -EPIPE ||
	        task->result == -ECONNRESET);
}

static struct sy_op fetch_broken(struct sy_task *task)
{
	if (fetch_is_stale(task))
		return fetch_hang_up(task, FETCH_STALE);
	return fetch_fail(task, task->result < 0 ? (int)task->result : -EPIPE);
}

/* The answer is whole; is it the right one? */
static struct sy_op fetch_whole(struct sy_task *task)
{
	const struct sy_fetch_job *job = task->job;
	const struct sy_response *response = sy_fetch_response(task->lane);
	uint64_t sum = sy_message_end(&response->sum);

	task->value = sy_task_seed(task->index) + sum - job->base;
	if (job->known && (response->body_bytes != job->body_bytes ||
	                   sum != job->sums[task->index & (job->bodies - 1)]))
		return fetch_fail(task, -EILSEQ);
	if (job->fresh || !response->keeps)
		return fetch_hang_up(task, FETCH_HUNG_UP);
	return fetch_end(task);
}

static struct sy_op fetch_received(struct sy_task *task)
{
	struct sy_response *response = sy_fetch_response(task->lane);
	int rc;

	if (task->result < 0 || (!task->result && !response->begun))
		return fetch_broken(task);
	rc = task->result ? sy_response_take(response, fetch_buffer(task),
	                                     (size_t)task->result)
	                  : sy_response_end(response);
	if (rc < 0)
		return fetch_fail(task, rc);
	return rc ? fetch_whole(task) : fetch_receive(task);
}

static struct sy_op fetch_sent(struct sy_task *task)
{
	const struct sy_fetch_job *job = task->job;

	if (task->result != (int64_t)job->request_bytes)
		return fetch_broken(task);
	return fetch_receive(task);
}

struct sy_op sy_fetch_step(struct sy_task *task)
{
	switch (task->step) {
	case FETCH_BEGIN:
		return fetch_begin(task);
	case FETCH_CONNECTED:
		return task->result < 0 ? fetch_fail(task, (int)task->result)
		                        : fetch_send(task);
	case FETCH_SENT:
		return fetch_sent(task);
	case FETCH_RECEIVED:
		return fetch_received(task);
	case FETCH_STALE:
		return fetch_connect(task);
	default:
		return fetch_end(task);
	}
}
