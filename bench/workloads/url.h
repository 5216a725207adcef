/* SPDX-License-Identifier: MIT */
/*
 * url.h - an http address that a person gave: http://HOST[:PORT][/PATH].
 *
 * It is taken apart by the parser of HTTP.  Its characters are few, because
 * it becomes part of a point's name, of files and of a request: letters,
 * digits and those of SY_URL_MARKS.
 */
#ifndef SY_URL_H
#define SY_URL_H

#include "workloads/workload.h"

#define SY_URL_MARKS "-._~:/?@!$&()*+,;=%[]"

struct sy_url {
	char host[SY_URL_BYTES];       /* without the brackets of IPv6 */
	char authority[SY_URL_BYTES];  /* as it was written: host[:port] */
	char port[6];                  /* "1" .. "65535" */
	char target[SY_URL_BYTES + 1]; /* path and query, "/" where none is */
};

/* -EINVAL, and *why says in a few words what is wrong; it ends the sentence
   "the url ...".  `url` may be NULL: then it is only looked at. */
int sy_url_parse(struct sy_url *url, const char *text, const char **why);

#endif /* SY_URL_H */
