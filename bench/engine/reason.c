/* SPDX-License-Identifier: MIT */
/* reason.c - see reason.h. */
#include "engine/reason.h"

#include <stdarg.h>
#include <stdio.h>

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
