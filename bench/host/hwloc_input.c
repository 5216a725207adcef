/* SPDX-License-Identifier: MIT */
/* hwloc_input.c - see hwloc_input.h. */
#include "hwloc_input.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "read_file.h"
#include "topology.h"

/* 8192 PUs with all their caches are 7 MB. */
#define FILE_BYTES_MAX (64 << 20)

/* A topology ends with this, but for blanks. */
#define LAST_TAG "</topology>"
#define TAIL_BYTES 64

/* Comparisons of hwloc; 8192 PUs under one parent are 67 million and 6 s. */
#define COMPARISONS_MAX UINT64_C(100000000)

/*
 * Whether it ends as a topology does.  One that defines entities is none that
 * hwloc wrote, and a reader that expands them can be made to fill the memory.
 */
static int check_text(const char *text, size_t bytes)
{
	const char *tail =
		bytes > TAIL_BYTES ? text + bytes - TAIL_BYTES : text;

	if (strlen(text) != bytes || strstr(text, "<!ENTITY"))
		return -EINVAL;
	return strstr(tail, LAST_TAG) ? 0 : -EINVAL;
}

int sy_hwloc_read_file(const char *path, char **text)
{
	char *made;
	size_t bytes;
	int rc = sy_file_read(AT_FDCWD, path, FILE_BYTES_MAX, &made, &bytes);

	if (rc)
		return rc;
	rc = check_text(made, bytes);
	if (rc)
		free(made);
	else
		*text = made;
	return rc;
}

/* Skips (...) or [...]; -E2BIG: an OS index in it is too high. */
static int skip_attributes(const char **text)
{
	const char *end = *text + strcspn(*text, **text == '(' ? ")" : "]");
	const char *at = strstr(*text, "indexes=");

	if (at && at < end) {
		at += strcspn(at, "=");
		while (at < end && !strchr(") ", *at)) {
			char *next;

			if (!isdigit((unsigned char)*at)) {
				at++;
				continue;
			}
			if (strtoull(at, &next, 10) >= SY_TOPOLOGY_PUS_MAX)
				return -E2BIG;
			at = next;
		}
	}
	*text = *end ? end + 1 : end;
	return 0;
}

/* Levels from the machine inwards, as far as they have been read. */
struct levels {
	uint64_t objects; /* of the innermost level */
	uint64_t width;   /* children that hwloc passes on its way inwards */
	uint64_t comparisons; /* that it makes in all */
};

/* `count` of one level in each object of the level around it. */
static int add_level(struct levels *levels, uint64_t count)
{
	if (count > SY_TOPOLOGY_PUS_MAX)
		return -E2BIG;
	levels->objects *= count;
	levels->width += count;
	levels->comparisons += levels->objects * levels->width;
	if (levels->objects > SY_TOPOLOGY_PUS_MAX ||
	    levels->comparisons > COMPARISONS_MAX)
		return -E2BIG;
	return 0;
}

int sy_hwloc_check_synthetic(const char *description)
{
	struct levels levels = { .objects = 1 };
	const char *text = description;
	int rc = 0;

	while (*text && !rc) {
		char *end;

		if (*text == '(' || *text == '[') {
			rc = skip_attributes(&text);
			continue;
		}
		if (isspace((unsigned char)*text)) {
			text++;
			continue;
		}
		/* "type:count" or "count"; what is neither hwloc refuses. */
		if (!isdigit((unsigned char)*text))
			text += strcspn(text, ":");
		text += *text == ':';
		if (*text == '-')
			break;
		rc = add_level(&levels, strtoull(text, &end, 0));
		if (end == text)
			break;
		text = end;
	}
	return rc;
}
