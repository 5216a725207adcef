/* SPDX-License-Identifier: MIT */
/*
 * fuzz_figures.c - the data of all figures from a results.json; gnuplot is not
 * started.
 */
#include "folder.h"

#include <errno.h>

#include "results/figure_parts.h"

static int (*const writers[])(const json_t *results, int dir_fd) = {
	sy_throughput_write, sy_switch_write,   sy_workset_write, sy_ring_write,
	sy_matrix_write,     sy_creation_write, sy_memory_write,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_t *json = fuzz_json(data, size);
	int dir_fd;

	if (!json_is_array(json_object_get(json, "points"))) {
		json_decref(json);
		return 0;
	}
	dir_fd = open(fuzz_folder(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	fuzz_must(dir_fd >= 0);
	for (size_t i = 0; i < sizeof(writers) / sizeof(*writers); i++) {
		int error = writers[i](json, dir_fd);

		fuzz_must(!error || error == -ENODATA || error == -EINVAL);
	}
	close(dir_fd);
	json_decref(json);
	return 0;
}
