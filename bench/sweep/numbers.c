/* SPDX-License-Identifier: MIT */
/* numbers.c - see numbers.h. */
#include "sweep/numbers.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sweep/words.h"

uint64_t sy_add_capped(uint64_t a, uint64_t b)
{
	uint64_t sum;

	return __builtin_add_overflow(a, b, &sum) ? UINT64_MAX : sum;
}

uint64_t sy_multiply_capped(uint64_t a, uint64_t b)
{
	uint64_t product;

	return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : product;
}

/* The value behind `value`; the last one has none. */
static uint64_t next(const struct sy_span *span, uint64_t value)
{
	return span->times ? value * span->step : value + span->step;
}

static int read_number(const char *text, const struct sy_number_kind *kind,
                       uint64_t *value, struct sy_reason *reason)
{
	int error = kind->parse ? kind->parse(text, value) : -EINVAL;
	uint64_t least, most;

	if (error == -EINVAL)
		return sy_reason(reason, -EINVAL, "'%.80s' is not %s", text,
		                 kind->form);
	if (error || kind->parse(kind->least, &least) || *value < least ||
	    kind->parse(kind->most, &most) || *value > most)
		return sy_reason(reason, -EINVAL,
		                 "%.80s is out of range: %s to %s", text,
		                 kind->least, kind->most);
	return 0;
}

static int read_one(struct sy_span *span, const char *text,
                    const struct sy_number_kind *kind, struct sy_reason *reason)
{
	*span = (struct sy_span){ .count = 1 };
	for (const struct sy_named *n = kind->named; n && n->name; n++)
		if (!strcmp(n->name, text)) {
			span->first = n->value;
			return 0;
		}
	return read_number(text, kind, &span->first, reason);
}

/* Steps and factors are whole numbers that the kind's bounds do not hold. */
static int read_factor(const char *text, uint64_t *factor)
{
	char *end;

	if (*text < '0' || *text > '9')
		return -EINVAL;
	errno = 0;
	*factor = strtoull(text, &end, 10);
	return *end ? -EINVAL : -errno;
}

static uint64_t count_times(uint64_t first, uint64_t last, uint64_t factor)
{
	uint64_t count = 1;

	for (; first <= last / factor; first *= factor)
		count++;
	return count;
}

static int finish_times(struct sy_span *span, uint64_t last, const char *text,
                        const char *step, struct sy_reason *reason)
{
	int error = read_factor(step, &span->step);

	span->times = true;
	if (error == -ERANGE)
		span->step = UINT64_MAX;
	else if (error)
		return sy_reason(reason, -EINVAL,
		                 "'%.80s': '%.40s' is not a factor; write a "
		                 "whole number, as in 1..4096*2",
		                 text, step);
	if (span->step < 2)
		return sy_reason(reason, -EINVAL,
		                 "'%.80s' never ends: the factor must be 2 or "
		                 "more",
		                 text);
	if (!span->first)
		return sy_reason(reason, -EINVAL,
		                 "'%.80s' never ends: 0 times %.40s is 0; "
		                 "write the 0 as an item of its own",
		                 text, step);
	span->count = count_times(span->first, last, span->step);
	return 0;
}

static int finish_plus(struct sy_span *span, uint64_t last, const char *text,
                       const char *step, const struct sy_number_kind *kind,
                       struct sy_reason *reason)
{
	int error = kind->parse(step, &span->step);

	if (error == -ERANGE)
		span->step = UINT64_MAX;
	else if (error)
		return sy_reason(reason, -EINVAL,
		                 "'%.80s': the step '%.40s' is not %s", text,
		                 step, kind->form);
	if (!span->step)
		return sy_reason(reason, -EINVAL,
		                 "'%.80s' never ends: the step must be over 0",
		                 text);
	span->count = (last - span->first) / span->step + 1;
	return 0;
}

/* FIRST..LAST*FACTOR or FIRST..LAST+STEP; `item` is cut into these. */
static int read_range(struct sy_span *span, char *item, const char *text,
                      const struct sy_number_kind *kind,
                      struct sy_reason *reason)
{
	char *dots = strstr(item, ".."), *sign = strpbrk(dots, "*+"), sort;
	uint64_t last;
	int error;

	*span = (struct sy_span){ .count = 1 };
	if (!kind->parse)
		return sy_reason(reason, -EINVAL, "'%.80s' is not %s", text,
		                 kind->form);
	if (!sign)
		return sy_reason(reason, -EINVAL,
		                 "'%.80s' has no step; a range is written "
		                 "1..10+1 or 1..4096*2",
		                 text);
	sort = *sign;
	*dots = *sign = '\0';
	error = read_number(sy_trim(item), kind, &span->first, reason);
	if (!error)
		error = read_number(sy_trim(dots + 2), kind, &last, reason);
	if (error)
		return error;
	if (last < span->first)
		return sy_reason(reason, -EINVAL,
		                 "'%.80s' runs downwards; the smaller value "
		                 "comes first",
		                 text);
	return sort == '*' ? finish_times(span, last, text, sy_trim(sign + 1),
	                                  reason)
	                   : finish_plus(span, last, text, sy_trim(sign + 1),
	                                 kind, reason);
}

/* Ends at the first value that is none, after three steps of a sum. */
static int check_powers(const struct sy_span *span, struct sy_reason *reason)
{
	uint64_t value = span->first;

	for (uint64_t i = 0; i < span->count; i++) {
		if (value & (value - 1))
			return sy_reason(reason, -EINVAL,
			                 "%" PRIu64 " is not a power of two",
			                 value);
		if (i + 1 < span->count)
			value = next(span, value);
	}
	return 0;
}

static int read_item(struct sy_span *span, const char *text,
                     const struct sy_number_kind *kind,
                     struct sy_reason *reason)
{
	char *copy;
	int error;

	if (!strstr(text, "..")) {
		error = read_one(span, text, kind, reason);
	} else {
		copy = strdup(text);
		error = copy ? read_range(span, copy, text, kind, reason)
		             : sy_reason(reason, -ENOMEM, "no memory");
		free(copy);
	}
	if (!error && kind->power_of_two)
		error = check_powers(span, reason);
	return error;
}

int sy_numbers_read(struct sy_numbers *numbers, const char *text,
                    const struct sy_number_kind *kind, struct sy_reason *reason)
{
	struct sy_numbers made = { 0 };
	struct sy_words words;
	int error = sy_words_read(&words, text, reason);

	if (error)
		return error;
	made.spans = calloc(words.count, sizeof(*made.spans));
	if (!made.spans)
		error = sy_reason(reason, -ENOMEM, "no memory");
	for (size_t i = 0; i < words.count && !error; i++) {
		struct sy_span *span = &made.spans[i];

		error = read_item(span, words.items[i], kind, reason);
		made.count = sy_add_capped(made.count, span->count);
	}
	made.span_count = words.count;
	sy_words_free(&words);
	if (error)
		sy_numbers_free(&made);
	else
		*numbers = made;
	return error;
}

void sy_numbers_free(struct sy_numbers *numbers)
{
	free(numbers->spans);
	*numbers = (struct sy_numbers){ 0 };
}

/* How many values of a span are at most `limit`. */
static uint64_t count_to(const struct sy_span *span, uint64_t limit)
{
	uint64_t count;

	if (limit < span->first)
		return 0;
	if (span->count == 1)
		return 1;
	count = span->times ? count_times(span->first, limit, span->step)
	                    : (limit - span->first) / span->step + 1;
	return count < span->count ? count : span->count;
}

uint64_t sy_numbers_over(const struct sy_numbers *numbers, uint64_t limit)
{
	uint64_t over = 0;

	for (size_t i = 0; i < numbers->span_count; i++) {
		const struct sy_span *span = &numbers->spans[i];

		over = sy_add_capped(over, span->count - count_to(span, limit));
	}
	return over;
}

/* The last value of a span. */
static uint64_t last_of(const struct sy_span *span)
{
	uint64_t last = span->first;

	if (!span->times)
		return last + (span->count - 1) * span->step;
	for (uint64_t i = 1; i < span->count; i++)
		last *= span->step;
	return last;
}

void sy_numbers_ends(const struct sy_numbers *numbers, uint64_t *least,
                     uint64_t *most)
{
	*least = UINT64_MAX;
	*most = 0;
	for (size_t i = 0; i < numbers->span_count; i++) {
		uint64_t first = numbers->spans[i].first;
		uint64_t last = last_of(&numbers->spans[i]);

		*least = first < *least ? first : *least;
		*most = last > *most ? last : *most;
	}
}

int sy_numbers_expand(const struct sy_numbers *numbers, uint64_t **values)
{
	uint64_t *all, *at;

	if (numbers->count > SIZE_MAX / sizeof(*all))
		return -ENOMEM;
	at = all = malloc(numbers->count * sizeof(*all));
	if (!all)
		return -ENOMEM;
	for (size_t i = 0; i < numbers->span_count; i++) {
		const struct sy_span *span = &numbers->spans[i];
		uint64_t value = span->first;

		for (uint64_t j = 0; j < span->count; j++) {
			*at++ = value;
			if (j + 1 < span->count)
				value = next(span, value);
		}
	}
	*values = all;
	return 0;
}
