/* SPDX-License-Identifier: MIT */
/* manager.c - see manager.h. */
#include "workloads/manager.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "workloads/dictionary.h"

#define EVENTS_MAX 64

struct client {
	int fd; /* -1: closed */
	uint32_t have;
	unsigned char inbox[SY_ASK_BYTES];
};

struct manager {
	struct sy_dictionary *dictionary;
	int epoll, control;
	uint32_t count;
	struct client clients[];
};

struct start {
	const int *fds;
	uint32_t count, keys;
};

static void drop(struct client *client)
{
	/* Closing takes it out of epoll. */
	close(client->fd);
	client->fd = -1;
}

/* Answers one request.  A client that leaves no room for a reply is gone. */
static bool answer(struct manager *manager, const struct client *client)
{
	unsigned char reply[SY_ASK_BYTES];
	size_t bytes =
		sy_dictionary_answer(manager->dictionary, client->inbox, reply);

	return send(client->fd, reply, bytes, MSG_NOSIGNAL | MSG_DONTWAIT) ==
	       (ssize_t)bytes;
}

/* Answers all requests that are whole.  False: the client is to go. */
static bool answer_whole(struct manager *manager, struct client *client)
{
	for (;;) {
		ssize_t bytes = sy_ask_length(client->inbox, client->have);

		if (bytes < 0 || (bytes && !sy_is_request(client->inbox)))
			return false;
		if (!bytes || (size_t)bytes > client->have)
			return true;
		if (!answer(manager, client))
			return false;
		client->have -= (uint32_t)bytes;
		memmove(client->inbox, client->inbox + bytes, client->have);
	}
}

static void hear(struct manager *manager, struct client *client)
{
	ssize_t come = recv(client->fd, client->inbox + client->have,
	                    sizeof(client->inbox) - client->have, MSG_DONTWAIT);

	if (come < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (come > 0) {
		client->have += (uint32_t)come;
		if (answer_whole(manager, client))
			return;
	}
	drop(client);
}

static int run_manager(void *state)
{
	struct epoll_event events[EVENTS_MAX];
	struct manager *manager = state;

	for (;;) {
		int count = epoll_wait(manager->epoll, events, EVENTS_MAX, -1);

		if (count < 0 && errno != EINTR)
			return -errno;
		for (int i = 0; i < count; i++) {
			struct client *client = events[i].data.ptr;

			if (!client)
				return 0;
			if (client->fd >= 0)
				hear(manager, client);
		}
	}
}

static int watch(struct manager *manager, int fd, struct client *client)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = client };

	return epoll_ctl(manager->epoll, EPOLL_CTL_ADD, fd, &event) ? -errno
	                                                            : 0;
}

static int add_clients(struct manager *manager, const struct start *start)
{
	int rc = watch(manager, manager->control, NULL);

	for (uint32_t i = 0; i < start->count && !rc; i++) {
		manager->clients[i].fd = start->fds[i];
		rc = watch(manager, start->fds[i], &manager->clients[i]);
	}
	return rc;
}

static int open_manager(void **state, const void *data, int control)
{
	const struct start *start = data;
	struct manager *manager = calloc(
		1, sizeof(*manager) + start->count * sizeof(struct client));
	int rc;

	if (!manager)
		return -ENOMEM;
	manager->control = control;
	manager->count = start->count;
	rc = sy_dictionary_open(&manager->dictionary, start->keys);
	if (rc)
		goto free_manager;
	manager->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (manager->epoll < 0) {
		rc = -errno;
		goto close_dictionary;
	}
	rc = add_clients(manager, start);
	if (rc)
		goto close_epoll;
	*state = manager;
	return 0;

close_epoll:
	close(manager->epoll);
close_dictionary:
	sy_dictionary_close(manager->dictionary);
free_manager:
	free(manager);
	return rc;
}

static void close_manager(void *state)
{
	struct manager *manager = state;

	for (uint32_t i = 0; i < manager->count; i++)
		if (manager->clients[i].fd >= 0)
			drop(&manager->clients[i]);
	close(manager->epoll);
	sy_dictionary_close(manager->dictionary);
	free(manager);
}

int sy_manager_start(struct sy_server *manager, const int *fds, uint32_t count,
                     uint32_t keys, int pu)
{
	const struct start start = { .fds = fds, .count = count, .keys = keys };
	const struct sy_service service = {
		.name = "sy-manager",
		.fds = fds,
		.count = count,
		.data = &start,
		.open = open_manager,
		.run = run_manager,
		.close = close_manager,
	};

	return sy_server_start(manager, &service, pu);
}
