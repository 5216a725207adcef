/* SPDX-License-Identifier: MIT */
/*
 * gbench.h - the part of results.json that follows Google Benchmark's schema,
 * so that its compare.py and every tool that reads it works on our runs.
 */
#ifndef SY_GBENCH_H
#define SY_GBENCH_H

#include <jansson.h>

#include "engine/measure.h"

/* "context": from the machine's facts. */
json_t *sy_gbench_context(const json_t *machine);

/* "benchmarks": each set of a point as a repetition, then median and stddev. */
json_t *sy_gbench_benchmarks(const struct sy_plan *plan,
                             const struct sy_session *session);

#endif /* SY_GBENCH_H */
