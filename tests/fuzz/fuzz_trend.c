/* SPDX-License-Identifier: MIT */
/*
 * fuzz_trend.c - a folder of runs, one of which is the input, as a history and
 * in every form in which that is told.  The corpus is that of results.json.
 */
#include "folder.h"

#include "trend/report.h"

/* As machine.json of the corpus's runs. */
static const char machine[] =
	"{\"id\":\"bab75f24c0e2a63d\",\"build\":{\"type\":\"Release\","
	"\"compiler\":\"GNU 12.2.0\",\"flags\":\"-O2\",\"sanitizer\":null,"
	"\"git_commit\":\"4f2c9ab\"},\"kernel\":{\"release\":\"6.1\"},"
	"\"libraries\":{\"libc\":\"2.36\"}}";

static const char run[] = "20261123T040506Z-made";

static void put(const char *name, const uint8_t *data, size_t size)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/%s", fuzz_folder(), run);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/%s", run, name);
	fuzz_put(path, data, size);
}

static void tell(const struct sy_trend *trend)
{
	struct sy_trend_report report = { .trend = trend, .dir = "runs" };
	FILE *out = fuzz_nowhere();
	json_t *json = sy_trend_to_json(&report);

	fuzz_must(json);
	json_decref(json);
	fuzz_must(!sy_trend_table(out, &report));
	fuzz_must(!sy_trend_markdown(out, &report));
	fclose(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sy_reason reason;
	struct sy_trend trend;

	put("machine.json", (const uint8_t *)machine, sizeof(machine) - 1);
	put("results.json", data, size);
	if (sy_trend_read(&trend, fuzz_folder(), NULL, &reason)) {
		fuzz_check_reason(&reason);
	} else {
		for (size_t i = 0; i < trend.count; i++)
			fuzz_must(!sy_trend_find(&trend.histories[i], 1));
		tell(&trend);
	}
	sy_trend_free(&trend);
	return 0;
}
