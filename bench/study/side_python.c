/* SPDX-License-Identifier: MIT */
/*
 * side_python.c - one of the tutorial's originals as a side of a race: a
 * program of scripts/python-originals that is asked for operations and answers
 * with the nanoseconds that they took.  originals.py there says how.
 */
#include "study/race.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/units.h"

#define WARMUP_PART 32
#define TRIALS_MAX 40
#define TRIES 3
#define GROWTH_MAX 10
/* Its words: program, what, and an address. */
#define WORDS_MAX 4

/* "lock.py alone" becomes the command; an address takes the place of "URL". */
static int start_program(struct sy_side *side, const struct sy_track *track,
                         struct sy_reason *reason)
{
	char path[4096], text[200];
	char *argv[8 + WORDS_MAX] = {
		(char *)track->python, "-B", "-E", "-s", path, "--serve"
	};
	size_t used = 6;
	char *word;

	snprintf(text, sizeof(text), "%s", side->what);
	word = strtok(text, " ");
	snprintf(side->program, sizeof(side->program), "%s", word);
	if (snprintf(path, sizeof(path), "%s/%s", track->originals, word) >=
	    (int)sizeof(path))
		return sy_reason(reason, -ENAMETOOLONG, "%s: too long a path",
		                 track->originals);
	while ((word = strtok(NULL, " ")) && used < 6 + WORDS_MAX)
		argv[used++] = strcmp(word, "URL") ? word : (char *)track->url;
	return sy_child_start(&side->child, side->program, argv, reason);
}

static int python_start(struct sy_side *side, const struct sy_track *track,
                        struct sy_reason *reason)
{
	if (access(track->python, X_OK))
		return sy_reason(reason, -ENOTSUP,
		                 "%s is not here (Debian: python3)",
		                 track->python);
	return start_program(side, track, reason);
}

/* The answer, where it is a complaint of the program's. */
static int take_complaint(const struct sy_side *side, const char *answer,
                          struct sy_reason *reason)
{
	if (!strncmp(answer, "absent ", 7))
		return sy_reason(reason, -ENOTSUP, "%s", answer + 7);
	if (!strncmp(answer, "error ", 6))
		return sy_reason(reason, -EIO, "%s: %s", side->program,
		                 answer + 6);
	return sy_reason(reason, -EPROTO, "%s answered nonsense: '%.80s'",
	                 side->program, answer);
}

static int read_ready(struct sy_side *side, const struct sy_track *track,
                      const char *answer, struct sy_reason *reason)
{
	unsigned long long portion;
	int pu, end = 0;

	if (sscanf(answer, "ready %12llu %9d%n", &portion, &pu, &end) != 2 ||
	    answer[end] || !portion)
		return take_complaint(side, answer, reason);
	if (pu != track->where.pus[0])
		return sy_reason(reason, -ENODEV, "%s runs on PU %d, not %d",
		                 side->program, pu, track->where.pus[0]);
	side->portion = portion;
	return 0;
}

static int python_ready(struct sy_side *side, const struct sy_track *track,
                        struct sy_reason *reason)
{
	char answer[SY_ANSWER_BYTES];
	int error = sy_child_ask(&side->child, NULL, track->hooks.cancel_fd,
	                         track->limit_ms, answer, reason);

	return error ? error : read_ready(side, track, answer, reason);
}

static int run(struct sy_side *side, const struct sy_track *track,
               uint64_t operations, uint64_t *elapsed_ns,
               struct sy_reason *reason)
{
	char line[32], answer[SY_ANSWER_BYTES];
	int error;

	snprintf(line, sizeof(line), "%llu\n", (unsigned long long)operations);
	error = sy_child_ask(&side->child, line, track->hooks.cancel_fd,
	                     track->limit_ms, answer, reason);
	if (error)
		return error;
	if (sy_parse_count(answer, elapsed_ns) || !*elapsed_ns ||
	    *elapsed_ns > SY_NUMBER_MOST)
		return take_complaint(side, answer, reason);
	return 0;
}

/* A multiple of the portion, one at least. */
static uint64_t portions(const struct sy_side *side, double operations)
{
	uint64_t count = (uint64_t)(operations / (double)side->portion);

	return (count ? count : 1) * side->portion;
}

/* The shortest of a few: others may be given the PU in the midst of one. */
static int try_size(struct sy_side *side, const struct sy_track *track,
                    uint64_t operations, uint64_t *elapsed_ns,
                    struct sy_reason *reason)
{
	uint64_t shortest_ns = UINT64_MAX;

	for (unsigned i = 0; i < TRIES; i++) {
		int error = run(side, track, operations, elapsed_ns, reason);

		if (error)
			return error;
		if (*elapsed_ns < shortest_ns)
			shortest_ns = *elapsed_ns;
	}
	*elapsed_ns = shortest_ns;
	return 0;
}

static int python_size(struct sy_side *side, const struct sy_track *track,
                       struct sy_reason *reason)
{
	double target_ns = (double)side->slice_ns, growth = 1;
	uint64_t operations = side->portion, elapsed_ns;

	for (unsigned i = 0; i < TRIALS_MAX; i++) {
		int error =
			try_size(side, track, operations, &elapsed_ns, reason);

		if (error)
			return error;
		growth = target_ns / (double)elapsed_ns;
		if (growth < 2)
			break;
		operations =
			portions(side, (double)operations *
		                               (growth > GROWTH_MAX ? GROWTH_MAX
		                                                    : growth));
	}
	side->operations = portions(side, (double)operations * growth);
	return 0;
}

static int python_slice(struct sy_side *side, const struct sy_track *track,
                        struct sy_slice *slice, struct sy_reason *reason)
{
	uint64_t warmup = side->operations / WARMUP_PART, ignored;
	int error = 0;

	warmup -= warmup % side->portion;
	slice->operations = slice->performed = side->operations;
	if (warmup)
		error = run(side, track, warmup, &ignored, reason);
	if (!error)
		error = run(side, track, side->operations, &slice->elapsed_ns,
		            reason);
	return error;
}

static void python_stop(struct sy_side *side, int error)
{
	sy_child_end(&side->child, error ? 0 : SY_QUIT_MS);
}

const struct sy_side_kind sy_side_python = {
	.name = "python",
	.bound = true,
	.start = python_start,
	.ready = python_ready,
	.size = python_size,
	.slice = python_slice,
	.stop = python_stop,
};
