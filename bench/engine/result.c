/* SPDX-License-Identifier: MIT */
/* result.c - see result.h. */
#include "engine/result.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = {
	[SY_PLANNED] = "stopped", [SY_MEASURED] = "measured",
	[SY_ABSENT] = "absent",   [SY_FAILED] = "failed",
	[SY_INVALID] = "invalid", [SY_WRONG] = "wrong",
};

/* A count of switches may miss what is declared by this share. */
#define SWITCHES_SLACK 0.02

const char *sy_state_name(enum sy_state state)
{
	return names[state];
}

int sy_state_find(const char *name, enum sy_state *state)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(names[i], name)) {
			*state = (enum sy_state)i;
			return 0;
		}
	return -EINVAL;
}

static int make_room(struct sy_result *result)
{
	size_t room = result->room ? result->room * 2 : 32;
	struct sy_sample *samples;

	if (result->count < result->room)
		return 0;
	samples = realloc(result->samples, room * sizeof(*samples));
	if (!samples)
		return -ENOMEM;
	result->samples = samples;
	result->room = room;
	return 0;
}

static int add_latencies(struct sy_result *result,
                         const struct sy_histogram *latencies)
{
	if (!latencies->total)
		return 0;
	if (!result->latencies)
		result->latencies = calloc(1, sizeof(*result->latencies));
	if (!result->latencies)
		return -ENOMEM;
	sy_histogram_merge(result->latencies, latencies);
	return 0;
}

static void add_findings(struct sy_result *result, const struct sy_slice *slice)
{
	result->findings = slice->findings;
	for (size_t i = 0; slice->findings && slice->findings[i].name; i++) {
		uint64_t *sum = &result->found[i], found = slice->found[i];

		if (!slice->findings[i].most)
			*sum = *sum < UINT64_MAX - found ? *sum + found
			                                 : UINT64_MAX;
		else if (*sum < found)
			*sum = found;
	}
}

double sy_finding_figure(const struct sy_finding *finding, uint64_t found,
                         uint64_t operations)
{
	if (finding->most || !operations)
		return (double)found;
	return (double)found / (double)operations;
}

static void add_totals(struct sy_result *result, const struct sy_slice *slice)
{
	result->operations += slice->operations;
	result->elapsed_ns += slice->elapsed_ns;
	result->usage.voluntary += slice->usage.voluntary;
	result->usage.involuntary += slice->usage.involuntary;
	result->usage.cpu_ns += slice->usage.cpu_ns;
	result->server_ns += slice->server_ns;
	result->migrations += slice->migrations;
	for (unsigned i = 0; i < SY_PUS_MAX / 64; i++)
		result->visited[i] |= slice->visited[i];
}

static double per(uint64_t ns, uint64_t operations)
{
	return operations ? (double)ns / (double)operations : 0;
}

int sy_result_add(struct sy_result *result, const struct sy_slice *slice,
                  uint32_t set, uint32_t round)
{
	double operations = (double)slice->operations;

	if (make_room(result) || add_latencies(result, &slice->latencies))
		return -ENOMEM;
	result->samples[result->count++] = (struct sy_sample){
		.set = set,
		.round = round,
		.ns = (double)slice->elapsed_ns / operations,
		.cpu_ns = (double)slice->usage.cpu_ns / operations,
		.alone_ns = per(slice->alone_ns, slice->alone_operations),
		.voluntary = (double)slice->usage.voluntary / operations,
		.first_ns = per(slice->first_ns, slice->first_operations),
		.bytes = (double)slice->bytes / operations,
		.slab_bytes = (double)slice->slab_bytes / operations,
	};
	memcpy(result->detail, slice->detail, sizeof(result->detail));
	add_totals(result, slice);
	add_findings(result, slice);
	if (result->state == SY_PLANNED)
		result->state = SY_MEASURED;
	return 0;
}

bool sy_result_too_long(const struct sy_result *result, uint64_t slice_ns,
                        uint64_t elapsed_ns)
{
	uint64_t usual_ns =
		result->usual_ns > slice_ns ? result->usual_ns : slice_ns;

	return elapsed_ns / 2 > usual_ns;
}

void sy_result_note_length(struct sy_result *result, uint64_t slice_ns,
                           uint64_t elapsed_ns)
{
	if (sy_result_too_long(result, slice_ns, elapsed_ns))
		result->usual_ns = elapsed_ns;
}

void sy_result_forget_latencies(struct sy_result *result)
{
	free(result->latencies);
	result->latencies = NULL;
}

void sy_result_free(struct sy_result *result)
{
	free(result->samples);
	sy_result_forget_latencies(result);
	*result = (struct sy_result){ 0 };
}

bool sy_result_open(const struct sy_result *result)
{
	return result->state == SY_PLANNED || result->state == SY_MEASURED;
}

void sy_result_fail(struct sy_result *result, enum sy_state state,
                    const struct sy_reason *reason)
{
	if (!sy_result_open(result))
		return;
	result->state = state;
	result->reason = *reason;
}

void sy_result_judge(const struct sy_point *point, struct sy_result *result)
{
	const struct sy_mechanism *handoff = point->request.mechanism;
	struct sy_reason reason;
	double voluntary, all;

	if (!sy_point_is(point, SY_SWITCH) || result->state != SY_MEASURED ||
	    !point->where.bound || point->where.count != 1)
		return;
	voluntary =
		(double)result->usage.voluntary / (double)result->operations;
	all = voluntary +
	      (double)result->usage.involuntary / (double)result->operations;
	if (all >= handoff->switches_min * (1 - SWITCHES_SLACK) &&
	    voluntary <= handoff->switches_max + SWITCHES_SLACK)
		return;
	sy_reason(&reason, -ERANGE,
	          "%.3f switches a hand-off, %.3f of them voluntary, instead "
	          "of %u to %u",
	          all, voluntary, handoff->switches_min, handoff->switches_max);
	sy_result_fail(result, SY_INVALID, &reason);
}
