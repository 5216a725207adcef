/* SPDX-License-Identifier: MIT */
/* find.c - models and mechanisms by name, in whatever list is linked. */
#include "model.h"

#include <string.h>

const struct sy_model *sy_model_find(const char *name)
{
	const struct sy_model *const *model;

	for (model = sy_models; *model; model++)
		if (!strcmp((*model)->name, name))
			break;
	return *model;
}

const struct sy_mechanism *sy_mechanism_find(const struct sy_model *model,
                                             enum sy_family family,
                                             const char *name)
{
	const struct sy_mechanism *const *row = model->mechanisms;

	for (; row && *row; row++)
		if ((*row)->family == family && !strcmp((*row)->name, name))
			return *row;
	return NULL;
}

const char *sy_family_name(enum sy_family family)
{
	static const char *const names[] = {
		[SY_SWITCH] = "switch",
		[SY_SPAWN] = "spawn",
		[SY_IDLE] = "idle",
	};

	return names[family];
}
