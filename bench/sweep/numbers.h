/* SPDX-License-Identifier: MIT */
/*
 * numbers.h - lists and ranges of numbers: "1, 2, 4..4096*2", "0..1ms+100us".
 *
 * A range is kept as its first value, its step and its length, so that a list
 * takes no more memory than its text and its values are counted without being
 * made.  docs/sweeps.md has the syntax.  Every int returned is 0 or a negative
 * errno.
 */
#ifndef SY_NUMBERS_H
#define SY_NUMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/reason.h"

/* A value that has a name; a table of them ends with a NULL name. */
struct sy_named {
	const char *name;
	uint64_t value;
};

/* What the values of a list are, and how they are written. */
struct sy_number_kind {
	/* As those of units.h; NULL: only those with a name. */
	int (*parse)(const char *text, uint64_t *value);
	const char *form;         /* "a size; write 64, 4KiB, 1MiB" */
	const char *least, *most; /* of values without a name, for `parse` */
	const struct sy_named *named; /* or NULL */
	bool power_of_two;
};

/* first, then `count` - 1 times plus or times `step`. */
struct sy_span {
	uint64_t first, step, count;
	bool times;
};

struct sy_numbers {
	struct sy_span *spans; /* owned */
	size_t span_count;
	uint64_t
		count; /* of values, doubles too; UINT64_MAX: so many or more */
};

/*
 * Reads a list.  -EINVAL with the reason where an item is not of the kind or
 * a range makes no sense; -ENOMEM.  `numbers` is set on success only.
 */
int sy_numbers_read(struct sy_numbers *numbers, const char *text,
                    const struct sy_number_kind *kind,
                    struct sy_reason *reason);
void sy_numbers_free(struct sy_numbers *numbers);

/* How many values are over `limit`. */
uint64_t sy_numbers_over(const struct sy_numbers *numbers, uint64_t limit);

/* The least and the largest value; the list has one at least. */
void sy_numbers_ends(const struct sy_numbers *numbers, uint64_t *least,
                     uint64_t *most);

/* All values, numbers->count of them, in an array that the caller frees. */
int sy_numbers_expand(const struct sy_numbers *numbers, uint64_t **values);

/* Sums and products that stop at UINT64_MAX. */
uint64_t sy_add_capped(uint64_t a, uint64_t b);
uint64_t sy_multiply_capped(uint64_t a, uint64_t b);

#endif /* SY_NUMBERS_H */
