/* SPDX-License-Identifier: MIT */
/* find.c - models and hand-offs by name, in whatever list is linked. */
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

const struct sy_handoff *sy_handoff_find(const struct sy_model *model,
                                         const char *name)
{
	const struct sy_handoff *handoff = model->handoffs;

	for (; handoff && handoff->name; handoff++)
		if (!strcmp(handoff->name, name))
			return handoff;
	return NULL;
}
