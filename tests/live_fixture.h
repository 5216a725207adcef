/* SPDX-License-Identifier: MIT */
/*
 * live_fixture.h - comparisons of programs that a test makes up: fakes that
 * are told what to do (fake_worker.c), scripts, and the real one.
 */
#ifndef SY_LIVE_FIXTURE_H
#define SY_LIVE_FIXTURE_H

#include "engine_fixture.h"

#include <sys/eventfd.h>
#include <sys/stat.h>

#include "compare/judge.h"
#include "compare/live.h"

struct compared {
	char folder[64];
	char programs[SY_SIDES][80];
	struct sy_plan plan;
	struct sy_comparison comparison;
	struct sy_live live;
	struct sy_reason reason;
	struct holdings before;
	cpu_set_t affinity;
	size_t told, stop; /* calls of progress; where it says stop, or 0 */
};

static inline int watch(void *data, const struct sy_progress *progress)
{
	struct compared *c = data;

	assert_true(progress->group_name[0]);
	assert_true(progress->group < progress->groups);
	assert_true(progress->set < progress->sets);
	return c->stop && ++c->told >= c->stop;
}

/* A visit a point and no more, of the fewest rounds. */
static inline int begin(void **state)
{
	struct compared *c = calloc(1, sizeof(*c));

	assert_non_null(c);
	make_folder(c->folder);
	for (int i = 0; i < SY_SIDES; i++) {
		snprintf(c->programs[i], sizeof(c->programs[i]), "%s/%s",
		         c->folder, i == SY_OLD ? "old" : "new");
		c->live.programs[i] = c->programs[i];
	}
	sy_plan_init(&c->plan);
	c->plan.slice_ns = 2 * MS;
	c->plan.budget_ns = 1;
	c->live.plan = &c->plan;
	c->live.visit_ns = 1;
	c->live.cancel_fd = -1;
	c->live.progress = watch;
	c->live.data = c;
	sched_getaffinity(0, sizeof(c->affinity), &c->affinity);
	c->before = look();
	*state = c;
	return 0;
}

/* Nothing is left, and the driver runs where it ran before. */
static inline int end(void **state)
{
	struct compared *c = *state;
	cpu_set_t now;

	assert_nothing_left(c->before);
	sched_getaffinity(0, sizeof(now), &now);
	assert_true(CPU_EQUAL(&now, &c->affinity));
	sy_comparison_free(&c->comparison);
	sy_plan_free(&c->plan);
	remove_folder(c->folder);
	free(c);
	return 0;
}

static inline void add(struct compared *c, const char *family, const char *row)
{
	struct sy_request request;

	ask_for(&request, family, row);
	request.inflight = 2;
	request.grain_ns = 20000;
	assert_int_equal(sy_plan_add(&c->plan, &request), 0);
}

static inline void write_file(const char *path, const char *text, mode_t mode)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	assert_int_equal(chmod(path, mode), 0);
}

/* That side's program is the fake, which does as it is told. */
static inline void fake(struct compared *c, enum sy_side side, const char *told)
{
	char path[90];

	assert_int_equal(symlink(SY_FAKE, c->programs[side]), 0);
	snprintf(path, sizeof(path), "%s.conf", c->programs[side]);
	write_file(path, told, 0600);
}

static inline void script(struct compared *c, enum sy_side side,
                          const char *text)
{
	write_file(c->programs[side], text, 0700);
}

static inline int compare(struct compared *c)
{
	sy_comparison_init(&c->comparison);
	assert_int_equal(sy_comparison_reserve(&c->comparison, c->plan.count),
	                 0);
	for (size_t i = 0; i < c->plan.count; i++) {
		c->comparison.points[i].name = strdup(c->plan.points[i].name);
		assert_int_equal(resolve_here(&c->plan.points[i], &c->reason),
		                 0);
	}
	c->reason.text[0] = '\0';
	return sy_compare_live(&c->live, &c->comparison, &c->reason);
}

static inline void assert_compared(struct compared *c)
{
	if (compare(c))
		fail_msg("%s", c->reason.text);
	assert_true(c->comparison.live);
}

/* The point of a model. */
static inline const struct sy_compared *point_of(const struct compared *c,
                                                 const char *model)
{
	for (size_t i = 0; i < c->plan.count; i++)
		if (!strcmp(c->plan.points[i].request.model->name, model))
			return &c->comparison.points[i];
	fail_msg("no point of %s", model);
	return NULL;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

#endif /* SY_LIVE_FIXTURE_H */
