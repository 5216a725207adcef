/* SPDX-License-Identifier: MIT */
/*
 * machine_kernel.c - how this kernel was built and set.
 */
#include "machine_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/utsname.h>

#define CLOCKS "/sys/devices/system/clocksource/clocksource0"

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
	char line[SY_FACT_LINE_BYTES];
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
static int put_preemption(json_t *kernel, const char *root,
                          const struct utsname *name)
{
	const char *version = mode_in_version(name), *by = "debugfs", *built;
	char mode[64];
	int rc = 0;

	if (!chosen(root, "/sys/kernel/debug/sched/preempt", "()", mode,
	            sizeof(mode))) {
		by = "command line";
		if (strcmp(version, "dynamic") != 0 ||
		    !mode_asked(root, mode, sizeof(mode))) {
			built = mode_configured(root, name);
			by = built ? "configuration" : "version";
			snprintf(mode, sizeof(mode), "%s",
			         built ? built : version);
		}
	}
	rc |= sy_json_put(kernel, "preemption", sy_json_text(mode));
	rc |= sy_json_put(kernel, "preemption_by", sy_json_text(by));
	return rc;
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
	rc |= put_preemption(kernel, root, name);
	rc |= sy_json_put(kernel, "hz", hertz(root, name));
	rc |= sy_json_put(kernel, "clock_source",
	                  sy_json_file(root, CLOCKS "/current_clocksource"));
	rc |= sy_json_put(kernel, "clock_sources",
	                  sy_json_file(root, CLOCKS "/available_clocksource"));
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
