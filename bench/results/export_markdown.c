/* SPDX-License-Identifier: MIT */
/*
 * export_markdown.c - a report for a pull request or a wiki, in GitHub's
 * flavour of Markdown.
 */
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "engine/result.h"
#include "results/export_parts.h"
#include "results/run.h"

/* No share is more, whatever a file says. */
#define SHARE_MAX 1e6

static const enum sy_state states[] = { SY_MEASURED, SY_ABSENT, SY_FAILED,
	                                SY_INVALID,  SY_WRONG,  SY_PLANNED };
#define STATES (sizeof(states) / sizeof(states[0]))

void sy_put_share(FILE *out, const json_t *share)
{
	double value = json_number_value(share);

	if (json_is_number(share) && fabs(value) < SHARE_MAX)
		fprintf(out, "%.1f %%", value * 100);
	else
		fputc('-', out);
}

static void put_build(FILE *out, const json_t *machine)
{
	const json_t *build = json_object_get(machine, "build");

	if (!build)
		return;
	fputs("| Program | switchyard ", out);
	sy_put_markdown(out, sy_text_of(build, "version"));
	fputs(" of commit ", out);
	sy_put_markdown(out, sy_text_of(build, "git_commit"));
	if (strcmp(sy_text_of(build, "git_dirty"), "no") != 0)
		fputs(", changed", out);
	fputs(", ", out);
	sy_put_markdown(out, sy_text_of(build, "compiler"));
	fputs(", ", out);
	sy_put_markdown(out, sy_text_of(build, "type"));
	fputs(" |\n", out);
}

/* "101: 96 measured, 3 absent, 2 invalid" */
static void put_states(FILE *out, const json_t *points)
{
	size_t counts[STATES] = { 0 }, i;
	const char *between = ": ";
	json_t *point;

	json_array_foreach ((json_t *)points, i, point)
		for (size_t k = 0; k < STATES; k++)
			counts[k] += !strcmp(sy_text_of(point, "state"),
			                     sy_state_name(states[k]));
	fprintf(out, "| Points | %zu", json_array_size(points));
	for (size_t k = 0; k < STATES; k++) {
		if (!counts[k])
			continue;
		fprintf(out, "%s%zu %s", between, counts[k],
		        sy_state_name(states[k]));
		between = ", ";
	}
	fputs(" |\n", out);
}

static double number_of(const json_t *object, const char *key)
{
	return json_number_value(json_object_get(object, key));
}

static void put_effort(FILE *out, const json_t *results)
{
	double wall_ns = number_of(results, "wall_ns"), slices = 0, sets = 0;
	json_t *share, *point;
	size_t i;

	json_array_foreach (json_object_get(results, "points"), i, point) {
		slices += number_of(point, "slices");
		sets = fmax(sets, number_of(point, "sets"));
	}
	share = json_real(
		wall_ns > 0 ? number_of(results, "sliced_ns") / wall_ns : 0);
	fprintf(out,
	        "| Measured | %.0f slices in up to %.0f sets of fresh "
	        "processes, %.1f s, ",
	        slices, sets, wall_ns / 1e9);
	sy_put_share(out, share);
	fprintf(out, " of it inside slices; seed %.0f |\n",
	        number_of(results, "seed"));
	json_decref(share);
}

static void put_noise(FILE *out, const json_t *results)
{
	const json_t *spread =
		json_object_get(json_object_get(results, "sentinel"), "spread");
	double noise = json_number_value(spread);

	if (!json_is_number(spread)) {
		fputs("| Noise | not known, too few slices |\n", out);
		return;
	}
	fputs("| Noise | neighbouring slices of the same loop differ by ", out);
	sy_put_share(out, spread);
	fprintf(out, "%s |\n", noise > SY_NOISY ? ": **noisy**" : "");
}

static void put_head(FILE *out, const json_t *results, const json_t *machine)
{
	const char *summary =
		sy_text_of(json_object_get(results, "machine"), "summary");

	fputs("# Switchyard on ", out);
	sy_put_markdown(out, *summary ? summary : "a machine");
	fputs("\n\n", out);
	if (json_is_true(json_object_get(results, "interrupted")))
		fputs("> **Interrupted:** the run was stopped before its end. "
		      "Intervals are wider than they would be, and points may "
		      "be missing.\n\n",
		      out);
	fputs("| | |\n|---|---|\n| Date | ", out);
	sy_put_markdown(
		out, sy_text_of(json_object_get(results, "context"), "date"));
	fputs(" |\n| Machine | ", out);
	sy_put_markdown(out, summary);
	fputs(", id ", out);
	sy_put_markdown_code(out, sy_text_of(results, "machine_id"));
	fputs(" |\n", out);
	put_build(out, machine);
	put_states(out, json_object_get(results, "points"));
	put_effort(out, results);
	put_noise(out, results);
}

/* "- warning, `load`: 3.1 on 2 PUs. What that means for the figures." */
static void put_finding(FILE *out, const json_t *finding)
{
	const char *value = sy_text_of(finding, "value");

	fputs("- ", out);
	sy_put_markdown(out, sy_text_of(finding, "level"));
	fputs(", ", out);
	sy_put_markdown_code(out, sy_text_of(finding, "name"));
	fputs(": ", out);
	sy_put_markdown(out, *value ? value : "not known");
	fputs(". ", out);
	sy_put_markdown(out, sy_text_of(finding, "meaning"));
	fputc('\n', out);
}

/* Those that stand under the tables of a terminal, too. */
static void put_findings(FILE *out, const json_t *findings)
{
	bool any = false;
	json_t *finding;
	size_t i;

	json_array_foreach ((json_t *)findings, i, finding) {
		if (!json_is_true(json_object_get(finding, "brief")))
			continue;
		if (!any)
			fputs("\n## What harms the figures\n\n", out);
		any = true;
		put_finding(out, finding);
	}
}

static const char method[] =
	"\n## How it was measured\n"
	"\n"
	"The points of a section ran in short slices, interleaved in random "
	"order, over\n"
	"several sets of fresh processes, bound as the placement says. Every "
	"answer was\n"
	"checked. A figure is the median over all slices, its interval "
	"the 95 % interval\n"
	"of a bootstrap over sets and slices. A verdict compares slices of the "
	"same\n"
	"round; less than 3 % is never called a difference.\n"
	"\n"
	"`few`: fewer than 5 slices, which make no interval. `>=`: limited by "
	"the server,\n"
	"so the model could do more. `*`: two modes, the median lies in one of "
	"them.\n"
	"`~0`: not different from zero, whose interval holds it. `ref`: to "
	"hold "
	"others\n"
	"against, neither best nor a rival.\n";

/* NULL where there is none: only results.json is needed. */
static int read_machine(const char *dir, json_t **machine,
                        struct sy_reason *reason)
{
	int error = sy_json_read(dir, "machine.json", machine, reason);

	if (error)
		*machine = NULL;
	return error == -ENOENT ? 0 : error;
}

static int write_markdown(FILE *out, const struct sy_export *run,
                          struct sy_reason *reason)
{
	json_t *machine, *sections;
	int error = read_machine(run->dir, &machine, reason);

	if (error)
		return error;
	sections = sy_sections(run->results);
	if (!sections) {
		error = sy_reason(reason, -ENOMEM, "no memory");
		goto release;
	}
	put_head(out, run->results, machine);
	put_findings(out, json_object_get(machine, "findings"));
	sy_put_markdown_sections(out, sections);
	fputs(method, out);
release:
	json_decref(sections);
	json_decref(machine);
	return error;
}

const struct sy_export_format sy_export_markdown = {
	.name = "markdown",
	.write = write_markdown,
};
