/* SPDX-License-Identifier: MIT */
/* figure_load.c - which points a panel of the throughput figure shows. */
#include "figure_load.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static double parameter(const json_t *point, const char *name)
{
	double value;

	if (sy_read_number(json_object_get(point, "params"), name, &value))
		return -1;
	return value;
}

static struct sy_dot_load load_of(const json_t *point)
{
	struct sy_dot_load load = {
		.grain_ns = parameter(point, "grain_ns"),
		.wait_ns = parameter(point, "wait_ns"),
		.reply_bytes = parameter(point, "reply_bytes"),
		.pus = parameter(point, "pu_count"),
		.placement = sy_read_text(json_object_get(point, "params"),
		                          "placement"),
	};

	return load;
}

static int same_load(const struct sy_dot_load *a, const struct sy_dot_load *b)
{
	return a->grain_ns == b->grain_ns && a->wait_ns == b->wait_ns &&
	       a->reply_bytes == b->reply_bytes &&
	       !strcmp(a->placement, b->placement);
}

static int belongs(const json_t *point, const char *family,
                   const struct sy_dot_load *load)
{
	struct sy_dot_load own;

	if (strcmp(sy_read_text(point, "family"), family) ||
	    parameter(point, "inflight") <= 0)
		return 0;
	own = load_of(point);
	return !load || same_load(&own, load);
}

/* Fills the dots of one load, in the order of the results. */
static size_t collect(const json_t *points, const char *family,
                      const struct sy_dot_load *load, struct sy_dot *dots)
{
	size_t i, j, count = 0;
	const json_t *point, *server;
	unsigned models = 0;

	json_array_foreach (points, i, point) {
		struct sy_dot dot = { 0 };

		if (!belongs(point, family, load))
			continue;
		dot.name = sy_read_text(point, "model");
		dot.style = sy_model_style(dot.name);
		dot.state = sy_read_text(point, "state");
		dot.x = parameter(point, "inflight");
		if (!strcmp(dot.state, "measured") &&
		    sy_read_estimate(point, "ops_per_s", &dot.y))
			dot.state = "invalid";
		server = json_object_get(point, "server");
		dot.hollow = json_is_true(json_object_get(server, "limited"));
		for (j = 0; j < count; j++)
			if (!strcmp(dots[j].name, dot.name))
				break;
		dot.order = j < count ? dots[j].order : models++;
		dots[count++] = dot;
	}
	return count;
}

static int compare_numbers(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

/* How well a load fills a panel: values of inflight, then points. */
static double richness(const json_t *points, const char *family,
                       const struct sy_dot_load *load, double *inflight)
{
	size_t i, count = 0, distinct = 0;
	const json_t *point;

	json_array_foreach (points, i, point)
		if (belongs(point, family, load))
			inflight[count++] = parameter(point, "inflight");
	qsort(inflight, count, sizeof(*inflight), compare_numbers);
	for (i = 0; i < count; i++)
		distinct += i == 0 || inflight[i] != inflight[i - 1];
	return (double)distinct * 1e6 + (double)count;
}

static int richest_load(const json_t *points, const char *family,
                        struct sy_dot_load *best)
{
	double *inflight, most = 0;
	const json_t *point;
	size_t i;

	inflight = calloc(json_array_size(points) + 1, sizeof(*inflight));
	if (!inflight)
		return -ENOMEM;
	json_array_foreach (points, i, point) {
		struct sy_dot_load load;
		double rich;

		if (!belongs(point, family, NULL))
			continue;
		load = load_of(point);
		if (most > 0 && same_load(&load, best))
			continue;
		rich = richness(points, family, &load, inflight);
		if (rich > most) {
			most = rich;
			*best = load;
		}
	}
	free(inflight);
	return most > 0 ? 0 : -ENODATA;
}

static void add_effort(struct sy_dots *dots, const json_t *points,
                       const char *family)
{
	const json_t *point;
	size_t i;

	json_array_foreach (points, i, point)
		if (belongs(point, family, &dots->load) &&
		    !strcmp(sy_read_text(point, "state"), "measured"))
			sy_effort_add(&dots->effort, point);
}

int sy_dots_take(struct sy_dots *dots, const json_t *results,
                 const char *family)
{
	const json_t *points = json_object_get(results, "points");
	size_t i, measured = 0;
	int err;

	memset(dots, 0, sizeof(*dots));
	err = richest_load(points, family, &dots->load);
	if (err)
		return err;
	dots->dots = calloc(json_array_size(points), sizeof(*dots->dots));
	if (!dots->dots)
		return -ENOMEM;
	dots->count = collect(points, family, &dots->load, dots->dots);
	dots->count = sy_dots_sort(dots->dots, dots->count);
	add_effort(dots, points, family);
	for (i = 0; i < dots->count; i++)
		measured += dots->dots[i].y.value > 0;
	if (measured)
		return 0;
	sy_dots_free(dots);
	return -ENODATA;
}

void sy_dots_free(struct sy_dots *dots)
{
	free(dots->dots);
	dots->dots = NULL;
	dots->count = 0;
}

void sy_load_describe(const struct sy_dot_load *load, char text[SY_TEXT_BYTES])
{
	char number[64];

	text[0] = '\0';
	if (load->grain_ns > 0) {
		sy_text_duration(load->grain_ns, number, sizeof(number));
		sy_text_add(text, "%s of work", number);
	}
	if (load->wait_ns >= 0) {
		sy_text_duration(load->wait_ns, number, sizeof(number));
		sy_text_add(text, "%s%s wait", *text ? ", " : "",
		            load->wait_ns > 0 ? number : "no");
	}
	if (load->reply_bytes > 0) {
		sy_text_size((uint64_t)load->reply_bytes, number,
		             sizeof(number));
		sy_text_add(text, "%sreplies of %s", *text ? ", " : "", number);
	}
	if (*load->placement)
		sy_text_add(text, "%splacement %s", *text ? ", " : "",
		            load->placement);
}
