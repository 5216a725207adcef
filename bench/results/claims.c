/* SPDX-License-Identifier: MIT */
/*
 * claims.c - see claims.h.
 *
 * A rule names what is compared and from which factor on it holds, so that a
 * reader who finds another factor right can judge anew by the figures.
 */
#include "results/claims.h"

#include <stdbool.h>
#include <string.h>

#include "host/units.h"
#include "results/tables.h"

/* "Much faster", "very large", "takes time", in figures. */
#define MUCH 2.0
#define VERY 5.0
#define FREE 10.0
/* Less than this is no difference. */
#define FLOOR 1.03

struct ratio {
	double value, low, high;
};

/* What the comparisons of one claim come to. */
struct count {
	size_t hold, fail, open;
};

static enum sy_ruling ruling_of(const struct count *count)
{
	if (count->open || (count->hold && count->fail) ||
	    (!count->hold && !count->fail))
		return SY_CANNOT_TELL;
	return count->hold ? SY_HOLDS : SY_DOES_NOT_HOLD;
}

static void judge_ratio(struct count *count, const struct ratio *ratio,
                        double least)
{
	if (ratio->low >= least)
		count->hold++;
	else if (ratio->high < least)
		count->fail++;
	else
		count->open++;
}

static bool has_interval(const json_t *point)
{
	return sy_is_measured(point) && !sy_is_few(point) &&
	       sy_number_at(point, "ns_per_op", "low") > 0 &&
	       sy_number_at(point, "ns_per_op", "high") > 0;
}

/* The time of `slow` over that of `quick`. */
static struct ratio ratio_of(const json_t *slow, const json_t *quick)
{
	const char *ns = "ns_per_op";

	return (struct ratio){
		.value = sy_number_at(slow, ns, "value") /
		         sy_number_at(quick, ns, "value"),
		.low = sy_number_at(slow, ns, "low") /
		       sy_number_at(quick, ns, "high"),
		.high = sy_number_at(slow, ns, "high") /
		        sy_number_at(quick, ns, "low"),
	};
}

static const char *param_text(const json_t *point, const char *key)
{
	return sy_text_of(json_object_get(point, "params"), key);
}

static json_int_t param(const json_t *point, const char *key)
{
	return json_integer_value(
		json_object_get(json_object_get(point, "params"), key));
}

static void put_time(FILE *out, const json_t *point)
{
	char row[SY_ROW_BYTES], text[48];
	double value = sy_number_at(point, "ns_per_op", "value");
	double half = (sy_number_at(point, "ns_per_op", "high") -
	               sy_number_at(point, "ns_per_op", "low")) /
	              2;

	sy_row_of(point, row);
	fprintf(out, "%s %s", row,
	        sy_format_ns(value, half, text, sizeof(text)));
}

/* "fork.wait 171 us, threads.join 18.2 us: 9.41 times (8.9..9.9)", and the
   group on a line of its own, as long as it is. */
static void put_ratio(FILE *out, const json_t *slow, const json_t *quick,
                      const struct ratio *ratio)
{
	const char *group = sy_text_of(slow, "group");

	int decimals = ratio->low < 10 ? 2 : ratio->low < 100 ? 1 : 0;

	put_time(out, slow);
	fputs(", ", out);
	put_time(out, quick);
	fprintf(out, ": %.*f times (%.*f..%.*f)\n  %s\n", decimals,
	        ratio->value, decimals, ratio->low, decimals, ratio->high,
	        group);
}

static bool is_row(const json_t *point, const char *family, const char *name)
{
	char row[SY_ROW_BYTES];

	if (strcmp(sy_text_of(point, "family"), family) != 0)
		return false;
	sy_row_of(point, row);
	return !strcmp(row, name);
}

/* The measured point of that row in the group of `beside`, or NULL. */
static const json_t *find_beside(const json_t *points, const json_t *beside,
                                 const char *name)
{
	const char *group = sy_text_of(beside, "group");
	const char *family = sy_text_of(beside, "family");
	const json_t *point;
	size_t i;

	json_array_foreach ((json_t *)points, i, point)
		if (!strcmp(sy_text_of(point, "group"), group) &&
		    is_row(point, family, name) && has_interval(point))
			return point;
	return NULL;
}

/* A hand-off and nothing else, of contexts that are bound. */
static bool is_plain(const json_t *point)
{
	return !param(point, "ring") && !param(point, "working_set_bytes") &&
	       !sy_is_mixture(point);
}

/* Judges every group that has both rows; `slow` is to take `least` times. */
static void compare_rows(const json_t *points, const char *family,
                         const char *slow, const char *quick, double least,
                         struct count *count, FILE *figures)
{
	const json_t *point, *other;
	struct ratio ratio;
	size_t i;

	json_array_foreach ((json_t *)points, i, point) {
		if (!is_row(point, family, slow) || !has_interval(point) ||
		    !is_plain(point))
			continue;
		other = find_beside(points, point, quick);
		if (!other)
			continue;
		ratio = ratio_of(point, other);
		put_ratio(figures, point, other, &ratio);
		judge_ratio(count, &ratio, least);
	}
}

/* The same primitive between threads and between processes. */
static enum sy_ruling judge_switches(const json_t *points, FILE *figures)
{
	static const char *const pairs[][2] = {
		{ "fork.futex", "threads.futex" },
		{ "fork.semaphore", "threads.posix" },
		{ "fork.semaphore", "semaphore.posix" },
		{ "fork.pipe", "threads.pipe" },
		{ "fork.socketpair", "threads.socketpair" },
	};
	struct count count = { 0 };

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		compare_rows(points, "switch", pairs[i][0], pairs[i][1], MUCH,
		             &count, figures);
	return ruling_of(&count);
}

static enum sy_ruling judge_creation(const json_t *points, FILE *figures)
{
	struct count count = { 0 };

	compare_rows(points, "spawn", "fork.wait", "threads.join", VERY, &count,
	             figures);
	return ruling_of(&count);
}

/* The cheapest hand-off of a model in the group of `beside`, or NULL. */
static const json_t *cheapest_beside(const json_t *points, const json_t *beside,
                                     const char *model)
{
	const char *group = sy_text_of(beside, "group");
	const json_t *point, *best = NULL;
	size_t i;

	json_array_foreach ((json_t *)points, i, point)
		if (!strcmp(sy_text_of(point, "group"), group) &&
		    !strcmp(sy_text_of(point, "model"), model) &&
		    has_interval(point) && !sy_is_reference(point) &&
		    (!best || sy_number_at(point, "ns_per_op", "value") <
		                      sy_number_at(best, "ns_per_op", "value")))
			best = point;
	return best;
}

/* In each group with hand-offs of both, the cheapest of either. */
static enum sy_ruling judge_coroutines(const json_t *points, FILE *figures)
{
	struct count count = { 0 };
	const json_t *point, *other;
	struct ratio ratio;
	size_t i;

	json_array_foreach ((json_t *)points, i, point) {
		if (strcmp(sy_text_of(point, "family"), "switch") != 0 ||
		    !is_plain(point) ||
		    cheapest_beside(points, point, "threads") != point)
			continue;
		other = cheapest_beside(points, point, "coroutine");
		if (!other)
			continue;
		ratio = ratio_of(point, other);
		put_ratio(figures, point, other, &ratio);
		judge_ratio(&count, &ratio, FREE);
	}
	return ruling_of(&count);
}

/* Tasks that wait, at the most in flight that a family was measured with. */
static void judge_waiters(const json_t *points, const char *family,
                          struct count *count, FILE *figures)
{
	const json_t *point, *most = NULL, *other;
	struct ratio ratio;
	size_t i;

	json_array_foreach ((json_t *)points, i, point)
		if (is_row(point, family, "threads") && has_interval(point) &&
		    find_beside(points, point, "coroutine") &&
		    (!most ||
		     param(point, "inflight") > param(most, "inflight")))
			most = point;
	if (!most || param(most, "inflight") < 64)
		return;
	other = find_beside(points, most, "coroutine");
	ratio = ratio_of(most, other);
	put_ratio(figures, most, other, &ratio);
	judge_ratio(count, &ratio, FLOOR);
}

static enum sy_ruling judge_waiting(const json_t *points, FILE *figures)
{
	struct count count = { 0 };

	judge_waiters(points, "wait", &count, figures);
	judge_waiters(points, "io", &count, figures);
	judge_waiters(points, "fetch", &count, figures);
	return ruling_of(&count);
}

/*
 * Start and join in a loop: no more is done at once than by a plain loop,
 * where threads that are all started first do.
 */
static enum sy_ruling judge_join(const json_t *points, FILE *figures)
{
	struct count count = { 0 };
	const json_t *point, *plain, *each;
	struct ratio gain, loss;
	size_t i;

	json_array_foreach ((json_t *)points, i, point) {
		if (!is_row(point, "wait", "threads.joined") ||
		    !has_interval(point) || param(point, "inflight") < 2)
			continue;
		plain = find_beside(points, point, "serial");
		each = find_beside(points, point, "threads.each");
		if (!plain || !each)
			continue;
		gain = ratio_of(plain, point);
		loss = ratio_of(point, each);
		put_ratio(figures, plain, point, &gain);
		put_ratio(figures, point, each, &loss);
		if (gain.high < FLOOR && loss.low >= FLOOR)
			count.hold++;
		else if (gain.low >= FLOOR || loss.high < FLOOR)
			count.fail++;
		else
			count.open++;
	}
	return ruling_of(&count);
}

/* An update that is not locked: where any is lost, nothing locks it. */
static enum sy_ruling judge_lock(const json_t *points, FILE *figures)
{
	struct count count = { 0 };
	const json_t *point;
	size_t i;

	json_array_foreach ((json_t *)points, i, point) {
		const json_t *lost = json_object_get(
			json_object_get(point, "findings"), "lost");

		if (strcmp(sy_text_of(point, "family"), "lock") != 0 ||
		    strcmp(sy_text_of(point, "mechanism"), "none") != 0 ||
		    !sy_is_measured(point) || !json_is_integer(lost))
			continue;
		fprintf(figures,
		        "%s: %" JSON_INTEGER_FORMAT " of %" JSON_INTEGER_FORMAT
		        " updates lost, %" JSON_INTEGER_FORMAT
		        " in flight at %s\n",
		        sy_text_of(point, "model"), json_integer_value(lost),
		        json_integer_value(
				json_object_get(point, "operations")),
		        param(point, "inflight"),
		        param_text(point, "placement"));
		count.fail += json_integer_value(lost) > 0;
	}
	/* None lost shows nothing: the next one may be. */
	return count.fail ? SY_DOES_NOT_HOLD : SY_CANNOT_TELL;
}

const struct sy_claim sy_claims[] = {
	{
		.said = "Thread context switches are much faster than process "
			"context switches.",
		.rule = "holds if a process takes at least 2 times a thread's "
			"time, by "
			"the same primitive",
		.wants = "--workload switch --model threads,fork",
		.judge = judge_switches,
	},
	{
		.said = "Creating a process requires very large overhead.",
		.rule = "holds if fork and wait take at least 5 times as long "
			"as "
			"creating and joining a thread",
		.wants = "--workload spawn --model threads,fork",
		.judge = judge_creation,
	},
	{
		.said = "Thread switching takes time, so one thread with "
			"coroutines is better.",
		.rule = "holds if the cheapest hand-off of threads takes at "
			"least 10 "
			"times the cheapest of coroutines",
		.wants = "--workload switch --model threads,coroutine",
		.judge = judge_coroutines,
	},
	{
		.said = "A large number of operations that do not require the "
			"CPU is suitable for coroutines.",
		.rule = "holds if, from 64 in flight on, where most were "
			"measured, tasks "
			"that wait end over 3 % sooner than in threads",
		.wants = "--workload wait,io --model threads,coroutine "
			 "--inflight 1024",
		.judge = judge_waiting,
	},
	{
		.said = "Join makes multithreading meaningless (start and join "
			"in a loop).",
		.rule = "holds if it is not 3 % sooner than a plain loop, and "
			"over 3 % later "
			"than all started first",
		.wants = "--workload wait --model "
			 "serial,threads.each,threads.joined --inflight 10 "
			 "--wait 10ms",
		.judge = judge_join,
	},
	{
		.said = "We need no lock: it has been added automatically.",
		.rule = "does not hold where an update without a lock is lost; "
			"none lost shows nothing",
		.wants = "--workload lock --mechanism none --model threads "
			 "--inflight 100 --placement compact",
		.judge = judge_lock,
	},
	{ .said = NULL },
};

const char *sy_ruling_name(enum sy_ruling ruling)
{
	static const char *const names[] = {
		[SY_CANNOT_TELL] = "cannot tell",
		[SY_HOLDS] = "holds",
		[SY_DOES_NOT_HOLD] = "does not hold",
	};

	return names[ruling];
}
