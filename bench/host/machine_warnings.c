/* SPDX-License-Identifier: MIT */
/*
 * machine_warnings.c - which facts harm figures, what that means and what
 * would change it.
 *
 * One line each, the worst first.  What is as it should be, and what a guest
 * cannot change about its host, is not worth a line.
 */
#include "machine_internal.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define LOAD_SHARE_MAX 0.5
#define STEAL_SHARE_MAX 0.01
/* A clock that is read without a system call takes about 25 ns. */
#define CLOCK_COST_MAX_NS 200

/* Warnings being made from facts. */
struct making {
	const json_t *facts;
	json_t *lines;
	int rc;
};

static __attribute__((format(printf, 2, 3))) void warn(struct making *making,
                                                       const char *format, ...)
{
	char line[256];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	if (json_array_append_new(making->lines, json_string(line)))
		making->rc = -ENOMEM;
}

/* facts[part][key], or NULL. */
static const json_t *fact(const struct making *making, const char *part,
                          const char *key)
{
	return json_object_get(json_object_get(making->facts, part), key);
}

static const char *text(const struct making *making, const char *part,
                        const char *key)
{
	return json_string_value(fact(making, part, key));
}

static double number(const struct making *making, const char *part,
                     const char *key)
{
	return json_number_value(fact(making, part, key));
}

/* NULL (not known) is not virtual. */
static const char *hypervisor(const struct making *making)
{
	const char *name = json_string_value(
		json_object_get(making->facts, "virtualisation"));

	return name && strcmp(name, "none") ? name : NULL;
}

static void check_build(struct making *making)
{
	const char *type = text(making, "build", "type");
	const char *sanitizer = text(making, "build", "sanitizer");

	if (sanitizer)
		warn(making,
		     "sanitizer build (%s): no figure means anything; "
		     "configure without SY_SANITIZE",
		     sanitizer);
	if (!type ||
	    (strcmp(type, "Release") && strcmp(type, "RelWithDebInfo")))
		warn(making,
		     "build type is %s: figures are not of optimised code; "
		     "configure with -DCMAKE_BUILD_TYPE=Release",
		     type ? type : "not known");
}

static void check_load(struct making *making)
{
	double load = number(making, "load", "one_minute");
	double steal = number(making, "load", "steal_share");
	double pus = number(making, "cpu", "online");

	if (pus <= 0)
		pus = number(making, "cpu", "pus");
	if (load > LOAD_SHARE_MAX * pus)
		warn(making,
		     "load was %.1f on %.0f PUs in the minute before: what "
		     "still runs takes time from what is measured; the noise "
		     "above tells",
		     load, pus);
	if (steal > STEAL_SHARE_MAX)
		warn(making,
		     "steal is %.1f %% since boot: the host gives time to "
		     "others; expect wide intervals, or use another host",
		     100 * steal);
}

static void check_quota(struct making *making)
{
	double cpus = json_number_value(
		json_object_get(making->facts, "cgroup_cpus"));

	if (cpus > 0 && cpus < number(making, "cpu", "pus"))
		warn(making,
		     "cgroup quota of %.2f CPUs: contexts are stopped when it "
		     "is used up; raise cpu.max",
		     cpus);
}

static void check_frequency(struct making *making)
{
	const char *governor = text(making, "cpu", "governor");

	if (governor && strcmp(governor, "performance"))
		warn(making,
		     "governor is %s: the clock rate follows the load, so "
		     "light work looks slow; cpupower frequency-set "
		     "-g performance",
		     governor);
	if (json_is_true(fact(making, "cpu", "turbo")))
		warn(making,
		     "turbo is on: the clock rate falls as more PUs work, "
		     "which looks like bad scaling; turn it off to compare "
		     "PU counts");
}

static void check_clock(struct making *making)
{
	const char *source = text(making, "kernel", "clock_source");
	double cost = number(making, "clock", "cost_ns");

	if (cost > CLOCK_COST_MAX_NS)
		warn(making,
		     "reading the clock takes %.0f ns (%s): latencies hold "
		     "that much more; choose another clock source",
		     cost, source ? source : "clock source not known");
}

static void check_sharing(struct making *making)
{
	const char *name = hypervisor(making);

	if (json_is_true(fact(making, "cpu", "smt")))
		warn(making,
		     "note: SMT is on: two contexts on one core share it; "
		     "spread uses one PU a core first");
	if (name)
		warn(making,
		     "note: virtual machine (%s): the host's load and "
		     "wake-ups across PUs are in the figures; compare "
		     "within one run",
		     name);
	else if (!text(making, "cpu", "idle_driver"))
		warn(making,
		     "note: no cpuidle driver: how long an idle PU takes to "
		     "wake is not known; see --hold-awake");
}

json_t *sy_machine_warnings(const json_t *facts)
{
	struct making making = { .facts = facts, .lines = json_array() };

	if (!making.lines)
		return NULL;
	check_build(&making);
	check_load(&making);
	check_quota(&making);
	check_frequency(&making);
	check_clock(&making);
	check_sharing(&making);
	if (!making.rc)
		return making.lines;
	json_decref(making.lines);
	return NULL;
}
