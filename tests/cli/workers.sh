#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A worker or a process of its model that dies or hangs costs its point a row
# with the reason; the other points are measured, the status is 3.
# shellcheck disable=SC2054,SC2317 source=tests/cli/lib.sh
source "$(dirname "$0")/lib.sh"

# `PID...`: the children of processes, without a moment's delay where the
# kernel lists them.
children() {
	local pid list
	for pid in "$@"; do
		list=/proc/$pid/task/$pid/children
		if [[ -r $list ]]; then
			echo "$(<"$list")"
		else
			pgrep -P "$pid"
		fi
	done 2>/dev/null
}

# The worker of the model `threads`, the only one that has many.
worker_of_threads() {
	local pid
	for pid in $(children "$driver"); do
		if [[ $(find "/proc/$pid/task" -mindepth 1 -maxdepth 1 \
			2>/dev/null | wc -l) -ge 4 ]]; then
			echo "$pid"
		fi
	done
}
children_of_workers() {
	# Lists are to be taken apart.
	# shellcheck disable=SC2046
	children $(children "$driver")
}

# Whether the point of this model has samples.
sampled() {
	grep -q "\"point\":\"$1/" "$SWITCHYARD_RESULTS"/*/*/samples.jsonl \
		2>/dev/null
}

# Sends a signal to those that a function finds; false if there is nobody.
hit() {
	local victims
	# shellcheck disable=SC2046,SC2086
	victims=$(echo $("$2"))
	[[ -n $victims ]] && kill -"$1" $victims 2>/dev/null
}

# `SIGNAL POINT WHO`: once the point has samples, those that WHO finds are
# sent the signal.
strike() {
	check "no sample of $2" within 20 sampled "$2"
	check "nobody to send $1 to" within 5 hit "$1" "$3"
}

begin() {
	title=$1
	shift
	rm -rf "$SWITCHYARD_RESULTS"
	start run --inflight 4 --sets 1 --no-figures --limit 2s "$@"
}

# `POINT REASON`: what is promised of the run.
ends_with_row() {
	await 20
	status_is 3
	line_says "^switchyard: $1/.* failed: .*$2"
	row_is "^failed $1/.*$2"
	run_is_whole
	nothing_left
}

# The same where the point has samples, which are kept.
cost_one_row() {
	ends_with_row "$@"
	check "not the samples of before" test \
		"$(sample_count "$(latest)/samples.jsonl" "$1/")" -gt 0
}

models=serial,threads,coroutine
begin "a worker that is killed" --workload cpu --model $models --budget 1200ms
strike KILL cpu/threads worker_of_threads
cost_one_row cpu/threads "signal 9"
row_is '^measured cpu/serial/'
row_is '^measured cpu/coroutine/'

begin "a worker that crashes" --workload cpu --model $models --budget 1200ms
strike ABRT cpu/threads worker_of_threads
cost_one_row cpu/threads "signal 6"
row_is '^measured cpu/serial/'

begin "a worker that hangs" --workload cpu --model $models --budget 1200ms
strike STOP cpu/threads worker_of_threads
cost_one_row cpu/threads "no answer within its limit"
row_is '^measured cpu/serial/'
row_is '^measured cpu/coroutine/'

begin "a server that is killed" --workload io --model coroutine --budget 1200ms
strike KILL io/coroutine children_of_workers
cost_one_row io/coroutine "a task failed"

begin "a server that hangs" --workload io --model coroutine --budget 1200ms
strike STOP io/coroutine children_of_workers
cost_one_row io/coroutine "no answer within its limit"

first_child_of_a_worker() {
	children_of_workers | tr ' ' '\n' | grep -m 1 .
}
begin "a pool's process that is killed" --workload cpu --model serial,pool \
	--budget 1200ms
strike KILL cpu/pool first_child_of_a_worker
cost_one_row cpu/pool "process of the model died"
row_is '^measured cpu/serial/'

# Between slices nobody waits for it, and the others could do its work.
begin "an idle process of a pool that is killed" --workload cpu \
	--model serial,pool --budget 1200ms
check "no sample of cpu/pool" within 20 sampled cpu/pool
kill -STOP "$driver"
sleep 0.3 # a slice that was asked for ends
check "nobody to send KILL to" hit KILL first_child_of_a_worker
kill -CONT "$driver"
cost_one_row cpu/pool "process of the model died"
row_is '^measured cpu/serial/'

begin "a pool whose processes hang" --workload cpu --model serial,pool \
	--budget 1200ms
strike STOP cpu/pool children_of_workers
cost_one_row cpu/pool "no answer within its limit"
row_is '^measured cpu/serial/'

# They live for a moment, and one that has just ended takes the signal too:
# they are hit for as long as there are any, also before there is a sample.
hit_until_ended() {
	hit KILL children_of_workers
	ended
}
begin "a forked task that is killed" --workload cpu --model serial,fork \
	--grain 5ms --budget 1200ms
check "does not end" within 20 hit_until_ended
ends_with_row cpu/fork "process of the model died"
row_is '^measured cpu/serial/'

# The first worker finds out how fast the kernel is; nothing can do without.
title="the first worker is killed"
rm -rf "$SWITCHYARD_RESULTS"
start run "${measure[@]}"
first_worker() {
	children "$driver"
}
# It may have given way to a worker of a point by then.
check "no worker" within 10 hit KILL first_worker
await 20
check "status $status" test "$status" = 4 -o "$status" = 3
line_says "signal 9"
run_is_whole
nothing_left

finish
