/* SPDX-License-Identifier: MIT */
/*
 * doctor.c - every check asked, and the findings put in order.
 */
#include "doctor.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "doctor_internal.h"
#include "machine_internal.h"

static const struct sy_check *const areas[] = {
	sy_build_checks,  sy_sharing_checks, sy_cpu_checks,
	sy_kernel_checks, sy_limit_checks,
};
#define AREA_COUNT (sizeof(areas) / sizeof(*areas))

static const char *const level_names[] = { "ok", "unknown", "note", "warning" };

const json_t *sy_fact(const json_t *facts, const char *part, const char *key)
{
	const json_t *fact = json_object_get(
		part ? json_object_get(facts, part) : facts, key);

	return json_is_null(fact) ? NULL : fact;
}

const char *sy_fact_text(const json_t *facts, const char *part, const char *key)
{
	return json_string_value(sy_fact(facts, part, key));
}

bool sy_fact_number(const json_t *facts, const char *part, const char *key,
                    double *number)
{
	const json_t *fact = sy_fact(facts, part, key);

	if (!json_is_number(fact))
		return false;
	*number = json_number_value(fact);
	return true;
}

static const char *unless_none(const char *name)
{
	return name && strcmp(name, "none") ? name : NULL;
}

const char *sy_fact_guest(const json_t *facts)
{
	return unless_none(sy_fact_text(facts, NULL, "virtualisation"));
}

const char *sy_fact_container(const json_t *facts)
{
	return unless_none(sy_fact_text(facts, NULL, "container"));
}

double sy_fact_pus(const json_t *facts)
{
	const char *allowed = sy_fact_text(facts, "cpu", "allowed_list");
	double pus = allowed ? sy_cpu_list_count(allowed) : 0;

	if (pus < 1)
		(void)sy_fact_number(facts, "cpu", "online", &pus);
	return pus < 1 ? 1 : pus;
}

void sy_found(struct sy_finding *finding, enum sy_level level,
              const char *meaning, const char *format, ...)
{
	va_list arguments;

	finding->level = level;
	finding->meaning = meaning;
	va_start(arguments, format);
	vsnprintf(finding->value, sizeof(finding->value), format, arguments);
	va_end(arguments);
}

void sy_not_known(struct sy_finding *finding, const char *meaning,
                  const char *reason)
{
	finding->level = SY_UNKNOWN;
	finding->meaning = meaning;
	finding->reason = reason;
}

void sy_change_by(struct sy_finding *finding, const char *format, ...)
{
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(finding->command, sizeof(finding->command), format,
	                   arguments);
	va_end(arguments);
	/* Half a command would be another one. */
	if (length < 0 || (size_t)length >= sizeof(finding->command))
		finding->command[0] = '\0';
}

/* Printable ASCII without the quote itself. */
static bool quotable(const char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~' || *text == '\'')
			return false;
	return true;
}

void sy_change_file(struct sy_finding *finding, const json_t *facts,
                    const char *text, const char *file)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789/._-@:,+=";
	const char *quote = file && file[strspn(file, plain)] ? "'" : "";

	if (sy_fact_container(facts))
		finding->reason = "It is set from outside of this container.";
	else if (file && quotable(file))
		sy_change_by(finding, "echo %s > %s%s%s", text, quote, file,
		             quote);
}

/* A text or null. */
static int put_text(json_t *object, const char *key, const char *text)
{
	return sy_json_put(object, key, sy_json_text(text));
}

static json_t *describe(const struct sy_check *check,
                        const struct sy_finding *finding)
{
	json_t *object = json_object();
	bool brief = finding->level == SY_WARNING ||
	             (finding->level == SY_NOTE && check->brief);
	int rc = 0;

	rc |= put_text(object, "name", check->name);
	rc |= put_text(object, "level", level_names[finding->level]);
	rc |= put_text(object, "value", finding->value);
	rc |= put_text(object, "meaning", finding->meaning);
	rc |= put_text(object, "command", finding->command);
	rc |= put_text(object, "reason", finding->reason);
	rc |= sy_json_put(object, "brief", json_boolean(brief));
	if (!rc)
		return object;
	json_decref(object);
	return NULL;
}

/* Each finding into the array of its level.  -1: no memory. */
static int look_at_all(json_t *const *by_level, const json_t *facts)
{
	int rc = 0;

	for (size_t area = 0; area < AREA_COUNT; area++) {
		const struct sy_check *check = areas[area];

		for (; check->name && !rc; check++) {
			struct sy_finding finding = { .level = SY_OK };

			check->look(facts, &finding);
			rc = json_array_append_new(by_level[finding.level],
			                           describe(check, &finding));
		}
	}
	return rc;
}

json_t *sy_findings(const json_t *facts)
{
	json_t *by_level[SY_WARNING + 1], *findings = json_array();
	int level, rc;

	for (level = SY_OK; level <= SY_WARNING; level++)
		by_level[level] = json_array();
	rc = look_at_all(by_level, facts);
	for (level = SY_WARNING; level >= SY_OK; level--) {
		rc |= json_array_extend(findings, by_level[level]);
		json_decref(by_level[level]);
	}
	if (!rc)
		return findings;
	json_decref(findings);
	return NULL;
}
