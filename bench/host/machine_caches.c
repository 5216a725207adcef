/* SPDX-License-Identifier: MIT */
/*
 * machine_caches.c - the caches that CPU 0 sees, each with the number of CPUs
 * that share it: in the form of Google Benchmark's context, which tools read.
 */
#include "machine_internal.h"

#include <stdio.h>

/* Linux: Documentation/ABI/testing/sysfs-devices-system-cpu */
#define CACHE "/sys/devices/system/cpu/cpu0/cache"
/* More than any CPU has; only ends the search. */
#define CACHES_MAX 16

/* "48K", "32M"; UINT64_MAX: not of this form. */
static uint64_t read_size(const char *root, const char *path)
{
	char line[32], unit = '\0';
	unsigned long long number;

	if (!sy_file_line(root, path, line, sizeof(line)) ||
	    sscanf(line, "%9llu%c", &number, &unit) < 1)
		return UINT64_MAX;
	return number << (unit == 'G' ? 30 : unit == 'M' ? 20 : unit ? 10 : 0);
}

static json_t *one_cache(const char *root, unsigned index)
{
	char type[64], level[64], size[64], shared[64];
	unsigned sharing;

	snprintf(type, sizeof(type), CACHE "/index%u/type", index);
	snprintf(level, sizeof(level), CACHE "/index%u/level", index);
	snprintf(size, sizeof(size), CACHE "/index%u/size", index);
	snprintf(shared, sizeof(shared), CACHE "/index%u/shared_cpu_list",
	         index);
	sharing = sy_file_cpu_count(root, shared);
	return json_pack("{so so so so}", "type", sy_json_file(root, type),
	                 "level", sy_json_number(sy_file_number(root, level)),
	                 "size", sy_json_number(read_size(root, size)),
	                 "num_sharing",
	                 sharing ? sy_json_number(sharing) : json_null());
}

json_t *sy_cache_facts(const char *root)
{
	json_t *caches = json_array();
	int rc = caches ? 0 : -1;

	for (unsigned i = 0; i < CACHES_MAX && !rc; i++) {
		json_t *cache = one_cache(root, i);

		if (cache && json_is_null(json_object_get(cache, "level"))) {
			json_decref(cache);
			break;
		}
		rc = json_array_append_new(caches, cache);
	}
	if (!rc)
		return caches;
	json_decref(caches);
	return NULL;
}
