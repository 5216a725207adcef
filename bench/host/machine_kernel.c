/* SPDX-License-Identifier: MIT */
/*
 * machine_kernel.c - how this kernel was built and set, and how busy it is.
 */
#include "machine_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/utsname.h>

/* The part of a line "one [two] three" that the kernel has chosen. */
static bool chosen(const char *root, const char *path, const char *brackets,
                   char *word, size_t bytes)
{
	char line[256];
	char *from, *to;

	if (!sy_file_line(root, path, line, sizeof(line)))
		return false;
	from = strchr(line, brackets[0]);
	to = from ? strchr(from, brackets[1]) : NULL;
	if (!to)
		return false;
	*to = '\0';
	snprintf(word, bytes, "%s", from + 1);
	return true;
}

/* A value of the kernel's configuration, where a distribution left it. */
static bool config(const char *root, const struct utsname *name,
                   const char *key, char *value, size_t bytes)
{
	char path[SY_PATH_BYTES];

	snprintf(path, sizeof(path), "/boot/config-%s", name->release);
	if (sy_file_field(root, path, key, value, bytes))
		return true;
	snprintf(path, sizeof(path), "/lib/modules/%s/config", name->release);
	return sy_file_field(root, path, key, value, bytes);
}

struct mode {
	const char *key, *name;
};

/* What the configuration says; a dynamic kernel starts with it. */
static const char *mode_configured(const char *root, const struct utsname *name)
{
	static const struct mode modes[] = {
		{ "CONFIG_PREEMPT_RT", "rt" },
		{ "CONFIG_PREEMPT", "full" },
		{ "CONFIG_PREEMPT_LAZY", "lazy" },
		{ "CONFIG_PREEMPT_VOLUNTARY", "voluntary" },
		{ "CONFIG_PREEMPT_NONE", "none" },
		{ NULL, NULL },
	};
	char value[16];

	for (const struct mode *mode = modes; mode->key; mode++)
		if (config(root, name, mode->key, value, sizeof(value)) &&
		    *value == 'y')
			return mode->name;
	return NULL;
}

/* What "#1 SMP PREEMPT_DYNAMIC date" says; the longest word first. */
static const char *mode_in_version(const struct utsname *name)
{
	static const struct mode modes[] = {
		{ "PREEMPT_DYNAMIC", "dynamic" },
		{ "PREEMPT_RT", "rt" },
		{ "PREEMPT_LAZY", "lazy" },
		{ "PREEMPT", "full" },
		{ NULL, NULL },
	};

	for (const struct mode *mode = modes; mode->key; mode++)
		if (strstr(name->version, mode->key))
			return mode->name;
	return "none or voluntary";
}

/* The command line's preempt=, which a dynamic kernel follows. */
static bool mode_asked(const char *root, char *mode, size_t bytes)
{
	static const char key[] = "preempt=";
	char line[SY_LINE_BYTES];
	char *at = line;

	if (!sy_file_line(root, "/proc/cmdline", line, sizeof(line)))
		return false;
	while ((at = strstr(at, key)) && at != line && at[-1] != ' ')
		at++;
	if (!at)
		return false;
	at += sizeof(key) - 1;
	at[strcspn(at, " ")] = '\0';
	snprintf(mode, bytes, "%s", at);
	return true;
}

/*
 * From the surest to the least sure: what is set (root can read it), then for
 * a dynamic kernel what was asked for or built in, then the version's words.
 */
static json_t *preemption(const char *root, const struct utsname *name)
{
	const char *version = mode_in_version(name), *built;
	char mode[64];

	if (chosen(root, "/sys/kernel/debug/sched/preempt", "()", mode,
	           sizeof(mode)))
		return sy_json_text(mode);
	if (!strcmp(version, "dynamic") && mode_asked(root, mode, sizeof(mode)))
		return sy_json_text(mode);
	built = mode_configured(root, name);
	return sy_json_text(built ? built : version);
}

static json_t *hertz(const char *root, const struct utsname *name)
{
	char value[16];

	if (!config(root, name, "CONFIG_HZ", value, sizeof(value)))
		return json_null();
	return sy_json_number(strtoull(value, NULL, 10));
}

static json_t *huge_pages(const char *root)
{
	char mode[32];

	if (!chosen(root, "/sys/kernel/mm/transparent_hugepage/enabled", "[]",
	            mode, sizeof(mode)))
		return json_null();
	return sy_json_text(mode);
}

static json_t *timer_slack(void)
{
	int slack = prctl(PR_GET_TIMERSLACK);

	return slack < 0 ? json_null() : json_integer(slack);
}

json_t *sy_kernel_facts(const char *root, const struct utsname *name)
{
	json_t *kernel = json_object();
	int rc = 0;

	rc |= sy_json_put(kernel, "system", sy_json_text(name->sysname));
	rc |= sy_json_put(kernel, "release", sy_json_text(name->release));
	rc |= sy_json_put(kernel, "version", sy_json_text(name->version));
	rc |= sy_json_put(kernel, "architecture", sy_json_text(name->machine));
	rc |= sy_json_put(kernel, "preemption", preemption(root, name));
	rc |= sy_json_put(kernel, "hz", hertz(root, name));
	rc |= sy_json_put(kernel, "clock_source",
	                  sy_json_file(root,
	                               "/sys/devices/system/clocksource/"
	                               "clocksource0/current_clocksource"));
	rc |= sy_json_put(kernel, "huge_pages", huge_pages(root));
	rc |= sy_json_put(
		kernel, "autogroup",
		sy_json_switch(root, "/proc/sys/kernel/sched_autogroup_enabled",
	                       false));
	rc |= sy_json_put(kernel, "timer_slack_ns", timer_slack());
	rc |= sy_json_put(
		kernel, "randomize_va_space",
		sy_json_file(root, "/proc/sys/kernel/randomize_va_space"));
	if (!rc)
		return kernel;
	json_decref(kernel);
	return NULL;
}

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
	rc |= sy_json_put(load, "threads",
	                  known ? sy_json_number(total) : json_null());
	rc |= put_steal(load, root);
	if (!rc)
		return load;
	json_decref(load);
	return NULL;
}
