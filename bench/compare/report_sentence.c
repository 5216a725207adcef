/* SPDX-License-Identifier: MIT */
/*
 * report_sentence.c - a comparison in one sentence, of our own words and
 * numbers alone, so that every format can hold it as it is.
 */
#include <math.h>
#include <stdarg.h>

#include "compare/report_parts.h"

struct tally {
	size_t changes[SY_CHANGE_SLOWER + 1], outcomes[SY_OUTCOME_WRONG + 1];
	double worst; /* ratio of the slowest one that is SLOWER; 0: none */
};

static struct tally count(const struct sy_comparison *c)
{
	struct tally tally = { 0 };

	for (size_t i = 0; i < c->count; i++) {
		const struct sy_compared *point = &c->points[i];
		const struct sy_finding_gate *time =
			&point->gates[SY_GATE_TIME];

		tally.outcomes[point->outcome]++;
		if (point->outcome != SY_OUTCOME_COMPARED)
			continue;
		tally.changes[point->change]++;
		if (point->change == SY_CHANGE_SLOWER && time->there &&
		    time->change == SY_CHANGE_SLOWER &&
		    isfinite(time->ratio.value))
			tally.worst = fmax(tally.worst, time->ratio.value);
	}
	return tally;
}

/* At the end of what there is; what does not fit is cut. */
__attribute__((format(printf, 3, 4))) static void
say(char text[SY_SENTENCE_BYTES], size_t *used, const char *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(text + *used, SY_SENTENCE_BYTES - *used, format,
	                   args);
	va_end(args);
	if (length > 0)
		*used += (size_t)length;
	if (*used >= SY_SENTENCE_BYTES)
		*used = SY_SENTENCE_BYTES - 1;
}

/* ": 20 SAME, 1 FASTER, 2 on one side only" */
static void say_counts(char text[SY_SENTENCE_BYTES], size_t *used,
                       const struct tally *tally)
{
	const struct {
		size_t count;
		const char *word;
	} parts[] = {
		{ tally->outcomes[SY_OUTCOME_WRONG], "WRONG" },
		{ tally->outcomes[SY_OUTCOME_FAILED], "FAILED" },
		{ tally->changes[SY_CHANGE_NOISY], "NOISY" },
		{ tally->changes[SY_CHANGE_FASTER], "FASTER" },
		{ tally->changes[SY_CHANGE_SAME], "SAME" },
		{ tally->outcomes[SY_OUTCOME_PLANNED], "not reached" },
		{ tally->outcomes[SY_OUTCOME_ONE_SIDE], "on one side only" },
		{ tally->outcomes[SY_OUTCOME_ABSENT], "absent here" },
	};
	const char *between = ": ";

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (!parts[i].count)
			continue;
		say(text, used, "%s%zu %s", between, parts[i].count,
		    parts[i].word);
		between = ", ";
	}
	say(text, used, ".");
}

static void say_worst(char text[SY_SENTENCE_BYTES], size_t *used,
                      const struct tally *tally)
{
	if (tally->worst >= 10)
		say(text, used, ", at worst %.3g times as slow", tally->worst);
	else if (tally->worst > 0)
		say(text, used, ", at worst by %.1f %%",
		    (tally->worst - 1) * 100);
}

static void say_noisy(char text[SY_SENTENCE_BYTES], size_t *used,
                      const struct sy_comparison *c)
{
	if (c->spread >= c->rule.noisy)
		say(text, used,
		    "%shis machine is too noisy to tell, the kernel differs "
		    "from itself by %.1f %%",
		    c->live ? "T" : "t", c->spread * 100);
	else
		say(text, used,
		    "%shis machine is too busy to tell, others had the PU for "
		    "%.0f %% of the time",
		    c->live ? "T" : "t", c->away * 100);
}

void sy_comparison_sentence(const struct sy_comparison *c,
                            char text[SY_SENTENCE_BYTES])
{
	struct tally tally = count(c);
	size_t compared = tally.outcomes[SY_OUTCOME_COMPARED], used = 0;
	size_t slower = tally.changes[SY_CHANGE_SLOWER];

	*text = '\0';
	if (c->interrupted)
		say(text, &used, "Interrupted. ");
	if (!c->live)
		say(text, &used, "Advisory, from stored figures: ");
	if (!compared)
		say(text, &used, "%so point was compared", c->live ? "N" : "n");
	else if (c->noisy)
		say_noisy(text, &used, c);
	else if (slower)
		say(text, &used, "%zu of %zu points %s slower", slower,
		    compared, slower == 1 ? "is" : "are");
	else if (tally.changes[SY_CHANGE_NOISY])
		say(text, &used,
		    "%so point is known to be slower, but of %zu nothing can "
		    "be said",
		    c->live ? "N" : "n", tally.changes[SY_CHANGE_NOISY]);
	else
		say(text, &used, "%so point is slower", c->live ? "N" : "n");
	if (compared && !c->noisy)
		say_worst(text, &used, &tally);
	say_counts(text, &used, &tally);
}
