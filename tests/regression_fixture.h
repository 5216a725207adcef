/* SPDX-License-Identifier: MIT */
/*
 * regression_fixture.h - recordings for the study of the rule, made with a
 * slowdown that is known, in a folder of the test's own.
 */
#ifndef SY_REGRESSION_FIXTURE_H
#define SY_REGRESSION_FIXTURE_H

#include "engine_fixture.h"

#include <dirent.h>
#include <fcntl.h>
#include <math.h>
#include <sys/stat.h>

#include "compare/report.h"
#include "study/regression_parts.h"

#define VISITS 20
#define ROUNDS 6
#define SECOND UINT64_C(1000000000)
#define OPERATIONS 10000

struct study {
	char folder[64];
	int fd;
	uint64_t random;
};

static inline int set_up(void **state)
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

static inline int tear_down(void **state)
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
static inline double jitter(struct study *s)
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

static inline struct sy_pair make_pair(struct study *s, const struct made *made,
                                       uint32_t set, uint32_t round,
                                       uint64_t at_ns)
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

static inline void add(struct sy_pair **pairs, size_t *count, size_t *room,
                       struct sy_pair pair)
{
	assert_int_equal(sy_pair_add(pairs, count, room, &pair), 0);
}

/* Passes over the points, a visit of each: 395 ms with what is around it, so
   that twenty of them fit in the 8 s of a point at 4 s a side. */
static inline void fill(struct study *s, struct sy_comparison *c,
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
			now_ns += 395000000;
		}
	c->wall_ns = now_ns;
}

static inline void fill_sentinel(struct study *s, struct sy_comparison *c,
                                 bool noisy)
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

static inline json_t *make(struct study *s, const struct made *made)
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

static inline void write_text(struct study *s, const char *file,
                              const char *text, size_t bytes)
{
	int fd = openat(s->fd, file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
	                0600);

	assert_int_equal(write(fd, text, bytes), bytes);
	close(fd);
}

/* Takes the JSON. */
static inline void write_json(struct study *s, const char *file, json_t *json)
{
	char *text = json_dumps(json, JSON_COMPACT);

	write_text(s, file, text, strlen(text));
	free(text);
	json_decref(json);
}

static inline void write_made(struct study *s, struct made made)
{
	if (made.drift == 0)
		made.drift = 1;
	if (made.slower == 0)
		made.slower = 1 + made.percent / 100.0;
	write_json(s, made.file, make(s, &made));
}

static inline void assert_told(const char *text, const char *line)
{
	if (!strstr(text, line))
		fail_msg("not there: %s\nbut: %s", line, text);
}

#endif /* SY_REGRESSION_FIXTURE_H */
