/* SPDX-License-Identifier: MIT */
/*
 * list.c - the models that the study's workers know: ours and their peers.
 *
 * It stands in for models/list.c when the study is linked, so that one engine
 * measures both in the same run.
 */
#include <stddef.h>

#include "coroutine/coroutine.h"
#include "eventloop.h"
#include "models.h"
#include "peer.h"

const struct sy_model *const sy_models[] = {
	&sy_model_serial,
	&sy_peer_serial,
	&sy_model_threads,
	&sy_peer_threads,
	&sy_model_semaphore,
	&sy_peer_semaphore,
	&sy_model_fork,
	&sy_peer_fork,
	&sy_model_pool,
	&sy_peer_pool,
	&sy_model_coroutine,
	&sy_peer_coroutine,
	&sy_model_eventloop,
	&sy_model_eventloop_poll,
	&sy_peer_eventloop,
	&sy_peer_epoll,
	&sy_peer_bare,
	&sy_peer_pool_apply,
	&sy_peer_pool_submit,
	&sy_peer_pool_map,
	NULL,
};
