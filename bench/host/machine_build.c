/* SPDX-License-Identifier: MIT */
/*
 * machine_build.c - how this program was built, and on what libraries.
 */
#include "machine_internal.h"

#include <gnu/libc-version.h>
#include <stdio.h>
#include <string.h>

#include "build_info.h"
#include "eventloop.h"
#include "topology_internal.h"

struct text {
	const char *key, *value;
};

static json_t *texts(const struct text *text)
{
	json_t *object = json_object();
	int rc = object ? 0 : -1;

	for (; text->key && !rc; text++)
		rc = sy_json_put(object, text->key, sy_json_text(text->value));
	if (!rc)
		return object;
	json_decref(object);
	return NULL;
}

json_t *sy_build_facts(void)
{
	static const struct text text[] = {
		{ "version", SY_VERSION },     { "type", SY_BUILD_TYPE },
		{ "compiler", SY_COMPILER },   { "flags", SY_FLAGS },
		{ "sanitizer", SY_SANITIZER }, { "git_commit", SY_GIT_COMMIT },
		{ "git_dirty", SY_GIT_DIRTY }, { NULL, NULL },
	};

	return texts(text);
}

json_t *sy_library_facts(void)
{
	char libc[64];
	const struct text text[] = {
		{ "libc", libc },
		{ "hwloc", sy_topology_library() },
		{ "libuv", sy_eventloop_library() },
		{ "jansson", JANSSON_VERSION },
		{ "benchmark", SY_BENCHMARK_VERSION },
		{ NULL, NULL },
	};

	snprintf(libc, sizeof(libc), "glibc %s", gnu_get_libc_version());
	return texts(text);
}
