/* SPDX-License-Identifier: MIT */
/*
 * doctor_cpu.c - how fast the processors run, whether they are shared, and
 * whose they are.
 *
 * A guest cannot change its host, so there it is said who decides instead of a
 * command.  Documentation/admin-guide/pm/, Documentation/ABI/testing/
 * sysfs-devices-system-cpu.
 */
#include <stddef.h>
#include <string.h>

#include "doctor_internal.h"

#define CPUS "/sys/devices/system/cpu"

/* What slows down more often does so under load, not once by accident. */
#define THROTTLED_AN_HOUR_MAX 1.0
#define SECONDS_AN_HOUR 3600

static void look_at_governor(const json_t *facts, struct sy_finding *finding)
{
	const char *governor = sy_fact_text(facts, "cpu", "governor");

	if (!governor) {
		sy_not_known(finding,
		             "Where the clock rate follows the load, light "
		             "work looks slow.",
		             sy_fact_guest(facts)
		                     ? "A guest has no cpufreq: its host sets "
		                       "the clock rate."
		                     : "No cpufreq driver is loaded: firmware "
		                       "sets the clock rate.");
		return;
	}
	if (!strcmp(governor, "performance")) {
		sy_found(finding, SY_OK,
		         "The clock rate does not follow the load.", "%s",
		         governor);
		return;
	}
	if (!strcmp(governor, "userspace"))
		sy_found(finding, SY_NOTE,
		         "The clock rate is what somebody has set: compare "
		         "only with runs at the same.",
		         "%s", governor);
	else
		sy_found(finding, SY_WARNING,
		         "The clock rate follows the load, so light work "
		         "looks slow.",
		         "%s", governor);
	sy_change_by(finding, "cpupower frequency-set -g performance");
}

/* The file says which driver it is, and so what turns it off. */
static void turn_turbo_off(const json_t *facts, struct sy_finding *finding)
{
	static const struct {
		const char *file, *command;
	} commands[] = {
		{ "intel_pstate/no_turbo",
		  "echo 1 > " CPUS "/intel_pstate/no_turbo" },
		{ "cpufreq/boost", "echo 0 > " CPUS "/cpufreq/boost" },
		{ "cpufreq/policy*/boost",
		  "echo 0 | tee " CPUS "/cpufreq/policy*/boost" },
	};
	const char *file = sy_fact_text(facts, "cpu", "turbo_file");

	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		if (file && !strcmp(file, commands[i].file))
			sy_change_by(finding, "%s", commands[i].command);
}

static void look_at_turbo(const json_t *facts, struct sy_finding *finding)
{
	const json_t *turbo = sy_fact(facts, "cpu", "turbo");

	if (json_is_true(turbo)) {
		sy_found(finding, SY_WARNING,
		         "The clock rate falls as more PUs work, which looks "
		         "like bad scaling.",
		         "on");
		turn_turbo_off(facts, finding);
	} else if (json_is_false(turbo)) {
		sy_found(finding, SY_OK,
		         "The clock rate does not fall as more PUs work.",
		         "off");
	} else {
		sy_not_known(finding,
		             "With turbo the clock rate falls as more PUs "
		             "work.",
		             sy_fact_guest(facts)
		                     ? "A guest does not see it: its host "
		                       "decides."
		                     : "This driver has no switch for it; the "
		                       "firmware may have one.");
	}
}

static void look_at_shared_cores(const json_t *facts,
                                 struct sy_finding *finding)
{
	const char *control = sy_fact_text(facts, "cpu", "smt_control");

	sy_found(finding, SY_NOTE,
	         "Two contexts on one core share it; spread uses one PU a "
	         "core first.",
	         "on");
	if (sy_fact_guest(facts))
		finding->reason = "A guest cannot change it; choose PUs by "
				  "--placement.";
	else if (control && !strcmp(control, "on"))
		sy_change_by(finding, "echo off > " CPUS "/smt/control");
	else
		finding->reason = "This kernel cannot turn it off while it "
				  "runs; the firmware may.";
}

static void look_at_smt(const json_t *facts, struct sy_finding *finding)
{
	static const char meaning[] =
		"Where two PUs share a core, two contexts on it share it.";
	const json_t *smt = sy_fact(facts, "cpu", "smt");
	const char *control = sy_fact_text(facts, "cpu", "smt_control");

	if (json_is_true(smt))
		look_at_shared_cores(facts, finding);
	else if (!smt)
		sy_not_known(finding, meaning,
		             "The kernel does not tell (" CPUS "/smt/active).");
	else if (sy_fact_guest(facts))
		sy_not_known(finding, meaning,
		             "A guest sees the cores that its host shows it: "
		             "none are shared by these.");
	else
		sy_found(finding, SY_OK, "No two PUs share a core.", "%s",
		         control ? control : "off");
}

static void look_at_idle(const json_t *facts, struct sy_finding *finding)
{
	static const char meaning[] = "A PU that sleeps takes time to wake; "
				      "--hold-awake keeps PUs from it.";
	const char *driver = sy_fact_text(facts, "cpu", "idle_driver");
	const char *governor = sy_fact_text(facts, "cpu", "idle_governor");

	if (!driver || !strcmp(driver, "none"))
		sy_not_known(finding, meaning,
		             sy_fact_guest(facts)
		                     ? "The host decides how a guest's PUs "
		                       "sleep."
		                     : "No cpuidle driver is loaded.");
	else
		sy_found(finding, SY_OK, meaning, "%s, governor %s", driver,
		         governor ? governor : "not known");
}

/* The counts cannot be set back, so what is old must not warn for ever. */
static void look_at_throttling(const json_t *facts, struct sy_finding *finding)
{
	const json_t *counts = sy_fact(facts, "cpu", "throttling");
	double core = 0, package = 0, uptime_s = 0;

	if (!counts) {
		sy_not_known(finding, "Heat lowers the clock rate under load.",
		             sy_fact_guest(facts)
		                     ? "A guest does not see its host's "
		                       "counts."
		                     : "The kernel counts it for Intel's "
		                       "processors only.");
		return;
	}
	(void)sy_fact_number(counts, NULL, "core_events", &core);
	(void)sy_fact_number(counts, NULL, "package_events", &package);
	(void)sy_fact_number(facts, "load", "uptime_s", &uptime_s);
	if (core + package <= 0) {
		sy_found(finding, SY_OK, "Heat did not lower the clock rate.",
		         "never since boot");
		return;
	}
	sy_found(finding,
	         core + package > THROTTLED_AN_HOUR_MAX * uptime_s /
	                                  SECONDS_AN_HOUR
	                 ? SY_WARNING
	                 : SY_NOTE,
	         "Heat lowered the clock rate: a figure depends on what ran "
	         "before it.",
	         "cores %.0f times, packages %.0f times since boot", core,
	         package);
	finding->reason = "Cool better, or make less heat (see turbo).";
}

static void look_at_isolated(const json_t *facts, struct sy_finding *finding)
{
	const char *isolated = sy_fact_text(facts, "cpu", "isolated");

	if (isolated) {
		sy_found(finding, SY_NOTE,
		         "Little else runs on these PUs; a run uses them where "
		         "its shell was put on them, and unbound contexts are "
		         "not spread over them.",
		         "%s", isolated);
		sy_change_by(finding, "taskset -pc %s $$", isolated);
	} else if (!sy_fact_text(facts, "cpu", "online_list")) {
		sy_not_known(finding,
		             "Little else runs on PUs that are isolated.",
		             CPUS "/isolated cannot be read.");
	} else {
		sy_found(finding, SY_OK,
		         "Other work and interrupts may come to every PU.",
		         "none");
	}
}

static void look_at_hypervisor(const json_t *facts, struct sy_finding *finding)
{
	const char *guest = sy_fact_guest(facts);

	if (!sy_fact_text(facts, NULL, "virtualisation"))
		sy_not_known(finding, "A host's load is in a guest's figures.",
		             "Neither CPUID nor /sys tells.");
	else if (!guest)
		sy_found(finding, SY_OK, "No host's load is in the figures.",
		         "none");
	else
		sy_found(finding, SY_NOTE,
		         "The host's load and wake-ups across PUs are in the "
		         "figures: compare within one run.",
		         "guest of %s", guest);
	if (guest)
		finding->reason = "A guest cannot change its host; use another "
				  "machine.";
}

static void look_at_container(const json_t *facts, struct sy_finding *finding)
{
	const char *container = sy_fact_container(facts);

	if (!sy_fact_text(facts, NULL, "container"))
		sy_not_known(finding,
		             "Limits that are set above a container are not "
		             "seen in it.",
		             "/proc/self/ns cannot be read.");
	else if (!container)
		sy_found(finding, SY_OK, "All limits can be seen.", "none");
	else
		sy_found(finding, SY_NOTE,
		         "Limits that are set above the container are not "
		         "seen here.",
		         "%s", container);
	if (container)
		finding->reason = "Commands that this list names have to run "
				  "on the container's host.";
}

/* A fact, and no advice: a slower machine that is safe is the better one. */
static void look_at_mitigations(const json_t *facts, struct sy_finding *finding)
{
	json_t *all = json_object_get(facts, "mitigations"), *one;
	unsigned mitigated = 0, vulnerable = 0, others = 0;
	const char *key;

	json_object_foreach (all, key, one) {
		const char *text = json_string_value(one);

		if (text && strstr(text, "Mitigation"))
			mitigated++;
		else if (text && strstr(text, "Vulnerable"))
			vulnerable++;
		else
			others++;
	}
	if (!json_object_size(all))
		sy_not_known(finding,
		             "They make system calls and switches dearer.",
		             "The kernel does not list them "
		             "(" CPUS "/vulnerabilities).");
	else
		sy_found(finding, SY_OK,
		         "They make system calls and switches dearer: compare "
		         "machines where they are the same.",
		         "%u mitigated, %u vulnerable, %u not affected",
		         mitigated, vulnerable, others);
}

const struct sy_check sy_cpu_checks[] = {
	{ "governor", true, look_at_governor },
	{ "turbo", true, look_at_turbo },
	{ "throttling", false, look_at_throttling },
	{ "smt", true, look_at_smt },
	{ "virtualisation", true, look_at_hypervisor },
	{ "container", false, look_at_container },
	{ "idle_states", false, look_at_idle },
	{ "isolated_cpus", false, look_at_isolated },
	{ "mitigations", false, look_at_mitigations },
	{ NULL, false, NULL },
};
