/* SPDX-License-Identifier: MIT */
/* url.c - see url.h. */
#include "workloads/url.h"

#include <errno.h>
#include <http_parser.h>
#include <stdio.h>
#include <string.h>

static const char scheme[] = "http://";
#define SCHEME_BYTES (sizeof(scheme) - 1)

/* Written out: what isalnum says depends on the locale. */
static bool is_allowed(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || (c && strchr(SY_URL_MARKS, c));
}

static const char *refuse_text(const char *text)
{
	if (strlen(text) >= SY_URL_BYTES)
		return "is too long: it may have 127 characters";
	for (const char *c = text; *c; c++)
		if (!is_allowed(*c))
			return "may have letters, digits and " SY_URL_MARKS
			       " only";
	if (strncmp(text, scheme, SCHEME_BYTES))
		return "must begin with http:// (there is no https here)";
	if (strstr(text, ",http://") || strstr(text, ",https://"))
		return "is two addresses: one can be given, not a list";
	return NULL;
}

static bool has(const struct http_parser_url *parts, unsigned field)
{
	return parts->field_set & 1u << field;
}

static const char *refuse_parts(const struct http_parser_url *parts)
{
	if (has(parts, UF_USERINFO))
		return "must not name a user";
	if (!has(parts, UF_HOST) || !parts->field_data[UF_HOST].len)
		return "has no host";
	if (has(parts, UF_PORT) && !parts->port)
		return "has a port that is not 1 to 65535";
	return NULL;
}

/* Whether a host and a colon stand before what may be a port. */
static bool names_port(const char *authority, size_t length)
{
	size_t host = length;

	while (host && authority[host - 1] >= '0' && authority[host - 1] <= '9')
		host--;
	if (host < 2 || authority[host - 1] != ':')
		return false;
	return *authority != '[' || authority[host - 2] == ']';
}

/* The parser says no more than that it does not like it. */
static const char *refuse_unparsed(const char *text)
{
	const char *authority = text + SCHEME_BYTES;

	if (names_port(authority, strcspn(authority, "/?")))
		return "has a port that is not 1 to 65535";
	return "is not http://HOST[:PORT][/PATH]";
}

static void copy(char *to, size_t room, const char *from, size_t length)
{
	snprintf(to, room, "%.*s", (int)length, from);
}

static void fill(struct sy_url *url, const struct http_parser_url *parts,
                 const char *text)
{
	const char *authority = text + SCHEME_BYTES;
	size_t length = strcspn(authority, "/?");
	const char *target = authority + length;

	copy(url->host, sizeof(url->host),
	     text + parts->field_data[UF_HOST].off,
	     parts->field_data[UF_HOST].len);
	copy(url->authority, sizeof(url->authority), authority, length);
	snprintf(url->port, sizeof(url->port), "%u",
	         has(parts, UF_PORT) ? parts->port : 80u);
	/* "http://host?query" asks for "/?query". */
	snprintf(url->target, sizeof(url->target), "%s%s",
	         *target == '/' ? "" : "/", target);
}

int sy_url_parse(struct sy_url *url, const char *text, const char **why)
{
	struct http_parser_url parts;

	*why = refuse_text(text);
	if (*why)
		return -EINVAL;
	http_parser_url_init(&parts);
	if (http_parser_parse_url(text, strlen(text), 0, &parts))
		*why = refuse_unparsed(text);
	else
		*why = refuse_parts(&parts);
	if (*why)
		return -EINVAL;
	if (url)
		fill(url, &parts, text);
	return 0;
}
