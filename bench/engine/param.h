/* SPDX-License-Identifier: MIT */
/*
 * param.h - the numbers that tasks of some families are asked for, beside
 * what those of cpu, wait and io have: how a name, a plan and the results have
 * them, and within which bounds.
 *
 * The lists of families are those of the keys in bench/sweep/space.c, too.
 */
#ifndef SY_PARAM_H
#define SY_PARAM_H

#include <jansson.h>

#include "engine/point.h"

#define SY_HAVE_WAIT "wait io timer gate"
#define SY_HAVE_SERVER "io fetch"
#define SY_HAVE_INSIDE "lock gate"
#define SY_HAVE_SECTIONS "lock gate share"
#define SY_HAVE_UNITS "gate"
#define SY_HAVE_NOTIFY "condition"
#define SY_HAVE_CELLS "share"
#define SY_HAVE_FETCH "fetch"

struct sy_param {
	const char *key;      /* "body_bytes", in JSON */
	const char *name;     /* "body", in a point's name */
	const char *families; /* that have it, with blanks between */
	size_t offset;        /* in struct sy_request */
	size_t bytes;         /* there: 4 or 8 */
	uint64_t least, most, otherwise;
	bool power_of_two;
	bool quiet; /* not in a name where it is `otherwise` */
};

/* Ended by one whose key is NULL. */
extern const struct sy_param sy_params[];

/* Whether a list of words with blanks between has the word. */
bool sy_families_have(const char *families, const char *family);
/* Whether points of the request's workload have it; not of mechanisms. */
bool sy_param_is_of(const struct sy_param *param, const struct sy_request *r);
uint64_t sy_param_get(const struct sy_param *param, const struct sy_request *r);
void sy_param_set(const struct sy_param *param, struct sy_request *r,
                  uint64_t value);

/* Whether tasks of the workload wait as long as they are told. */
bool sy_request_waits(const struct sy_request *r);
/* Whether they have a server whose PU can be chosen. */
bool sy_request_has_server(const struct sy_request *r);
/* Whether their work is given in time and carried out in rounds. */
bool sy_request_has_rounds(const struct sy_request *r);
/* Whether they have sections whose work is carried out in rounds. */
bool sy_request_has_sections(const struct sy_request *r);

/* The keys of its family into the object, which is taken; and back from it:
   -EINVAL, one is missing or out of range. */
json_t *sy_params_to_json(const struct sy_request *r, json_t *json);
int sy_params_from_json(struct sy_request *r, const json_t *json);

/*
 * Whether it is an address of plain HTTP that a name and a line of a request
 * can hold (workloads/url.h).  -EINVAL with the reason.
 */
int sy_url_check(const char *url, struct sy_reason *reason);

/*
 * Whether tasks of a family can meet when they are so many: -EINVAL with the
 * reason where a gate has more units than tasks, or nobody is left to wait.
 */
int sy_request_meets(const struct sy_request *r, struct sy_reason *reason);

#endif /* SY_PARAM_H */
