/* SPDX-License-Identifier: MIT */
/*
 * export_text.c - text and numbers as each format has them.
 *
 * Texts have been read from JSON, so they are UTF-8 and hold no NUL; anything
 * else may be in them.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "results/export_parts.h"

static bool is_control(char c)
{
	return (unsigned char)c < ' ' || c == 0x7f;
}

static bool has_control(const char *text)
{
	for (; *text; text++)
		if (is_control(*text))
			return true;
	return false;
}

static bool has_outer_blank(const char *text)
{
	return *text == ' ' || (*text && text[strlen(text) - 1] == ' ');
}

/* https://www.rfc-editor.org/rfc/rfc4180, section 2 */
void sy_put_csv(FILE *out, const char *text)
{
	if (!strpbrk(text, ",\"") && !has_control(text) &&
	    !has_outer_blank(text)) {
		fputs(text, out);
		return;
	}
	fputc('"', out);
	for (; *text; text++) {
		if (*text == '"')
			fputc('"', out);
		fputc(*text, out);
	}
	fputc('"', out);
}

/* As PostgreSQL's COPY reads it. */
void sy_put_tsv(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '\t')
			fputs("\\t", out);
		else if (*text == '\n')
			fputs("\\n", out);
		else if (*text == '\r')
			fputs("\\r", out);
		else if (*text == '\\')
			fputs("\\\\", out);
		else if (is_control(*text))
			fprintf(out, "\\x%02x", (unsigned char)*text);
		else
			fputc(*text, out);
	}
}

/*
 * How many characters from the start would be read as a list's mark or a
 * heading's line, were the last of them not escaped: "-", "12."; 0: none.
 */
static size_t mark_length(const char *text)
{
	size_t digits = strspn(text, "0123456789");

	if (*text && strchr("-+=", *text))
		return 1;
	if (!digits || !text[digits] || !strchr(".)", text[digits]) ||
	    !strchr(" \t", text[digits + 1]))
		return 0;
	return digits + 1;
}

/* https://spec.commonmark.org, "Backslash escapes"; '$' is GitHub's maths. */
void sy_put_markdown(FILE *out, const char *text)
{
	size_t mark = mark_length(text);
	bool outer = has_outer_blank(text);

	for (size_t i = 0; text[i]; i++) {
		char c = text[i];
		bool at_end = !i || !text[i + 1];

		if (is_control(c) || (c == ' ' && outer && at_end))
			fprintf(out, "&#%d;", (unsigned char)c);
		else if (c == '<')
			fputs("&lt;", out);
		else if (c == '>')
			fputs("&gt;", out);
		else if (c == '&')
			fputs("&amp;", out);
		else if (i + 1 == mark || strchr("\\`*_[]|~$#!", c))
			fprintf(out, "\\%c", c);
		else
			fputc(c, out);
	}
}

void sy_put_markdown_code(FILE *out, const char *text)
{
	if (!*text || strpbrk(text, "`|\\") || has_control(text) ||
	    has_outer_blank(text))
		sy_put_markdown(out, text);
	else
		fprintf(out, "`%s`", text);
}

void sy_put_number(FILE *out, double number)
{
	char text[40];

	for (int digits = 15; digits <= 17; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, number);
		if (strtod(text, NULL) == number)
			break;
	}
	fputs(text, out);
}
