/* SPDX-License-Identifier: MIT */
/*
 * played_fixture.h - the driver with workers that are scripts: they answer at
 * once and tell what they are to.
 */
#ifndef SY_PLAYED_FIXTURE_H
#define SY_PLAYED_FIXTURE_H

#include "measure_fixture.h"

#include <sys/stat.h>

/*
 * A slice of 100 operations takes 2 ms, as it should; `special` are lines of a
 * shell that may set `elapsed` and `sized` or answer otherwise, where `model`,
 * `request` (open, size, slice) and `slices` (so far) say when.
 */
static inline void play(const char *folder, const char *special)
{
	char path[80];
	FILE *file;

	snprintf(path, sizeof(path), "%s/worker", folder);
	file = fopen(path, "we");
	assert_non_null(file);
	fprintf(file,
	        "#!/bin/bash\n"
	        "say() { printf '%%s\\n' \"$1\" >&3; }\n"
	        "say '{\"hello\":{\"protocol\":2}}'\n"
	        "slices=0 sized=100\n"
	        "while read -r line <&3; do\n"
	        "elapsed=2000000 request=${line:2:5}\n"
	        "request=${request%%%%\\\"*}\n"
	        "if [[ $request == open ]]; then\n"
	        "  model=${line#*\\\"model\\\":\\\"}\n"
	        "  model=${model%%%%\\\"*}\n"
	        "fi\n"
	        "%s\n"
	        "case $request in\n"
	        "open) say '{\"ready\":{}}' ;;\n"
	        "size) say '{\"sized\":'$sized'}' ;;\n"
	        "slice)\n"
	        "  ((++slices))\n"
	        "  say '{\"sample\":{\"operations\":100,\"pus\":[],"
	        "\"elapsed_ns\":'$elapsed'}}'\n"
	        "  ;;\n"
	        "*) exit 0 ;;\n"
	        "esac\n"
	        "done\n",
	        special);
	fclose(file);
	assert_int_equal(chmod(path, 0700), 0);
}

/* Carries out the plan of `drive` with such workers. */
static inline void carry_out(struct drive *drive, const char *special,
                             const char *absent)
{
	char folder[64], program[80];

	make_folder(folder);
	play(folder, special);
	snprintf(program, sizeof(program), "%s/worker", folder);
	drive->hooks.program = program;
	if (measure(drive, absent))
		fail_msg("%s", drive->reason.text);
	remove_folder(folder);
}

#endif /* SY_PLAYED_FIXTURE_H */
