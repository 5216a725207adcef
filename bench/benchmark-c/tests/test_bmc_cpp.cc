/* SPDX-License-Identifier: MIT */
/*
 * For programs in C++: the header compiles, what a callback throws is an
 * error row, and memory that runs out anywhere is an error, not an end.
 */
#include "benchmark_c.h"

#include <cerrno>
#include <csetjmp>
#include <cstdarg>
#include <cstdlib>
#include <cstring>
#include <new>
#include <stdexcept>
#include <string>

extern "C" {
#include <cmocka.h>
}

namespace
{

/* Allocations until one fails; negative: none does. */
long until_failure = -1;

void good(bmc_state *state, void *)
{
	for (uint64_t left; (left = bmc_next(state));)
		while (left--)
			bmc_clobber();
}

void throws(bmc_state *state, void *data)
{
	bmc_next(state);
	switch (*static_cast<int *>(data)) {
	case 0:
		throw std::runtime_error("with \"reasons\"\n");
	case 1:
		throw 42;
	default:
		throw std::bad_alloc();
	}
}

struct last_row {
	std::string error;
	int rows = 0;
};

void keep(void *data, const bmc_row *row)
{
	auto *last = static_cast<last_row *>(data);

	last->error = row->error ? row->error : "";
	last->rows++;
}

void quick()
{
	char name[] = "test", flag[] = "--benchmark_min_time=0";
	char *argv[] = { name, flag, nullptr };
	int argc = 2;

	assert_int_equal(bmc_read_flags(&argc, argv, nullptr, 0), 0);
	assert_int_equal(bmc_clear(), 0);
}

void test_what_a_benchmark_throws_is_an_error_row(void **)
{
	const char *const errors[] = { "exception: with \"reasons\"\\x0a",
		                       "exception: of a type that is not known",
		                       "exception: out of memory" };

	for (int kind = 0; kind < 3; kind++) {
		last_row last;
		const bmc_reporter reporter = { nullptr, keep, nullptr, &last };
		bmc_totals totals;
		quick();
		assert_int_equal(bmc_register("t", throws, &kind, nullptr), 0);
		assert_int_equal(bmc_run(&reporter, &totals, nullptr, 0), 0);
		assert_int_equal(totals.errors, 1);
		assert_string_equal(last.error.c_str(), errors[kind]);
	}
}

void throw_row(void *, const bmc_row *)
{
	throw std::runtime_error("no room");
}

void test_what_a_reporter_throws_ends_the_run(void **)
{
	const bmc_reporter reporter = { nullptr, throw_row, nullptr, nullptr };
	char why[BMC_WHY_BYTES];

	quick();
	assert_int_equal(bmc_register("t", good, nullptr, nullptr), 0);
	assert_int_equal(bmc_run(&reporter, nullptr, why, sizeof why),
	                 -ECANCELED);
	assert_string_equal(why, "the reporter failed: no room");
}

/* All that a state is asked for that may take memory. */
void says_much(bmc_state *state, void *)
{
	const std::string::size_type beyond_small = 100;
	static const std::string name(beyond_small, 'n'), text(300, 't');

	good(state, nullptr);
	bmc_set_counter(state, name.c_str(), 1, BMC_COUNTER_DEFAULT);
	bmc_set_label(state, text.c_str());
	if (bmc_state_arg(state, 0) == 2)
		bmc_skip(state, text.c_str());
}

/* A small program, from registration to its end; 0 or the first error. */
int whole_program(bmc_totals &totals)
{
	char name[] = "test", flag[] = "--benchmark_min_time=0";
	char filter[] = "--benchmark_filter=long";
	char *argv[] = { name, flag, filter, nullptr };
	const char *const arg_names[] = { "argument" };
	const bmc_reporter silent = {};
	bmc_benchmark *benchmark = nullptr;
	char why[BMC_WHY_BYTES] = "";
	int argc = 3;

	int error = bmc_read_flags(&argc, argv, why, sizeof why);
	if (!error)
		error = bmc_register(
			"a/name/that/is/too/long/to/be/kept/inside", says_much,
			nullptr, &benchmark);
	if (!error)
		error = bmc_dense_range(benchmark, 1, 2, 1);
	if (!error)
		error = bmc_arg_names(benchmark, arg_names, 1);
	if (!error)
		error = bmc_repetitions(benchmark, 2);
	if (!error)
		error = bmc_run(&silent, &totals, why, sizeof why);
	return error;
}

void test_memory_that_runs_out_is_an_error(void **)
{
	bool whole = false;

	for (long allocations = 0; !whole; allocations++) {
		bmc_totals totals = {};
		bmc_clear();
		until_failure = allocations;
		const int error = whole_program(totals);
		whole = until_failure >= 0;
		until_failure = -1;
		if (error)
			assert_int_equal(error, -ENOMEM);
		else if (!whole)
			assert_true(totals.errors >= 2);
		else
			assert_int_equal(totals.errors, 2);
		assert_true(allocations < 100000);
	}
}

} // namespace

void *operator new(size_t bytes)
{
	if (until_failure >= 0 && until_failure-- == 0)
		throw std::bad_alloc();
	void *memory = malloc(bytes ? bytes : 1);
	if (!memory)
		throw std::bad_alloc();
	return memory;
}

void operator delete(void *memory) noexcept
{
	free(memory);
}

void operator delete(void *memory, size_t) noexcept
{
	free(memory);
}

int main()
{
	const CMUnitTest tests[] = {
		cmocka_unit_test(test_what_a_benchmark_throws_is_an_error_row),
		cmocka_unit_test(test_what_a_reporter_throws_ends_the_run),
		cmocka_unit_test(test_memory_that_runs_out_is_an_error),
	};

	return cmocka_run_group_tests(tests, nullptr, nullptr);
}
