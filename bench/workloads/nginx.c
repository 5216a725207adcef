/* SPDX-License-Identifier: MIT */
/*
 * nginx.c - see nginx.h.
 *
 * One process without a master, because a worker would outlive a master that
 * is killed.  Without a master nginx cannot take over a listening socket
 * either (1.22 dies of it), so it makes its own.  That its port is free is
 * certain all the same: a socket of ours is bound to it, not listening, with
 * SO_REUSEPORT, which lets this user's nginx bind to it too and nobody else.
 */
#include "workloads/nginx.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/limits.h"
#include "host/program.h"
#include "host/topology.h"
#include "workloads/message.h"

/* How long it may take to start on a machine that is busy. */
#define START_NS UINT64_C(10000000000)
#define PROGRAM_BYTES 4096
#define CHUNK_BYTES 65536
/* Beside the clients': those that it has not seen the end of yet. */
#define SPARE_CONNECTIONS 128u
/* No more can come from one address to one port. */
#define CONNECTIONS_MAX 65536u
#define BACKLOG 4096

static const char folders[] =
	"/usr/sbin:/usr/local/sbin:/usr/local/nginx/sbin:/sbin";

/* What it is started with, and closed again when it runs. */
struct parts {
	char program[PROGRAM_BYTES];
	int port; /* the socket that keeps the port */
	int config, pid_file;
	int bodies[SY_NGINX_BODIES_MAX];
	uint32_t body_count;
	int said, says; /* a pipe: its standard error */
	struct sy_binder *binder;
};

static int find(char program[PROGRAM_BYTES])
{
	const char *named = getenv(SY_NGINX_VARIABLE);
	struct stat status;

	if (named) {
		if (*named != '/' || access(named, X_OK) ||
		    stat(named, &status) || !S_ISREG(status.st_mode))
			return -ENOENT;
		return snprintf(program, PROGRAM_BYTES, "%s", named) <
		                       PROGRAM_BYTES
		               ? 0
		               : -ENAMETOOLONG;
	}
	if (!sy_program_find("nginx", getenv("PATH"), program, PROGRAM_BYTES))
		return 0;
	return sy_program_find("nginx", folders, program, PROGRAM_BYTES);
}

const char *sy_nginx_absent(void)
{
	char program[PROGRAM_BYTES];

	if (!find(program))
		return NULL;
	if (getenv(SY_NGINX_VARIABLE))
		return SY_NGINX_VARIABLE " is not the path of a program";
	return "nginx is not installed; run scripts/setup study or apt-get "
	       "install nginx-light";
}

static int write_all(int fd, const unsigned char *bytes, size_t count)
{
	while (count) {
		ssize_t n = write(fd, bytes, count);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0) {
			bytes += n;
			count -= (size_t)n;
		}
	}
	return 0;
}

static int fill_body(int fd, uint64_t bytes, uint64_t place,
                     unsigned char *chunk)
{
	int rc = 0;

	while (bytes && !rc) {
		size_t count = bytes < CHUNK_BYTES ? bytes : CHUNK_BYTES;

		sy_message_fill(chunk, count, place);
		rc = write_all(fd, chunk, count);
		bytes -= count;
		place += CHUNK_BYTES / sizeof(uint64_t);
	}
	return rc;
}

static int make_bodies(struct parts *parts, const struct sy_nginx_spec *spec)
{
	unsigned char *chunk = malloc(CHUNK_BYTES);
	int rc = chunk ? 0 : -ENOMEM;

	for (uint32_t i = 0; i < spec->bodies && !rc; i++) {
		int fd = memfd_create("sy-body", MFD_CLOEXEC);

		if (fd < 0) {
			rc = -errno;
			break;
		}
		parts->bodies[parts->body_count++] = fd;
		rc = fill_body(fd, spec->body_bytes, sy_message_reply(i),
		               chunk);
	}
	free(chunk);
	return rc;
}

/* A port that nobody else gets, although nothing listens on it yet. */
static int keep_port(struct parts *parts, struct sockaddr_in *address)
{
	socklen_t bytes = sizeof(*address);
	const int on = 1;

	*address = (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	parts->port = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (parts->port < 0 ||
	    setsockopt(parts->port, SOL_SOCKET, SO_REUSEPORT, &on,
	               sizeof(on)) ||
	    bind(parts->port, (struct sockaddr *)address, sizeof(*address)) ||
	    getsockname(parts->port, (struct sockaddr *)address, &bytes))
		return -errno;
	return 0;
}

/*
 * Everything that takes a folder is told one that exists and belongs to root:
 * run by root, nginx would otherwise make them, or give them to another user.
 * Nothing is ever written there, since no request has a body.
 */
static const char config_text[] =
	"daemon off;\n"
	"master_process off;\n"
	"%s"
	"pid /proc/self/fd/%d;\n"
	"error_log stderr emerg;\n"
	"events { worker_connections %u; }\n"
	"http {\n"
	"  access_log off;\n"
	"  sendfile on;\n"
	"  tcp_nopush on;\n"
	"  keepalive_timeout 1d;\n"
	"  keepalive_requests 1000000000;\n"
	"  open_file_cache max=64 inactive=365d;\n"
	"  open_file_cache_valid 365d;\n"
	"  client_body_temp_path /;\n"
	"  proxy_temp_path /;\n"
	"  fastcgi_temp_path /;\n"
	"  uwsgi_temp_path /;\n"
	"  scgi_temp_path /;\n"
	"  server {\n"
	"    listen 127.0.0.1:%u reuseport backlog=%d;\n"
	"    location / { return 404; }\n";

static unsigned connection_limit(uint32_t connections)
{
	/* Twice: one that was hung up is there until it is looked at. */
	if (connections > CONNECTIONS_MAX / 2)
		connections = CONNECTIONS_MAX / 2;
	return 2 * connections + SPARE_CONNECTIONS;
}

static int make_config(struct parts *parts, const struct sy_nginx_spec *spec,
                       uint16_t port)
{
	int written;

	parts->pid_file = memfd_create("sy-nginx-pid", MFD_CLOEXEC);
	parts->config = memfd_create("sy-nginx-config", MFD_CLOEXEC);
	if (parts->pid_file < 0 || parts->config < 0)
		return -errno;
	/* A user's name is only for root to give. */
	written = dprintf(parts->config, config_text,
	                  geteuid() ? "" : "user root;\n", parts->pid_file,
	                  connection_limit(spec->connections), port, BACKLOG);
	for (uint32_t i = 0; i < parts->body_count && written > 0; i++)
		written = dprintf(parts->config,
		                  "    location = /%x { alias "
		                  "/proc/self/fd/%d; }\n",
		                  i, parts->bodies[i]);
	if (written > 0)
		written = dprintf(parts->config, "  }\n}\n");
	return written > 0 ? 0 : -EIO;
}

static int make_parts(struct parts *parts, const struct sy_nginx_spec *spec,
                      struct sockaddr_in *address)
{
	int ends[2], rc = find(parts->program);

	if (!rc)
		rc = keep_port(parts, address);
	if (!rc)
		rc = make_bodies(parts, spec);
	if (!rc)
		rc = make_config(parts, spec, ntohs(address->sin_port));
	if (!rc && spec->pu >= 0)
		rc = sy_binder_open(&parts->binder);
	if (!rc && pipe2(ends, O_CLOEXEC))
		rc = -errno;
	if (!rc) {
		parts->said = ends[0];
		parts->says = ends[1];
	}
	return rc;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void free_parts(struct parts *parts)
{
	close_fd(&parts->port);
	close_fd(&parts->config);
	close_fd(&parts->pid_file);
	for (uint32_t i = 0; i < parts->body_count; i++)
		close_fd(&parts->bodies[i]);
	close_fd(&parts->said);
	close_fd(&parts->says);
	if (parts->binder)
		sy_binder_close(parts->binder);
}

/* Only these are open in nginx, beside the standard streams. */
static void pass_descriptors(const struct parts *parts)
{
	int null = open("/dev/null", O_RDWR);

	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(parts->says, STDERR_FILENO);
	close_range(STDERR_FILENO + 1, ~0u, CLOSE_RANGE_CLOEXEC);
	fcntl(parts->config, F_SETFD, 0);
	fcntl(parts->pid_file, F_SETFD, 0);
	for (uint32_t i = 0; i < parts->body_count; i++)
		fcntl(parts->bodies[i], F_SETFD, 0);
}

/* The signals of a new process; a terminal's go to another group. */
static int settle(pid_t parent)
{
	sigset_t none;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != parent)
		return -ESRCH;
	setpgid(0, 0);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	return 0;
}

/* In the child.  What goes wrong is said where nginx would say it. */
static _Noreturn void become(const struct parts *parts,
                             const struct sy_nginx_spec *spec, pid_t parent)
{
	char config[32];
	char *argv[] = {
		"nginx", "-p", "/", "-c", config, "-e", "stderr", NULL
	};
	char *environment[] = { NULL };
	int rc = settle(parent);

	if (!rc && parts->binder)
		rc = sy_binder_bind(parts->binder, spec->pu);
	pass_descriptors(parts);
	sy_limits_raise();
	snprintf(config, sizeof(config), "/proc/self/fd/%d", parts->config);
	if (!rc) {
		execve(parts->program, argv, environment);
		rc = -errno;
	}
	dprintf(STDERR_FILENO, "%s", strerror(-rc));
	_exit(1);
}

static bool takes_connections(const struct sockaddr_in *address)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool taken = fd >= 0 && !connect(fd, (const struct sockaddr *)address,
	                                 sizeof(*address));

	if (fd >= 0)
		close(fd);
	return taken;
}

/* Its last words, without its time and number; one line. */
static void hear(int said, char words[SY_BROKEN_BYTES])
{
	char text[2048], *line, *start;
	ssize_t got = read(said, text, sizeof(text) - 1);

	text[got > 0 ? got : 0] = '\0';
	while (*text && strlen(text) && text[strlen(text) - 1] == '\n')
		text[strlen(text) - 1] = '\0';
	line = strrchr(text, '\n');
	line = line ? line + 1 : text;
	start = strstr(line, "] ");
	snprintf(words, SY_BROKEN_BYTES, "nginx did not start: %.90s",
	         *line ? start ? start + 2 : line : "it said nothing");
}

/* Until it takes connections; it is asked every millisecond. */
static int await(const struct parts *parts, const struct sockaddr_in *address,
                 char reason[SY_BROKEN_BYTES])
{
	struct pollfd gone = { .fd = parts->said };
	uint64_t end_ns = sy_clock_ns() + START_NS;

	while (sy_clock_ns() < end_ns) {
		if (takes_connections(address))
			return 0;
		if (poll(&gone, 1, 1) > 0) {
			hear(parts->said, reason);
			return -ECHILD;
		}
	}
	snprintf(reason, SY_BROKEN_BYTES,
	         "nginx took no connection within %d s of its start",
	         (int)(START_NS / 1000000000));
	return -ETIME;
}

void sy_nginx_stop(struct sy_nginx *nginx)
{
	/* It has nothing to write back or to tidy up, and leads a group. */
	kill(-nginx->pid, SIGKILL);
	kill(nginx->pid, SIGKILL);
	while (waitpid(nginx->pid, NULL, 0) < 0 && errno == EINTR)
		;
}

static int run(struct sy_nginx *nginx, struct parts *parts,
               const struct sy_nginx_spec *spec, char reason[SY_BROKEN_BYTES])
{
	pid_t parent = getpid();
	int rc;

	nginx->pid = fork();
	if (!nginx->pid)
		become(parts, spec, parent);
	if (nginx->pid < 0)
		return -errno;
	close_fd(&parts->says);
	rc = await(parts, &nginx->address, reason);
	if (rc)
		sy_nginx_stop(nginx);
	return rc;
}

int sy_nginx_start(struct sy_nginx *nginx, const struct sy_nginx_spec *spec,
                   char reason[SY_BROKEN_BYTES])
{
	struct parts parts = {
		.port = -1, .config = -1, .pid_file = -1, .said = -1, .says = -1
	};
	struct sy_nginx new;
	int rc;

	if (!spec->bodies || spec->bodies > SY_NGINX_BODIES_MAX)
		return -EINVAL;
	reason[0] = '\0';
	rc = make_parts(&parts, spec, &new.address);
	if (!rc)
		rc = run(&new, &parts, spec, reason);
	free_parts(&parts);
	if (!rc)
		*nginx = new;
	else if (rc == -ENOENT && sy_nginx_absent())
		snprintf(reason, SY_BROKEN_BYTES, "%s", sy_nginx_absent());
	else if (!reason[0])
		snprintf(reason, SY_BROKEN_BYTES, "nginx cannot be started: %s",
		         strerror(-rc));
	return rc;
}
