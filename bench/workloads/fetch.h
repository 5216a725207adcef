/* SPDX-License-Identifier: MIT */
/*
 * fetch.h - what the parts of the fetch workload share: the job, the task's
 * step, and requests that are made before any model exists.
 */
#ifndef SY_FETCH_H
#define SY_FETCH_H

#include <stdint.h>
#include <sys/socket.h>

#include "workloads/response.h"
#include "workloads/workload.h"

/* Of a body, whosever it is; of a time-out. */
#define SY_FETCH_BODY_MAX (UINT32_C(64) << 20)
#define SY_FETCH_TIMEOUT_MAX_NS UINT64_C(600000000000)

#define SY_FETCH_REQUEST_BYTES 512

/* As many as there can be different bodies; read by all, in shared memory. */
struct sy_fetch_job {
	struct sockaddr_storage address;
	socklen_t address_bytes;
	uint64_t timeout_ns; /* of a request, connecting included */
	bool fresh;          /* a connection for each request */
	/* What every answer must be.  Not known: that is being found out. */
	bool known;
	uint64_t body_bytes; /* not known: at most */
	uint64_t sums[SY_VALUE_PERIOD];
	uint64_t base; /* what a task's value is counted from */
	uint32_t buffer_bytes;
	uint32_t bodies; /* 1 or SY_VALUE_PERIOD, by a task's index */
	uint32_t request_bytes;
	char requests[SY_VALUE_PERIOD][SY_FETCH_REQUEST_BYTES];
	/* 0, or the first error: then no other request is begun. */
	int32_t failure;
};

struct sy_op sy_fetch_step(struct sy_task *task);

/* What a lane's scratch begins with; the buffer follows. */
static inline struct sy_response *sy_fetch_response(const struct sy_lane *lane)
{
	return (struct sy_response *)lane->scratch;
}

/* The different bodies that our own server has; 1 of another's. */
uint32_t sy_fetch_bodies(const struct sy_load *load);

/* Writes the requests; `target` without the number where there are several.
   -ENAMETOOLONG. */
int sy_fetch_requests(struct sy_fetch_job *job, const char *authority,
                      const char *target);

/*
 * Carries out task `index` by itself, on a connection of its own: its error,
 * or 0, with the answer that came.
 */
int sy_fetch_alone(const struct sy_fetch_job *job, uint64_t index,
                   struct sy_response *response);

/*
 * Finds another's server and what it answers, and fills the job.  -EINVAL:
 * no url; -ENXIO: its host has no address; others: of the request.
 */
int sy_fetch_learn(struct sy_fetch_job *job, const struct sy_load *load);

/* What an error of a task or of an opening means, or NULL. */
const char *sy_fetch_error(int error);

#endif /* SY_FETCH_H */
