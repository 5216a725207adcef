/* SPDX-License-Identifier: MIT */
/*
 * report_text.c - text from outside, and lines that fit a terminal.
 *
 * A name may hold what ends a line, moves a cursor or turns the direction of
 * reading round, and need not even be UTF-8.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "compare/report_parts.h"

/*
 * Bytes of the UTF-8 character that begins here, 0 where none does.  Shortest
 * forms only, no surrogates: https://www.rfc-editor.org/rfc/rfc3629, section 4
 */
static size_t decode(const char *text, uint32_t *code)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *s = (const unsigned char *)text;
	size_t bytes = s[0] < 0x80             ? 1
	               : (s[0] & 0xe0) == 0xc0 ? 2
	               : (s[0] & 0xf0) == 0xe0 ? 3
	               : (s[0] & 0xf8) == 0xf0 ? 4
	                                       : 0;

	*code = bytes == 1 ? s[0] : s[0] & (0x7fu >> bytes);
	for (size_t i = 1; i < bytes; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | (s[i] & 0x3fu);
	}
	if (bytes && (*code < least[bytes] || *code > 0x10ffff ||
	              (*code >= 0xd800 && *code <= 0xdfff)))
		return 0;
	return bytes;
}

/* Controls of a terminal, and what has no width, ends a line or turns the
   direction: https://www.unicode.org/reports/tr9 and tr36. */
static bool is_hidden(uint32_t code)
{
	return code < ' ' || (code >= 0x7f && code <= 0x9f) || code == 0xad ||
	       code == 0x61c || (code >= 0x200b && code <= 0x200f) ||
	       (code >= 0x2028 && code <= 0x202e) ||
	       (code >= 0x2060 && code <= 0x206f) || code == 0xfeff ||
	       (code >= 0xfff9 && code <= 0xfffb) ||
	       (code >= 0xe0000 && code <= 0xe007f);
}

/* What GitHub's runner obeys in the output of any step: "::" where a line
   begins, blanks apart, and "##[" anywhere. */
static bool is_command(const char *text)
{
	return !strncmp(text, "::", 2) || !strncmp(text, "##[", 3);
}

static int escape(uint32_t code, char shown[SY_VISIBLE_BYTES])
{
	/* Each with its letter behind it. */
	const char *letter =
		code && code < 0x80 ? strchr("\nn\tt\rr\\\\", (int)code) : NULL;

	if (letter)
		return snprintf(shown, SY_VISIBLE_BYTES, "\\%c", letter[1]);
	return snprintf(shown, SY_VISIBLE_BYTES,
	                code < 0x80 ? "\\x%02x" : "\\u{%x}", code);
}

size_t sy_visible_next(const char **text, char shown[SY_VISIBLE_BYTES])
{
	uint32_t code;
	size_t bytes;

	if (!**text)
		return 0;
	bytes = decode(*text, &code);
	if (!bytes) {
		snprintf(shown, SY_VISIBLE_BYTES, "\\x%02x",
		         (unsigned char)**text);
		++*text;
		return strlen(shown);
	}
	if (is_hidden(code) || code == '\\' || is_command(*text)) {
		*text += bytes;
		return (size_t)escape(code, shown);
	}
	memcpy(shown, *text, bytes);
	shown[bytes] = '\0';
	*text += bytes;
	return bytes;
}

void sy_put_visible_part(FILE *out, const char *text, size_t bytes)
{
	const char *end = text + bytes;
	char shown[SY_VISIBLE_BYTES];

	while (text < end && sy_visible_next(&text, shown))
		fputs(shown, out);
}

void sy_put_visible(FILE *out, const char *text)
{
	sy_put_visible_part(out, text, strlen(text));
}

json_t *sy_json_utf8(const char *text)
{
	static const char unknown[] = "\xef\xbf\xbd";
	char *copy = malloc(strlen(text) * (sizeof(unknown) - 1) + 1);
	char *end = copy;
	json_t *json;

	if (!copy)
		return NULL;
	while (*text) {
		uint32_t code;
		size_t bytes = decode(text, &code);

		memcpy(end, bytes ? text : unknown, bytes ? bytes : 3);
		end += bytes ? bytes : 3;
		text += bytes ? bytes : 1;
	}
	*end = '\0';
	json = json_string(copy);
	free(copy);
	return json;
}

void sy_flow_begin(struct sy_flow *flow, FILE *out, size_t indent)
{
	*flow = (struct sy_flow){ .out = out, .indent = indent };
}

/* Prints the word that is kept, on a line of its own where it needs one. */
static void flush(struct sy_flow *flow)
{
	if (flow->at > flow->indent &&
	    flow->at + flow->columns > SY_FLOW_WIDTH) {
		fprintf(flow->out, "\n%*s", (int)flow->indent, "");
		flow->at = flow->indent;
	}
	fwrite(flow->word, 1, flow->bytes, flow->out);
	flow->at += flow->columns;
	flow->bytes = flow->columns = 0;
}

/* One character, or one escape, which is never broken. */
static void keep(struct sy_flow *flow, const char *shown, size_t bytes)
{
	size_t columns = 0, room = SY_FLOW_WIDTH - flow->indent;

	for (size_t i = 0; i < bytes; i++)
		columns += (shown[i] & 0xc0) != 0x80;
	if (flow->columns + columns > room ||
	    flow->bytes + bytes >= sizeof(flow->word))
		flush(flow);
	memcpy(flow->word + flow->bytes, shown, bytes);
	flow->bytes += bytes;
	flow->columns += columns;
	if (bytes == 1 && (*shown == ' ' || *shown == '/'))
		flush(flow);
}

void sy_flow_put(struct sy_flow *flow, const char *format, ...)
{
	char text[200];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	for (const char *c = text; *c; c++)
		keep(flow, c, 1);
}

void sy_flow_visible(struct sy_flow *flow, const char *text)
{
	char shown[SY_VISIBLE_BYTES];
	size_t bytes;

	while ((bytes = sy_visible_next(&text, shown)))
		keep(flow, shown, bytes);
}

void sy_flow_end(struct sy_flow *flow)
{
	flush(flow);
	fputc('\n', flow->out);
}
