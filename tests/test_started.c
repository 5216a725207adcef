/* SPDX-License-Identifier: MIT */
/*
 * test_started.c - contexts that are started and joined: results, names, time
 * limits, deaths, and what is refused.  What becomes of them when `main` ends
 * is in test_started_ends.c.
 */
#include "models_fixture.h"

#include <poll.h>
#include <pthread.h>

#include "started.h"

static const enum sy_start_kind kinds[] = { SY_START_THREAD, SY_START_PROCESS };

/* Shared with the processes. */
struct stage {
	atomic_int begun, go, count;
	int result;
};

static struct sy_started *start(struct sy_scope *scope, enum sy_start_kind kind,
                                bool daemon, const char *name,
                                sy_start_fn *function, void *data)
{
	struct sy_start how = { .kind = kind,
		                .function = function,
		                .data = data,
		                .name = name,
		                .daemon = daemon };
	struct sy_started *started;

	assert_int_equal(sy_start(scope, &how, &started), 0);
	return started;
}

static void await(const atomic_int *value, int least)
{
	uint64_t until_ns = sy_clock_ns() + 20000 * MS;

	while (atomic_load(value) < least) {
		assert_true(sy_clock_ns() < until_ns);
		usleep(500);
	}
}

static int count_once(void *data)
{
	struct stage *stage = data;

	return atomic_fetch_add(&stage->count, 1) + 7;
}

/* Counts on and on until it may go. */
static int count_on(void *data)
{
	struct stage *stage = data;

	atomic_fetch_add(&stage->begun, 1);
	while (!atomic_load(&stage->go)) {
		atomic_fetch_add(&stage->count, 1);
		usleep(1000);
	}
	return stage->result;
}

static bool listed(enum sy_start_kind kind, pid_t id)
{
	char path[64];

	snprintf(path, sizeof(path),
	         kind == SY_START_THREAD ? "/proc/self/task/%d" : "/proc/%d",
	         id);
	return !access(path, F_OK);
}

/* A thread that was joined may be listed for a moment longer. */
static void assert_gone(enum sy_start_kind kind, pid_t id)
{
	int tries;

	for (tries = 0; tries < 2000 && listed(kind, id); tries++)
		usleep(1000);
	assert_false(listed(kind, id));
}

/* Started and joined in a loop: each has ended before the next begins. */
static void test_what_is_joined_has_ended(void **state)
{
	struct holdings before = look();
	struct stage *stage = share(sizeof(*stage));
	struct sy_scope *scope;
	int i, k, result, maps = count_maps();

	(void)state;
	assert_int_equal(sy_scope_open(&scope), 0);
	for (k = 0; k < 2; k++) {
		atomic_store(&stage->count, 0);
		for (i = 0; i < 200; i++) {
			struct sy_started *one =
				start(scope, kinds[k], i % 10 == 9, NULL,
			              count_once, stage);

			assert_int_equal(sy_started_join(one, &result), 0);
			assert_int_equal(result, i + 7);
			assert_int_equal(atomic_load(&stage->count), i + 1);
			assert_false(sy_started_alive(one));
			/* And once more. */
			result = 0;
			assert_int_equal(sy_started_join(one, &result), 0);
			assert_int_equal(result, i + 7);
			assert_gone(kinds[k], sy_started_id(one));
		}
	}
	assert_nothing_left(before);
	/* Stacks and reports; the C library keeps a few of the former, and a
	   sanitizer what it knows of each. */
	if (!SANITIZED)
		assert_in_range(count_maps(), 0, maps + 50);
	sy_scope_end(scope);
	munmap(stage, sizeof(*stage));
	assert_nothing_left(before);
}

/* All started, then joined in another order. */
static void test_many_live_at_once(void **state)
{
	enum { count = 40 };
	struct stage *stage = share(sizeof(*stage));
	struct sy_started *all[count];
	struct sy_scope *scope;
	int i, result;

	(void)state;
	stage->result = 5;
	assert_int_equal(sy_scope_open(&scope), 0);
	for (i = 0; i < count; i++)
		all[i] = start(scope, kinds[i % 2], false, NULL, count_on,
		               stage);
	await(&stage->begun, count);
	for (i = 0; i < count; i++)
		assert_true(sy_started_alive(all[i]));
	atomic_store(&stage->go, 1);
	for (i = count; i--;) {
		assert_int_equal(sy_started_join(all[i], &result), 0);
		assert_int_equal(result, 5);
	}
	sy_scope_end(scope);
	munmap(stage, sizeof(*stage));
}

static void check_timed_join(enum sy_start_kind kind, bool daemon)
{
	struct stage *stage = share(sizeof(*stage));
	struct sy_started *one;
	struct sy_scope *scope;
	uint64_t begin_ns;
	int result = 0, seen;

	stage->result = 3;
	assert_int_equal(sy_scope_open(&scope), 0);
	one = start(scope, kind, daemon, NULL, count_on, stage);
	begin_ns = sy_clock_ns();
	assert_int_equal(sy_started_join_by(one, begin_ns + 30 * MS, &result),
	                 -ETIMEDOUT);
	assert_true(sy_clock_ns() - begin_ns >= 30 * MS);
	assert_int_equal(result, 0);
	assert_int_equal(sy_started_join_by(one, 1, NULL), -ETIMEDOUT);
	assert_true(sy_started_alive(one));
	/* It goes on. */
	seen = atomic_load(&stage->count);
	await(&stage->count, seen + 5);
	atomic_store(&stage->go, 1);
	assert_int_equal(
		sy_started_join_by(one, sy_clock_ns() + 20000 * MS, &result),
		0);
	assert_int_equal(result, 3);
	sy_scope_end(scope);
	munmap(stage, sizeof(*stage));
}

static void test_timed_join_returns_and_it_goes_on(void **state)
{
	(void)state;
	check_timed_join(SY_START_THREAD, false);
	check_timed_join(SY_START_THREAD, true);
	check_timed_join(SY_START_PROCESS, false);
	check_timed_join(SY_START_PROCESS, true);
}

/* What the daemon closes is closed: nobody between holds it open. */

struct closing {
	struct stage stage;
	int ends[2];
};

static int close_ends(void *data)
{
	struct closing *closing = data;

	close(closing->ends[0]);
	close(closing->ends[1]);
	atomic_store(&closing->stage.begun, 1);
	while (!atomic_load(&closing->stage.go))
		usleep(1000);
	return 0;
}

static void test_a_daemon_holds_what_it_holds_itself(void **state)
{
	struct closing *closing = share(sizeof(*closing));
	struct sy_scope *scope;
	struct pollfd end;

	(void)state;
	assert_int_equal(pipe2(closing->ends, O_CLOEXEC), 0);
	assert_int_equal(sy_scope_open(&scope), 0);
	start(scope, SY_START_PROCESS, true, NULL, close_ends, closing);
	close(closing->ends[1]);
	await(&closing->stage.begun, 1);
	end = (struct pollfd){ .fd = closing->ends[0], .events = POLLIN };
	assert_int_equal(poll(&end, 1, 20000), 1);
	assert_int_equal(end.revents, POLLHUP);
	atomic_store(&closing->stage.go, 1);
	sy_scope_end(scope);
	close(closing->ends[0]);
	munmap(closing, sizeof(*closing));
}

/* No descriptor is left to wait for a process with. */
static void test_timed_join_needs_no_descriptor(void **state)
{
	struct rlimit limit, old;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	limit = old;
	limit.rlim_cur = 0;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	check_timed_join(SY_START_PROCESS, false);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
}

/* Names: of the starter, of the context itself, and read by both. */

struct names {
	struct stage stage;
	char first[SY_START_NAME_BYTES], second[SY_START_NAME_BYTES];
};

static void read_own(char name[SY_START_NAME_BYTES])
{
	assert_int_equal(prctl(PR_GET_NAME, name), 0);
}

static int rename_itself(void *data)
{
	struct names *names = data;

	read_own(names->first);
	atomic_store(&names->stage.begun, 1);
	while (!atomic_load(&names->stage.go))
		usleep(500);
	read_own(names->second);
	if (sy_own_rename("renamed itself"))
		return 1;
	atomic_store(&names->stage.begun, 2);
	while (atomic_load(&names->stage.go) < 2)
		usleep(500);
	return 0;
}

static void check_names(enum sy_start_kind kind, bool daemon)
{
	struct names *names = share(sizeof(*names));
	char name[SY_START_NAME_BYTES] = "?";
	struct sy_started *one;
	struct sy_scope *scope;
	int err, result;

	assert_int_equal(sy_scope_open(&scope), 0);
	one = start(scope, kind, daemon, "fifteen bytes..", rename_itself,
	            names);
	assert_int_equal(sy_started_name(one, name), 0);
	assert_string_equal(name, "fifteen bytes..");
	await(&names->stage.begun, 1);
	err = sy_started_rename(one, "by the starter");
	assert_int_equal(err, kind == SY_START_THREAD ? 0 : -EPERM);
	atomic_store(&names->stage.go, 1);
	await(&names->stage.begun, 2);
	assert_string_equal(names->first, "fifteen bytes..");
	assert_string_equal(names->second, kind == SY_START_THREAD
	                                           ? "by the starter"
	                                           : "fifteen bytes..");
	assert_int_equal(sy_started_name(one, name), 0);
	assert_string_equal(name, "renamed itself");
	assert_int_equal(sy_started_rename(one, ""), -EINVAL);
	assert_int_equal(sy_started_rename(one, "sixteen bytes..."), -EINVAL);
	atomic_store(&names->stage.go, 2);
	assert_int_equal(sy_started_join(one, &result), 0);
	assert_int_equal(result, 0);
	assert_int_equal(sy_started_name(one, name), -ESRCH);
	if (kind == SY_START_THREAD)
		assert_int_equal(sy_started_rename(one, "late"), -ESRCH);
	sy_scope_end(scope);
	munmap(names, sizeof(*names));
}

static void test_names_are_seen_in_proc(void **state)
{
	char before[SY_START_NAME_BYTES], after[SY_START_NAME_BYTES];

	(void)state;
	read_own(before);
	check_names(SY_START_THREAD, false);
	check_names(SY_START_THREAD, true);
	check_names(SY_START_PROCESS, false);
	check_names(SY_START_PROCESS, true);
	read_own(after);
	assert_string_equal(before, after);
	assert_int_equal(sy_own_rename(""), -EINVAL);
	assert_int_equal(sy_own_rename("sixteen bytes..."), -EINVAL);
}

/* Ended otherwise than by returning. */

static int leave(void *data)
{
	(void)data;
	pthread_exit(NULL);
}

static int exit_at_once(void *data)
{
	(void)data;
	_exit(0);
}

static int be_killed(void *data)
{
	(void)data;
	raise(SIGKILL);
	return 0;
}

static void test_deaths_are_told(void **state)
{
	struct holdings before = look();
	struct sy_started *all[5];
	struct sy_scope *scope;
	int i, result = 99;

	(void)state;
	assert_int_equal(sy_scope_open(&scope), 0);
	all[0] = start(scope, SY_START_THREAD, false, "leaves", leave, NULL);
	all[1] =
		start(scope, SY_START_PROCESS, false, NULL, exit_at_once, NULL);
	all[2] = start(scope, SY_START_PROCESS, false, NULL, be_killed, NULL);
	all[3] = start(scope, SY_START_PROCESS, true, NULL, exit_at_once, NULL);
	all[4] = start(scope, SY_START_PROCESS, true, NULL, be_killed, NULL);
	for (i = 0; i < 5; i++) {
		assert_int_equal(sy_started_join(all[i], &result), -ECHILD);
		assert_int_equal(sy_started_join(all[i], &result), -ECHILD);
		assert_false(sy_started_alive(all[i]));
	}
	assert_int_equal(result, 99);
	sy_scope_end(scope);
	assert_nothing_left(before);
}

struct oneself {
	struct sy_started *started;
	atomic_int known;
};

static int join_oneself(void *data)
{
	struct oneself *oneself = data;

	while (!atomic_load(&oneself->known))
		usleep(500);
	return sy_started_join(oneself->started, NULL);
}

static void test_who_joins_itself_is_told(void **state)
{
	struct oneself oneself = { .known = 0 };
	struct sy_scope *scope;
	int result;

	(void)state;
	assert_int_equal(sy_scope_open(&scope), 0);
	oneself.started = start(scope, SY_START_THREAD, false, NULL,
	                        join_oneself, &oneself);
	atomic_store(&oneself.known, 1);
	assert_int_equal(sy_started_join(oneself.started, &result), 0);
	assert_int_equal(result, -EDEADLK);
	sy_scope_end(scope);
}

static void test_bad_starts_are_refused(void **state)
{
	struct sy_start how = { .kind = SY_START_THREAD, .name = "none" };
	struct holdings before = look();
	struct sy_scope *scope;
	int k;

	(void)state;
	assert_int_equal(sy_scope_open(&scope), 0);
	for (k = 0; k < 2; k++) {
		how = (struct sy_start){ .kind = kinds[k], .name = "none" };
		assert_int_equal(sy_start(scope, &how, NULL), -EINVAL);
		how.function = count_once;
		how.name = "";
		assert_int_equal(sy_start(scope, &how, NULL), -EINVAL);
		how.name = "sixteen bytes...";
		assert_int_equal(sy_start(scope, &how, NULL), -EINVAL);
	}
	sy_scope_end(scope);
	assert_nothing_left(before);
}

/* In a process that gives up its rights. */
static int start_without(bool daemon)
{
	struct sy_start how = { .function = count_once, .daemon = daemon };
	struct holdings before = look();
	struct rlimit limit = { 0 };
	struct sy_scope *scope;
	int k, err = 0;

	if (!getuid() && setresuid(64997, 64997, 64997))
		return 1;
	getrlimit(RLIMIT_NPROC, &limit);
	limit.rlim_cur = 1;
	if (setrlimit(RLIMIT_NPROC, &limit) || sy_scope_open(&scope))
		return 2;
	for (k = 0; k < 2; k++) {
		how.kind = kinds[k];
		err |= sy_start(scope, &how, NULL) != -EAGAIN;
	}
	err |= look().threads != before.threads || look().children;
	sy_scope_end(scope);
	return err;
}

/* The keeper of a daemon is there, but not the daemon. */
static int start_half(void)
{
	struct sy_start how = { .kind = SY_START_PROCESS,
		                .function = count_once,
		                .daemon = true };
	struct rlimit limit = { 0 };
	struct sy_scope *scope;
	int err;

	if (!getuid() && setresuid(64996, 64996, 64996))
		return 1;
	getrlimit(RLIMIT_NPROC, &limit);
	limit.rlim_cur = 2;
	if (setrlimit(RLIMIT_NPROC, &limit) || sy_scope_open(&scope))
		return 2;
	err = sy_start(scope, &how, NULL) != -EAGAIN;
	err |= look().children != 0;
	sy_scope_end(scope);
	return err;
}

static void test_what_cannot_be_started_is_told(void **state)
{
	int which, status;
	pid_t pid;

	(void)state;
	for (which = 0; which < 3; which++) {
		fflush(NULL);
		pid = fork();
		assert_true(pid >= 0);
		if (!pid)
			_exit(which == 2 ? start_half() : start_without(which));
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(status, 0);
	}
}

static int do_nothing(void *data)
{
	(void)data;
	return 0;
}

/* A sanitizer has a thread of its own from the first one on. */
static int warm_up(void **state)
{
	struct sy_scope *scope;

	(void)state;
	assert_int_equal(sy_scope_open(&scope), 0);
	start(scope, SY_START_THREAD, false, NULL, do_nothing, NULL);
	sy_scope_end(scope);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_joined_has_ended),
		cmocka_unit_test(test_many_live_at_once),
		cmocka_unit_test(test_timed_join_returns_and_it_goes_on),
		cmocka_unit_test(test_a_daemon_holds_what_it_holds_itself),
		cmocka_unit_test(test_timed_join_needs_no_descriptor),
		cmocka_unit_test(test_names_are_seen_in_proc),
		cmocka_unit_test(test_deaths_are_told),
		cmocka_unit_test(test_who_joins_itself_is_told),
		cmocka_unit_test(test_bad_starts_are_refused),
		cmocka_unit_test(test_what_cannot_be_started_is_told),
	};

	return cmocka_run_group_tests(tests, warm_up, NULL);
}
