/* SPDX-License-Identifier: MIT */
/*
 * routines.h - coroutines for programs: straight-line code of one thread that
 * stops in one place and goes on in another.
 *
 * They are the coroutines that the model is made of, without its tasks.  All
 * of a set belong to the thread that opened it, which takes part in it as one
 * of them; nothing here takes a lock.  Every int returned is 0 or a negative
 * errno; times are CLOCK_MONOTONIC in ns, and a deadline of 0 is none.
 */
#ifndef SY_ROUTINES_H
#define SY_ROUTINES_H

#include <stdint.h>
#include <sys/socket.h>

#ifdef __cplusplus
extern "C" {
#endif

struct sy_routines; /* a set of them, with what they wait for */
struct sy_routine;

typedef void sy_routine_fn(struct sy_routines *set, void *data);

/*
 * For `most` routines at a time; `stack_bytes` each, with the guard, or 0: 32
 * KiB.  -EINVAL: none, or too little to run on; -ENOMEM, -EMFILE.
 */
int sy_routines_open(struct sy_routines **set, uint32_t most,
                     size_t stack_bytes);
/* By the thread itself.  Those that have not ended are not run again. */
void sy_routines_close(struct sy_routines *set);

/* ---- transfer: who goes on is named ---- */

/*
 * A routine that begins when it is first transferred to.  When its function
 * returns, the one that made it goes on, or the thread where that has ended.
 * -EAGAIN: there are `most`.
 */
int sy_routine_make(struct sy_routines *set, sy_routine_fn *function,
                    void *data, struct sy_routine **routine);
/* To `routine`, or the thread (NULL); returns when somebody transfers back.
   -ESRCH: it has ended; -EBUSY: it waits for something else. */
int sy_routine_transfer(struct sy_routines *set, struct sy_routine *routine);

/* ---- scheduling: the next that is ready goes on ---- */

/* As sy_routine_make, but it is ready, behind all that are. */
int sy_routine_spawn(struct sy_routines *set, sy_routine_fn *function,
                     void *data, struct sy_routine **routine);
/* Lets all go on that are ready. */
void sy_routine_yield(struct sy_routines *set);
/* -EDEADLK: nothing that is waited for can come any more; so for the rest. */
int sy_routine_sleep(struct sy_routines *set, uint64_t until_ns);
/*
 * Waits until it has ended and lets go of it: it is not to be named again.
 * -EBUSY: somebody waits for it already; -EDEADLK: it is the caller.
 */
int sy_routine_join(struct sy_routines *set, struct sy_routine *routine);
/* Joins all that were spawned; by the thread. */
int sy_routines_join(struct sy_routines *set);

/* ---- sockets, non-blocking ones: the routine waits, the thread does not.
   -ETIMEDOUT, or what the call says ---- */

/* A stream socket, connected. */
int sy_routine_connect(struct sy_routines *set, const struct sockaddr *address,
                       socklen_t bytes, uint64_t by_ns, int *fd);
/* All of it. */
int sy_routine_send(struct sy_routines *set, int fd, const void *from,
                    size_t bytes, uint64_t by_ns);
/* 1 .. `bytes`, as *received; 0 at the end of the stream. */
int sy_routine_receive(struct sy_routines *set, int fd, void *to, size_t bytes,
                       uint64_t by_ns, size_t *received);
/* Until `fd` is ready for EPOLLIN or EPOLLOUT. */
int sy_routine_await(struct sy_routines *set, int fd, uint32_t events,
                     uint64_t by_ns);
/* Before the descriptor is closed that was waited for. */
void sy_routine_forget(struct sy_routines *set, int fd);

#ifdef __cplusplus
}
#endif

#endif /* SY_ROUTINES_H */
