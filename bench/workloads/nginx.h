/* SPDX-License-Identifier: MIT */
/*
 * nginx.h - a web server of our own: nginx, one process on a loopback port.
 *
 * It has nothing on disk: configuration, process number and the files that it
 * serves lie in anonymous memory that it finds under /proc/self/fd.  So there
 * is nothing to tidy up after it, however it ends, and it dies with the
 * thread that started it.  Of /N (hexadecimal) it serves body N: the words of
 * message.h's sequence from sy_message_reply(N) on.
 */
#ifndef SY_NGINX_H
#define SY_NGINX_H

#include <netinet/in.h>
#include <stdint.h>
#include <sys/types.h>

#include "workloads/workload.h"

#define SY_NGINX_BODIES_MAX 16

/* Names another nginx than the one of PATH or the usual folders. */
#define SY_NGINX_VARIABLE "SWITCHYARD_NGINX"

struct sy_nginx_spec {
	uint64_t body_bytes;
	uint32_t bodies;      /* 1 .. SY_NGINX_BODIES_MAX */
	uint32_t connections; /* of clients, at once */
	int pu;               /* OS index; -1: it is not bound */
};

struct sy_nginx {
	pid_t pid;
	struct sockaddr_in address;
};

/* Why there is none here, or NULL. */
const char *sy_nginx_absent(void);

/*
 * Returns when it takes connections.  -ENOENT: there is none; -ECHILD: it has
 * ended; -ETIMEDOUT: it did not take any within seconds; others: what it
 * needs could not be had.  `reason` says which, with nginx's own words.
 */
int sy_nginx_start(struct sy_nginx *nginx, const struct sy_nginx_spec *spec,
                   char reason[SY_BROKEN_BYTES]);

/* Ends and reaps it. */
void sy_nginx_stop(struct sy_nginx *nginx);

#endif /* SY_NGINX_H */
