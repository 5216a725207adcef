/* SPDX-License-Identifier: MIT */
/*
 * started.h - contexts that a program starts with a function and a pointer:
 * threads or processes, with names, in the foreground or as daemons.
 *
 * They belong to a scope, which is what `main` is to a program.  Its end waits
 * for those in the foreground and stops the daemons with what they started:
 *
 * - A daemon process is killed with all of its descendants, also those that
 *   left its process group or whose parents have gone.  It has a process of
 *   ours between itself and the starter, which inherits its orphans and kills
 *   what is left when the daemon ends, when the scope does, or when the starter
 *   dies of whatever.  Not caught are: what was started through others (a
 *   service manager, a container's), processes with other rights than ours,
 *   and what is left if somebody kills the one between, daemon excepted.
 * - A daemon thread is stopped by the end of the process and by nothing before
 *   that: a thread that is cancelled in its midst leaves locks and memory as
 *   they are.  The end of the scope does not wait for it, so what it works on
 *   has to last until then.  Processes that it started through a scope of its
 *   own die with it; others do not.
 *
 * One thread uses a scope, the one that opened it; it outlives what it starts,
 * because the kernel kills processes when the thread that forked them ends.
 * Handles are valid until the end of their scope.  Every int returned is 0 or
 * a negative errno; `by_ns` is on CLOCK_MONOTONIC, 0: no limit.
 */
#ifndef SY_STARTED_H
#define SY_STARTED_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct sy_scope;
struct sy_started;

/* Of a name, the last one being zero: what the kernel keeps of it. */
#define SY_START_NAME_BYTES 16

enum sy_start_kind { SY_START_THREAD, SY_START_PROCESS };

/* What it returns is the result for who joins.  It may work on a structure
   that begins with what others have in common, as an object's method does. */
typedef int sy_start_fn(void *data);

struct sy_start {
	enum sy_start_kind kind;
	sy_start_fn *function;
	void *data;
	const char *name; /* copied; NULL: that of the starter */
	bool daemon;
};

/* -ENOMEM. */
int sy_scope_open(struct sy_scope **scope);
/* See above; frees the scope and all handles. */
void sy_scope_end(struct sy_scope *scope);

/*
 * Starts a context, which has its name and its id when this returns; a process
 * begins with the starter's output streams emptied and empties its own as it
 * ends.  -EINVAL: no function, or no name of 1 to 15 bytes; -EAGAIN, -ENOMEM;
 * -ECHILD: it was killed before it began.
 */
int sy_start(struct sy_scope *scope, const struct sy_start *start,
             struct sy_started **started);

/*
 * Waits until it has ended, a daemon process with what it started.  It is then
 * gone from /proc, and may be joined again.  `result` may be NULL.
 * -ETIMEDOUT: it goes on; -ECHILD: it has ended, but by dying or leaving before
 * its function returned; -EDEADLK: a thread that joins itself.
 */
int sy_started_join(struct sy_started *started, int *result);
int sy_started_join_by(struct sy_started *started, uint64_t by_ns, int *result);

/* Whether it has not ended yet. */
bool sy_started_alive(struct sy_started *started);
/* Its thread id or process id, as /proc has it. */
pid_t sy_started_id(const struct sy_started *started);

/*
 * Its name, /proc/ID/comm or /proc/self/task/ID/comm, whoever gave it.  -ESRCH:
 * it is gone.
 */
int sy_started_name(const struct sy_started *started,
                    char name[SY_START_NAME_BYTES]);
/*
 * Gives it another one: -EINVAL, -ESRCH; -EPERM for a process, as the kernel
 * lets nobody but itself rename one that runs.
 */
int sy_started_rename(struct sy_started *started, const char *name);
/* Of the calling thread, or of the process where there is one only.  -EINVAL. */
int sy_own_rename(const char *name);

#ifdef __cplusplus
}
#endif

#endif /* SY_STARTED_H */
