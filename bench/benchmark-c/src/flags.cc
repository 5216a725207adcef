/* SPDX-License-Identifier: MIT */
/* flags.cc - one table says what is understood, and how. */
#include "flags.hh"
#include "text.hh"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>

using bmc::report_format;
using bmc::settings;

namespace
{

typedef bool read_value(const std::string &value, settings &into,
                        std::string &fault);

/* Lists of words are short: the first that is equal. */
template <class Value> struct word {
	const char *text;
	Value value;
};

template <class Value, size_t Count>
bool read_word(const std::string &text, const word<Value> (&words)[Count],
               Value &value, std::string &fault)
{
	fault = "is none of";
	for (const auto &each : words) {
		if (text == each.text) {
			value = each.value;
			return true;
		}
		if (*each.text)
			fault += std::string(" ") + each.text;
	}
	return false;
}

/* A flag without a value is on. */
const word<bool> yes_no[] = {
	{ "", true },     { "true", true }, { "false", false },
	{ "yes", true },  { "no", false },  { "on", true },
	{ "off", false }, { "1", true },    { "0", false },
};

const word<report_format> formats[] = {
	{ "console", report_format::console },
	{ "json", report_format::json },
	{ "csv", report_format::csv },
};

const word<bmc_unit> units[] = {
	{ "ns", BMC_NS },
	{ "us", BMC_US },
	{ "ms", BMC_MS },
	{ "s", BMC_S },
};

bool read_bool(const std::string &value, bool &into, std::string &fault)
{
	return read_word(value, yes_no, into, fault);
}

/* The value is the same in every locale. */
template <class Number> bool read_number(const std::string &text, Number &value)
{
	const char *end = text.data() + text.size();
	const auto read = std::from_chars(text.data(), end, value);

	return read.ec == std::errc() && read.ptr == end;
}

bool read_seconds(const std::string &text, double &into, std::string &fault)
{
	double seconds = 0;

	if (read_number(text, seconds) && std::isfinite(seconds) &&
	    seconds >= 0) {
		into = seconds;
		return true;
	}
	if (!text.empty() && text.back() == 'x')
		fault = "is a number of iterations; give seconds";
	else
		fault = "is not a number of seconds; give it without a unit, "
			"as in 0.5";
	return false;
}

bool read_filter(const std::string &value, settings &into, std::string &fault)
{
	fault = "is empty: it would choose every benchmark";
	if (value.empty())
		return false;
	into.filter = value;
	into.filter_name = "--benchmark_filter=";
	return true;
}

bool read_list(const std::string &value, settings &into, std::string &fault)
{
	return read_bool(value, into.list, fault);
}

bool read_min_time(const std::string &value, settings &into, std::string &fault)
{
	return read_seconds(value, into.min_time, fault);
}

bool read_warmup(const std::string &value, settings &into, std::string &fault)
{
	return read_seconds(value, into.min_warmup_time, fault);
}

bool read_repetitions(const std::string &value, settings &into,
                      std::string &fault)
{
	unsigned count = 0;

	fault = "is not a whole number from 1 to 1000000";
	if (!read_number(value, count) || !count || count > BMC_REPETITIONS_MAX)
		return false;
	into.repetitions = count;
	return true;
}

bool read_interleaving(const std::string &value, settings &into,
                       std::string &fault)
{
	bool on = false;

	if (!read_bool(value, on, fault))
		return false;
	into.random_interleaving = on;
	return true;
}

bool read_aggregates(const std::string &value, settings &into,
                     std::string &fault)
{
	bool on = false;

	if (!read_bool(value, on, fault))
		return false;
	into.aggregates_only = on;
	return true;
}

bool read_display_aggregates(const std::string &value, settings &into,
                             std::string &fault)
{
	return read_bool(value, into.display_aggregates_only, fault);
}

bool read_format(const std::string &value, settings &into, std::string &fault)
{
	return read_word(value, formats, into.format, fault);
}

bool read_out_format(const std::string &value, settings &into,
                     std::string &fault)
{
	return read_word(value, formats, into.out_format, fault);
}

bool read_out(const std::string &value, settings &into, std::string &fault)
{
	fault = "names no file";
	if (value.empty())
		return false;
	into.out = value;
	return true;
}

bool read_color(const std::string &value, settings &into, std::string &fault)
{
	bool on = false;

	if (value == "auto") {
		into.color.reset();
		return true;
	}
	if (!read_bool(value, on, fault)) {
		fault += " auto";
		return false;
	}
	into.color = on;
	return true;
}

bool read_tabular(const std::string &value, settings &into, std::string &fault)
{
	return read_bool(value, into.counters_tabular, fault);
}

bool read_unit(const std::string &value, settings &into, std::string &fault)
{
	bmc_unit unit = BMC_NS;

	if (!read_word(value, units, unit, fault))
		return false;
	into.unit = unit;
	return true;
}

/* One "key=value" of a list. */
bool read_pair(const std::string &pair, settings &into, std::string &fault)
{
	const size_t equals = pair.find('=');

	fault = "is not a list of key=value";
	if (equals == std::string::npos || equals == 0)
		return false;
	const std::string key = pair.substr(0, equals);
	const char *bad_key = bmc::name_fault(key.c_str());
	if (bad_key) {
		fault = std::string("has a key that ") + bad_key;
		return false;
	}
	if (bmc::context_has(into.context, key)) {
		fault = "gives a key that the report has already: " + key;
		return false;
	}
	into.context[key] = bmc::visible(pair.substr(equals + 1));
	return true;
}

bool read_context(const std::string &value, settings &into, std::string &fault)
{
	for (size_t at = 0;;) {
		const size_t comma = value.find(',', at);
		if (!read_pair(value.substr(at, comma - at), into, fault))
			return false;
		if (comma == std::string::npos)
			return true;
		at = comma + 1;
	}
}

bool refuse_counters(const std::string &, settings &, std::string &fault)
{
	fault = "is not supported: Google Benchmark aborts where the kernel "
		"or its build has no such counters";
	return false;
}

struct flag {
	const char *name; /* after "benchmark_" */
	bool takes_none;  /* the value may be left out */
	read_value *read;
};

const flag flags[] = {
	{ "color", true, read_color },
	{ "context", false, read_context },
	{ "counters_tabular", true, read_tabular },
	{ "display_aggregates_only", true, read_display_aggregates },
	{ "enable_random_interleaving", true, read_interleaving },
	{ "filter", false, read_filter },
	{ "format", false, read_format },
	{ "list_tests", true, read_list },
	{ "min_time", false, read_min_time },
	{ "min_warmup_time", false, read_warmup },
	{ "out", false, read_out },
	{ "out_format", false, read_out_format },
	{ "perf_counters", true, refuse_counters },
	{ "repetitions", false, read_repetitions },
	{ "report_aggregates_only", true, read_aggregates },
	{ "time_unit", false, read_unit },
};

/* Keys that the context has without being asked, in all versions. */
const char *const context_keys[] = {
	"date",
	"host_name",
	"executable",
	"num_cpus",
	"mhz_per_cpu",
	"cpu_scaling_enabled",
	"aslr_enabled",
	"caches",
	"load_avg",
	"library_version",
	"library_build_type",
	"json_schema_version",
};

std::string in_capitals(std::string name)
{
	for (char &letter : name)
		if (letter >= 'a' && letter <= 'z')
			letter = static_cast<char>(letter - 'a' + 'A');
	return name;
}

} // namespace

namespace bmc
{

bool context_has(const std::map<std::string, std::string> &context,
                 const std::string &key)
{
	for (const char *taken : context_keys)
		if (key == taken)
			return true;
	return context.count(key) != 0;
}

bool read_flag(const std::string &text, settings &into, std::string &fault)
{
	const size_t equals = text.find('=');
	const std::string name = text.substr(0, equals);

	for (const flag &each : flags) {
		if (name != std::string("--benchmark_") + each.name)
			continue;
		if (equals == std::string::npos) {
			fault = "needs a value: " + name + "=...";
			return each.takes_none && each.read("", into, fault);
		}
		return each.read(text.substr(equals + 1), into, fault);
	}
	fault = "is not a flag of Google Benchmark";
	return false;
}

bool read_environment(settings &into, std::string &text, std::string &fault)
{
	for (const flag &each : flags) {
		const std::string name =
			in_capitals(std::string("benchmark_") + each.name);
		const char *value = getenv(name.c_str());
		if (!value)
			continue;
		text = name + "=" + value;
		/* It would add them itself, unchecked and again each time. */
		if (each.read == read_context) {
			fault = "is not supported; use --benchmark_context";
			return false;
		}
		if (!each.read(value, into, fault))
			return false;
		if (each.read == read_filter)
			into.filter_name = name + "=";
	}
	return true;
}

} // namespace bmc
