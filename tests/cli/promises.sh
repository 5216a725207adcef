#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A promise that is broken while it is measured is never a number: status 5, a
# row that says which promise, and the other points with theirs.
#
# SWITCHYARD_BROKEN is the program with models that are wrong on purpose.
# shellcheck disable=SC2054,SC2317 source=tests/cli/lib.sh
SWITCHYARD=${SWITCHYARD_BROKEN:?the program with the broken models}
source "$(dirname "$0")/lib.sh"

# `WORKLOAD MODEL REASON OPTION...`: beside threads, which keep the promise.
broken_is_refused() {
	local workload=$1 name=broken.$2 reason=$3
	shift 3
	title="$workload under $name"
	rm -rf "$SWITCHYARD_RESULTS"
	run run --workload "$workload" --model "threads,$name" "$@" \
		--budget 400ms --sets 1 --no-figures
	status_is 5
	run_is_whole
	nothing_left
	lines_say 1 "wrong"
	check "no line that says which promise" grep -Eq \
		"^switchyard: $workload/$name/.* wrong: .*broken: $reason" "$err"
	check "the table does not say 'wrong' of $name" \
		grep -Eq "^$name(\.[a-z]+)? +wrong *( -)*" "$out"
	check "a digit in the row of $name" test -z "$(
		grep "^$name" "$out" | grep '[0-9]')"
	check "no figure of threads" grep -Eq "^threads(\.[a-z]+)? +[0-9]" "$out"
}

broken_is_refused lock lock "the number that the lock guards is [0-9]+ after" \
	--mechanism lock --inflight 4
broken_is_refused share lock "cell 0 of the array is wrong" \
	--mechanism array --inflight 4 --cells 1
broken_is_refused gate gate "6 were at once inside a gate of 5" --inflight 20
broken_is_refused gate gate "6 were at once inside a gate of 5" \
	--inflight 20 --wait 1ms --sections 3
broken_is_refused event event ".*let one pass|[0-9]+ passed an event before" \
	--inflight 11
broken_is_refused condition notify "[0-9]+ were woken that had not" \
	--inflight 11 --notify 2
broken_is_refused timer timer "[0-9]+ timers ran before their time" \
	--inflight 8 --wait 20ms
broken_is_refused timer cancel "[0-9]+ timers ran that had been cancelled" \
	--inflight 8 --wait 200ms

finish
