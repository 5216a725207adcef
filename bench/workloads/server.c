/* SPDX-License-Identifier: MIT */
/* server.c - starting and ending the server process, see server.h. */
#include "workloads/server.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/topology.h"

/* How long a server may take to see that it is over. */
#define STOP_MS 1000
#define TIMER_SLACK_NS 1UL

static int compare_ints(const void *a, const void *b)
{
	int left = *(const int *)a, right = *(const int *)b;

	return (left > right) - (left < right);
}

/*
 * Closes all but the standard streams, what is kept and the control: the
 * clients' ends above all, or no client could end its connection, and what
 * the caller talks to others with.
 */
static int close_others(const struct sy_service *service, int control)
{
	size_t count = (size_t)service->count + 1;
	int *kept = malloc(count * sizeof(*kept));
	unsigned next = STDERR_FILENO + 1;

	if (!kept)
		return -ENOMEM;
	if (service->count)
		memcpy(kept, service->fds, service->count * sizeof(*kept));
	kept[service->count] = control;
	qsort(kept, count, sizeof(*kept), compare_ints);
	for (size_t i = 0; i < count; i++) {
		unsigned fd = (unsigned)kept[i];

		if (fd > next)
			close_range(next, fd - 1, 0);
		if (fd >= next)
			next = fd + 1;
	}
	close_range(next, ~0u, 0);
	free(kept);
	return 0;
}

/* What the process is towards others, before it is anything else. */
static int settle(const char *name, pid_t parent)
{
	sigset_t none;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != parent)
		return -ESRCH;
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	prctl(PR_SET_NAME, name);
	return prctl(PR_SET_TIMERSLACK, TIMER_SLACK_NS) ? -errno : 0;
}

/* The life of the server; says in one int whether it is ready. */
static void live(const struct sy_service *service,
                 const struct sy_binder *binder, int pu, int control,
                 pid_t parent)
{
	void *state = NULL;
	int rc = settle(service->name, parent);

	if (!rc && binder)
		rc = sy_binder_bind(binder, pu);
	if (!rc)
		rc = close_others(service, control);
	if (!rc)
		rc = service->open(&state, service->data, control);
	if (send(control, &rc, sizeof(rc), MSG_NOSIGNAL) !=
	            (ssize_t)sizeof(rc) ||
	    rc)
		_exit(1);
	rc = service->run(state);
	service->close(state);
	_exit(rc ? 1 : 0);
}

/* What the server says of its start. */
static int hear(int control)
{
	ssize_t got;
	int said;

	do {
		got = recv(control, &said, sizeof(said), MSG_WAITALL);
	} while (got < 0 && errno == EINTR);
	return got == (ssize_t)sizeof(said) ? said : -EPIPE;
}

static void reap(pid_t pid)
{
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

int sy_server_start(struct sy_server *server, const struct sy_service *service,
                    int pu)
{
	struct sy_binder *binder = NULL;
	pid_t parent = getpid(), pid;
	int control[2], rc = 0;

	if (pu >= 0)
		rc = sy_binder_open(&binder);
	if (rc)
		return rc;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, control)) {
		rc = -errno;
		goto close_binder;
	}
	pid = fork();
	if (!pid)
		live(service, binder, pu, control[1], parent);
	if (pid < 0)
		rc = -errno;
	close(control[1]);
	if (!rc) {
		rc = hear(control[0]);
		if (rc)
			reap(pid);
	}
	if (rc)
		close(control[0]);
	else
		*server = (struct sy_server){ pid, control[0] };
close_binder:
	if (binder)
		sy_binder_close(binder);
	return rc;
}

void sy_server_stop(struct sy_server *server)
{
	struct pollfd gone = { .fd = server->control, .events = POLLIN };
	int ready;

	/* The server closes its side when it ends, which is seen here. */
	shutdown(server->control, SHUT_WR);
	do {
		ready = poll(&gone, 1, STOP_MS);
	} while (ready < 0 && errno == EINTR);
	if (ready <= 0)
		kill(server->pid, SIGKILL);
	reap(server->pid);
	close(server->control);
}
