/* SPDX-License-Identifier: MIT */
/*
 * worker.h - the process that holds one point ready, seen from inside.
 */
#ifndef SY_WORKER_H
#define SY_WORKER_H

#include <sys/types.h>

/*
 * Serves the driver on the stream socket `fd` until it says quit or is gone.
 * `parent` is the driver's process: when it ends, this one is killed.
 * Returns 0 or a negative errno; what failed has been told to the driver.
 */
int sy_worker_serve(int fd, pid_t parent);

#endif /* SY_WORKER_H */
