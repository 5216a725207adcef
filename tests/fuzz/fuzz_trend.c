/* SPDX-License-Identifier: MIT */
/*
 * fuzz_trend.c - a folder of runs, of which the input is the results of one and
 * the machine of another, as a history and in every form in which that is told.
 * The corpus is that of results.json.
 */
#include "folder.h"

#include "trend/report.h"

/* As machine.json of the corpus's runs. */
static const char machine[] =
	"{\"id\":\"bab75f24c0e2a63d\",\"build\":{\"type\":\"Release\","
	"\"compiler\":\"GNU 12.2.0\",\"flags\":\"-O2\",\"sanitizer\":null,"
	"\"git_commit\":\"4f2c9ab\"},\"kernel\":{\"release\":\"6.1\"},"
	"\"libraries\":{\"libc\":\"2.36\"}}";

static void put(const char *run, const char *name, const uint8_t *data,
                size_t size)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", fuzz_folder(), run);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/%s", run, name);
	fuzz_put(path, data, size);
}

static void put_text(const char *run, const char *name, const char *text)
{
	put(run, name, (const uint8_t *)text, strlen(text));
}

/* A history with a change, so that there is one to be told. */
static void put_past(void)
{
	for (int i = 1; i <= 20; i++) {
		int ns = i > 10 ? 200 + i : 100 + i;
		char run[40], text[400];

		snprintf(run, sizeof(run), "202610%02dT000000Z-past", i);
		snprintf(text, sizeof(text),
		         "{\"schema\":1,\"machine_id\":\"bab75f24c0e2a63d\","
		         "\"wall_ns\":%d,\"context\":{\"date\":"
		         "\"2026-10-%02dT00:00:00+00:00\"},\"points\":"
		         "[{\"name\":\"a\",\"state\":\"measured\","
		         "\"ns_per_op\":{\"value\":%d,\"low\":%d,"
		         "\"high\":%d}}]}",
		         i, i, ns, ns - 1, ns + 1);
		put_text(run, "machine.json", machine);
		put_text(run, "results.json", text);
	}
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

	if (!*fuzz_folder_path)
		put_past();
	put_text("20261123T040506Z-made", "machine.json", machine);
	put("20261123T040506Z-made", "results.json", data, size);
	/* And as what tells of the machine, of a run that is there. */
	put("20261020T000000Z-past", "machine.json", data, size);
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
