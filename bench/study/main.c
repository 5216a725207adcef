/* SPDX-License-Identifier: MIT */
/* main.c - which study, and the worker that it starts. */
#include <stdio.h>
#include <string.h>
#include <sys/types.h>

#include "engine/worker.h"
#include "host/units.h"
#include "model.h"
#include "study/regression.h"
#include "study/study.h"
#include "study/tutorial.h"

#define BUDGET_NS UINT64_C(240000000000)
#define PERF_PAIRS 40

static int usage(void)
{
	fputs("switchyard-study: usage: switchyard-study speed|switch [BUDGET "
	      "[SEED]],\nswitchyard-study perf [PAIRS [SEED]], "
	      "switchyard-study tour RUN,\nswitchyard-study serve [BODY "
	      "[CONNECTIONS [PU]]],\nswitchyard-study tutorial "
	      "[OPTION...], or\nswitchyard-study regression [--list] "
	      "FOLDER\n",
	      stderr);
	return 2;
}

static int study(const char *which, uint64_t budget_ns, uint64_t seed)
{
	if (!strcmp(which, "speed"))
		return sy_study_run(sy_speed_rows, sy_speed_row_count,
		                    budget_ns, seed);
	if (!strcmp(which, "switch"))
		return sy_study_run(sy_switch_rows, sy_switch_row_count,
		                    budget_ns, seed);
	return usage();
}

static int serve(int argc, char **argv)
{
	uint64_t body = 4096, connections = 100, pu = 0;

	if (argc > 5 || (argc > 2 && sy_parse_size(argv[2], &body)) ||
	    (argc > 3 && (sy_parse_count(argv[3], &connections) ||
	                  connections > UINT32_MAX)) ||
	    (argc > 4 && (sy_parse_count(argv[4], &pu) || pu >= SY_PUS_MAX)))
		return usage();
	return sy_study_serve(body, (uint32_t)connections,
	                      argc > 4 ? (int)pu : -1);
}

int main(int argc, char **argv)
{
	uint64_t first = BUDGET_NS, second = 1, pairs = PERF_PAIRS;

	if (argc == 4 && !strcmp(argv[1], "worker")) {
		if (sy_parse_count(argv[2], &first) ||
		    sy_parse_count(argv[3], &second))
			return 2;
		return sy_worker_serve((int)first, (pid_t)second) ? 1 : 0;
	}
	if (argc > 1 && !strcmp(argv[1], "tutorial"))
		return sy_study_tutorial(argc - 1, argv + 1);
	if (argc > 1 && !strcmp(argv[1], "regression"))
		return sy_study_regression(argc - 1, argv + 1);
	if (argc == 3 && !strcmp(argv[1], "tour"))
		return sy_study_tour(argv[2]);
	if (argc > 1 && !strcmp(argv[1], "serve"))
		return serve(argc, argv);
	if (argc < 2 || argc > 4 ||
	    (argc > 3 && sy_parse_count(argv[3], &second)))
		return usage();
	if (!strcmp(argv[1], "perf")) {
		if (argc > 2 && (sy_parse_count(argv[2], &pairs) || !pairs ||
		                 pairs > 10000))
			return usage();
		return sy_study_perf((unsigned)pairs, second);
	}
	if (argc > 2 && sy_parse_duration(argv[2], &first))
		return usage();
	return study(argv[1], first, second);
}
