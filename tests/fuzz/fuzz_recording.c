/* SPDX-License-Identifier: MIT */
/*
 * fuzz_recording.c - what `compare --json` wrote, as a study reads it; what is
 * taken can be judged.
 */
#include "folder.h"

#include "study/regression_parts.h"

/* Two kinds of name, which say two things of what is in the file. */
static const char *const names[] = { "aa-01.json", "extra-05-01.json" };

static void judge(struct sy_comparison *comparison)
{
	fuzz_must(!sy_judge(comparison));
	for (size_t i = 0; i < comparison->count; i++)
		fuzz_must(comparison->points[i].change <= SY_CHANGE_SLOWER);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct sy_recording recording = { .file = "" };
		struct sy_reason reason;
		int folder;

		fuzz_put(names[i], data, size);
		folder = open(fuzz_folder(), O_RDONLY | O_DIRECTORY);
		fuzz_must(folder >= 0);
		if (sy_recording_read(folder, names[i], &recording, &reason)) {
			fuzz_check_reason(&reason);
		} else {
			judge(&recording.comparison);
			sy_recording_free(&recording);
		}
		close(folder);
	}
	return 0;
}
