/* SPDX-License-Identifier: MIT */
/* entrant.c - see entrant.h. */
#include "engine/entrant.h"

#include <errno.h>
#include <sched.h>
#include <string.h>

#include "engine/param.h"

/* A slice warms up with this part of its operations. */
#define WARMUP_PART 32
/* No warm-up where one task alone waits longer than this part of a slice. */
#define WARMUP_WAIT_PART 20
/* The part of a slice's operations by which a fresh process is primed. */
#define PRIME_PART 4
/* Resident memory that is not written side by side with others'. */
#define ALONE_BYTES (UINT64_C(64) << 20)

void sy_entrant_fail(struct sy_entrant *entrant, int error,
                     const struct sy_reason *reason)
{
	entrant->error = error;
	sy_result_fail(entrant->result,
	               error == -EBADMSG || error == -EILSEQ ? SY_WRONG
	               : error == -ENOTSUP                   ? SY_ABSENT
	                                                     : SY_FAILED,
	               reason);
	sy_remote_end(&entrant->remote, 0);
}

/* An entrant's own trouble costs its point; anything else ends the run. */
static int blame(struct sy_entrant *entrant, int error,
                 const struct sy_reason *reason)
{
	if (error && error != -ECANCELED)
		sy_entrant_fail(entrant, error, reason);
	return error == -ECANCELED ? error : 0;
}

/* The limit is for a slice of some milliseconds.  A million contexts that are
   created and looked at, or gigabytes that are written, take longer. */
#define CONTEXT_NS UINT64_C(100000)
#define RESIDENT_BYTE_NS 1

static int limit_ms(const struct sy_plan *plan, const struct sy_entrant *e)
{
	const struct sy_request *r = &e->point->request;
	uint64_t limit_ns =
		plan->limit_ns + r->resident_bytes * RESIDENT_BYTE_NS;

	if (sy_point_is(e->point, SY_IDLE))
		limit_ns += r->contexts * CONTEXT_NS;
	return (int)(limit_ns / 1000000);
}

void sy_entrant_start(struct sy_entrant *e, const struct sy_hooks *hooks,
                      struct sy_reason *reason)
{
	int error = sy_remote_start(&e->remote, hooks->program, hooks->sink,
	                            reason);

	if (error)
		sy_entrant_fail(e, error, reason);
}

int sy_entrant_open(struct sy_entrant *e, const struct sy_hooks *hooks,
                    struct sy_reason *reason)
{
	int error;

	if (!e->remote.pid)
		return 0;
	error = sy_remote_hello(&e->remote, hooks->cancel_fd, hooks->hello_ms,
	                        NULL, reason);
	if (!error)
		error = sy_remote_open_begin(&e->remote, e->point, reason);
	return blame(e, error, reason);
}

int sy_entrant_ready(struct sy_entrant *e, const struct sy_plan *plan,
                     const struct sy_hooks *hooks, struct sy_reason *reason)
{
	if (!e->remote.pid)
		return 0;
	return blame(e,
	             sy_remote_open_end(&e->remote, hooks->cancel_fd,
	                                limit_ms(plan, e), reason),
	             reason);
}

bool sy_entrant_opens_alone(const struct sy_entrant *e)
{
	return e->point->request.resident_bytes >= ALONE_BYTES;
}

int sy_entrant_size(struct sy_entrant *e, const struct sy_plan *plan,
                    const struct sy_hooks *hooks, struct sy_reason *reason)
{
	uint64_t operations = 0;
	int error = sy_remote_size(&e->remote, plan->slice_ns, hooks->cancel_fd,
	                           limit_ms(plan, e), &operations, reason);

	if (!error)
		e->result->slice_operations = operations;
	return blame(e, error, reason);
}

static uint64_t warmup(const struct sy_plan *plan, const struct sy_entrant *e)
{
	uint64_t operations = e->result->slice_operations;

	if (e->point->request.workload &&
	    e->point->load.wait_ns > plan->slice_ns / WARMUP_WAIT_PART &&
	    sy_request_waits(&e->point->request))
		return 0;
	return operations / WARMUP_PART ? operations / WARMUP_PART : 1;
}

int sy_entrant_slice(struct sy_entrant *e, const struct sy_plan *plan,
                     const struct sy_hooks *hooks, struct sy_slice *slice,
                     struct sy_reason *reason)
{
	return blame(e,
	             sy_remote_slice(&e->remote, e->result->slice_operations,
	                             warmup(plan, e), hooks->cancel_fd,
	                             limit_ms(plan, e), slice, reason),
	             reason);
}

int sy_entrant_prime(struct sy_entrant *e, const struct sy_plan *plan,
                     const struct sy_hooks *hooks, struct sy_slice *slice,
                     struct sy_reason *reason)
{
	uint64_t operations = e->result->slice_operations / PRIME_PART;

	if (sy_point_is(e->point, SY_IDLE))
		return 0;
	return blame(e,
	             sy_remote_slice(&e->remote, operations ? operations : 1, 0,
	                             hooks->cancel_fd, limit_ms(plan, e), slice,
	                             reason),
	             reason);
}

/* Whether the slice is far from the size that was asked for. */
bool sy_entrant_missed(const struct sy_entrant *e, const struct sy_plan *plan,
                       const struct sy_slice *slice)
{
	if (e->resized >= SY_RESIZES_MAX)
		return false;
	return slice->elapsed_ns * 2 < plan->slice_ns ||
	       sy_result_too_long(e->result, plan->slice_ns, slice->elapsed_ns);
}

int sy_entrant_resize(struct sy_entrant *e, const struct sy_plan *plan,
                      const struct sy_hooks *hooks, bool *dropped,
                      struct sy_reason *reason)
{
	uint64_t before = e->result->slice_operations, after;
	int error = sy_entrant_size(e, plan, hooks, reason);

	e->resized++;
	after = e->result->slice_operations;
	*dropped = after * 4 < before * 3 || after * 3 > before * 4;
	return error;
}

int sy_entrant_check(struct sy_entrant *e, const struct sy_plan *plan,
                     const struct sy_hooks *hooks, const struct sy_slice *slice,
                     bool *dropped, struct sy_reason *reason)
{
	*dropped = false;
	if (!sy_entrant_missed(e, plan, slice))
		return 0;
	return sy_entrant_resize(e, plan, hooks, dropped, reason);
}

void sy_driver_bind(const struct sy_placement *where, cpu_set_t *before)
{
	cpu_set_t one;

	sched_getaffinity(0, sizeof(*before), before);
	if (!where->bound || where->pus[0] >= CPU_SETSIZE)
		return;
	CPU_ZERO(&one);
	CPU_SET((size_t)where->pus[0], &one);
	sched_setaffinity(0, sizeof(one), &one);
}

void sy_driver_unbind(const cpu_set_t *before)
{
	sched_setaffinity(0, sizeof(*before), before);
}
