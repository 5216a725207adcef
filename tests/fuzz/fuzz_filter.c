/* SPDX-License-Identifier: MIT */
/*
 * fuzz_filter.c - the expression that chooses points.
 *
 * One that is taken is compiled and matched with names as they are, the
 * longest among them, within the time that a harness has.
 */
#include "fuzz.h"

#include "engine/filter.h"

static const char *const names[] = {
	"cpu/threads/inflight:64/grain_us:100/placement:one-pu",
	"switch/coroutine.ucontext/ring:1000/placement:siblings",
	"io/eventloop.poll/inflight:10000/wait_us:2000/request:64/reply:64/"
	"server:shared/transport:tcp/window:1024/placement:0,1,2-7",
	"fetch/coroutine/inflight:64/body:4096/connection:fresh/"
	"url:http://localhost:8080/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/placement:none",
	"",
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	struct sy_reason reason;
	regex_t expression;

	if (sy_filter_compile(&expression, text, &reason)) {
		fuzz_check_reason(&reason);
	} else {
		for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
			regexec(&expression, names[i], 0, NULL, 0);
		regfree(&expression);
	}
	free(text);
	return 0;
}
