/* SPDX-License-Identifier: MIT */
/* report.c - what every report of a trend says in the same words. */
#include "trend/report.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "host/units.h"

/* From a factor of it on a change is told as one. */
#define FACTOR_FROM 2
/* A level is the median of several runs: three digits. */
#define LEVEL_DIGITS 0.01
#define HASH_DIGITS 8

const char sy_trend_advisory[] =
	"Advisory: a machine drifts from run to run, so a change here is a "
	"reason to look, not a proof; `switchyard compare` of the two programs "
	"measures it.";

char *sy_trend_format_change(const struct sy_trend_change *change,
                             char text[SY_TREND_CELL])
{
	double ratio = sy_trend_ratio(change);

	if (ratio < FACTOR_FROM && ratio > 1.0 / FACTOR_FROM)
		snprintf(text, SY_TREND_CELL, "%+.1f %%", (ratio - 1) * 100);
	else
		snprintf(text, SY_TREND_CELL, "%.*fx",
		         ratio < 1     ? 3
		         : ratio < 10  ? 2
		         : ratio < 100 ? 1
		                       : 0,
		         ratio);
	return text;
}

char *sy_trend_format_level(double ns, char text[SY_TREND_CELL])
{
	return sy_format_ns(ns, ns * LEVEL_DIGITS, text, SY_TREND_CELL);
}

static void add(char text[SY_TREND_SENTENCE], const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void add(char text[SY_TREND_SENTENCE], const char *format, ...)
{
	size_t used = strlen(text);
	va_list args;

	va_start(args, format);
	vsnprintf(text + used, SY_TREND_SENTENCE - used, format, args);
	va_end(args);
}

/* Points of which there are more values than are looked at. */
static size_t count_longer(const struct sy_history *history)
{
	size_t longer = 0;

	for (size_t i = 0; i < history->point_count; i++)
		longer += history->points[i].first > 0;
	return longer;
}

char *sy_trend_sentence(const struct sy_history *history,
                        char text[SY_TREND_SENTENCE])
{
	size_t counts[4], few, small;

	sy_trend_count(history, counts);
	few = counts[SY_TREND_TOO_FEW];
	small = counts[SY_TREND_SMALL];
	text[0] = '\0';
	add(text, "%zu point%s over %zu run%s: ", history->point_count,
	    history->point_count == 1 ? "" : "s", history->run_count,
	    history->run_count == 1 ? "" : "s");
	if (counts[SY_TREND_CHANGED])
		add(text, "%zu changed level", counts[SY_TREND_CHANGED]);
	else
		add(text, "no change of level was found");
	if (small)
		add(text, "; %zu did by %.0f %% at most", small,
		    SY_TREND_FLOOR * 100);
	if (few)
		add(text, "; %zu ha%s too few runs (fewer than %zu)", few,
		    few == 1 ? "s" : "ve", history->fewest);
	if (count_longer(history))
		add(text, "; the last %d runs of each were looked at",
		    SY_TREND_MOST);
	add(text, ".");
	return text;
}

char *sy_trend_left_out(const struct sy_trend *trend,
                        char text[SY_TREND_SENTENCE])
{
	size_t without = trend->without_results;
	size_t damaged = trend->skipped_count;

	text[0] = '\0';
	if (without)
		add(text, "%zu run%s without results%s", without,
		    without == 1 ? "" : "s", damaged ? "; " : ".");
	if (damaged)
		add(text, "%zu run%s damaged and w%s skipped.", damaged,
		    damaged == 1 ? " is" : "s are",
		    damaged == 1 ? "as" : "ere");
	return text;
}

static uint64_t hash_text(uint64_t hash, const char *text)
{
	do
		hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
	while (*text++);
	return hash;
}

char *sy_trend_figure_name(const struct sy_history *history,
                           const struct sy_trend_point *point,
                           char name[SY_TREND_FIGURE])
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	size_t most = SY_TREND_FIGURE - HASH_DIGITS - 2, used;

	for (used = 0; point->name[used] && used < most; used++)
		name[used] = strchr(plain, point->name[used])
		                     ? point->name[used]
		                     : '_';
	hash = hash_text(hash, history->machine_id);
	hash = hash_text(hash, history->build_type);
	hash = hash_text(hash, history->sanitizer);
	hash = hash_text(hash, point->name);
	snprintf(name + used, SY_TREND_FIGURE - used, "_%08x",
	         (unsigned)(hash ^ hash >> 32));
	return name;
}
