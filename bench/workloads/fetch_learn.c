/* SPDX-License-Identifier: MIT */
/* fetch_learn.c - requests, and what another's server answers to one. */
#include "workloads/fetch.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>

#include "workloads/url.h"

/* Some servers answer nobody who does not say who he is. */
static const char request_text[] = "GET %s%s HTTP/1.1\r\n"
				   "Host: %s\r\n"
				   "User-Agent: switchyard\r\n"
				   "%s\r\n";

int sy_fetch_requests(struct sy_fetch_job *job, const char *authority,
                      const char *target)
{
	const char *manner = job->fresh ? "Connection: close\r\n" : "";
	int bytes = 0;

	for (uint32_t i = 0; i < SY_VALUE_PERIOD; i++) {
		/* Of one character, so that all requests are as long. */
		char number[2] = { 0 };

		if (job->bodies > 1)
			number[0] = "0123456789abcdef"[i];
		bytes = snprintf(job->requests[i], SY_FETCH_REQUEST_BYTES,
		                 request_text, target, number, authority,
		                 manner);
		if (bytes >= SY_FETCH_REQUEST_BYTES)
			return -ENAMETOOLONG;
	}
	job->request_bytes = (uint32_t)bytes;
	return 0;
}

static int resolve(struct addrinfo **list, const struct sy_url *url)
{
	const struct addrinfo hints = {
		.ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICSERV,
	};

	switch (getaddrinfo(url->host, url->port, &hints, list)) {
	case 0:
		return 0;
	case EAI_MEMORY:
		return -ENOMEM;
	case EAI_SYSTEM:
		return errno == EMFILE || errno == ENFILE ? -errno : -ENXIO;
	default:
		return -ENXIO;
	}
}

/* The first of its addresses that answers; the error of the last. */
static int fetch_any(struct sy_fetch_job *job, const struct addrinfo *list,
                     struct sy_response *response)
{
	int rc = -ENXIO;

	for (; list && rc; list = list->ai_next) {
		if (list->ai_addrlen > sizeof(job->address))
			continue;
		memcpy(&job->address, list->ai_addr, list->ai_addrlen);
		job->address_bytes = list->ai_addrlen;
		job->failure = 0;
		rc = sy_fetch_alone(job, 0, response);
	}
	return rc;
}

int sy_fetch_learn(struct sy_fetch_job *job, const struct sy_load *load)
{
	struct sy_response response;
	struct addrinfo *list;
	struct sy_url url;
	const char *why;
	int rc = sy_url_parse(&url, load->url, &why);

	if (!rc)
		rc = sy_fetch_requests(job, url.authority, url.target);
	if (!rc)
		rc = resolve(&list, &url);
	if (rc)
		return rc;
	job->known = false;
	job->body_bytes = SY_FETCH_BODY_MAX;
	rc = fetch_any(job, list, &response);
	freeaddrinfo(list);
	if (rc)
		return rc;
	job->known = true;
	job->body_bytes = response.body_bytes;
	job->sums[0] = sy_message_end(&response.sum);
	job->base = job->sums[0];
	return 0;
}

const char *sy_fetch_error(int error)
{
	switch (-error) {
	case EPIPE:
		return "the server closed the connection before its answer "
		       "was whole";
	case ECONNRESET:
		return "the server reset the connection before its answer was "
		       "whole";
	case ECONNREFUSED:
		return "nobody listens at the server's address and port "
		       "(connection refused)";
	case ETIMEDOUT:
		return "the answer was not whole within the time-out";
	case EPROTO:
		return "the server's answer is not valid HTTP/1.x, or more "
		       "than one";
	case EREMOTEIO:
		return "the server answered with another status than 200";
	case EMSGSIZE:
		return "the server's answer is longer than it may be";
	case EILSEQ:
		return "the body is not the one that it must be";
	case ENXIO:
		return "the url's host does not resolve to an address";
	case EADDRNOTAVAIL:
		return "no local port is left for a connection "
		       "(net.ipv4.ip_local_port_range)";
	case ETIME:
		return "nginx took no connection within 10 s of its start";
	case ECHILD:
		return "nginx ended before it took a connection";
	case ENOENT:
		return "nginx is not installed";
	default:
		return NULL;
	}
}
