#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A process that is killed while it holds a lock costs its point a row with the
# reason.  Those that wait for the lock are told and end, instead of waiting
# for ever; the other points are measured, and nothing is left behind.
# shellcheck disable=SC2054,SC2317 source=tests/cli/lib.sh
source "$(dirname "$0")/lib.sh"

# `PID...`: their children.
children() {
	local pid
	for pid in "$@"; do
		cat "/proc/$pid/task/$pid/children"
	done 2>/dev/null
}

# Kills the processes of a model that compute: they are in their sections or
# have the lock next, since all others sleep.  False if there is none.
kill_owners() {
	local pid state killed=1
	# Lists are to be taken apart.
	# shellcheck disable=SC2046
	for pid in $(children $(children "$driver")); do
		read -r _ _ state _ <"/proc/$pid/stat" || continue
		[[ $state = R ]] && kill -KILL "$pid" && killed=0
	done 2>/dev/null
	return "$killed"
}

sampled() {
	grep -q "\"point\":\"$1/" "$SWITCHYARD_RESULTS"/*/*/samples.jsonl \
		2>/dev/null
}

[[ -r /proc/self/task/$$/children ]] || { echo "no list of children"; exit 77; }
for model in pool fork; do
	title="an owner of the lock that is killed under $model"
	rm -rf "$SWITCHYARD_RESULTS"
	start run --workload lock --mechanism lock --model "threads,$model" \
		--inflight 4 --inside 1ms --sections 10 --budget 5s --sets 1 \
		--no-figures
	check "no sample" within 20 sampled "lock/$model"
	check "nobody to kill" within 10 kill_owners
	await 30
	status_is 3
	lines_say 1 "failed"
	line_says "^switchyard: lock/$model/.* process of the model died"
	row_is "^failed lock/$model/.*process of the model died"
	row_is "^measured lock/threads/"
	run_is_whole
	nothing_left
done

finish
