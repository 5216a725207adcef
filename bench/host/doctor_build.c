/* SPDX-License-Identifier: MIT */
/*
 * doctor_build.c - whether this program and its libraries are fit to measure.
 */
#include <stdio.h>
#include <string.h>

#include "doctor_internal.h"
#include "hwloc_start.h"

static void look_at_build(const json_t *facts, struct sy_finding *finding)
{
	const char *type = sy_fact_text(facts, "build", "type");
	const char *sanitizer = sy_fact_text(facts, "build", "sanitizer");

	if (sanitizer)
		sy_found(finding, SY_WARNING, "No figure means anything.",
		         "%s, sanitizer: %s", type ? type : "no type",
		         sanitizer);
	else if (!type || (strcmp(type, "Release") != 0 &&
	                   strcmp(type, "RelWithDebInfo") != 0))
		sy_found(finding, SY_WARNING,
		         "Figures are not of optimised code.", "%s",
		         type ? type : "no type");
	else
		sy_found(finding, SY_OK, "Figures are of optimised code.", "%s",
		         type);
	if (finding->level == SY_WARNING)
		sy_change_by(finding, "scripts/build release");
}

static void look_at_source(const json_t *facts, struct sy_finding *finding)
{
	const char *commit = sy_fact_text(facts, "build", "git_commit");
	const char *dirty = sy_fact_text(facts, "build", "git_dirty");

	if (!commit || !strcmp(commit, "unknown")) {
		sy_not_known(finding,
		             "The program of a figure is found again by its "
		             "commit.",
		             "It was built outside of a git repository.");
		return;
	}
	if (!dirty || strcmp(dirty, "no") != 0) {
		sy_found(finding, SY_NOTE,
		         "Nobody else can build the program of these figures.",
		         "%s, changed since", commit);
		finding->reason = "Commit the changes and build again.";
		return;
	}
	sy_found(finding, SY_OK, "The same program can be built from it.", "%s",
	         commit);
}

static bool any_elsewhere(const json_t *names)
{
	size_t i;
	json_t *name;

	json_array_foreach ((json_t *)names, i, name)
		if (sy_hwloc_variable_elsewhere(json_string_value(name)))
			return true;
	return false;
}

static void look_at_hwloc(const json_t *facts, struct sy_finding *finding)
{
	const json_t *names = sy_fact(facts, NULL, "hwloc_environment");
	char list[SY_VALUE_BYTES] = "";
	size_t i, length = 0;
	json_t *name;

	json_array_foreach ((json_t *)names, i, name) {
		length = strlen(list);
		snprintf(list + length, sizeof(list) - length, "%s%s",
		         i ? " " : "", json_string_value(name));
	}
	if (!*list) {
		sy_found(finding, SY_OK, "hwloc describes this machine.",
		         "no variable set");
		return;
	}
	if (any_elsewhere(names))
		sy_found(finding, SY_WARNING,
		         "hwloc describes another machine, on which nothing "
		         "can be measured: runs are refused.",
		         "%s", list);
	else
		sy_found(finding, SY_NOTE,
		         "hwloc may describe this machine otherwise than it "
		         "is.",
		         "%s", list);
	sy_change_by(finding, "unset %s", list);
}

const struct sy_check sy_build_checks[] = {
	{ "build", true, look_at_build },
	{ "source", false, look_at_source },
	{ "hwloc", false, look_at_hwloc },
	{ NULL, false, NULL },
};
