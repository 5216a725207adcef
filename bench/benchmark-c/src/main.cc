/* SPDX-License-Identifier: MIT */
/* main.cc - the one part that prints: a whole main. */
#include "session.hh"
#include "text.hh"

#include <cstdio>
#include <cstring>

namespace
{

void complain(const char *program, const char *why)
{
	fflush(stdout);
	fprintf(stderr, "%s: %s\n", program, why);
}

bool asks_for_help(int argc, char **argv)
{
	return argc == 2 &&
	       (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0);
}

int not_understood(const char *text, char *why, size_t why_bytes)
{
	const int error = bmc::guarded([&] {
		return bmc::because(why, why_bytes, -EINVAL,
		                    bmc::brief(text) + " is not understood");
	});

	return error == -ENOMEM
	               ? bmc::because(why, why_bytes, error, "out of memory")
	               : error;
}

int help(const char *program)
{
	printf("usage: %s [--benchmark_FLAG=VALUE]...\n"
	       "  filter=REGEX                  benchmarks, by name\n"
	       "  list_tests                    their names, not run\n"
	       "  min_time=SECONDS              of a run, 0.5 unless set\n"
	       "  min_warmup_time=SECONDS       before it, 0 unless set\n"
	       "  repetitions=COUNT             of each run\n"
	       "  enable_random_interleaving    mixes the repetitions\n"
	       "  report_aggregates_only        mean, median, ... alone\n"
	       "  display_aggregates_only       the same, not in the file\n"
	       "  format=console|json|csv       on standard output\n"
	       "  out=FILE                      written as well\n"
	       "  out_format=json|console|csv\n"
	       "  color=auto|true|false\n"
	       "  counters_tabular              a column a counter\n"
	       "  context=KEY=VALUE,...         into the report\n"
	       "  time_unit=ns|us|ms|s          unless a benchmark has its\n",
	       program);
	return fflush(stdout) ? 4 : 0;
}

} // namespace

extern "C" int bmc_main(int argc, char **argv)
{
	const char *program = argc > 0 && argv[0] ? argv[0] : "benchmark";
	struct bmc_totals totals = {};
	char why[BMC_WHY_BYTES];

	int error = bmc_read_flags(&argc, argv, why, sizeof why);
	if (!error && asks_for_help(argc, argv))
		return help(program);
	if (!error && argc > 1)
		error = not_understood(argv[1], why, sizeof why);
	if (!error)
		error = bmc_run(nullptr, &totals, why, sizeof why);
	if (error)
		complain(program, why);
	else if (totals.errors) {
		snprintf(why, sizeof why, "%zu of %zu runs failed",
		         totals.errors, totals.runs);
		complain(program, why);
	}
	return bmc_exit_status(error, &totals);
}
