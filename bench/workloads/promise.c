/* SPDX-License-Identifier: MIT */
/* promise.c - see promise.h. */
#include "workloads/promise.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "workloads/steps.h"

int sy_promise_broken(char reason[SY_BROKEN_BYTES], const char *format, ...)
{
	va_list list;

	va_start(list, format);
	vsnprintf(reason, SY_BROKEN_BYTES, format, list);
	va_end(list);
	return -EILSEQ;
}

size_t sy_no_scratch(const struct sy_load *load)
{
	(void)load;
	return 0;
}

uint64_t sy_seed_expected(const struct sy_load *load, uint64_t index)
{
	(void)load;
	return sy_task_seed(index);
}
