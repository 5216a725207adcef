/* SPDX-License-Identifier: MIT */
/*
 * words.h - lists of words, and the word that a wrong one was meant to be.
 */
#ifndef SY_WORDS_H
#define SY_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/reason.h"

struct sy_words {
	char *text; /* owned; the items are parts of it */
	const char **items;
	size_t count;
};

/*
 * Cuts a list at its commas and takes blanks off its items.  -EINVAL where an
 * item is empty, with the reason; -ENOMEM.
 */
int sy_words_read(struct sy_words *words, const char *text,
                  struct sy_reason *reason);

/*
 * The same for placements, whose PU numbers have commas of their own: those
 * next to one another are one item, "one-pu, 0, 2-3" is two.
 */
int sy_words_read_placements(struct sy_words *words, const char *text,
                             struct sy_reason *reason);
/* All of it as one item, whatever commas it has. */
int sy_words_read_one(struct sy_words *words, const char *text,
                      struct sy_reason *reason);
void sy_words_free(struct sy_words *words);

bool sy_words_have(const struct sy_words *words, const char *word);

/* Takes blanks off both ends, in place; returns where the rest begins. */
char *sy_trim(char *text);

/*
 * Looks for what a mistyped word was meant to be: shown every candidate in
 * turn, it keeps the nearest one that is near enough.
 */
struct sy_nearest {
	const char *word;
	const char *found; /* NULL: none is near */
	size_t distance;
};
void sy_nearest_try(struct sy_nearest *nearest, const char *candidate);

#endif /* SY_WORDS_H */
