#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Data that another process owns, and what is told when that process is killed:
# the points that asked it fail in a line each, and nothing of them is left.
# shellcheck disable=SC2317 source=tests/cli/lib.sh
source "$(dirname "$0")/lib.sh"

# `NAME`: one of ours is there by that name.
owns() {
	local pid
	for pid in $(alive); do
		if [[ $(cat "/proc/$pid/comm" 2>/dev/null) == "$1" ]]; then
			return 0
		fi
	done
	return 1
}

# `NAME`: every one of ours by that name is killed.
kill_owners() {
	local pid
	for pid in $(alive); do
		if [[ $(cat "/proc/$pid/comm" 2>/dev/null) == "$1" ]]; then
			kill -KILL "$pid" 2>/dev/null
		fi
	done
	return 0
}

for way in manager mailbox; do
	title="the owner of share/mechanism:$way is killed"
	start run --workload share --mechanism "$way" --model threads,pool \
		--inflight 4 --sections 100 --budget 10s --sets 2 --no-figures
	check "there is none" within 20 owns "sy-$way"
	kill_owners "sy-$way"
	await 50
	status_is 3
	lines_say 2 "(threads|pool)/mechanism:$way.* failed: .*process that owns the data"
	nothing_left 5
done

finish
