/* SPDX-License-Identifier: MIT */
/*
 * test_handoffs.c - the promises of struct sy_mechanism, each over all
 * mechanisms of all models: the switches that are declared are made.
 */
#include "models_fixture.h"

#define COUNT UINT64_C(4000)

static void for_each(void (*test)(const struct sy_mechanism *handoff))
{
	const struct sy_model *const *model;
	const struct sy_mechanism *const *row;

	for (model = sy_models; *model; model++) {
		if ((*model)->absent())
			continue;
		row = (*model)->mechanisms;
		for (; row && *row; row++) {
			if ((*row)->family != SY_SWITCH ||
			    (*row)->pus_least > 1 ||
			    ((*row)->absent && (*row)->absent()))
				continue;
			print_message("           %s.%s\n", (*model)->name,
			              (*row)->name);
			test(*row);
		}
	}
}

/* Contexts (0: a pair) on one PU, the last that we may use. */
static struct sy_batch *create_ring(const struct sy_mechanism *handoff,
                                    uint32_t contexts)
{
	int pus[2], pu;
	uint32_t count = allowed_pus(pus, 2);
	struct sy_batch_spec spec = { .mechanism = handoff,
		                      .setting = { .contexts = contexts },
		                      .inflight = 1,
		                      .window = 1,
		                      .pus = &pu,
		                      .pu_count = 1,
		                      .bound = true };
	struct sy_batch *batch;

	pu = pus[count - 1];
	assert_int_equal(sy_batch_create(&batch, &spec), 0);
	return batch;
}

static struct sy_batch *create_pair(const struct sy_mechanism *handoff)
{
	return create_ring(handoff, 0);
}

struct switches {
	uint64_t voluntary, all;
};

static uint64_t read_count(pid_t pid, const char *name)
{
	char path[64], line[256];
	size_t length = strlen(name);
	uint64_t value = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	file = fopen(path, "re");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file))
		if (!strncmp(line, name, length))
			value = strtoull(line + length, NULL, 10);
	fclose(file);
	return value;
}

/* Of this process's threads and of the other processes. */
static struct switches count_switches(const struct sy_batch *batch)
{
	struct switches count;
	struct rusage usage;
	uint32_t i;

	assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
	count.voluntary = (uint64_t)usage.ru_nvcsw;
	count.all = count.voluntary + (uint64_t)usage.ru_nivcsw;
	for (i = 0; i < batch->context_count; i++) {
		pid_t pid = batch->contexts[i].process;
		uint64_t voluntary =
			pid ? read_count(pid, "voluntary_ctxt_switches:") : 0;

		count.voluntary += voluntary;
		count.all += voluntary;
		if (pid)
			count.all +=
				read_count(pid, "nonvoluntary_ctxt_switches:");
	}
	return count;
}

/*
 * A kernel that lets the woken context run at once takes the PU from its
 * waker and counts that as an involuntary switch: a bare loop over two
 * semaphores made 0.58 voluntary and 0.42 involuntary ones a hand-off, 1.00
 * together (Linux 6.18).  So that the hand-offs were made at all is seen in
 * the sum of both, and that nobody slept more often than declared in the
 * voluntary ones, which other load cannot add to.  Who is woken has slept:
 * at least half of the switches are voluntary, unlike those of sched_yield,
 * where the thread stays runnable.
 */
static void assert_switches(const struct sy_mechanism *handoff, void *pair,
                            const struct sy_batch *batch)
{
	struct switches before = count_switches(batch), after;
	uint64_t spare = COUNT / 100;

	assert_int_equal(handoff->run(pair, COUNT), 0);
	after = count_switches(batch);
	assert_true(after.all - before.all + spare >=
	            COUNT * handoff->switches_min);
	if (!strcmp(handoff->name, "yield"))
		assert_true(after.voluntary - before.voluntary <= spare);
	else
		assert_true(2 * (after.voluntary - before.voluntary) + spare >=
		            COUNT * handoff->switches_min);
	assert_true(after.voluntary - before.voluntary <=
	            COUNT * handoff->switches_max + spare);
}

static void check_ring(const struct sy_mechanism *handoff, uint32_t contexts)
{
	struct holdings before = look();
	struct sy_batch *batch = create_ring(handoff, contexts);
	void *pair;
	int i;

	assert_int_equal(handoff->open(&pair, batch, handoff), 0);
	for (i = 0; i < 3; i++)
		assert_switches(handoff, pair, batch);
	handoff->close(pair);
	assert_int_equal(batch->contexts[1].process, 0);
	sy_batch_destroy(batch);
	assert_nothing_left(before);
}

static void check_switches(const struct sy_mechanism *handoff)
{
	check_ring(handoff, 0);
	if (handoff->takes & SY_TAKES_RING)
		check_ring(handoff, 5);
}

static void test_declared_switches_are_made(void **state)
{
	(void)state;
	for_each(check_switches);
}

static void check_alone(const struct sy_mechanism *handoff)
{
	struct sy_batch *batch = create_pair(handoff);
	struct switches switches;
	void *pair;

	assert_int_equal(handoff->open(&pair, batch, handoff), 0);
	/* Alternating, so that one leaves the other as it finds it. */
	assert_int_equal(handoff->run(pair, 10), 0);
	if (handoff->alone) {
		switches = count_switches(batch);
		assert_int_equal(handoff->alone(pair, COUNT), 0);
		assert_true(count_switches(batch).voluntary -
		                    switches.voluntary <=
		            COUNT / 100);
	}
	assert_int_equal(handoff->run(pair, 10), 0);
	handoff->close(pair);
	sy_batch_destroy(batch);
}

static void test_alone_switches_to_nobody(void **state)
{
	(void)state;
	for_each(check_alone);
}

static void check_short(const struct sy_mechanism *handoff)
{
	struct holdings before = look();
	struct sy_batch *batch = create_pair(handoff);
	void *pair;
	int i;

	/* Without a run, and with runs of every small size. */
	assert_int_equal(handoff->open(&pair, batch, handoff), 0);
	handoff->close(pair);
	assert_int_equal(handoff->open(&pair, batch, handoff), 0);
	for (i = 0; i < 200; i++)
		assert_int_equal(handoff->run(pair, (uint64_t)(2 * (i % 4))),
		                 0);
	handoff->close(pair);
	sy_batch_destroy(batch);
	assert_nothing_left(before);
}

static void test_short_runs_and_none_end_well(void **state)
{
	(void)state;
	for_each(check_short);
}

/* Both contexts run where they are bound. */
static void check_place(const struct sy_mechanism *handoff)
{
	struct sy_batch *batch = create_pair(handoff);
	int i, pu;
	void *pair;

	assert_int_equal(handoff->open(&pair, batch, handoff), 0);
	assert_int_equal(handoff->run(pair, COUNT), 0);
	pu = batch->contexts[0].pu;
	assert_true(pu >= 0);
	for (i = 0; i < (int)batch->context_count; i++) {
		struct sy_context *context = &batch->contexts[i];

		assert_true(context->pu == pu || context->pu == -1);
		assert_true(context->pu_seen == pu || context->pu_seen == -1);
		assert_int_equal(context->migrations, 0);
	}
	handoff->close(pair);
	sy_batch_destroy(batch);
}

static void test_contexts_are_bound(void **state)
{
	(void)state;
	for_each(check_place);
}

/* Without a peer there is no pair, and nothing is left of it. */
struct failing {
	int (*bind)(struct sy_batch *batch, uint32_t index);
	atomic_bool asked;
};

static int bind_first_only(struct sy_batch *batch, uint32_t index)
{
	struct failing *failing = (struct failing *)(uintptr_t)batch->job;

	if (!index)
		return failing->bind(batch, 0);
	atomic_store(&failing->asked, true);
	return -ENODEV;
}

static void check_failed_peer(const struct sy_mechanism *handoff)
{
	struct holdings before = look();
	struct sy_batch *batch = create_pair(handoff);
	struct failing *failing = share(sizeof(*failing));
	void *pair;
	int err;

	failing->bind = batch->bind;
	batch->bind = bind_first_only;
	batch->job = failing;
	err = handoff->open(&pair, batch, handoff);
	/* A pair that shares a thread has nobody else to bind. */
	assert_int_equal(err, atomic_load(&failing->asked) ? -ENODEV : 0);
	if (!err)
		handoff->close(pair);
	sy_batch_destroy(batch);
	munmap(failing, sizeof(*failing));
	assert_nothing_left(before);
}

static void test_failed_peer_is_told(void **state)
{
	(void)state;
	for_each(check_failed_peer);
}

/* ThreadSanitizer starts a thread of its own beside the first. */
static int warm_up(void **state)
{
	cpu_set_t all;

	if (sched_getaffinity(0, sizeof(all), &all))
		return -1;
	(void)state;
	for_each(check_alone);
	return sched_setaffinity(0, sizeof(all), &all);
}

static cpu_set_t everywhere;

static int keep_affinity(void **state)
{
	(void)state;
	return sched_getaffinity(0, sizeof(everywhere), &everywhere);
}

static int restore_affinity(void **state)
{
	(void)state;
	return sched_setaffinity(0, sizeof(everywhere), &everywhere);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_declared_switches_are_made,
		                                keep_affinity,
		                                restore_affinity),
		cmocka_unit_test_setup_teardown(test_alone_switches_to_nobody,
		                                keep_affinity,
		                                restore_affinity),
		cmocka_unit_test_setup_teardown(
			test_short_runs_and_none_end_well, keep_affinity,
			restore_affinity),
		cmocka_unit_test_setup_teardown(test_contexts_are_bound,
		                                keep_affinity,
		                                restore_affinity),
		cmocka_unit_test_setup_teardown(test_failed_peer_is_told,
		                                keep_affinity,
		                                restore_affinity),
	};

	return cmocka_run_group_tests(tests, warm_up, NULL);
}
