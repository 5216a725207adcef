#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A whole program from outside: exit statuses, one line where something is
# wrong, whole output.  PROGRAM is misuse.c.
set -u
: "${PROGRAM:?the program to test}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0
quick=--benchmark_min_time=0

fail() {
	((++failures))
	echo "FAILED: $*"
	sed 's/^/    stderr: /' "$work/err" | head -n 5
}

# `STATUS PATTERN ARGUMENT...`: the last line on standard error is that one.
run() {
	local wanted=$1 pattern=$2 status=0
	shift 2
	timeout 30 "$PROGRAM" "$@" >"$work/out" 2>"$work/err" </dev/null ||
		status=$?
	[[ $status == "$wanted" ]] || fail "$*: status $status, not $wanted"
	[[ -z $pattern ]] || tail -n 1 "$work/err" | grep -Eq -e "$pattern" ||
		fail "$*: no word of: $pattern"
}

# The same, with that line alone and nothing on standard output.
refused() {
	run "$@"
	[[ $(wc -l <"$work/err") == 1 ]] || fail "${*:3}: not one line"
	[[ ! -s $work/out ]] || fail "${*:3}: something on standard output"
}

says() {
	grep -Eq -e "$1" "$work/out" || fail "standard output lacks: $1"
}

run 0 '' "$quick" --benchmark_filter=good
says '^good '
run 3 '3 of 4 runs failed' "$quick"
says "no_loop .*ERROR OCCURRED: 'returned without a loop'"
says "bad_counter .*counter 'n' is not a finite number"
says "ends_paused .*returned before the end of its loop"
run 3 '1 of 1 runs failed' "$quick" --benchmark_filter=no_loop \
	--benchmark_format=json
says '"error_occurred": true'
run 0 '' --benchmark_list_tests
[[ $(paste -sd' ' "$work/out") == "good no_loop bad_counter ends_paused" ]] ||
	fail "the list of benchmarks"
run 0 '' --help
says '^usage: '
[[ ! -s $work/err ]] || fail "--help: something on standard error"
run 0 '' "$quick" --benchmark_filter=good --benchmark_format=csv
says '^"good",1,'

refused 2 'no benchmark is chosen by the filter nothing' \
	--benchmark_filter=nothing
refused 2 'min_time=0.5s is not a number of seconds' --benchmark_min_time=0.5s
refused 2 'is a number of iterations' --benchmark_min_time=10x
refused 2 'filter= is empty' --benchmark_filter=
refused 2 'is not a regular expression' '--benchmark_filter=('
refused 2 'format=nonsense is none of' --benchmark_format=nonsense
refused 2 'is not a flag of Google Benchmark' --benchmark_nonsense
refused 2 'extra is not understood' extra
refused 2 '\\x1b\[31mred is not understood' $'\e[31mred'
refused 4 'cannot write /no/such/file: No such file' \
	--benchmark_out=/no/such/file
BENCHMARK_FORMAT=nonsense refused 2 'FORMAT=nonsense in the environment' "$quick"

if [[ -c /dev/full ]]; then
	status=0
	"$PROGRAM" "$quick" --benchmark_filter=good >/dev/full 2>"$work/err" ||
		status=$?
	[[ $status == 4 ]] || fail "a full standard output: status $status"
	tail -n 1 "$work/err" | grep -q 'cannot write all of standard output' ||
		fail "a full standard output: no word of it"
fi
((failures == 0))
