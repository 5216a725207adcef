/* SPDX-License-Identifier: MIT */
/* figure_scale.c - a linear axis; see figure_parts.h. */
#include <math.h>

#include "trend/figure_parts.h"

double sy_linear_px(const struct sy_axis *axis, double value)
{
	return axis->from_px + (value - axis->low) / (axis->high - axis->low) *
	                               (axis->to_px - axis->from_px);
}

double sy_linear_at(const struct sy_axis *axis, double px)
{
	return axis->low + (px - axis->from_px) /
	                           (axis->to_px - axis->from_px) *
	                           (axis->high - axis->low);
}

size_t sy_linear_ticks(double low, double high,
                       struct sy_tick ticks[SY_TICKS_MAX])
{
	double rough = (high - low) / 4, power = pow(10, floor(log10(rough)));
	double step = rough / power;
	size_t count = 0;

	step = power * (step >= 5 ? 5 : step >= 2 ? 2 : 1);
	for (double i = ceil(low / step);
	     i * step <= high && count < SY_TICKS_MAX; i++)
		ticks[count++] = (struct sy_tick){ .value = i * step };
	return count;
}
