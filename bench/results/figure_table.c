/* SPDX-License-Identifier: MIT */
/*
 * figure_table.c - data files that gnuplot reads.  Numbers are separated by
 * blanks, text is in double quotes.
 */
#include "figure_sheet.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

int sy_table_open(struct sy_table *table, int dir_fd, const char *name,
                  const char *header)
{
	int fd, err;

	table->dir_fd = dir_fd;
	snprintf(table->name, sizeof(table->name), "%s", name);
	snprintf(table->part, sizeof(table->part), "%s.part", table->name);
	fd = openat(dir_fd, table->part,
	            O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
	            0644);
	if (fd < 0)
		return -errno;
	table->file = fdopen(fd, "w");
	if (!table->file) {
		err = -errno;
		close(fd);
		unlinkat(dir_fd, table->part, 0);
		return err;
	}
	fprintf(table->file, "# %s\n", header);
	return 0;
}

/*
 * gnuplot ends a text at the next double quote whatever stands before it,
 * reads backslash sequences, and ends a row at a line feed.  So a backslash
 * is doubled, a quote becomes the typographic one and a control character a
 * blank.  The rest means nothing in a data file.
 */
void sy_table_text(struct sy_table *table, const char *text)
{
	FILE *file = table->file;

	fputs(" \"", file);
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '"')
			fputs("”", file);
		else if (c == '\\')
			fputs("\\\\", file);
		else
			fputc(c < ' ' || c == 0x7f ? ' ' : c, file);
	}
	fputc('"', file);
}

int sy_table_close(struct sy_table *table, int err)
{
	int failed = ferror(table->file);

	if (fclose(table->file))
		failed = 1;
	if (!err && failed)
		err = -EIO;
	if (!err &&
	    renameat(table->dir_fd, table->part, table->dir_fd, table->name))
		err = -errno;
	if (err)
		unlinkat(table->dir_fd, table->part, 0);
	return err;
}

static struct sy_table *table_of(struct sy_sheet *sheet, int i)
{
	struct sy_table *tables[] = { &sheet->panels, &sheet->ticks,
		                      &sheet->text, &sheet->lines,
		                      &sheet->key };

	return tables[i];
}

int sy_sheet_open(struct sy_sheet *sheet, int dir_fd, const char *figure)
{
	static const struct {
		const char *name, *header;
	} files[] = {
		{ "panels", "width height kind left right bottom top x_low "
		            "x_high y_low y_high file" },
		{ "ticks", "panel axis(0:x,1:y,2:marked x) value minor label" },
		{ "text", "x y class style text" },
		{ "lines", "x y dx dy style" },
		{ "key", "x y symbol" },
	};
	char name[48];
	int err;

	for (sheet->open = 0; sheet->open < 5; sheet->open++) {
		snprintf(name, sizeof(name), "%s_%s.dat", figure,
		         files[sheet->open].name);
		err = sy_table_open(table_of(sheet, sheet->open), dir_fd, name,
		                    files[sheet->open].header);
		if (err)
			return sy_sheet_close(sheet, err);
	}
	return 0;
}

int sy_sheet_close(struct sy_sheet *sheet, int err)
{
	while (sheet->open > 0)
		err = sy_table_close(table_of(sheet, --sheet->open), err);
	return err;
}

void sy_sheet_text(struct sy_sheet *sheet, enum sy_text_class kind, double x,
                   double y, unsigned style, const char *text)
{
	fprintf(sheet->text.file, "%.2f %.2f %d %u", x, y, (int)kind, style);
	sy_table_text(&sheet->text, text);
	fputc('\n', sheet->text.file);
}

void sy_sheet_line(struct sy_sheet *sheet, double x, double y, double to_x,
                   double to_y, unsigned style)
{
	fprintf(sheet->lines.file, "%.2f %.2f %.2f %.2f %u\n", x, y, to_x - x,
	        to_y - y, style);
}

static void add_tick(struct sy_sheet *sheet, unsigned panel, int axis,
                     double value, int minor, const char *label)
{
	fprintf(sheet->ticks.file, "%u %d %.10g %d", panel, axis, value, minor);
	sy_table_text(&sheet->ticks, label);
	fputc('\n', sheet->ticks.file);
}

void sy_sheet_ticks(struct sy_sheet *sheet, unsigned panel, char axis,
                    const struct sy_tick *ticks, size_t count,
                    void (*format)(double value, char *buf, size_t bytes))
{
	char label[64];
	size_t i;

	for (i = 0; i < count; i++) {
		label[0] = '\0';
		if (!ticks[i].minor)
			format(ticks[i].value, label, sizeof(label));
		add_tick(sheet, panel, axis == 'y', ticks[i].value,
		         ticks[i].minor, label);
	}
}

void sy_sheet_tick(struct sy_sheet *sheet, unsigned panel, char axis,
                   double value, const char *label)
{
	add_tick(sheet, panel, axis == 'y', value, 0, label);
}

void sy_sheet_mark(struct sy_sheet *sheet, unsigned panel, double x)
{
	add_tick(sheet, panel, 2, x, 0, "");
}

void sy_sheet_panel(struct sy_sheet *sheet, const struct sy_panel *panel,
                    double height)
{
	fprintf(sheet->panels.file,
	        "%.0f %.0f %d %.2f %.2f %.2f %.2f %.10g %.10g %.10g %.10g",
	        SY_CANVAS_WIDTH, height, (int)panel->kind, panel->x.from_px,
	        panel->x.to_px, panel->y.from_px, panel->y.to_px, panel->x.low,
	        panel->x.high, panel->y.low, panel->y.high);
	sy_table_text(&sheet->panels, panel->file);
	fputc('\n', sheet->panels.file);
}
