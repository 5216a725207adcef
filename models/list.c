/* SPDX-License-Identifier: MIT */
/* list.c - the models by name: a new model is one line here. */
#include "model.h"

#include <stddef.h>

#include "coroutine/coroutine.h"
#include "eventloop.h"
#include "models.h"

const struct sy_model *const sy_models[] = {
	&sy_model_serial,
	&sy_model_threads,
	&sy_model_threads_each,
	&sy_model_threads_joined,
	&sy_model_semaphore,
	&sy_model_fork,
	&sy_model_pool,
	&sy_model_coroutine,
	&sy_model_coroutine_ucontext,
	&sy_model_eventloop,
	&sy_model_eventloop_poll,
	NULL,
};
