/* SPDX-License-Identifier: MIT */
/* run.cc - flags, context and the run itself. */
#include "flags.hh"
#include "handover.hh"
#include "report.hh"
#include "text.hh"

#include <cstring>

using bmc::because;
using bmc::guarded;
using bmc::session;
using bmc::settings;
using bmc::the_session;
using bmc::visible;

namespace {

bool is_ours(const char *arg)
{
	return strncmp(arg, "--benchmark_", strlen("--benchmark_")) == 0;
}

/* Reads what comes before "--" into `flags`. */
bool read_all(int argc, char *const *argv, settings &flags,
              std::string &sentence)
{
	std::string text, fault;

	if (!bmc::read_environment(flags, text, fault)) {
		sentence = text + " (environment) " + fault;
		return false;
	}
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (!is_ours(argv[i]) || bmc::read_flag(argv[i], flags, fault))
			continue;
		sentence = std::string(argv[i]) + " " + fault;
		return false;
	}
	return true;
}

/* Takes ours out of argv. */
void keep_others(int *argc, char **argv)
{
	int kept = 0;
	bool all = false;

	for (int i = 0; i < *argc; i++) {
		all = all || strcmp(argv[i], "--") == 0;
		if (i == 0 || all || !is_ours(argv[i]))
			argv[kept++] = argv[i];
	}
	argv[kept] = nullptr;
	*argc = kept;
}

/* A context that was added by call and is given by flag too. */
bool same_key(const session &session, const settings &flags, std::string &key)
{
	for (const auto &line : flags.context)
		if (session.context.count(line.first)) {
			key = line.first;
			return true;
		}
	return false;
}

int use_flags(session &session, const settings &flags, std::string &sentence)
{
	std::string key;

	if (same_key(session, flags, key)) {
		sentence = "--benchmark_context gives a key that the report "
		           "has already: " +
		           key;
		return -EINVAL;
	}
	session.flags = flags;
	if (bmc::hand_over_flags(session)) {
		sentence = "this version of Google Benchmark does not know "
		           "the flags of 1.7";
		return -EINVAL;
	}
	if (!flags.filter)
		return 0;
	const std::string fault = bmc::filter_fault(*flags.filter);
	if (fault.empty())
		return 0;
	sentence = "--benchmark_filter=" + *flags.filter + " " + fault;
	return -EINVAL;
}

/* No benchmark, or the file, or the reporter: in that order. */
int outcome(const session &session, bmc::report &report, size_t chosen,
            const std::string &filter, std::string &sentence)
{
	const int file = report.close_file();

	if (report.failure == -ECANCELED)
		sentence = report.thrown.empty()
		                   ? "the reporter ended the run"
		                   : "the reporter failed: " + report.thrown;
	if (report.failure)
		return report.failure;
	if (!chosen) {
		sentence = "no benchmark is chosen by the filter " + filter;
		return -ENOENT;
	}
	if (!file)
		return 0;
	sentence = "cannot write all of " + session.flags.out + ": " +
	           strerror(file);
	return -EIO;
}

int run(session &session, const bmc_reporter *reporter, bmc_totals &totals,
        std::string &sentence)
{
	const std::string filter =
	        session.flags.filter.value_or(session.default_filter);

	if (bmc::hand_over_flags(session)) {
		sentence = "this version of Google Benchmark does not know "
		           "the flags of 1.7";
		return -EINVAL;
	}
	bmc::hand_over_context(session);
	bmc::hand_over_benchmarks(session);
	bmc::report report(session, reporter);
	const int error = report.open_file();
	if (error) {
		sentence = "cannot write " + session.flags.out + ": " +
		           strerror(error);
		return -EIO;
	}
	totals.benchmarks = benchmark::RunSpecifiedBenchmarks(&report, filter);
	totals.runs = report.runs;
	totals.errors = report.errors;
	return outcome(session, report, totals.benchmarks, filter, sentence);
}

} // namespace

extern "C" {

int bmc_read_flags(int *argc, char **argv, char *why, size_t why_bytes)
{
	std::string sentence = "out of memory";

	because(why, why_bytes, 0, "");
	if (!argc || !argv || *argc < 0)
		return because(why, why_bytes, -EINVAL, "there is no argv");
	const int error = guarded([&] {
		session &session = the_session();
		settings flags;
		if (session.running)
			return sentence = "a benchmark is running", -EBUSY;
		if (!read_all(*argc, argv, flags, sentence))
			return -EINVAL;
		if (*argc > 0)
			session.program = visible(argv[0]);
		return use_flags(session, flags, sentence);
	});
	if (error)
		return because(why, why_bytes, error, visible(sentence));
	keep_others(argc, argv);
	return 0;
}

int bmc_default_random_interleaving(bool on)
{
	the_session().default_random_interleaving = on;
	return 0;
}

int bmc_default_filter(const char *expression, char *why, size_t why_bytes)
{
	std::string sentence = "out of memory";

	because(why, why_bytes, 0, "");
	const int error = guarded([&] {
		session &session = the_session();
		if (session.running)
			return sentence = "a benchmark is running", -EBUSY;
		if (bmc::hand_over_flags(session))
			return sentence = "Google Benchmark refused its flags",
			       -EINVAL;
		const std::string text = expression ? expression : "";
		const std::string fault = bmc::filter_fault(text);
		if (fault.empty())
			return session.default_filter = text, 0;
		sentence = "the filter " + text + " " + fault;
		return -EINVAL;
	});
	return error ? because(why, why_bytes, error, visible(sentence)) : 0;
}

int bmc_add_context(const char *key, const char *value)
{
	if (bmc::name_fault(key) || !value)
		return -EINVAL;
	return guarded([&] {
		session &session = the_session();
		if (bmc::context_has(session.context, key) ||
		    session.flags.context.count(key))
			return -EEXIST;
		session.context[key] = visible(value);
		return 0;
	});
}

int bmc_run(const struct bmc_reporter *reporter, struct bmc_totals *totals,
            char *why, size_t why_bytes)
{
	std::string sentence = "out of memory";
	session &session = the_session();
	bmc_totals counted{};

	because(why, why_bytes, 0, "");
	if (session.running)
		return because(why, why_bytes, -EBUSY,
		               "a benchmark is running");
	session.running = true;
	const int error = guarded(
	        [&] { return run(session, reporter, counted, sentence); });
	session.running = false;
	if (totals)
		*totals = counted;
	return error ? because(why, why_bytes, error, visible(sentence)) : 0;
}

int bmc_exit_status(int error, const struct bmc_totals *totals)
{
	switch (error) {
	case 0:
		return totals && totals->errors ? 3 : 0;
	case -EINVAL:
	case -ENOENT:
		return 2;
	default:
		return 4;
	}
}

} // extern "C"
