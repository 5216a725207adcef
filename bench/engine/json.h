/* SPDX-License-Identifier: MIT */
/*
 * json.h - objects and arrays of which no part is missing, and text in them.
 *
 * A part that there was no memory for must not be left out of what is written
 * down, so an object that a part could not be put into is none.
 */
#ifndef SY_JSON_H
#define SY_JSON_H

#include <jansson.h>

/*
 * `json` with `value` under `key`, or at its end; takes both.  NULL, with both
 * released: one of them is NULL, or there is no memory.
 */
json_t *sy_json_with(json_t *json, const char *key, json_t *value);
json_t *sy_json_then(json_t *json, json_t *value);

/* The text under `key` in the object under `object`; else "unknown". */
const char *sy_json_text_in(const json_t *json, const char *object,
                            const char *key);

#endif /* SY_JSON_H */
