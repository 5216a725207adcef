/* SPDX-License-Identifier: MIT */
/*
 * fuzz_stored.c - a run compared with itself, and every form in which that is
 * told.  The corpus is that of results.json.
 */
#include "folder.h"

#include "compare/report.h"
#include "compare/stored.h"

/* As machine.json of the corpus's runs. */
static const char machine[] =
	"{\"id\":\"bab75f24c0e2a63d\",\"build\":{\"type\":\"Release\","
	"\"compiler\":\"GNU 12.2.0\",\"flags\":\"-O2\",\"sanitizer\":null},"
	"\"kernel\":{\"release\":\"6.1\"},\"libraries\":{\"libc\":\"2.36\"}}";

static void tell(const struct sy_comparison *comparison)
{
	FILE *out = fuzz_nowhere();
	json_t *json = sy_comparison_to_json(comparison);

	fuzz_must(json);
	json_decref(json);
	sy_comparison_table(out, comparison);
	sy_comparison_markdown(out, comparison);
	sy_comparison_annotations(out, comparison);
	fclose(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sy_comparison comparison;
	struct sy_reason reason;

	fuzz_put("machine.json", (const uint8_t *)machine, sizeof(machine) - 1);
	fuzz_put("results.json", data, size);
	sy_comparison_init(&comparison);
	if (sy_compare_stored(fuzz_folder(), fuzz_folder(), NULL, false,
	                      &comparison, &reason))
		fuzz_check_reason(&reason);
	else
		tell(&comparison);
	sy_comparison_free(&comparison);
	return 0;
}
