/* SPDX-License-Identifier: MIT */
/*
 * doctor.c - what on this machine harms figures, and what would change it.
 *
 * The findings are made from facts in host/doctor.c; here they are printed, in
 * full by the verb and in a line each under the tables of a run.
 */
#include <errno.h>
#include <string.h>

#include "cli/cli.h"
#include "host/limits.h"
#include "host/machine.h"

/* Where a finding's text begins, and how far a command is indented: the
   longest word of one then still fits into a line. */
#define TEXT_COLUMN 27
#define INDENT 10
#define COMMAND_INDENT 12
#define WIDTH 80

static const char *text_of(const json_t *finding, const char *key)
{
	return json_string_value(json_object_get(finding, key));
}

static bool has_level(const json_t *finding, const char *level)
{
	const char *text = text_of(finding, "level");

	return text && !strcmp(text, level);
}

static unsigned count_level(const json_t *findings, const char *level)
{
	unsigned count = 0;
	json_t *finding;
	size_t i;

	json_array_foreach ((json_t *)findings, i, finding)
		count += has_level(finding, level);
	return count;
}

/* "cgroup_quota" as a person reads it. */
static const char *name_of(const json_t *finding, char name[32])
{
	const char *text = text_of(finding, "name");

	snprintf(name, 32, "%s", text ? text : "");
	for (char *at = name; (at = strchr(at, '_')); at++)
		*at = ' ';
	return name;
}

/* Up to a blank; one in quotes belongs to the word, as in a shell. */
static size_t word_length(const char *text)
{
	bool quoted = false;
	size_t i;

	for (i = 0; text[i] && (quoted || text[i] != ' '); i++)
		if (text[i] == '\'')
			quoted = !quoted;
	return i;
}

/* Lines end with a backslash, so that a shell reads them as one. */
static void print_command(FILE *out, const char *command)
{
	static const char label[] = "change:";
	size_t column = INDENT + sizeof(label) - 1;

	fprintf(out, "%*s%s", INDENT, "", label);
	while (*command) {
		size_t word = word_length(command);
		bool last = !command[word];

		if (column + 1 + word + (last ? 0 : 2) > WIDTH) {
			fprintf(out, " \\\n%*s", COMMAND_INDENT - 1, "");
			column = COMMAND_INDENT - 1;
		}
		fprintf(out, " %.*s", (int)word, command);
		column += 1 + word;
		command += word + !last;
	}
	fputc('\n', out);
}

static void print_indented(FILE *out, const char *text)
{
	fprintf(out, "%*s", INDENT, "");
	sy_print_wrapped(out, INDENT, INDENT, text);
}

static void print_finding(FILE *out, const json_t *finding)
{
	const char *value = text_of(finding, "value");
	const char *meaning = text_of(finding, "meaning");
	const char *command = text_of(finding, "command");
	const char *reason = text_of(finding, "reason");
	bool unknown = has_level(finding, "unknown");
	char name[32];

	fprintf(out, "%-9s %-16s ",
	        unknown ? "not known" : text_of(finding, "level"),
	        name_of(finding, name));
	if (unknown && reason)
		value = reason;
	sy_print_wrapped(out, TEXT_COLUMN, TEXT_COLUMN, value ? value : "-");
	if (meaning)
		print_indented(out, meaning);
	if (reason && !unknown)
		print_indented(out, reason);
	if (command)
		print_command(out, command);
}

static void print_findings(FILE *out, const json_t *findings)
{
	const char *level = "";
	json_t *finding;
	size_t i;

	fprintf(out,
	        "warnings: %u, notes: %u, not known here: %u, as it should be: "
	        "%u\n\n",
	        count_level(findings, "warning"), count_level(findings, "note"),
	        count_level(findings, "unknown"), count_level(findings, "ok"));
	json_array_foreach ((json_t *)findings, i, finding) {
		if (i && !has_level(finding, level))
			fputc('\n', out);
		level = text_of(finding, "level");
		print_finding(out, finding);
	}
	fputs("\nNothing was changed.  The commands are for root; $$ is the "
	      "shell that then runs\nswitchyard.\n",
	      out);
}

void sy_print_brief_findings(FILE *out, const json_t *machine)
{
	const json_t *findings = json_object_get(machine, "findings");
	bool any = false;
	json_t *finding;
	size_t i;

	json_array_foreach ((json_t *)findings, i, finding) {
		const char *level = text_of(finding, "level");
		const char *value = text_of(finding, "value");
		char name[32], line[128];

		if (!json_is_true(json_object_get(finding, "brief")) || !level)
			continue;
		snprintf(line, sizeof(line), "%s: %s: %s", level,
		         name_of(finding, name), value ? value : "not known");
		fprintf(out, "%s%.*s\n", any ? "" : "\n", WIDTH, line);
		any = true;
	}
	if (any)
		fputs("`switchyard doctor` says what this means and what "
		      "would change it\n",
		      out);
}

/* The names of the warnings, in one line. */
static int refuse(const json_t *findings)
{
	char names[256] = "", name[32];
	json_t *finding;
	size_t i;

	json_array_foreach ((json_t *)findings, i, finding) {
		size_t length = strlen(names);

		if (has_level(finding, "warning"))
			snprintf(names + length, sizeof(names) - length, "%s%s",
			         length ? ", " : "", name_of(finding, name));
	}
	return sy_complain(SY_EXIT_REFUSED, "doctor: %u warning%s: %s",
	                   count_level(findings, "warning"),
	                   count_level(findings, "warning") == 1 ? "" : "s",
	                   names);
}

/* A reader that has had enough is not complained about. */
static int print_json(const json_t *findings)
{
	if (!json_dumpf(findings, stdout, JSON_INDENT(1)) &&
	    fputc('\n', stdout) != EOF && !fflush(stdout))
		return 0;
	return errno == EPIPE
	               ? 0
	               : sy_complain(SY_EXIT_REFUSED,
	                             "cannot write to standard output: %s",
	                             strerror(errno));
}

static int examine(bool strict, bool json)
{
	const json_t *findings;
	json_t *machine;
	int status = 0;

	/* What a run would get: it raises its limits, too. */
	(void)sy_limits_raise();
	/* No finding needs a topology, and hwloc complains where it has none. */
	machine = sy_machine_facts(NULL);
	findings = json_object_get(machine, "findings");
	if (!findings)
		status = sy_complain(SY_EXIT_REFUSED, "no memory");
	else if (!json)
		print_findings(stdout, findings);
	else
		status = print_json(findings);
	if (!status && strict && count_level(findings, "warning"))
		status = refuse(findings);
	json_decref(machine);
	return status;
}

static int doctor(int argc, char **argv)
{
	bool strict = false, json = false;

	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--strict"))
			strict = true;
		else if (!strcmp(argv[i], "--json"))
			json = true;
		else if (argv[i][0] == '-')
			return sy_complain(SY_EXIT_USAGE,
			                   "doctor: unknown option '%s'; see "
			                   "`switchyard doctor --help`",
			                   argv[i]);
		else
			return sy_complain(SY_EXIT_USAGE,
			                   "doctor: one argument too many: "
			                   "'%s'",
			                   argv[i]);
	}
	return examine(strict, json);
}

const struct sy_verb sy_verb_doctor = {
	.name = "doctor",
	.usage = "doctor [--strict] [--json]",
	.summary = "what on this machine harms figures, and what would "
		   "change it",
	.help = "Prints what was found, the worst first: what it is here, what "
		"it means for the\nfigures, and the command that would change "
		"it.  Nothing is changed.\n\n"
		"  --strict          exit with 4 where there is a warning\n"
		"  --json            the findings as in machine.json\n",
	.run = doctor,
};
