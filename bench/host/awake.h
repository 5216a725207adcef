/* SPDX-License-Identifier: MIT */
/*
 * awake.h - keeping PUs from going to sleep while something is measured.
 *
 * One process a PU, of the SCHED_IDLE class, so that it only takes time that
 * nobody else wants.  It spins while it is told to and blocks otherwise.
 * Never on the PU of a one-PU hand-off: there it is scheduled between the two.
 */
#ifndef SY_AWAKE_H
#define SY_AWAKE_H

#include <stdbool.h>
#include <sys/types.h>

struct sy_awake;

/*
 * Starts one spinner for each of `count` PUs (OS indices), bound and blocked.
 * They die with the calling thread and hold none of its descriptors but 0, 1
 * and 2.  -EAGAIN, -ENOMEM, -EMFILE and what sy_binder_open and
 * sy_binder_bind return; nothing is left behind then.
 */
int sy_awake_start(struct sy_awake **awake, const int *pus, unsigned count);
void sy_awake_set(struct sy_awake *awake, bool spinning);
/* -ECHILD: a spinner has died, so its PU was not held awake. */
int sy_awake_check(const struct sy_awake *awake);
/* Ends and reaps the spinners. */
void sy_awake_stop(struct sy_awake *awake);

/* The process on the PU of index `index`, to look at its CPU time. */
pid_t sy_awake_process(const struct sy_awake *awake, unsigned index);

#endif /* SY_AWAKE_H */
