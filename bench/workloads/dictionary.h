/* SPDX-License-Identifier: MIT */
/*
 * dictionary.h - what a manager owns: values by keys that are strings, and the
 * requests that it answers.
 *
 * A request is a header, the key's bytes, and the value's where it sets one; a
 * reply is a header and the value's bytes.  One length after the other is
 * checked before it is believed.
 */
#ifndef SY_DICTIONARY_H
#define SY_DICTIONARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define SY_KEY_BYTES_MAX 63 /* without its end */
#define SY_VALUE_BYTES_MAX 256

enum sy_asked {
	SY_ASKED_GET = 'g',
	SY_ASKED_SET = 's',
	SY_ASKED_SUM = '+', /* of all values of 8 bytes; the key is not read */
};

enum sy_answered {
	SY_ANSWERED_VALUE = 'v', /* of a get; nothing of a set */
	SY_ANSWERED_NONE = 'n',  /* no such key */
	SY_ANSWERED_FULL = 'f',  /* no room for another key */
};

struct sy_ask_header {
	uint8_t kind; /* enum sy_asked or sy_answered */
	uint8_t key_bytes;
	uint16_t value_bytes; /* of this machine's order: it stays here */
};

/* The longest request; a reply is shorter. */
#define SY_ASK_BYTES                                                           \
	(sizeof(struct sy_ask_header) + SY_KEY_BYTES_MAX + SY_VALUE_BYTES_MAX)

/* Writes a request to `to`, SY_ASK_BYTES; its length.  `value` NULL: a get. */
size_t sy_ask(unsigned char *to, const char *key, size_t key_bytes,
              const void *value, size_t value_bytes);
/* A request for the sum, which is a number of 8 bytes as a value is. */
size_t sy_ask_sum(unsigned char *to);
/* Whether the message that begins so is a request. */
bool sy_is_request(const unsigned char *from);
/*
 * How long the message is that begins with these bytes: 0 where its header is
 * not whole yet, -EBADMSG where it is none.
 */
ssize_t sy_ask_length(const unsigned char *from, size_t have);
/* The value of a whole reply; bytes, -ENOENT (none), -ENOSPC (full), or
   -EBADMSG. */
ssize_t sy_answer_value(const unsigned char *from, const unsigned char **value);

/* About what a key takes, with its value and its place in the table. */
#define SY_DICTIONARY_KEY_BYTES (SY_KEY_BYTES_MAX + SY_VALUE_BYTES_MAX + 64)

struct sy_dictionary;

/* Room for `most` keys.  -ENOMEM. */
int sy_dictionary_open(struct sy_dictionary **dictionary, size_t most);
void sy_dictionary_close(struct sy_dictionary *dictionary);
/* Carries out a whole request; writes the reply, its length. */
size_t sy_dictionary_answer(struct sy_dictionary *dictionary,
                            const unsigned char *request, unsigned char *reply);

#endif /* SY_DICTIONARY_H */
