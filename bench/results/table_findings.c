/* SPDX-License-Identifier: MIT */
/* table_findings.c - what was found in points of tasks, beside their rates;
   see tables.h. */
#include "results/tables.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "host/units.h"
#include "workloads/workload.h"

#define SHARE "_share"

bool sy_finding_is_share(const char *key)
{
	size_t length = strlen(key), end = strlen(SHARE);

	return length > end && !strcmp(key + length - end, SHARE);
}

/* A count that is there as a share, too, is shown as that. */
static bool is_shown(const json_t *findings, const char *key)
{
	char share[64];

	snprintf(share, sizeof(share), "%.50s" SHARE, key);
	return !json_object_get(findings, share);
}

const char *sy_finding_after(const struct sy_table *table, const char *key)
{
	json_t *findings = (json_t *)table->findings;
	bool found = !key;
	const char *next;
	json_t *value;

	json_object_foreach (findings, next, value) {
		if (found && json_is_number(value) && is_shown(findings, next))
			return next;
		found |= key && !strcmp(next, key);
	}
	return NULL;
}

/* The workload's own words; a file of another program may have other keys. */
const char *sy_finding_summary(const char *family, const char *key)
{
	const struct sy_workload *workload = sy_workload_find(family);
	const struct sy_finding *finding = workload ? workload->findings : NULL;
	size_t length =
		strlen(key) - (sy_finding_is_share(key) ? strlen(SHARE) : 0);

	for (; finding && finding->name; finding++)
		if (strlen(finding->name) == length &&
		    !strncmp(finding->name, key, length))
			return finding->summary;
	return key;
}

char *sy_finding_label(const char *key, char *text, size_t bytes)
{
	size_t length =
		strlen(key) - (sy_finding_is_share(key) ? strlen(SHARE) : 0);

	snprintf(text, bytes, "%.*s", (int)length, key);
	return text;
}

char *sy_finding_text(const struct sy_table *table, const char *key, char *text,
                      size_t bytes)
{
	snprintf(text, bytes, "%s%s", sy_finding_summary(table->family, key),
	         sy_finding_is_share(key) ? ", a share of all operations" : "");
	return text;
}

/* None and all are told from next to none and next to all; what is found more
   than once in an operation is no share of them. */
static void format_share(double share, char *text, size_t bytes)
{
	double percent = share * 100;

	if (share > 1)
		snprintf(text, bytes, "%.*f/op", share < 100 ? 2 : 0, share);
	else if (percent > 0 && percent < 0.01)
		snprintf(text, bytes, "<.01%%");
	else if (percent < 100 && percent > 99.95)
		snprintf(text, bytes, ">99.9%%");
	else
		snprintf(text, bytes,
		         percent < 10 || percent >= 100 ? "%.3g%%" : "%.1f%%",
		         percent);
}

/* As many as can be counted at a glance are whole. */
static void format_count(double number, char *text, size_t bytes)
{
	if (number < 10000)
		snprintf(text, bytes, "%.0f", number);
	else
		sy_format_rate(number, 0, text, bytes);
}

char *sy_format_finding(const json_t *point, const char *key, char *text,
                        size_t bytes)
{
	const json_t *value =
		json_object_get(json_object_get(point, "findings"), key);
	double number = json_number_value(value);

	if (!json_is_number(value) || !(fabs(number) < 1e15))
		snprintf(text, bytes, "-");
	else if (number <= 0)
		snprintf(text, bytes, "0");
	else if (sy_finding_is_share(key))
		format_share(number, text, bytes);
	else
		format_count(number, text, bytes);
	return text;
}

bool sy_finding_is_one(const struct sy_table *table, const char *key,
                       char *text, size_t bytes)
{
	char own[32];
	const char *row;
	json_t *cells;

	text[0] = '\0';
	json_object_foreach ((json_t *)table->rows, row, cells)
		for (size_t i = 0; i < table->shown_count; i++) {
			sy_format_finding(
				json_object_get(cells, table->shown[i]), key,
				own, sizeof(own));
			if (!strcmp(own, "-"))
				continue;
			if (*text && strcmp(own, text))
				return false;
			snprintf(text, bytes, "%s", own);
		}
	return *text;
}
