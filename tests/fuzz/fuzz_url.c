/* SPDX-License-Identifier: MIT */
/*
 * fuzz_url.c - the address that fetch is given: its parts are what it is made
 * of.
 */
#include "fuzz.h"

#include "workloads/url.h"

static void check(const struct sy_url *url, const char *text)
{
	char again[2 * SY_URL_BYTES + 16];
	unsigned port = (unsigned)strtoul(url->port, NULL, 10);

	fuzz_must(*url->host && strstr(text, url->host));
	fuzz_must(port >= 1 && port <= 65535);
	fuzz_must(*url->target == '/');
	fuzz_must(!strpbrk(url->authority, "/? \r\n"));
	fuzz_must(!strpbrk(url->target, " \r\n"));
	snprintf(again, sizeof(again), "http://%s%s", url->authority,
	         url->target);
	/* A path of "/" need not be written. */
	if (strlen(again) == strlen(text))
		fuzz_must(!strcmp(again, text));
	else
		fuzz_must(strlen(again) == strlen(text) + 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	const char *why;
	struct sy_url url;

	if (sy_url_parse(&url, text, &why))
		fuzz_must(why && *why);
	else
		check(&url, text);
	free(text);
	return 0;
}
