#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Nothing outlives a driver that is killed; one that is interrupted keeps what
# was measured, says so in the results, and ends with status 130.
# shellcheck disable=SC2054,SC2317 source=tests/cli/lib.sh
source "$(dirname "$0")/lib.sh"

# All kinds of children at once: pools, forked tasks, servers, threads.
busy=(run --workload io --inflight 8 --budget 30s --sets 1 --no-figures
	--model threads,fork,pool,coroutine,eventloop)

begin() {
	rm -rf "$SWITCHYARD_RESULTS"
	start "$@"
}

# Whether the journal has so many samples.
lines_are() {
	local journal
	for journal in "$SWITCHYARD_RESULTS"/*/*/samples.jsonl; do
		[[ -f $journal && $(sample_count "$journal" '') -ge $1 ]]
		return
	done
}

planned() {
	compgen -G "$SWITCHYARD_RESULTS/*/*/plan.json" >/dev/null
}

# A killed driver is seen by its children at once.
is_gone() {
	kill -KILL "$driver"
	await 5
	status_is 137
	if within 1 none_alive; then
		pass
	else
		fail "a second later there are still: $(alive | paste -sd' ')"
		kill_left
	fi
	quiet
	check "half a line in the journal" is_journal \
		"$(echo "$SWITCHYARD_RESULTS"/*/*/samples.jsonl)"
}

title="a driver that is killed at the start"
begin "${busy[@]}"
within 10 planned
is_gone
for delay in 0.05 0.15 0.3; do
	title="a driver that is killed after $delay s"
	begin "${busy[@]}"
	within 10 planned
	sleep $delay
	is_gone
done
title="a driver that is killed while it measures"
for count in 3 20 40; do
	begin "${busy[@]}"
	check "never measured" within 20 lines_are $count
	check "fewer processes than points" test "$(alive | wc -l)" -gt 5
	is_gone
	nothing_left
done

# Those that are stopped do not read that their driver has gone.
title="a driver that is killed while all its processes are stopped"
begin "${busy[@]}"
check "never measured" within 20 lines_are 20
for pid in $(alive); do
	if [[ $pid != "$driver" ]]; then
		kill -STOP "$pid" 2>/dev/null
	fi
done
is_gone
nothing_left

# Nor do those that wait for a long time as their task says.
title="a driver that is killed while a slice takes 8 s"
begin run --workload wait --model threads,fork,pool,coroutine --wait 8s \
	--inflight 2 --budget 30s --no-figures
# The driver, four workers of points, two that watch the noise, a pool of two.
all_alive() {
	[[ $(alive | wc -l) -ge 9 ]]
}
check "fewer processes than points" within 10 all_alive
sleep 0.3
is_gone

# `LEAST`: what is promised of a run that was stopped after so many lines.
is_interrupted() {
	await 10
	status_is 130
	quiet
	run_is_whole
	check "does not say that it was interrupted" grep -q \
		'"interrupted": true' "$(latest)/results.json"
	check "samples were lost" test \
		"$(wc -l <"$(latest)/samples.jsonl")" -ge "$1"
	nothing_left
}

for signal in INT TERM HUP; do
	title="SIG$signal"
	begin "${busy[@]}"
	check "never measured" within 20 lines_are 20
	kill -$signal "$driver"
	is_interrupted 20
	row_is '^measured io/'
	check "the table does not say it" grep -q INTERRUPTED "$out"
done

title="SIGINT in a tour"
begin tour --budget 30s --no-figures
check "never measured" within 20 lines_are 30
kill -INT "$driver"
is_interrupted 30

title="SIGINT three times and SIGTERM"
begin "${busy[@]}"
check "never measured" within 20 lines_are 20
kill -INT "$driver"
kill -INT "$driver"
kill -TERM "$driver" 2>/dev/null
sleep 0.01
kill -INT "$driver" 2>/dev/null
is_interrupted 20

title="SIGINT before anything was measured"
begin "${busy[@]}"
within 10 planned
kill -INT "$driver"
is_interrupted 1

# What a terminal does: the whole group is told, but workers lead their own.
title="SIGINT to the whole process group"
rm -rf "$SWITCHYARD_RESULTS"
: >"$out"
setsid "$program" "${busy[@]}" >"$out" 2>"$err" </dev/null &
driver=$!
check "never measured" within 20 lines_are 20
kill -INT -- -"$driver"
is_interrupted 20

title="SIGINT while a worker hangs"
begin "${busy[@]}"
check "never measured" within 20 lines_are 20
for pid in $(alive); do
	if [[ $pid != "$driver" ]]; then
		kill -STOP "$pid" 2>/dev/null
	fi
done
kill -INT "$driver"
is_interrupted 20

finish
