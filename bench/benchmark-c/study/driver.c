/* SPDX-License-Identifier: MIT */
/*
 * driver.c - an empty iteration through the library beside one in C++.
 *
 * One worker process a side, all bound to one PU, blocked unless asked for a
 * slice.  Every round asks for all loops once, in a random order, so a
 * difference is of neighbours in time.  Fresh workers a set, since where a
 * process lies in memory is luck.  Prints a table; writes no file.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "slice.h"
#include "stats/stats.h"

#define SETS 4
#define ROUNDS 1000
#define RESAMPLES 2000
#define LIMIT_NS 0.1

enum { CPP, STATIC, SHARED, SIDES };

static const char *const workers[SIDES] = {
	[CPP] = "study-shim-cpp",
	[STATIC] = "study-shim-static",
	[SHARED] = "study-shim-shared",
};

static const struct row {
	int side;
	char loop;
	int against;     /* the row that it is compared with; itself: none */
	double limit_ns; /* 0: only reported */
	const char *name;
} rows[] = {
	{ CPP, ASK_ONCE, 0, 0, "C++, for (auto _ : state)" },
	{ STATIC, ASK_ONCE, 0, LIMIT_NS, "static, bmc_next" },
	{ SHARED, ASK_ONCE, 0, LIMIT_NS, "shared, bmc_next" },
	{ CPP, ASK_EACH, 3, 0, "C++, KeepRunning" },
	{ STATIC, ASK_EACH, 3, 0, "static, bmc_keep_running" },
	{ SHARED, ASK_EACH, 3, 0, "shared, bmc_keep_running" },
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

struct worker {
	pid_t pid;
	int ask, answer;
};

struct study {
	struct worker workers[SIDES];
	size_t rounds;
	double *times_ns[ROWS]; /* of each round */
	uint32_t *sets;         /* which set a round was in */
	int pu;
};

/* The last one that may be used: interrupts prefer the first. */
static int choose_pu(void)
{
	cpu_set_t allowed;

	if (sched_getaffinity(0, sizeof(allowed), &allowed))
		return -errno;
	for (int pu = CPU_SETSIZE - 1; pu >= 0; pu--)
		if (CPU_ISSET((size_t)pu, &allowed))
			return pu;
	return -ENODEV;
}

/* In the child: becomes the worker, which lies beside this program. */
static void become(const char *name, int pu, int in, int out)
{
	char path[4096];
	const ssize_t length = readlink("/proc/self/exe", path, 3900);
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET((size_t)pu, &one);
	if (length < 0 || sched_setaffinity(0, sizeof(one), &one) ||
	    prctl(PR_SET_PDEATHSIG, SIGKILL) || dup2(in, STDIN_FILENO) < 0 ||
	    dup2(out, STDOUT_FILENO) < 0)
		_exit(127);
	path[length] = '\0';
	strcpy(strrchr(path, '/') + 1, name);
	execl(path, name, (char *)NULL);
	_exit(127);
}

static int start(struct worker *worker, const char *name, int pu)
{
	int ask[2], answer[2];

	if (pipe2(ask, O_CLOEXEC))
		return -errno;
	if (pipe2(answer, O_CLOEXEC)) {
		const int error = -errno;
		close(ask[0]);
		close(ask[1]);
		return error;
	}
	worker->pid = fork();
	if (worker->pid == 0)
		become(name, pu, ask[0], answer[1]);
	close(ask[0]);
	close(answer[1]);
	worker->ask = ask[1];
	worker->answer = answer[0];
	return worker->pid < 0 ? -EAGAIN : 0;
}

static void stop(struct worker *worker)
{
	if (worker->pid <= 0)
		return;
	close(worker->ask);
	close(worker->answer);
	waitpid(worker->pid, NULL, 0);
	worker->pid = 0;
}

/* -ECHILD: the worker has died; -EIO: its benchmark failed. */
static int ask(const struct worker *worker, char loop, double *time_ns)
{
	if (write(worker->ask, &loop, 1) != 1 ||
	    read(worker->answer, time_ns, sizeof(*time_ns)) != sizeof(*time_ns))
		return -ECHILD;
	return *time_ns > 0 ? 0 : -EIO;
}

static int run_round(struct study *study, size_t round, uint64_t *random)
{
	uint32_t order[ROWS];
	int error = 0;

	for (uint32_t i = 0; i < ROWS; i++)
		order[i] = i;
	sy_shuffle(order, ROWS, random);
	for (size_t i = 0; i < ROWS && !error; i++) {
		const struct row *row = &rows[order[i]];
		error = ask(&study->workers[row->side], row->loop,
		            &study->times_ns[order[i]][round]);
	}
	return error;
}

static int run_set(struct study *study, uint32_t set, uint64_t *random)
{
	const size_t first = study->rounds * set / SETS;
	const size_t end = study->rounds * (set + 1) / SETS;
	double warm;
	int error = 0;

	for (int side = 0; side < SIDES && !error; side++) {
		error = start(&study->workers[side], workers[side], study->pu);
		if (!error)
			error = ask(&study->workers[side], ASK_ONCE, &warm);
	}
	for (size_t round = first; round < end && !error; round++) {
		study->sets[round] = set;
		error = run_round(study, round, random);
	}
	for (int side = 0; side < SIDES; side++)
		stop(&study->workers[side]);
	return error;
}

static int print_row(const struct study *study, size_t index, double *space)
{
	const struct row *row = &rows[index];
	struct sy_samples samples = { study->times_ns[index], study->sets,
		                      study->rounds };
	struct sy_estimate time, over;
	int error = sy_bootstrap_median(&samples, RESAMPLES, 1, &time);

	for (size_t i = 0; i < study->rounds; i++)
		space[i] = study->times_ns[index][i] -
		           study->times_ns[row->against][i];
	samples.values = space;
	if (!error)
		error = sy_bootstrap_median(&samples, RESAMPLES, 1, &over);
	if (error)
		return error;
	printf("%-26s %6.3f ns", row->name, time.value);
	if (row->against != (int)index)
		printf("  %+.4f ns (%+.4f..%+.4f)  %.3f", over.value, over.low,
		       over.high, time.value / (time.value - over.value));
	if (row->limit_ns > 0)
		printf("  <= %.1f ns  %s", row->limit_ns,
		       over.high <= row->limit_ns ? "yes" : "NO");
	printf("  [%zu]\n", study->rounds);
	return 0;
}

static int print_table(const struct study *study)
{
	double *space = malloc(study->rounds * sizeof(*space));
	int error = space ? 0 : -ENOMEM;

	printf("an empty iteration, bound to PU %d, %d sets of workers\n",
	       study->pu, SETS);
	printf("%-26s %9s  over C++ (95 %% interval), ratio, limit, met "
	       "[rounds]\n",
	       "loop", "time");
	for (size_t i = 0; i < ROWS && !error; i++)
		error = print_row(study, i, space);
	free(space);
	return error;
}

static int run(struct study *study, uint64_t seed)
{
	uint64_t random = seed;
	int error = 0;

	for (uint32_t set = 0; set < SETS && !error; set++)
		error = run_set(study, set, &random);
	return error ? error : print_table(study);
}

static int allocate(struct study *study)
{
	study->sets = calloc(study->rounds, sizeof(*study->sets));
	int error = study->sets ? 0 : -ENOMEM;

	for (size_t i = 0; i < ROWS && !error; i++) {
		study->times_ns[i] = calloc(study->rounds, sizeof(double));
		error = study->times_ns[i] ? 0 : -ENOMEM;
	}
	return error;
}

static void release(struct study *study)
{
	free(study->sets);
	for (size_t i = 0; i < ROWS; i++)
		free(study->times_ns[i]);
}

/* A whole number of 1 or more, or 0. */
static unsigned long number(const char *text)
{
	char *end;
	const unsigned long value = strtoul(text, &end, 10);

	return *text >= '0' && *text <= '9' && !*end ? value : 0;
}

int main(int argc, char **argv)
{
	struct study study = { .rounds = ROUNDS };
	uint64_t seed = 1;

	if (argc > 1)
		study.rounds = number(argv[1]);
	if (argc > 2)
		seed = number(argv[2]);
	if (argc > 3 || study.rounds < SETS || study.rounds > 1000000 ||
	    !seed) {
		fprintf(stderr,
		        "study-shim: usage: study-shim [ROUNDS [SEED]]"
		        ", at least %d rounds and a seed of 1\n",
		        SETS);
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	study.pu = choose_pu();
	int error = study.pu < 0 ? study.pu : allocate(&study);
	if (!error)
		error = run(&study, seed);
	release(&study);
	if (error)
		fprintf(stderr, "study-shim: could not be carried out: %s\n",
		        strerror(-error));
	return error || fflush(stdout) ? 4 : 0;
}
