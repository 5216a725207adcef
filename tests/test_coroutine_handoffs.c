/* SPDX-License-Identifier: MIT */
/*
 * test_coroutine_handoffs.c - the hand-offs of coroutines: in pairs and rings,
 * with a working set and without, control goes to every context in its turn,
 * as often as was asked for.
 *
 * Whose turn it is shows from outside.  With a working set, only the page of
 * the context that ran last can be touched, and any other one is reported by
 * the fault that it makes.  Without, the processor stops after each
 * instruction, and the stack pointer tells on whose stack that was.
 */
#include "coroutine_fixture.h"

#include <signal.h>
#include <stdlib.h>
#include <ucontext.h>

#define PAGE ((size_t)4096)
#define LINE ((size_t)64)

static const uint32_t rings[] = { 0, 2, 3, 16, 1000 };
#define RINGS (sizeof(rings) / sizeof(rings[0]))

/* A sanitizer, whose frames need larger stacks. */
#define UNDER_TOOL (SY_STACK_BYTES > 64 * 1024)

static bool under_valgrind(void)
{
#ifdef SY_VALGRIND
	return RUNNING_ON_VALGRIND;
#else
	return false;
#endif
}

/* A mechanism that is open, on a batch with one setting. */
struct stage {
	const struct sy_mechanism *handoff;
	struct sy_batch batch;
	struct sy_context contexts[2];
	uint32_t count; /* of contexts that hand over */
	void *state;
};

static int bound_at; /* what bind was called with last */
static int bind_result;

static int bind_noted(struct sy_batch *batch, uint32_t index)
{
	bound_at = (int)index;
	batch->contexts[index].pu = 5;
	return bind_result;
}

/* Sets the stage, without opening it. */
static void stage_set(struct stage *stage, const struct sy_mechanism *handoff,
                      uint32_t ring, uint64_t working_bytes)
{
	*stage = (struct stage){ .handoff = handoff, .count = ring ? ring : 2 };
	stage->contexts[0].pu_seen = stage->contexts[1].pu_seen = -1;
	stage->batch = (struct sy_batch){
		.inflight = 1,
		.contexts = stage->contexts,
		.context_count = 2,
		.pu_count = 1,
		.setting.contexts = ring,
		.setting.working_bytes = working_bytes,
		.bind = bind_noted,
	};
	if (working_bytes) {
		stage->batch.working = shared(stage->count * PAGE);
		stage->batch.working_step = PAGE;
	}
	bound_at = -1;
	bind_result = 0;
}

static void stage_open(struct stage *stage, const struct sy_mechanism *handoff,
                       uint32_t ring, uint64_t working_bytes)
{
	stage_set(stage, handoff, ring, working_bytes);
	assert_int_equal(0,
	                 handoff->open(&stage->state, &stage->batch, handoff));
}

static void stage_clear(struct stage *stage)
{
	if (stage->batch.working)
		munmap(stage->batch.working, stage->count * PAGE);
}

static void stage_close(struct stage *stage)
{
	stage->handoff->close(stage->state);
	stage_clear(stage);
}

/* So many times around, where that is an even number of hand-offs. */
static uint64_t hand_offs(const struct stage *stage, uint64_t rounds)
{
	return stage->count * (stage->count % 2 ? 2 * rounds : rounds);
}

/* Every mechanism that is here, in every ring. */
static void for_each(void (*check)(const struct sy_mechanism *handoff,
                                   uint32_t ring))
{
	const struct sy_mechanism *const *row = sy_coroutine_mechanisms;
	unsigned checked = 0;

	for (; *row; row++) {
		if ((*row)->family != SY_SWITCH ||
		    ((*row)->absent && (*row)->absent()))
			continue;
		print_message("           %s\n", (*row)->name);
		for (size_t i = 0; i < RINGS; i++)
			check(*row, rings[i]);
		checked++;
	}
	assert_true(checked >= 1);
}

/* Each line of each working set has been worked on so often, and nothing
   between the lines. */
static void assert_worked(const struct stage *stage, uint32_t context,
                          uint64_t times)
{
	const unsigned char *set = sy_working_set(&stage->batch, context);
	uint64_t bytes = stage->batch.setting.working_bytes;

	for (size_t i = 0; i < PAGE; i++)
		assert_int_equal(i < bytes && i % LINE == 0 ? times & 0xff : 0,
		                 set[i]);
}

static void check_counts(const struct sy_mechanism *handoff, uint32_t ring)
{
	static const uint64_t rounds[] = { 1, 2, 3, 0, 5, 31, 290 };
	struct stage stage;
	uint64_t times = 0;

	/* Less than a page: the end of the set is kept to. */
	stage_open(&stage, handoff, ring, PAGE / 2 + 1);
	for (size_t r = 0; r < sizeof(rounds) / sizeof(rounds[0]); r++) {
		uint64_t count = hand_offs(&stage, rounds[r]);

		if (ring > 16 && rounds[r] > 5)
			continue;
		assert_int_equal(0, handoff->run(stage.state, count));
		times += count / stage.count;
		for (uint32_t i = 0; i < stage.count; i++)
			assert_worked(&stage, i, times);
	}
	stage_close(&stage);
}

static void test_every_context_works_before_each_hand_off(void **state)
{
	(void)state;
	for_each(check_counts);
}

static void check_alone(const struct sy_mechanism *handoff, uint32_t ring)
{
	struct stage stage;
	uint64_t times = 0;

	if (!handoff->alone)
		return;
	stage_open(&stage, handoff, ring, PAGE);
	for (uint64_t count = 0; count < 12; count++) {
		assert_int_equal(0, handoff->alone(stage.state, count));
		times += count;
		assert_worked(&stage, 0, times);
		assert_worked(&stage, 1, 0);
		assert_worked(&stage, stage.count - 1, 0);
	}
	/* The others find everything as it was. */
	assert_int_equal(0, handoff->run(stage.state, hand_offs(&stage, 1)));
	assert_worked(&stage, 1, hand_offs(&stage, 1) / stage.count);
	stage_close(&stage);
}

static void test_alone_works_in_one_context(void **state)
{
	(void)state;
	for_each(check_alone);
}

/* Who took a turn, as it is found out by a signal handler. */
static struct turns {
	unsigned char *low; /* the pages that are watched */
	size_t open;        /* the page that may be touched */
	uint64_t count;     /* turns seen */
	uint64_t wrong;     /* turns of somebody else than was expected */
	uint32_t contexts;
} turns;

static void turn_to(size_t context)
{
	turns.wrong += context != turns.count % turns.contexts;
	turns.count++;
}

/* Opens the page that was touched, and no other. */
static void on_fault(int signal, siginfo_t *info, void *ucontext)
{
	size_t context =
		(size_t)((unsigned char *)info->si_addr - turns.low) / PAGE;

	(void)signal;
	(void)ucontext;
	/* A fault of the program itself, which is not to be repeated. */
	if (context >= turns.contexts || context == turns.open)
		abort();
	if (turns.open < turns.contexts)
		mprotect(turns.low + turns.open * PAGE, PAGE, PROT_NONE);
	mprotect(turns.low + context * PAGE, PAGE, PROT_READ | PROT_WRITE);
	turns.open = context;
	turn_to(context);
}

/* On a stack of its own: the contexts' are small. */
static unsigned char signal_stack[64 * 1024];

static void handle(int number, void (*handler)(int, siginfo_t *, void *),
                   struct sigaction *before)
{
	const stack_t stack = { .ss_sp = signal_stack,
		                .ss_size = sizeof(signal_stack) };
	struct sigaction action = { .sa_sigaction = handler,
		                    .sa_flags = SA_SIGINFO | SA_ONSTACK };

	assert_int_equal(0, sigaltstack(&stack, NULL));
	assert_int_equal(0, sigaction(number, &action, before));
}

static void handle_no_more(int number, const struct sigaction *before)
{
	const stack_t none = { .ss_flags = SS_DISABLE };

	assert_int_equal(0, sigaction(number, before, NULL));
	assert_int_equal(0, sigaltstack(&none, NULL));
}

static void watch_turns(struct stage *stage, uint64_t count)
{
	size_t bytes = stage->count * PAGE;
	struct sigaction before;

	turns = (struct turns){ .low = stage->batch.working,
		                .open = SIZE_MAX,
		                .contexts = stage->count };
	handle(SIGSEGV, on_fault, &before);
	assert_int_equal(0, mprotect(turns.low, bytes, PROT_NONE));
	assert_int_equal(0, stage->handoff->run(stage->state, count));
	handle_no_more(SIGSEGV, &before);
	assert_int_equal(0, mprotect(turns.low, bytes, PROT_READ | PROT_WRITE));
	assert_int_equal(count, turns.count);
	assert_int_equal(0, turns.wrong);
}

static void check_order_of_work(const struct sy_mechanism *handoff,
                                uint32_t ring)
{
	struct stage stage;

	stage_open(&stage, handoff, ring, PAGE);
	for (uint64_t rounds = 1; rounds <= (ring > 16 ? 2 : 7); rounds++)
		watch_turns(&stage, hand_offs(&stage, rounds));
	stage_close(&stage);
}

static void test_contexts_work_in_their_turn(void **state)
{
	(void)state;
	for_each(check_order_of_work);
}

#ifdef __x86_64__

#define STACKS_MAX 16

/* The stacks that were seen, in the order of their first turns. */
static struct steps {
	uintptr_t stacks[STACKS_MAX + 1]; /* the first is the caller's */
	uint32_t known;
	uint32_t at; /* the one that the last step was on */
} steps;

static bool on_stack(uint32_t index, uintptr_t pointer)
{
	uintptr_t stack = steps.stacks[index];
	uintptr_t apart = pointer < stack ? stack - pointer : pointer - stack;

	/* Tops are coloured: not all as far apart as the stacks are. */
	return apart < SY_STACK_BYTES / 2;
}

static uint32_t find_stack(uintptr_t pointer)
{
	uint32_t i = 0;

	while (i < steps.known && !on_stack(i, pointer))
		i++;
	if (i == steps.known && i <= STACKS_MAX)
		steps.stacks[steps.known++] = pointer;
	return i;
}

/* Called after every instruction. */
static void on_step(int signal, siginfo_t *info, void *data)
{
	const ucontext_t *ucontext = data;
	uintptr_t pointer = (uintptr_t)ucontext->uc_mcontext.gregs[REG_RSP];
	uint32_t at = steps.at;

	(void)signal;
	(void)info;
	if (steps.known && on_stack(at, pointer))
		return;
	steps.at = find_stack(pointer);
	if (steps.at)
		turn_to(steps.at - 1);
}

#define TRAP_FLAG 0x100

static void step_by_step(bool on)
{
	uintptr_t flags = __builtin_ia32_readeflags_u64();

	__builtin_ia32_writeeflags_u64(on ? flags | TRAP_FLAG
	                                  : flags & ~(uintptr_t)TRAP_FLAG);
}

static void watch_steps(struct stage *stage, uint64_t count)
{
	struct sigaction before;
	int rc;

	steps = (struct steps){ 0 };
	turns = (struct turns){ .contexts = stage->count };
	handle(SIGTRAP, on_step, &before);
	step_by_step(true);
	rc = stage->handoff->run(stage->state, count);
	step_by_step(false);
	handle_no_more(SIGTRAP, &before);
	assert_int_equal(0, rc);
	/* The last hand-off is to the first, who leaves. */
	assert_int_equal(count + 1, turns.count);
	assert_int_equal(0, turns.wrong);
	assert_int_equal(count ? stage->count + 1 : 2, steps.known);
	assert_int_equal(0, steps.at);
}

static void check_order(const struct sy_mechanism *handoff, uint32_t ring)
{
	/* Loops are unrolled by four. */
	static const uint64_t rounds[] = { 1, 4, 7, 0, 2 };
	struct stage stage;

	if (ring > STACKS_MAX)
		return; /* a signal an instruction takes its time */
	stage_open(&stage, handoff, ring, 0);
	for (size_t i = 0; i < sizeof(rounds) / sizeof(rounds[0]); i++)
		watch_steps(&stage, hand_offs(&stage, rounds[i]));
	stage_close(&stage);
}

static void test_contexts_run_in_their_turn(void **state)
{
	(void)state;
	if (under_valgrind() || UNDER_TOOL)
		skip(); /* no trap flag; too many instructions a switch */
	for_each(check_order);
}

#else

static void test_contexts_run_in_their_turn(void **state)
{
	(void)state;
	skip(); /* no program can stop itself after each instruction here */
}

#endif

static void check_failed_bind(const struct sy_mechanism *handoff, uint32_t ring)
{
	struct stage stage;
	unsigned maps;

	stage_set(&stage, handoff, ring, 0);
	bind_result = -ENODEV;
	/* Once before: malloc may take more memory for good. */
	handoff->open(&stage.state, &stage.batch, handoff);
	maps = mappings();
	assert_int_equal(-ENODEV,
	                 handoff->open(&stage.state, &stage.batch, handoff));
	assert_int_equal(0, bound_at);
	assert_null(stage.state);
	assert_int_equal(maps, mappings());
	stage_clear(&stage);
}

static void test_failed_bind_leaves_nothing(void **state)
{
	(void)state;
	for_each(check_failed_bind);
}

static void check_bound(const struct sy_mechanism *handoff, uint32_t ring)
{
	struct stage stage;

	stage_open(&stage, handoff, ring, 0);
	assert_int_equal(0, bound_at);
	assert_int_equal(5, stage.contexts[1].pu);
	assert_int_equal(0, handoff->run(stage.state, hand_offs(&stage, 3)));
	assert_true(stage.contexts[0].pu_seen >= 0);
	assert_int_equal(stage.contexts[0].pu_seen, stage.contexts[1].pu_seen);
	assert_int_equal(0, handoff->switches_max);
	assert_int_equal(SY_TAKES_RING | SY_TAKES_WORKING, handoff->takes);
	stage_close(&stage);
}

static void test_contexts_are_where_the_thread_is(void **state)
{
	(void)state;
	for_each(check_bound);
}

static uint64_t resident_bytes(void)
{
	FILE *file = fopen("/proc/self/statm", "re");
	unsigned long long pages = 0;

	assert_non_null(file);
	assert_int_equal(1, fscanf(file, "%*u %llu", &pages));
	fclose(file);
	return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* The kernel's count of pages may be off by some of each PU. */
#define COUNT_SLACK ((uint64_t)1 << 20)

static void check_needs(const struct sy_mechanism *handoff, uint32_t ring)
{
	struct sy_needs needs = { 0 };
	uint64_t resident = resident_bytes();
	unsigned maps = mappings();
	struct stage stage;

	stage_set(&stage, handoff, ring, 0);
	handoff->needs(handoff, &stage.batch, &needs);
	assert_int_equal(2, needs.contexts);
	assert_int_equal(0, needs.threads + needs.processes);
	assert_int_equal(0, handoff->open(&stage.state, &stage.batch, handoff));
	assert_int_equal(0, handoff->run(stage.state, hand_offs(&stage, 2)));
	assert_true(mappings() <= maps + needs.mappings);
	assert_true(resident_bytes() <= resident + needs.bytes + COUNT_SLACK);
	stage_close(&stage);
}

/* The tools map and keep memory of their own. */
static void test_needs_are_enough(void **state)
{
	(void)state;
	if (UNDER_TOOL || under_valgrind())
		skip();
	for_each(check_needs);
}

/* More than ThreadSanitizer can follow, and as many as a sweep asks for. */
static void check_large(const struct sy_mechanism *handoff, uint32_t ring)
{
	struct stage stage;

	if (ring)
		return;
	stage_set(&stage, handoff, 10000, 0);
	if (sy_note_room(10000)) {
		stage_open(&stage, handoff, 10000, 0);
		assert_int_equal(0, handoff->run(stage.state, 20000));
		stage_close(&stage);
		return;
	}
	assert_int_equal(-EAGAIN,
	                 handoff->open(&stage.state, &stage.batch, handoff));
	assert_null(stage.state);
}

static void test_large_rings_run_or_are_refused(void **state)
{
	(void)state;
	if (under_valgrind())
		skip(); /* it looks through all stacks at each switch */
	for_each(check_large);
}

/* Which rows there are, and that one that is not says why. */
static void test_rows_are_there(void **state)
{
	static const char *const names[] = { "inline", "assembly", "boost",
		                             "ucontext", "yield" };
	const struct sy_mechanism *const *row;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *absent;

		row = sy_coroutine_mechanisms;
		while (*row && ((*row)->family != SY_SWITCH ||
		                strcmp((*row)->name, names[i])))
			row++;
		assert_non_null(*row);
		absent = (*row)->absent ? (*row)->absent() : NULL;
		if (absent)
			print_message("           %s: %s\n", names[i], absent);
		assert_true(!absent || strlen(absent) > 10);
		assert_true((*row)->in_tour == (strcmp(names[i], "boost") &&
		                                strcmp(names[i], "yield")));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows_are_there),
		cmocka_unit_test(test_every_context_works_before_each_hand_off),
		cmocka_unit_test(test_alone_works_in_one_context),
		cmocka_unit_test(test_contexts_work_in_their_turn),
		cmocka_unit_test(test_contexts_run_in_their_turn),
		cmocka_unit_test(test_failed_bind_leaves_nothing),
		cmocka_unit_test(test_contexts_are_where_the_thread_is),
		cmocka_unit_test(test_needs_are_enough),
		cmocka_unit_test(test_large_rings_run_or_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
