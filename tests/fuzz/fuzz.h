/* SPDX-License-Identifier: MIT */
/*
 * fuzz.h - what the harnesses share: one reader of outside data each.
 *
 * A harness is linked with libFuzzer (the preset `fuzz`) or with replay.c,
 * which needs no more than a compiler.  It calls its reader with bytes as they
 * come, and where the reader takes them checks what must then be so.
 */
#ifndef SY_FUZZ_H
#define SY_FUZZ_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/reason.h"

/* libFuzzer's names: the harness, and what changes an input in place. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t room);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t room,
                               unsigned seed);

/* Holds in every build; what does not is found like any crash. */
#define fuzz_must(condition)                                                   \
	do {                                                                   \
		if (!(condition)) {                                            \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__,       \
			        __LINE__, #condition);                         \
			abort();                                               \
		}                                                              \
	} while (0)

/* A copy that ends where the data ends and a 0, so that a sanitizer sees who
   reads on.  To be freed. */
static inline char *fuzz_text(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	fuzz_must(text);
	memcpy(text, data, size);
	text[size] = '\0';
	return text;
}

/* JSON as every reader here takes it; NULL: it is none. */
static inline json_t *fuzz_json(const uint8_t *data, size_t size)
{
	return json_loadb((const char *)data, size, JSON_REJECT_DUPLICATES,
	                  NULL);
}

/* A refusal says why, in one line. */
static inline void fuzz_check_reason(const struct sy_reason *reason)
{
	size_t length = strnlen(reason->text, sizeof(reason->text));

	fuzz_must(length > 0 && length < sizeof(reason->text));
	for (size_t i = 0; i < length; i++)
		fuzz_must((unsigned char)reason->text[i] >= ' ');
}

/* A stream that keeps nothing of what is printed. */
static inline FILE *fuzz_nowhere(void)
{
	FILE *stream = fopen("/dev/null", "w");

	fuzz_must(stream);
	return stream;
}

#endif /* SY_FUZZ_H */
