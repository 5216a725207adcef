/* SPDX-License-Identifier: MIT */
/*
 * crash.h - a worker's last words, where a coroutine's stack overflowed.
 *
 * The driver would otherwise know no more than that its worker died of
 * SIGSEGV, which is what a guard page makes of an overflow.
 */
#ifndef SY_CRASH_H
#define SY_CRASH_H

#include <stddef.h>

#include "coroutine/guard.h"

#define SY_LAST_WORDS_BYTES 192

/*
 * From now on an overflow in this process, or in one forked from it, is told
 * as an error of the protocol on the stream socket `fd`, which stays open.
 * The process then dies of the signal, as it would have; a sanitizer's handler
 * has its turn.  Once; called by the thread that runs contexts.  -ENOMEM.
 */
int sy_crash_tell(int fd);

/* The line that is sent, ended by a newline: its length.  `address` is what
   could not be accessed.  Safe in a signal handler. */
size_t sy_crash_words(char line[static SY_LAST_WORDS_BYTES],
                      enum sy_guard guard, const void *address);

#endif /* SY_CRASH_H */
