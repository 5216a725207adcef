/* SPDX-License-Identifier: MIT */
/*
 * summary_fixture.h - a session made by hand from samples that are known.
 */
#ifndef SY_SUMMARY_FIXTURE_H
#define SY_SUMMARY_FIXTURE_H

#include "engine_fixture.h"

#include "results/summary.h"

/* Every slice has so many operations. */
#define OPERATIONS 1000

struct made {
	struct sy_plan plan;
	struct sy_session session;
	json_t *results, *machine;
};

static inline void made_open(struct made *made)
{
	memset(made, 0, sizeof(*made));
	sy_plan_init(&made->plan);
	made->machine = json_pack("{s{ss si} s{ss} ss}", "cpu", "model",
	                          "Model T", "pus", 2, "kernel", "release",
	                          "6.1.0", "virtualisation", "kvm");
}

static inline void made_close(struct made *made)
{
	sy_session_free(&made->session, &made->plan);
	sy_plan_free(&made->plan);
	json_decref(made->results);
	json_decref(made->machine);
}

/* Bound to PUs 0 .. pu_count - 1; the server on PU `server_pu`. */
static inline void made_add(struct made *made, const char *family,
                            const char *row, unsigned pu_count, int server_pu)
{
	struct sy_request request;
	struct sy_placement *where;

	ask_for(&request, family, row);
	assert_int_equal(sy_plan_add(&made->plan, &request), 0);
	for (size_t i = 0; i < made->plan.count; i++) {
		where = &made->plan.points[i].where;
		if (where->count)
			continue;
		where->pus = calloc(pu_count, sizeof(int));
		assert_non_null(where->pus);
		for (unsigned k = 0; k < pu_count; k++)
			where->pus[k] = (int)k;
		where->count = pu_count;
		where->bound = true;
		made->plan.points[i].load.server_pu = server_pu;
	}
}

/* After the last point was added. */
static inline void made_begin(struct made *made)
{
	assert_int_equal(sy_session_init(&made->session, &made->plan), 0);
}

static inline void made_put(struct sy_result *result, const struct sy_slice *s,
                            uint32_t set, uint32_t round)
{
	assert_int_equal(sy_result_add(result, s, set, round), 0);
}

static inline struct sy_slice *made_slice(uint64_t ns)
{
	struct sy_slice *slice = calloc(1, sizeof(*slice));

	assert_non_null(slice);
	slice->operations = OPERATIONS;
	slice->elapsed_ns = ns * OPERATIONS;
	return slice;
}

/* `sets` sets of `rounds` slices, each of `ns` an operation. */
static inline void made_fill(struct sy_result *result, uint64_t ns,
                             uint32_t sets, uint32_t rounds)
{
	struct sy_slice *slice = made_slice(ns);

	for (uint32_t set = 0; set < sets; set++)
		for (uint32_t round = 0; round < rounds; round++)
			made_put(result, slice, set, round);
	free(slice);
}

static inline void made_sum_up(struct made *made)
{
	made->results = sy_summary(&made->plan, &made->session, made->machine,
	                           "feedfacecafebeef");
	assert_non_null(made->results);
}

static inline const json_t *made_point(const struct made *made, size_t i)
{
	return json_array_get(json_object_get(made->results, "points"), i);
}

/* A number of an object in an object. */
static inline double number_in(const json_t *json, const char *key,
                               const char *inner)
{
	const json_t *value = json_object_get(json, key);

	value = inner ? json_object_get(value, inner) : value;
	if (!json_is_number(value))
		fail_msg("no number %s %s", key, inner ? inner : "");
	return json_number_value(value);
}

static inline const char *text_in(const json_t *json, const char *key)
{
	const char *text = json_string_value(json_object_get(json, key));

	return text ? text : "(none)";
}

static inline void assert_near(double value, double wanted)
{
	double off = value - wanted;

	if (off > 1e-9 * wanted || -off > 1e-9 * wanted)
		fail_msg("%.12g instead of %.12g", value, wanted);
}

#endif /* SY_SUMMARY_FIXTURE_H */
