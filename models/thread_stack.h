/* SPDX-License-Identifier: MIT */
/*
 * thread_stack.h - threads with a stack of a size that is known.
 *
 * The C library's own default, 8 MiB, would have it map and unmap the stacks
 * where many threads come and go: it keeps 40 MiB of them for later.
 */
#ifndef SY_THREAD_STACK_H
#define SY_THREAD_STACK_H

#include <pthread.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Attributes of threads with `stack_bytes` of stack, 0: what a step function
 * needs, 64 KiB.  To be destroyed by the caller.  -EINVAL: too small for a
 * thread (PTHREAD_STACK_MIN).
 */
int sy_thread_attr(pthread_attr_t *attr, uint64_t stack_bytes);

#ifdef __cplusplus
}
#endif

#endif /* SY_THREAD_STACK_H */
