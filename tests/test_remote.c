/* SPDX-License-Identifier: MIT */
/*
 * test_remote.c - workers that hang, die, babble and leave things behind:
 * each is told apart, and nothing of it is left.
 *
 * They are scripts of a few lines that are started in a worker's place.
 */
#include "engine_fixture.h"

#include <sys/stat.h>

#include "engine/remote.h"

/* What the scripts have in common. */
static const char head[] = "#!/bin/bash\n"
			   "say() { printf '%s\\n' \"$1\" >&3; }\n"
			   "hear() { read -r line <&3; }\n"
			   "hello() { say '{\"hello\":{\"protocol\":2}}'; }\n";

static char folder[64];
static char program[80];
static struct holdings before;
static struct sy_remote remote;
static struct sy_reason reason;

static int set_up(void **state)
{
	(void)state;
	make_folder(folder);
	snprintf(program, sizeof(program), "%s/worker", folder);
	reason.text[0] = '\0';
	before = look();
	return 0;
}

/* Whatever went wrong: no process, no descriptor. */
static int tear_down(void **state)
{
	pid_t group = remote.pid;

	(void)state;
	sy_remote_end(&remote, 0);
	assert_int_equal(remote.pid, 0);
	if (group)
		assert_int_equal(kill(-group, 0), -1);
	sy_remote_end(&remote, 0); /* does nothing */
	assert_nothing_left(before);
	remove_folder(folder);
	return 0;
}

static void start(const char *script)
{
	FILE *file = fopen(program, "we");

	assert_non_null(file);
	fprintf(file, "%s%s\n", head, script);
	fclose(file);
	assert_int_equal(chmod(program, 0700), 0);
	assert_int_equal(sy_remote_start(&remote, program, false, &reason), 0);
	assert_true(remote.pid > 0);
}

static int greet(const char *script)
{
	start(script);
	return sy_remote_hello(&remote, -1, 0, NULL, &reason);
}

/* The script says hello itself; what comes of the size that is asked then. */
static int size(const char *script, int timeout_ms)
{
	uint64_t operations;

	assert_int_equal(greet(script), 0);
	return sy_remote_size(&remote, 1000, -1, timeout_ms, &operations,
	                      &reason);
}

static void assert_size(const char *script, int error, const char *part)
{
	assert_int_equal(size(script, 10000), error);
	assert_says(reason.text, part);
}

/* The start. */

static void test_a_program_that_is_not_there(void **state)
{
	(void)state;
	assert_int_equal(sy_remote_start(&remote, program, false, &reason),
	                 -ENOENT);
	assert_int_equal(remote.pid, 0);
	assert_says(reason.text, "cannot start a worker");
	assert_says(reason.text, program);
	assert_int_equal(sy_remote_start(&remote, folder, false, &reason),
	                 -EACCES);
	assert_int_equal(remote.pid, 0);
}

static void test_no_descriptor_is_left_for_a_worker(void **state)
{
	struct rlimit limit, none;
	int error;

	(void)state;
	getrlimit(RLIMIT_NOFILE, &limit);
	none = (struct rlimit){ 3, limit.rlim_max };
	setrlimit(RLIMIT_NOFILE, &none);
	error = sy_remote_start(&remote, program, false, &reason);
	setrlimit(RLIMIT_NOFILE, &limit);
	assert_int_equal(error, -EMFILE);
	assert_int_equal(remote.pid, 0);
	assert_says(reason.text, strerror(EMFILE));
}

static uint64_t signals_after(const char *key)
{
	assert_says(reason.text, key);
	return strtoull(strstr(reason.text, key) + strlen(key), NULL, 16);
}

/* A group of its own, no signals blocked or ignored, no terminal. */
static void test_a_worker_starts_from_a_clean_slate(void **state)
{
	sigset_t set, old;

	(void)state;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, &old);
	signal(SIGPIPE, SIG_IGN);
	start("hello; hear\n"
	      "signals=$(grep -E 'Sig(Blk|Ign)' /proc/self/status)\n"
	      "[[ /proc/$$/fd/1 -ef /proc/$$/fd/2 ]] && out=errors\n"
	      "in=$(readlink /proc/$$/fd/0)\n"
	      "say \"{\\\"error\\\":{\\\"code\\\":5,\\\"reason\\\":\\\"$*"
	      " in $in out $out $(tr -d '\\n\\t' <<<$signals)\\\"}}\"");
	sigprocmask(SIG_SETMASK, &old, NULL);
	signal(SIGPIPE, SIG_DFL);
	assert_int_equal(getpgid(remote.pid), remote.pid);
	assert_int_equal(sy_remote_hello(&remote, -1, 0, NULL, &reason), 0);
	assert_int_equal(sy_remote_size(&remote, 1, -1, 10000, &(uint64_t){ 0 },
	                                &reason),
	                 -EIO);
	assert_says(reason.text, "worker 3 ");
	assert_says(reason.text, "in /dev/null out errors");
	assert_int_equal(signals_after("SigBlk:"), 0);
	/* The C library ignores two of its own. */
	assert_int_equal(signals_after("SigIgn:") & ~(UINT64_C(3) << 31), 0);
}

/* The end. */

static void test_a_worker_that_dies_at_once(void **state)
{
	(void)state;
	assert_int_equal(greet("exit 3"), -EPIPE);
	assert_says(reason.text, "ended with status 3");
}

static void test_a_worker_that_a_signal_ends(void **state)
{
	(void)state;
	assert_int_equal(size("hello; hear; kill -SEGV $$", 10000), -EPIPE);
	assert_says(reason.text, "signal 11 (Segmentation fault)");
}

static void test_a_worker_that_hangs_up(void **state)
{
	(void)state;
	assert_int_equal(greet("exec 3>&-; sleep 1000"), -EPIPE);
	assert_says(reason.text, "hung up");
}

static void test_a_worker_that_dies_before_it_is_asked(void **state)
{
	int status;

	(void)state;
	assert_int_equal(greet("hello; exit 3"), 0);
	assert_int_equal(waitid(P_PID, (id_t)remote.pid, &(siginfo_t){ 0 },
	                        WEXITED | WNOWAIT),
	                 0);
	assert_int_equal(sy_remote_size(&remote, 1, -1, 10000, &(uint64_t){ 0 },
	                                &reason),
	                 -EPIPE);
	assert_says(reason.text, "ended with status 3");
	assert_int_equal(waitpid(remote.pid, &status, WNOHANG), remote.pid);
}

static void test_a_worker_that_hangs(void **state)
{
	uint64_t begin_ns = sy_clock_ns();

	(void)state;
	assert_int_equal(size("hello; trap '' TERM INT HUP; while :; do "
	                      "sleep 1000; done",
	                      100),
	                 -ETIMEDOUT);
	assert_says(reason.text, "no answer within its limit");
	assert_in_range(sy_clock_ns() - begin_ns, 100 * MS, 10000 * MS);
}

static void test_a_worker_that_is_stopped(void **state)
{
	(void)state;
	assert_int_equal(size("hello; kill -STOP $$", 100), -ETIMEDOUT);
}

static void test_a_worker_that_ignores_quit(void **state)
{
	uint64_t begin_ns;

	(void)state;
	assert_int_equal(greet("hello; sleep 1000"), 0);
	begin_ns = sy_clock_ns();
	sy_remote_quit(&remote);
	sy_remote_end(&remote, 50);
	assert_in_range(sy_clock_ns() - begin_ns, 50 * MS, 10000 * MS);
}

static void test_a_worker_that_quits_is_given_its_time(void **state)
{
	char path[80];

	(void)state;
	assert_int_equal(greet("hello; hear; sleep 0.1; echo \"$line\" "
	                       ">${0%/*}/heard"),
	                 0);
	sy_remote_quit(&remote);
	sy_remote_end(&remote, 10000);
	snprintf(path, sizeof(path), "%s/heard", folder);
	assert_int_equal(access(path, F_OK), 0);
}

/* What it leaves in its group is killed and reaped; tear_down looks. */
static void test_a_worker_that_leaves_processes_behind(void **state)
{
	(void)state;
	assert_int_equal(greet("(trap '' TERM; sleep 1000 & sleep 1000) 3>&- &"
	                       "sleep 1000 3>&- & exit 3"),
	                 -EPIPE);
	assert_says(reason.text, "ended with status 3");
}

static void test_heirs_of_the_socket_do_not_hide_a_death(void **state)
{
	(void)state;
	assert_int_equal(size("hello; hear; sleep 1000 & exit 4", 60000),
	                 -EPIPE);
	assert_says(reason.text, "ended with status 4");
}

/* What it says. */

static void test_a_worker_of_another_protocol(void **state)
{
	(void)state;
	assert_int_equal(greet("say '{\"hello\":{\"protocol\":3}}'; hear"),
	                 -EPROTO);
	assert_says(reason.text, "speaks protocol 3, not 2");
}

static void test_a_worker_with_no_protocol(void **state)
{
	(void)state;
	assert_int_equal(greet("say '{\"hello\":{}}'; hear"), -EPROTO);
	assert_says(reason.text, "protocol");
}

static void test_a_worker_that_answers_something_else(void **state)
{
	(void)state;
	assert_size("hello; hear; say '{\"ready\":{}}'; hear", -EPROTO,
	            "nonsense");
}

static void test_a_worker_that_does_not_speak_json(void **state)
{
	(void)state;
	assert_size("hello; hear; say 'Segmentation fault'; hear", -EPROTO,
	            "the worker's answer");
}

static void test_a_worker_that_floods(void **state)
{
	(void)state;
	assert_size("hello; hear; cat /dev/zero >&3", -EPROTO,
	            "the worker's answer");
}

static void test_a_worker_that_sizes_to_nothing(void **state)
{
	(void)state;
	assert_size("hello; hear; say '{\"sized\":0}'; hear", -EPROTO,
	            "sized its slice to nothing");
}

static void test_a_worker_whose_sample_makes_no_sense(void **state)
{
	struct sy_slice slice;

	(void)state;
	assert_int_equal(greet("hello; hear; say '{\"sample\":{\"operations\":"
	                       "5,\"elapsed_ns\":-1}}'; hear"),
	                 0);
	assert_int_equal(
		sy_remote_slice(&remote, 5, 0, -1, 10000, &slice, &reason),
		-EPROTO);
	assert_says(reason.text, "sample makes no sense");
}

/* The errors that it tells. */

static void test_an_error_comes_with_its_reason(void **state)
{
	(void)state;
	assert_size("hello; hear; say '{\"error\":{\"code\":12,"
	            "\"reason\":\"no \\u001b[31mroom\\n\"}}'; hear",
	            -ENOMEM, "no ?[31mroom?");
}

static void test_an_error_that_is_none(void **state)
{
	(void)state;
	assert_size("hello; hear; say '{\"error\":{\"code\":-12,"
	            "\"reason\":\"x\"}}'; hear",
	            -EPROTO, "nonsense");
}

/* A library's own cancelling is not the driver's. */
static void test_a_worker_cannot_cancel_the_run(void **state)
{
	(void)state;
	assert_size("hello; hear; say '{\"error\":{\"code\":125,"
	            "\"reason\":\"stopped\"}}'; hear",
	            -EIO, "stopped");
}

static void test_waiting_can_be_cancelled(void **state)
{
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	close(ends[1]);
	start("sleep 1000");
	assert_int_equal(sy_remote_hello(&remote, ends[0], 0, NULL, &reason),
	                 -ECANCELED);
	assert_says(reason.text, "interrupted");
	close(ends[0]);
}

/* And one that does as it should. */

static void test_a_real_worker_answers(void **state)
{
	struct sy_point point;
	struct sy_slice slice;
	uint64_t operations = 0;

	(void)state;
	make_point(&point, "cpu", "threads");
	point.request.inflight = 2;
	point.load.rounds = 100;
	assert_int_equal(resolve_here(&point, &reason), 0);
	assert_int_equal(sy_remote_start(&remote, SY_PROGRAM, false, &reason),
	                 0);
	assert_int_equal(sy_remote_hello(&remote, -1, 0, NULL, &reason), 0);
	assert_int_equal(sy_remote_open_begin(&remote, &point, &reason), 0);
	assert_int_equal(sy_remote_open_end(&remote, -1, 10000, &reason), 0);
	assert_int_equal(
		sy_remote_size(&remote, MS, -1, 10000, &operations, &reason),
		0);
	assert_true(operations >= 2);
	assert_int_equal(
		sy_remote_slice(&remote, 100, 1, -1, 10000, &slice, &reason),
		0);
	assert_int_equal(slice.operations, 100);
	sy_remote_quit(&remote);
	sy_remote_end(&remote, 10000);
	sy_point_release(&point);
}

static int prepare(void **state)
{
	(void)state;
	return sy_remote_prepare();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_program_that_is_not_there),
		TEST(test_no_descriptor_is_left_for_a_worker),
		TEST(test_a_worker_starts_from_a_clean_slate),
		TEST(test_a_worker_that_dies_at_once),
		TEST(test_a_worker_that_a_signal_ends),
		TEST(test_a_worker_that_hangs_up),
		TEST(test_a_worker_that_dies_before_it_is_asked),
		TEST(test_a_worker_that_hangs),
		TEST(test_a_worker_that_is_stopped),
		TEST(test_a_worker_that_ignores_quit),
		TEST(test_a_worker_that_quits_is_given_its_time),
		TEST(test_a_worker_that_leaves_processes_behind),
		TEST(test_heirs_of_the_socket_do_not_hide_a_death),
		TEST(test_a_worker_of_another_protocol),
		TEST(test_a_worker_with_no_protocol),
		TEST(test_a_worker_that_answers_something_else),
		TEST(test_a_worker_that_does_not_speak_json),
		TEST(test_a_worker_that_floods),
		TEST(test_a_worker_that_sizes_to_nothing),
		TEST(test_a_worker_whose_sample_makes_no_sense),
		TEST(test_an_error_comes_with_its_reason),
		TEST(test_an_error_that_is_none),
		TEST(test_a_worker_cannot_cancel_the_run),
		TEST(test_waiting_can_be_cancelled),
		TEST(test_a_real_worker_answers),
	};

	return cmocka_run_group_tests(tests, prepare, NULL);
}
