/* SPDX-License-Identifier: MIT */
/*
 * machine_load.c - how busy this machine is, and who takes time from it.
 */
#include "machine_internal.h"

#include <stdio.h>
#include <stdlib.h>

/*
 * The processors' time since boot, in ticks: "cpu user nice system idle
 * iowait irq softirq steal guest guest_nice"; the last two are in user and
 * nice already.  proc_stat(5).
 */
static bool read_ticks(const char *root, uint64_t *steal, uint64_t *total)
{
	enum { FIELDS = 8, STEAL = 7 };
	unsigned long long ticks;
	char line[512];
	char *at = line, *end;

	if (!sy_file_field(root, "/proc/stat", "cpu", line, sizeof(line)))
		return false;
	*total = 0;
	for (int i = 0; i < FIELDS; i++, at = end) {
		ticks = strtoull(at, &end, 10);
		if (end == at)
			return false;
		*total += ticks;
		if (i == STEAL)
			*steal = ticks;
	}
	return true;
}

static int put_steal(json_t *load, const char *root)
{
	uint64_t steal = 0, total = 0;
	bool known = read_ticks(root, &steal, &total);
	json_t *share = json_null();
	int rc = 0;

	if (known && total)
		share = json_real((double)steal / (double)total);
	rc |= sy_json_put(load, "steal_ticks",
	                  sy_json_number(known ? steal : UINT64_MAX));
	rc |= sy_json_put(load, "total_ticks",
	                  sy_json_number(known ? total : UINT64_MAX));
	rc |= sy_json_put(load, "steal_share", share);
	return rc;
}

/*
 * The share of the last minute in which some task had to wait:
 * "some avg10=0.00 avg60=2.50 ...", in percent.  Documentation/accounting/psi.
 */
static json_t *pressure(const char *root, const char *path)
{
	char line[128];
	double percent;

	if (!sy_file_line(root, path, line, sizeof(line)) ||
	    sscanf(line, "some avg10=%*f avg60=%lf", &percent) != 1)
		return json_null();
	return json_real(percent / 100);
}

static json_t *uptime(const char *root)
{
	char line[64];
	double seconds;

	if (!sy_file_line(root, "/proc/uptime", line, sizeof(line)) ||
	    sscanf(line, "%lf", &seconds) != 1)
		return json_null();
	return json_real(seconds);
}

static json_t *swap_used(const char *root)
{
	uint64_t total =
		sy_file_field_number(root, "/proc/meminfo", "SwapTotal");
	uint64_t left = sy_file_field_number(root, "/proc/meminfo", "SwapFree");

	if (total == UINT64_MAX || left > total)
		return json_null();
	return sy_json_number((total - left) * 1024);
}

json_t *sy_load_facts(const char *root)
{
	json_t *load = json_object();
	char line[128];
	double one, five, fifteen;
	unsigned long long running, total;
	bool known = sy_file_line(root, "/proc/loadavg", line, sizeof(line)) &&
	             sscanf(line, "%lf %lf %lf %llu/%llu", &one, &five,
	                    &fifteen, &running, &total) == 5;
	int rc = 0;

	rc |= sy_json_put(load, "one_minute",
	                  known ? json_real(one) : json_null());
	rc |= sy_json_put(load, "five_minutes",
	                  known ? json_real(five) : json_null());
	rc |= sy_json_put(load, "fifteen_minutes",
	                  known ? json_real(fifteen) : json_null());
	rc |= sy_json_put(load, "threads",
	                  known ? sy_json_number(total) : json_null());
	rc |= put_steal(load, root);
	rc |= sy_json_put(load, "uptime_s", uptime(root));
	rc |= sy_json_put(load, "cpu_pressure",
	                  pressure(root, "/proc/pressure/cpu"));
	rc |= sy_json_put(load, "memory_pressure",
	                  pressure(root, "/proc/pressure/memory"));
	rc |= sy_json_put(load, "swap_used_bytes", swap_used(root));
	if (!rc)
		return load;
	json_decref(load);
	return NULL;
}
