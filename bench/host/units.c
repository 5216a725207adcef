/* SPDX-License-Identifier: MIT */
/*
 * units.c - durations, sizes, counts and measured values, read and written.
 */
#include "units.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct unit {
	const char *name;
	uint64_t scale;
};

static const struct unit durations[] = {
	{ "ns", 1 },
	{ "us", 1000 },
	{ "ms", 1000000 },
	{ "s", 1000000000 },
	{ "min", UINT64_C(60000000000) },
	{ NULL, 0 },
};

static const struct unit sizes[] = {
	{ "B", 1 },         { "KiB", 1 << 10 },           { "MiB", 1 << 20 },
	{ "GiB", 1 << 30 }, { "TiB", UINT64_C(1) << 40 }, { NULL, 0 },
};

/* Digits of a measured value, however wide or narrow its interval is. */
#define DIGITS_MIN 2
#define DIGITS_MAX 4

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Reads digits and moves `text` behind them. */
static int read_digits(const char **text, uint64_t *value)
{
	uint64_t sum = 0;

	if (!is_digit(**text))
		return -EINVAL;
	for (; is_digit(**text); ++*text) {
		if (__builtin_mul_overflow(sum, UINT64_C(10), &sum) ||
		    __builtin_add_overflow(sum, (uint64_t)(**text - '0'), &sum))
			return -ERANGE;
	}
	*value = sum;
	return 0;
}

static const struct unit *find_unit(const struct unit *units, const char *name)
{
	for (; units->name; units++)
		if (!strcmp(units->name, name))
			return units;
	return NULL;
}

/*
 * The digits behind a point, in units of `scale`.  They must come to a whole
 * number: "1.5us" is 1500 ns, "1.5ns" is no duration.
 */
static int read_fraction(const char *digits, size_t count, uint64_t scale,
                         uint64_t *value)
{
	uint64_t sum = 0;

	for (; count && digits[count - 1] == '0'; count--)
		;
	/* With every digit a tenth of the scale is what one is worth. */
	for (size_t i = 0; i < count; i++) {
		if (scale % 10)
			return -EINVAL;
		scale /= 10;
		sum += scale * (uint64_t)(digits[i] - '0');
	}
	*value = sum;
	return 0;
}

int sy_parse_duration(const char *text, uint64_t *ns)
{
	const struct unit *unit;
	const char *digits = NULL;
	size_t count = 0;
	uint64_t whole = 0, part;
	int rc = read_digits(&text, &whole);

	/* A number that is too large may still not be of the form. */
	if (rc == -ERANGE)
		text += strspn(text, "0123456789");
	else if (rc)
		return rc;
	if (*text == '.') {
		digits = ++text;
		count = strspn(digits, "0123456789");
		text += count;
		if (!count)
			return -EINVAL;
	}
	unit = find_unit(durations, text);
	if (!*text && !whole && !digits && !rc)
		unit = &durations[0];
	if (!unit || read_fraction(digits, count, unit->scale, &part))
		return -EINVAL;
	if (rc || __builtin_mul_overflow(whole, unit->scale, &whole) ||
	    __builtin_add_overflow(whole, part, &whole))
		return -ERANGE;
	*ns = whole;
	return 0;
}

int sy_parse_size(const char *text, uint64_t *bytes)
{
	const struct unit *unit;
	uint64_t size = 0;
	int rc = read_digits(&text, &size);

	if (rc == -ERANGE)
		text += strspn(text, "0123456789");
	else if (rc)
		return rc;
	unit = *text ? find_unit(sizes, text) : &sizes[0];
	if (!unit)
		return -EINVAL;
	if (rc || __builtin_mul_overflow(size, unit->scale, &size))
		return -ERANGE;
	*bytes = size;
	return 0;
}

int sy_parse_count(const char *text, uint64_t *count)
{
	uint64_t value = 0;
	int rc = read_digits(&text, &value);

	if (rc == -ERANGE)
		text += strspn(text, "0123456789");
	if (*text)
		return -EINVAL;
	if (!rc)
		*count = value;
	return rc;
}

/* Digits beyond what a double can tell apart are read and count for nothing. */
int sy_parse_percent(const char *text, double *share)
{
	uint64_t whole;
	double part = 0, scale = 0.1;
	int rc = read_digits(&text, &whole);

	if (rc == -ERANGE)
		text += strspn(text, "0123456789");
	else if (rc)
		return rc;
	if (*text == '.' && !is_digit(*++text))
		return -EINVAL;
	for (; is_digit(*text); text++, scale /= 10)
		part += scale * (*text - '0');
	if (*text && strcmp(text, "%") != 0)
		return -EINVAL;
	if (!rc)
		*share = ((double)whole + part) / 100;
	return rc;
}

/* The largest of the first `count` units that divides the value. */
static char *format_whole(uint64_t value, const struct unit *units, int count,
                          char *buf, size_t bytes)
{
	int best = 0;

	for (int i = 1; i < count; i++)
		if (value && value % units[i].scale == 0)
			best = i;
	snprintf(buf, bytes, "%" PRIu64 "%s", value / units[best].scale,
	         units[best].name);
	return buf;
}

char *sy_format_duration(uint64_t ns, char *buf, size_t bytes)
{
	if (!ns) {
		snprintf(buf, bytes, "0");
		return buf;
	}
	/* Seconds at most: "60s" is shorter than "1min", and so on. */
	return format_whole(ns, durations, 4, buf, bytes);
}

char *sy_format_size(uint64_t size, char *buf, size_t bytes)
{
	return format_whole(size, sizes, 4, buf, bytes);
}

/* The power of ten of the first digit. */
static int magnitude(double value)
{
	return value > 0 ? (int)floor(log10(value)) : 0;
}

/* Significant digits: down to the first digit of the half-width. */
static int digits_of(double value, double half_width)
{
	int digits = DIGITS_MAX;

	if (half_width > 0 && isfinite(half_width) && value > 0)
		digits = magnitude(value) - magnitude(half_width) + 1;
	if (digits < DIGITS_MIN)
		return DIGITS_MIN;
	return digits > DIGITS_MAX ? DIGITS_MAX : digits;
}

static double round_digits(double value, int digits)
{
	int shift = digits - 1 - magnitude(value);
	double power = pow(10, abs(shift));

	return shift >= 0 ? round(value * power) / power
	                  : round(value / power) * power;
}

struct prefix {
	const char *name;
	double scale;
};

/* Rounds before it chooses the prefix, so that 999.96 becomes 1.000 k. */
static char *format_measured(double value, double half_width,
                             const struct prefix *prefixes, size_t count,
                             char *buf, size_t bytes)
{
	double size = fabs(value);
	int digits = digits_of(size, half_width), decimals;
	size_t i = 0;

	if (!isfinite(value)) {
		snprintf(buf, bytes, "-");
		return buf;
	}
	size = round_digits(size, digits);
	while (i + 1 < count && size >= prefixes[i + 1].scale)
		i++;
	size /= prefixes[i].scale;
	decimals = size > 0 ? digits - 1 - magnitude(size) : 0;
	snprintf(buf, bytes, "%s%.*f%s", value < 0 && size > 0 ? "-" : "",
	         decimals > 0 ? decimals : 0, size, prefixes[i].name);
	return buf;
}

char *sy_format_ns(double ns, double half_width, char *buf, size_t bytes)
{
	static const struct prefix prefixes[] = {
		{ " ns", 1 },
		{ " us", 1e3 },
		{ " ms", 1e6 },
		{ " s", 1e9 },
	};

	return format_measured(ns, half_width, prefixes, 4, buf, bytes);
}

/* The prefix first: digits are of what is printed, and 1024 is no power of
   ten. */
char *sy_format_bytes(double amount, double half_width, char *buf, size_t bytes)
{
	static const char *const names[] = { " B", " KiB", " MiB", " GiB" };
	struct prefix prefix = { names[0], 1 };

	for (size_t i = 1; i < 4 && fabs(amount) >= 1024; i++) {
		prefix.name = names[i];
		amount /= 1024;
		half_width /= 1024;
	}
	return format_measured(amount, half_width, &prefix, 1, buf, bytes);
}

char *sy_format_rate(double per_second, double half_width, char *buf,
                     size_t bytes)
{
	static const struct prefix prefixes[] = {
		{ "", 1 },
		{ "k", 1e3 },
		{ "M", 1e6 },
		{ "G", 1e9 },
	};

	return format_measured(per_second, half_width, prefixes, 4, buf, bytes);
}
