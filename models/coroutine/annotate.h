/* SPDX-License-Identifier: MIT */
/*
 * annotate.h - telling the checking tools that the stack changes.
 *
 * AddressSanitizer, ThreadSanitizer and valgrind each follow one stack a
 * thread.  What they need is kept in a struct sy_note beside each fibre; in a
 * plain build that is a number for valgrind, and a switch costs nothing.
 */
#ifndef SY_ANNOTATE_H
#define SY_ANNOTATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SY_ASAN 1
#elif __has_feature(thread_sanitizer)
#define SY_TSAN 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define SY_ASAN 1
#elif defined(__SANITIZE_THREAD__)
#define SY_TSAN 1
#endif

#if defined(__has_include)
#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#define SY_VALGRIND 1
#endif
#endif

#ifdef SY_VALGRIND
static inline unsigned sy_valgrind_add(const void *low, size_t bytes)
{
	/*
	 * A request to valgrind, and 0 where it does not run.  The end is
	 * part of the stack, as a fresh stack pointer is there.
	 */
	return (unsigned)VALGRIND_STACK_REGISTER(
		low, (const unsigned char *)low + bytes);
}

static inline void sy_valgrind_drop(unsigned id)
{
	VALGRIND_STACK_DEREGISTER(id);
}
#else
static inline unsigned sy_valgrind_add(const void *low, size_t bytes)
{
	(void)low;
	(void)bytes;
	return 0;
}

static inline void sy_valgrind_drop(unsigned id)
{
	(void)id;
}
#endif

/*
 * sy_note_thread: the fibre that the calling thread itself is.
 * sy_note_stack: a new fibre on a stack of its own; sy_note_drop: its end.
 * sy_note_leave, sy_note_arrive: around each switch, on either side.
 * sy_note_end: instead of sy_note_leave, where a fibre is left for good.
 * sy_note_room: whether the tool can follow so many fibres.
 * SY_STACK_BYTES: what a fibre's stack takes under the tool, its guard
 * included: the tools' own frames are many times larger than ours.
 * SY_STACK_LEAST_BYTES: the least that it may be told to take.
 * SY_NOTE_BYTES: about what the tool keeps of a fibre, where that is much.
 */
#if defined(SY_ASAN)

#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#include <pthread.h>

#define SY_STACK_BYTES ((size_t)128 * 1024)
#define SY_STACK_LEAST_BYTES ((size_t)32 * 1024)
#define SY_NOTE_BYTES UINT64_C(8192)

struct sy_note {
	void *low;
	size_t bytes;
	void *fake; /* the tool's, while the fibre is left */
};

static inline bool sy_note_room(uint32_t fibres)
{
	(void)fibres;
	return true;
}

static inline int sy_note_thread(struct sy_note *note)
{
	pthread_attr_t attr;
	int rc = pthread_getattr_np(pthread_self(), &attr);

	if (rc)
		return -rc;
	rc = pthread_attr_getstack(&attr, &note->low, &note->bytes);
	pthread_attr_destroy(&attr);
	return -rc;
}

static inline void sy_note_stack(struct sy_note *note, void *low, size_t bytes)
{
	note->low = low;
	note->bytes = bytes;
	note->fake = NULL;
}

static inline void sy_note_drop(struct sy_note *note)
{
	/* A parked fibre never returns, and its frames stay poisoned. */
	__asan_unpoison_memory_region(note->low, note->bytes);
}

static inline void sy_note_leave(struct sy_note *from, const struct sy_note *to)
{
	__sanitizer_start_switch_fiber(&from->fake, to->low, to->bytes);
}

static inline void sy_note_end(struct sy_note *from, const struct sy_note *to)
{
	(void)from;
	/* What the tool keeps of its frames goes with it. */
	__sanitizer_start_switch_fiber(NULL, to->low, to->bytes);
}

static inline void sy_note_arrive(struct sy_note *self)
{
	__sanitizer_finish_switch_fiber(self->fake, NULL, NULL);
}

#elif defined(SY_TSAN)

#include <sanitizer/tsan_interface.h>

/* It stops the program at 8128 threads and fibres together. */
#define SY_FIBRES_MAX UINT32_C(8000)
#define SY_STACK_BYTES ((size_t)128 * 1024)
#define SY_STACK_LEAST_BYTES ((size_t)32 * 1024)
#define SY_NOTE_BYTES (UINT64_C(856) * 1024)

struct sy_note {
	void *fiber;
};

static inline bool sy_note_room(uint32_t fibres)
{
	return fibres <= SY_FIBRES_MAX;
}

static inline int sy_note_thread(struct sy_note *note)
{
	note->fiber = __tsan_get_current_fiber();
	return 0;
}

static inline void sy_note_stack(struct sy_note *note, void *low, size_t bytes)
{
	(void)low;
	(void)bytes;
	note->fiber = __tsan_create_fiber(0);
}

static inline void sy_note_drop(struct sy_note *note)
{
	__tsan_destroy_fiber(note->fiber);
}

static inline __attribute__((always_inline)) void
sy_note_leave(struct sy_note *from, const struct sy_note *to)
{
	(void)from;
	__tsan_switch_to_fiber(to->fiber, 0);
}

static inline __attribute__((always_inline)) void
sy_note_end(struct sy_note *from, const struct sy_note *to)
{
	sy_note_leave(from, to);
}

static inline void sy_note_arrive(struct sy_note *self)
{
	(void)self;
}

#else

#define SY_STACK_BYTES ((size_t)32 * 1024)
#define SY_STACK_LEAST_BYTES ((size_t)8 * 1024)
#define SY_NOTE_BYTES UINT64_C(0)

struct sy_note {
	unsigned id; /* valgrind's */
};

static inline bool sy_note_room(uint32_t fibres)
{
	(void)fibres;
	return true;
}

static inline int sy_note_thread(struct sy_note *note)
{
	note->id = 0;
	return 0;
}

static inline void sy_note_stack(struct sy_note *note, void *low, size_t bytes)
{
	note->id = sy_valgrind_add(low, bytes);
}

static inline void sy_note_drop(struct sy_note *note)
{
	sy_valgrind_drop(note->id);
}

static inline void sy_note_leave(struct sy_note *from, const struct sy_note *to)
{
	(void)from;
	(void)to;
}

static inline void sy_note_end(struct sy_note *from, const struct sy_note *to)
{
	(void)from;
	(void)to;
}

static inline void sy_note_arrive(struct sy_note *self)
{
	(void)self;
}

#endif

#endif /* SY_ANNOTATE_H */
