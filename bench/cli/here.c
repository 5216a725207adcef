/* SPDX-License-Identifier: MIT */
/*
 * here.c - the machine that is measured on, and the points that it has.
 */
#include <errno.h>
#include <string.h>

#include "cli/cli.h"
#include "host/machine.h"
#include "sweep/matrix.h"

static int open_topology(struct sy_topology **topology)
{
	int error = sy_topology_open(topology);

	if (error == -ENOTSUP)
		return sy_complain(SY_EXIT_REFUSED,
		                   "hwloc describes another machine "
		                   "(HWLOC_XMLFILE, HWLOC_SYNTHETIC or "
		                   "HWLOC_COMPONENTS is set): unset it to "
		                   "measure here");
	if (error)
		return sy_complain(SY_EXIT_REFUSED,
		                   "hwloc cannot read this machine: %s",
		                   strerror(-error));
	return 0;
}

int sy_here_open(struct sy_topology **topology, json_t **machine,
                 char id[SY_MACHINE_ID_BYTES])
{
	int status = open_topology(topology);

	if (status)
		return status;
	*machine = sy_machine_facts(*topology);
	if (!*machine)
		return sy_complain(SY_EXIT_REFUSED, "no memory");
	snprintf(id, SY_MACHINE_ID_BYTES, "%s",
	         json_string_value(json_object_get(*machine, "id")));
	return 0;
}

static int expand(struct sy_plan *plan, const struct sy_topology *topology,
                  const struct sy_options *options)
{
	unsigned pus = sy_topology_pu_count(topology);
	uint64_t count = sy_matrix_count(plan, pus);

	if (pus < 2)
		return sy_complain(SY_EXIT_NOTHING,
		                   "a matrix needs two PUs, 1 may be used "
		                   "here");
	if (count > options->max_points)
		return sy_complain(SY_EXIT_USAGE,
		                   "with a matrix of %u PUs %zu points become "
		                   "%llu, more than %llu; shorten the lists, "
		                   "leave it fewer PUs (taskset -c 0-3 ...), "
		                   "or raise --max-points",
		                   pus, plan->count, (unsigned long long)count,
		                   (unsigned long long)options->max_points);
	return sy_matrix_expand(plan, topology)
	               ? sy_complain(SY_EXIT_REFUSED, "no memory")
	               : 0;
}

int sy_here_expand(struct sy_plan *plan, const struct sy_options *options)
{
	struct sy_topology *topology;
	int status;

	if (!sy_matrix_any(plan))
		return 0;
	status = open_topology(&topology);
	if (status)
		return status;
	status = expand(plan, topology, options);
	sy_topology_close(topology);
	return status;
}

int sy_here_resolve(const struct sy_topology *topology, struct sy_plan *plan,
                    struct sy_result *results)
{
	struct sy_reason reason, first = { "" };
	size_t here = 0;

	for (size_t i = 0; i < plan->count; i++) {
		struct sy_point *point = &plan->points[i];
		int error = sy_point_resolve(point, topology, &reason);

		if (error == -EINVAL || error == -ENOMEM)
			return sy_complain(error == -EINVAL ? SY_EXIT_USAGE
			                                    : SY_EXIT_REFUSED,
			                   "%s", reason.text);
		if (error) {
			sy_point_release(point);
			sy_result_fail(&results[i], SY_ABSENT, &reason);
			first = first.text[0] ? first : reason;
		}
		here += !error;
	}
	return here ? 0
	            : sy_complain(SY_EXIT_NOTHING,
	                          "nothing of this can run here: %s",
	                          first.text);
}
