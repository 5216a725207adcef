#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# `run --resume`: a run that was interrupted or killed goes on where it
# stopped, with nothing measured lost or repeated.
# shellcheck disable=SC2016,SC2034,SC2054,SC2317 source=tests/cli/resume_lib.sh
source "$(dirname "$0")/resume_lib.sh"

title="interrupted"
begin_until 20
kill -INT "$driver"
await 10
status_is 130
check "it does not say how to go on" grep -q "run --resume $(folder)$" "$out"
keep
run "${go_on[@]}" "$(latest)"
went_on

title="complete"
size=$(stat -c %s "$run/samples.jsonl")
run "${go_on[@]}" "$run"
status_is 0
line_says "$run is complete: nothing is left to measure"
check "something was printed" test ! -s "$out"
check "something was written" test "$(stat -c %s "$run/samples.jsonl")" = \
	"$size"
nothing_left
# What comes of the samples can be made again.
title="complete, but without results"
for file in results.json plan.json; do
	cp "$run/$file" "$work/$file"
done
rm "$run/results.json"
run "${go_on[@]}" "$run"
status_is 0
quiet
run_is_whole
check "something was measured" test "$(stat -c %s "$run/samples.jsonl")" = \
	"$size"
# The same but for the hour that they were written at.
undated() {
	grep -v '"date":' "$1"
}
check "other results" cmp -s <(undated "$run/results.json") \
	<(undated "$work/results.json")
check "another plan" cmp -s "$run/plan.json" "$work/plan.json"
# Nothing is measured, so a limit is in nobody's way.
title="complete, but without results, under a low limit"
rm "$run/results.json"
under=(prlimit --nofile=30:30)
run "${go_on[@]}" "$run"
under=()
status_is 0
quiet
run_is_whole
title="complete, with results of before"
sed -i 's/"interrupted": false/"interrupted": true/' "$run/results.json"
run "${go_on[@]}" "$run"
status_is 0
quiet
check "other results" cmp -s <(undated "$run/results.json") \
	<(undated "$work/results.json")

for count in 3 15; do
	title="killed after $count lines"
	begin_until $count
	within 10 test -e "$(folder)/plan.json"
	kill -KILL "$driver"
	await 5
	within 2 none_alive
	keep
	run "${go_on[@]}" "$run"
	# One that had not come to calibrating does it now.
	went_on
done

title="killed, and killed again, and interrupted, and killed"
begin_until 8
kill -KILL "$driver"
await 5
keep
for signal in KILL INT KILL; do
	count=$(($(wc -l <"$run/samples.jsonl") + 7))
	start "${go_on[@]}" "$run"
	check "never went on" within 20 lines_are $count
	kill -$signal "$driver"
	await 10
	check "samples were lost" begins_with "$run/samples.jsonl" "$before"
	within 2 none_alive
	keep
done
run "${go_on[@]}" "$run"
went_on

title="a tour"
rm -rf "$SWITCHYARD_RESULTS"
start tour --budget 1s --sets 1 --no-figures
check "never measured" within 20 lines_are 40
kill -INT "$driver"
await 10
status_is 130
keep
run "${go_on[@]}" "$(latest)"
# A point that a busy machine disturbs is a row, and status 3.
check "status $status" test "$status" = 0 -o "$status" = 3
check "it was interrupted still" grep -q '"interrupted": false' \
	"$run/results.json"
check "samples were lost" begins_with "$run/samples.jsonl" "$before"
check "samples are there twice" each_once "$run/samples.jsonl"
nothing_left

title="half a last line"
begin_until 20
kill -KILL "$driver"
await 5
within 2 none_alive
keep
printf '{"operations":12,"elapsed' >>"$run/samples.jsonl"
run "${go_on[@]}" "$run"
line_says "$run/samples.jsonl ended in half a line: dropped"
: >"$err"
went_on
check "half a line in the journal" is_journal "$run/samples.jsonl"

finish
