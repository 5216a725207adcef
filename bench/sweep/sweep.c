/* SPDX-License-Identifier: MIT */
/*
 * sweep.c - see sweep.h.
 *
 * inih finds pairs and comments.  It cuts long lines and long section names
 * without a word, says nothing of an empty section, and joins lines that are
 * indented; so it is given its lines one by one, each checked first, and the
 * heads of sections are read here.
 */
#include "sweep/sweep.h"

#include <errno.h>
#include <ini.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define FILE_BYTES_MAX (1 << 20)
/* INI_MAX_LINE as inih comes: what is longer it would cut. */
#define LINE_BYTES_MAX 200
/* Names are compared one by one; no person writes so many. */
#define SECTIONS_MAX 1000

static const char *const run_keys[SY_RUN_KEYS] = {
	[SY_RUN_BUDGET] = "budget", [SY_RUN_SETS] = "sets",
	[SY_RUN_SEED] = "seed",     [SY_RUN_LIMIT] = "limit",
	[SY_RUN_LABEL] = "label",
};

/* A file while it is read. */
struct reading {
	struct sy_sweep *sweep;
	const char *path;
	const char *rest, *end;     /* what inih has not been given yet */
	unsigned line;              /* the last one that it was given */
	struct sy_section *section; /* NULL: before the first */
	struct sy_reason *reason;
	int error;
	unsigned error_line;
};

const char *sy_run_key_name(enum sy_run_key key)
{
	return run_keys[key];
}

static int wrong(struct reading *r, unsigned line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Notes the first thing that is wrong, with its place. */
static int wrong(struct reading *r, unsigned line, const char *format, ...)
{
	char text[SY_REASON_BYTES];
	va_list args;

	if (r->error)
		return r->error;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	r->error_line = line;
	r->error = sy_reason(r->reason, -EINVAL, "%s:%u: %s",
	                     sy_path_end(r->path), line, text);
	return r->error;
}

static int no_memory(struct reading *r)
{
	if (!r->error)
		r->error = sy_reason(r->reason, -ENOMEM, "%s: no memory",
		                     sy_path_end(r->path));
	return r->error;
}

/* A name is of letters, digits, '.', '_' and '-'. */
static size_t name_length(const char *text)
{
	return strspn(text, "abcdefghijklmnopqrstuvwxyz"
	                    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");
}

/* Copies the name out of "[name]"; nothing but a comment may follow. */
static int read_head(struct reading *r, char *head, char name[])
{
	char *end = strchr(head, ']'), *rest;

	if (!end)
		return wrong(r, r->line, "'%.60s' has no ']'", head);
	*end = '\0';
	rest = sy_trim(end + 1);
	head = sy_trim(head + 1);
	if (*rest && *rest != ';' && *rest != '#')
		return wrong(r, r->line,
		             "[%.60s] is followed by '%.60s'; a section's head "
		             "has a line of its own",
		             head, rest);
	if (!*head)
		return wrong(r, r->line, "a section needs a name, as in [cpu]");
	if (head[name_length(head)] || strlen(head) >= SY_SECTION_BYTES)
		return wrong(r, r->line,
		             "section [%.60s]: a name is 1 to %d letters, "
		             "digits, '.', '_' or '-'",
		             head, SY_SECTION_BYTES - 1);
	strcpy(name, head);
	return 0;
}

static struct sy_section *new_section(struct reading *r)
{
	struct sy_sweep *sweep = r->sweep;
	struct sy_section *all;

	if (sweep->count == SECTIONS_MAX) {
		wrong(r, r->line, "more than %d sections", SECTIONS_MAX);
		return NULL;
	}
	all = reallocarray(sweep->sections, sweep->count + 1, sizeof(*all));
	if (!all) {
		no_memory(r);
		return NULL;
	}
	sweep->sections = all;
	memset(&all[sweep->count], 0, sizeof(*all));
	return &all[sweep->count++];
}

static int begin_section(struct reading *r, char *head)
{
	struct sy_sweep *sweep = r->sweep;
	char name[SY_SECTION_BYTES];
	const struct sy_section *there;
	bool defaults;

	if (read_head(r, head, name))
		return r->error;
	defaults = !strcmp(name, "defaults");
	if (!defaults &&
	    (!strcasecmp(name, "default") || !strcasecmp(name, "defaults")))
		return wrong(r, r->line,
		             "[%s]: what holds for all sections is called "
		             "[defaults]",
		             name);
	there = defaults ? &sweep->defaults : sy_sweep_find(sweep, name);
	if (there && there->line)
		return wrong(r, r->line,
		             "section [%s] is there already, in line %u", name,
		             there->line);
	r->section = defaults ? &sweep->defaults : new_section(r);
	if (r->section) {
		strcpy(r->section->name, name);
		r->section->line = r->line;
	}
	return r->error;
}

static int check_line(struct reading *r, const char *line, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (((unsigned char)line[i] < ' ' && line[i] != '\t') ||
		    line[i] == 0x7f)
			return wrong(r, r->line,
			             "byte %zu of the line is 0x%02x: this is "
			             "not a text",
			             i + 1, (unsigned char)line[i]);
	return 0;
}

/* The next line without its end; false: there is none. */
static bool next_line(struct reading *r, const char **line, size_t *length)
{
	const char *newline;

	if (r->rest >= r->end)
		return false;
	newline = memchr(r->rest, '\n', (size_t)(r->end - r->rest));
	*line = r->rest;
	*length = (size_t)((newline ? newline : r->end) - r->rest);
	r->rest += *length + (newline != NULL);
	if (newline && *length && (*line)[*length - 1] == '\r')
		--*length;
	r->line++;
	return true;
}

/* What inih reads by: fgets with a will of its own. */
static char *give_line(char *buffer, int bytes, void *data)
{
	struct reading *r = data;
	const char *line;
	size_t length;

	if (r->error || !next_line(r, &line, &length))
		return NULL;
	/* What is no text is often one long line: say the better reason. */
	if (check_line(r, line, length))
		return NULL;
	if (length >= LINE_BYTES_MAX || length >= (size_t)bytes) {
		wrong(r, r->line,
		      "the line has over %d bytes; a range such as 1..4096*2 "
		      "is shorter than its list",
		      LINE_BYTES_MAX);
		return NULL;
	}
	/* Blanks in front would make inih go on with the line before. */
	while (length && (*line == ' ' || *line == '\t')) {
		line++;
		length--;
	}
	memcpy(buffer, line, length);
	buffer[length] = '\0';
	if (*buffer != '[')
		return buffer;
	begin_section(r, buffer);
	buffer[0] = '\0';
	return buffer;
}

static int unknown_key(struct reading *r, const char *key)
{
	struct sy_nearest nearest = { .word = key };

	for (enum sy_key i = 0; i < SY_KEYS; i++)
		sy_nearest_try(&nearest, sy_key_name(i));
	for (enum sy_run_key i = 0; i < SY_RUN_KEYS; i++)
		sy_nearest_try(&nearest, run_keys[i]);
	if (nearest.found)
		return wrong(r, r->line,
		             "[%s] unknown key '%.60s'; did you mean '%s'?",
		             r->section->name, key, nearest.found);
	return wrong(r, r->line,
	             "[%s] unknown key '%.60s'; keys are the options of `run` "
	             "that choose points",
	             r->section->name, key);
}

/* Keeps a value that is there for the first time. */
static int keep(struct reading *r, const char *key, char **text, unsigned *line,
                const char *value)
{
	if (*text)
		return wrong(r, r->line, "[%s] %s is there already, in line %u",
		             r->section->name, key, *line);
	*text = strdup(value);
	*line = r->line;
	return *text ? 0 : no_memory(r);
}

static int keep_shape(struct reading *r, enum sy_key key, const char *value)
{
	const char *name = sy_key_name(key);
	struct sy_reason why;
	int error = sy_value_check(key, value, &why);

	if (error == -ENOMEM)
		return no_memory(r);
	if (error)
		return wrong(r, r->line, "[%s] %s: %s", r->section->name, name,
		             why.text);
	return keep(r, name, &r->section->text[key], &r->section->lines[key],
	            value);
}

static int keep_run(struct reading *r, enum sy_run_key key, const char *value)
{
	if (r->section != &r->sweep->defaults)
		return wrong(r, r->line,
		             "[%s] %s is the same for the whole run: it stands "
		             "in [defaults]",
		             r->section->name, run_keys[key]);
	return keep(r, run_keys[key], &r->sweep->run[key],
	            &r->sweep->run_lines[key], value);
}

static int keep_pair(struct reading *r, const char *key, const char *value)
{
	for (enum sy_key i = 0; i < SY_KEYS; i++)
		if (!strcmp(key, sy_key_name(i)))
			return keep_shape(r, i, value);
	for (enum sy_run_key i = 0; i < SY_RUN_KEYS; i++)
		if (!strcmp(key, run_keys[i]))
			return keep_run(r, i, value);
	return unknown_key(r, key);
}

/* inih ends a value at " ;" only; " #" is what most people write. */
static char *cut_comment(char *value)
{
	for (char *c = value; *c; c++)
		if (*c == '#' && (c == value || strchr(" \t", c[-1]))) {
			*c = '\0';
			break;
		}
	return sy_trim(value);
}

static int take_pair(void *data, const char *section, const char *key,
                     const char *value)
{
	struct reading *r = data;
	char copy[LINE_BYTES_MAX + 1];

	(void)section; /* heads are not inih's */
	snprintf(copy, sizeof(copy), "%s", value ? value : "");
	value = cut_comment(copy);
	if (!*key)
		wrong(r, r->line, "there is no key before the '='");
	else if (!r->section)
		wrong(r, r->line,
		      "'%.60s' stands before the first section; begin with "
		      "[defaults] or a section",
		      key);
	else if (!*value)
		wrong(r, r->line,
		      "[%s] %.60s has no value; without the line the default "
		      "holds",
		      r->section->name, key);
	else
		keep_pair(r, key, value);
	return !r->error;
}

/* A key that no point of its section has would say what is not measured. */
static int check_used(struct reading *r, const struct sy_section *section,
                      const struct sy_space *space)
{
	bool any = false;

	for (enum sy_key key = 0; key < SY_KEYS; key++) {
		if (!section->text[key])
			continue;
		any = true;
		if (!sy_space_has_key(space, key))
			return wrong(r, section->lines[key],
			             "[%s] %s: no point of this section has "
			             "it, only those of %s",
			             section->name, sy_key_name(key),
			             sy_key_families(key));
	}
	return any ? 0
	           : wrong(r, section->line,
	                   "section [%s] is empty; write at least a workload",
	                   section->name);
}

/* Where a section's value of a key stands, its own or the default; where
   neither does, the section. */
static unsigned line_of(const struct reading *r,
                        const struct sy_section *section, enum sy_key key)
{
	unsigned line = section->text[key] ? section->lines[key]
	                                   : r->sweep->defaults.lines[key];

	return line ? line : section->line;
}

static int check_section(struct reading *r, const struct sy_section *section)
{
	struct sy_reason why;
	struct sy_values values;
	struct sy_space space;
	enum sy_key key;
	int error;

	sy_sweep_values(r->sweep, section, &values);
	error = sy_space_read(&space, &values, r->reason);
	if (error)
		return no_memory(r);
	error = check_used(r, section, &space);
	if (!error && sy_space_check(&space, &key, &why))
		error = wrong(r, line_of(r, section, key), "[%s] %s: %s",
		              section->name, sy_key_name(key), why.text);
	if (!error && !sy_space_count(&space))
		error = wrong(r, section->line,
		              "section [%s] makes no points: its models have "
		              "none of its workloads",
		              section->name);
	sy_space_free(&space);
	return error;
}

static int check_all(struct reading *r)
{
	int error = 0;

	if (!r->sweep->count)
		return sy_reason(r->reason, -EINVAL,
		                 "%s: %s; a sweep has sections of points, as "
		                 "in [cpu]",
		                 sy_path_end(r->path),
		                 r->line ? "has no section but [defaults]"
		                         : "is empty");
	for (size_t i = 0; i < r->sweep->count && !error; i++)
		error = check_section(r, &r->sweep->sections[i]);
	return error;
}

int sy_sweep_parse(struct sy_sweep *sweep, const char *path, const char *text,
                   size_t length, struct sy_reason *reason)
{
	static const char mark[] = "\xef\xbb\xbf"; /* UTF-8's */
	struct sy_sweep made = { 0 };
	struct reading r = {
		.sweep = &made,
		.path = path,
		.rest = text,
		.end = text + length,
		.reason = reason,
	};
	int stopped;

	if (length >= 3 && !memcmp(text, mark, 3))
		r.rest += 3;
	stopped = ini_parse_stream(give_line, &r, take_pair, &r);
	/* inih goes on behind a line that it could not read. */
	if (stopped > 0 && (!r.error || (unsigned)stopped < r.error_line)) {
		r.error = 0;
		wrong(&r, (unsigned)stopped,
		      "neither `key = value` nor a section; a value does not "
		      "go on in the next line");
	} else if (stopped < 0 && !r.error) {
		no_memory(&r);
	}
	if (!r.error)
		r.error = check_all(&r);
	if (r.error)
		sy_sweep_free(&made);
	else
		*sweep = made;
	return r.error;
}

int sy_sweep_read(struct sy_sweep *sweep, const char *path,
                  struct sy_reason *reason)
{
	char *text;
	size_t length;
	int error = sy_text_read(path, FILE_BYTES_MAX, &text, &length, reason);

	if (error)
		return error;
	error = sy_sweep_parse(sweep, path, text, length, reason);
	free(text);
	return error;
}

static void free_section(struct sy_section *section)
{
	for (enum sy_key key = 0; key < SY_KEYS; key++)
		free(section->text[key]);
}

void sy_sweep_free(struct sy_sweep *sweep)
{
	for (size_t i = 0; i < sweep->count; i++)
		free_section(&sweep->sections[i]);
	for (enum sy_run_key key = 0; key < SY_RUN_KEYS; key++)
		free(sweep->run[key]);
	free_section(&sweep->defaults);
	free(sweep->sections);
	*sweep = (struct sy_sweep){ 0 };
}

void sy_sweep_values(const struct sy_sweep *sweep,
                     const struct sy_section *section, struct sy_values *values)
{
	for (enum sy_key key = 0; key < SY_KEYS; key++)
		values->text[key] = section->text[key]
		                            ? section->text[key]
		                            : sweep->defaults.text[key];
}

const struct sy_section *sy_sweep_find(const struct sy_sweep *sweep,
                                       const char *name)
{
	for (size_t i = 0; i < sweep->count; i++)
		if (!strcmp(sweep->sections[i].name, name))
			return &sweep->sections[i];
	return NULL;
}
