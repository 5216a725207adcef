/* SPDX-License-Identifier: MIT */
/*
 * usage.c - see usage.h.
 *
 * The counters of a live child come from /proc/PID/status, kept open: one
 * pread a child and slice, outside the timed part.
 */
#include "engine/usage.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

struct child {
	int status_fd;
	clockid_t clock;
};

struct sy_usage_watch {
	uint32_t count;
	struct child children[];
};

static int open_child(struct child *child, pid_t process)
{
	char path[40];
	int error = clock_getcpuclockid(process, &child->clock);

	if (error)
		return -error;
	snprintf(path, sizeof(path), "/proc/%d/status", (int)process);
	child->status_fd = open(path, O_RDONLY | O_CLOEXEC);
	return child->status_fd < 0 ? -errno : 0;
}

int sy_usage_open(struct sy_usage_watch **watch, const struct sy_batch *batch)
{
	struct sy_usage_watch *new;
	int error = 0;

	new = calloc(1, sizeof(*new) +
	                        batch->context_count * sizeof(struct child));
	if (!new)
		return -ENOMEM;
	for (uint32_t i = 0; i < batch->context_count && !error; i++)
		if (batch->contexts[i].process) {
			error = open_child(&new->children[new->count],
			                   batch->contexts[i].process);
			new->count += !error;
		}
	if (error) {
		sy_usage_close(new);
		return error;
	}
	*watch = new;
	return 0;
}

void sy_usage_close(struct sy_usage_watch *watch)
{
	for (uint32_t i = 0; watch && i < watch->count; i++)
		close(watch->children[i].status_fd);
	free(watch);
}

static uint64_t number_after(const char *text, const char *key)
{
	const char *at = strstr(text, key);

	return at ? strtoull(at + strlen(key), NULL, 10) : 0;
}

static int add_child(const struct child *child, struct sy_usage *usage)
{
	char text[4096];
	struct timespec cpu;
	ssize_t got = pread(child->status_fd, text, sizeof(text) - 1, 0);

	if (got <= 0 || clock_gettime(child->clock, &cpu))
		return -ESRCH;
	text[got] = '\0';
	/* One that died stays until its model reaps it, counters and all. */
	if (strstr(text, "\nState:\tZ"))
		return -ESRCH;
	usage->voluntary += number_after(text, "\nvoluntary_ctxt_switches:");
	usage->involuntary +=
		number_after(text, "\nnonvoluntary_ctxt_switches:");
	usage->cpu_ns +=
		(uint64_t)cpu.tv_sec * 1000000000 + (uint64_t)cpu.tv_nsec;
	return 0;
}

static uint64_t timeval_ns(struct timeval t)
{
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_usec * 1000;
}

static void add_rusage(int who, struct sy_usage *usage)
{
	struct rusage counts;

	getrusage(who, &counts);
	usage->voluntary += (uint64_t)counts.ru_nvcsw;
	usage->involuntary += (uint64_t)counts.ru_nivcsw;
	usage->cpu_ns +=
		timeval_ns(counts.ru_utime) + timeval_ns(counts.ru_stime);
}

static int add_children(const struct sy_usage_watch *watch,
                        struct sy_usage *usage)
{
	int error = 0;

	for (uint32_t i = 0; i < watch->count && !error; i++)
		error = add_child(&watch->children[i], usage);
	return error;
}

int sy_usage_begin(const struct sy_usage_watch *watch, struct sy_usage *usage)
{
	int error;

	*usage = (struct sy_usage){ 0 };
	error = add_children(watch, usage);
	add_rusage(RUSAGE_CHILDREN, usage);
	add_rusage(RUSAGE_SELF, usage);
	return error;
}

int sy_usage_end(const struct sy_usage_watch *watch, struct sy_usage *usage)
{
	*usage = (struct sy_usage){ 0 };
	add_rusage(RUSAGE_SELF, usage);
	add_rusage(RUSAGE_CHILDREN, usage);
	return add_children(watch, usage);
}

struct sy_usage sy_usage_since(const struct sy_usage *later,
                               const struct sy_usage *earlier)
{
	return (struct sy_usage){
		.voluntary = later->voluntary - earlier->voluntary,
		.involuntary = later->involuntary - earlier->involuntary,
		.cpu_ns = later->cpu_ns - earlier->cpu_ns,
	};
}

void sy_usage_children(struct sy_usage *usage)
{
	*usage = (struct sy_usage){ 0 };
	add_rusage(RUSAGE_CHILDREN, usage);
}

uint64_t sy_usage_process_ns(pid_t process)
{
	struct timespec cpu;
	clockid_t clock;

	if (clock_getcpuclockid(process, &clock) || clock_gettime(clock, &cpu))
		return 0;
	return (uint64_t)cpu.tv_sec * 1000000000 + (uint64_t)cpu.tv_nsec;
}
