/* SPDX-License-Identifier: MIT */
/* placement_list.c - placements that are written as PUs, "0,2-3". */
#include "topology_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* A longer number in a list is no OS index on any machine. */
#define INDEX_DIGITS_MAX 7

/* Reads a number of the list and moves `text` behind it; -1: there is none. */
static long next_index(const char **text)
{
	const char *digit = *text;
	long index = 0;

	while (*digit >= '0' && *digit <= '9' &&
	       digit - *text < INDEX_DIGITS_MAX)
		index = index * 10 + (*digit++ - '0');
	if (digit == *text || (*digit >= '0' && *digit <= '9'))
		return -1;
	*text = digit;
	return index;
}

/*
 * Reads `first` or `first-last` and moves `text` behind it and its comma.
 * 1: there was one; 0: the list has ended; -EINVAL.
 */
static int next_range(const char **text, long *first, long *last)
{
	if (!**text)
		return 0;
	*first = *last = next_index(text);
	if (*first >= 0 && **text == '-') {
		++*text;
		*last = next_index(text);
	}
	if (*first < 0 || *last < *first)
		return -EINVAL;
	if (!**text)
		return 1;
	return *(*text)++ == ',' && **text ? 1 : -EINVAL;
}

static const struct sy_pu *find_pu(const struct sy_pu *pus, unsigned count,
                                   long index)
{
	unsigned low = 0, high = count;

	while (low < high) {
		unsigned middle = low + (high - low) / 2;

		if (pus[middle].os_index < index)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && pus[low].os_index == index ? &pus[low] : NULL;
}

struct list {
	const struct sy_pu *all; /* in the order of OS indices */
	bool *taken;             /* as long as `all` */
	int *pus;                /* the same */
	unsigned all_count, count;
};

static int list_add(struct list *list, long index, char *why, size_t why_bytes)
{
	const struct sy_pu *pu = find_pu(list->all, list->all_count, index);

	if (!pu) {
		snprintf(why, why_bytes,
		         "PU %ld does not exist or may not be used", index);
		return -ENODEV;
	}
	if (list->taken[pu - list->all]) {
		snprintf(why, why_bytes, "PU %ld is listed twice", index);
		return -EINVAL;
	}
	list->taken[pu - list->all] = true;
	list->pus[list->count++] = (int)index;
	return 0;
}

/* The form of the whole text is checked before any PU is looked for. */
static int list_read(struct list *list, const char *text, char *why,
                     size_t why_bytes)
{
	const char *rest = text;
	long first, last;
	int rc;

	do {
		rc = next_range(&rest, &first, &last);
	} while (rc > 0);
	if (rc < 0) {
		snprintf(why, why_bytes,
		         "'%.40s' is not a list of PUs such as 0,2-3", text);
		return rc;
	}
	for (rest = text; next_range(&rest, &first, &last) > 0;) {
		for (long index = first; index <= last; index++) {
			rc = list_add(list, index, why, why_bytes);
			if (rc)
				return rc;
		}
	}
	return 0;
}

int sy_placement_list(struct sy_placement *made, const struct sy_pu *pus,
                      unsigned count, const char *text, char *why,
                      size_t why_bytes)
{
	struct list list = { .all = pus, .all_count = count, .pus = made->pus };
	int rc = -ENOMEM;

	list.taken = calloc(count, sizeof(*list.taken));
	if (list.taken)
		rc = list_read(&list, text, why, why_bytes);
	made->count = list.count;
	free(list.taken);
	return rc;
}
