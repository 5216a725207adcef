/* SPDX-License-Identifier: MIT */
/*
 * list.c - stands in for models/list.c where the broken models are linked.
 */
#include <stddef.h>

#include "broken.h"
#include "models.h"

const struct sy_model *const sy_models[] = {
	&sy_model_serial,    &sy_model_threads,
	&sy_broken_value,    &sy_broken_late,
	&sy_broken_lost,     &sy_broken_twice,
	&sy_broken_other,    &sy_broken_crash,
	&sy_broken_hang,     &sy_broken_open,
	&sy_broken_switches, &sy_broken_absent,
	&sy_broken_overflow, &sy_broken_canary,
	&sy_broken_lock,     &sy_broken_gate,
	&sy_broken_event,    &sy_broken_notify,
	&sy_broken_timer,    &sy_broken_cancel,
	&sy_crowd,           NULL,
};
