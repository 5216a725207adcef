/* SPDX-License-Identifier: MIT */
/*
 * doctor_fixture.h - what a check finds in made-up facts or on a made-up
 * machine.
 *
 * After cmocka.h.
 */
#ifndef SY_DOCTOR_FIXTURE_H
#define SY_DOCTOR_FIXTURE_H

#include <string.h>
#include <sys/utsname.h>

#include "host/doctor.h"
#include "host/machine_internal.h"

/* What a test expects of one finding. */
struct expected {
	const char *name, *level;
	const char *value;   /* a part of it; NULL: it is null */
	const char *command; /* the whole of it; NULL: it is null */
	const char *reason;  /* a part of it; NULL: not looked at */
};

static const json_t *finding_named(const json_t *findings, const char *name)
{
	const json_t *found = NULL;
	json_t *finding;
	size_t i;

	json_array_foreach ((json_t *)findings, i, finding)
		if (!strcmp(json_string_value(json_object_get(finding, "name")),
		            name)) {
			assert_null(found);
			found = finding;
		}
	assert_non_null(found);
	return found;
}

static const char *finding_text(const json_t *finding, const char *key)
{
	return json_string_value(json_object_get(finding, key));
}

static void assert_found(const json_t *findings,
                         const struct expected *expected)
{
	const json_t *finding = finding_named(findings, expected->name);
	const char *level = finding_text(finding, "level");
	const char *value = finding_text(finding, "value");
	const char *command = finding_text(finding, "command");
	const char *reason = finding_text(finding, "reason");

	if (strcmp(level, expected->level) != 0)
		fail_msg("%s: %s (%s), not %s", expected->name, level,
		         value ? value : "-", expected->level);
	if (expected->value ? !value || !strstr(value, expected->value)
	                    : value != NULL)
		fail_msg("%s: value is %s, not %s", expected->name,
		         value ? value : "null",
		         expected->value ? expected->value : "null");
	if (expected->command ? !command || strcmp(command, expected->command)
	                      : command != NULL)
		fail_msg("%s: command is %s, not %s", expected->name,
		         command ? command : "null",
		         expected->command ? expected->command : "null");
	if (expected->reason && (!reason || !strstr(reason, expected->reason)))
		fail_msg("%s: reason is %s, not %s", expected->name,
		         reason ? reason : "null", expected->reason);
	assert_non_null(finding_text(finding, "meaning"));
}

#endif /* SY_DOCTOR_FIXTURE_H */
