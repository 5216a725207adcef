/* SPDX-License-Identifier: MIT */
/* io_server.c - the service of io_serve.h as a server; see io_server.h. */
#include "workloads/io_server.h"

static int open_service(void **state, const void *data, int control)
{
	struct sy_io_service service = *(const struct sy_io_service *)data;
	struct sy_io_serve *serve;
	int rc;

	service.control = control;
	rc = sy_io_serve_open(&serve, &service);
	if (!rc)
		*state = serve;
	return rc;
}

static int run_service(void *state)
{
	return sy_io_serve_run(state);
}

static void close_service(void *state)
{
	sy_io_serve_close(state);
}

int sy_io_server_start(struct sy_server *server,
                       const struct sy_io_service *service, int pu)
{
	const struct sy_service whole = {
		.name = "sy-io-server",
		.fds = service->fds,
		.count = service->count,
		.data = service,
		.open = open_service,
		.run = run_service,
		.close = close_service,
	};

	return sy_server_start(server, &whole, pu);
}
