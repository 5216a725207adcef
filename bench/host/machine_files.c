/* SPDX-License-Identifier: MIT */
/*
 * machine_files.c - reading the short text files of /proc and /sys.
 */
#include "machine_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static FILE *open_below(const char *root, const char *path)
{
	char full[SY_PATH_BYTES];
	int length = snprintf(full, sizeof(full), "%s%s", root, path);

	if (length < 0 || (size_t)length >= sizeof(full))
		return NULL;
	return fopen(full, "re");
}

bool sy_file_line(const char *root, const char *path, char *line, size_t bytes)
{
	FILE *file = open_below(root, path);
	bool read;

	if (!file)
		return false;
	read = fgets(line, (int)bytes, file) != NULL;
	fclose(file);
	if (!read)
		return false;
	line[strcspn(line, "\n")] = '\0';
	return *line != '\0';
}

/* Decimal digits with anything behind them; UINT64_MAX for anything else. */
static uint64_t leading_number(const char *text, const char **end)
{
	unsigned long long number;
	char *stop;

	*end = text;
	if (*text < '0' || *text > '9')
		return UINT64_MAX;
	errno = 0;
	number = strtoull(text, &stop, 10);
	*end = stop;
	return errno ? UINT64_MAX : number;
}

uint64_t sy_file_number(const char *root, const char *path)
{
	char line[64];
	const char *end;
	uint64_t number;

	if (!sy_file_line(root, path, line, sizeof(line)))
		return UINT64_MAX;
	number = leading_number(line, &end);
	return *end ? UINT64_MAX : number;
}

bool sy_file_field(const char *root, const char *path, const char *key,
                   char *value, size_t bytes)
{
	FILE *file = open_below(root, path);
	char line[SY_FACT_LINE_BYTES];
	size_t length = strlen(key), skip;
	bool found = false;

	if (!file)
		return false;
	while (!found && fgets(line, sizeof(line), file)) {
		skip = strspn(line + (strncmp(line, key, length) ? 0 : length),
		              " \t:=");
		if (strncmp(line, key, length) || !skip)
			continue;
		line[strcspn(line, "\n")] = '\0';
		snprintf(value, bytes, "%s", line + length + skip);
		found = true;
	}
	fclose(file);
	return found;
}

uint64_t sy_file_field_number(const char *root, const char *path,
                              const char *key)
{
	char value[64];
	const char *end;

	if (!sy_file_field(root, path, key, value, sizeof(value)))
		return UINT64_MAX;
	return leading_number(value, &end);
}

unsigned sy_cpu_list_count(const char *text)
{
	uint64_t first, last, count = 0;

	for (;; text++) {
		first = last = leading_number(text, &text);
		if (*text == '-')
			last = leading_number(text + 1, &text);
		if (first == UINT64_MAX || last < first || last > UINT16_MAX)
			return 0;
		count += last - first + 1;
		if (*text != ',')
			return *text ? 0 : (unsigned)count;
	}
}

unsigned sy_file_cpu_count(const char *root, const char *path)
{
	char line[SY_FACT_LINE_BYTES];

	return sy_file_line(root, path, line, sizeof(line))
	               ? sy_cpu_list_count(line)
	               : 0;
}

json_t *sy_json_text(const char *text)
{
	/* A file may hold bytes that are not UTF-8, which JSON cannot. */
	json_t *string = text && *text ? json_string(text) : NULL;

	return string ? string : json_null();
}

json_t *sy_json_number(uint64_t number)
{
	return number > INT64_MAX ? json_null()
	                          : json_integer((json_int_t)number);
}

json_t *sy_json_file(const char *root, const char *path)
{
	char line[SY_FACT_LINE_BYTES];

	if (!sy_file_line(root, path, line, sizeof(line)))
		return json_null();
	return sy_json_text(line);
}

json_t *sy_json_switch(const char *root, const char *path, bool inverted)
{
	uint64_t number = sy_file_number(root, path);

	return number > 1 ? json_null()
	                  : json_boolean((number == 1) != inverted);
}

int sy_json_put(json_t *object, const char *key, json_t *value)
{
	return json_object_set_new(object, key, value) ? -ENOMEM : 0;
}
