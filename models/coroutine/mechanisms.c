/* SPDX-License-Identifier: MIT */
/* mechanisms.c - the rows of coroutines: a new one is one line here and one
   in coroutine.h. */
#include "coroutine.h"

#include <stddef.h>

const struct sy_mechanism *const sy_coroutine_mechanisms[] = {
	&sy_coroutine_inline, &sy_coroutine_assembly,
	&sy_coroutine_boost,  &sy_coroutine_uswitch,
	&sy_coroutine_yield,  &sy_coroutine_pooled,
	&sy_coroutine_malloc, &sy_coroutine_fresh,
	&sy_coroutine_parked, NULL,
};
