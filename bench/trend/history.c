/* SPDX-License-Identifier: MIT */
/*
 * history.c - from run folders to histories; see history.h.
 *
 * Runs are read in the order of their names and put into that of time
 * at the end, so that values carry the run's number and are renumbered.
 */
#include "trend/history.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "trend/history_parts.h"

#define NO_RUN UINT32_MAX

/* Copied as bytes: a pointer to anything is not one to void. */
int sy_trend_room(void *items, size_t count, size_t *room, size_t size)
{
	size_t wanted = *room ? *room * 2 : 8;
	void *array;

	if (count < *room)
		return 0;
	memcpy(&array, items, sizeof(array));
	array = reallocarray(array, wanted, size);
	if (!array)
		return -ENOMEM;
	memcpy(items, &array, sizeof(array));
	*room = wanted;
	return 0;
}

static struct sy_history *find_history(struct sy_trend *trend,
                                       const struct sy_run_told *told)
{
	for (size_t i = 0; i < trend->count; i++) {
		struct sy_history *history = &trend->histories[i];

		if (!strcmp(history->machine_id, told->machine_id) &&
		    !strcmp(history->build_type, told->build_type) &&
		    !strcmp(history->sanitizer, told->sanitizer))
			return history;
	}
	return NULL;
}

/* That of the run, made where it is the first; NULL: no memory. */
static struct sy_history *history_of(struct sy_trend *trend,
                                     struct sy_run_told *told)
{
	struct sy_history *history = find_history(trend, told);
	json_t *index;

	if (history)
		return history;
	index = json_object();
	if (!index || sy_trend_room(&trend->histories, trend->count,
	                            &trend->room, sizeof(*trend->histories))) {
		json_decref(index);
		return NULL;
	}
	history = &trend->histories[trend->count++];
	*history = (struct sy_history){
		.machine_id = told->machine_id,
		.build_type = told->build_type,
		.sanitizer = told->sanitizer,
		.machine = told->machine,
		.index = index,
	};
	told->machine_id = told->build_type = told->sanitizer = NULL;
	told->machine = NULL;
	return history;
}

static struct sy_trend_point *point_of(struct sy_history *history,
                                       const char *name)
{
	const json_t *at = json_object_get(history->index, name);
	struct sy_trend_point *point;

	if (at)
		return &history->points[json_integer_value(at)];
	if (sy_trend_room(&history->points, history->point_count,
	                  &history->point_room, sizeof(*history->points)))
		return NULL;
	point = &history->points[history->point_count];
	*point = (struct sy_trend_point){ .name = strdup(name) };
	if (!point->name)
		return NULL;
	if (json_object_set_new(
		    history->index, name,
		    json_integer((json_int_t)history->point_count))) {
		free(point->name);
		return NULL;
	}
	history->point_count++;
	return point;
}

static int add_value(struct sy_history *history,
                     const struct sy_measured *measured)
{
	struct sy_trend_point *point = point_of(history, measured->name);

	if (!point || sy_trend_room(&point->values, point->count, &point->room,
	                            sizeof(*point->values)))
		return -ENOMEM;
	point->values[point->count++] = (struct sy_trend_value){
		.run = (uint32_t)history->run_count,
		.ns = measured->ns,
	};
	return 0;
}

static int add_run(struct sy_trend *trend, struct sy_run_told *told)
{
	struct sy_history *history = history_of(trend, told);
	int error = 0;

	if (!history ||
	    sy_trend_room(&history->runs, history->run_count,
	                  &history->run_room, sizeof(*history->runs)))
		return -ENOMEM;
	for (size_t i = 0; i < told->count && !error; i++)
		error = add_value(history, &told->measured[i]);
	if (error)
		return error;
	history->runs[history->run_count++] = told->run;
	told->run = (struct sy_trend_run){ 0 };
	return 0;
}

static int skip(struct sy_trend *trend, const char *why)
{
	char *line = strdup(why);

	if (!line ||
	    sy_trend_room(&trend->skipped, trend->skipped_count,
	                  &trend->skipped_room, sizeof(*trend->skipped))) {
		free(line);
		return -ENOMEM;
	}
	trend->skipped[trend->skipped_count++] = line;
	return 0;
}

/* A run that is damaged is skipped; only no memory is an error of all. */
static int take(struct sy_trend *trend, const struct sy_folder *folder,
                const regex_t *filter)
{
	struct sy_run_told told;
	struct sy_reason reason;
	int error;

	if (!folder->has_results) {
		trend->without_results++;
		return 0;
	}
	error = sy_run_told_read(&told, folder->path, filter, &reason);
	if (error)
		return error == -ENOMEM ? error : skip(trend, reason.text);
	error = add_run(trend, &told);
	sy_run_told_free(&told);
	return error;
}

/* ---- in the order of time ---- */

struct place {
	const struct sy_trend_run *run;
	uint32_t number; /* as it was read */
};

static int compare_places(const void *a, const void *b)
{
	const struct sy_trend_run *left = ((const struct place *)a)->run;
	const struct sy_trend_run *right = ((const struct place *)b)->run;

	if (left->at != right->at)
		return left->at < right->at ? -1 : 1;
	if (left->wall_ns != right->wall_ns)
		return left->wall_ns < right->wall_ns ? -1 : 1;
	return strcmp(left->folder, right->folder);
}

/* Two runs do not take the same time to the nanosecond. */
static bool is_copy(const struct sy_trend_run *a, const struct sy_trend_run *b)
{
	return a->wall_ns && a->at == b->at && a->wall_ns == b->wall_ns;
}

static int compare_values(const void *a, const void *b)
{
	const struct sy_trend_value *left = a, *right = b;

	return (left->run > right->run) - (left->run < right->run);
}

static void renumber(struct sy_trend_point *point, const uint32_t *numbers)
{
	size_t kept = 0;

	for (size_t i = 0; i < point->count; i++) {
		struct sy_trend_value value = point->values[i];

		value.run = numbers[value.run];
		if (value.run != NO_RUN)
			point->values[kept++] = value;
	}
	point->count = kept;
	qsort(point->values, kept, sizeof(*point->values), compare_values);
}

/* Moves the runs to their places; copies go.  numbers[] from old to new. */
static void order_runs(struct sy_history *history, struct place *places,
                       struct sy_trend_run *ordered, uint32_t *numbers)
{
	size_t kept = 0;

	for (size_t i = 0; i < history->run_count; i++)
		places[i] = (struct place){ &history->runs[i], (uint32_t)i };
	qsort(places, history->run_count, sizeof(*places), compare_places);
	for (size_t i = 0; i < history->run_count; i++) {
		struct sy_trend_run run = *places[i].run;
		bool copy = kept && is_copy(&ordered[kept - 1], &run);

		numbers[places[i].number] = copy ? NO_RUN : (uint32_t)kept;
		if (copy)
			sy_trend_run_free(&run);
		else
			ordered[kept++] = run;
	}
	memcpy(history->runs, ordered, kept * sizeof(*ordered));
	history->run_count = kept;
}

static int compare_points(const void *a, const void *b)
{
	const struct sy_trend_point *left = a, *right = b;

	return strcmp(left->name, right->name);
}

static int order(struct sy_history *history)
{
	size_t count = history->run_count;
	struct place *places = calloc(count, sizeof(*places));
	struct sy_trend_run *ordered = calloc(count, sizeof(*ordered));
	uint32_t *numbers = calloc(count, sizeof(*numbers));
	int error = places && ordered && numbers ? 0 : -ENOMEM;

	if (!error) {
		order_runs(history, places, ordered, numbers);
		for (size_t i = 0; i < history->point_count; i++)
			renumber(&history->points[i], numbers);
		if (history->point_count)
			qsort(history->points, history->point_count,
			      sizeof(*history->points), compare_points);
	}
	free(places);
	free(ordered);
	free(numbers);
	json_decref(history->index);
	history->index = NULL;
	return error;
}

static int compare_histories(const void *a, const void *b)
{
	const struct sy_history *left = a, *right = b;
	int machines = strcmp(left->machine_id, right->machine_id);
	int builds = strcmp(left->build_type, right->build_type);

	return machines ? machines
	       : builds ? builds
	                : strcmp(left->sanitizer, right->sanitizer);
}

static int read_all(struct sy_trend *trend, const struct sy_folders *folders,
                    const regex_t *filter)
{
	int error = 0;

	for (size_t i = 0; i < folders->count && !error; i++)
		error = take(trend, &folders->items[i], filter);
	for (size_t i = 0; i < trend->count && !error; i++)
		error = order(&trend->histories[i]);
	if (!error && trend->count)
		qsort(trend->histories, trend->count, sizeof(*trend->histories),
		      compare_histories);
	return error;
}

int sy_trend_read(struct sy_trend *trend, const char *dir,
                  const regex_t *filter, struct sy_reason *reason)
{
	struct sy_folders folders = { 0 };
	int error;

	*trend = (struct sy_trend){ 0 };
	error = sy_folders_find(&folders, dir, reason);
	if (!error) {
		error = read_all(trend, &folders, filter);
		if (error)
			sy_reason(reason, error,
			          "no memory for the runs in "
			          "%.300s",
			          dir);
	}
	sy_folders_free(&folders);
	if (!error && !trend->count)
		error = sy_reason(reason, -ENODATA,
		                  "no run with results in %.300s%s", dir,
		                  trend->skipped_count
		                          ? ": what is there is damaged"
		                  : trend->without_results
		                          ? ": none of those there has ended"
		                          : "");
	return error;
}

static void free_history(struct sy_history *history)
{
	for (size_t i = 0; i < history->run_count; i++)
		sy_trend_run_free(&history->runs[i]);
	for (size_t i = 0; i < history->point_count; i++) {
		free(history->points[i].name);
		free(history->points[i].values);
		free(history->points[i].changes);
	}
	free(history->runs);
	free(history->points);
	free(history->machine_id);
	free(history->build_type);
	free(history->sanitizer);
	free(history->machine);
	json_decref(history->index);
}

void sy_trend_free(struct sy_trend *trend)
{
	for (size_t i = 0; i < trend->count; i++)
		free_history(&trend->histories[i]);
	for (size_t i = 0; i < trend->skipped_count; i++)
		free(trend->skipped[i]);
	free(trend->histories);
	free(trend->skipped);
	*trend = (struct sy_trend){ 0 };
}
