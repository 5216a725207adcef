/* SPDX-License-Identifier: MIT */
/* test_trend_figure.c - what stands in a trend's figure, and where. */
#include "figure_fixture.h"
#include "trend_fixture.h"

#include "trend/figure.h"
#include "trend/figure_parts.h"

static void add_change(struct sy_trend_point *point, size_t at, double before,
                       double after)
{
	point->changes = realloc(point->changes, (point->change_count +
	                                          1) * sizeof(*point->changes));
	assert_non_null(point->changes);
	point->changes[point->change_count++] = (struct sy_trend_change){
		.at = at,
		.p = 0.001,
		.before = before,
		.after = after,
	};
}

/* Words of one flag against the words and the line of another. */
static void assert_apart(const struct sy_flag *a, const struct sy_flag *b)
{
	/* The line of b begins at the foot and ends at its own words. */
	if (b->x >= a->x && b->x < a->x + a->width && b->lane >= a->lane)
		fail_msg("%s at %.0f in lane %u is crossed by %s at %.0f in %u",
		         a->what, a->x, a->lane, b->what, b->x, b->lane);
	if (a->lane == b->lane && a->x < b->x + b->width &&
	    b->x < a->x + a->width)
		fail_msg("%s and %s overlap", a->what, b->what);
}

static void test_no_words_cover_others_or_a_line(void **state)
{
	uint64_t random = 1;

	(void)state;
	for (int round = 0; round < 300; round++) {
		size_t runs = 20 + (size_t)sy_random_below(&random, 300);
		struct sy_history *history = made_history(runs, 1);
		struct sy_trend_point *point = &history->points[0];
		struct sy_flags flags;
		double level = 100;

		for (size_t i = 0; i < runs; i++)
			add_value(point, 100);
		for (size_t at = 3; at + 3 <= runs;
		     at += 3 + (size_t)sy_random_below(&random, 20)) {
			double next = level * (at % 2 ? 1.5 : 0.6);

			add_change(point, at, level, next);
			level = next;
		}
		sy_flags_take(&flags, history, point);
		assert_true(flags.count <= SY_FLAGS_MAX);
		assert_int_equal(flags.count + flags.unnamed,
		                 point->change_count);
		for (size_t i = 0; i < flags.count; i++)
			flags.items[i].x =
				76 + flags.items[i].at * 592 / (double)runs;
		sy_flags_place(&flags);
		for (size_t i = 0; i < flags.count; i++) {
			assert_true(flags.items[i].x + flags.items[i].width <
			            SY_CANVAS_WIDTH);
			for (size_t k = 0; k < flags.count; k++)
				if (i != k)
					assert_apart(&flags.items[i],
					             &flags.items[k]);
		}
		free_made(history);
	}
}

static void name_point(struct sy_history *history, const char *name)
{
	free(history->points[0].name);
	history->points[0].name = strdup(name);
}

static void test_title_is_the_verdict(void **state)
{
	struct sy_history *history = made_history(20, 1);
	struct sy_trend_point *point = &history->points[0];
	char title[SY_TEXT_BYTES];

	(void)state;
	for (size_t i = 0; i < 20; i++)
		add_value(point, i < 10 ? 100 : 113);
	assert_false(sy_trend_title(history, point, title));
	assert_string_equal(title, "cpu/0: no change of level");
	add_change(point, 10, 100, 113.2);
	assert_false(sy_trend_title(history, point, title));
	assert_string_equal(title, "cpu/0: slower by 13 % since 000000a");
	history->runs[10].dirty = true;
	point->changes[0].after = 95.5;
	sy_trend_title(history, point, title);
	assert_string_equal(title, "cpu/0: faster by 4.5 % since 000000a+");
	point->changes[0].after = 250;
	sy_trend_title(history, point, title);
	assert_string_equal(title, "cpu/0: 2.5 times as long since 000000a+");
	name_point(history, "a/very/long/name/of/a/point/with/more/parameters/"
	                    "than/any/title/has/room/for/inflight:64");
	assert_true(sy_trend_title(history, point, title));
	assert_non_null(strstr(title, "…: 2.5 times as long"));
	name_point(history, "a\nb\xe2\x80\xae");
	sy_trend_title(history, point, title);
	assert_non_null(strstr(title, "a\\nb\\u{202e}: "));
	free_made(history);
}

static void test_data_hold_runs_levels_and_changes(void **state)
{
	const struct folder *folder = *state;
	struct sy_history *history = made_history(20, 1);
	struct sy_trend_point *point = &history->points[0];
	char name[SY_TREND_FIGURE], file[64];

	for (size_t i = 0; i < 20; i++)
		add_value(point, i < 10 ? 100 : 120);
	point->values[5].ns = (struct sy_estimate){ 9000, 8000, 10000 };
	add_change(point, 10, 100, 120);
	name_point(history, "a\"b`id`\\{x}_");
	assert_int_equal(sy_trend_figure_write(history, point, folder->fd), 0);
	sy_trend_figure_name(history, point, name);
	assert_int_equal(strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_"),
	                 strlen(name));
	snprintf(file, sizeof(file), "%s.dat", name);
	assert_holds(folder, file, "\n0 3 100 99 101 11\n", 1);
	assert_holds(folder, file, "\n3 5 ", 1);
	assert_holds(folder, file, "\n1 0 100 -0.45 9.45 11\n", 1);
	assert_holds(folder, file, "\n1 0 120 9.55 19.45 11\n", 1);
	assert_holds(folder, file, "\n2 9.5 ", 1);
	snprintf(file, sizeof(file), "%s_text.dat", name);
	assert_holds(folder, file, "+20.0 %  000000a", 1);
	assert_holds(folder, file, "1 run beyond the scale", 1);
	assert_holds(folder, file, "120 ns", 1);
	/* The name has no quote that would end the text, no markup. */
	assert_holds(folder, file, "a\"b", 0);
	assert_holds(folder, file, "\\\\\\\\{x\\\\\\\\}\\\\\\\\_", 1);
	free_made(history);
}

static void test_flat_and_tiny_histories_have_a_scale(void **state)
{
	const struct folder *folder = *state;

	for (size_t runs = 1; runs <= 3; runs++) {
		struct sy_history *history = made_history(3, 1);

		for (size_t i = 0; i < runs; i++)
			history->points[0].values[history->points[0].count++] =
				(struct sy_trend_value){ (uint32_t)i,
				                         { 5, 5, 5 } };
		assert_int_equal(sy_trend_figure_write(history,
		                                       &history->points[0],
		                                       folder->fd),
		                 0);
		free_made(history);
	}
}

static void test_figures_are_chosen_and_not_too_many(void **state)
{
	struct sy_history *history = made_history(20, 40);
	struct sy_trend trend = { .histories = history, .count = 1 };
	size_t chosen, left;

	(void)state;
	for (size_t i = 0; i < 40; i++)
		for (size_t k = 0; k < 20; k++)
			add_value(&history->points[i], 100);
	add_change(&history->points[39], 10, 100, 110);
	add_change(&history->points[38], 10, 100, 101);
	assert_int_equal(sy_trend_choose(&trend, false, &chosen, &left), 0);
	assert_int_equal(chosen, 1);
	assert_int_equal(left, 0);
	assert_true(history->points[39].drawn);
	assert_int_equal(sy_trend_choose(&trend, true, &chosen, &left), 0);
	assert_int_equal(chosen, SY_TREND_FIGURES);
	assert_int_equal(left, 40 - SY_TREND_FIGURES);
	free_made(history);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_words_cover_others_or_a_line),
		cmocka_unit_test(test_title_is_the_verdict),
		IN_FOLDER(test_data_hold_runs_levels_and_changes),
		IN_FOLDER(test_flat_and_tiny_histories_have_a_scale),
		cmocka_unit_test(test_figures_are_chosen_and_not_too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
