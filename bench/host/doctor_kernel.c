/* SPDX-License-Identifier: MIT */
/*
 * doctor_kernel.c - how the kernel schedules, keeps time and hands out memory.
 *
 * Documentation/admin-guide/kernel-parameters.txt (preempt=), mm/transhuge.rst,
 * timers/; sched(7) for autogroup, prctl(2) for the timer slack.
 */
#include <stddef.h>
#include <string.h>

#include "doctor_internal.h"

#define CLOCKS "/sys/devices/system/clocksource/clocksource0"

/* A clock that is read without a system call takes about 25 ns. */
#define CLOCK_COST_MAX_NS 200
/* What the kernel gives every process (include/linux/init_task.h). */
#define SLACK_DEFAULT_NS 50000

static void look_at_preemption(const json_t *facts, struct sy_finding *finding)
{
	static const char meaning[] =
		"It decides when a woken context displaces another that is in "
		"the kernel: compare where it is the same.";
	const char *mode = sy_fact_text(facts, "kernel", "preemption");
	const char *by = sy_fact_text(facts, "kernel", "preemption_by");

	if (!mode || !strcmp(mode, "dynamic"))
		sy_not_known(finding, meaning,
		             "The kernel chose when it started; root can read "
		             "/sys/kernel/debug/sched/preempt where debugfs "
		             "is mounted.");
	else if (!strcmp(mode, "rt"))
		sy_found(finding, SY_NOTE,
		         "The kernel's own locks sleep, so every switch costs "
		         "more: compare with such kernels only.",
		         "%s", mode);
	else
		sy_found(finding, SY_OK, meaning, "%s (by %s)", mode,
		         by ? by : "an unknown source");
	if (finding->level == SY_NOTE)
		finding->reason = "Only another kernel changes it.";
}

static bool is_slow_clock(const char *source)
{
	static const char *const slow[] = {
		"hpet", "acpi_pm", "jiffies", "refined-jiffies", "pit",
	};

	for (size_t i = 0; source && i < sizeof(slow) / sizeof(*slow); i++)
		if (!strcmp(source, slow[i]))
			return true;
	return false;
}

/* Whether `word` is one of those that blanks separate in `list`. */
static bool lists(const char *list, const char *word)
{
	size_t length = strlen(word);

	while (list && *list) {
		size_t here = strcspn(list, " ");

		if (here == length && !strncmp(list, word, length))
			return true;
		list += here + strspn(list + here, " ");
	}
	return false;
}

static void look_at_clock(const json_t *facts, struct sy_finding *finding)
{
	const char *source = sy_fact_text(facts, "kernel", "clock_source");
	const char *sources = sy_fact_text(facts, "kernel", "clock_sources");
	double cost_ns = 0;

	(void)sy_fact_number(facts, "clock", "cost_ns", &cost_ns);
	sy_found(finding, SY_OK,
	         "Latencies hold the cost of two readings a task.",
	         "%s, %.0f ns a reading", source ? source : "source not known",
	         cost_ns);
	if (cost_ns <= CLOCK_COST_MAX_NS && !is_slow_clock(source))
		return;
	finding->level = SY_WARNING;
	finding->meaning = "Each reading enters the kernel or waits for a slow "
			   "device: latencies hold that much more.";
	if (source && strcmp(source, "tsc") != 0 && lists(sources, "tsc"))
		sy_change_by(finding,
		             "echo tsc > " CLOCKS "/current_clocksource");
	else
		finding->reason =
			sy_fact_guest(facts)
				? "The host offers this guest no faster one."
				: "The kernel has no faster one; `dmesg | grep "
				  "-i -e tsc -e clocksource` says why.";
}

/* Workers and the server set their own, so that it matters little here. */
static void look_at_slack(const json_t *facts, struct sy_finding *finding)
{
	double slack_ns = 0;

	if (!sy_fact_number(facts, "kernel", "timer_slack_ns", &slack_ns)) {
		sy_not_known(finding,
		             "Sleeps end up to this much later; workers ask "
		             "for 1 ns.",
		             "prctl(PR_GET_TIMERSLACK) is refused.");
		return;
	}
	sy_found(finding, SY_OK,
	         "Workers set theirs to 1 ns; only the driver sleeps this "
	         "much longer.",
	         "%.0f ns", slack_ns);
	if (slack_ns <= SLACK_DEFAULT_NS)
		return;
	finding->level = SY_NOTE;
	finding->meaning = "Workers set theirs to 1 ns, but the driver and "
			   "whatever it starts sleep this much longer.";
	sy_change_by(finding, "echo %d > /proc/$$/timerslack_ns",
	             SLACK_DEFAULT_NS);
}

static void look_at_huge_pages(const json_t *facts, struct sy_finding *finding)
{
	const char *mode = sy_fact_text(facts, "kernel", "huge_pages");

	if (!mode) {
		sy_not_known(finding,
		             "Huge pages change what memory costs when it is "
		             "first used.",
		             "/sys/kernel/mm/transparent_hugepage cannot be "
		             "read, or this kernel has none.");
		return;
	}
	if (strcmp(mode, "always") != 0) {
		sy_found(finding, SY_OK,
		         "Only memory that asks for huge pages has them.", "%s",
		         mode);
		return;
	}
	sy_found(finding, SY_NOTE,
	         "The kernel gives and joins huge pages as it likes: what "
	         "memory costs when it is first used varies.",
	         "%s", mode);
	sy_change_by(finding,
	             "echo madvise > /sys/kernel/mm/transparent_hugepage/"
	             "enabled");
}

static void look_at_autogroup(const json_t *facts, struct sy_finding *finding)
{
	const json_t *on = sy_fact(facts, "kernel", "autogroup");

	if (json_is_true(on)) {
		sy_found(finding, SY_NOTE,
		         "Sessions share a PU equally, whatever runs in them, "
		         "and nice counts within a session only.",
		         "on");
		sy_change_by(finding,
		             "sysctl -w kernel.sched_autogroup_enabled=0");
	} else if (on || sy_fact(facts, "limits", "mappings")) {
		/* Another file of /proc/sys is there, so this one is not. */
		sy_found(finding, SY_OK,
		         "Contexts share a PU with others by their own weight.",
		         on ? "off" : "not in this kernel");
	} else {
		sy_not_known(finding,
		             "With it, sessions rather than contexts share a "
		             "PU.",
		             "/proc/sys cannot be read.");
	}
}

const struct sy_check sy_kernel_checks[] = {
	{ "clock", true, look_at_clock },
	{ "preemption", false, look_at_preemption },
	{ "huge_pages", false, look_at_huge_pages },
	{ "autogroup", false, look_at_autogroup },
	{ "timer_slack", false, look_at_slack },
	{ NULL, false, NULL },
};
