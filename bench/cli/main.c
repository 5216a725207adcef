/* SPDX-License-Identifier: MIT */
/*
 * main.c - finds the verb and gives it its arguments.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "build_info.h"
#include "cli/cli.h"
#include "engine/worker.h"
#include "eventloop.h"
#include "host/units.h"

static const struct sy_verb *const verbs[] = {
	&sy_verb_tour,
	&sy_verb_run,
	&sy_verb_compare,
	&sy_verb_trend,
	&sy_verb_bench,
	&sy_verb_list,
	&sy_verb_plot,
	&sy_verb_export,
	&sy_verb_doctor,
	&sy_verb_topology,
	NULL,
};

static void print_usage(FILE *out)
{
	fputs("Switchyard compares concurrency models on this machine.\n\n",
	      out);
	for (size_t i = 0; verbs[i]; i++)
		fprintf(out, "  switchyard %s\n      %s\n", verbs[i]->usage,
		        verbs[i]->summary);
	fputs("  switchyard --version\n\n"
	      "`switchyard VERB --help` says more.\n",
	      out);
}

static int print_version(void)
{
	printf("switchyard %s (%s%s)\n"
	       "libuv %s, hwloc %s, jansson %s, Google Benchmark %s\n"
	       "%s, %s%s%s, flags: %s\n",
	       SY_VERSION, SY_GIT_COMMIT,
	       strcmp(SY_GIT_DIRTY, "no") ? ", changed" : "",
	       sy_eventloop_library(), sy_topology_library(),
	       jansson_version_str(), SY_BENCHMARK_VERSION, SY_COMPILER,
	       SY_BUILD_TYPE, SY_SANITIZER[0] ? ", sanitizer: " : "",
	       SY_SANITIZER, SY_FLAGS);
	return 0;
}

static bool asks_help(const char *argument)
{
	return !strcmp(argument, "--help") || !strcmp(argument, "-h");
}

static int run_verb(const struct sy_verb *verb, int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (asks_help(argv[i])) {
			printf("switchyard %s\n\n%s", verb->usage, verb->help);
			return 0;
		}
	return verb->run(argc, argv);
}

/* `worker FD PARENT`: started by a driver, not by a person. */
static int serve(int argc, char **argv)
{
	uint64_t fd, parent;

	if (argc != 3 || sy_parse_count(argv[1], &fd) ||
	    sy_parse_count(argv[2], &parent))
		return sy_complain(SY_EXIT_USAGE,
		                   "worker: only a driver starts it");
	return sy_worker_serve((int)fd, (pid_t)parent) ? 1 : 0;
}

/*
 * Who starts a program may have it ignore SIGCHLD, which outlives exec: the
 * kernel then reaps our children and nobody learns what became of them.
 */
static void keep_children(void)
{
	signal(SIGCHLD, SIG_DFL);
}

/* A descriptor 0 to 2 that is closed would be given to a file of ours. */
static void hold_standard_streams(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= 2);
	if (fd > 2)
		close(fd);
}

/* Google Benchmark's tools give a program its flags and know no verbs. */
static bool is_benchmark(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (!strncmp(argv[i], "--benchmark_", 12))
			return true;
	return false;
}

static int dispatch(int argc, char **argv)
{
	if (argc < 2) {
		print_usage(stderr);
		return SY_EXIT_USAGE;
	}
	if (!strcmp(argv[1], "worker"))
		return serve(argc - 1, argv + 1);
	if (!strcmp(argv[1], "--version"))
		return print_version();
	if (asks_help(argv[1]) || !strcmp(argv[1], "help")) {
		print_usage(stdout);
		return 0;
	}
	for (size_t i = 0; verbs[i]; i++)
		if (!strcmp(argv[1], verbs[i]->name))
			return run_verb(verbs[i], argc - 1, argv + 1);
	if (is_benchmark(argc, argv))
		return run_verb(&sy_verb_bench, argc, argv);
	return sy_complain(SY_EXIT_USAGE,
	                   "no verb '%s'; `switchyard --help` lists them",
	                   argv[1]);
}

int main(int argc, char **argv)
{
	int status;

	hold_standard_streams();
	keep_children();
	status = dispatch(argc, argv);
	if (fflush(stdout) && errno != EPIPE && !status)
		status = sy_complain(SY_EXIT_REFUSED,
		                     "cannot write to standard output: %s",
		                     strerror(errno));
	return status;
}
