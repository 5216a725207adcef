/* SPDX-License-Identifier: MIT */
/* run.cc - flags, context and the run itself. */
#include "flags.hh"
#include "handover.hh"
#include "report.hh"
#include "text.hh"

#include <cstring>

using bmc::because;
using bmc::brief;
using bmc::guarded;
using bmc::session;
using bmc::settings;
using bmc::the_session;
using bmc::visible;

namespace
{

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
		sentence = brief(text) + " in the environment " + fault;
		return false;
	}
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (!is_ours(argv[i]) || bmc::read_flag(argv[i], flags, fault))
			continue;
		sentence = brief(argv[i]) + " " + fault;
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

/* Whether a flag gives a key that was added by a call, or is in the report
   of an earlier run with another value. */
bool same_key(const session &session, const settings &flags, std::string &key)
{
	for (const auto &line : flags.context)
		if (session.context.count(line.first) ||
		    session.context_handed_over.count(line.first)) {
			key = line.first;
			return true;
		}
	return false;
}

int hand_over_flags(session &session, std::string &sentence)
{
	if (!bmc::hand_over_flags(session))
		return 0;
	sentence = "this version of Google Benchmark does not know the flags "
		   "of 1.7.1";
	return -ENOTSUP;
}

int check_filter(const std::string &what, const std::string &filter,
                 std::string &sentence)
{
	const std::string fault = bmc::filter_fault(filter);

	if (fault.empty())
		return 0;
	sentence = what + brief(filter) + " " + fault;
	return -EINVAL;
}

int use_flags(session &session, const settings &flags, std::string &sentence)
{
	const settings before = session.flags;
	std::string key;

	if (same_key(session, flags, key)) {
		sentence = "--benchmark_context gives a key that the report "
		           "has already: " +
		           key;
		return -EINVAL;
	}
	session.flags = flags;
	int error = hand_over_flags(session, sentence);
	if (!error && flags.filter)
		error = check_filter(flags.filter_name, *flags.filter,
		                     sentence);
	if (error)
		session.flags = before;
	return error;
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
		sentence =
			"no benchmark is chosen by the filter " + brief(filter);
		return -ENOENT;
	}
	if (!report.display_is_whole()) {
		sentence = "cannot write all of standard output";
		return -EIO;
	}
	if (!file)
		return 0;
	sentence = "cannot write all of " + brief(session.flags.out) + ": " +
	           strerror(file);
	return -EIO;
}

int run(session &session, const bmc_reporter *reporter, bmc_totals &totals,
        std::string &sentence)
{
	const std::string filter =
		session.flags.filter.value_or(session.default_filter);

	int error = hand_over_flags(session, sentence);
	if (error)
		return error;
	bmc::hand_over_context(session);
	bmc::hand_over_benchmarks(session);
	bmc::report report(session, reporter);
	error = report.open_file();
	if (error) {
		sentence = "cannot write " + brief(session.flags.out) + ": " +
		           strerror(error);
		return -EIO;
	}
	totals.benchmarks = benchmark::RunSpecifiedBenchmarks(&report, filter);
	totals.runs = report.runs;
	totals.errors = report.errors;
	return outcome(session, report, totals.benchmarks, filter, sentence);
}

/* For as long as benchmarks run. */
struct running {
	explicit running(session &given) : session_(given)
	{
		session_.running = true;
	}
	~running()
	{
		session_.running = false;
	}
	running(const running &) = delete;
	running &operator=(const running &) = delete;

	session &session_;
};

/* Does what may not be done while benchmarks run, and says what came of it. */
template <class Work> int explained(char *why, size_t why_bytes, Work work)
{
	because(why, why_bytes, 0, "");
	if (the_session().running)
		return because(why, why_bytes, -EBUSY,
		               "not while benchmarks run");
	std::string sentence;
	const int error =
		guarded([&] { return work(the_session(), sentence); });
	if (!error)
		return 0;
	if (error == -ENOMEM)
		return because(why, why_bytes, error, "out of memory");
	if (sentence.empty())
		return because(why, why_bytes, error,
		               "Google Benchmark failed by an exception");
	return because(why, why_bytes, error, sentence);
}

} // namespace

extern "C" {

int bmc_read_flags(int *argc, char **argv, char *why, size_t why_bytes)
{
	const int error =
		explained(why, why_bytes, [&](auto &session, auto &sentence) {
			settings flags;
			if (!argc || !argv || *argc < 0) {
				sentence = "there is no argv";
				return -EINVAL;
			}
			if (!read_all(*argc, argv, flags, sentence))
				return -EINVAL;
			if (*argc > 0)
				session.program = visible(argv[0]);
			return use_flags(session, flags, sentence);
		});

	if (!error)
		keep_others(argc, argv);
	return error;
}

int bmc_default_random_interleaving(bool on)
{
	the_session().default_random_interleaving = on;
	return 0;
}

int bmc_plain_names(bool on)
{
	the_session().plain_names = on;
	return 0;
}

int bmc_default_filter(const char *expression, char *why, size_t why_bytes)
{
	return explained(why, why_bytes, [&](auto &session, auto &sentence) {
		const std::string filter = expression ? expression : "";
		int error = hand_over_flags(session, sentence);
		if (!error)
			error = check_filter("the filter ", filter, sentence);
		if (!error)
			session.default_filter = filter;
		return error;
	});
}

int bmc_add_context(const char *key, const char *value)
{
	return guarded([&] {
		session &session = the_session();
		if (bmc::name_fault(key) || !value)
			return -EINVAL;
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
	bmc_totals counted{};
	const int error =
		explained(why, why_bytes, [&](auto &session, auto &sentence) {
			const running now(session);
			session.stopped = false;
			return run(session, reporter, counted, sentence);
		});

	if (totals)
		*totals = counted;
	return error;
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
