/* SPDX-License-Identifier: MIT */
/*
 * test_judge.c - the rule of a comparison: what pairs of slices come to, and
 * what the whole exits with.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "compare/judge.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define ROUNDS 8

/* What a point's pairs are made with. */
struct recipe {
	double factor;     /* NEW / OLD */
	double slice;      /* spread of a slice's time */
	double set;        /* spread of a set's factor */
	unsigned sets;     /* of ROUNDS pairs */
	double voluntary;  /* an operation of OLD */
	double difference; /* more of them an operation of NEW */
};

static double spread(uint64_t *random)
{
	return 2 * (double)(sy_random(random) >> 11) / 9007199254740992.0 - 1;
}

static void comparison_open(struct sy_comparison *comparison, size_t points)
{
	sy_comparison_init(comparison);
	comparison->live = true;
	assert_int_equal(sy_comparison_reserve(comparison, points), 0);
}

static void add_pairs(struct sy_compared *point, const struct recipe *recipe,
                      uint64_t *random)
{
	unsigned set, round;

	point->outcome = SY_OUTCOME_COMPARED;
	for (set = 0; set < recipe->sets; set++) {
		double factor =
			recipe->factor * (1 + recipe->set * spread(random));

		for (round = 0; round < ROUNDS; round++) {
			double old = 1e7 * (1 + recipe->slice * spread(random));
			double new = 1e7 * factor *(1 + recipe->slice *
			                                        spread(random));
			struct sy_pair pair = {
				.set = set,
				.round = round,
				.operations = 1000,
				.performed = { 1000, 1000 },
				.elapsed_ns = { (uint64_t)old, (uint64_t) new },
				.cpu_ns = { 5000000, 6000000 },
				.involuntary = { 3000, 4000 },
			};

			pair.voluntary[SY_OLD] =
				(uint64_t)(1000 * recipe->voluntary);
			pair.voluntary[SY_NEW] = (uint64_t)nearbyint(
				1000 *
				(recipe->voluntary + recipe->difference));
			assert_int_equal(sy_pair_add(&point->pairs,
			                             &point->pair_count,
			                             &point->pair_room, &pair),
			                 0);
		}
	}
}

static void add_sentinel(struct sy_comparison *comparison, size_t count,
                         double slice, uint64_t *random)
{
	size_t i;

	for (i = 0; i < count; i++) {
		struct sy_pair pair = { .operations = 10 };

		pair.elapsed_ns[SY_OLD] =
			(uint64_t)(1e7 * (1 + slice * spread(random)));
		pair.elapsed_ns[SY_NEW] =
			(uint64_t)(1e7 * (1 + slice * spread(random)));
		assert_int_equal(sy_pair_add(&comparison->sentinel,
		                             &comparison->sentinel_count,
		                             &comparison->sentinel_room, &pair),
		                 0);
	}
}

/* `points` alike but for the first, and a quiet sentinel. */
static void compare_first(struct sy_comparison *comparison,
                          const struct recipe *first, size_t points)
{
	const struct recipe plain = { .factor = 1, .slice = 0.01, .sets = 8 };
	uint64_t random = 1;
	size_t i;

	comparison_open(comparison, points);
	add_sentinel(comparison, 40, 0.01, &random);
	for (i = 0; i < points; i++)
		add_pairs(&comparison->points[i], i ? &plain : first, &random);
	comparison->points[0].is_handoff = first->voluntary > 0;
	assert_int_equal(sy_judge(comparison), 0);
}

static enum sy_change change_of(const struct recipe *recipe)
{
	struct sy_comparison comparison;
	enum sy_change change;

	compare_first(&comparison, recipe, 24);
	change = comparison.points[0].change;
	assert_int_equal(comparison.points[1].change, SY_CHANGE_SAME);
	sy_comparison_free(&comparison);
	return change;
}

static void test_verdicts(void **state)
{
	static const struct {
		struct recipe recipe;
		enum sy_change change;
	} known[] = {
		{ { 1.00, 0.01, 0, 8, 0, 0 }, SY_CHANGE_SAME },
		{ { 1.10, 0.01, 0, 8, 0, 0 }, SY_CHANGE_SLOWER },
		{ { 1.04, 0.01, 0, 8, 0, 0 }, SY_CHANGE_SLOWER },
		/* Significant, but under the floor. */
		{ { 1.02, 0.005, 0, 8, 0, 0 }, SY_CHANGE_SAME },
		{ { 0.98, 0.005, 0, 8, 0, 0 }, SY_CHANGE_SAME },
		{ { 1 / 1.04, 0.01, 0, 8, 0, 0 }, SY_CHANGE_FASTER },
		{ { 0.80, 0.01, 0, 8, 0, 0 }, SY_CHANGE_FASTER },
		/* The floor is a factor: 1 / 1.03, and not 0.97. */
		{ { 0.9715, 0.0005, 0, 8, 0, 0 }, SY_CHANGE_SAME },
		{ { 0.9704, 0.0005, 0, 8, 0, 0 }, SY_CHANGE_FASTER },
		/* So wide that a change could hide. */
		{ { 1.00, 0.9, 0, 8, 0, 0 }, SY_CHANGE_NOISY },
		/* One set only: the interval of pairs. */
		{ { 1.00, 0.01, 0, 1, 0, 0 }, SY_CHANGE_SAME },
		/* Eight pairs cannot be significant among 24 points. */
		{ { 1.10, 0.01, 0, 1, 0, 0 }, SY_CHANGE_NOISY },
		{ { 0.80, 0.01, 0, 1, 0, 0 }, SY_CHANGE_SAME },
		{ { 1.10, 0.01, 0, 2, 0, 0 }, SY_CHANGE_SLOWER },
	};
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(known); i++)
		assert_int_equal(change_of(&known[i].recipe), known[i].change);
}

static void test_verdicts_of_switches(void **state)
{
	static const struct {
		double voluntary, difference;
		enum sy_change change;
	} known[] = {
		{ 1, 0, SY_CHANGE_SAME },
		{ 1, 0.015, SY_CHANGE_SAME },
		{ 1, 0.025, SY_CHANGE_SLOWER },
		{ 1, -0.025, SY_CHANGE_FASTER },
		/* The floor of few switches is that of one, */
		{ 0.001, 0.015, SY_CHANGE_SAME },
		{ 0.001, 0.5, SY_CHANGE_SLOWER },
		/* and of more it is their share. */
		{ 2, 0.035, SY_CHANGE_SAME },
		{ 2, 0.045, SY_CHANGE_SLOWER },
		{ 2, -0.045, SY_CHANGE_FASTER },
	};
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(known); i++) {
		struct recipe recipe = { 1, 0.01, 0, 8, 0, 0 };

		recipe.voluntary = known[i].voluntary;
		recipe.difference = known[i].difference;
		assert_int_equal(change_of(&recipe), known[i].change);
	}
}

/* A gate's figures, and that those of no hand-off have none of switches. */
static void test_gates_and_shown(void **state)
{
	const struct recipe recipe = { 1.1, 0.001, 0, 8, 1, 0.5 };
	struct sy_comparison comparison;
	const struct sy_compared *point;
	const struct sy_finding_gate *gate;

	(void)state;
	compare_first(&comparison, &recipe, 2);
	point = comparison.points;
	gate = &point->gates[SY_GATE_SWITCHES];
	assert_true(gate->there && gate->change == SY_CHANGE_SLOWER);
	assert_true(fabs(gate->ratio.value - 0.5) < 1e-12);
	assert_true(gate->ratio.low == gate->ratio.value);
	assert_true(fabs(point->gates[SY_GATE_TIME].ratio.value - 1.1) < 1e-3);
	assert_true(fabs(point->shown[SY_OLD].ns - 1e4) < 10);
	assert_true(fabs(point->shown[SY_NEW].ns - 1.1e4) < 11);
	assert_true(point->shown[SY_OLD].cpu_ns == 5000);
	assert_true(point->shown[SY_NEW].cpu_ns == 6000);
	assert_true(point->shown[SY_OLD].voluntary == 1);
	assert_true(point->shown[SY_NEW].voluntary == 1.5);
	assert_true(point->shown[SY_OLD].involuntary == 3);
	assert_true(point->shown[SY_NEW].involuntary == 4);
	assert_false(comparison.points[1].gates[SY_GATE_SWITCHES].there);
	sy_comparison_free(&comparison);
}

/* The worst of a point's gates is its change. */
static void test_worst_gate(void **state)
{
	struct recipe recipe = { 0.9, 0.01, 0, 8, 1, 0 };

	(void)state;
	assert_int_equal(change_of(&recipe), SY_CHANGE_FASTER);
	recipe.difference = 0.1;
	assert_int_equal(change_of(&recipe), SY_CHANGE_SLOWER);
	recipe = (struct recipe){ 1, 0.9, 0, 8, 1, -0.1 };
	assert_int_equal(change_of(&recipe), SY_CHANGE_NOISY);
}

/* Workers that differ by 8 %: slices are sure of it, sets are not. */
static void test_interval_is_of_sets(void **state)
{
	struct recipe recipe = { 1, 0.002, 0.08, 6, 0, 0 };
	struct sy_comparison comparison;
	double wide, narrow;

	(void)state;
	compare_first(&comparison, &recipe, 1);
	wide = comparison.points[0].gates[0].ratio.high -
	       comparison.points[0].gates[0].ratio.low;
	sy_comparison_free(&comparison);
	recipe.sets = SY_SETS_LEAST - 1;
	compare_first(&comparison, &recipe, 1);
	narrow = comparison.points[0].gates[0].ratio.high -
	         comparison.points[0].gates[0].ratio.low;
	sy_comparison_free(&comparison);
	assert_true(wide > 2 * narrow);
}

static double chance_of(unsigned sets, size_t points)
{
	const struct recipe recipe = { 1.1, 0.002, 0, sets, 0, 0 };
	struct sy_comparison comparison;
	double p;

	compare_first(&comparison, &recipe, points);
	assert_int_equal(comparison.points[0].change, SY_CHANGE_SLOWER);
	p = comparison.points[0].gates[0].p[0];
	sy_comparison_free(&comparison);
	return p;
}

/* Twelve that agree are 2^-12, whatever their slices are sure of; but not
   where so many gates ask for less: then it is the slices until there are
   sets enough. */
static void test_chance_is_of_sets(void **state)
{
	(void)state;
	assert_true(chance_of(SY_SETS_TESTED - 1, 24) < 1e-6);
	assert_true(chance_of(SY_SETS_TESTED, 24) == 1.0 / 4096);
	assert_true(chance_of(SY_SETS_TESTED + 1, 100) < 1e-6);
	assert_true(chance_of(SY_SETS_TESTED + 2, 100) == 1.0 / 16384);
	assert_int_equal(sy_judge_sets(1, 0.01), SY_SETS_TESTED);
	assert_int_equal(sy_judge_sets(29, 0.01), 14);
}

/* Six sets' outermost estimates, to the bit; they hold the ratio even where
   one set has most of the pairs. */
static void test_interval_holds_the_ratio(void **state)
{
	struct sy_pair pairs[205] = { { .set = 0 } };
	struct sy_finding_gate gate;
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(pairs); i++) {
		pairs[i].operations = 1;
		pairs[i].elapsed_ns[SY_OLD] = 1000;
		pairs[i].elapsed_ns[SY_NEW] = 1100;
	}
	for (i = 0; i < 5; i++) {
		pairs[i].set = 7 + (uint32_t)i;
		pairs[i].elapsed_ns[SY_NEW] = 1000 + i;
	}
	assert_int_equal(sy_judge_time(pairs, 6, &gate), 0);
	assert_true(fabs(gate.ratio.low - 1) < 1e-12);
	assert_true(fabs(gate.ratio.high - 1.1) < 1e-12);
	/* Twelve sets: the interval is within 1.000 .. 1.011, the ratio not. */
	for (i = 0; i < 12; i++) {
		pairs[i].set = 1 + (uint32_t)i;
		pairs[i].elapsed_ns[SY_NEW] = 1000 + i;
	}
	assert_int_equal(sy_judge_time(pairs, LENGTH(pairs), &gate), 0);
	assert_true(fabs(gate.ratio.value - 1.1) < 1e-12);
	assert_true(gate.ratio.high == gate.ratio.value);
	assert_true(gate.ratio.low < 1.01);
}

/* Swapped sides: the reciprocal, to the last bit before it is taken. */
static void test_swap_is_a_mirror(void **state)
{
	static const double factors[] = { 1, 1.02, 1.035, 1.1, 0.9 };
	struct sy_comparison there, back;
	size_t i, j;

	(void)state;
	for (i = 0; i < LENGTH(factors); i++) {
		struct recipe recipe = { factors[i], 0.02, 0.01, 7, 0, 0 };
		const struct sy_finding_gate *a, *b;

		compare_first(&there, &recipe, 5);
		compare_first(&back, &recipe, 5);
		for (j = 0; j < back.points[0].pair_count; j++) {
			struct sy_pair *pair = &back.points[0].pairs[j];
			uint64_t old = pair->elapsed_ns[SY_OLD];

			pair->elapsed_ns[SY_OLD] = pair->elapsed_ns[SY_NEW];
			pair->elapsed_ns[SY_NEW] = old;
		}
		assert_int_equal(sy_judge(&back), 0);
		a = &there.points[0].gates[0];
		b = &back.points[0].gates[0];
		assert_true(a->p[0] == b->p[1] && a->p[1] == b->p[0]);
		assert_true(fabs(a->ratio.value * b->ratio.value - 1) < 1e-12);
		assert_true(fabs(a->ratio.low * b->ratio.high - 1) < 1e-12);
		assert_int_equal(a->change == SY_CHANGE_SLOWER,
		                 b->change == SY_CHANGE_FASTER);
		assert_int_equal(a->change == SY_CHANGE_FASTER,
		                 b->change == SY_CHANGE_SLOWER);
		sy_comparison_free(&there);
		sy_comparison_free(&back);
	}
}

/* The order of pairs, and the numbers of the sets, say nothing. */
static void test_order_says_nothing(void **state)
{
	const struct recipe recipe = { 1.03, 0.02, 0.02, 9, 0, 0 };
	struct sy_comparison comparison;
	struct sy_finding_gate first, other;
	struct sy_compared *point;
	size_t i, count;

	(void)state;
	compare_first(&comparison, &recipe, 1);
	point = comparison.points;
	count = point->pair_count;
	assert_int_equal(sy_judge_time(point->pairs, count, &first), 0);
	for (i = 0; i < count; i++) {
		struct sy_pair kept = point->pairs[i];

		point->pairs[i] = point->pairs[31 * i % count];
		point->pairs[31 * i % count] = kept;
	}
	for (i = 0; i < count; i++)
		point->pairs[i].set = 1000 - point->pairs[i].set;
	assert_int_equal(sy_judge_time(point->pairs, count, &other), 0);
	assert_memory_equal(&first.ratio, &other.ratio, sizeof(first.ratio));
	assert_true(first.p[0] == other.p[0] && first.p[1] == other.p[1]);
	sy_comparison_free(&comparison);
}

/* Eight pairs: 2^-8.  Alone that is under alpha, with two gates it is not. */
static void test_holm_over_all_gates(void **state)
{
	struct recipe recipe = { 1.2, 0.001, 0, 1, 0, 0 };
	struct sy_comparison comparison;

	(void)state;
	compare_first(&comparison, &recipe, 1);
	assert_true(comparison.points[0].gates[0].corrected[0] == 1 / 256.0);
	assert_int_equal(comparison.points[0].change, SY_CHANGE_SLOWER);
	sy_comparison_free(&comparison);
	compare_first(&comparison, &recipe, 3);
	assert_true(comparison.points[0].gates[0].corrected[0] == 3 / 256.0);
	assert_int_equal(comparison.points[0].change, SY_CHANGE_NOISY);
	/* What failed is in no family. */
	comparison.points[1].outcome = SY_OUTCOME_FAILED;
	comparison.points[2].outcome = SY_OUTCOME_ONE_SIDE;
	assert_int_equal(sy_judge(&comparison), 0);
	assert_int_equal(comparison.points[0].change, SY_CHANGE_SLOWER);
	assert_false(comparison.points[1].gates[0].there);
	sy_comparison_free(&comparison);
	/* A hand-off has two gates: of the directions that is more, only the
	   switches' chances are all 1. */
	recipe.voluntary = 1;
	recipe.factor = 1 / 1.2;
	compare_first(&comparison, &recipe, 2);
	assert_true(comparison.points[0].gates[0].corrected[1] == 3 / 256.0);
	sy_comparison_free(&comparison);
}

static void test_few_pairs_are_noisy(void **state)
{
	const struct recipe recipe = { 1, 0.001, 0, 1, 1, 0 };
	struct sy_comparison comparison;
	struct sy_finding_gate gate = { .there = false };
	struct sy_compared *point;

	(void)state;
	compare_first(&comparison, &recipe, 2);
	point = comparison.points;
	assert_int_equal(point->change, SY_CHANGE_SAME);
	for (point->pair_count = SY_PAIRS_LEAST - 1; point->pair_count;
	     point->pair_count--) {
		assert_int_equal(sy_judge(&comparison), 0);
		assert_int_equal(point->change, SY_CHANGE_NOISY);
		assert_int_equal(point->gates[0].change, SY_CHANGE_NOISY);
		assert_int_equal(point->gates[1].change, SY_CHANGE_NOISY);
		assert_true(fabs(point->gates[0].ratio.value - 1) < 0.01);
		assert_int_equal(
			sy_judge_time(point->pairs, point->pair_count, &gate),
			-ENODATA);
	}
	assert_false(gate.there);
	/* None at all: no gate, and no pass. */
	assert_int_equal(sy_judge(&comparison), 0);
	assert_int_equal(point->change, SY_CHANGE_NOISY);
	assert_false(point->gates[0].there);
	point->pair_count = SY_PAIRS_LEAST;
	assert_int_equal(sy_judge(&comparison), 0);
	assert_int_equal(point->change, SY_CHANGE_SAME);
	sy_comparison_free(&comparison);
}

static void test_sentinel(void **state)
{
	const struct recipe recipe = { 1.2, 0.001, 0, 8, 0, 0 };
	struct sy_comparison comparison;
	uint64_t random = 3;

	(void)state;
	compare_first(&comparison, &recipe, 2);
	assert_true(comparison.spread > 0.001 && comparison.spread < 0.03);
	assert_false(comparison.noisy);
	assert_int_equal(comparison.points[0].change, SY_CHANGE_SLOWER);
	add_sentinel(&comparison, 200, 0.2, &random);
	assert_int_equal(sy_judge(&comparison), 0);
	assert_true(comparison.noisy && comparison.spread > 0.05);
	assert_int_equal(comparison.points[0].change, SY_CHANGE_NOISY);
	assert_int_equal(comparison.points[1].change, SY_CHANGE_NOISY);
	assert_int_equal(sy_judge_status(&comparison, false), 3);
	assert_int_equal(sy_judge_status(&comparison, true), 0);
	/* Slices that others share fairly are alike, and long. */
	for (size_t i = 0; i < comparison.sentinel_count; i++)
		for (int side = 0; side < SY_SIDES; side++) {
			comparison.sentinel[i].elapsed_ns[side] = 20000;
			comparison.sentinel[i].cpu_ns[side] = i % 3 ? 12000 : 0;
		}
	assert_int_equal(sy_judge(&comparison), 0);
	assert_true(comparison.spread == 0);
	assert_true(fabs(comparison.away - 0.4) < 1e-12);
	assert_true(comparison.noisy);
	assert_int_equal(comparison.points[0].change, SY_CHANGE_NOISY);
	for (size_t i = 0; i < comparison.sentinel_count; i++)
		comparison.sentinel[i].cpu_ns[SY_OLD] =
			comparison.sentinel[i].cpu_ns[SY_NEW] = 19900;
	assert_int_equal(sy_judge(&comparison), 0);
	assert_false(comparison.noisy);
	assert_int_equal(comparison.points[0].change, SY_CHANGE_SLOWER);
	/* By hand: log 1.1 is away from the middle by as much as it is. */
	comparison.sentinel_count = SY_PAIRS_LEAST;
	for (size_t i = 0; i < SY_PAIRS_LEAST; i++) {
		comparison.sentinel[i].elapsed_ns[SY_OLD] = 1000;
		comparison.sentinel[i].elapsed_ns[SY_NEW] = i < 2   ? 1100
		                                            : i < 4 ? 1000
		                                                    : 900;
	}
	assert_int_equal(sy_judge(&comparison), 0);
	assert_true(fabs(comparison.spread - 1.4826 * log(1.1)) < 1e-12);
	/* A spread of four is no spread. */
	comparison.sentinel_count--;
	assert_int_equal(sy_judge(&comparison), 0);
	assert_true(comparison.spread < 0);
	assert_false(comparison.noisy);
	sy_comparison_free(&comparison);
}

static void test_rule_is_heeded(void **state)
{
	const struct recipe recipe = { 1.045, 0.001, 0, 8, 1, 0.03 };
	struct sy_comparison comparison;
	struct sy_finding_gate *gates;

	(void)state;
	compare_first(&comparison, &recipe, 1);
	gates = comparison.points[0].gates;
	assert_int_equal(gates[SY_GATE_TIME].change, SY_CHANGE_SLOWER);
	comparison.rule.floor = 0.1;
	assert_int_equal(sy_judge_changes(&comparison), 0);
	assert_int_equal(gates[SY_GATE_TIME].change, SY_CHANGE_SAME);
	comparison.rule.same = 0.04;
	assert_int_equal(sy_judge_changes(&comparison), 0);
	assert_int_equal(gates[SY_GATE_TIME].change, SY_CHANGE_NOISY);
	assert_int_equal(gates[SY_GATE_SWITCHES].change, SY_CHANGE_SLOWER);
	comparison.rule.switches = 0.05;
	assert_int_equal(sy_judge_changes(&comparison), 0);
	assert_int_equal(gates[SY_GATE_SWITCHES].change, SY_CHANGE_SAME);
	sy_rule_default(&comparison.rule);
	comparison.rule.alpha = 1e-30;
	assert_int_equal(sy_judge_changes(&comparison), 0);
	assert_int_equal(gates[SY_GATE_TIME].change, SY_CHANGE_SAME);
	comparison.rule.noisy = 1e-9;
	assert_int_equal(sy_judge_changes(&comparison), 0);
	assert_int_equal(gates[SY_GATE_TIME].change, SY_CHANGE_NOISY);
	sy_comparison_free(&comparison);
}

/* What a stored comparison hands over: estimates and chances, no pairs. */
static void test_changes_without_pairs(void **state)
{
	struct sy_comparison comparison;
	struct sy_finding_gate *gate;

	(void)state;
	comparison_open(&comparison, 2);
	comparison.live = false;
	comparison.points[0].outcome = SY_OUTCOME_COMPARED;
	gate = &comparison.points[0].gates[SY_GATE_TIME];
	*gate = (struct sy_finding_gate){ .there = true,
		                          .ratio = { 1.1, 1.05, 1.2 },
		                          .p = { 0.001, 1 } };
	assert_int_equal(sy_judge_changes(&comparison), 0);
	assert_int_equal(comparison.points[0].change, SY_CHANGE_SLOWER);
	/* What was not compared is in no family, whatever it holds. */
	comparison.points[1].outcome = SY_OUTCOME_FAILED;
	comparison.points[1].gates[SY_GATE_TIME] = *gate;
	assert_int_equal(sy_judge_changes(&comparison), 0);
	assert_true(gate->corrected[0] == 0.001);
	/* Significant and over the floor, but the interval holds 1. */
	gate->ratio.low = 0.99;
	assert_int_equal(sy_judge_changes(&comparison), 0);
	assert_int_equal(comparison.points[0].change, SY_CHANGE_NOISY);
	gate->ratio = (struct sy_estimate){ 0.9, 0.8, 1.01 };
	gate->p[0] = 1;
	gate->p[1] = 0.001;
	assert_int_equal(sy_judge_changes(&comparison), 0);
	assert_int_equal(comparison.points[0].change, SY_CHANGE_SAME);
	gate->ratio = (struct sy_estimate){ NAN, NAN, NAN };
	assert_int_equal(sy_judge_changes(&comparison), 0);
	assert_int_equal(comparison.points[0].change, SY_CHANGE_NOISY);
	gate->p[0] = NAN;
	assert_int_equal(sy_judge_changes(&comparison), -EINVAL);
	sy_comparison_free(&comparison);
}

static void test_untold_pairs_are_refused(void **state)
{
	const struct recipe recipe = { 1, 0.01, 0, 8, 0, 0 };
	struct sy_comparison comparison;
	struct sy_pair *pair;

	(void)state;
	compare_first(&comparison, &recipe, 1);
	pair = &comparison.points[0].pairs[3];
	pair->operations = 0;
	assert_int_equal(sy_judge(&comparison), -EINVAL);
	pair->operations = 1;
	pair->elapsed_ns[SY_NEW] = 0;
	assert_int_equal(sy_judge(&comparison), -EINVAL);
	/* Nobody looks at those of a point that failed. */
	comparison.points[0].outcome = SY_OUTCOME_FAILED;
	assert_int_equal(sy_judge(&comparison), 0);
	comparison.sentinel[0].elapsed_ns[SY_OLD] = 0;
	assert_int_equal(sy_judge(&comparison), -EINVAL);
	sy_comparison_free(&comparison);
}

static void test_statuses(void **state)
{
	/* Two points and the interruption; statuses without and with
	   noisy_ok. */
	static const struct {
		enum sy_outcome outcome[2];
		enum sy_change change[2];
		bool interrupted;
		int status, noisy_ok;
	} known[] = {
#define C SY_OUTCOME_COMPARED
		{ { C, C }, { SY_CHANGE_SAME, SY_CHANGE_FASTER }, 0, 0, 0 },
		{ { C, C }, { SY_CHANGE_SAME, SY_CHANGE_SLOWER }, 0, 1, 1 },
		{ { C, C }, { SY_CHANGE_NOISY, SY_CHANGE_SLOWER }, 0, 1, 1 },
		{ { C, C }, { SY_CHANGE_NOISY, SY_CHANGE_SAME }, 0, 3, 0 },
		{ { C, C }, { SY_CHANGE_NOISY, SY_CHANGE_NOISY }, 0, 3, 0 },
		{ { C, C }, { SY_CHANGE_SAME, SY_CHANGE_SLOWER }, 1, 130, 130 },
		{ { C, SY_OUTCOME_FAILED }, { 0 }, 0, 3, 3 },
		{ { C, SY_OUTCOME_PLANNED }, { 0 }, 0, 3, 3 },
		{ { C, SY_OUTCOME_FAILED }, { SY_CHANGE_SLOWER }, 0, 1, 1 },
		{ { C, SY_OUTCOME_WRONG }, { SY_CHANGE_SLOWER }, 0, 5, 5 },
		{ { C, SY_OUTCOME_WRONG }, { 0 }, 1, 130, 130 },
		{ { SY_OUTCOME_FAILED, SY_OUTCOME_WRONG }, { 0 }, 0, 5, 5 },
		/* What is listed changes nothing, but is no comparison. */
		{ { C, SY_OUTCOME_ONE_SIDE }, { 0 }, 0, 0, 0 },
		{ { C, SY_OUTCOME_ABSENT }, { 0 }, 0, 0, 0 },
		{ { SY_OUTCOME_ABSENT, SY_OUTCOME_ONE_SIDE }, { 0 }, 0, 3, 3 },
		{ { SY_OUTCOME_FAILED, SY_OUTCOME_FAILED }, { 0 }, 0, 3, 3 },
#undef C
	};
	struct sy_comparison comparison;
	size_t i, j;

	(void)state;
	comparison_open(&comparison, 2);
	for (i = 0; i < LENGTH(known); i++) {
		comparison.interrupted = known[i].interrupted;
		for (j = 0; j < 2; j++) {
			comparison.points[j].outcome = known[i].outcome[j];
			comparison.points[j].change = known[i].change[j];
		}
		assert_int_equal(sy_judge_status(&comparison, false),
		                 known[i].status);
		assert_int_equal(sy_judge_status(&comparison, true),
		                 known[i].noisy_ok);
	}
	sy_comparison_free(&comparison);
	/* Nothing to compare at all. */
	comparison_open(&comparison, 0);
	assert_int_equal(sy_judge(&comparison), 0);
	assert_int_equal(sy_judge_status(&comparison, true), 3);
	sy_comparison_free(&comparison);
}

static void test_words(void **state)
{
	struct sy_pair pair = { .operations = 4, .elapsed_ns = { 10, 30 } };

	(void)state;
	assert_true(sy_pair_ns(&pair, SY_OLD) == 2.5);
	assert_true(sy_pair_ns(&pair, SY_NEW) == 7.5);
	assert_string_equal(sy_change_word(SY_CHANGE_SLOWER), "SLOWER");
	assert_string_equal(sy_change_word(SY_CHANGE_FASTER), "FASTER");
	assert_string_equal(sy_change_name(SY_CHANGE_SAME), "same");
	assert_string_equal(sy_change_name(SY_CHANGE_NOISY), "noisy");
	assert_string_equal(sy_outcome_name(SY_OUTCOME_ONE_SIDE), "one_side");
	assert_string_equal(sy_outcome_name(SY_OUTCOME_COMPARED), "compared");
	assert_string_equal(sy_side_word(SY_OLD), "OLD");
	assert_string_equal(sy_side_word(SY_NEW), "NEW");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_verdicts),
		cmocka_unit_test(test_verdicts_of_switches),
		cmocka_unit_test(test_gates_and_shown),
		cmocka_unit_test(test_worst_gate),
		cmocka_unit_test(test_interval_is_of_sets),
		cmocka_unit_test(test_chance_is_of_sets),
		cmocka_unit_test(test_interval_holds_the_ratio),
		cmocka_unit_test(test_swap_is_a_mirror),
		cmocka_unit_test(test_order_says_nothing),
		cmocka_unit_test(test_holm_over_all_gates),
		cmocka_unit_test(test_few_pairs_are_noisy),
		cmocka_unit_test(test_sentinel),
		cmocka_unit_test(test_rule_is_heeded),
		cmocka_unit_test(test_changes_without_pairs),
		cmocka_unit_test(test_untold_pairs_are_refused),
		cmocka_unit_test(test_statuses),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
