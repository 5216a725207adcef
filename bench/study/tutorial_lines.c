/* SPDX-License-Identifier: MIT */
/* tutorial_lines.c - what was found, line by line: figures, limits, reasons. */
#include "study/tutorial.h"

#include <string.h>

#include "results/estimate.h"

static const char *why_none(const struct sy_result *result)
{
	if (result->state == SY_MEASURED)
		return result->count < SY_SLICES_LEAST ? "too few slices"
		                                       : NULL;
	return result->state == SY_PLANNED ? "not measured"
	                                   : result->reason.text;
}

/* What there is a figure of, the other or the reason why there is none. */
static void estimate(struct sy_finding_line *line, uint64_t seed)
{
	const char *ours = why_none(line->ours);
	const char *other = line->other ? why_none(line->other) : NULL;

	line->why = ours ? ours : other;
	line->rounds = line->ours->count;
	if (!ours && sy_estimate(line->ours, SY_TIME, seed, &line->ours_ns))
		line->why = "not measured";
	if (line->other && !other &&
	    sy_estimate(line->other, SY_TIME, seed, &line->other_ns))
		line->why = "not measured";
}

static void compare(struct sy_finding_line *line, uint64_t seed)
{
	bool bare = line->beside->kind == SY_BESIDE_BARE;
	const struct sy_result *over = bare ? line->ours : line->other;
	const struct sy_result *under = bare ? line->other : line->ours;

	line->least = !bare;
	line->limit = line->beside->limit;
	if (line->why)
		return;
	if (sy_estimate_ratio(over, under, SY_TIME, seed, &line->ratio))
		line->why = "too few rounds with both";
	else
		line->met = line->least ? line->ratio.low >= line->limit
		                        : line->ratio.high <= line->limit;
}

void sy_line_make(struct sy_finding_line *line, const struct sy_entry *entry,
                  const struct sy_beside *beside, uint64_t seed)
{
	const struct sy_construct *construct = entry->construct;
	const struct sy_side *sides = entry->race.sides;

	*line = (struct sy_finding_line){
		.construct = construct,
		.beside = beside,
		.ours = &sides[0].result,
		.limit = construct->most_ns,
	};
	if (beside)
		line->other = &sides[beside - construct->beside + 1].result;
	estimate(line, seed);
	if (beside)
		compare(line, seed);
	else
		line->met = !line->why && line->ours_ns.high <= line->limit;
}

static bool wanted(const struct sy_beside *beside, enum sy_beside_kind kind)
{
	return beside->what && beside->kind == kind;
}

void sy_lines_visit(const struct sy_entry *entries, size_t count,
                    enum sy_beside_kind kind, uint64_t seed, sy_line_fn *visit,
                    void *data)
{
	struct sy_finding_line line;

	for (size_t i = 0; i < count; i++) {
		const struct sy_construct *construct = entries[i].construct;

		for (size_t j = 0; j + 1 < SY_SIDES_MAX; j++) {
			if (!wanted(&construct->beside[j], kind))
				continue;
			sy_line_make(&line, &entries[i], &construct->beside[j],
			             seed);
			visit(data, &line);
		}
		if (kind == SY_BESIDE_KINDS && construct->most_ns > 0) {
			sy_line_make(&line, &entries[i], NULL, seed);
			visit(data, &line);
		}
	}
}
