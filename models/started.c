/* SPDX-License-Identifier: MIT */
/* started.c - see started.h: scopes, threads and names. */
#include "started_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "futex.h"
#include "model.h"

struct sy_scope {
	struct sy_started *last; /* started */
};

static int check_name(const char *name)
{
	size_t length = strlen(name);

	return length && length < SY_START_NAME_BYTES ? 0 : -EINVAL;
}

void sy_started_run(struct sy_started *started, struct sy_report *report)
{
	if (started->name[0])
		prctl(PR_SET_NAME, started->name);
	report->id = gettid();
	atomic_store(&report->told, 1);
	sy_futex_wake(&report->told, 1);
	report->result = started->start.function(started->start.data);
	atomic_store(&report->returned, true);
}

static void let_go(struct sy_started *started)
{
	if (atomic_fetch_sub(&started->references, 1) == 1)
		free(started);
}

/* However the thread ends.  Who joins may be rid of the handle soon after it
   was told, so that the thread has a reference of its own. */
static void end_thread(void *data)
{
	struct sy_started *started = data;

	atomic_store(&started->report.ended, 1);
	sy_futex_wake_local(&started->report.ended, UINT32_MAX);
	let_go(started);
}

static void *thread_main(void *data)
{
	struct sy_started *started = data;

	pthread_cleanup_push(end_thread, started);
	sy_started_run(started, &started->report);
	pthread_cleanup_pop(1);
	return NULL;
}

static int start_thread(struct sy_started *started)
{
	int err;

	atomic_store(&started->references, 2);
	err = -pthread_create(&started->thread, NULL, thread_main, started);
	if (err)
		return err;
	while (!atomic_load(&started->report.told))
		sy_futex_wait(&started->report.told, 0, NULL);
	return 0;
}

/* The word first, as no thread can be waited for with a time limit that all
   sanitizers know of; what is left of the thread then is brief. */
static int join_thread(struct sy_started *started, uint64_t by_ns)
{
	_Atomic uint32_t *ended = &started->report.ended;
	struct timespec left;
	uint64_t now_ns;

	if (gettid() == started->report.id)
		return -EDEADLK;
	while (!atomic_load(ended)) {
		if (!by_ns) {
			sy_futex_wait_local(ended, 0);
			continue;
		}
		now_ns = sy_clock_ns();
		if (now_ns >= by_ns)
			return -ETIMEDOUT;
		left.tv_sec = (time_t)((by_ns - now_ns) / 1000000000);
		left.tv_nsec = (long)((by_ns - now_ns) % 1000000000);
		syscall(SYS_futex, ended, FUTEX_WAIT_PRIVATE, 0, &left, NULL,
		        0);
	}
	return -pthread_join(started->thread, NULL);
}

int sy_started_join_by(struct sy_started *started, uint64_t by_ns, int *result)
{
	int err = 0;

	if (!started->joined)
		err = started->start.kind == SY_START_THREAD
		              ? join_thread(started, by_ns)
		              : sy_started_reap(started, by_ns);
	if (err)
		return err;
	started->joined = true;
	if (!atomic_load(&started->report.returned))
		return -ECHILD;
	if (result)
		*result = started->report.result;
	return 0;
}

int sy_started_join(struct sy_started *started, int *result)
{
	return sy_started_join_by(started, 0, result);
}

bool sy_started_alive(struct sy_started *started)
{
	if (started->joined)
		return false;
	if (started->start.kind == SY_START_PROCESS)
		return sy_started_process_alive(started);
	return !atomic_load(&started->report.ended);
}

pid_t sy_started_id(const struct sy_started *started)
{
	return started->report.id;
}

static void comm_path(const struct sy_started *started, char path[64])
{
	snprintf(path, 64,
	         started->start.kind == SY_START_THREAD
	                 ? "/proc/self/task/%d/comm"
	                 : "/proc/%d/comm",
	         (int)started->report.id);
}

int sy_started_name(const struct sy_started *started,
                    char name[SY_START_NAME_BYTES])
{
	char path[64], line[SY_START_NAME_BYTES + 1];
	FILE *file;
	char *got;

	if (started->joined)
		return -ESRCH; /* another may have its id by now */
	comm_path(started, path);
	file = fopen(path, "re");
	if (!file)
		return errno == ENOENT ? -ESRCH : -errno;
	got = fgets(line, sizeof(line), file);
	fclose(file);
	if (!got)
		return -ESRCH;
	line[strcspn(line, "\n")] = '\0';
	memcpy(name, line, SY_START_NAME_BYTES);
	return 0;
}

int sy_started_rename(struct sy_started *started, const char *name)
{
	int err = check_name(name);

	if (err)
		return err;
	if (started->start.kind == SY_START_PROCESS)
		return -EPERM;
	if (!sy_started_alive(started))
		return -ESRCH;
	err = -pthread_setname_np(started->thread, name);
	return err == -ENOENT ? -ESRCH : err;
}

int sy_own_rename(const char *name)
{
	int err = check_name(name);

	return !err && prctl(PR_SET_NAME, name) ? -errno : err;
}

int sy_start(struct sy_scope *scope, const struct sy_start *start,
             struct sy_started **started_out)
{
	struct sy_started *started;
	int err;

	if (!start->function || (start->name && check_name(start->name)))
		return -EINVAL;
	started = calloc(1, sizeof(*started));
	if (!started)
		return -ENOMEM;
	started->start = *start;
	if (start->name)
		strcpy(started->name, start->name);
	err = start->kind == SY_START_THREAD ? start_thread(started)
	                                     : sy_started_process(started);
	if (err) {
		free(started);
		return err;
	}
	started->next = scope->last;
	scope->last = started;
	if (started_out)
		*started_out = started;
	return 0;
}

int sy_scope_open(struct sy_scope **scope)
{
	*scope = calloc(1, sizeof(**scope));
	return *scope ? 0 : -ENOMEM;
}

/* A daemon thread that runs keeps its handle. */
static void part(struct sy_started *started)
{
	if (started->start.kind == SY_START_PROCESS) {
		free(started);
		return;
	}
	if (!started->joined && started->start.daemon)
		pthread_detach(started->thread);
	let_go(started);
}

void sy_scope_end(struct sy_scope *scope)
{
	struct sy_started *started, *next;

	for (started = scope->last; started; started = started->next)
		if (!started->start.daemon)
			sy_started_join(started, NULL);
	for (started = scope->last; started; started = started->next)
		if (started->start.daemon)
			sy_started_stop(started);
	for (started = scope->last; started; started = next) {
		next = started->next;
		if (started->start.kind == SY_START_PROCESS)
			sy_started_join(started, NULL);
		part(started);
	}
	free(scope);
}
