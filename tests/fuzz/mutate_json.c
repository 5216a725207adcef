/* SPDX-License-Identifier: MIT */
/*
 * mutate_json.c - changes a value of a JSON text rather than its bytes, for
 * readers that look at nothing that is no JSON.
 *
 * One value, anywhere in the tree, becomes another: a number at the edge of
 * something, one of another kind, a copy of a neighbour, or none.  Every third
 * time it is the bytes all the same.
 */
#include "fuzz.h"

#define DEPTH_MAX 64

/* A sequence of its own, from the seed that is given for each input. */
struct dice {
	uint64_t state;
};

static size_t below(struct dice *dice, size_t limit)
{
	dice->state = dice->state * UINT64_C(6364136223846793005) +
	              UINT64_C(1442695040888963407);
	return (size_t)(dice->state >> 33) % limit;
}

static json_t *edge_number(struct dice *dice)
{
	static const json_int_t edges[] = {
		0,         1,         -1,          2,
		7,         8,         63,          64,
		65,        255,       1024,        2047,
		2048,      65535,     1000000,     1000001,
		1 << 30,   INT32_MAX, -2147483648, UINT32_MAX,
		1LL << 32, 1LL << 53, 1LL << 60,   INT64_MAX / 2,
		INT64_MAX, INT64_MIN,
	};

	return json_integer(edges[below(dice, sizeof(edges) / sizeof(*edges))]);
}

static json_t *other_kind(struct dice *dice)
{
	switch (below(dice, 10)) {
	case 0:
		return json_null();
	case 1:
		return json_boolean(below(dice, 2));
	case 2:
		return json_string("");
	case 3:
		return json_string("\x1b[31m<b>`|\"'\n\\");
	case 4:
		return json_real(0.5);
	case 5:
		return json_real(-1e308);
	case 6:
		return json_real(1e-308);
	case 7:
		return json_array();
	case 8:
		return json_object();
	default:
		return edge_number(dice);
	}
}

static json_t *near_number(struct dice *dice, const json_t *value)
{
	json_int_t number = json_integer_value(value);
	json_int_t change = (json_int_t)below(dice, 3) - 1;

	if (below(dice, 2) || number > INT64_MAX / 2 || number < INT64_MIN / 2)
		return edge_number(dice);
	return json_integer(below(dice, 2) ? number + change
	                                   : number * (change + 1));
}

static json_t *changed_text(struct dice *dice, const json_t *value)
{
	uint8_t text[512] = { 0 };
	size_t size = json_string_length(value);
	json_t *changed;

	if (size > sizeof(text) / 2 || !below(dice, 4))
		return other_kind(dice);
	memcpy(text, json_string_value(value), size);
	size = LLVMFuzzerMutate(text, size, sizeof(text));
	changed = json_stringn((const char *)text, size);
	return changed ? changed : json_string("\xc3\xa4");
}

static json_t *changed_value(struct dice *dice, const json_t *value)
{
	if (!below(dice, 4))
		return other_kind(dice);
	if (json_is_integer(value))
		return near_number(dice, value);
	if (json_is_string(value))
		return changed_text(dice, value);
	return other_kind(dice);
}

static const char *key_at(json_t *object, size_t index)
{
	void *iter = json_object_iter(object);

	while (index--)
		iter = json_object_iter_next(object, iter);
	return json_object_iter_key(iter);
}

static void change_array(struct dice *dice, json_t *array, size_t at)
{
	json_t *value = json_array_get(array, at);

	switch (below(dice, 4)) {
	case 0:
		json_array_remove(array, at);
		break;
	case 1:
		json_array_insert_new(array, at, json_deep_copy(value));
		break;
	default:
		json_array_set_new(array, at, changed_value(dice, value));
	}
}

static void change_object(struct dice *dice, json_t *object, size_t at)
{
	size_t size = json_object_size(object);
	const char *other = key_at(object, below(dice, size));
	char *key = strdup(key_at(object, at));
	json_t *value = json_object_get(object, key);

	fuzz_must(key);
	switch (below(dice, 4)) {
	case 0:
		json_object_del(object, key);
		break;
	case 1:
		json_object_set_new(
			object, key,
			json_deep_copy(json_object_get(object, other)));
		break;
	default:
		json_object_set_new(object, key, changed_value(dice, value));
	}
	free(key);
}

/* Goes down until it stays somewhere. */
static void change(struct dice *dice, json_t *json, int depth)
{
	size_t size = json_is_array(json) ? json_array_size(json)
	                                  : json_object_size(json);
	size_t at = size ? below(dice, size) : 0;
	json_t *inside;

	if (!size)
		return;
	inside = json_is_array(json) ? json_array_get(json, at)
	                             : json_object_get(json, key_at(json, at));
	if ((json_is_array(inside) || json_is_object(inside)) &&
	    depth < DEPTH_MAX && below(dice, 8))
		change(dice, inside, depth + 1);
	else if (json_is_array(json))
		change_array(dice, json, at);
	else
		change_object(dice, json, at);
}

/* The line around a place: of a text of lines, each is JSON of its own. */
static size_t line_at(const uint8_t *data, size_t size, size_t at,
                      size_t *bytes)
{
	const uint8_t *before = memrchr(data, '\n', at);
	size_t begin = before ? (size_t)(before - data) + 1 : 0;
	const uint8_t *end = memchr(data + begin, '\n', size - begin);

	*bytes = end ? (size_t)(end - data) - begin : size - begin;
	return begin;
}

/* Puts the text in the place of the line. */
static size_t replace(uint8_t *data, size_t size, size_t room, size_t begin,
                      size_t bytes, const char *text)
{
	size_t length = strlen(text);

	if (size - bytes + length > room)
		return size;
	memmove(data + begin + length, data + begin + bytes,
	        size - begin - bytes);
	memcpy(data + begin, text, length);
	return size - bytes + length;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t room,
                               unsigned seed)
{
	struct dice dice = { seed };
	size_t begin = 0, bytes = 0;
	json_t *json = NULL;
	char *text;

	if (size && below(&dice, 3)) {
		begin = line_at(data, size, below(&dice, size), &bytes);
		json = fuzz_json(data + begin, bytes);
	}
	if (!json)
		return LLVMFuzzerMutate(data, size, room);
	change(&dice, json, 0);
	text = json_dumps(json, JSON_COMPACT);
	json_decref(json);
	if (text)
		size = replace(data, size, room, begin, bytes, text);
	free(text);
	return size;
}
