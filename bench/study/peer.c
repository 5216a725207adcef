/* SPDX-License-Identifier: MIT */
/* peer.c - what the peers share, and their list. */
#include "study/peer.h"
#include "study/peers.h"

#include <string.h>
#include <sys/socket.h>

const struct sy_model *const sy_peers[] = {
	&sy_peer_serial,
	&sy_peer_threads,
	&sy_peer_semaphore,
	&sy_peer_fork,
	&sy_peer_pool,
	&sy_peer_coroutine,
	&sy_peer_eventloop,
	&sy_peer_epoll,
	&sy_peer_bare,
	&sy_peer_pool_apply,
	&sy_peer_pool_submit,
	&sy_peer_pool_map,
	NULL,
};

const struct sy_model *sy_peer_find(const char *name)
{
	for (size_t i = 0; sy_peers[i]; i++) {
		if (!strcmp(sy_peers[i]->name, name))
			return sy_peers[i];
	}
	return NULL;
}

int sy_peer_init(struct sy_peer *peer, struct sy_batch *batch)
{
	*peer = (struct sy_peer){ .batch = batch };
	if (batch->step == sy_cpu_step) {
		peer->load = batch->job;
		return 0;
	}
	if (batch->step == sy_io_step) {
		peer->job = batch->job;
		peer->load = &peer->job->load;
		return 0;
	}
	return -ENOTSUP;
}

int sy_peer_init_single(struct sy_peer *peer, struct sy_batch *batch)
{
	if (batch->pu_count > 1 && batch->inflight > 1)
		return -ENOTSUP;
	if (sy_peer_init(peer, batch))
		return -ENOTSUP;
	return batch->bind(batch, 0);
}

void sy_peer_needs_single(const struct sy_batch *batch, struct sy_needs *needs)
{
	(void)batch;
	*needs = (struct sy_needs){ .contexts = 1, .descriptors = 8 };
}

const char *sy_peer_absent(void)
{
	return NULL;
}

static int send_all(int fd, const unsigned char *bytes, size_t count)
{
	while (count) {
		ssize_t sent = send(fd, bytes, count, MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0)
			return -errno;
		bytes += sent;
		count -= (size_t)sent;
	}
	return 0;
}

static int receive_all(int fd, unsigned char *bytes, size_t count)
{
	while (count) {
		ssize_t got = recv(fd, bytes, count, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got ? -errno : -EPIPE;
		bytes += got;
		count -= (size_t)got;
	}
	return 0;
}

int sy_peer_exchange(const struct sy_peer *peer, const struct sy_lane *lane,
                     uint64_t index, uint64_t *value)
{
	const struct sy_load *load = peer->load;
	unsigned char *reply = sy_io_reply(load, lane->scratch);
	int error;

	*value = 0;
	sy_io_address(lane->scratch, index);
	error = send_all(lane->fd, lane->scratch, load->request_bytes);
	if (!error)
		error = receive_all(lane->fd, reply, load->reply_bytes);
	if (!error)
		error = sy_io_check(peer->job, reply, index, value);
	return error;
}
