/* SPDX-License-Identifier: MIT */
/*
 * protocol.h - what driver and worker say to one another: JSON, one object a
 * line, over a stream socket.
 *
 *   worker  {"hello":{"protocol":1,"program":"switchyard 0.1.0",...}}
 *   driver  {"open":{point}}       worker  {"ready":{}}
 *   driver  {"size":target_ns}     worker  {"sized":operations}
 *   driver  {"slice":[n,warmup]}   worker  {"sample":{...}}
 *   driver  {"quit":true}          (the worker ends)
 *
 * Any request may be answered by {"error":{"code":errno,"reason":"..."}}.
 */
#ifndef SY_PROTOCOL_H
#define SY_PROTOCOL_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "engine/subject.h"

#define SY_PROTOCOL_VERSION 2

/* The longest line that is taken: a sample with all buckets is below. */
#define SY_LINE_BYTES (256 * 1024)

/* The most that a number of a slice may be: 36 years of nanoseconds. */
#define SY_NUMBER_MOST (UINT64_C(1) << 60)

/* Bytes read that do not make a line yet. */
struct sy_line_reader {
	int fd;
	int end_fd; /* readable: who writes has ended, whoever else holds the
	               other end open; or -1.  The caller's. */
	size_t used, scanned;
	char *buffer; /* SY_LINE_BYTES, owned */
};

int sy_line_reader_open(struct sy_line_reader *reader, int fd);
void sy_line_reader_close(struct sy_line_reader *reader);
/* Whether there is anything to read already; waits for nothing. */
bool sy_line_reader_holds(struct sy_line_reader *reader);

/*
 * The next object, waiting at most `timeout_ms` (-1: for ever), also for
 * `cancel_fd` (or -1) to become readable.  -ETIMEDOUT, -ECANCELED, -EPIPE
 * (the other end is gone), -EPROTO (not JSON, too long).
 */
int sy_message_receive(struct sy_line_reader *reader, int cancel_fd,
                       int timeout_ms, json_t **message);

/* Sends and releases the object; NULL (no memory) is -ENOMEM. */
int sy_message_send(int fd, json_t *message);

/* A slice as it goes over the wire and into the journal, and back. */
json_t *sy_slice_to_json(const struct sy_slice *slice);
int sy_slice_from_json(struct sy_slice *slice, const json_t *json);

/* What was found in it is of the workload's, NULL: it looks for nothing.  NULL:
   no memory; and back, behind sy_slice_from_json: -EPROTO. */
json_t *sy_findings_to_json(const struct sy_finding *findings,
                            const uint64_t found[SY_FINDINGS_MAX]);
int sy_findings_from_json(struct sy_slice *slice,
                          const struct sy_finding *findings,
                          const json_t *json);

/* The OS indices in a set of PUs, SY_PUS_MAX bits.  NULL: no memory. */
json_t *sy_visited_to_json(const uint64_t *visited);

#endif /* SY_PROTOCOL_H */
