/* SPDX-License-Identifier: MIT */
/* dictionary.c - see dictionary.h; the table is hsearch(3)'s. */
#include "workloads/dictionary.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

struct item {
	char key[SY_KEY_BYTES_MAX + 1];
	uint16_t bytes;
	unsigned char value[SY_VALUE_BYTES_MAX];
};

struct sy_dictionary {
	struct hsearch_data table;
	size_t most, used;
	struct item entries[];
};

int sy_dictionary_open(struct sy_dictionary **dictionary, size_t most)
{
	struct sy_dictionary *new =
		calloc(1, sizeof(*new) + most * sizeof(struct item));

	if (!new)
		return -ENOMEM;
	new->most = most;
	/* A quarter more, as its users advise: full tables search long. */
	if (!hcreate_r(most + most / 4 + 1, &new->table)) {
		free(new);
		return -ENOMEM;
	}
	*dictionary = new;
	return 0;
}

void sy_dictionary_close(struct sy_dictionary *dictionary)
{
	hdestroy_r(&dictionary->table);
	free(dictionary);
}

static struct item *find(struct sy_dictionary *dictionary, char *key)
{
	ENTRY *found;

	return hsearch_r((ENTRY){ .key = key }, FIND, &found,
	                 &dictionary->table)
	               ? found->data
	               : NULL;
}

/* NULL: there is no room. */
static struct item *add(struct sy_dictionary *dictionary, const char *key)
{
	struct item *entry = &dictionary->entries[dictionary->used];
	ENTRY *entered;

	if (dictionary->used == dictionary->most)
		return NULL;
	strcpy(entry->key, key);
	if (!hsearch_r((ENTRY){ .key = entry->key, .data = entry }, ENTER,
	               &entered, &dictionary->table))
		return NULL;
	dictionary->used++;
	return entry;
}

/* A key's end is its first zero byte, as that of a string. */
static void take_key(char key[SY_KEY_BYTES_MAX + 1],
                     const unsigned char *request,
                     const struct sy_ask_header *header)
{
	memcpy(key, request + sizeof(*header), header->key_bytes);
	key[header->key_bytes] = '\0';
}

static size_t put_reply(unsigned char *reply, enum sy_answered kind,
                        const void *value, size_t bytes)
{
	const struct sy_ask_header header = { .kind = (uint8_t)kind,
		                              .value_bytes = (uint16_t)bytes };

	memcpy(reply, &header, sizeof(header));
	if (bytes)
		memcpy(reply + sizeof(header), value, bytes);
	return sizeof(header) + bytes;
}

/* For who settles: one question instead of one for each key. */
static uint64_t add_up(const struct sy_dictionary *dictionary)
{
	uint64_t sum = 0, number;

	for (size_t i = 0; i < dictionary->used; i++) {
		const struct item *item = &dictionary->entries[i];

		if (item->bytes != sizeof(number))
			continue;
		memcpy(&number, item->value, sizeof(number));
		sum += number;
	}
	return sum;
}

size_t sy_dictionary_answer(struct sy_dictionary *dictionary,
                            const unsigned char *request, unsigned char *reply)
{
	char key[SY_KEY_BYTES_MAX + 1];
	struct sy_ask_header header;
	struct item *entry;
	uint64_t sum;

	memcpy(&header, request, sizeof(header));
	if (header.kind == SY_ASKED_SUM) {
		sum = add_up(dictionary);
		return put_reply(reply, SY_ANSWERED_VALUE, &sum, sizeof(sum));
	}
	take_key(key, request, &header);
	entry = find(dictionary, key);
	if (header.kind == SY_ASKED_GET)
		return entry ? put_reply(reply, SY_ANSWERED_VALUE, entry->value,
		                         entry->bytes)
		             : put_reply(reply, SY_ANSWERED_NONE, NULL, 0);
	if (!entry)
		entry = add(dictionary, key);
	if (!entry)
		return put_reply(reply, SY_ANSWERED_FULL, NULL, 0);
	memcpy(entry->value, request + sizeof(header) + header.key_bytes,
	       header.value_bytes);
	entry->bytes = header.value_bytes;
	return put_reply(reply, SY_ANSWERED_VALUE, NULL, 0);
}

size_t sy_ask(unsigned char *to, const char *key, size_t key_bytes,
              const void *value, size_t value_bytes)
{
	const struct sy_ask_header header = {
		.kind = value ? SY_ASKED_SET : SY_ASKED_GET,
		.key_bytes = (uint8_t)key_bytes,
		.value_bytes = (uint16_t)value_bytes,
	};

	memcpy(to, &header, sizeof(header));
	memcpy(to + sizeof(header), key, key_bytes);
	if (value)
		memcpy(to + sizeof(header) + key_bytes, value, value_bytes);
	return sizeof(header) + key_bytes + value_bytes;
}

size_t sy_ask_sum(unsigned char *to)
{
	size_t bytes = sy_ask(to, "*", 1, NULL, 0);

	to[0] = SY_ASKED_SUM;
	return bytes;
}

bool sy_is_request(const unsigned char *from)
{
	return *from == SY_ASKED_GET || *from == SY_ASKED_SET ||
	       *from == SY_ASKED_SUM;
}

static int is_asked(const struct sy_ask_header *header)
{
	return header->key_bytes && header->key_bytes <= SY_KEY_BYTES_MAX &&
	       (header->kind == SY_ASKED_SET ||
	        ((header->kind == SY_ASKED_GET ||
	          header->kind == SY_ASKED_SUM) &&
	         !header->value_bytes));
}

static int is_answered(const struct sy_ask_header *header)
{
	return !header->key_bytes &&
	       (header->kind == SY_ANSWERED_VALUE ||
	        (!header->value_bytes && (header->kind == SY_ANSWERED_NONE ||
	                                  header->kind == SY_ANSWERED_FULL)));
}

ssize_t sy_ask_length(const unsigned char *from, size_t have)
{
	struct sy_ask_header header;

	if (have < sizeof(header))
		return 0;
	memcpy(&header, from, sizeof(header));
	if (header.value_bytes > SY_VALUE_BYTES_MAX ||
	    (!is_asked(&header) && !is_answered(&header)))
		return -EBADMSG;
	return (ssize_t)(sizeof(header) + header.key_bytes +
	                 header.value_bytes);
}

ssize_t sy_answer_value(const unsigned char *from, const unsigned char **value)
{
	struct sy_ask_header header;

	memcpy(&header, from, sizeof(header));
	*value = from + sizeof(header);
	if (!is_answered(&header))
		return -EBADMSG;
	if (header.kind == SY_ANSWERED_VALUE)
		return header.value_bytes;
	return header.kind == SY_ANSWERED_NONE ? -ENOENT : -ENOSPC;
}
