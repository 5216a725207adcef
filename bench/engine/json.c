/* SPDX-License-Identifier: MIT */
/* json.c - see json.h. */
#include "engine/json.h"

json_t *sy_json_with(json_t *json, const char *key, json_t *value)
{
	if (!json_object_set_new(json, key, value))
		return json;
	json_decref(json);
	return NULL;
}

json_t *sy_json_then(json_t *json, json_t *value)
{
	if (!json_array_append_new(json, value))
		return json;
	json_decref(json);
	return NULL;
}

const char *sy_json_text_in(const json_t *json, const char *object,
                            const char *key)
{
	const json_t *inside = json_object_get(json, object);
	const char *text = json_string_value(json_object_get(inside, key));

	return text ? text : "unknown";
}
