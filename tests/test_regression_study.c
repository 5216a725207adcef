/* SPDX-License-Identifier: MIT */
/*
 * test_regression_study.c - the study of the rule, on recordings that are made
 * with slowdowns that are known; and recordings that are none.
 */
#include "engine_fixture.h"

#include <dirent.h>
#include <fcntl.h>
#include <math.h>
#include <sys/stat.h>

#include "compare/report.h"
#include "study/regression_parts.h"

#define VISITS 20
#define ROUNDS 10
#define SECOND UINT64_C(1000000000)
#define OPERATIONS 10000

struct study {
	char folder[64];
	int fd;
	uint64_t random;
};

static int set_up(void **state)
{
	struct study *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	strcpy(s->folder, "/tmp/regression-XXXXXX");
	assert_non_null(mkdtemp(s->folder));
	s->fd = open(s->folder, O_DIRECTORY | O_RDONLY | O_CLOEXEC);
	assert_true(s->fd >= 0);
	s->random = 7;
	*state = s;
	return 0;
}

static int tear_down(void **state)
{
	struct study *s = *state;
	DIR *dir = opendir(s->folder);
	struct dirent *entry;

	assert_non_null(dir);
	while ((entry = readdir(dir)))
		unlinkat(s->fd, entry->d_name, 0);
	closedir(dir);
	close(s->fd);
	assert_int_equal(rmdir(s->folder), 0);
	free(s);
	return 0;
}

/* Recordings that are made. */

/* Around 1, the spread a few thousandths. */
static double jitter(struct study *s)
{
	double sum = 0;

	for (int i = 0; i < 4; i++)
		sum += (double)sy_random_below(&s->random, 1000) - 499.5;
	return 1 + sum * 5e-6;
}

struct made {
	const char *file;
	size_t points;
	double slower;    /* what NEW takes, as a factor */
	unsigned percent; /* that NEW performed beside what was asked */
	double drift;     /* of the whole machine */
	bool noisy;
};

static struct sy_pair make_pair(struct study *s, const struct made *made,
                                uint32_t set, uint32_t round, uint64_t at_ns)
{
	double base_ns = 1e7 * made->drift;

	return (struct sy_pair){
		.set = set,
		.round = round,
		.new_first = round % 2,
		.at_ns = at_ns,
		.operations = OPERATIONS,
		.performed = { OPERATIONS,
		               OPERATIONS + OPERATIONS / 100 * made->percent },
		.elapsed_ns = { (uint64_t)(base_ns * jitter(s)),
		                (uint64_t)(base_ns * made->slower *
		                           jitter(s)) },
		.voluntary = { OPERATIONS, OPERATIONS },
	};
}

static void add(struct sy_pair **pairs, size_t *count, size_t *room,
                struct sy_pair pair)
{
	assert_int_equal(sy_pair_add(pairs, count, room, &pair), 0);
}

/* Passes over the points, a visit of each: 400 ms with what is around it, so
   that twenty of them are the 8 s of a point at 4 s a side. */
static void fill(struct study *s, struct sy_comparison *c,
                 const struct made *made)
{
	uint64_t now_ns = SECOND;

	for (uint32_t set = 0; set < VISITS; set++)
		for (size_t i = 0; i < c->count; i++) {
			struct sy_compared *p = &c->points[i];

			for (uint32_t round = 0; round < ROUNDS; round++)
				add(&p->pairs, &p->pair_count, &p->pair_room,
				    make_pair(s, made, set, round,
				              now_ns + 22000000 * round));
			p->sets = set + 1;
			now_ns += 400000000;
		}
	c->wall_ns = now_ns;
}

static void fill_sentinel(struct study *s, struct sy_comparison *c, bool noisy)
{
	for (uint32_t i = 0; i < 40; i++) {
		const struct made same = {
			.drift = 1,
			.slower = noisy && i % 2 ? 1.2 : 1,
		};

		add(&c->sentinel, &c->sentinel_count, &c->sentinel_room,
		    make_pair(s, &same, 0, i, SECOND * i));
	}
}

static json_t *make(struct study *s, const struct made *made)
{
	struct sy_comparison c;
	json_t *json;

	sy_comparison_init(&c);
	assert_int_equal(sy_comparison_reserve(&c, made->points), 0);
	c.count = made->points;
	c.live = true;
	c.budget_ns = 8 * SECOND * made->points;
	c.machine = strdup("a made machine");
	for (size_t i = 0; i < c.count; i++) {
		char name[64];

		snprintf(name, sizeof(name), "cpu/made/inflight:%zu", i + 1);
		c.points[i].name = strdup(name);
		c.points[i].outcome = SY_OUTCOME_COMPARED;
	}
	fill(s, &c, made);
	fill_sentinel(s, &c, made->noisy);
	assert_int_equal(sy_judge(&c), 0);
	assert_int_equal(c.noisy, made->noisy);
	json = sy_comparison_to_json(&c);
	assert_non_null(json);
	sy_comparison_free(&c);
	return json;
}

static void write_text(struct study *s, const char *file, const char *text,
                       size_t bytes)
{
	int fd = openat(s->fd, file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
	                0600);

	assert_int_equal(write(fd, text, bytes), bytes);
	close(fd);
}

/* Takes the JSON. */
static void write_json(struct study *s, const char *file, json_t *json)
{
	char *text = json_dumps(json, JSON_COMPACT);

	write_text(s, file, text, strlen(text));
	free(text);
	json_decref(json);
}

static void write_made(struct study *s, struct made made)
{
	if (made.drift == 0)
		made.drift = 1;
	if (made.slower == 0)
		made.slower = 1 + made.percent / 100.0;
	write_json(s, made.file, make(s, &made));
}

static struct sy_tallied *tally(struct study *s, bool noisy)
{
	struct sy_recordings recordings;
	struct sy_tallied *tallied = calloc(1, sizeof(*tallied));
	struct sy_reason reason;

	assert_non_null(tallied);
	if (sy_recordings_read(s->folder, &recordings, &reason))
		fail_msg("%s", reason.text);
	assert_int_equal(sy_regression_tally(&recordings, noisy, tallied), 0);
	sy_recordings_free(&recordings);
	return tallied;
}

static void done(struct sy_tallied *tallied)
{
	sy_tallied_free(tallied);
	free(tallied);
}

static void assert_share(const struct sy_share *share, size_t found,
                         size_t tried)
{
	if (share->found != found || share->tried != tried)
		fail_msg("%zu of %zu, and not %zu of %zu", share->found,
		         share->tried, found, tried);
}

/* What is found. */

static void test_a_known_slowdown_is_found(void **state)
{
	struct study *s = *state;
	struct sy_tallied *t;
	double median;

	write_made(s, (struct made){ .file = "extra-05-01.json",
	                             .points = 5,
	                             .percent = 5 });
	write_made(s, (struct made){ .file = "extra-02-01.json",
	                             .points = 5,
	                             .percent = 2 });
	write_made(s, (struct made){ .file = "aa-01.json", .points = 6 });
	t = tally(s, false);
	/* 8 s a point are one window of 4 s a side, or two, or four. */
	for (int l = 0; l < SY_LENGTHS; l++) {
		size_t windows = 4u >> l;

		assert_share(&t->benchmarks[SY_RULE_OURS][l][2], 5 * windows,
		             5 * windows);
		assert_share(&t->benchmarks[SY_RULE_OURS][l][1], 0,
		             5 * windows);
		assert_share(&t->benchmarks[SY_RULE_OURS][l][0], 0,
		             6 * windows);
		assert_share(&t->suites[SY_RULE_OURS][l], 0, windows);
		assert_share(&t->points[3][l][2], windows, windows);
		assert_int_equal(t->all_ratios[l][2].count, 5 * windows);
		/* Two per cent that are sure are no slowdown that matters,
		   but those that know no floor call it one. */
		assert_share(&t->benchmarks[SY_RULE_SIGNED_RANK][l][1],
		             5 * windows, 5 * windows);
		assert_share(&t->benchmarks[SY_RULE_MANN_WHITNEY][l][2],
		             5 * windows, 5 * windows);
		assert_share(&t->benchmarks[SY_RULE_LEAST][l][2], 5 * windows,
		             5 * windows);
		assert_share(&t->benchmarks[SY_RULE_LEAST][l][1], 0,
		             5 * windows);
	}
	assert_int_equal(t->name_count, 5);
	assert_int_equal(sy_median(t->all_ratios[2][2].values, 5, &median), 0);
	assert_true(fabs(median - 1.05) < 0.002);
	assert_int_equal(t->walls.count, 1);
	assert_int_equal(t->note_bytes, 0);
	done(t);
}

/* Half of the repeats were slower by what was performed and half were not, so
   half is found. */
static void test_a_share_is_of_all_that_was_tried(void **state)
{
	struct study *s = *state;
	struct sy_tallied *t;

	for (int i = 1; i <= 4; i++) {
		char file[32];

		snprintf(file, sizeof(file), "extra-10-%02d.json", i);
		write_made(s, (struct made){ .file = file,
		                             .points = 2,
		                             .percent = 10,
		                             .slower = i % 2 ? 1.1 : 1.01 });
	}
	t = tally(s, false);
	assert_share(&t->benchmarks[SY_RULE_OURS][1][3], 8, 16);
	assert_share(&t->benchmarks[SY_RULE_OURS][2][3], 4, 8);
	assert_share(&t->points[1][2][3], 2, 4);
	done(t);
}

/* A false alarm is one of its benchmark, of its suite, and is named. */
static void test_a_false_alarm_is_counted_and_named(void **state)
{
	struct study *s = *state;
	struct sy_tallied *t;

	write_made(s, (struct made){ .file = "aa-01.json", .points = 3 });
	write_made(s, (struct made){ .file = "aa-02.json",
	                             .points = 3,
	                             .slower = 1.04 });
	t = tally(s, false);
	assert_share(&t->benchmarks[SY_RULE_OURS][2][0], 3, 6);
	assert_share(&t->suites[SY_RULE_OURS][2], 1, 2);
	assert_share(&t->suites[SY_RULE_OURS][1], 2, 4);
	assert_share(&t->suites[SY_RULE_STOPPED][1], 2, 4);
	assert_share(&t->suites[SY_RULE_SIGNED_RANK][2], 1, 2);
	assert_non_null(strstr(t->notes, "aa-02.json"));
	assert_null(strstr(t->notes, "aa-01.json"));
	done(t);
}

/* What drifts from one recording to the next misleads what was stored, and
   nothing that is interleaved. */
static void test_drift_misleads_what_is_stored(void **state)
{
	struct study *s = *state;
	struct sy_tallied *t;

	write_made(s, (struct made){ .file = "aa-01.json", .points = 4 });
	write_made(s, (struct made){ .file = "aa-02.json",
	                             .points = 4,
	                             .drift = 1.1 });
	write_made(s, (struct made){ .file = "aa-03.json",
	                             .points = 4,
	                             .drift = 1.1 });
	t = tally(s, false);
	/* The first has nothing before it. */
	assert_share(&t->benchmarks[SY_RULE_STORED_MEANS][2][0], 4, 8);
	assert_share(&t->suites[SY_RULE_STORED_MEANS][2], 1, 2);
	assert_true(t->benchmarks[SY_RULE_STORED_RANKS][2][0].found >= 4);
	assert_int_equal(t->benchmarks[SY_RULE_STORED_RANKS][2][0].tried, 8);
	assert_share(&t->suites[SY_RULE_OURS][2], 0, 3);
	done(t);
}

/* The stop takes pairs away and none of the answers. */
static void test_a_narrow_interval_stops(void **state)
{
	struct study *s = *state;
	struct sy_tallied *t;

	write_made(s, (struct made){ .file = "aa-01.json", .points = 2 });
	t = tally(s, false);
	assert_int_equal(t->kept[2].count, 2);
	assert_true(t->kept[2].values[0] < 0.6);
	assert_true(t->kept[2].values[0] >= 8.0 / VISITS);
	assert_share(&t->suites[SY_RULE_STOPPED][2], 0, 1);
	done(t);
}

static void test_noisy_recordings_are_apart(void **state)
{
	struct study *s = *state;
	struct sy_tallied *t;
	struct sy_recordings recordings;
	struct sy_reason reason;

	write_made(s, (struct made){ .file = "aa-01.json", .points = 2 });
	write_made(s, (struct made){ .file = "aa-02.json",
	                             .points = 2,
	                             .slower = 1.1,
	                             .noisy = true });
	write_made(s, (struct made){ .file = "aa-01.noisy1.json",
	                             .points = 2,
	                             .slower = 1.1,
	                             .noisy = true });
	write_made(s, (struct made){ .file = "burner-01.json",
	                             .points = 2,
	                             .slower = 1.1,
	                             .noisy = true });
	t = tally(s, false);
	assert_share(&t->suites[SY_RULE_OURS][2], 0, 1);
	done(t);
	t = tally(s, true);
	assert_share(&t->suites[SY_RULE_OURS][2], 2, 2);
	done(t);
	assert_int_equal(sy_recordings_read(s->folder, &recordings, &reason),
	                 0);
	assert_int_equal(recordings.count, 4);
	assert_string_equal(recordings.items[1].file, "aa-01.noisy1.json");
	assert_int_equal(recordings.items[1].aside, 1);
	sy_recordings_free(&recordings);
}

/* The report. */

static char *verdicts(struct study *s)
{
	struct sy_recordings recordings;
	struct sy_reason reason;
	struct sy_tallied *quiet = tally(s, false), *noisy = tally(s, true);
	struct sy_regression_report report = { &recordings, quiet, noisy };
	char *text = NULL;
	size_t bytes;
	FILE *out = open_memstream(&text, &bytes);

	assert_int_equal(sy_recordings_read(s->folder, &recordings, &reason),
	                 0);
	sy_regression_markdown(out, &report);
	sy_regression_tsv(out, &report);
	assert_int_equal(fclose(out), 0);
	sy_recordings_free(&recordings);
	done(quiet);
	done(noisy);
	return text;
}

static void assert_told(const char *text, const char *line)
{
	if (!strstr(text, line))
		fail_msg("not there: %s\nbut: %s", line, text);
}

static void test_what_was_not_recorded_is_not_reached(void **state)
{
	struct study *s = *state;
	char *text;

	write_made(s, (struct made){ .file = "extra-05-01.json",
	                             .points = 2,
	                             .percent = 5 });
	text = verdicts(s);
	assert_told(text, "5 % found at least 99 % at 4 s a side: reached (2 "
	                  "of 2, 100.0 %");
	assert_told(text, "10 % found at least 99 % at 2 s a side: **not "
	                  "reached** (not recorded)");
	assert_told(text, "at 2 s a side: **not reached** (not recorded)");
	assert_told(text, "every PU: **not reached** (not recorded)");
	assert_told(text, "192 s at 4 s a side: **not reached** (not "
	                  "recorded)");
	free(text);
}

static void test_figures_are_reached_or_not(void **state)
{
	struct study *s = *state;
	char *text;

	write_made(s, (struct made){ .file = "burner-01.json",
	                             .points = 1,
	                             .noisy = true });
	write_made(s, (struct made){ .file = "long-01.json", .points = 1 });
	for (int i = 1; i <= 29; i++) {
		char file[32];

		snprintf(file, sizeof(file), "aa-%02d.json", i);
		write_made(s, (struct made){ .file = file, .points = 1 });
	}
	text = verdicts(s);
	assert_told(text, "every PU: reached (spread ");
	assert_told(text, "192 s at 4 s a side: reached (9.0 s)");
	/* Each is two suites of 2 s a side. */
	assert_told(text, "the same at 2 s a side: reached (0 of 60, 0.0 %, "
	                  "interval 0.0 to 6.0 %)");
	free(text);
	write_made(s, (struct made){ .file = "aa-30.json",
	                             .points = 1,
	                             .slower = 1.1 });
	text = verdicts(s);
	assert_told(text, "the same at 2 s a side: **not reached** (2 of 62");
	free(text);
}

/* Against scipy 1.10.1: beta.ppf(.025, k, n-k+1), beta.ppf(.975, k+1, n-k). */
static void assert_bounds(size_t found, size_t tried, double low, double high)
{
	const struct sy_share share = { tried, found };
	struct sy_estimate e;

	sy_share_bounds(&share, &e);
	assert_true(fabs(e.low - low) < 1e-7);
	assert_true(fabs(e.high - high) < 1e-7);
	assert_true(tried ? e.value == (double)found / (double)tried
	                  : isnan(e.value));
}

static void test_bounds_of_shares_are_exact(void **state)
{
	(void)state;
	assert_bounds(0, 30, 0, 0.11570331);
	assert_bounds(1, 30, 0.00084357, 0.17216946);
	assert_bounds(15, 30, 0.31297029, 0.68702971);
	assert_bounds(30, 30, 0.88429669, 1);
	assert_bounds(0, 720, 0, 0.00511034);
	assert_bounds(37, 400, 0.06596594, 0.12524331);
	assert_bounds(399, 400, 0.98615023, 0.99993671);
	assert_bounds(0, 1, 0, 0.975);
	assert_bounds(0, 0, 0, 1);
}

/* Against scipy 1.10.1: mannwhitneyu(second, first, method='asymptotic'). */
static void assert_ranks(const double *first, size_t first_count,
                         const double *second, size_t second_count, double p,
                         bool larger)
{
	double found;
	bool is_larger;

	assert_int_equal(sy_mann_whitney(first, first_count, second,
	                                 second_count, &found, &is_larger),
	                 0);
	assert_true(fabs(found - p) < 1e-9);
	assert_int_equal(is_larger, larger);
}

static void test_ranks_are_as_elsewhere(void **state)
{
	const double a[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 };
	const double b[] = {
		3.5, 4.5, 5.5, 6.5, 7.5, 8.5, 9.5, 10.5, 11.5, 12.5
	};
	const double c[] = { 1, 2, 2, 3, 3, 3, 4 }, d[] = { 2, 3, 4, 4, 5 };
	double p;
	bool larger;

	(void)state;
	assert_ranks(a, 10, b, 10, 0.1041098897, true);
	assert_ranks(b, 10, a, 10, 0.1041098897, false);
	assert_ranks(c, 7, d, 5, 0.1538683947, true);
	assert_ranks(a + 4, 3, a, 4, 0.0518299272, false);
	assert_ranks(a, 2, a, 2, 1, false);
	assert_int_equal(sy_mann_whitney(a, 0, b, 1, &p, &larger), -EINVAL);
}

/* Windows. */

static void test_windows_are_whole_visits_that_fit(void **state)
{
	struct study *s = *state;
	struct sy_recording r;
	struct sy_reason reason;
	struct sy_windows windows;

	write_made(s, (struct made){ .file = "aa-01.json", .points = 3 });
	assert_int_equal(sy_recording_read(s->fd, "aa-01.json", &r, &reason),
	                 0);
	/* 8 s a point, as the budget was: all of it. */
	assert_int_equal(sy_windows_cut(&r.comparison, 8 * SECOND, &windows),
	                 0);
	assert_int_equal(windows.count, 3);
	assert_int_equal(windows.items[1].count, VISITS * ROUNDS);
	free(windows.items);
	/* Nine visits of 0.4 s are 3.6 s, ten a little less than 4 s. */
	assert_int_equal(
		sy_windows_cut(&r.comparison, 37 * SECOND / 10, &windows), 0);
	assert_int_equal(windows.count, 6);
	for (size_t i = 0; i < windows.count; i++) {
		const struct sy_window *w = &windows.items[i];

		assert_int_equal(w->count, 9 * ROUNDS);
		assert_int_equal(w->nth, i % 2);
		assert_int_equal(w->point, i / 2);
		assert_in_range(w->wall_ns, 34 * SECOND / 10, 37 * SECOND / 10);
		assert_int_equal(w->pairs[0].set, 9 * (i % 2));
	}
	assert_ptr_equal(sy_window_find(&windows, 2, 1), &windows.items[5]);
	assert_null(sy_window_find(&windows, 2, 2));
	assert_null(sy_window_find(&windows, 3, 0));
	free(windows.items);
	/* What is too short for three quarters of a window is none. */
	assert_int_equal(sy_windows_cut(&r.comparison, 20 * SECOND, &windows),
	                 0);
	assert_int_equal(windows.count, 0);
	free(windows.items);
	sy_recording_free(&r);
}

/* What is no recording. */

static void test_names_say_what_was_done(void **state)
{
	static const char *const wrong[] = {
		"aa-.json",
		"aa-00.json",
		"aa-1",
		"ab-01.json",
		"aa-01.json.part",
		"extra-01.json",
		"extra-03-01.json",
		"extra-05-.json",
		"extra-00-01.json",
		"aa-01.noisy.json",
		"aa-01.noisy0.json",
		"aa-12345.json",
		"aa--1.json",
		"",
	};
	struct sy_recording r;

	(void)state;
	assert_int_equal(sy_recording_name("extra-10-07.noisy2.json", &r), 0);
	assert_int_equal(r.kind, SY_RECORDED_EXTRA);
	assert_int_equal(r.percent, 10);
	assert_int_equal(r.number, 7);
	assert_int_equal(r.aside, 2);
	assert_int_equal(sy_recording_name("long-01.json", &r), 0);
	assert_int_equal(r.kind, SY_RECORDED_LONG);
	assert_int_equal(r.aside, 0);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		assert_int_equal(sy_recording_name(wrong[i], &r), -EINVAL);
}

/* One line, with the file and this. */
static void assert_refused(struct study *s, const char *file, const char *why)
{
	struct sy_recordings recordings;
	struct sy_reason reason = { "" };
	int error = sy_recordings_read(s->folder, &recordings, &reason);

	if (error != -EINVAL && error != -EISDIR)
		fail_msg("%s: %d, not refused", why, error);
	assert_told(reason.text, why);
	assert_told(reason.text, file);
	assert_null(strchr(reason.text, '\n'));
}

static void test_broken_files_are_refused(void **state)
{
	struct study *s = *state;
	struct made made = {
		.file = "aa-01.json", .points = 1, .slower = 1, .drift = 1
	};
	json_t *json = make(s, &made);
	char *text = json_dumps(json, 0);
	size_t bytes = strlen(text);

	json_decref(json);
	write_text(s, made.file, text, bytes / 2);
	assert_refused(s, made.file, "line 1, column");
	write_text(s, made.file, "", 0);
	assert_refused(s, made.file, "line 1, column");
	write_text(s, made.file, "[]", 2);
	assert_refused(s, made.file, "no comparison of schema 1");
	memcpy(text, "{\"live\":1,\"live\":1,", 19);
	write_text(s, made.file, text, bytes);
	assert_refused(s, made.file, "line 1, column");
	free(text);
	assert_int_equal(unlinkat(s->fd, made.file, 0), 0);
	assert_int_equal(mkdirat(s->fd, made.file, 0700), 0);
	assert_refused(s, made.file, "cannot read");
	assert_int_equal(unlinkat(s->fd, made.file, AT_REMOVEDIR), 0);
	write_text(s, "notes.json", "{}", 2);
	assert_refused(s, "notes.json", "no recording's name");
}

/* A pair's column set to a value, JSON. */
static void with_column(struct study *s, size_t row, size_t column,
                        const char *value, const char *why)
{
	struct made made = {
		.file = "aa-01.json", .points = 1, .slower = 1, .drift = 1
	};
	json_t *json = make(s, &made);
	json_t *pairs = json_object_get(
		json_array_get(json_object_get(json, "points"), 0), "pairs");
	json_t *pair = json_array_get(pairs, row);

	assert_true(column < json_array_size(pair));
	json_array_set_new(pair, column,
	                   json_loads(value, JSON_DECODE_ANY, NULL));
	write_json(s, made.file, json);
	assert_refused(s, made.file, why);
}

static void test_pairs_that_make_no_sense_are_refused(void **state)
{
	struct study *s = *state;
	const char *why = "pair 3 of cpu/made/inflight:1 makes no sense";

	for (size_t column = 0; column < 15; column++) {
		if (column != 2)
			with_column(s, 3, column, "true", why);
		with_column(s, 3, column, "-1", why);
		with_column(s, 3, column, "1.5", why);
		with_column(s, 3, column, "null", why);
		with_column(s, 3, column, "\"1\"", why);
	}
	with_column(s, 3, 4, "0", why);     /* operations */
	with_column(s, 3, 5, "9999", why);  /* fewer than were asked for */
	with_column(s, 3, 6, "20001", why); /* more than twice */
	with_column(s, 3, 7, "0", why);     /* no time */
	with_column(s, 3, 1, "2", why);     /* a round again */
	with_column(s, 13, 0, "0", "pair 13 of"); /* back to an earlier set */
	with_column(s, 3, 3, "7", why);           /* back in time */
}

/* What was performed is what the name says: a file that was renamed, a
   variable that was not heeded. */
static void test_what_was_performed_proves_the_slowdown(void **state)
{
	struct study *s = *state;

	write_made(s, (struct made){ .file = "extra-05-01.json",
	                             .points = 1,
	                             .slower = 1.05 });
	assert_refused(s, "extra-05-01.json", "NEW 1.0000 times");
	write_made(s, (struct made){ .file = "extra-05-01.json",
	                             .points = 1,
	                             .percent = 10 });
	assert_refused(s, "extra-05-01.json", "NEW 1.1000 times");
	assert_int_equal(unlinkat(s->fd, "extra-05-01.json", 0), 0);
	write_made(s, (struct made){ .file = "aa-01.json",
	                             .points = 1,
	                             .percent = 5 });
	assert_refused(s, "aa-01.json", "NEW 1.0500 times");
}

/* `key` of the recording set to a value, JSON; NULL: taken away. */
static void with_key(struct study *s, const char *key, const char *value,
                     const char *why)
{
	struct made made = {
		.file = "aa-01.json", .points = 2, .slower = 1, .drift = 1
	};
	json_t *json = make(s, &made);

	assert_non_null(json_object_get(json, key));
	if (value)
		json_object_set_new(json, key,
		                    json_loads(value, JSON_DECODE_ANY, NULL));
	else
		json_object_del(json, key);
	write_json(s, made.file, json);
	assert_refused(s, made.file, why);
}

static void test_what_is_missing_or_wrong_is_refused(void **state)
{
	struct study *s = *state;

	with_key(s, "schema", "2", "no comparison of schema 1");
	with_key(s, "schema", "0", "no comparison of schema 1");
	with_key(s, "schema", NULL, "no comparison of schema 1");
	with_key(s, "pair_columns", "[\"set\"]", "no comparison of schema 1");
	with_key(s, "live", "false", "not a live comparison");
	with_key(s, "interrupted", "true", "went to its end");
	with_key(s, "machine", "null", "no seed, machine");
	with_key(s, "wall_ns", "-1", "no seed, machine or time");
	with_key(s, "budget_ns", NULL, "no seed, machine or time");
	with_key(s, "sentinel", "{}", "no spread");
	with_key(s, "sentinel",
	         "{\"spread\": null, \"noisy\": false, \"pairs\": []}",
	         "no spread");
	with_key(s, "sentinel", "{\"spread\": 0.01, \"noisy\": false}",
	         "the sentinel has no pairs");
	with_key(s, "points", "[]", "it has no points");
	with_key(s, "points", "[{}]", "point 0 makes no sense");
	with_key(s, "points",
	         "[{\"name\": \"a\", \"handoff\": false, \"outcome\": "
	         "\"compared\", \"pairs\": []}]",
	         "a has no pairs");
	with_key(s, "points",
	         "[{\"name\": \"a\", \"handoff\": false, \"outcome\": "
	         "\"absent\", \"pairs\": []}, {\"name\": \"a\", "
	         "\"handoff\": false, \"outcome\": \"absent\", \"pairs\": "
	         "[]}]",
	         "point 1 makes no sense");
}

static void test_recordings_of_other_things_are_refused(void **state)
{
	struct study *s = *state;
	struct made made = {
		.file = "aa-02.json", .points = 2, .slower = 1, .drift = 1
	};
	json_t *json;

	write_made(s, (struct made){ .file = "aa-01.json", .points = 3 });
	write_made(s, made);
	assert_refused(s, "aa-02.json", "of other points");
	write_made(s, (struct made){ .file = "aa-01.json", .points = 2 });
	json = make(s, &made);
	json_object_set_new(json, "machine", json_string("another one"));
	write_json(s, made.file, json);
	assert_refused(s, "aa-02.json", "of two machines");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define HERE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
		HERE(test_a_known_slowdown_is_found),
		HERE(test_a_share_is_of_all_that_was_tried),
		HERE(test_a_false_alarm_is_counted_and_named),
		HERE(test_drift_misleads_what_is_stored),
		HERE(test_a_narrow_interval_stops),
		HERE(test_noisy_recordings_are_apart),
		HERE(test_what_was_not_recorded_is_not_reached),
		HERE(test_figures_are_reached_or_not),
		HERE(test_bounds_of_shares_are_exact),
		HERE(test_ranks_are_as_elsewhere),
		HERE(test_windows_are_whole_visits_that_fit),
		HERE(test_names_say_what_was_done),
		HERE(test_broken_files_are_refused),
		HERE(test_pairs_that_make_no_sense_are_refused),
		HERE(test_what_was_performed_proves_the_slowdown),
		HERE(test_what_is_missing_or_wrong_is_refused),
		HERE(test_recordings_of_other_things_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
