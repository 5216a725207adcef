/* SPDX-License-Identifier: MIT */
/*
 * futex.h - sleeping on a 32-bit word, as futex(2) describes it.
 *
 * The plain forms work between processes that share the word's memory; the
 * `_local` forms only within a process, where the kernel finds the sleepers
 * without looking up the mapping.  The `_bits` forms are told which of the
 * two they are.
 */
#ifndef SY_FUTEX_H
#define SY_FUTEX_H

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/*
 * Sleeps while the word holds `value`, until a wake, a signal (-EINTR) or,
 * where it is not NULL, the relative `timeout` (-ETIMEDOUT); -EAGAIN: it held
 * something else.  The caller looks at the word again.
 */
static inline int sy_futex_wait(_Atomic uint32_t *word, uint32_t value,
                                const struct timespec *timeout)
{
	return syscall(SYS_futex, word, FUTEX_WAIT, value, timeout, NULL, 0)
	               ? -errno
	               : 0;
}

static inline void sy_futex_wake(_Atomic uint32_t *word, uint32_t count)
{
	int limit = count < INT_MAX ? (int)count : INT_MAX;

	syscall(SYS_futex, word, FUTEX_WAKE, limit, NULL, NULL, 0);
}

static inline int sy_futex_wait_local(_Atomic uint32_t *word, uint32_t value)
{
	return syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, NULL, NULL,
	               0)
	               ? -errno
	               : 0;
}

static inline void sy_futex_wake_local(_Atomic uint32_t *word, uint32_t count)
{
	int limit = count < INT_MAX ? (int)count : INT_MAX;

	syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, limit, NULL, NULL, 0);
}

#define SY_FUTEX_ALL FUTEX_BITSET_MATCH_ANY

/*
 * As sy_futex_wait, for a wake that names one of `bits`; `by_ns` is a deadline
 * on CLOCK_MONOTONIC, 0: none.
 */
static inline int sy_futex_wait_bits(_Atomic uint32_t *word, uint32_t value,
                                     uint32_t bits, uint64_t by_ns, bool local)
{
	const struct timespec by = {
		.tv_sec = (time_t)(by_ns / UINT64_C(1000000000)),
		.tv_nsec = (long)(by_ns % UINT64_C(1000000000)),
	};
	int op = FUTEX_WAIT_BITSET | (local ? FUTEX_PRIVATE_FLAG : 0);

	return syscall(SYS_futex, word, op, value, by_ns ? &by : NULL, NULL,
	               bits)
	               ? -errno
	               : 0;
}

/* Wakes all who sleep for one of `bits`. */
static inline void sy_futex_wake_bits(_Atomic uint32_t *word, uint32_t bits,
                                      bool local)
{
	int op = FUTEX_WAKE_BITSET | (local ? FUTEX_PRIVATE_FLAG : 0);

	syscall(SYS_futex, word, op, INT_MAX, NULL, NULL, bits);
}

/*
 * A full barrier between "I published" and "does anybody sleep?", on both
 * sides.  ThreadSanitizer knows no fences, and gcc refuses them there: an
 * atomic addition orders as much on the processors that it supports.
 */
#ifdef __SANITIZE_THREAD__
static inline void sy_fence(void)
{
	atomic_int barrier = 0;

	atomic_fetch_add(&barrier, 1);
}
#else
static inline void sy_fence(void)
{
	atomic_thread_fence(memory_order_seq_cst);
}
#endif

#endif /* SY_FUTEX_H */
