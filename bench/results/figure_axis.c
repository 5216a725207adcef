/* SPDX-License-Identifier: MIT */
/* figure_axis.c - where values, ticks and labels stand; pure arithmetic. */
#include "figure_parts.h"

#include <math.h>

double sy_axis_px(const struct sy_axis *axis, double value)
{
	double part = log(value / axis->low) / log(axis->high / axis->low);

	return axis->from_px + part * (axis->to_px - axis->from_px);
}

static size_t add_tick(struct sy_tick *ticks, size_t count, double value,
                       int minor)
{
	if (count == SY_TICKS_MAX)
		return count;
	ticks[count].value = value;
	ticks[count].minor = minor;
	return count + 1;
}

/* The multiples 1..9 of every power of ten; those in `major` get labels. */
static size_t decade_ticks(const struct sy_axis *axis, const char *major,
                           int stride, struct sy_tick *ticks, size_t *majors)
{
	int decade = (int)floor(log10(axis->low));
	int last = (int)ceil(log10(axis->high));
	size_t count = 0;
	int i;

	*majors = 0;
	for (; decade <= last; decade++) {
		for (i = 1; i <= 9; i++) {
			double value = i * pow(10, decade);
			int minor = major[i - 1] != 'x' || decade % stride;

			/* With decades left out, minor ticks say nothing. */
			if (value < axis->low || value > axis->high ||
			    (stride > 1 && minor))
				continue;
			count = add_tick(ticks, count, value, minor);
			*majors += !minor;
		}
	}
	return count;
}

/* Even steps, for a range so narrow that the scale hardly bends. */
static size_t even_ticks(const struct sy_axis *axis, struct sy_tick *ticks)
{
	double rough = (axis->high - axis->low) / 4;
	double power = pow(10, floor(log10(rough)));
	double step = rough / power;
	size_t count = 0;
	double i;

	step = power * (step >= 5 ? 5 : step >= 2 ? 2 : 1);
	for (i = ceil(axis->low / step); i * step <= axis->high; i++)
		count = add_tick(ticks, count, i * step, 0);
	return count;
}

size_t sy_axis_ticks(const struct sy_axis *axis,
                     struct sy_tick ticks[SY_TICKS_MAX])
{
	static const char *const finer[] = { "x--------", "x-x------",
		                             "xx--x----" };
	int stride = (int)ceil(log10(axis->high / axis->low) / 7);
	size_t i, count, majors;

	for (i = 0; i < sizeof(finer) / sizeof(finer[0]); i++) {
		count = decade_ticks(axis, finer[i], stride, ticks, &majors);
		if (majors >= 3)
			return count;
	}
	return even_ticks(axis, ticks);
}

size_t sy_axis_ticks_bytes(const struct sy_axis *axis,
                           struct sy_tick ticks[SY_TICKS_MAX])
{
	int first = (int)ceil(log2(axis->low));
	int last = (int)floor(log2(axis->high));
	int stride = last - first > 14 ? 4 : last - first > 5 ? 2 : 1, i;
	double unit = exp2(10 * floor(log2(axis->low) / 10));
	struct sy_axis own = { axis->low / unit, axis->high / unit, 0, 0 };
	size_t count = 0;

	if (last - first >= 2) {
		for (i = first; i <= last; i++)
			count = add_tick(ticks, count, exp2(i),
			                 i % stride != 0);
		return count;
	}
	/* Too narrow: even steps, in the unit that the labels have. */
	count = even_ticks(&own, ticks);
	for (i = 0; i < (int)count; i++)
		ticks[i].value *= unit;
	return count;
}

const struct sy_unit sy_unit_ns = { sy_axis_ticks, sy_text_duration };
const struct sy_unit sy_unit_rate = { sy_axis_ticks, sy_text_rate };
const struct sy_unit sy_unit_bytes = { sy_axis_ticks_bytes, sy_text_bytes };

size_t sy_axis_ticks_at(const struct sy_axis *axis, const double *values,
                        size_t count, double apart,
                        struct sy_tick ticks[SY_TICKS_MAX])
{
	double px, last = -HUGE_VAL;
	size_t i, used = 0;

	for (i = 0; i < count; i++) {
		px = sy_axis_px(axis, values[i]);
		used = add_tick(ticks, used, values[i], px - last < apart);
		if (px - last >= apart)
			last = px;
	}
	return used;
}

/*
 * Taking i x apart from place i leaves places that need only rise: the
 * nearest such ones are the isotonic regression (pool adjacent violators),
 * and cutting that off at the bounds keeps it nearest.
 */
void sy_places_spread(double *places, size_t count, double apart, double low,
                      double high)
{
	double room = high - (double)(count ? count - 1 : 0) * apart;
	size_t i, first, last;

	for (i = 0; i < count; i++)
		places[i] -= (double)i * apart;
	/* Each place joins the block below it as long as it is lower. */
	for (last = 1; last < count; last++) {
		double mean = places[last];

		for (first = last; first > 0 && places[first - 1] > mean;) {
			double sum = 0;

			/* One more block: all that equals its last place. */
			first--;
			while (first > 0 && places[first - 1] == places[first])
				first--;
			for (i = first; i <= last; i++)
				sum += places[i];
			mean = sum / (double)(last - first + 1);
		}
		for (i = first; i <= last; i++)
			places[i] = mean;
	}
	if (room < low)
		low = room = (low + room) / 2;
	for (i = 0; i < count; i++)
		places[i] =
			fmin(fmax(places[i], low), room) + (double)i * apart;
}
