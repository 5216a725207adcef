/* SPDX-License-Identifier: MIT */
/* reason.c - see reason.h. */
#include "engine/reason.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int sy_reason(struct sy_reason *reason, int error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(reason->text, sizeof(reason->text), format, args);
	va_end(args);
	/* What came from outside may hold anything; the line stays one line. */
	for (char *c = reason->text; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
	return error;
}

const char *sy_run_error(int error)
{
	/* model.h: nothing else of a model fails with these. */
	if (error == -EFAULT)
		return "a coroutine's stack overflowed (its canary was "
		       "written over)";
	if (error == -ECHILD)
		return "a process of the model died";
	return strerror(-error);
}
