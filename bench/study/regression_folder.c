/* SPDX-License-Identifier: MIT */
/* regression_folder.c - all recordings of a folder, and their names. */
#include "study/regression_parts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NUMBER_MOST 9999

/* Digits and what follows them; NULL where there are none, or too many. */
static const char *read_number(const char *text, unsigned *number)
{
	unsigned value = 0;
	size_t digits = strspn(text, "0123456789");

	if (!digits || digits > 4)
		return NULL;
	for (size_t i = 0; i < digits; i++)
		value = value * 10 + (unsigned)(text[i] - '0');
	*number = value;
	return value > NUMBER_MOST ? NULL : text + digits;
}

/* "aa-"; NULL where the text begins with something else. */
static const char *read_kind(const char *text, enum sy_recorded *kind)
{
	static const char *const begins[] = {
		[SY_RECORDED_SAME] = "aa-",
		[SY_RECORDED_LONG] = "long-",
		[SY_RECORDED_EXTRA] = "extra-",
		[SY_RECORDED_BURNER] = "burner-",
	};

	for (*kind = 0; *kind <= SY_RECORDED_BURNER; ++*kind)
		if (!strncmp(text, begins[*kind], strlen(begins[*kind])))
			return text + strlen(begins[*kind]);
	return NULL;
}

static bool is_percent(unsigned percent)
{
	for (size_t i = 1; i < SY_PERCENTS; i++)
		if (sy_percents[i] == percent)
			return true;
	return false;
}

int sy_recording_name(const char *file, struct sy_recording *recording)
{
	struct sy_recording new = { .kind = 0 };
	const char *at = read_kind(file, &new.kind);

	if (!at || strlen(file) >= sizeof(new.file))
		return -EINVAL;
	if (new.kind == SY_RECORDED_EXTRA) {
		at = read_number(at, &new.percent);
		if (!at || *at != '-' || !is_percent(new.percent))
			return -EINVAL;
		at++;
	}
	at = read_number(at, &new.number);
	if (at && !strncmp(at, ".noisy", 6)) {
		at = read_number(at + 6, &new.aside);
		if (at && !new.aside)
			return -EINVAL;
	}
	if (!at || !new.number || strcmp(at, ".json"))
		return -EINVAL;
	strcpy(new.file, file);
	*recording = new;
	return 0;
}

static int compare_recordings(const void *left, const void *right)
{
	const struct sy_recording *a = left, *b = right;

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->percent != b->percent)
		return a->percent < b->percent ? -1 : 1;
	if (a->number != b->number)
		return a->number < b->number ? -1 : 1;
	return (a->aside > b->aside) - (a->aside < b->aside);
}

static bool is_suite(const struct sy_recording *recording)
{
	return recording->kind != SY_RECORDED_EXTRA;
}

static bool same_points(const struct sy_comparison *a,
                        const struct sy_comparison *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (strcmp(a->points[i].name, b->points[i].name))
			return false;
	return true;
}

/* Shares are of the same things in all of them. */
static int check_alike(const struct sy_recordings *all,
                       struct sy_reason *reason)
{
	for (size_t i = 1; i < all->count; i++) {
		const struct sy_recording *a = &all->items[i - 1];
		const struct sy_recording *b = &all->items[i];

		if (strcmp(a->comparison.machine, b->comparison.machine))
			return sy_reason(reason, -EINVAL,
			                 "%s and %s are of two machines",
			                 a->file, b->file);
		if (is_suite(a) == is_suite(b) &&
		    !same_points(&a->comparison, &b->comparison))
			return sy_reason(reason, -EINVAL,
			                 "%s and %s are of other points",
			                 a->file, b->file);
	}
	return 0;
}

static int add(struct sy_recordings *all, int folder_fd, const char *file,
               struct sy_reason *reason)
{
	struct sy_recording *items =
		reallocarray(all->items, all->count + 1, sizeof(*all->items));
	int error;

	if (!items)
		return sy_reason(reason, -ENOMEM, "no memory");
	all->items = items;
	error = sy_recording_read(folder_fd, file, &items[all->count], reason);
	if (!error)
		all->count++;
	return error;
}

static bool ends_in_json(const char *name)
{
	size_t length = strlen(name);

	return *name != '.' && length > 5 &&
	       !strcmp(name + length - 5, ".json");
}

static int add_all(struct sy_recordings *all, DIR *dir,
                   struct sy_reason *reason)
{
	struct dirent *entry;
	int error = 0;

	while (!error && (errno = 0, entry = readdir(dir)))
		if (ends_in_json(entry->d_name))
			error = add(all, dirfd(dir), entry->d_name, reason);
	if (!error && errno)
		error = sy_reason(reason, -errno, "cannot read the folder: %s",
		                  strerror(errno));
	return error;
}

int sy_recordings_read(const char *folder, struct sy_recordings *recordings,
                       struct sy_reason *reason)
{
	struct sy_recordings all = { NULL, 0 };
	DIR *dir = opendir(folder);
	int error;

	if (!dir)
		return sy_reason(reason, -errno, "cannot read %.200s: %s",
		                 folder, strerror(errno));
	error = add_all(&all, dir, reason);
	closedir(dir);
	if (!error && !all.count)
		error = sy_reason(reason, -ENODATA,
		                  "%.200s has no recordings; "
		                  "scripts/study-regression makes them",
		                  folder);
	if (!error) {
		qsort(all.items, all.count, sizeof(*all.items),
		      compare_recordings);
		error = check_alike(&all, reason);
	}
	if (error)
		sy_recordings_free(&all);
	else
		*recordings = all;
	return error;
}

void sy_recordings_free(struct sy_recordings *recordings)
{
	for (size_t i = 0; i < recordings->count; i++)
		sy_recording_free(&recordings->items[i]);
	free(recordings->items);
}
