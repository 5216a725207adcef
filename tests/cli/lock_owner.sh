#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A process that is killed while it holds a lock costs its point a row with the
# reason.  Those that wait for the lock are told and end, instead of waiting
# for ever, and nothing is left behind; so do those that wait for a condition
# that nobody is left to notify.  It is the run's only point, so that it
# is nearly always at work, and the run is over when it is.
# shellcheck disable=SC2054,SC2317 source=tests/cli/lib.sh
source "$(dirname "$0")/lib.sh"

# Sets `list` to the children of a process; without a fork, to be quick.
children() {
	list=()
	read -ra list <"/proc/$1/task/$1/children"
} 2>/dev/null

# Kills the processes of a model that compute: they are in their sections or
# have the lock next, since all others sleep.  False if there is none.
kill_owners() {
	local list workers worker pid state killed=1
	children "$driver"
	workers=("${list[@]}")
	for worker in "${workers[@]}"; do
		children "$worker"
		for pid in "${list[@]}"; do
			read -r _ _ state _ <"/proc/$pid/stat" || continue
			[[ $state = R ]] && kill -KILL "$pid" && killed=0
		done 2>/dev/null
	done
	return "$killed"
}

# Kills one process of a model, whatever it does.
kill_one() {
	local list workers worker
	children "$driver"
	workers=("${list[@]}")
	for worker in "${workers[@]}"; do
		children "$worker"
		if ((${#list[@]})); then
			kill -KILL "${list[RANDOM % ${#list[@]}]}" && return
		fi
	done 2>/dev/null
	return 1
}

# Looks again and again, since a model computes in its slices only.
kill_owners_soon() {
	local until=$((SECONDS + 10))
	while ((SECONDS < until)); do
		kill_owners && return
	done
	return 1
}

sampled() {
	grep -q "\"point\":\"$1/" "$SWITCHYARD_RESULTS"/*/*/samples.jsonl \
		2>/dev/null
}

[[ -r /proc/self/task/$$/children ]] || { echo "no list of children"; exit 77; }
for model in pool fork; do
	title="an owner of the lock that is killed under $model"
	rm -rf "$SWITCHYARD_RESULTS"
	start run --workload lock --mechanism lock --model "$model" \
		--inflight 4 --inside 1ms --sections 10 --budget 10s --sets 1 \
		--no-figures
	check "no sample" within 20 sampled "lock/$model"
	check "nobody to kill" kill_owners_soon
	await 30
	status_is 3
	lines_say 1 "failed"
	line_says "^switchyard: lock/$model/.* process of the model died"
	row_is "^failed lock/$model/.*process of the model died"
	run_is_whole
	nothing_left
done

for round in 1 2; do
	title="one of those that meet at a condition is killed, round $round"
	rm -rf "$SWITCHYARD_RESULTS"
	start run --workload condition --model pool --inflight 4 --budget 6s \
		--sets 1 --no-figures
	check "no sample" within 20 sampled condition/pool
	check "nobody to kill" within 10 kill_one
	await 30
	status_is 3
	lines_say 1 "^switchyard: condition/pool/.* process of the model died"
	nothing_left
done

finish
