/* SPDX-License-Identifier: MIT */
/* worker.cc - the empty loops in C++, without the library. */
#include <benchmark/benchmark.h>
#include <unistd.h>

#include "slice.h"

namespace
{

/* What bmc_clobber is. */
inline void clobber()
{
	__asm__ volatile("" : : : "memory");
}

void ask_once(benchmark::State &state)
{
	for (auto _ : state)
		clobber();
}

void ask_each(benchmark::State &state)
{
	while (state.KeepRunning())
		clobber();
}

class keeper : public benchmark::BenchmarkReporter
{
      public:
	bool ReportContext(const Context &) override
	{
		return true;
	}
	void ReportRuns(const std::vector<Run> &runs) override
	{
		time_ns = runs.front().GetAdjustedCPUTime();
	}

	double time_ns = -1;
};

} // namespace

int main()
{
	char loop;

	benchmark::RegisterBenchmark("once", ask_once)
		->Iterations(ONCE_ITERATIONS);
	benchmark::RegisterBenchmark("each", ask_each)
		->Iterations(EACH_ITERATIONS);
	while (read(STDIN_FILENO, &loop, 1) == 1) {
		keeper kept;
		benchmark::RunSpecifiedBenchmarks(
			&kept, loop == ASK_ONCE ? "^once" : "^each");
		if (write(STDOUT_FILENO, &kept.time_ns, sizeof kept.time_ns) !=
		    sizeof kept.time_ns)
			break;
	}
	return 0;
}
