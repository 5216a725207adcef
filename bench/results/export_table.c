/* SPDX-License-Identifier: MIT */
/* export_table.c - rows of separated values out of objects. */
#include <stdlib.h>

#include "results/export_parts.h"

static void put_number(FILE *out, const json_t *number)
{
	if (json_is_integer(number))
		fprintf(out, "%lld", (long long)json_integer_value(number));
	else
		sy_put_number(out, json_real_value(number));
}

/* Whole numbers with blanks between: pus, pus_visited. */
static void put_list(FILE *out, const json_t *list)
{
	const char *blank = "";
	json_t *item;
	size_t i;

	json_array_foreach ((json_t *)list, i, item) {
		if (!json_is_integer(item))
			continue;
		fprintf(out, "%s%lld", blank,
		        (long long)json_integer_value(item));
		blank = " ";
	}
}

/* "lost:3 lost_share:0.0015": those of different workloads have different
   names, so that a column each would be mostly empty. */
static void put_pairs(FILE *out, const struct sy_dialect *dialect,
                      const json_t *pairs)
{
	const char *blank = "";
	char *text = NULL;
	const char *key;
	json_t *value;
	size_t bytes;
	FILE *line = open_memstream(&text, &bytes);

	if (!line)
		return;
	json_object_foreach ((json_t *)pairs, key, value) {
		if (!json_is_number(value))
			continue;
		fprintf(line, "%s%s:", blank, key);
		put_number(line, value);
		blank = " ";
	}
	if (!fclose(line))
		dialect->put_text(out, text);
	free(text);
}

static void put_value(FILE *out, const struct sy_dialect *dialect,
                      const json_t *value)
{
	if (json_is_string(value))
		dialect->put_text(out, json_string_value(value));
	else if (json_is_number(value))
		put_number(out, value);
	else if (json_is_object(value))
		put_pairs(out, dialect, value);
	else if (json_is_boolean(value))
		fputs(json_is_true(value) ? "true" : "false", out);
	else if (json_is_array(value))
		put_list(out, value);
}

static const json_t *find(const struct sy_column *column,
                          const json_t *const *objects)
{
	const json_t *object = objects[column->source];

	if (column->object)
		object = json_object_get(object, column->object);
	return json_object_get(object, column->key);
}

void sy_put_header(FILE *out, const struct sy_dialect *dialect,
                   const struct sy_column *columns, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (i)
			fputc(dialect->separator, out);
		fputs(columns[i].name, out);
	}
	fputs(dialect->line_end, out);
}

void sy_put_row(FILE *out, const struct sy_dialect *dialect,
                const struct sy_column *columns, size_t count,
                const json_t *const *objects)
{
	for (size_t i = 0; i < count; i++) {
		if (i)
			fputc(dialect->separator, out);
		put_value(out, dialect, find(&columns[i], objects));
	}
	fputs(dialect->line_end, out);
}
