/* SPDX-License-Identifier: MIT */
/* words.c - see words.h. */
#include "sweep/words.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define BLANKS " \t"
/* No word that there is to choose from is longer. */
#define WORD_MAX 63

char *sy_trim(char *text)
{
	size_t length;

	text += strspn(text, BLANKS);
	length = strlen(text);
	while (length && strchr(BLANKS, text[length - 1]))
		length--;
	text[length] = '\0';
	return text;
}

int sy_words_read(struct sy_words *words, const char *text,
                  struct sy_reason *reason)
{
	struct sy_words made = { .text = strdup(text) };
	char *rest, *item;
	size_t room = 1;

	for (const char *c = text; *c; c++)
		room += *c == ',';
	made.items = calloc(room, sizeof(*made.items));
	if (!made.text || !made.items) {
		sy_words_free(&made);
		return sy_reason(reason, -ENOMEM, "no memory");
	}
	for (rest = made.text; (item = strsep(&rest, ","));) {
		item = sy_trim(item);
		if (!*item) {
			sy_words_free(&made);
			return sy_reason(reason, -EINVAL,
			                 "'%.80s' has an empty item", text);
		}
		made.items[made.count++] = item;
	}
	*words = made;
	return 0;
}

int sy_words_read_one(struct sy_words *words, const char *text,
                      struct sy_reason *reason)
{
	struct sy_words made = {
		.text = strdup(text),
		.items = calloc(1, sizeof(*made.items)),
		.count = 1,
	};

	if (!made.text || !made.items) {
		sy_words_free(&made);
		return sy_reason(reason, -ENOMEM, "no memory");
	}
	made.items[0] = sy_trim(made.text);
	*words = made;
	return 0;
}

static bool is_number(const char *item)
{
	return *item >= '0' && *item <= '9';
}

int sy_words_read_placements(struct sy_words *words, const char *text,
                             struct sy_reason *reason)
{
	int error = sy_words_read(words, text, reason);
	size_t count = 0;
	char *end = NULL;

	for (size_t i = 0; !error && i < words->count; i++) {
		const char *item = words->items[i];
		size_t bytes = strlen(item) + 1;

		if (end && is_number(item)) {
			/* There is room: the comma and all before it. */
			*end = ',';
			memmove(end + 1, item, bytes);
			end += bytes;
			continue;
		}
		words->items[count++] = item;
		end = is_number(item)
		              ? words->text + (item - words->text) + bytes - 1
		              : NULL;
	}
	if (!error)
		words->count = count;
	return error;
}

void sy_words_free(struct sy_words *words)
{
	free(words->items);
	free(words->text);
	*words = (struct sy_words){ 0 };
}

bool sy_words_have(const struct sy_words *words, const char *word)
{
	for (size_t i = 0; i < words->count; i++)
		if (!strcmp(words->items[i], word))
			return true;
	return false;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Letters to insert, delete or replace to make one from the other. */
static size_t distance(const char *a, const char *b)
{
	size_t row[WORD_MAX + 1], length = strlen(b);

	for (size_t j = 0; j <= length; j++)
		row[j] = j;
	for (size_t i = 0; a[i]; i++) {
		size_t diagonal = row[0];

		row[0] = i + 1;
		for (size_t j = 0; j < length; j++) {
			size_t same = diagonal + (a[i] != b[j]);

			diagonal = row[j + 1];
			row[j + 1] = least(same, least(diagonal, row[j]) + 1);
		}
	}
	return row[length];
}

void sy_nearest_try(struct sy_nearest *nearest, const char *candidate)
{
	size_t length = strlen(nearest->word), edits;

	if (length > WORD_MAX || strlen(candidate) > WORD_MAX)
		return;
	edits = distance(nearest->word, candidate);
	/* A third of the letters wrong is a slip, more is another word. */
	if (edits > length / 3 + 1 || edits >= length)
		return;
	if (!nearest->found || edits < nearest->distance) {
		nearest->found = candidate;
		nearest->distance = edits;
	}
}
