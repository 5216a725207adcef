/* SPDX-License-Identifier: MIT */
/*
 * fuzz_response.c - what a server answers to a GET.
 *
 * The first two bytes are the longest body that is taken and the pieces in
 * which it comes: it is the same answer however it comes.
 */
#include "fuzz.h"

#include "workloads/response.h"

struct outcome {
	int status;
	uint64_t body_bytes;
	bool keeps;
};

static struct outcome take(const uint8_t *data, size_t size, uint64_t body_max,
                           size_t piece)
{
	struct sy_response response;
	int status = 0;

	sy_response_begin(&response, body_max);
	while (size && !status) {
		size_t part = size < piece ? size : piece;

		status = sy_response_take(&response, data, part);
		data += part;
		size -= part;
		/* What follows an answer is an error as soon as it is seen. */
		if (status == 1 && size)
			status = sy_response_take(&response, data, 1);
	}
	if (!status)
		status = sy_response_end(&response);
	fuzz_must(status);
	fuzz_must(response.body_bytes <= body_max);
	fuzz_must(status != 1 || (response.whole && response.headed));
	return (struct outcome){ status, response.body_bytes,
		                 status == 1 && response.keeps };
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct outcome whole, torn;
	uint64_t most;

	if (size < 2)
		return 0;
	most = (uint64_t)data[0] * 16;
	whole = take(data + 2, size - 2, most, size);
	torn = take(data + 2, size - 2, most, 1 + data[1] % 64);
	fuzz_must((whole.status == 1) == (torn.status == 1));
	if (whole.status == 1)
		fuzz_must(whole.body_bytes == torn.body_bytes &&
		          whole.keeps == torn.keeps);
	return 0;
}
