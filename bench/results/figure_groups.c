/* SPDX-License-Identifier: MIT */
/* figure_groups.c - which cases differ in one thing alone; see
   figure_cases.h.  By sorting: a matrix of many PUs has thousands. */
#include "figure_cases.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct sorting {
	unsigned alike;
	sy_case_value *varies;
};

static int compare_numbers(double left, double right)
{
	return (left > right) - (left < right);
}

static int compare_alike(const struct sy_case *left,
                         const struct sy_case *right, unsigned alike)
{
	int order = 0;

	if (alike & SY_ALIKE_PLACEMENT)
		order = strcmp(left->placement, right->placement);
	if (!order && (alike & SY_ALIKE_AWAKE))
		order = left->hold_awake - right->hold_awake;
	if (!order && (alike & SY_ALIKE_CONTEXTS))
		order = compare_numbers(left->contexts, right->contexts);
	if (!order && (alike & SY_ALIKE_WORKING))
		order = compare_numbers(left->working_bytes,
		                        right->working_bytes);
	return order;
}

static int compare_cases(const void *a, const void *b, void *data)
{
	const struct sy_case *left = a, *right = b;
	const struct sorting *sorting = data;
	int order = compare_alike(left, right, sorting->alike);

	if (!order && sorting->varies)
		order = compare_numbers(sorting->varies(left),
		                        sorting->varies(right));
	if (!order)
		order = (left->place > right->place) -
		        (left->place < right->place);
	return order;
}

/* The richest first; those with nothing measured last. */
static int compare_groups(const void *a, const void *b)
{
	const struct sy_case_group *left = a, *right = b;

	if (!left->measured != !right->measured)
		return left->measured ? -1 : 1;
	if (left->distinct != right->distinct)
		return left->distinct > right->distinct ? -1 : 1;
	if (left->measured != right->measured)
		return left->measured > right->measured ? -1 : 1;
	return (left->place > right->place) - (left->place < right->place);
}

/* One more case, the next one, belongs to the group. */
static void extend(struct sy_case_group *group, const struct sy_case *all,
                   sy_case_value *varies, double *last)
{
	const struct sy_case *one = &all[group->first + group->count++];

	if (one->place < group->place)
		group->place = one->place;
	if (!sy_case_measured(one))
		return;
	if (varies && varies(one) > 0 &&
	    (!group->distinct || varies(one) != *last)) {
		*last = varies(one);
		group->distinct++;
	}
	group->measured++;
}

int sy_cases_group(struct sy_cases *cases, unsigned alike,
                   sy_case_value *varies, struct sy_case_group **groups,
                   size_t *count)
{
	struct sorting sorting = { alike, varies };
	struct sy_case *all = cases->cases;
	struct sy_case_group *found;
	double last = 0;
	size_t i, used = 0;

	found = calloc(cases->count + 1, sizeof(*found));
	if (!found)
		return -ENOMEM;
	qsort_r(all, cases->count, sizeof(*all), compare_cases, &sorting);
	for (i = 0; i < cases->count; i++) {
		if (!i || compare_alike(&all[i], &all[i - 1], alike)) {
			found[used].first = i;
			found[used++].place = all[i].place;
		}
		extend(&found[used - 1], all, varies, &last);
	}
	qsort(found, used, sizeof(*found), compare_groups);
	while (used && !found[used - 1].measured)
		used--;
	if (!used) {
		free(found);
		return -ENODATA;
	}
	*groups = found;
	*count = used;
	return 0;
}

int sy_cases_keep(struct sy_cases *cases, unsigned alike, sy_case_value *varies)
{
	struct sy_case_group *groups, group;
	size_t count;
	int err;

	err = sy_cases_group(cases, alike, varies, &groups, &count);
	if (err)
		return err;
	group = groups[0];
	free(groups);
	memmove(cases->cases, cases->cases + group.first,
	        group.count * sizeof(*cases->cases));
	cases->count = group.count;
	return 0;
}
