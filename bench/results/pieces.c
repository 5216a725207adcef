/* SPDX-License-Identifier: MIT */
/* pieces.c - see pieces.h. */
#include "results/pieces.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/read_file.h"
#include "results/run_internal.h"

struct scan {
	const char *path;
	const char *text;
	size_t bytes, at;
	sy_element_fn *element;
	void *data;
	json_t *head;
	struct sy_reason *reason;
};

/* Where it is, counted only now that somebody wants to know. */
static int refuse(const struct scan *scan, const char *why)
{
	const char *start = scan->text, *end = scan->text + scan->at;
	size_t line = 1;

	for (const char *c = start; c < end; c++)
		if (*c == '\n') {
			line++;
			start = c + 1;
		}
	return sy_reason(scan->reason, -EINVAL, "%s, line %zu, column %zu: %s",
	                 scan->path, line, (size_t)(end - start) + 1, why);
}

/* The next character that is no blank; 0 at the end, and for a 0. */
static char next(struct scan *scan)
{
	while (scan->at < scan->bytes &&
	       memchr(" \t\r\n", scan->text[scan->at], 4))
		scan->at++;
	return scan->at < scan->bytes ? scan->text[scan->at] : '\0';
}

static bool take(struct scan *scan, char wanted)
{
	if (next(scan) != wanted)
		return false;
	scan->at++;
	return true;
}

/* jansson reads one value and says behind which byte it stopped. */
static int read_value(struct scan *scan, json_t **value)
{
	json_error_t where;
	size_t left = scan->bytes - scan->at;
	json_t *read = json_loadb(scan->text + scan->at, left,
	                          JSON_REJECT_DUPLICATES | JSON_DECODE_ANY |
	                                  JSON_DISABLE_EOF_CHECK,
	                          &where);
	size_t passed = where.position > 0 ? (size_t)where.position : 0;

	scan->at += passed < left ? passed : left;
	if (read) {
		*value = read;
		return 0;
	}
	if (json_error_code(&where) == json_error_out_of_memory)
		return sy_reason(scan->reason, -ENOMEM, "no memory for %s",
		                 scan->path);
	return refuse(scan, where.text);
}

static int hand_over(struct scan *scan, const char *key, size_t index)
{
	json_t *element;
	int error = read_value(scan, &element);

	if (error)
		return error;
	error = scan->element(scan->data, key, index, element, scan->reason);
	json_decref(element);
	return error;
}

static int read_list(struct scan *scan, const char *key)
{
	if (take(scan, ']'))
		return 0;
	for (size_t i = 0;; i++) {
		int error = hand_over(scan, key, i);

		if (error || take(scan, ']'))
			return error;
		if (!take(scan, ','))
			return refuse(scan, "']' expected");
	}
}

static int put(struct scan *scan, const char *key, json_t *value)
{
	return json_object_set_new(scan->head, key, value)
	               ? sy_reason(scan->reason, -ENOMEM, "no memory for %s",
	                           scan->path)
	               : 0;
}

static int read_member(struct scan *scan, const char *key)
{
	json_t *value;
	int error;

	if (json_object_get(scan->head, key))
		return refuse(scan, "duplicate object key");
	if (!take(scan, ':'))
		return refuse(scan, "':' expected");
	if (take(scan, '[')) {
		error = put(scan, key, json_array());
		return error ? error : read_list(scan, key);
	}
	error = read_value(scan, &value);
	return error ? error : put(scan, key, value);
}

static int read_named(struct scan *scan)
{
	json_t *key;
	int error;

	if (next(scan) != '"')
		return refuse(scan, "a key expected");
	error = read_value(scan, &key);
	if (error)
		return error;
	error = read_member(scan, json_string_value(key));
	json_decref(key);
	return error;
}

static int read_end(struct scan *scan)
{
	next(scan);
	return scan->at < scan->bytes ? refuse(scan, "end of file expected")
	                              : 0;
}

static int read_object(struct scan *scan)
{
	int error;

	if (!take(scan, '{'))
		return refuse(scan, "'{' expected");
	if (take(scan, '}'))
		return read_end(scan);
	do {
		error = read_named(scan);
	} while (!error && take(scan, ','));
	if (error)
		return error;
	return take(scan, '}') ? read_end(scan) : refuse(scan, "'}' expected");
}

/* How long it is, if it can be read and is not too long. */
static int measure(const char *dir, const char *name, size_t most,
                   size_t *bytes, struct sy_reason *reason)
{
	int fd = sy_run_file_open(AT_FDCWD, dir, name, reason);
	struct stat info;
	int error;

	if (fd < 0)
		return fd;
	error = fstat(fd, &info) ? -errno : 0;
	close(fd);
	if (error)
		return sy_run_fail(reason, error, "cannot read", dir);
	if ((size_t)info.st_size > most)
		return sy_reason(reason, -EFBIG,
		                 "%s/%s: %lld bytes, more than the %zu that "
		                 "are read",
		                 dir, name, (long long)info.st_size, most);
	*bytes = (size_t)info.st_size;
	return 0;
}

/* Only as much is asked for as the file has: memory may be limited. */
static int read_text(const char *dir, const char *name, const char *path,
                     size_t most, char **text, size_t *bytes,
                     struct sy_reason *reason)
{
	int error = measure(dir, name, most, bytes, reason);

	if (error)
		return error;
	error = sy_file_read(AT_FDCWD, path, *bytes, text, bytes);
	return error ? sy_run_fail(reason, error, "cannot read", path) : 0;
}

static int read_scan(struct scan *scan, json_t **head)
{
	int error;

	scan->head = json_object();
	error = scan->head ? read_object(scan)
	                   : sy_reason(scan->reason, -ENOMEM, "no memory");
	if (error)
		json_decref(scan->head);
	else
		*head = scan->head;
	return error;
}

int sy_json_pieces(const char *dir, const char *name, size_t most,
                   sy_element_fn *element, void *data, json_t **head,
                   struct sy_reason *reason)
{
	char path[PATH_MAX];
	struct scan scan = {
		.path = path, .element = element, .data = data, .reason = reason
	};
	char *text;
	int error;

	/* A path that is too long is refused when it is opened. */
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	error = read_text(dir, name, path, most, &text, &scan.bytes, reason);
	if (error)
		return error;
	scan.text = text;
	error = read_scan(&scan, head);
	free(text);
	return error;
}
