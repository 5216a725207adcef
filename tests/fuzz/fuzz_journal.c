/* SPDX-License-Identifier: MIT */
/*
 * fuzz_journal.c - samples.jsonl: restored into the session that wrote it, and
 * exported slice by slice.
 *
 * A journal that can be restored can be summed up, whatever its numbers are.
 */
#include "folder.h"

#include <sys/mman.h>

#include "results/export_parts.h"
#include "results/journal.h"
#include "results/summary.h"

#define ID "feedfacecafebeef"

/* As the corpus has it: tasks, tasks that look for something, and hand-offs. */
static const struct {
	const char *model, *family, *mechanism, *workload;
} rows[] = {
	{ "serial", NULL, NULL, "cpu" },
	{ "threads", NULL, NULL, "cpu" },
	{ "threads", NULL, "none", "lock" },
	{ "pool", "switch", "futex", NULL },
	{ "threads", "idle", "parked", NULL },
};

static void add(struct sy_plan *plan, size_t i)
{
	struct sy_request request;
	struct sy_reason reason;

	sy_request_default(&request);
	if (sy_request_names(&request, rows[i].model, rows[i].family,
	                     rows[i].mechanism, rows[i].workload, &reason)) {
		fprintf(stderr, "%s\n", reason.text);
		abort();
	}
	if (request.mechanism && request.mechanism->family == SY_IDLE)
		request.contexts = 10;
	fuzz_must(!sy_plan_add(plan, &request));
}

static void make_plan(struct sy_plan *plan)
{
	sy_plan_init(plan);
	plan->sets = 2;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		add(plan, i);
	fuzz_must(!sy_plan_arrange(plan));
}

static void sum_up(const struct sy_plan *plan, struct sy_session *session)
{
	json_t *machine = json_pack("{ss}", "summary", "a machine");
	json_t *summary = sy_summary(plan, session, machine, ID);

	fuzz_must(summary);
	json_decref(summary);
	json_decref(machine);
}

static void restore(const struct sy_plan *plan, const uint8_t *data,
                    size_t size)
{
	struct sy_journal journal = { .folder = "run", .machine_id = ID };
	struct sy_session session;
	struct sy_reason reason;

	journal.fd = memfd_create("journal", MFD_CLOEXEC);
	fuzz_must(journal.fd >= 0);
	fuzz_must(write(journal.fd, data, size) == (ssize_t)size);
	fuzz_must(!sy_session_init(&session, plan));
	if (sy_journal_restore(&journal, plan, &session, &reason)) {
		fuzz_check_reason(&reason);
	} else {
		fuzz_must(journal.whole_bytes <= (off_t)size);
		sum_up(plan, &session);
	}
	sy_session_free(&session, plan);
	close(journal.fd);
}

static void export(const uint8_t *data, size_t size)
{
	FILE *out = fuzz_nowhere();
	struct sy_reason reason;
	size_t cut_line;

	fuzz_put("samples.jsonl", data, size);
	if (sy_export_samples(out, &sy_export_csv, fuzz_folder(), &cut_line,
	                      &reason))
		fuzz_check_reason(&reason);
	fclose(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sy_plan plan;

	make_plan(&plan);
	restore(&plan, data, size);
	export(data, size);
	sy_plan_free(&plan);
	return 0;
}
