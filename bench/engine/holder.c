/* SPDX-License-Identifier: MIT */
/* holder.c - see holder.h. */
#include "engine/holder.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "process.h"

/* How often one that waits for an answer looks whether the holder lives. */
#define LOOK_MS 100

/* What it says to a count. */
struct answer {
	int error;
	uint64_t elapsed_ns;
	char part[SY_DETAIL_BYTES];
	char detail[SY_DETAIL_BYTES];
};

void sy_detail_note(char detail[SY_DETAIL_BYTES],
                    const struct sy_mechanism *mechanism, const void *state)
{
	const char *text =
		mechanism->detail && state ? mechanism->detail(state) : NULL;

	snprintf(detail, SY_DETAIL_BYTES, "%s", text ? text : "");
}

/* Opened with the first count: both are creation. */
static void carry_out(struct sy_batch *batch,
                      const struct sy_mechanism *mechanism, void **state,
                      uint64_t count, struct answer *answer)
{
	uint64_t begin_ns = sy_clock_ns();

	*answer = (struct answer){ .part = "opening them" };
	if (!*state)
		answer->error = mechanism->open(state, batch, mechanism);
	if (!answer->error) {
		snprintf(answer->part, sizeof(answer->part), "creating them");
		answer->error = mechanism->run(*state, count);
	}
	answer->elapsed_ns = sy_clock_ns() - begin_ns;
	sy_detail_note(answer->detail, mechanism, *state);
}

/* The process: counts come in until the other end closes. */
static void hold(int fd, struct sy_batch *batch,
                 const struct sy_mechanism *mechanism)
{
	struct answer answer;
	void *state = NULL;
	uint64_t count;

	while (recv(fd, &count, sizeof(count), 0) == sizeof(count)) {
		carry_out(batch, mechanism, &state, count, &answer);
		if (send(fd, &answer, sizeof(answer), MSG_NOSIGNAL) < 0)
			break;
	}
	if (state)
		mechanism->close(state);
}

int sy_holder_start(struct sy_holder *holder, struct sy_batch *batch,
                    const struct sy_mechanism *mechanism,
                    struct sy_reason *reason)
{
	int ends[2], error;

	*holder = (struct sy_holder){ .fd = -1 };
	/* Messages, not a stream: a count and an answer each come whole. */
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
		return sy_reason(reason, -errno,
		                 "no socket to the process that holds the "
		                 "contexts: %s",
		                 strerror(errno));
	fflush(NULL);
	error = sy_process_fork(&holder->pid);
	if (!error && !holder->pid) {
		close(ends[0]);
		hold(ends[1], batch, mechanism);
		_exit(0);
	}
	close(ends[1]);
	if (!error) {
		holder->fd = ends[0];
		return 0;
	}
	close(ends[0]);
	return sy_reason(reason, error, "no process to hold the contexts: %s",
	                 strerror(-error));
}

/* How it ended; -ECHILD, 0 where it did so by itself. */
static int reap(struct sy_holder *holder, struct sy_reason *reason)
{
	int status = 0;
	pid_t pid;

	do {
		pid = waitpid(holder->pid, &status, 0);
	} while (pid < 0 && errno == EINTR);
	holder->pid = 0;
	if (pid > 0 && WIFSIGNALED(status))
		return sy_reason(reason, -ECHILD,
		                 "the process that held the contexts died "
		                 "(signal %d, %s)",
		                 WTERMSIG(status), strsignal(WTERMSIG(status)));
	return 0;
}

static int tell_death(struct sy_holder *holder, struct sy_reason *reason)
{
	int error = reap(holder, reason);

	return error ? error
	             : sy_reason(reason, -ECHILD,
	                         "the process that held the contexts ended");
}

/*
 * Its contexts may be processes that have the other end, too, so that it is
 * not closed where the holder has died: it is looked at meanwhile.
 */
static ssize_t wait_answer(const struct sy_holder *holder,
                           struct answer *answer)
{
	struct pollfd said = { .fd = holder->fd, .events = POLLIN };

	for (;;) {
		/* Asked before: what it said and then died is still there. */
		bool lives = sy_process_alive(holder->pid);

		if (poll(&said, 1, lives ? LOOK_MS : 0) > 0)
			return recv(holder->fd, answer, sizeof(*answer), 0);
		if (!lives)
			return 0;
	}
}

int sy_holder_grow(struct sy_holder *holder, uint64_t count,
                   uint64_t *elapsed_ns, struct sy_reason *reason)
{
	struct answer answer;
	ssize_t got = -1;

	if (send(holder->fd, &count, sizeof(count), MSG_NOSIGNAL) > 0)
		got = wait_answer(holder, &answer);
	if (got != (ssize_t)sizeof(answer))
		return tell_death(holder, reason);
	if (answer.error)
		return sy_reason(reason, answer.error,
		                 "%.31s failed on the way to %llu: %s",
		                 answer.part, (unsigned long long)count,
		                 sy_run_error(answer.error));
	snprintf(holder->detail, sizeof(holder->detail), "%.31s",
	         answer.detail);
	*elapsed_ns = answer.elapsed_ns;
	return 0;
}

int sy_holder_end(struct sy_holder *holder, int error, struct sy_reason *reason)
{
	struct sy_reason end;
	int ended;

	close(holder->fd);
	holder->fd = -1;
	ended = holder->pid ? reap(holder, &end) : 0;
	if (!ended || (error && error != -ESRCH))
		return error;
	*reason = end;
	return ended;
}
