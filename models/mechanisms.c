/* SPDX-License-Identifier: MIT */
/* mechanisms.c - the rows of the plain and the blocking models: a new one is
   one line here and one in models.h. */
#include "models.h"

void sy_pair_needs(const struct sy_mechanism *mechanism,
                   const struct sy_batch *batch, struct sy_needs *needs)
{
	(void)mechanism;
	(void)batch;
	needs->contexts = 2;
	needs->processes = 1;
}

const struct sy_mechanism *const sy_serial_mechanisms[] = {
	&sy_serial_call,
	&sy_serial_clock,
	&sy_serial_syscall,
	NULL,
};

const struct sy_mechanism *const sy_threads_mechanisms[] = {
	&sy_threads_condition,
	&sy_threads_futex,
	&sy_threads_posix,
	&sy_threads_pipe,
	&sy_threads_eventfd,
	&sy_threads_socketpair,
	&sy_threads_yield,
	&sy_threads_spin,
	&sy_threads_join,
	&sy_threads_parked,
	NULL,
};

const struct sy_mechanism *const sy_semaphore_mechanisms[] = {
	&sy_semaphore_posix,
	&sy_semaphore_gated,
	NULL,
};

const struct sy_mechanism *const sy_fork_mechanisms[] = {
	&sy_fork_semaphore, &sy_fork_futex,  &sy_fork_pipe, &sy_fork_socketpair,
	&sy_fork_wait,      &sy_fork_vfork,  &sy_fork_exec, &sy_fork_spawn,
	&sy_fork_cow,       &sy_fork_parked, NULL,
};

const struct sy_mechanism *const sy_pool_mechanisms[] = {
	&sy_pool_futex,
	&sy_pool_worker,
	NULL,
};
