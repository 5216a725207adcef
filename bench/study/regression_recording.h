/* SPDX-License-Identifier: MIT */
/*
 * regression_recording.h - parts of a recording, read strictly.
 */
#ifndef SY_REGRESSION_RECORDING_H
#define SY_REGRESSION_RECORDING_H

#include "study/regression_parts.h"

/* A whole number that is not negative and at most `most`. */
bool sy_recording_whole(const json_t *json, uint64_t most, uint64_t *value);
/* Whether its pairs have the columns that are known here. */
bool sy_recording_columns(const json_t *json);
/* The pairs under "pairs" of an object that is called `name`.  -EINVAL with
   the reason, -ENOMEM. */
int sy_recording_pairs(const json_t *json, const char *name,
                       struct sy_pair **pairs, size_t *count, size_t *room,
                       struct sy_reason *reason);

#endif /* SY_REGRESSION_RECORDING_H */
