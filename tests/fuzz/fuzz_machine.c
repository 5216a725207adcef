/* SPDX-License-Identifier: MIT */
/*
 * fuzz_machine.c - machines described from outside, as far as they are read
 * before hwloc sees them: the synthetic notation, and files of XML.
 */
#include "folder.h"

#include "host/hwloc_input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size), *taken, path[128];

	sy_hwloc_check_synthetic(text);
	fuzz_put("topology.xml", data, size);
	snprintf(path, sizeof(path), "%s/topology.xml", fuzz_folder());
	if (!sy_hwloc_read_file(path, &taken)) {
		fuzz_must(!strcmp(taken, text) && strlen(text) == size);
		free(taken);
	}
	free(text);
	return 0;
}
