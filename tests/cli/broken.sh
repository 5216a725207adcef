#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A wrong answer is never a number: status 5, a row that says 'wrong', and the
# other points with theirs.  A model that crashes, hangs, does not open or is
# not what it claims to be costs its row, with the reason: status 3.
#
# SWITCHYARD_BROKEN is the program with models that are wrong on purpose.
# shellcheck disable=SC2054,SC2317 source=tests/cli/lib.sh
SWITCHYARD=${SWITCHYARD_BROKEN:?the program with the broken models}
source "$(dirname "$0")/lib.sh"

settings=(--budget 300ms --sets 1 --no-figures)

# `MODEL...`: with two that are right.
run_with() {
	local list
	list=serial,threads,$(IFS=,; echo "${*/#/broken.}")
	title="broken $*"
	rm -rf "$SWITCHYARD_RESULTS"
	run run --workload cpu --inflight 2 --grain 10us --model "$list" \
		"${settings[@]}"
	run_is_whole
	nothing_left
}

# `MODEL STATE REASON`: on standard error, in the results and in the table.
row_says() {
	local name=broken.$1 state=$2 reason=$3
	if grep -Eq "^switchyard: [a-z]+/${name}[./].* $state: .*$reason" "$err"
	then pass; else fail "no line: $name $state: $reason"; fi
	row_is "^$state [a-z]+/${name}[./].*$reason"
	check "the table does not say '$state' of $name" \
		grep -Eq "^$name(\.[a-z]+)? +$state *( -)*" "$out"
}

# The object of a point in the results.
object_of() {
	awk -v name="\"name\": \"[a-z]*/$1[./]" '
	/^  \{/ { text = "" }
	{ text = text $0 "\n" }
	/^  \}/ && text ~ name { printf "%s", text }
	' <(sed -n '/^ "points": \[/,/^ \]/p' "$(latest)/results.json")
}

# Neither a figure, nor a place among those that have one.
has_no_number() {
	local name=broken.$1
	check "nothing of $name in the results" \
		grep -q "\"state\"" <(object_of "$name")
	check "a figure of $name in the results" test -z "$(
		object_of "$name" |
			grep -E '"(ns_per_op|ops_per_s|net_ns|latency_ns)"')"
	check "a digit in the row of $name" test -z "$(
		grep "^$name" "$out" | grep '[0-9]')"
	check "a verdict about $name" test -z "$(
		grep -E 'flight:|cheapest:|takes' "$out" | grep "$name")"
	check "$name is compared" test -z "$(
		grep -E '"(row|best)": ' "$(latest)/results.json" |
			grep "$name")"
}

# Those that are right are measured as if they were alone.
others_have_numbers() {
	local name
	for name in serial threads; do
		row_is "^measured cpu/$name/"
		check "no figure of $name in the results" grep -q ns_per_op \
			<(object_of "$name")
		check "no figure of $name in the table" \
			grep -Eq "^$name +[0-9]" "$out"
	done
}

for model in value lost twice other; do
	run_with $model
	status_is 5
	lines_say 1 "wrong"
	row_says $model wrong "wrong checksum: .* of .* tasks"
	has_no_number $model
	others_have_numbers
done

# What had been measured until then was wrong as well, for all one knows.
settings+=(--budget 1s)
run_with late
status_is 5
row_says late wrong "wrong checksum"
has_no_number late
others_have_numbers
check "never measured before" test \
	"$(sample_count "$(latest)/samples.jsonl" cpu/broken.late/)" -gt 0

settings+=(--budget 300ms)

failing() {
	run_with "$1"
	status_is 3
	lines_say 1 "failed"
	row_says "$1" failed "$2"
	has_no_number "$1"
	others_have_numbers
}
failing crash "ended by signal 6"
failing open "cannot set up the model's contexts: Cannot allocate memory"
# A stack that overflows is named as such, by either kind of guard.  What a
# sanitizer has to say of it would be lines more.
export ASAN_OPTIONS="${ASAN_OPTIONS-}:handle_segv=0"
export TSAN_OPTIONS="${TSAN_OPTIONS-}:handle_segv=0"
failing overflow "a coroutine's stack overflowed \(guard page at 0x[0-9a-f]+\)"
failing canary "a coroutine's stack overflowed \(its canary was written over\)"

# So is one in the process that holds waiting contexts.
title="an overflow among waiting contexts"
rm -rf "$SWITCHYARD_RESULTS"
run run --workload idle --contexts 100 \
	--model threads,broken.overflow,broken.canary "${settings[@]}"
status_is 3
lines_say 2 "failed"
row_says overflow failed "a coroutine's stack overflowed \(guard page at 0x[0-9a-f]+\)"
row_says canary failed "on the way to 12: a coroutine's stack overflowed \(its canary was written over\)"
has_no_number overflow
has_no_number canary
run_is_whole
nothing_left

# A limit that a busy machine would not reach, only where something hangs.
settings+=(--limit 2s)
failing hang "no answer within its limit"

# `MODEL...`: hand-offs.
title="a hand-off that hands nothing over"
rm -rf "$SWITCHYARD_RESULTS"
run run --workload switch --model threads,broken.switches "${settings[@]}"
status_is 3
lines_say 1 "invalid"
row_says switches invalid "0\.[0-9]* switches a hand-off"
has_no_number switches
row_is '^measured switch/threads\.'
check "no figure of threads" grep -Eq '^threads\.condition +[0-9]' "$out"
run_is_whole
nothing_left

# A wrong answer is worse than a failure, whichever comes first.
run_with crash value
status_is 5
lines_say 2 "wrong"
row_says value wrong "wrong checksum"
row_says crash failed "signal 6"
others_have_numbers
run_with lost open hang
status_is 5
lines_say 3 "wrong"
others_have_numbers

title="nothing is right"
rm -rf "$SWITCHYARD_RESULTS"
run run --workload cpu --model broken.value --inflight 2 "${settings[@]}"
status_is 5
row_says value wrong "wrong checksum"
has_no_number value
run_is_whole

finish
