/* SPDX-License-Identifier: MIT */
/*
 * remote.h - a worker as the driver sees it: a process that answers.
 *
 * A worker is exec'd, never forked from the driver, so that the driver's
 * memory is in no measured fork.  It leads a process group of its own, and the
 * driver is the subreaper: whatever a worker leaves behind is found by its
 * group, killed and reaped.
 */
#ifndef SY_REMOTE_H
#define SY_REMOTE_H

#include "engine/point.h"
#include "engine/protocol.h"

struct sy_remote {
	pid_t pid; /* 0: not running */
	int fd;
	struct sy_line_reader reader;
	int end_fd;   /* of the process; -1: this kernel has none */
	int sink_fd;  /* what it prints, sink.h; -1: with the caller's errors */
	bool greeted; /* its hello has been taken */
	/* What its samples must tell; of the point that it was given. */
	const struct sy_finding *findings;
};

/* Makes the caller reap what its workers leave behind.  Once. */
int sy_remote_prepare(void);

/*
 * Starts `program worker`, a path to be exec'd, which inherits the descriptors
 * 0 to 3 and no other.  What it prints goes to the caller's standard error, or
 * into a `sink`, of which a reason why it failed quotes the first line.  The
 * hello is still to be taken with sy_remote_hello.  On failure remote->pid is
 * 0.
 */
int sy_remote_start(struct sy_remote *remote, const char *program, bool sink,
                    struct sy_reason *reason);

/* The longest that a hello is waited for: starting a program takes
   milliseconds; this is for a machine on its knees. */
#define SY_HELLO_MS 10000

/*
 * Takes the hello, waiting at most `timeout_ms` (0, or what is longer:
 * SY_HELLO_MS), and checks the protocol's version.  The worker is greeted from
 * then on, even where that version is another.  `told`, unless NULL, is the
 * hello itself, a reference of the caller's: from outside, an object maybe.
 */
int sy_remote_hello(struct sy_remote *remote, int cancel_fd, int timeout_ms,
                    json_t **told, struct sy_reason *reason);

/*
 * The requests.  Each returns 0, a negative errno that the worker told, or
 * -EPIPE (it died), -ETIMEDOUT (no answer), -EPROTO (nonsense, or words that
 * nobody asked for), -ECANCELED (`cancel_fd` became readable), with the reason.
 */
int sy_remote_open_begin(struct sy_remote *remote, const struct sy_point *point,
                         struct sy_reason *reason);
int sy_remote_open_end(struct sy_remote *remote, int cancel_fd, int timeout_ms,
                       struct sy_reason *reason);
int sy_remote_size(struct sy_remote *remote, uint64_t target_ns, int cancel_fd,
                   int timeout_ms, uint64_t *operations,
                   struct sy_reason *reason);
int sy_remote_slice(struct sy_remote *remote, uint64_t operations,
                    uint64_t warmup, int cancel_fd, int timeout_ms,
                    struct sy_slice *slice, struct sy_reason *reason);

/* A worker that was told to quit ends within this, or is killed. */
#define SY_QUIT_MS 2000

/* Tells it to end; sy_remote_end waits. */
void sy_remote_quit(struct sy_remote *remote);
/*
 * Waits up to `timeout_ms` for the worker's end, then kills it; kills and
 * reaps what is left of its group.  Does nothing where it is not running.
 */
void sy_remote_end(struct sy_remote *remote, int timeout_ms);
/* Both; where an `error` has ended it all, the worker is killed at once. */
void sy_remote_stop(struct sy_remote *remote, int error);

#endif /* SY_REMOTE_H */
