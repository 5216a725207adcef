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

static double step_of(double low, double high)
{
	double rough = (high - low) / 4, power = pow(10, floor(log10(rough)));
	double step = rough / power;

	return power * (step >= 5 ? 5 : step >= 2 ? 2 : 1);
}

size_t sy_linear_ticks(double low, double high, double values[SY_LINEAR_TICKS])
{
	double step = step_of(low, high);
	size_t count = 0;

	for (double i = ceil(low / step);
	     i * step <= high && count < SY_LINEAR_TICKS; i++)
		values[count++] = i * step;
	return count;
}

void sy_linear_format(double low, double high, double value, char *text,
                      size_t bytes)
{
	static const struct {
		const char *name;
		double ns;
	} units[] = { { "s", 1e9 }, { "ms", 1e6 }, { "µs", 1e3 }, { "ns", 1 } };
	size_t i = 0;
	double step;

	while (i < 3 && high < units[i].ns)
		i++;
	step = step_of(low, high) / units[i].ns;
	/* A step of 0.02 has its last digit at the second place. */
	snprintf(text, bytes, "%.*f %s",
	         (int)fmax(0, ceil(-log10(step) - 1e-9)), value / units[i].ns,
	         units[i].name);
}
