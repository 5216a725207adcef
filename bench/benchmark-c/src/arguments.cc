/* SPDX-License-Identifier: MIT */
/*
 * arguments.cc - lists, ranges and products of arguments.
 *
 * They are spelled out here, so that their number is known before memory is
 * taken for them, and nothing overflows on the way.
 */
#include "session.hh"
#include "text.hh"

#include <algorithm>

using bmc::change;

namespace
{

typedef bmc_arguments values;

/* What is there already is not added again: two rows of one name could not be
   told apart. */
void add_run(bmc_benchmark &it, const values &args)
{
	if (it.progress.emplace(args, bmc_progress{}).second)
		it.args.push_back(args);
}

/* Whether the benchmark takes `count` arguments, or has not said yet. */
bool takes(const bmc_benchmark &it, size_t count)
{
	return count && (it.args.empty() || it.args[0].size() == count) &&
	       (it.arg_names.empty() || it.arg_names.size() == count);
}

/* Adds the product of the lists, the last one running fastest. */
int add_product(bmc_benchmark &it, const std::vector<values> &lists)
{
	size_t runs = 1;

	if (!takes(it, lists.size()))
		return -EINVAL;
	for (const auto &list : lists) {
		if (list.empty())
			return -EINVAL;
		if (list.size() > BMC_RUNS_MAX / runs)
			return -E2BIG;
		runs *= list.size();
	}
	if (runs > BMC_RUNS_MAX - it.args.size())
		return -E2BIG;
	it.args.reserve(it.args.size() + runs);
	for (size_t run = 0; run < runs; run++) {
		values picked(lists.size());
		size_t rest = run;
		for (size_t i = lists.size(); i-- > 0;) {
			picked[i] = lists[i][rest % lists[i].size()];
			rest /= lists[i].size();
		}
		add_run(it, picked);
	}
	return 0;
}

/* Powers of the multiplier strictly between two numbers that are not
   negative, smallest first. */
values powers(uint64_t low, uint64_t high, uint64_t multiplier)
{
	values found;

	for (uint64_t power = 1; power < high; power *= multiplier) {
		if (power > low)
			found.push_back(static_cast<int64_t>(power));
		if (power > high / multiplier)
			break;
	}
	return found;
}

uint64_t magnitude(int64_t value)
{
	return value < 0 ? 0 - static_cast<uint64_t>(value)
	                 : static_cast<uint64_t>(value);
}

/* As Google Benchmark's: both limits, powers and their negatives between
   them, and 0 where it lies between them. */
values range(int64_t low, int64_t high, uint64_t multiplier)
{
	values found{ low };

	if (low < 0) {
		const uint64_t end = high < 0 ? magnitude(high) : 0;
		values mirrored = powers(end, magnitude(low), multiplier);
		std::reverse(mirrored.begin(), mirrored.end());
		for (int64_t power : mirrored)
			found.push_back(-power);
	}
	if (low < 0 && high > 0)
		found.push_back(0);
	if (high > 0) {
		const uint64_t begin = low < 0 ? 0 : magnitude(low);
		values up = powers(begin, magnitude(high), multiplier);
		found.insert(found.end(), up.begin(), up.end());
	}
	if (high != low)
		found.push_back(high);
	return found;
}

} // namespace

extern "C" {

int bmc_args(struct bmc_benchmark *benchmark, const int64_t *args, size_t count)
{
	return change(benchmark, [&](bmc_benchmark &it) {
		if (!args || !takes(it, count))
			return -EINVAL;
		if (it.args.size() >= BMC_RUNS_MAX)
			return -E2BIG;
		add_run(it, values(args, args + count));
		return 0;
	});
}

int bmc_range(struct bmc_benchmark *benchmark, int64_t low, int64_t high)
{
	const int64_t limits[1][2] = { { low, high } };

	return bmc_ranges(benchmark, limits, 1);
}

int bmc_ranges(struct bmc_benchmark *benchmark, const int64_t (*limits)[2],
               size_t count)
{
	return change(benchmark, [&](bmc_benchmark &it) {
		std::vector<values> lists;
		if (!limits || !takes(it, count))
			return -EINVAL;
		const auto by = static_cast<uint64_t>(it.range_multiplier);
		for (size_t i = 0; i < count; i++) {
			if (limits[i][0] > limits[i][1])
				return -EINVAL;
			lists.push_back(range(limits[i][0], limits[i][1], by));
		}
		return add_product(it, lists);
	});
}

int bmc_dense_range(struct bmc_benchmark *benchmark, int64_t low, int64_t high,
                    int64_t step)
{
	return change(benchmark, [&](bmc_benchmark &it) {
		values list;
		if (low > high || step <= 0)
			return -EINVAL;
		const uint64_t span = static_cast<uint64_t>(high) -
		                      static_cast<uint64_t>(low);
		if (span / static_cast<uint64_t>(step) >= BMC_RUNS_MAX)
			return -E2BIG;
		for (int64_t value = low;; value += step) {
			list.push_back(value);
			if (static_cast<uint64_t>(high) -
			            static_cast<uint64_t>(value) <
			    static_cast<uint64_t>(step))
				break;
		}
		return add_product(it, { list });
	});
}

int bmc_args_product(struct bmc_benchmark *benchmark,
                     const int64_t *const *lists, const size_t *lengths,
                     size_t count)
{
	return change(benchmark, [&](bmc_benchmark &it) {
		std::vector<values> all;
		if (!lists || !lengths || !takes(it, count))
			return -EINVAL;
		for (size_t i = 0; i < count; i++) {
			if (!lists[i] || !lengths[i])
				return -EINVAL;
			if (lengths[i] > BMC_RUNS_MAX)
				return -E2BIG;
			all.emplace_back(lists[i], lists[i] + lengths[i]);
		}
		return add_product(it, all);
	});
}

int bmc_range_multiplier(struct bmc_benchmark *benchmark, int multiplier)
{
	return change(benchmark, [&](bmc_benchmark &it) {
		if (multiplier < 2)
			return -EINVAL;
		it.range_multiplier = multiplier;
		return 0;
	});
}

int bmc_arg_names(struct bmc_benchmark *benchmark, const char *const *names,
                  size_t count)
{
	return change(benchmark, [&](bmc_benchmark &it) {
		if (!names || !count ||
		    (!it.args.empty() && it.args[0].size() != count))
			return -EINVAL;
		for (size_t i = 0; i < count; i++)
			if (bmc::name_fault(names[i]))
				return -EINVAL;
		it.arg_names.assign(names, names + count);
		return 0;
	});
}

} // extern "C"
