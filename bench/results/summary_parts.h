/* SPDX-License-Identifier: MIT */
/*
 * summary_parts.h - what the files of the summary share.
 */
#ifndef SY_SUMMARY_PARTS_H
#define SY_SUMMARY_PARTS_H

#include <jansson.h>

#include "engine/result.h"
#include "stats/stats.h"

/* Takes the value. */
void sy_summary_set(json_t *json, const char *key, json_t *value);
json_t *sy_estimate_json(const struct sy_estimate *estimate);

/* summary_tasks.c: of a point that has a workload. */

/* What it was asked for, into the parameters. */
void sy_summary_load(json_t *params, const struct sy_point *point);
/* Its server, the latencies of its tasks, what was found. */
void sy_summary_tasks(json_t *json, const struct sy_point *point,
                      const struct sy_result *result);

/* summary_mechanism.c: of a point that has a mechanism. */

/* What it was asked for, into the parameters. */
void sy_summary_setting(json_t *params, const struct sy_point *point);
/* What a reader of the row must know, measured or not. */
void sy_summary_labels(json_t *json, const struct sy_point *point,
                       const struct sy_result *result);
/* The figures that only mechanisms have. */
void sy_summary_mechanism(json_t *json, const struct sy_point *point,
                          const struct sy_result *result, uint64_t seed);

#endif /* SY_SUMMARY_PARTS_H */
