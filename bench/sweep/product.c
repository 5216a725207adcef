/* SPDX-License-Identifier: MIT */
/*
 * product.c - the points of a space: counted, and made.
 *
 * Each family has the product of its own keys only, so that a list of grains
 * does not multiply the points of `io`.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/param.h"
#include "sweep/space.h"

/* A family of points: of a workload's, or where that is NULL of mechanisms. */
struct kind {
	const struct sy_workload *workload;
	enum sy_family family;
};

static const char *name_of(const struct kind *kind)
{
	return kind->workload ? kind->workload->name
	                      : sy_family_name(kind->family);
}

static bool wanted(const struct sy_space *space, enum sy_key key,
                   const char *name)
{
	const struct sy_words *words = &space->words[key];

	return sy_words_have(words, "all") || sy_words_have(words, name);
}

/* "all" are those that show what the others do, too. */
static bool model_wanted(const struct sy_space *space,
                         const struct sy_model *model)
{
	const struct sy_words *words = &space->words[SY_KEY_MODEL];

	return (!model->by_name && sy_words_have(words, "all")) ||
	       sy_words_have(words, model->name);
}

/* Tasks that mostly wait; a gate's do where its sections sleep. */
#define WAITING "wait io timer fetch"

/* A plain loop never has more than one wait in flight, so it is left out where
   there are more, unless it is asked for by its name. */
static bool waits_alone(const struct sy_space *space,
                        const struct sy_model *model,
                        const struct sy_workload *workload, uint64_t wait_ns)
{
	return (sy_families_have(WAITING, workload->name) ||
	        (!strcmp(workload->name, "gate") && wait_ns)) &&
	       model->alone &&
	       !sy_words_have(&space->words[SY_KEY_MODEL], model->name);
}

static bool mechanism_wanted(const struct sy_space *space,
                             const struct kind *kind,
                             const struct sy_mechanism *mechanism)
{
	return mechanism->family == kind->family &&
	       wanted(space, SY_KEY_MECHANISM, mechanism->name);
}

/* Keys that not every mechanism heeds: who does not has the value that is the
   default, and no others. */
static const struct {
	enum sy_key key;
	unsigned bit;
	uint64_t otherwise;
} heeded[] = {
	{ SY_KEY_RING, SY_TAKES_RING, 0 },
	{ SY_KEY_WORKING_SET, SY_TAKES_WORKING, 0 },
	{ SY_KEY_BURST, SY_TAKES_BURST, 1 },
	{ SY_KEY_STACK, SY_TAKES_STACK, 0 },
};
#define HEEDED (sizeof(heeded) / sizeof(heeded[0]))

static bool heeds(const struct sy_mechanism *mechanism, enum sy_key key,
                  uint64_t value)
{
	for (size_t i = 0; i < HEEDED; i++)
		if (heeded[i].key == key && !(mechanism->takes & heeded[i].bit))
			return value == heeded[i].otherwise;
	return true;
}

static bool heeds_all(const struct sy_mechanism *mechanism,
                      const struct sy_request *r)
{
	enum sy_family family = mechanism->family;

	return (family != SY_SWITCH ||
	        (heeds(mechanism, SY_KEY_RING, r->contexts) &&
	         heeds(mechanism, SY_KEY_WORKING_SET, r->working_bytes))) &&
	       (family != SY_SPAWN ||
	        heeds(mechanism, SY_KEY_BURST, r->contexts)) &&
	       heeds(mechanism, SY_KEY_STACK, r->stack_bytes);
}

/* How many of a key's values the mechanism heeds.  The default is the least
   that there can be, for all keys that this is asked of. */
static uint64_t count_heeded(const struct sy_space *space, enum sy_key key,
                             const struct sy_mechanism *mechanism)
{
	const struct sy_numbers *numbers = &space->numbers[key];

	for (size_t i = 0; i < HEEDED; i++)
		if (heeded[i].key == key && !(mechanism->takes & heeded[i].bit))
			return numbers->count -
			       sy_numbers_over(numbers, heeded[i].otherwise);
	return numbers->count;
}

/* Points of a mechanism, at one placement. */
static uint64_t count_mechanism(const struct sy_space *space,
                                const struct sy_mechanism *mechanism)
{
	const char *family = sy_family_name(mechanism->family);
	uint64_t product = 1;

	for (enum sy_key key = SY_KEY_PLACEMENT + 1; key < SY_KEYS; key++)
		if (sy_key_in_family(key, family))
			product = sy_multiply_capped(
				product, count_heeded(space, key, mechanism));
	return product;
}

static uint64_t count_mechanisms(const struct sy_space *space,
                                 const struct kind *kind)
{
	uint64_t sum = 0;

	for (size_t m = 0; sy_models[m]; m++) {
		const struct sy_mechanism *const *row =
			sy_models[m]->mechanisms;

		if (!model_wanted(space, sy_models[m]))
			continue;
		for (; row && *row; row++)
			if (mechanism_wanted(space, kind, *row))
				sum = sy_add_capped(
					sum, count_mechanism(space, *row));
	}
	return sum;
}

/* Rows of all groups that differ in nothing but the number in flight; for a
   gate as if it never slept. */
static uint64_t count_rows(const struct sy_space *space,
                           const struct sy_workload *workload)
{
	const struct sy_numbers *inflight = &space->numbers[SY_KEY_INFLIGHT];
	uint64_t alone = inflight->count - sy_numbers_over(inflight, 1);
	uint64_t sum = 0;

	for (size_t m = 0; sy_models[m]; m++)
		if (model_wanted(space, sy_models[m]))
			sum = sy_add_capped(
				sum,
				waits_alone(space, sy_models[m], workload, 0)
					? alone
					: inflight->count);
	return sum;
}

/* Mechanisms of a workload; one that has none is one row. */
static uint64_t count_ways(const struct sy_space *space,
                           const struct sy_workload *workload)
{
	uint64_t count = 0;

	if (!workload->ways)
		return 1;
	for (const struct sy_way *way = workload->ways; way->name; way++)
		count += wanted(space, SY_KEY_MECHANISM, way->name);
	return count;
}

static uint64_t count_tasks(const struct sy_space *space,
                            const struct sy_workload *workload)
{
	uint64_t product = sy_multiply_capped(count_rows(space, workload),
	                                      count_ways(space, workload));

	for (enum sy_key key = SY_KEY_INFLIGHT + 1; key < SY_KEYS; key++)
		if (sy_key_in_family(key, workload->name))
			product = sy_multiply_capped(product,
			                             space->numbers[key].count);
	return product;
}

static uint64_t count_kind(const struct sy_space *space,
                           const struct kind *kind)
{
	if (!sy_space_has_family(space, name_of(kind)))
		return 0;
	return sy_multiply_capped(kind->workload
	                                  ? count_tasks(space, kind->workload)
	                                  : count_mechanisms(space, kind),
	                          space->words[SY_KEY_PLACEMENT].count);
}

uint64_t sy_space_count(const struct sy_space *space)
{
	uint64_t sum = 0;

	for (enum sy_family f = SY_SWITCH; f <= SY_IDLE; f++)
		sum = sy_add_capped(
			sum, count_kind(space, &(struct kind){ NULL, f }));
	for (size_t w = 0; sy_workloads[w]; w++)
		sum = sy_add_capped(
			sum, count_kind(space,
		                        &(struct kind){ sy_workloads[w], 0 }));
	return sum;
}

static int add_mechanisms(const struct sy_space *space, struct sy_plan *plan,
                          const struct kind *kind, struct sy_request *r)
{
	const struct sy_mechanism *const *row = r->model->mechanisms;
	int error = 0;

	for (; row && *row && !error; row++) {
		if (!mechanism_wanted(space, kind, *row) || !heeds_all(*row, r))
			continue;
		r->mechanism = *row;
		error = sy_plan_add(plan, r);
	}
	return error;
}

static int add_ways(const struct sy_space *space, struct sy_plan *plan,
                    struct sy_request *r)
{
	const struct sy_way *ways = r->workload->ways;
	struct sy_reason ignored;
	int error = 0;

	r->way = 0;
	if (sy_request_meets(r, &ignored))
		return 0;
	if (!ways)
		return sy_plan_add(plan, r);
	for (; ways[r->way].name && !error; r->way++)
		if (wanted(space, SY_KEY_MECHANISM, ways[r->way].name))
			error = sy_plan_add(plan, r);
	return error;
}

/* Every row at the parameters that `r` has now. */
static int add_rows(const struct sy_space *space, struct sy_plan *plan,
                    const struct kind *kind, struct sy_request *r)
{
	int error = 0;

	for (size_t m = 0; sy_models[m] && !error; m++) {
		r->model = sy_models[m];
		if (!model_wanted(space, r->model))
			continue;
		if (!kind->workload)
			error = add_mechanisms(space, plan, kind, r);
		else if (r->inflight == 1 ||
		         !waits_alone(space, r->model, kind->workload,
		                      r->wait_ns))
			error = add_ways(space, plan, r);
	}
	return error;
}

static void set(struct sy_request *r, enum sy_key key, uint64_t value)
{
	switch (key) {
	case SY_KEY_INFLIGHT:
		r->inflight = (uint32_t)value;
		break;
	case SY_KEY_GRAIN:
		r->grain_ns = value;
		break;
	case SY_KEY_WAIT:
		r->wait_ns = value;
		break;
	case SY_KEY_REQUEST:
		r->request_bytes = (uint32_t)value;
		break;
	case SY_KEY_REPLY:
		r->reply_bytes = (uint32_t)value;
		break;
	case SY_KEY_TRANSPORT:
		r->tcp = value;
		break;
	case SY_KEY_SERVER:
		r->server_pu =
			value == UINT64_MAX ? SY_SERVER_SHARED : (int)value;
		break;
	case SY_KEY_WINDOW:
		r->window = (uint32_t)value;
		break;
	case SY_KEY_HOLD_AWAKE:
		r->hold_awake = value;
		break;
	case SY_KEY_RING:
	case SY_KEY_BURST:
	case SY_KEY_CONTEXTS:
		r->contexts = (uint32_t)value;
		break;
	case SY_KEY_WORKING_SET:
		r->working_bytes = value;
		break;
	case SY_KEY_STACK:
		r->stack_bytes = value;
		break;
	case SY_KEY_RESIDENT:
		r->resident_bytes = value;
		break;
	case SY_KEY_HUGE_PAGES:
		r->huge_pages = value;
		break;
	case SY_KEY_INSIDE:
		r->inside_ns = value;
		break;
	case SY_KEY_OUTSIDE:
		r->outside_ns = value;
		break;
	case SY_KEY_SECTIONS:
		r->sections = (uint32_t)value;
		break;
	case SY_KEY_UNITS:
		r->units = (uint32_t)value;
		break;
	case SY_KEY_NOTIFY:
		r->notify = (uint32_t)value;
		break;
	case SY_KEY_CELLS:
		r->cells = (uint32_t)value;
		break;
	case SY_KEY_BODY:
		r->body_bytes = (uint32_t)value;
		break;
	case SY_KEY_CONNECTION:
		r->fresh = value;
		break;
	case SY_KEY_TIMEOUT:
		r->timeout_ns = value;
		break;
	case SY_KEY_MODEL:
	case SY_KEY_WORKLOAD:
	case SY_KEY_MECHANISM:
	case SY_KEY_PLACEMENT:
	case SY_KEY_URL:
	case SY_KEYS:
		break;
	}
}

/* A key's list as the wheel of an odometer. */
struct wheel {
	uint64_t *values; /* owned; NULL: the family does not have the key */
	size_t count, at;
};

static int make_wheels(const struct sy_space *space, const char *family,
                       struct wheel wheels[SY_KEYS])
{
	int error = 0;

	for (enum sy_key key = 0; key < SY_KEYS; key++)
		wheels[key] = (struct wheel){ .count = 1 };
	wheels[SY_KEY_PLACEMENT].count = space->words[SY_KEY_PLACEMENT].count;
	for (enum sy_key key = SY_KEY_INFLIGHT; key < SY_KEYS && !error;
	     key++) {
		if (!sy_key_in_family(key, family))
			continue;
		wheels[key].count = space->numbers[key].count;
		error = sy_numbers_expand(&space->numbers[key],
		                          &wheels[key].values);
		/* A gate's sections sleep only where that is asked for. */
		if (!error && key == SY_KEY_WAIT && !space->written[key] &&
		    !strcmp(family, "gate"))
			wheels[key].values[0] = 0;
	}
	return error;
}

static void free_wheels(struct wheel wheels[SY_KEYS])
{
	for (enum sy_key key = 0; key < SY_KEYS; key++)
		free(wheels[key].values);
}

static void set_url(struct sy_request *r, const char *url)
{
	snprintf(r->url, sizeof(r->url), "%s", strcmp(url, "none") ? url : "");
}

static void read_wheels(const struct sy_space *space,
                        const struct wheel wheels[SY_KEYS],
                        struct sy_request *r)
{
	const struct sy_words *placements = &space->words[SY_KEY_PLACEMENT];

	snprintf(r->placement, sizeof(r->placement), "%s",
	         placements->items[wheels[SY_KEY_PLACEMENT].at]);
	set_url(r, space->words[SY_KEY_URL].items[0]);
	for (enum sy_key key = SY_KEY_INFLIGHT; key < SY_KEYS; key++)
		if (wheels[key].values)
			set(r, key, wheels[key].values[wheels[key].at]);
}

/* Turns to the next combination; false: all have been. */
static bool turn_wheels(struct wheel wheels[SY_KEYS])
{
	for (enum sy_key key = 0; key < SY_KEYS; key++) {
		if (++wheels[key].at < wheels[key].count)
			return true;
		wheels[key].at = 0;
	}
	return false;
}

static int add_kind(const struct sy_space *space, struct sy_plan *plan,
                    const struct kind *kind)
{
	struct wheel wheels[SY_KEYS];
	struct sy_request request;
	int error;

	if (!sy_space_has_family(space, name_of(kind)))
		return 0;
	sy_request_default(&request);
	request.workload = kind->workload;
	/* It does not stand in the name of a mechanism. */
	request.inflight = 1;
	error = make_wheels(space, name_of(kind), wheels);
	if (!error)
		do {
			read_wheels(space, wheels, &request);
			error = add_rows(space, plan, kind, &request);
		} while (!error && turn_wheels(wheels));
	free_wheels(wheels);
	return error;
}

int sy_space_add(const struct sy_space *space, struct sy_plan *plan)
{
	int error = 0;

	for (enum sy_family f = SY_SWITCH; f <= SY_IDLE && !error; f++)
		error = add_kind(space, plan, &(struct kind){ NULL, f });
	for (size_t w = 0; sy_workloads[w] && !error; w++)
		error = add_kind(space, plan,
		                 &(struct kind){ sy_workloads[w], 0 });
	return error;
}
