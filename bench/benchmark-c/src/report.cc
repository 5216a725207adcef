/* SPDX-License-Identifier: MIT */
#include "report.hh"
#include "google.hh"
#include "row.hh"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <sys/stat.h>
#include <unistd.h>

using benchmark::BenchmarkReporter;

namespace
{

BENCHMARK_DISABLE_DEPRECATED_WARNING
/* To go some day, but what --benchmark_format=csv means as long as it is. */
BenchmarkReporter *make_csv()
{
	return new benchmark::CSVReporter;
}
BENCHMARK_RESTORE_DEPRECATED_WARNING

/* As Google Benchmark decides it; https://no-color.org is kept to. */
bool in_color(const bmc::settings &flags)
{
	const char *terminal = getenv("TERM");
	const char *no_color = getenv("NO_COLOR");

	if (flags.color)
		return *flags.color;
	return isatty(STDOUT_FILENO) && terminal &&
	       strcmp(terminal, "dumb") != 0 && !(no_color && *no_color);
}

std::unique_ptr<BenchmarkReporter> make(bmc::report_format format, int options)
{
	typedef benchmark::ConsoleReporter console;

	switch (format) {
	case bmc::report_format::json:
		return std::make_unique<benchmark::JSONReporter>();
	case bmc::report_format::csv:
		return std::unique_ptr<BenchmarkReporter>(make_csv());
	default:
		return std::make_unique<console>(
			static_cast<console::OutputOptions>(options));
	}
}

int display_options(const bmc::settings &flags)
{
	typedef benchmark::ConsoleReporter console;

	return (in_color(flags) ? console::OO_Color : 0) |
	       (flags.counters_tabular ? console::OO_Tabular : 0);
}

/* Its runs become errors, its aggregates go. */
void reject(std::vector<BenchmarkReporter::Run> &rows,
            const std::string &reason)
{
	typedef BenchmarkReporter::Run run;

	rows.erase(std::remove_if(rows.begin(), rows.end(),
	                          [](const run &row) {
					  return row.run_type ==
		                                 run::RT_Aggregate;
				  }),
	           rows.end());
	for (run &row : rows) {
		bmc::make_error(row, reason);
		row.real_accumulated_time = 0;
		row.cpu_accumulated_time = 0;
		row.counters.clear();
	}
}

} // namespace

namespace bmc
{

report::report(session &given, const bmc_reporter *to_program)
    : session_(given), program_(to_program)
{
	const settings &flags = given.flags;

	SetErrorStream(&messages);
	if (!program_)
		display_ = make(flags.format, display_options(flags));
	if (!flags.out.empty())
		in_file_ = make(flags.out_format, 0);
}

/* Without emptying it: there may be nothing to run. */
int report::open_file()
{
	const std::string &name = session_.flags.out;

	if (!in_file_)
		return 0;
	file_was_there_ = access(name.c_str(), F_OK) == 0;
	errno = 0;
	file_.open(name, std::ios::out | std::ios::app);
	if (!file_.is_open())
		return errno ? errno : EIO;
	in_file_->SetOutputStream(&file_);
	/* What Google Benchmark says of the machine is no CSV. */
	in_file_->SetErrorStream(&file_);
	if (session_.flags.out_format == report_format::csv)
		in_file_->SetErrorStream(&messages);
	return 0;
}

/* What was never begun leaves no file behind. */
int report::close_file()
{
	if (!file_.is_open())
		return 0;
	note_file();
	file_.close();
	if (!begun_ && !file_was_there_)
		unlink(session_.flags.out.c_str());
	return file_error_;
}

bool report::display_is_whole()
{
	BenchmarkReporter *shown = display_ ? display_.get() : this;

	return shown->GetOutputStream().flush().good();
}

/* Not by opening it again, which the reader of a pipe would see. */
void report::empty_file()
{
	struct stat status;
	const char *name = session_.flags.out.c_str();

	if (stat(name, &status) == 0 && S_ISREG(status.st_mode) &&
	    truncate(name, 0) && !file_error_)
		file_error_ = errno;
}

void report::note_file()
{
	errno = 0;
	file_.flush();
	if (!file_ && !file_error_)
		file_error_ = errno ? errno : EIO;
}

BMC_CATCHES_UNWINDING
void report::guard(const std::function<void()> &work)
{
	if (failure)
		return;
	try {
		work();
	} catch (const abi::__forced_unwind &) {
		throw; /* the thread ends: pthread_exit, pthread_cancel */
	} catch (const std::bad_alloc &) {
		failure = -ENOMEM;
	} catch (const std::exception &what) {
		failure = -ECANCELED;
		thrown = what.what();
	} catch (...) {
		failure = -ECANCELED;
	}
}

bool report::ReportContext(const Context &context)
{
	guard([&] {
		if (program_ && program_->begin &&
		    program_->begin(program_->data))
			failure = -ECANCELED;
	});
	guard([&] {
		begun_ = true;
		if (display_)
			display_->ReportContext(context);
		if (!in_file_)
			return;
		empty_file();
		in_file_->ReportContext(context);
		note_file();
	});
	return !failure;
}

const bmc_benchmark *report::benchmark_of(const row_list &rows) const
{
	const auto found =
		session_.by_name.find(rows.front().run_name.function_name);

	return found == session_.by_name.end() ? nullptr : found->second;
}

bmc_aggregates report::choice(const row_list &rows) const
{
	const bmc_benchmark *benchmark = benchmark_of(rows);

	if (benchmark && benchmark->aggregates)
		return *benchmark->aggregates;
	const settings &flags = session_.flags;
	return { flags.aggregates_only || flags.display_aggregates_only,
		 flags.aggregates_only };
}

/* With two good runs there are aggregates, which then stand for them; errors
   are always told. */
report::row_list report::chosen(const row_list &rows,
                                bool aggregates_only) const
{
	const auto good_run = [](const Run &row) {
		return row.run_type == Run::RT_Iteration && !is_error(row);
	};
	row_list kept = rows;

	if (aggregates_only &&
	    std::count_if(rows.begin(), rows.end(), good_run) >= 2)
		kept.erase(std::remove_if(kept.begin(), kept.end(), good_run),
		           kept.end());
	return kept;
}

void report::ReportRuns(const std::vector<Run> &rows)
{
	guard([&] {
		row_list clean = rows;
		clean.erase(
			std::remove_if(clean.begin(), clean.end(), was_stopped),
			clean.end());
		if (clean.empty())
			return;
		const bmc_benchmark *benchmark = benchmark_of(clean);
		if (benchmark && !benchmark->rejected.empty())
			reject(clean, benchmark->rejected);
		for (Run &row : clean) {
			use_told_cpu_time(row);
			make_finite(row);
			if (row.run_type == Run::RT_Iteration)
				runs++;
			if (is_error(row))
				errors++;
		}
		const bmc_aggregates only = choice(clean);
		if (session_.plain_names)
			for (Run &row : clean)
				row.run_name.time_type.clear();
		show(chosen(clean, only.in_display));
		if (in_file_)
			write(chosen(clean, only.in_file));
	});
}

/* The CSV has one line of names, so it waits for all counters to be known. */
void report::show(const row_list &rows)
{
	if (!program_ && session_.flags.format == report_format::csv) {
		shown_at_end_.insert(shown_at_end_.end(), rows.begin(),
		                     rows.end());
		return;
	}
	if (display_) {
		display_->ReportRuns(rows);
		display_->GetOutputStream().flush();
	} else if (program_->run) {
		for (const Run &row : rows)
			as_struct(row, [&](const bmc_row &run) {
				program_->run(program_->data, &run);
			});
	}
}

void report::write(const row_list &rows)
{
	if (session_.flags.out_format == report_format::csv) {
		written_at_end_.insert(written_at_end_.end(), rows.begin(),
		                       rows.end());
		return;
	}
	in_file_->ReportRuns(rows);
	note_file();
}

void report::Finalize()
{
	guard([&] {
		if (!shown_at_end_.empty())
			display_->ReportRuns(shown_at_end_);
		if (!written_at_end_.empty())
			in_file_->ReportRuns(written_at_end_);
		if (display_)
			display_->Finalize();
		if (in_file_)
			in_file_->Finalize();
		if (program_ && program_->end)
			program_->end(program_->data);
	});
}

} // namespace bmc
