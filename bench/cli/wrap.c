/* SPDX-License-Identifier: MIT */
/* wrap.c - words in lines that fit a terminal. */
#include <string.h>

#include "cli/cli.h"

#define WIDTH 80

/* A word that no line holds, such as a group's name, is cut behind a '/'. */
static size_t cut(const char *text, size_t word, size_t room)
{
	size_t end = word;

	if (word <= room)
		return word;
	for (end = room; end && text[end - 1] != '/';)
		end--;
	return end ? end : word;
}

void sy_print_wrapped(FILE *out, size_t column, size_t indent, const char *text)
{
	bool first = true;

	while (*text) {
		size_t whole = strcspn(text, " ");
		size_t word =
			cut(text, whole, WIDTH - (first ? column : indent));
		bool blank = !first && text[-1] == ' ';

		if (!first && (!blank || column + 1 + word > WIDTH)) {
			fprintf(out, "\n%*s", (int)indent, "");
			column = indent;
		} else if (!first) {
			fputc(' ', out);
			column++;
		}
		fprintf(out, "%.*s", (int)word, text);
		column += word;
		text += word + (text[word] == ' ');
		first = false;
	}
	fputc('\n', out);
}
