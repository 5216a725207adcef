/* SPDX-License-Identifier: MIT */
/*
 * figure_text.c - texts of figures and how wide they are.  The widths are
 * those of Inter; another sans typeface is up to a tenth wider, and that room
 * is left.
 */
#include "figure_parts.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "host/units.h"

#define ELLIPSIS "…"
#define ROOM 1.08

/* Advances of U+0020..U+007E in hundredths of the size (Inter Regular 4.0). */
static const unsigned char advances[95] = {
	28, 28, 40, 63, 64, 81, 64, 22, 36, 36, 50, 66, 28, 46, 28, 36,
	63, 46, 61, 64, 64, 61, 62, 57, 62, 62, 28, 28, 66, 66, 66, 51,
	94, 68, 65, 73, 72, 60, 59, 74, 74, 26, 54, 65, 56, 89, 75, 76,
	63, 76, 64, 64, 64, 74, 68, 95, 64, 66, 63, 36, 36, 36, 47, 45,
	50, 56, 62, 56, 62, 58, 36, 61, 59, 24, 24, 54, 24, 87, 59, 60,
	61, 61, 37, 52, 36, 58, 56, 81, 54, 56, 54, 36, 33, 36, 66,
};

/* What stands for the letters that are not in the table, µ and … for two. */
#define ADVANCE_OTHER 64

/* Bytes of the UTF-8 character that begins here. */
static size_t character_bytes(const char *text)
{
	size_t bytes = 1;

	while (((unsigned char)text[bytes] & 0xc0) == 0x80)
		bytes++;
	return bytes;
}

static double advance(const char *text, double size)
{
	unsigned char first = (unsigned char)text[0];
	unsigned hundredths = ADVANCE_OTHER;

	if (first >= ' ' && first <= '~')
		hundredths = advances[first - ' '];
	return hundredths * ROOM * size / 100;
}

/* How many bytes of text, in whole characters, fit into `width`. */
static size_t fitting_bytes(const char *text, double size, double width)
{
	size_t used = 0;

	while (text[used]) {
		size_t bytes = character_bytes(text + used);

		width -= advance(text + used, size);
		if (width < 0 || used + bytes >= SY_TEXT_BYTES)
			break;
		used += bytes;
	}
	return used;
}

double sy_text_width(const char *text, double size)
{
	double width = 0;

	for (; *text; text += character_bytes(text))
		width += advance(text, size);
	return width;
}

void sy_text_fit(const char *text, double size, double width,
                 char fitted[SY_TEXT_BYTES])
{
	size_t bytes = fitting_bytes(text, size, width);

	if (text[bytes]) {
		bytes = fitting_bytes(text, size,
		                      width - sy_text_width(ELLIPSIS, size));
		while (bytes + sizeof(ELLIPSIS) > SY_TEXT_BYTES ||
		       ((unsigned char)text[bytes] & 0xc0) == 0x80)
			bytes--;
		memcpy(fitted, text, bytes);
		memcpy(fitted + bytes, ELLIPSIS, sizeof(ELLIPSIS));
		return;
	}
	memcpy(fitted, text, bytes + 1);
}

unsigned sy_text_wrap(const char *text, double size, double width,
                      char (*lines)[SY_TEXT_BYTES], unsigned lines_max)
{
	unsigned count = 0;

	while (*text) {
		size_t bytes = fitting_bytes(text, size, width);
		size_t end = strcspn(text, "\n");

		if (end > bytes)
			end = bytes;
		if (!text[end] || count + 1 == lines_max) {
			sy_text_fit(text, size, width, lines[count++]);
			break;
		}
		while (end > 0 && text[end] != ' ' && text[end] != '\n')
			end--;
		if (end == 0)
			end = bytes ? bytes : character_bytes(text);
		memcpy(lines[count], text, end);
		lines[count++][end] = '\0';
		text += end;
		while (*text == ' ' || *text == '\n')
			text++;
	}
	return count;
}

void sy_text_mend(char *text)
{
	size_t used = strlen(text);

	while (used > 0 && ((unsigned char)text[used - 1] & 0xc0) == 0x80)
		used--;
	if (used > 0 && (unsigned char)text[used - 1] >= 0xc0)
		used--;
	text[used] = '\0';
}

void sy_text_add(char text[SY_TEXT_BYTES], const char *format, ...)
{
	size_t used = strlen(text);
	va_list args;

	va_start(args, format);
	vsnprintf(text + used, SY_TEXT_BYTES - used, format, args);
	va_end(args);
	if (strlen(text) == SY_TEXT_BYTES - 1)
		sy_text_mend(text);
}

void sy_text_duration(double ns, char *buf, size_t bytes)
{
	static const char *const units[] = { "ns", "µs", "ms", "s" };
	size_t i = 0;

	/* 4 digits are shown, and 999.96 is 1000 in them. */
	while (i < 3 && ns >= 999.95) {
		ns /= 1e3;
		i++;
	}
	snprintf(buf, bytes, "%.4g %s", ns, units[i]);
}

void sy_text_rate(double per_second, char *buf, size_t bytes)
{
	static const char *const prefixes[] = { "", "k", "M", "G" };
	size_t i = 0;

	while (i < 3 && per_second >= 999.95) {
		per_second /= 1e3;
		i++;
	}
	snprintf(buf, bytes, "%.4g%s", per_second, prefixes[i]);
}

void sy_text_count(double count, char *buf, size_t bytes)
{
	if (count >= 1024 && fmod(count, 1024) == 0)
		snprintf(buf, bytes, "%.0fk", count / 1024);
	else
		snprintf(buf, bytes, "%.0f", count);
}

void sy_text_thousands(double count, char *buf, size_t bytes)
{
	char plain[32];
	size_t digits, i, used = 0;

	snprintf(plain, sizeof(plain), "%.0f", count);
	digits = strlen(plain);
	for (i = 0; i < digits; i++) {
		size_t blank = i && (digits - i) % 3 == 0;

		if (used + blank + 1 >= bytes)
			break;
		if (blank)
			buf[used++] = ' ';
		buf[used++] = plain[i];
	}
	buf[used] = '\0';
}

void sy_text_bytes(double size, char *buf, size_t bytes)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB" };
	size_t i = 0;

	while (i < 3 && size >= 1023.95) {
		size /= 1024;
		i++;
	}
	snprintf(buf, bytes, "%.4g %s", size, units[i]);
}

void sy_text_size(uint64_t size, char *buf, size_t bytes)
{
	char plain[48];
	int digits;

	sy_format_size(size, plain, sizeof(plain));
	digits = (int)strspn(plain, "0123456789");
	snprintf(buf, bytes, "%.*s %s", digits, plain, plain + digits);
}

void sy_text_measured_ns(const struct sy_estimate *ns, char *buf, size_t bytes)
{
	char plain[64];
	char *micro;

	sy_format_ns(ns->value, (ns->high - ns->low) / 2, plain, sizeof(plain));
	micro = strstr(plain, " us");
	if (!micro) {
		snprintf(buf, bytes, "%s", plain);
		return;
	}
	*micro = '\0';
	snprintf(buf, bytes, "%s µs", plain);
}

void sy_text_measured_bytes(const struct sy_estimate *size, char *buf,
                            size_t bytes)
{
	sy_format_bytes(size->value, (size->high - size->low) / 2, buf, bytes);
}

unsigned sy_model_style(const char *model)
{
	static const char *const known[] = {
		"serial",         "threads",
		"semaphore",      "fork",
		"pool",           "coroutine",
		"eventloop",      "coroutine.ucontext",
		"eventloop.poll",
	};
	const unsigned count = sizeof(known) / sizeof(known[0]);
	unsigned i, sum = 0;

	for (i = 0; i < count; i++)
		if (!strcmp(model, known[i]))
			return i;
	/* A model that theme.gp does not know: one of the greys left over. */
	for (i = 0; model[i]; i++)
		sum += (unsigned char)model[i];
	return count + sum % (SY_STYLES - count);
}
