/* SPDX-License-Identifier: MIT */
/* figure_page.c - title, header, notes and key of a figure. */
#include "figure_sheet.h"

#include <string.h>

#define TITLE_BELOW_TOP 28.0
#define HEADER_BELOW_TOP 54.0
#define INSIDE (SY_CANVAS_WIDTH - 2 * SY_CANVAS_MARGIN)
#define KEY_LINE 20.0

void sy_page_header(struct sy_page *page, const char *text)
{
	page->header_lines =
		sy_text_wrap(text, SY_SIZE_SUBTITLE, INSIDE, page->header, 3);
}

void sy_page_note(struct sy_page *page, const char *text)
{
	unsigned room = SY_NOTES_MAX - page->note_lines;

	if (room)
		page->note_lines += sy_text_wrap(text, SY_SIZE_NOTE, INSIDE,
		                                 page->notes + page->note_lines,
		                                 room < 3 ? room : 3);
}

void sy_page_note_missing(struct sy_page *page, const char *missing)
{
	char text[SY_TEXT_BYTES] = "";

	if (*missing)
		sy_text_add(text, "Missing: %s", missing);
	sy_page_note(page, text);
}

double sy_page_head(const struct sy_page *page)
{
	return HEADER_BELOW_TOP + page->header_lines * SY_LINE - 5;
}

double sy_page_foot(const struct sy_page *page)
{
	return page->note_lines ? page->note_lines * SY_LINE + 6 : 0;
}

/*
 * A title is drawn bold, and so as enhanced text (gnuplot's help on that): what
 * it reads as markup is what it stands for behind a backslash.  Two of them,
 * since text that goes through an expression is unescaped once more.
 */
static void without_markup(const char *text, char plain[4 * SY_TEXT_BYTES])
{
	size_t used = 0;

	for (; *text && used < 4 * SY_TEXT_BYTES - 4; text++) {
		if (strchr("\\{}^_@&~", *text)) {
			plain[used++] = '\\';
			plain[used++] = '\\';
		}
		/* And so is a backslash itself. */
		if (*text == '\\')
			plain[used++] = '\\';
		plain[used++] = *text;
	}
	plain[used] = '\0';
}

void sy_page_write(const struct sy_page *page, struct sy_sheet *sheet)
{
	char plain[4 * SY_TEXT_BYTES];
	unsigned line;

	if (page->named)
		without_markup(page->named, plain);
	sy_sheet_text(sheet, SY_TEXT_TITLE, SY_CANVAS_MARGIN,
	              page->height - TITLE_BELOW_TOP, 0,
	              page->named ? plain : page->title);
	for (line = 0; line < page->header_lines; line++)
		sy_sheet_text(sheet, SY_TEXT_SUBTITLE, SY_CANVAS_MARGIN,
		              page->height - HEADER_BELOW_TOP - line * SY_LINE,
		              0, page->header[line]);
	for (line = 0; line < page->note_lines; line++)
		sy_sheet_text(sheet, SY_TEXT_NOTE, SY_CANVAS_MARGIN,
		              (page->note_lines - line) * SY_LINE - 4, 0,
		              page->notes[line]);
}

double sy_page_key(const char *const texts[SY_SYMBOLS], double top,
                   struct sy_sheet *sheet)
{
	/* Pixels from the place of a symbol to its text. */
	static const double widths[SY_SYMBOLS] = {
		[SY_SYMBOL_VALUE] = 15,    [SY_SYMBOL_SECOND] = 9,
		[SY_SYMBOL_MODES] = 31,    [SY_SYMBOL_PART] = 9,
		[SY_SYMBOL_REFERENCE] = 9, [SY_SYMBOL_MISSING] = 12,
	};
	double x = SY_CANVAS_MARGIN + 9, y = top - 10;
	int i, shown = 0;

	for (i = 0; i < SY_SYMBOLS; i++) {
		double width;

		if (!texts[i])
			continue;
		width = widths[i] + sy_text_width(texts[i], SY_SIZE_LABEL);
		if (shown && x + width > SY_CANVAS_WIDTH - SY_CANVAS_MARGIN) {
			x = SY_CANVAS_MARGIN + 9;
			y -= KEY_LINE;
		}
		shown = 1;
		if (sheet) {
			fprintf(sheet->key.file, "%.2f %.2f %d\n", x, y, i);
			sy_sheet_text(sheet, SY_TEXT_LOAD, x + widths[i], y, 0,
			              texts[i]);
		}
		x += width + 18;
	}
	return shown ? top - y + 10 : 0;
}
