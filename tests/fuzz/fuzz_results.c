/* SPDX-License-Identifier: MIT */
/*
 * fuzz_results.c - results.json as every export has it, and the terminal's
 * tables of one that can be exported.
 */
#include "folder.h"

#include "cli/cli.h"
#include "results/export.h"

/* The tables complain of memory only. */
int sy_complain(int status, const char *format, ...)
{
	(void)format;
	abort();
	return status;
}

/* What is written for tools must be read by them. */
static void check_json(const char *text, size_t bytes)
{
	json_t *json = json_loadb(text, bytes, JSON_REJECT_DUPLICATES, NULL);

	fuzz_must(json);
	json_decref(json);
}

static int export(const struct sy_export_format *format)
{
	struct sy_reason reason;
	char *text = NULL;
	size_t bytes;
	FILE *out = open_memstream(&text, &bytes);
	int error;

	fuzz_must(out);
	error = sy_export_run(out, format, fuzz_folder(), &reason);
	fuzz_must(!fclose(out));
	if (error)
		fuzz_check_reason(&reason);
	else if (!strcmp(format->name, "gbench"))
		check_json(text, bytes);
	fuzz_must(!error || !bytes);
	free(text);
	return error;
}

static void show(const uint8_t *data, size_t size)
{
	json_t *json = fuzz_json(data, size);
	FILE *out = fuzz_nowhere();

	sy_report(out, json, json_object_get(json, "machine"));
	fclose(out);
	json_decref(json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int refused = 0;

	fuzz_put("results.json", data, size);
	for (size_t i = 0; sy_export_format(i); i++)
		refused |= export(sy_export_format(i));
	if (!refused)
		show(data, size);
	return 0;
}
