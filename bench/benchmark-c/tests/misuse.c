/* SPDX-License-Identifier: MIT */
/* misuse.c - a program with one good benchmark, and one of each mistake. */
#include "benchmark_c.h"

#include <math.h>

static void good(struct bmc_state *state, void *data)
{
	(void)data;
	for (uint64_t left; (left = bmc_next(state));)
		while (left--)
			bmc_clobber();
}

static void no_loop(struct bmc_state *state, void *data)
{
	(void)state;
	(void)data;
}

static void bad_counter(struct bmc_state *state, void *data)
{
	good(state, data);
	bmc_set_counter(state, "n", NAN, BMC_COUNTER_DEFAULT);
}

static void ends_paused(struct bmc_state *state, void *data)
{
	(void)data;
	bmc_next(state);
	bmc_pause(state);
}

int main(int argc, char **argv)
{
	if (bmc_register("good", good, NULL, NULL) ||
	    bmc_register("no_loop", no_loop, NULL, NULL) ||
	    bmc_register("bad_counter", bad_counter, NULL, NULL) ||
	    bmc_register("ends_paused", ends_paused, NULL, NULL))
		return 4;
	return bmc_main(argc, argv);
}
