/* SPDX-License-Identifier: MIT */
/* wrap.c - words in lines that fit a terminal. */
#include <string.h>

#include "cli/cli.h"

#define WIDTH 80

void sy_print_wrapped(FILE *out, size_t column, size_t indent, const char *text)
{
	bool first = true;

	while (*text) {
		size_t word = strcspn(text, " ");

		if (!first && column + 1 + word > WIDTH) {
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
