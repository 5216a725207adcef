/* SPDX-License-Identifier: MIT */
/*
 * crash.c - see crash.h.
 *
 * What the handler calls is safe in one: send, sigaction, raise, and functions
 * of ours that only read and count.  It needs two things that it is not given,
 * hence the only variable of the engine.
 */
#include "engine/crash.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <sys/socket.h>

#include "coroutine/overflow.h"

static struct {
	int fd;
	struct sigaction before; /* the default, or a sanitizer's */
	struct sy_signal_stack signals;
} crash;

static char *put_text(char *at, const char *text)
{
	while (*text)
		*at++ = *text++;
	return at;
}

static char *put_address(char *at, const void *address)
{
	uintptr_t value = (uintptr_t)address;
	int shift = 60;

	while (shift && !(value >> shift))
		shift -= 4;
	at = put_text(at, "0x");
	for (; shift >= 0; shift -= 4)
		*at++ = "0123456789abcdef"[value >> shift & 15];
	return at;
}

_Static_assert(EFAULT == 14, "the code that is written out below");

size_t sy_crash_words(char line[static SY_LAST_WORDS_BYTES],
                      enum sy_guard guard, const void *address)
{
	char *at = put_text(line, "{\"error\":{\"code\":14,\"reason\":\""
	                          "a coroutine's stack overflowed (");

	at = put_text(at, guard == SY_GUARD_CANARY
	                          ? "its canary was written over, then "
	                            "SIGSEGV at "
	                          : "guard page at ");
	at = put_address(at, address);
	return (size_t)(put_text(at, ")\"}}\n") - line);
}

static void tell(enum sy_guard guard, const void *address)
{
	char line[SY_LAST_WORDS_BYTES];
	size_t bytes = sy_crash_words(line, guard, address);
	ssize_t sent;

	do {
		sent = send(crash.fd, line, bytes, MSG_NOSIGNAL);
	} while (sent < 0 && errno == EINTR);
}

/* What faulted is tried again after it, and faults under the old handler; a
   signal that somebody sent (code 0 or less) comes once only. */
static void on_fault(int signal, siginfo_t *info, void *context)
{
	enum sy_guard guard;

	(void)context;
	if (info->si_code > 0 && sy_overflow_find(info->si_addr, &guard))
		tell(guard, info->si_addr);
	sigaction(signal, &crash.before, NULL);
	if (info->si_code <= 0)
		raise(signal);
}

int sy_crash_tell(int fd)
{
	struct sigaction action = { .sa_sigaction = on_fault,
		                    .sa_flags = SA_SIGINFO | SA_ONSTACK };
	int error = sy_signal_stack_open(&crash.signals);

	if (error)
		return error;
	crash.fd = fd;
	sigemptyset(&action.sa_mask);
	return sigaction(SIGSEGV, &action, &crash.before) ? -errno : 0;
}
