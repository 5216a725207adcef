/* SPDX-License-Identifier: MIT */
/*
 * test_started_ends.c - what becomes of started contexts when `main` ends, seen
 * from outside: this program starts itself with the name of a scene, reads
 * what that says, and looks at the processes that it names.
 */
#include "models_fixture.h"

#include <pthread.h>

#include "started.h"

/* The scenes: programs of their own, which speak to standard output. */

static void say(const char *text)
{
	if (write(STDOUT_FILENO, text, strlen(text)) < 0)
		_exit(9);
}

static void say_number(const char *what, int number)
{
	char line[64];

	snprintf(line, sizeof(line), "%s %d\n", what, number);
	say(line);
}

static struct sy_started *start(struct sy_scope *scope, enum sy_start_kind kind,
                                bool daemon, sy_start_fn *function)
{
	struct sy_start how = { .kind = kind,
		                .function = function,
		                .daemon = daemon };
	struct sy_started *started;

	if (sy_start(scope, &how, &started))
		_exit(8);
	return started;
}

static _Noreturn void stay_here(void)
{
	for (;;)
		pause();
}

static int stay(void *data)
{
	(void)data;
	stay_here();
}

static int take_a_while(void *data)
{
	(void)data;
	usleep(300000);
	say("context ended\n");
	return 0;
}

/* Goes on when the test says so. */
static void await_word(void)
{
	char c;

	if (read(STDIN_FILENO, &c, 1) < 0)
		_exit(7);
}

/* A child, one that left the group, one whose parents have gone, and one that
   ignores what can be ignored. */
static void start_some(void)
{
	int i;

	say_number("process", getpid());
	for (i = 0; i < 4; i++) {
		pid_t pid = fork();

		if (pid)
			continue;
		if (i == 1)
			setsid();
		if (i == 2 && (setsid(), fork()))
			_exit(0);
		if (i == 3)
			for (int s = 1; s < 32; s++)
				signal(s, SIG_IGN);
		say_number("process", getpid());
		stay_here();
	}
}

static int stay_with_some(void *data)
{
	start_some();
	return stay(data);
}

/* Ends by itself, leaving others behind. */
static int leave_some(void *data)
{
	(void)data;
	start_some();
	await_word(); /* main is not reading yet */
	return 4;
}

static int scene_waits(enum sy_start_kind kind)
{
	struct sy_scope *scope;

	if (sy_scope_open(&scope))
		return 1;
	start(scope, kind, false, take_a_while);
	say("main at its end\n");
	sy_scope_end(scope);
	say("scope ended\n");
	return 0;
}

/* Both kinds of daemons; the foreground is not asked of them. */
static int scene_stops(sy_start_fn *daemon_process)
{
	struct sy_scope *scope;

	if (sy_scope_open(&scope))
		return 1;
	start(scope, SY_START_THREAD, true, stay);
	start(scope, SY_START_PROCESS, true, daemon_process);
	start(scope, SY_START_THREAD, false, take_a_while);
	await_word();
	say("main at its end\n");
	sy_scope_end(scope);
	say("scope ended\n");
	return 0;
}

static int stay_alone(void *data)
{
	say_number("process", getpid());
	return stay(data);
}

/* For whoever kills it. */
static int scene_dies(void)
{
	struct sy_scope *scope;

	if (sy_scope_open(&scope))
		return 1;
	start(scope, SY_START_PROCESS, true, stay_with_some);
	start(scope, SY_START_PROCESS, false, stay_alone);
	stay_here();
}

static int scene_timed(void)
{
	struct sy_scope *scope;
	struct sy_started *one;

	if (sy_scope_open(&scope))
		return 1;
	one = start(scope, SY_START_THREAD, false, take_a_while);
	say_number("joined", sy_started_join_by(one, sy_clock_ns() + MS, NULL));
	say("main at its end\n");
	sy_scope_end(scope);
	return 0;
}

/* A daemon that ends takes with it what it has started. */
static int scene_joins(void)
{
	struct sy_scope *scope;
	struct sy_started *one;
	int result = 0;

	if (sy_scope_open(&scope))
		return 1;
	one = start(scope, SY_START_PROCESS, true, leave_some);
	if (sy_started_join(one, &result))
		return 2;
	say_number("result", result);
	await_word();
	sy_scope_end(scope);
	return 0;
}

static int play(const char *scene)
{
	if (!strcmp(scene, "thread waits"))
		return scene_waits(SY_START_THREAD);
	if (!strcmp(scene, "process waits"))
		return scene_waits(SY_START_PROCESS);
	if (!strcmp(scene, "daemons stop"))
		return scene_stops(stay_with_some);
	if (!strcmp(scene, "main dies"))
		return scene_dies();
	if (!strcmp(scene, "timed join"))
		return scene_timed();
	return scene_joins();
}

/* The test's side. */

struct scene {
	pid_t pid;
	int in;  /* what it reads */
	int out; /* what it says */
	char said[2000];
	size_t length;
	pid_t processes[8];
	int process_count;
};

static void open_scene(struct scene *scene, const char *name)
{
	int in[2], out[2];

	*scene = (struct scene){ .length = 0 };
	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	fflush(NULL);
	scene->pid = fork();
	assert_true(scene->pid >= 0);
	if (!scene->pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(in[0], STDIN_FILENO);
		dup2(out[1], STDOUT_FILENO);
		execl("/proc/self/exe", "scene", name, NULL);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	scene->in = in[1];
	scene->out = out[0];
}

/* Once it has named so many processes; -1: to its last word. */
static void listen_to(struct scene *scene, int processes)
{
	const char *at;
	ssize_t got;

	for (;;) {
		scene->process_count = 0;
		for (at = scene->said; (at = strstr(at, "process "));) {
			assert_true(scene->process_count < 8);
			at += 8;
			if (strchr(at, '\n'))
				scene->processes[scene->process_count++] =
					atoi(at);
		}
		if (scene->process_count == processes)
			return;
		got = read(scene->out, scene->said + scene->length,
		           sizeof(scene->said) - 1 - scene->length);
		assert_true(got >= 0);
		if (!got)
			break;
		scene->length += (size_t)got;
		scene->said[scene->length] = '\0';
	}
	assert_int_equal(processes, -1);
}

/* Not there, or waiting for init to look at it. */
static bool lives(pid_t pid)
{
	char path[64], line[300] = "", *end;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	file = fopen(path, "re");
	if (!file)
		return false;
	if (!fgets(line, sizeof(line), file))
		line[0] = '\0';
	fclose(file);
	end = strrchr(line, ')');
	return end && end[2] != 'Z' && end[2] != 'X';
}

static void assert_living(const struct scene *scene, bool living)
{
	int i;

	for (i = 0; i < scene->process_count; i++)
		assert_int_equal(lives(scene->processes[i]), living);
}

static void assert_ended(struct scene *scene)
{
	int status;

	assert_int_equal(waitpid(scene->pid, &status, 0), scene->pid);
	assert_int_equal(status, 0);
}

static void close_scene(struct scene *scene)
{
	close(scene->in);
	close(scene->out);
}

static void check_waits(const char *name)
{
	struct scene scene;

	open_scene(&scene, name);
	listen_to(&scene, -1);
	assert_ended(&scene);
	assert_string_equal(scene.said,
	                    "main at its end\ncontext ended\nscope ended\n");
	close_scene(&scene);
}

static void test_the_end_waits_for_the_foreground(void **state)
{
	(void)state;
	check_waits("thread waits");
	check_waits("process waits");
}

/* The daemons would stay for ever, and all that hold what it speaks to. */
static void test_the_end_stops_daemons_with_what_they_started(void **state)
{
	struct scene scene;

	(void)state;
	open_scene(&scene, "daemons stop");
	listen_to(&scene, 5);
	assert_living(&scene, true);
	assert_int_equal(write(scene.in, "\n", 1), 1);
	assert_ended(&scene);
	assert_living(&scene, false);
	listen_to(&scene, -1);
	assert_non_null(strstr(scene.said, "context ended\n"));
	assert_non_null(strstr(scene.said, "scope ended\n"));
	close_scene(&scene);
}

/* By whatever means: nobody asks a SIGKILL for permission. */
static void test_a_killed_main_takes_them_with_it(void **state)
{
	struct scene scene;
	int i, tries;

	(void)state;
	open_scene(&scene, "main dies");
	listen_to(&scene, 6);
	assert_living(&scene, true);
	assert_int_equal(kill(scene.pid, SIGKILL), 0);
	assert_int_equal(waitpid(scene.pid, NULL, 0), scene.pid);
	for (i = 0; i < scene.process_count; i++)
		for (tries = 0; tries < 10000 && lives(scene.processes[i]);
		     tries++)
			usleep(1000);
	assert_living(&scene, false);
	close_scene(&scene);
}

static void test_timed_join_leaves_it_running(void **state)
{
	char expected[100];
	struct scene scene;

	(void)state;
	open_scene(&scene, "timed join");
	listen_to(&scene, -1);
	assert_ended(&scene);
	snprintf(expected, sizeof(expected),
	         "joined %d\nmain at its end\ncontext ended\n", -ETIMEDOUT);
	assert_string_equal(scene.said, expected);
	close_scene(&scene);
}

static void test_a_daemon_that_ends_leaves_nobody(void **state)
{
	struct scene scene;

	(void)state;
	open_scene(&scene, "daemon ends");
	listen_to(&scene, 5);
	assert_living(&scene, true);
	assert_int_equal(write(scene.in, "\n", 1), 1);
	while (!strstr(scene.said, "result 4\n")) {
		ssize_t got = read(scene.out, scene.said + scene.length,
		                   sizeof(scene.said) - 1 - scene.length);

		assert_true(got > 0);
		scene.length += (size_t)got;
	}
	/* The scope is still there. */
	assert_living(&scene, false);
	assert_int_equal(write(scene.in, "\n", 1), 1);
	assert_ended(&scene);
	close_scene(&scene);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_end_waits_for_the_foreground),
		cmocka_unit_test(
			test_the_end_stops_daemons_with_what_they_started),
		cmocka_unit_test(test_a_killed_main_takes_them_with_it),
		cmocka_unit_test(test_timed_join_leaves_it_running),
		cmocka_unit_test(test_a_daemon_that_ends_leaves_nobody),
	};

	if (argc > 1)
		return play(argv[1]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
