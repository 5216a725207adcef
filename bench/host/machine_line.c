/* SPDX-License-Identifier: MIT */
/* machine_line.c - a machine in one line. */
#include "machine.h"

#include <stdio.h>
#include <string.h>

static const char *text_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

void sy_machine_line(const json_t *facts, char line[SY_MACHINE_LINE_BYTES])
{
	const json_t *cpu = json_object_get(facts, "cpu");
	const char *model = text_of(cpu, "model");
	const char *release =
		text_of(json_object_get(facts, "kernel"), "release");
	const char *guest = text_of(facts, "virtualisation");
	json_int_t pus = json_integer_value(json_object_get(cpu, "pus"));

	if (guest && !strcmp(guest, "none"))
		guest = NULL;
	snprintf(line, SY_MACHINE_LINE_BYTES,
	         "%.60s, %lld PU%s%s%.40s, Linux %.40s",
	         model ? model : "unknown CPU", (long long)pus,
	         pus == 1 ? "" : "s", guest ? ", guest of " : "",
	         guest ? guest : "", release ? release : "?");
}
