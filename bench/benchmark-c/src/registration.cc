/* SPDX-License-Identifier: MIT */
/* registration.cc - benchmarks as they are described, before they run. */
#include "session.hh"
#include "text.hh"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace bmc
{

session &the_session()
{
	static session only;

	return only;
}

} // namespace bmc

using bmc::change;
using bmc::guarded;
using bmc::the_session;

namespace
{

/* In C an enum may hold any number; in C++ not even reading it is defined. */
template <class Enum> unsigned number_of(const Enum &value)
{
	unsigned number = 0;

	static_assert(sizeof number == sizeof value, "as C has it");
	memcpy(&number, &value, sizeof number);
	return number;
}

/* Both lists have it, or, where there is no memory, neither. */
int add(bmc::session &session, std::unique_ptr<bmc_benchmark> made)
{
	const auto named = session.by_name.emplace(made->name, made.get());

	if (!named.second)
		return -EEXIST;
	try {
		session.benchmarks.push_back(std::move(made));
	} catch (...) {
		session.by_name.erase(named.first);
		throw;
	}
	return 0;
}

} // namespace

extern "C" {

const char *bmc_library_version(void)
{
	return BMC_GOOGLE_VERSION;
}

int bmc_register(const char *name, bmc_function *function, void *data,
                 struct bmc_benchmark **benchmark)
{
	if (!function || bmc::name_fault(name))
		return -EINVAL;
	return guarded([&] {
		auto made = std::make_unique<bmc_benchmark>();
		made->name = name;
		made->function = function;
		made->data = data;
		bmc_benchmark *const added = made.get();
		const int error = add(the_session(), std::move(made));
		if (!error && benchmark)
			*benchmark = added;
		return error;
	});
}

int bmc_clear(void)
{
	auto &session = the_session();

	if (session.running)
		return -EBUSY;
	benchmark::ClearRegisteredBenchmarks();
	session.by_name.clear();
	session.benchmarks.clear();
	return 0;
}

int bmc_setup(struct bmc_benchmark *benchmark, bmc_function *setup,
              bmc_function *teardown)
{
	return change(benchmark, [&](bmc_benchmark &it) {
		it.setup = setup;
		it.teardown = teardown;
		return 0;
	});
}

int bmc_use_clock(struct bmc_benchmark *benchmark, enum bmc_clock clock)
{
	return change(benchmark, [&](bmc_benchmark &it) {
		if (number_of(clock) > BMC_MANUAL_TIME)
			return -EINVAL;
		it.clock = clock;
		return 0;
	});
}

int bmc_use_unit(struct bmc_benchmark *benchmark, enum bmc_unit unit)
{
	return change(benchmark, [&](bmc_benchmark &it) {
		if (number_of(unit) > BMC_S)
			return -EINVAL;
		it.unit = unit;
		return 0;
	});
}

int bmc_iterations(struct bmc_benchmark *benchmark, uint64_t iterations)
{
	return change(benchmark, [&](bmc_benchmark &it) {
		if (!iterations || iterations > INT64_MAX)
			return -EINVAL;
		if (it.min_time > 0 || it.min_warmup_time > 0)
			return -EBUSY;
		it.iterations = iterations;
		return 0;
	});
}

int bmc_min_time(struct bmc_benchmark *benchmark, double seconds)
{
	return change(benchmark, [&](bmc_benchmark &it) {
		if (!std::isfinite(seconds) || seconds <= 0)
			return -EINVAL;
		if (it.iterations)
			return -EBUSY;
		it.min_time = seconds;
		return 0;
	});
}

int bmc_min_warmup_time(struct bmc_benchmark *benchmark, double seconds)
{
	return change(benchmark, [&](bmc_benchmark &it) {
		if (!std::isfinite(seconds) || seconds <= 0)
			return -EINVAL;
		if (it.iterations)
			return -EBUSY;
		it.min_warmup_time = seconds;
		return 0;
	});
}

int bmc_repetitions(struct bmc_benchmark *benchmark, unsigned repetitions)
{
	return change(benchmark, [&](bmc_benchmark &it) {
		if (!repetitions || repetitions > BMC_REPETITIONS_MAX)
			return -EINVAL;
		it.repetitions = repetitions;
		return 0;
	});
}

int bmc_aggregates_only(struct bmc_benchmark *benchmark, bool display_alone)
{
	return change(benchmark, [&](bmc_benchmark &it) {
		it.aggregates = bmc_aggregates{ true, !display_alone };
		return 0;
	});
}

} // extern "C"
