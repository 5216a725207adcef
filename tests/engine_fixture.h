/* SPDX-License-Identifier: MIT */
/*
 * engine_fixture.h - what the tests of the engine and of the results share:
 * points by name, and folders that go away.
 */
#ifndef SY_ENGINE_FIXTURE_H
#define SY_ENGINE_FIXTURE_H

#include "models_fixture.h"

#include <jansson.h>

#include "engine/plan.h"

/* The place of a workload's mechanism. */
static inline unsigned way_of(const struct sy_workload *workload,
                              const char *name)
{
	unsigned way = 0;

	while (workload->ways[way].name &&
	       strcmp(workload->ways[way].name, name))
		way++;
	assert_non_null(workload->ways[way].name);
	return way;
}

/* "cpu", "threads"; "lock", "threads" for its first mechanism and others as
   "threads.none"; "switch", "threads.condition". */
static inline void ask_for(struct sy_request *request, const char *family,
                           const char *row)
{
	char model[64];
	char *dot;

	sy_request_default(request);
	request->workload = sy_workload_find(family);
	/* Its sections sleep only where that is asked for. */
	if (!strcmp(family, "gate"))
		request->wait_ns = 0;
	request->model = sy_model_find(row);
	if (request->workload && request->model)
		return;
	snprintf(model, sizeof(model), "%s", row);
	dot = strrchr(model, '.');
	assert_non_null(dot);
	*dot = '\0';
	if (request->workload) {
		request->model = sy_model_find(model);
		assert_non_null(request->model);
		assert_non_null(request->workload->ways);
		request->way = way_of(request->workload, dot + 1);
		return;
	}
	request->model = sy_model_find(model);
	assert_non_null(request->model);
	for (enum sy_family f = SY_SWITCH; f <= SY_IDLE; f++)
		if (!strcmp(sy_family_name(f), family))
			request->mechanism =
				sy_mechanism_find(request->model, f, dot + 1);
	assert_non_null(request->mechanism);
	if (request->mechanism->family == SY_SPAWN)
		request->contexts = 1;
	if (request->mechanism->family == SY_IDLE)
		request->contexts = 1000;
}

/* A model's name that is as long as a point's may be; no real one is. */
static inline const char *long_name(char name[SY_NAME_BYTES])
{
	memset(name, 'x', SY_NAME_BYTES - 1);
	name[SY_NAME_BYTES - 1] = '\0';
	return name;
}

/* A point that still has to be resolved. */
static inline void make_point(struct sy_point *point, const char *family,
                              const char *row)
{
	memset(point, 0, sizeof(*point));
	ask_for(&point->request, family, row);
	assert_int_equal(sy_point_name(point), 0);
}

/* Finds the PUs on this machine. */
static inline int resolve_here(struct sy_point *point, struct sy_reason *reason)
{
	struct sy_topology *topology;
	int error;

	assert_int_equal(sy_topology_open(&topology), 0);
	error = sy_point_resolve(point, topology, reason);
	sy_topology_close(topology);
	return error;
}

/* Passes where the text says this; prints it where not. */
static inline void assert_says(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("'%s' says nothing of '%s'", text, part);
}

/* A new folder below /tmp; `path` has 64 bytes. */
static inline void make_folder(char *path)
{
	snprintf(path, 64, "/tmp/switchyard-test-XXXXXX");
	assert_non_null(mkdtemp(path));
}

static inline void remove_folder(const char *path)
{
	char command[100];

	snprintf(command, sizeof(command), "rm -rf %s", path);
	assert_int_equal(system(command), 0);
}

#endif /* SY_ENGINE_FIXTURE_H */
