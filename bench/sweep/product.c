/* SPDX-License-Identifier: MIT */
/*
 * product.c - the points of a space: counted, and made.
 *
 * Each family has the product of its own keys only, so that a list of grains
 * does not multiply the points of `io`.
 */
#include <stdlib.h>
#include <string.h>

#include "sweep/space.h"

/* A workload's family, or `switch`, whose workload is NULL. */
static const char *family_of(const struct sy_workload *workload)
{
	return workload ? workload->name : "switch";
}

static bool wanted(const struct sy_space *space, const struct sy_model *model)
{
	const struct sy_words *models = &space->words[SY_KEY_MODEL];

	return sy_words_have(models, "all") ||
	       sy_words_have(models, model->name);
}

/* A plain loop never has more than one wait in flight, so it is left out where
   there are more, unless it is asked for by its name. */
static bool waits_alone(const struct sy_space *space,
                        const struct sy_model *model,
                        const struct sy_workload *workload)
{
	return workload && strcmp(workload->name, "cpu") &&
	       !strcmp(model->name, "serial") &&
	       !sy_words_have(&space->words[SY_KEY_MODEL], model->name);
}

static uint64_t count_handoffs(const struct sy_model *model)
{
	uint64_t count = 0;

	for (const struct sy_handoff *h = model->handoffs; h && h->name; h++)
		count++;
	return count;
}

/* Rows of all groups that differ in nothing but the number in flight. */
static uint64_t count_rows(const struct sy_space *space,
                           const struct sy_workload *workload)
{
	const struct sy_numbers *inflight = &space->numbers[SY_KEY_INFLIGHT];
	uint64_t alone = inflight->count - sy_numbers_over(inflight, 1);
	uint64_t sum = 0;

	for (size_t m = 0; sy_models[m]; m++) {
		uint64_t rows = inflight->count;

		if (!wanted(space, sy_models[m]))
			continue;
		if (!workload)
			rows = count_handoffs(sy_models[m]);
		else if (waits_alone(space, sy_models[m], workload))
			rows = alone;
		sum = sy_add_capped(sum, rows);
	}
	return sum;
}

static uint64_t count_family(const struct sy_space *space,
                             const struct sy_workload *workload)
{
	uint64_t product = count_rows(space, workload);

	if (!sy_space_has_family(space, family_of(workload)))
		return 0;
	product = sy_multiply_capped(product,
	                             space->words[SY_KEY_PLACEMENT].count);
	for (enum sy_key key = SY_KEY_INFLIGHT + 1; key < SY_KEYS; key++)
		if (sy_key_in_family(key, family_of(workload)))
			product = sy_multiply_capped(product,
			                             space->numbers[key].count);
	return product;
}

uint64_t sy_space_count(const struct sy_space *space)
{
	uint64_t sum = count_family(space, NULL);

	for (size_t w = 0; sy_workloads[w]; w++)
		sum = sy_add_capped(sum, count_family(space, sy_workloads[w]));
	return sum;
}

/* Every row at the parameters that `r` has now. */
static int add_rows(const struct sy_space *space, struct sy_plan *plan,
                    struct sy_request *r)
{
	int error = 0;

	for (size_t m = 0; sy_models[m] && !error; m++) {
		const struct sy_handoff *h = sy_models[m]->handoffs;

		r->model = sy_models[m];
		r->handoff = NULL;
		if (!wanted(space, r->model) ||
		    (r->inflight > 1 &&
		     waits_alone(space, r->model, r->workload)))
			continue;
		if (r->workload)
			error = sy_plan_add(plan, r);
		for (; !r->workload && h && h->name && !error; h++) {
			r->handoff = h;
			error = sy_plan_add(plan, r);
		}
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
	case SY_KEY_MODEL:
	case SY_KEY_WORKLOAD:
	case SY_KEY_PLACEMENT:
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
	}
	return error;
}

static void free_wheels(struct wheel wheels[SY_KEYS])
{
	for (enum sy_key key = 0; key < SY_KEYS; key++)
		free(wheels[key].values);
}

static void read_wheels(const struct sy_space *space,
                        const struct wheel wheels[SY_KEYS],
                        struct sy_request *r)
{
	const struct sy_words *placements = &space->words[SY_KEY_PLACEMENT];

	snprintf(r->placement, sizeof(r->placement), "%s",
	         placements->items[wheels[SY_KEY_PLACEMENT].at]);
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

static int add_family(const struct sy_space *space, struct sy_plan *plan,
                      const struct sy_workload *workload)
{
	struct wheel wheels[SY_KEYS];
	struct sy_request request;
	int error;

	if (!sy_space_has_family(space, family_of(workload)))
		return 0;
	sy_request_default(&request);
	request.workload = workload;
	/* It does not stand in the name of a hand-off. */
	request.inflight = 1;
	error = make_wheels(space, family_of(workload), wheels);
	if (!error)
		do {
			read_wheels(space, wheels, &request);
			error = add_rows(space, plan, &request);
		} while (!error && turn_wheels(wheels));
	free_wheels(wheels);
	return error;
}

int sy_space_add(const struct sy_space *space, struct sy_plan *plan)
{
	int error = add_family(space, plan, NULL);

	for (size_t w = 0; sy_workloads[w] && !error; w++)
		error = add_family(space, plan, sy_workloads[w]);
	return error;
}
