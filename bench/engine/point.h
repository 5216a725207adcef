/* SPDX-License-Identifier: MIT */
/*
 * point.h - what is measured: a family, a model and parameters.
 *
 * Points that differ only in the model or the mechanism form a group; the group
 * is what one sees side by side and what is interleaved.
 */
#ifndef SY_POINT_H
#define SY_POINT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "engine/reason.h"
#include "host/limits.h"
#include "host/topology.h"
#include "model.h"
#include "workloads/workload.h"

#define SY_NAME_BYTES 352
#define SY_PLACEMENT_BYTES 64

/* The server runs on the PU of context 0: the stable placement. */
#define SY_SERVER_SHARED (-2)

/* What a person asks for; defaults in sy_request_default. */
struct sy_request {
	const struct sy_model *model;
	/* Of the families switch, spawn and idle; else NULL. */
	const struct sy_mechanism *mechanism;
	const struct sy_workload *workload; /* of the others, else NULL */
	unsigned way; /* of the workload's, where it has any */
	uint32_t inflight;
	uint32_t window;
	uint64_t grain_ns;
	uint64_t wait_ns;
	uint32_t request_bytes, reply_bytes;
	bool tcp;
	bool hold_awake;
	int server_pu; /* SY_SERVER_SHARED or an OS index */
	/* What a mechanism is asked for: struct sy_setting. */
	uint32_t contexts;
	uint64_t working_bytes;
	uint64_t stack_bytes;
	uint64_t resident_bytes;
	bool huge_pages; /* the resident memory is to be in them */
	/* What tasks that meet, share and fetch are: struct sy_load, param.h. */
	uint64_t inside_ns, outside_ns, timeout_ns;
	uint32_t sections, units, notify, cells, body_bytes;
	bool fresh;
	char url[SY_URL_BYTES];
	char placement[SY_PLACEMENT_BYTES];
};

struct sy_point {
	struct sy_request request;
	char name[SY_NAME_BYTES];
	char group[SY_NAME_BYTES]; /* the name without model and mechanism */
	struct sy_placement where; /* owned; empty until resolved */
	struct sy_load load;       /* rounds are 0 until calibrated */
};

void sy_request_default(struct sy_request *request);

/* All of a request, and back.  NULL: no memory; -EINVAL with the reason. */
json_t *sy_request_to_json(const struct sy_request *request);
int sy_request_from_json(struct sy_request *request, json_t *json,
                         struct sy_reason *reason);
/* The object with the mechanism or the workload that there is, and what only
   its family has; takes it. */
json_t *sy_request_row_to_json(const struct sy_request *request, json_t *json);
/* Finds what is named: a workload, with a mechanism where it has any, or a
   mechanism and its family; what is not is NULL.  -EINVAL. */
int sy_request_names(struct sy_request *request, const char *model,
                     const char *family, const char *mechanism,
                     const char *workload, struct sy_reason *reason);
/* The setting as JSON for a mechanism; takes the object; and back.  -EINVAL:
   out of range. */
json_t *sy_request_setting_to_json(const struct sy_request *request,
                                   json_t *json);
int sy_request_setting_from_json(struct sy_request *request,
                                 const json_t *json);

/*
 * Fills the name and the group of a point from its request, and its load but
 * for the rounds.  -ENAMETOOLONG.
 */
int sy_point_name(struct sy_point *point);

/*
 * Finds the PUs.  -ENODEV with the reason where this machine does not have
 * the placement, the server's PU or the model.
 */
int sy_point_resolve(struct sy_point *point, const struct sy_topology *topology,
                     struct sy_reason *reason);
void sy_point_release(struct sy_point *point);

/* "cpu" and those of other workloads, "switch", "spawn", "idle". */
const char *sy_point_family(const struct sy_point *point);
const char *sy_request_family(const struct sy_request *request);
/* Whether its points are of that family of mechanisms. */
bool sy_point_is(const struct sy_point *point, enum sy_family family);
/* The name of its mechanism, or NULL; and whether that is a yardstick: shown,
   but neither best nor a rival. */
const char *sy_request_mechanism(const struct sy_request *request);
bool sy_request_is_reference(const struct sy_request *request);
/* "threads", or "threads.condition" where there is a mechanism. */
void sy_point_row(const struct sy_point *point, char *row, size_t bytes);

/* The parameters of its tasks but for rounds and server. */
void sy_request_load(const struct sy_request *request, struct sy_load *load);
/* What its tasks want of the model: enum sy_wants. */
unsigned sy_point_wants(const struct sy_point *point);
/* What is found after its runs, ended by a name that is NULL; or NULL. */
const struct sy_finding *sy_point_findings(const struct sy_point *point);

/* What its mechanism is asked for; resident memory is not there yet. */
struct sy_setting sy_point_setting(const struct sy_point *point);

/* What a worker that holds the point will take, itself included. */
void sy_point_needs(const struct sy_point *point, struct sy_needs *needs);

/* The memory that it will take, in bytes: an estimate, rather too high. */
uint64_t sy_point_memory(const struct sy_point *point);

/*
 * -EAGAIN, -EMFILE or -ENOMEM with the limit that would stop the point, by
 * name and number, before it is started; 0 where none does.
 */
int sy_point_fits(const struct sy_point *point, const struct sy_limits *limits,
                  struct sy_reason *reason);

/* Why its workload cannot be had here or with its model, or NULL; valid until
   the next call. */
const char *sy_request_absent(const struct sy_request *request);

/* Whether latencies of tasks are stamped: where that costs < 1 %. */
bool sy_point_stamped(const struct sy_point *point);

/* The OS indices of a placement, in its order.  NULL: no memory. */
json_t *sy_pus_to_json(const struct sy_placement *where);

/* For the worker: a resolved point as JSON, and back.  NULL: no memory. */
json_t *sy_point_to_json(const struct sy_point *point);
int sy_point_from_json(struct sy_point *point, json_t *json,
                       struct sy_reason *reason);

#endif /* SY_POINT_H */
