/* SPDX-License-Identifier: MIT */
/*
 * live.c - what two contexts hold while they switch is what they find again.
 *
 *     live [ROUNDS]
 *
 * Three contexts in a ring.  The first and the last compute with integers,
 * reals, vectors and an array that all live across each switch, in functions
 * that call nothing, so that the red zone is in use.  The one between them
 * overwrites all registers that it may and 4 KiB of its stack, and prints
 * reals, which dies on a stack that is not aligned.  What the two arrive at
 * must be what the same functions arrive at without switching.
 *
 * Nothing but a C compiler and a C library is needed, so that it can be built
 * for every way to build and for another architecture.  Exit status: 0 as it
 * must be, 1 not so, 77 no switch here.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fiber.h"
#include "overwrite.h"

#ifdef __AVX512F__
#include <immintrin.h>
#endif
#ifdef __ARM_FEATURE_SVE
#include <arm_sve.h>
#endif

#define INLINE static inline __attribute__((always_inline))
#define STACK_BYTES ((size_t)256 * 1024)

enum { FIRST, WASTER, LAST, FIBRES };
enum { ALONE = -1 }; /* beside the kinds of switch: without one */

/* As wide as the machine has them; in halves or quarters elsewhere. */
typedef uint64_t vector __attribute__((vector_size(64)));

struct ring {
	struct sy_fiber fibers[FIBRES]; /* in a row: found by a step */
	unsigned char *stacks[FIBRES];
	ucontext_t ucontext;
	unsigned rounds;
	uint64_t last_sum;
	unsigned visits, bad; /* of the waster; bad: what it lost itself */
};

INLINE uint64_t mix(uint64_t x)
{
	return x * UINT64_C(6364136223846793005) + 1442695040888963407U;
}

/* A mask that lives across the switch, where the machine has registers for
   them: what is added to `sum` under it. */
#if defined(__AVX512F__)
#define MASK __mmask8
#define MASK_MAKE(x)                                                           \
	_mm512_cmpgt_epi64_mask((__m512i)(x), _mm512_setzero_si512())
#define MASK_ADD(v, mask)                                                      \
	((vector)_mm512_mask_sub_epi64((__m512i)(v), mask,                     \
	                               _mm512_setzero_si512(), (__m512i)(v)))
#elif defined(__ARM_FEATURE_SVE)
#define MASK svbool_t
#define MASK_MAKE(x) svcmpgt_n_s64(svptrue_b64(), svdup_s64((int64_t)(x)[0]), 0)
#define MASK_ADD(v, mask) ((v) + svcntp_b64(svptrue_b64(), mask))
#else
#define MASK bool
#define MASK_MAKE(x) ((int64_t)(x)[0] > 0)
#define MASK_ADD(v, mask) ((v) + (uint64_t)(mask))
#endif

/*
 * All that is computed here lives across each switch, to the fibre `step`
 * further.  The first fibre alone has vectors: clang uses no red zone in a
 * function whose stack it aligns for them.
 */
INLINE uint64_t hold(struct sy_fiber *self, int which, int step,
                     unsigned rounds, int kind)
{
	uint64_t a = (uint64_t)which + 2, b = mix(a), c = mix(b), d = mix(c),
		 e = mix(d);
	uint64_t f = mix(e), g = mix(f), h = mix(g), array[12] = { 0 }, real;
	double p = 1.0, q = 2.0, r = 3.0, s = 4.0, t = 5.0, u = 6.0;
	double x = (double)a, y = 8.0;
	long double wide = 1.0L;
	vector v = { a, b, c, d, e, f, g, h }, w = v * v;

	for (unsigned i = 0; i < rounds; i++) {
		MASK mask = MASK_MAKE(v);

		a = mix(a), b += a, c ^= b, d += c >> 3, e ^= d, f += e;
		g ^= f, h += g, array[i % 12] += h;
		x += 0.25, y = y * 0.5 + x, p += 0.5, q = q * 0.25 + p;
		r += 0.125, s = s * 0.5 + r, t += 1.5, u = u * 0.125 + t;
		wide += 0.5L;
		if (kind != ALONE)
			self = sy_fiber_switch(self, self + step,
			                       (enum sy_switch_kind)kind);
		if (which != FIRST)
			continue;
		v = MASK_ADD(v, mask);
		v = (v << 1) + w + (vector){ 1, 2, 3, 4, 5, 6, 7, 8 };
		w += v ^ a;
	}
	x += y + p + q + r + s + t + u;
	memcpy(&real, &x, sizeof(real));
	/* Rolled up: gcc thinks for seconds about the long chains. */
#pragma GCC unroll 1
	for (unsigned i = 0; i < 12; i++)
		a = mix(a ^ array[i] ^ v[i % 8] ^ w[i % 8]);
	return a ^ b ^ c ^ mix(real) ^ d ^ e ^ f ^ g ^ h ^ (uint64_t)(wide * 2);
}

/* Fills 4 KiB of the stack, and prints a real: false if it reads otherwise. */
static __attribute__((noinline)) bool waste(unsigned visits)
{
	volatile unsigned char bytes[4096];
	char text[64];
	bool good = true;

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)(visits + i);
	snprintf(text, sizeof(text), "%.3f %.1f", 1.5 * visits, 0.5);
	for (size_t i = 0; i < sizeof(bytes); i++)
		good &= bytes[i] == (unsigned char)(visits + i);
	return good && strtod(text, NULL) == 1.5 * visits;
}

/* A switch that loses the others' counts may go on for ever. */
static __attribute__((noinline)) void count_visit(struct ring *ring)
{
	if (++ring->visits <= ring->rounds + 1)
		return;
	printf("WRONG: runs on\n");
	exit(1);
}

INLINE void waster(struct ring *ring, int kind)
{
	struct sy_fiber *self = &ring->fibers[WASTER];
	double half = 0.5;

	for (;;) {
		half += 1.0;
		count_visit(ring);
		ring->bad += !waste(ring->visits);
		overwrite();
		self = sy_fiber_switch(self, self + (LAST - WASTER),
		                       (enum sy_switch_kind)kind);
		ring->bad += half != ring->visits + 0.5;
	}
}

INLINE void last(struct ring *ring, int kind)
{
	ring->last_sum = hold(&ring->fibers[LAST], LAST, FIRST - LAST,
	                      ring->rounds, kind);
	sy_fiber_switch(&ring->fibers[LAST], &ring->fibers[FIRST],
	                (enum sy_switch_kind)kind);
	__builtin_unreachable();
}

/* The three for one kind of switch, which the compiler knows. */
#define RING(name, kind)                                                       \
	static __attribute__((noinline))                                       \
	uint64_t first_##name(struct sy_fiber *self, unsigned rounds)          \
	{                                                                      \
		return hold(self, FIRST, WASTER - FIRST, rounds, kind);        \
	}                                                                      \
	static void waster_##name(void *ring)                                  \
	{                                                                      \
		waster(ring, kind);                                            \
	}                                                                      \
	static void last_##name(void *ring)                                    \
	{                                                                      \
		last(ring, kind);                                              \
	}

RING(inline, SY_SWITCH_INLINE)
RING(assembly, SY_SWITCH_ASSEMBLY)
RING(ucontext, SY_SWITCH_UCONTEXT)

static __attribute__((noinline)) uint64_t alone(int which, unsigned rounds)
{
	if (which == FIRST)
		return hold(NULL, FIRST, 0, rounds, ALONE);
	return hold(NULL, LAST, 0, rounds, ALONE);
}

struct way {
	const char *name, *absent;
	enum sy_switch_kind kind;
	uint64_t (*first)(struct sy_fiber *self, unsigned rounds);
	void (*waster)(void *ring), (*last)(void *ring);
};

static void ring_add(struct ring *ring, int which, enum sy_switch_kind kind,
                     void (*entry)(void *ring))
{
	unsigned char *low = aligned_alloc(64, STACK_BYTES);

	if (!low)
		abort();
	ring->stacks[which] = low;
	sy_fiber_make(&ring->fibers[which], kind, low, low + STACK_BYTES, entry,
	              ring);
}

static void ring_open(struct ring *ring, const struct way *way, unsigned rounds)
{
	memset(ring, 0, sizeof(*ring));
	ring->rounds = rounds;
	if (sy_fiber_adopt(&ring->fibers[FIRST], &ring->ucontext))
		abort();
	ring_add(ring, WASTER, way->kind, way->waster);
	ring_add(ring, LAST, way->kind, way->last);
}

static void ring_close(struct ring *ring)
{
	for (int i = WASTER; i <= LAST; i++) {
		sy_fiber_drop(&ring->fibers[i]);
		free(ring->stacks[i]);
	}
}

/* Whether `way` loses nothing in so many rounds; says what it lost. */
static bool holds(const struct way *way, unsigned rounds)
{
	struct ring ring;
	uint64_t first_sum;
	bool good;

	ring_open(&ring, way, rounds);
	first_sum = way->first(&ring.fibers[FIRST], rounds);
	/* The last has one switch to come back from. */
	sy_fiber_switch(&ring.fibers[FIRST], &ring.fibers[WASTER], way->kind);
	good = first_sum == alone(FIRST, rounds) &&
	       ring.last_sum == alone(LAST, rounds) && !ring.bad &&
	       ring.visits == rounds + 1;
	printf("%s: %u rounds, %s\n", way->name, ring.visits - 1,
	       good ? "equal" : "WRONG");
	ring_close(&ring);
	return good;
}

static const struct way ways[] = {
	{ "inline", SY_SWITCH_INLINE_ABSENT, SY_SWITCH_INLINE, first_inline,
	  waster_inline, last_inline },
	{ "assembly", SY_SWITCH_ABSENT, SY_SWITCH_ASSEMBLY, first_assembly,
	  waster_assembly, last_assembly },
	/* The C library's: the ring itself is right. */
	{ "ucontext", NULL, SY_SWITCH_UCONTEXT, first_ucontext, waster_ucontext,
	  last_ucontext },
};

int main(int argc, char **argv)
{
	unsigned rounds = argc > 1 ? (unsigned)atoi(argv[1]) : 10000;
	bool good = true, any = false;

	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		const struct way *way = &ways[i];

		if (way->absent) {
			printf("%s: absent: %s\n", way->name, way->absent);
			continue;
		}
		any |= way->kind != SY_SWITCH_UCONTEXT;
		good &= holds(way, rounds);
	}
	return !good ? 1 : any ? 0 : 77;
}
