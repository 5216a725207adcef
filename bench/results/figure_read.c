/* SPDX-License-Identifier: MIT */
/* figure_read.c - what figures take from the results object. */
#include "figure_parts.h"

#include <errno.h>
#include <math.h>

/* Nothing that is measured is larger, or so small and not 0; ratios of what is
   between stay far from where a double ends. */
#define LARGEST 1e30

const char *sy_read_text(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

int sy_read_number(const json_t *object, const char *key, double *number)
{
	const json_t *value = json_object_get(object, key);
	double found = json_number_value(value);

	if (!json_is_number(value) || !(fabs(found) <= LARGEST) ||
	    (found != 0 && fabs(found) < 1 / LARGEST))
		return -EINVAL;
	*number = found;
	return 0;
}

int sy_read_interval(const json_t *object, const char *key,
                     struct sy_estimate *estimate)
{
	const json_t *found = json_object_get(object, key);
	struct sy_estimate read;

	if (sy_read_number(found, "value", &read.value) ||
	    sy_read_number(found, "low", &read.low) ||
	    sy_read_number(found, "high", &read.high))
		return -EINVAL;
	if (!(read.low <= read.value && read.value <= read.high))
		return -EINVAL;
	*estimate = read;
	return 0;
}

int sy_read_estimate(const json_t *object, const char *key,
                     struct sy_estimate *estimate)
{
	struct sy_estimate read;

	if (sy_read_interval(object, key, &read) || !(read.low > 0))
		return -EINVAL;
	*estimate = read;
	return 0;
}

static void widen(double *min, double *max, double value)
{
	if (*min == 0 || value < *min)
		*min = value;
	if (value > *max)
		*max = value;
}

void sy_effort_add(struct sy_effort *effort, const json_t *point)
{
	double slices, sets;

	if (!sy_read_number(point, "slices", &slices))
		widen(&effort->slices_min, &effort->slices_max, slices);
	if (!sy_read_number(point, "sets", &sets))
		widen(&effort->sets_min, &effort->sets_max, sets);
}

/* "45 slices", "21–45 slices", "1 slice" */
static void add_count(char text[SY_TEXT_BYTES], double min, double max,
                      const char *noun)
{
	if (min < max)
		sy_text_add(text, "%.0f–%.0f %ss", min, max, noun);
	else
		sy_text_add(text, "%.0f %s%s", max, noun, max == 1 ? "" : "s");
}

void sy_effort_describe(const struct sy_effort *effort, const json_t *results,
                        const char *interval, char text[SY_TEXT_BYTES])
{
	const json_t *machine = json_object_get(results, "machine");
	const char *summary = sy_read_text(machine, "summary");

	sy_text_add(text, "median of ");
	add_count(text, effort->slices_min, effort->slices_max, "slice");
	sy_text_add(text, " in ");
	add_count(text, effort->sets_min, effort->sets_max, "set");
	sy_text_add(text, " of fresh processes");
	if (interval)
		sy_text_add(text, ", %s = 95 %% interval", interval);
	sy_text_add(text, ".");
	if (*summary)
		sy_text_add(text, "\nMachine: %s.", summary);
}
