/* SPDX-License-Identifier: MIT */
/*
 * eventloop_stream.h - a connection of the variant that uses libuv's streams:
 * how it begins and ends (eventloop_stream_open.c), and what happens between
 * (eventloop_stream.c).
 */
#ifndef SY_EVENTLOOP_STREAM_H
#define SY_EVENTLOOP_STREAM_H

#include "eventloop_lane.h"

/* What libuv suggests, and so what its users commonly give it. */
#define SY_UV_STREAM_BUFFER ((size_t)64 * 1024)

struct sy_uv_connection {
	union {
		uv_handle_t any;
		uv_stream_t stream;
		uv_pipe_t pipe;
		uv_tcp_t tcp;
	} handle; /* its data is the connection */
	struct sy_uv_lane *lane;
	bool reading;   /* uv_read_start is in force */
	bool ended;     /* nothing more will come */
	bool receiving; /* a SY_RECV waits */
	bool sending;   /* a SY_SEND waits */
	bool cut;       /* a SY_SEND was given up: nothing can be sent */
	int64_t end;    /* what the next receive after the end returns */

	unsigned char *target; /* of the SY_RECV that waits */
	size_t target_bytes;

	unsigned char *kept; /* SY_UV_STREAM_BUFFER, made when first needed */
	size_t kept_from, kept_to;

	uv_connect_t connect;
	uv_write_t write;
	uint32_t write_bytes; /* of the whole SY_SEND */
};

/* Starts to read, and goes on until it is stopped. */
int sy_uv_stream_read(struct sy_uv_connection *connection);

/* As in struct sy_uv_io. */
int sy_uv_stream_open(struct sy_uv_lane *lane);
bool sy_uv_stream_connect(struct sy_uv_lane *lane);
void sy_uv_stream_close(struct sy_uv_lane *lane);

#endif /* SY_EVENTLOOP_STREAM_H */
