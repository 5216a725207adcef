/* SPDX-License-Identifier: MIT */
/* thread_stack.c - see thread_stack.h. */
#include "thread_stack.h"

/* Step functions need little; a sanitizer's frames are larger. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define STACK_BYTES (1024 * 1024)
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define STACK_BYTES (1024 * 1024)
#endif
#endif
#ifndef STACK_BYTES
#define STACK_BYTES (64 * 1024)
#endif

int sy_thread_attr(pthread_attr_t *attr, uint64_t stack_bytes)
{
	int err = -pthread_attr_init(attr);

	if (err)
		return err;
	if (!stack_bytes)
		stack_bytes = STACK_BYTES;
	err = -pthread_attr_setstacksize(attr, stack_bytes);
	if (err)
		pthread_attr_destroy(attr);
	return err;
}
