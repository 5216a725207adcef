/* SPDX-License-Identifier: MIT */
/* worker.c - the empty loops through the library, static or shared. */
#include <unistd.h>

#include "benchmark_c.h"
#include "slice.h"

static void ask_once(struct bmc_state *state, void *data)
{
	(void)data;
	for (uint64_t left; (left = bmc_next(state));)
		while (left--)
			bmc_clobber();
}

static void ask_each(struct bmc_state *state, void *data)
{
	(void)data;
	while (bmc_keep_running(state))
		bmc_clobber();
}

static void keep(void *data, const struct bmc_row *row)
{
	if (!row->error)
		*(double *)data = row->cpu_time; /* ns, the default unit */
}

static int prepare(void)
{
	struct bmc_benchmark *once, *each;
	int error = bmc_register("once", ask_once, NULL, &once);

	if (!error)
		error = bmc_iterations(once, ONCE_ITERATIONS);
	if (!error)
		error = bmc_register("each", ask_each, NULL, &each);
	if (!error)
		error = bmc_iterations(each, EACH_ITERATIONS);
	return error;
}

int main(void)
{
	char loop;
	int error = prepare();

	while (!error && read(STDIN_FILENO, &loop, 1) == 1) {
		double time_ns = -1;
		const struct bmc_reporter reporter = { .run = keep,
			                               .data = &time_ns };
		const char *name = loop == ASK_ONCE ? "^once" : "^each";
		if (!bmc_default_filter(name, NULL, 0))
			bmc_run(&reporter, NULL, NULL, 0);
		if (write(STDOUT_FILENO, &time_ns, sizeof time_ns) !=
		    sizeof time_ns)
			break;
	}
	return error ? 4 : 0;
}
