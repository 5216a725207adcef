/* SPDX-License-Identifier: MIT */
/*
 * filter.c - see filter.h.
 *
 * What an expression costs is counted before it is compiled, much as glibc
 * copies its parts: x{9} is nine of x, and x+ is one and a loop of another.
 */
#include "engine/filter.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 32
/* ^, $, \b and such: glibc makes copies of what may follow each. */
#define ANCHORS_MAX 16

/* A part of an expression: what is to be matched, at which places. */
struct part {
	unsigned long atoms, anchors;
};

/* A group while it is read, and its last part, which may be repeated. */
struct group {
	struct part all, last;
	bool repeated; /* it is already */
};

struct scan {
	const char *at;
	struct group groups[DEPTH_MAX + 1];
	unsigned depth;
	unsigned long copies; /* of atoms, beyond those that are written */
	const char *wrong;    /* NULL: nothing is so far */
};

static void add(struct scan *scan, unsigned long atoms, unsigned long anchors)
{
	struct group *group = &scan->groups[scan->depth];

	group->last = (struct part){ atoms, anchors };
	group->all.atoms += atoms;
	group->all.anchors += anchors;
	group->repeated = false;
	if (group->all.anchors > ANCHORS_MAX)
		scan->wrong = "it has too many of ^, $ and \\b";
}

static void open_group(struct scan *scan)
{
	if (scan->depth == DEPTH_MAX)
		scan->wrong = "its groups are nested too deeply";
	else
		scan->groups[++scan->depth] = (struct group){ 0 };
}

static void close_group(struct scan *scan)
{
	struct part all = scan->groups[scan->depth].all;

	if (!scan->depth) {
		add(scan, 1, 0);
		return;
	}
	scan->depth--;
	add(scan, all.atoms + 1, all.anchors);
}

static void repeat(struct scan *scan, unsigned long times)
{
	struct group *group = &scan->groups[scan->depth];
	unsigned long copies = times > 1 ? group->last.atoms * (times - 1) : 0;

	if (group->last.anchors)
		scan->wrong = "it repeats what has ^, $ or \\b in it";
	if (group->repeated)
		scan->wrong = "it repeats a repeat";
	group->all.atoms += copies;
	group->last.atoms += copies;
	group->repeated = true;
	scan->copies += copies;
	if (scan->copies > SY_FILTER_COPIES)
		scan->wrong = "its repeats come to too much";
}

/* "{3}", "{3,}", "{,3}", "{2,3}"; anything else is a character. */
static void braces(struct scan *scan)
{
	char *end;
	unsigned long least = strtoul(scan->at, &end, 10), most = least;

	if (*end == ',') {
		bool open = end[1] == '}';

		most = open ? least + 1 : strtoul(end + 1, &end, 10);
		end += open;
	}
	if (*end != '}') {
		add(scan, 1, 0);
		return;
	}
	scan->at = end + 1;
	/* RE_DUP_MAX, which is also what keeps products small. */
	repeat(scan, most > 32767 || least > 32767 ? 32767
	             : most > least                ? most
	                                           : least);
}

static void escaped(struct scan *scan)
{
	char c = *scan->at;

	if (!c)
		return;
	scan->at++;
	if (c >= '1' && c <= '9')
		scan->wrong = "it refers back to a group";
	else
		add(scan, 1, strchr("bB<>`'", c) != NULL);
}

/* "[]a-z[:digit:]]", whatever is in it, is one. */
static void brackets(struct scan *scan)
{
	const char *at = scan->at;

	at += *at == '^';
	at += *at == ']';
	while (*at && *at != ']') {
		const char *end = NULL;

		if (*at == '[' && at[1] && strchr(".:=", at[1]))
			end = strstr(at + 2, (char[]){ at[1], ']', '\0' });
		at = end ? end + 2 : at + 1;
	}
	scan->at = at + (*at == ']');
	add(scan, 1, 0);
}

static void take(struct scan *scan)
{
	char c = *scan->at++;

	if (c == '(')
		open_group(scan);
	else if (c == ')')
		close_group(scan);
	else if (c == '[')
		brackets(scan);
	else if (c == '{')
		braces(scan);
	else if (c == '\\')
		escaped(scan);
	else if (c == '+')
		repeat(scan, 2);
	else if (c == '*' || c == '?')
		repeat(scan, 1);
	else
		add(scan, 1, c == '^' || c == '$');
}

/* Why it would take long; NULL: it does not. */
static const char *costly(const char *text)
{
	struct scan scan = { .at = text };

	if (strlen(text) > SY_FILTER_BYTES)
		return "it is too long";
	while (*scan.at && !scan.wrong)
		take(&scan);
	return scan.wrong;
}

int sy_filter_compile(regex_t *expression, const char *text,
                      struct sy_reason *reason)
{
	const char *wrong = costly(text);
	char why[160];
	int error;

	if (wrong)
		return sy_reason(reason, -EINVAL,
		                 "'%.60s' is no filter: %s; write a simpler "
		                 "expression",
		                 text, wrong);
	error = regcomp(expression, text, REG_EXTENDED | REG_NOSUB);
	if (!error)
		return 0;
	regerror(error, expression, why, sizeof(why));
	return sy_reason(reason, error == REG_ESPACE ? -ENOMEM : -EINVAL,
	                 "'%.60s' is not a regular expression: %s", text, why);
}
