/* SPDX-License-Identifier: MIT */
/* progress.c - see progress.h. */
#include "cli/progress.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <unistd.h>

/* On a terminal a line in place, elsewhere a line to read later. */
#define TERMINAL_NS UINT64_C(200000000)
#define PLAIN_NS UINT64_C(10000000000)
/* How often it is asked whether anybody still reads. */
#define READER_NS UINT64_C(200000000)

int sy_monitor_open(struct sy_monitor *monitor)
{
	sigset_t signals;

	*monitor = (struct sy_monitor){ .signal_fd = -1 };
	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	if (sigprocmask(SIG_BLOCK, &signals, NULL))
		return -errno;
	/* What cannot be written any more is an error that is told, with what
	   there is kept, also where a limit on file sizes is in the way. */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	monitor->signal_fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
	if (monitor->signal_fd < 0)
		return -errno;
	monitor->terminal = isatty(STDERR_FILENO);
	monitor->said_ns = sy_clock_ns();
	return 0;
}

void sy_monitor_close(struct sy_monitor *monitor)
{
	if (monitor->signal_fd >= 0)
		close(monitor->signal_fd);
}

/* A pipe whose reader has gone reports an error without being written to. */
static bool reader_gone(void)
{
	struct pollfd out = { .fd = STDOUT_FILENO };

	return poll(&out, 1, 0) > 0 && (out.revents & POLLERR);
}

bool sy_monitor_output_closed(struct sy_monitor *monitor)
{
	monitor->asked_ns = sy_clock_ns();
	monitor->output_closed = reader_gone();
	return monitor->output_closed;
}

/* Whether it is time for another line; looks after the reader on the way. */
static bool is_due(struct sy_monitor *monitor)
{
	uint64_t now = sy_clock_ns();

	if (now - monitor->asked_ns >= READER_NS)
		sy_monitor_output_closed(monitor);
	if (monitor->output_closed ||
	    now - monitor->said_ns <
	            (monitor->terminal ? TERMINAL_NS : PLAIN_NS))
		return false;
	monitor->said_ns = now;
	monitor->shown = true;
	return true;
}

int sy_monitor_show(struct sy_monitor *monitor,
                    const struct sy_progress *progress)
{
	uint64_t elapsed_ns = sy_clock_ns() - progress->begin_ns;
	double left = elapsed_ns < progress->budget_ns
	                      ? (double)(progress->budget_ns - elapsed_ns) / 1e9
	                      : 0;

	if (is_due(monitor))
		fprintf(stderr,
		        monitor->terminal
		                ? "\r\033[K%2.0f s left, set %u of %u: %.50s"
		                : "%2.0f s left, set %u of %u: %.50s\n",
		        left, progress->set + 1, progress->sets,
		        progress->group_name);
	return monitor->output_closed;
}

int sy_monitor_name(struct sy_monitor *monitor, const char *name)
{
	if (is_due(monitor))
		fprintf(stderr,
		        monitor->terminal ? "\r\033[Kmeasuring %.68s"
		                          : "measuring %s\n",
		        name);
	return monitor->output_closed;
}

void sy_monitor_end(struct sy_monitor *monitor)
{
	if (monitor->shown && monitor->terminal)
		fputs("\r\033[K", stderr);
}
