/* SPDX-License-Identifier: MIT */
/*
 * fake_worker.c - a worker that speaks the protocol and then does what no
 * worker should.
 *
 * What that is stands in a file beside the name by which it is called, NAME.conf:
 * a line of words.
 *
 *   hello|open|size|slice ACT [MATCH [N]]   at the Nth such request (1) of a
 *                                           worker whose point has MATCH in it
 *                                           ("*": any); "once" before it: in
 *                                           one worker only; "later": in all
 *                                           but one
 *   told KEY VALUE                          in the hello, VALUE "-": not there
 *   slow PERCENT                            of a microsecond an operation
 *   work PERCENT                            of a plain loop, timed by its CPU
 *                                           time; else no work, a time of 1 us
 *                                           an operation
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define FAULTS_MAX 8
#define LINE_BYTES 4096
/* Of the plain loop, an operation: a microsecond, or somewhat less. */
#define WORK_ROUNDS 300

struct fault {
	char stage[16], act[16], match[64];
	int at;
	bool once, later;
};

struct fake {
	const char *name;
	int fd;
	struct fault faults[FAULTS_MAX];
	int fault_count, seen[FAULTS_MAX];
	char build_type[32], sanitizer[32], point[LINE_BYTES];
	unsigned slow, work; /* percent; 0: none of the loop */
	uint64_t count;
};

static void send_text(const struct fake *fake, const char *text)
{
	size_t bytes = strlen(text);

	while (bytes) {
		ssize_t sent = send(fake->fd, text, bytes, MSG_NOSIGNAL);

		if (sent <= 0)
			_exit(9);
		text += sent;
		bytes -= (size_t)sent;
	}
}

static void say_error(const struct fake *fake, int code, const char *reason)
{
	char line[LINE_BYTES];

	snprintf(line, sizeof(line),
	         "{\"error\":{\"code\":%d,\"reason\":\"%s\"}}\n", code, reason);
	send_text(fake, line);
}

/* Hangs up, but goes on; or does nothing at all. */
static void rest(void)
{
	for (;;)
		pause();
}

static void flood(const struct fake *fake, const char *text)
{
	for (;;)
		send_text(fake, text);
}

/* Ten times what a sink holds; where that is refused it goes on as if. */
static void print_much(void)
{
	static const char line[] = "\n  \033[31mprinted in vain\n";

	for (int i = 0; i < 2000; i++)
		if (write(i % 2 ? 1 : 2, line, sizeof(line) - 1) < 0)
			continue;
}

/* The descriptors that it has, in place of an answer. */
static void tell_descriptors(const struct fake *fake)
{
	char list[256] = "";

	for (int fd = 0; fd < 1024; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			snprintf(list + strlen(list),
			         sizeof(list) - strlen(list), " %d", fd);
	say_error(fake, EIO, list);
}

static void die(void)
{
	signal(SIGSEGV, SIG_DFL);
	raise(SIGSEGV);
}

/* Whether that was the answer. */
static bool act(const struct fake *fake, const char *what)
{
	if (!strcmp(what, "hang"))
		rest();
	if (!strcmp(what, "die"))
		die();
	if (!strcmp(what, "exit")) {
		fputs("\n--\nit broke\nand more\n", stderr);
		exit(3);
	}
	if (!strcmp(what, "orphan")) {
		if (!fork())
			rest();
		_exit(4);
	}
	if (!strcmp(what, "close")) {
		close(fake->fd);
		rest();
	}
	if (!strcmp(what, "flood"))
		flood(fake, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
	if (!strcmp(what, "lines"))
		flood(fake, "{\"ready\":{}}\n{\"sized\":7}\n{\"sample\":{}}\n");
	if (!strcmp(what, "print"))
		print_much();
	else if (!strcmp(what, "words"))
		send_text(fake, "Hello, world\n");
	else if (!strcmp(what, "deep"))
		for (int i = 0; i < 5000; i++)
			send_text(fake, i < 4999 ? "[" : "[\n");
	else if (!strcmp(what, "key"))
		send_text(fake, "{\"other\":1}\n");
	else if (!strcmp(what, "types"))
		send_text(fake, "{\"sized\":\"7\",\"sample\":{\"operations\":"
		                "\"7\",\"elapsed_ns\":true}}\n");
	else if (!strcmp(what, "huge"))
		send_text(fake, "{\"sized\":99999999999999999999999,"
		                "\"sample\":{\"elapsed_ns\":1e999}}\n");
	else if (!strcmp(what, "vast"))
		send_text(fake, "{\"sized\":9000000000000000000,\"sample\":{"
		                "\"operations\":7,"
		                "\"elapsed_ns\":9000000000000000000}}\n");
	else if (!strcmp(what, "nan"))
		send_text(fake, "{\"sized\":NaN,\"sample\":{\"operations\":"
		                "NaN,\"elapsed_ns\":NaN}}\n");
	else if (!strcmp(what, "fewer"))
		send_text(fake, "{\"sample\":{\"operations\":1,"
		                "\"elapsed_ns\":1000000}}\n");
	else if (!strcmp(what, "protocol"))
		send_text(fake, "{\"hello\":{\"protocol\":99}}\n");
	else if (!strcmp(what, "short"))
		send_text(fake, "{\"sized\":500}\n");
	else if (!strcmp(what, "lacks"))
		say_error(fake, EINVAL, "no such thing in this build");
	else if (!strcmp(what, "absent"))
		say_error(fake, ENOTSUP, "built without it");
	else if (!strcmp(what, "wrong"))
		say_error(fake, EBADMSG, "wrong checksum");
	else if (!strcmp(what, "promise"))
		say_error(fake, EILSEQ, "a promise was broken");
	else if (!strcmp(what, "fds"))
		tell_descriptors(fake);
	return strcmp(what, "print");
}

/* A fault that comes once, or not at first, has left a file behind. */
static bool is_due(struct fake *fake, int index)
{
	struct fault *fault = &fake->faults[index];
	char path[LINE_BYTES];
	int fd;

	if (strcmp(fault->match, "*") && !strstr(fake->point, fault->match))
		return false;
	if (++fake->seen[index] != fault->at)
		return false;
	if (!fault->once && !fault->later)
		return true;
	snprintf(path, sizeof(path), "%s.once", fake->name);
	fd = open(path, O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd >= 0)
		close(fd);
	return fault->once == (fd >= 0);
}

/* The answer at this stage, or what is said in its place; twice, too. */
static void answer(struct fake *fake, const char *stage, const char *text)
{
	char twice[2 * LINE_BYTES] = "";

	for (int i = 0; i < fake->fault_count; i++) {
		const struct fault *fault = &fake->faults[i];

		if (strcmp(fault->stage, stage) || !is_due(fake, i))
			continue;
		if (!strcmp(fault->act, "double"))
			snprintf(twice, sizeof(twice), "%s%s", text, text);
		else if (act(fake, fault->act))
			return;
	}
	send_text(fake, *twice ? twice : text);
}

static void say_hello(struct fake *fake)
{
	char line[LINE_BYTES], *end = line;

	end += sprintf(end, "{\"hello\":{\"protocol\":2");
	end += sprintf(end, ",\"program\":\"fake\"");
	if (fake->build_type[0] != '-')
		end += sprintf(end, ",\"build_type\":\"%s\"", fake->build_type);
	if (fake->sanitizer[0] != '-')
		end += sprintf(end, ",\"sanitizer\":\"%s\"", fake->sanitizer);
	strcpy(end, "}}\n");
	answer(fake, "hello", line);
}

static uint64_t cpu_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static uint64_t work(const struct fake *fake, uint64_t operations)
{
	uint64_t begin_ns = cpu_ns();
	volatile uint64_t x = 1;

	for (uint64_t i = 0; i < operations * WORK_ROUNDS * fake->work / 100;
	     i++)
		x = x * 2862933555777941757u + 3037000493u;
	return cpu_ns() - begin_ns;
}

static void run_slice(struct fake *fake, uint64_t operations)
{
	char line[LINE_BYTES];
	/* A little different each time, as times are. */
	uint64_t ns = operations * 10 * fake->slow + ++fake->count * 7 % 5;

	if (fake->work)
		ns = work(fake, operations);
	snprintf(line, sizeof(line),
	         "{\"sample\":{\"operations\":%llu,\"elapsed_ns\":%llu}}\n",
	         (unsigned long long)operations, (unsigned long long)ns);
	answer(fake, "slice", line);
}

static void serve(struct fake *fake, const char *request)
{
	unsigned long long number;
	char line[LINE_BYTES];

	if (!strncmp(request, "{\"open\"", 7)) {
		snprintf(fake->point, sizeof(fake->point), "%s", request);
		answer(fake, "open", "{\"ready\":{}}\n");
	} else if (sscanf(request, "{\"size\":%llu", &number) == 1) {
		snprintf(line, sizeof(line), "{\"sized\":%llu}\n",
		         number / 1000);
		answer(fake, "size", line);
	} else if (sscanf(request, "{\"slice\":[%llu", &number) == 1) {
		run_slice(fake, number);
	} else {
		exit(strncmp(request, "{\"quit\"", 7) ? 8 : 0);
	}
}

static void read_fault(struct fake *fake, const char *line)
{
	struct fault *fault = &fake->faults[fake->fault_count];
	char key[32], value[32];

	if (sscanf(line, "told %31s %31s", key, value) == 2) {
		strcpy(*key == 'b' ? fake->build_type : fake->sanitizer, value);
		return;
	}
	if (sscanf(line, "work %u", &fake->work) == 1 ||
	    sscanf(line, "slow %u", &fake->slow) == 1)
		return;
	*fault = (struct fault){ .match = "*", .at = 1 };
	fault->once = !strncmp(line, "once ", 5);
	fault->later = !strncmp(line, "later ", 6);
	line += fault->once ? 5 : fault->later ? 6 : 0;
	if (sscanf(line, "%15s %15s %63s %d", fault->stage, fault->act,
	           fault->match, &fault->at) >= 2 &&
	    fake->fault_count < FAULTS_MAX - 1)
		fake->fault_count++;
}

static void read_faults(struct fake *fake)
{
	char line[LINE_BYTES];
	FILE *file;

	snprintf(line, sizeof(line), "%s.conf", fake->name);
	file = fopen(line, "re");
	while (file && fgets(line, sizeof(line), file))
		read_fault(fake, line);
	if (file)
		fclose(file);
}

int main(int argc, char **argv)
{
	static struct fake fake = { .build_type = "Release", .slow = 100 };
	static char line[LINE_BYTES];
	FILE *requests;

	if (argc != 4 || prctl(PR_SET_PDEATHSIG, SIGKILL))
		return 7;
	fake.name = argv[0];
	fake.fd = atoi(argv[2]);
	read_faults(&fake);
	say_hello(&fake);
	requests = fdopen(fake.fd, "r");
	while (requests && fgets(line, sizeof(line), requests))
		serve(&fake, line);
	return 0;
}
