/* SPDX-License-Identifier: MIT */
/*
 * peers.h - yardsticks for the speed study: what the models do, written by
 * hand without ops.
 *
 * Each peer keeps the contract of model.h, so the engine can run it beside
 * ours, but knows the workloads: it tells `cpu` from `io` by the batch's step
 * function at open and then never calls it (-ENOTSUP for any other).  It does
 * the same work, checks the same replies and ends with the same tally.  What
 * is left between a model and its peer is what carrying out ops costs.
 *
 * Peers of one thread (serial, coroutine, eventloop, epoll) refuse more than
 * one PU with -ENOTSUP: the study compares at one PU.
 */
#ifndef SY_PEERS_H
#define SY_PEERS_H

#include "model.h"

/* <model>.bare for each model, raw.epoll, and bare; ended by NULL. */
extern const struct sy_model *const sy_peers[];

/* By name, or NULL. */
const struct sy_model *sy_peer_find(const char *name);

#endif /* SY_PEERS_H */
