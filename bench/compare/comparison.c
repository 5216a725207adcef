/* SPDX-License-Identifier: MIT */
/* comparison.c - what a comparison owns, and its words; see comparison.h. */
#include "compare/comparison.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM 32

void sy_rule_default(struct sy_rule *rule)
{
	*rule = (struct sy_rule){ .floor = 0.03,
		                  .alpha = 0.01,
		                  .same = 0.05,
		                  .switches = 0.02,
		                  .noisy = 0.03 };
}

void sy_comparison_init(struct sy_comparison *comparison)
{
	memset(comparison, 0, sizeof(*comparison));
	sy_rule_default(&comparison->rule);
	comparison->spread = comparison->away = -1;
}

int sy_comparison_reserve(struct sy_comparison *comparison, size_t count)
{
	struct sy_compared *points = calloc(count + 1, sizeof(*points));

	if (!points)
		return -ENOMEM;
	comparison->points = points;
	comparison->count = count;
	return 0;
}

void sy_comparison_free(struct sy_comparison *comparison)
{
	size_t i;

	for (i = 0; i < SY_SIDES; i++) {
		free(comparison->sides[i].path);
		json_decref(comparison->sides[i].told);
	}
	for (i = 0; i < comparison->count; i++) {
		free(comparison->points[i].name);
		free(comparison->points[i].pairs);
	}
	free(comparison->points);
	free(comparison->sentinel);
	free(comparison->machine);
	free(comparison->machine_id);
	sy_comparison_init(comparison);
}

int sy_pair_add(struct sy_pair **pairs, size_t *count, size_t *room,
                const struct sy_pair *pair)
{
	if (*count == *room) {
		size_t more = *room ? 2 * *room : FIRST_ROOM;
		struct sy_pair *grown =
			reallocarray(*pairs, more, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		*pairs = grown;
		*room = more;
	}
	(*pairs)[(*count)++] = *pair;
	return 0;
}

double sy_pair_ns(const struct sy_pair *pair, enum sy_side side)
{
	return (double)pair->elapsed_ns[side] / (double)pair->operations;
}

const char *sy_change_word(enum sy_change change)
{
	static const char *const words[] = {
		[SY_CHANGE_SAME] = "SAME",
		[SY_CHANGE_FASTER] = "FASTER",
		[SY_CHANGE_NOISY] = "NOISY",
		[SY_CHANGE_SLOWER] = "SLOWER",
	};

	return words[change];
}

const char *sy_change_name(enum sy_change change)
{
	static const char *const names[] = {
		[SY_CHANGE_SAME] = "same",
		[SY_CHANGE_FASTER] = "faster",
		[SY_CHANGE_NOISY] = "noisy",
		[SY_CHANGE_SLOWER] = "slower",
	};

	return names[change];
}

const char *sy_outcome_name(enum sy_outcome outcome)
{
	static const char *const names[] = {
		[SY_OUTCOME_PLANNED] = "planned",
		[SY_OUTCOME_COMPARED] = "compared",
		[SY_OUTCOME_ONE_SIDE] = "one_side",
		[SY_OUTCOME_ABSENT] = "absent",
		[SY_OUTCOME_FAILED] = "failed",
		[SY_OUTCOME_WRONG] = "wrong",
	};

	return names[outcome];
}

const char *sy_side_word(enum sy_side side)
{
	return side == SY_OLD ? "OLD" : "NEW";
}
