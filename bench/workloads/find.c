/* SPDX-License-Identifier: MIT */
/* find.c - workloads by name, and what a number of their tasks adds up to. */
#include "workloads/workload.h"

#include <string.h>

const struct sy_workload *sy_workload_find(const char *name)
{
	for (size_t i = 0; sy_workloads[i]; i++) {
		if (!strcmp(sy_workloads[i]->name, name))
			return sy_workloads[i];
	}
	return NULL;
}

void sy_workload_values(const struct sy_workload *workload,
                        const struct sy_load *load,
                        uint64_t values[SY_VALUE_PERIOD])
{
	for (uint64_t i = 0; i < SY_VALUE_PERIOD; i++)
		values[i] = workload->expected(load, i);
}

void sy_workload_expect(const uint64_t values[SY_VALUE_PERIOD], uint64_t count,
                        struct sy_tally *tally)
{
	*tally = (struct sy_tally){ 0 };
	for (uint64_t i = 0; i < count; i++)
		sy_tally_add(tally, i, values[i % SY_VALUE_PERIOD], 0);
}
