/* SPDX-License-Identifier: MIT */
/*
 * report.hh - takes every row from Google Benchmark and hands it on: to the
 * display or the C program's reporter, and to the file of --benchmark_out.
 *
 * The file is opened and checked here, since Google Benchmark ends the
 * process where it cannot open one and does not notice a full disk.  Rows are
 * chosen here too (aggregates only), because Google Benchmark would keep
 * errors back.
 */
#ifndef BMC_REPORT_HH
#define BMC_REPORT_HH

#include "session.hh"

#include <benchmark/benchmark.h>

#include <fstream>
#include <functional>
#include <memory>
#include <sstream>
#include <vector>

namespace bmc
{

class report : public benchmark::BenchmarkReporter
{
      public:
	report(session &given, const bmc_reporter *to_program);

	/* The file; 0, or the errno of what went wrong with it. */
	int open_file();
	int close_file();

	/* Whether all that was shown has been written. */
	bool display_is_whole();

	bool ReportContext(const Context &context) override;
	void ReportRuns(const std::vector<Run> &rows) override;
	void Finalize() override;

	std::ostringstream messages; /* of Google Benchmark's */
	size_t runs = 0;
	size_t errors = 0;
	int failure = 0; /* -ECANCELED, -ENOMEM: nothing is reported any more */
	std::string thrown;

      private:
	typedef std::vector<Run> row_list;

	void show(const row_list &rows);
	void write(const row_list &rows);
	row_list chosen(const row_list &rows, bool aggregates_only) const;
	const bmc_benchmark *benchmark_of(const row_list &rows) const;
	bmc_aggregates choice(const row_list &rows) const;
	void guard(const std::function<void()> &work);
	void empty_file();
	void note_file();

	session &session_;
	const bmc_reporter *program_;
	bool begun_ = false;
	std::unique_ptr<BenchmarkReporter> display_;
	std::unique_ptr<BenchmarkReporter> in_file_;
	row_list shown_at_end_, written_at_end_;
	std::ofstream file_;
	bool file_was_there_ = false;
	int file_error_ = 0;
};

} // namespace bmc

#endif /* BMC_REPORT_HH */
