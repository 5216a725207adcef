/* SPDX-License-Identifier: MIT */
/*
 * journal_fixture.h - a journal by hand, line by line, and its session.
 */
#ifndef SY_JOURNAL_FIXTURE_H
#define SY_JOURNAL_FIXTURE_H

#include "engine_fixture.h"

#include <fcntl.h>

#include "engine/protocol.h"
#include "results/journal.h"

#define ID "feedfacecafebeef"
#define SAMPLE                                                                 \
	"\"operations\":10,\"elapsed_ns\":100,\"voluntary\":2,"                \
	"\"involuntary\":1,\"cpu_ns\":90,\"server_ns\":3,\"migrations\":4,"    \
	"\"alone_operations\":10,\"alone_ns\":20,\"pus\":[0,65],"
#define SERIAL "\"cpu/serial/inflight:64/grain_us:100/placement:one-pu\""
#define THREADS "\"cpu/threads/inflight:64/grain_us:100/placement:one-pu\""
#define FUTEX "\"switch/pool.futex/placement:one-pu\""
#define CPU "\"cpu/inflight:64/grain_us:100/placement:one-pu\""
#define SWITCH "\"switch/placement:one-pu\""

/* A run of two sets that was stopped in the first turn of the second. */
static const char *const lines[] = {
	"{\"journal\":{\"schema\":3,\"machine_id\":\"" ID "\"}}",
	"{\"point\":" FUTEX ",\"state\":\"absent\",\"reason\":\"not here\","
	"\"at_ns\":900}",
	"{\"begun\":{\"at_ns\":1000,\"spent_ns\":0}}",
	"{\"calibrated\":{\"at_ns\":1100,\"kernel_round_ns\":2.5}}",
	/* 5: the first turn. */
	"{\"turn\":{\"at_ns\":1200,\"set\":0,\"group\":" CPU
	",\"first\":0,\"end\":2,\"left_ns\":5000}}",
	"{" SAMPLE "\"point\":" SERIAL
	",\"set\":0,\"round\":0,\"at_ns\":1300,\"sized\":11}",
	"{" SAMPLE "\"point\":\"sentinel/b\",\"set\":0,\"round\":0,"
	"\"at_ns\":1500}",
	"{" SAMPLE "\"point\":" SERIAL ",\"set\":0,\"round\":1,\"at_ns\":1700,"
	"\"dropped\":true,\"latencies\":[[7,3]],\"latency_max_ns\":7}",
	"{" SAMPLE "\"point\":" SERIAL ",\"set\":0,\"round\":2,\"at_ns\":1900,"
	"\"latencies\":[[9,3]],\"latency_max_ns\":9}",
	"{\"done\":{\"at_ns\":2100,\"set\":0,\"group\":" CPU
	",\"first\":0,\"end\":2}}",
	/* 11: the second. */
	"{\"turn\":{\"at_ns\":2200,\"set\":1,\"group\":" CPU
	",\"first\":0,\"end\":2,\"left_ns\":5000}}",
	"{\"point\":" THREADS ",\"state\":\"wrong\",\"reason\":\"a sum\","
	"\"at_ns\":2300}",
	"{" SAMPLE "\"point\":" SERIAL ",\"set\":1,\"round\":0,\"at_ns\":2400}",
	"{\"ended\":{\"at_ns\":3000,\"complete\":false}}",
	/* 15: gone on with, on a machine that was started anew. */
	"{\"begun\":{\"at_ns\":10,\"spent_ns\":2000}}",
	"{\"turn\":{\"at_ns\":20,\"set\":2,\"group\":" CPU
	",\"first\":0,\"end\":2,\"left_ns\":4200}}",
	"{" SAMPLE "\"point\":" SERIAL ",\"set\":2,\"round\":0,\"at_ns\":30}",
	"{\"done\":{\"at_ns\":200,\"set\":2,\"group\":" CPU
	",\"first\":0,\"end\":2}}",
	"{\"ended\":{\"at_ns\":300,\"complete\":true}}",
};
#define LINES (sizeof(lines) / sizeof(lines[0]))

static struct sy_plan plan;
static struct sy_session session;
static struct sy_reason reason;
static struct sy_journal journal;
static char folder[64];

static inline void add(const char *family, const char *row)
{
	struct sy_request request;

	ask_for(&request, family, row);
	assert_int_equal(sy_plan_add(&plan, &request), 0);
}

static inline int set_up(void **state)
{
	char path[80];

	(void)state;
	make_folder(folder);
	sy_plan_init(&plan);
	plan.sets = 2;
	add("cpu", "serial");
	add("cpu", "threads");
	add("switch", "pool.futex");
	assert_int_equal(sy_session_init(&session, &plan), 0);
	snprintf(path, sizeof(path), "%s/samples.jsonl", folder);
	journal = (struct sy_journal){
		.fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600),
		.folder = folder,
		.machine_id = ID,
	};
	assert_true(journal.fd >= 0);
	reason.text[0] = '\0';
	return 0;
}

static inline int tear_down(void **state)
{
	(void)state;
	close(journal.fd);
	sy_session_free(&session, &plan);
	sy_plan_free(&plan);
	remove_folder(folder);
	return 0;
}

static inline void put(const char *text, size_t bytes)
{
	assert_int_equal(write(journal.fd, text, bytes), (ssize_t)bytes);
}

static inline void put_line(const char *line)
{
	put(line, strlen(line));
	put("\n", 1);
}

/* The first `count` lines, with `other` for line `changed` (from 1). */
static inline void write_lines(size_t count, size_t changed, const char *other)
{
	for (size_t i = 0; i < count; i++) {
		const char *line = i + 1 == changed ? other : lines[i];

		if (!line)
			continue;
		put_line(line);
	}
}

/* Into a session that is empty again. */
static inline int restore(void)
{
	sy_session_free(&session, &plan);
	assert_int_equal(sy_session_init(&session, &plan), 0);
	return sy_journal_restore(&journal, &plan, &session, &reason);
}

static inline void restore_well(void)
{
	if (restore())
		fail_msg("%s", reason.text);
	if (!journal.torn)
		assert_int_equal(journal.whole_bytes,
		                 lseek(journal.fd, 0, SEEK_END));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif /* SY_JOURNAL_FIXTURE_H */
