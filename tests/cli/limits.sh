#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Where descriptors, threads or processes run out, the points that cannot run
# are rows that name the limit, the others are measured, the status is 3.
# shellcheck disable=SC2054,SC2317 source=tests/cli/lib.sh
source "$(dirname "$0")/lib.sh"

# The leak checker of a sanitized build needs a task of its own at the end.
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0

title="64 descriptors"
under=(prlimit --nofile=64:64)
run run --workload io --model coroutine,threads --inflight 4,100 \
	--budget 600ms --sets 1 --no-figures
status_is 3
lines_say 2 "^switchyard: io/threads/inflight:100/.* limit is 64"
row_is '^measured io/coroutine/inflight:4/'
row_is '^measured io/threads/inflight:4/'
row_is '^failed io/coroutine/inflight:100/.*needs [0-9]+ file descriptors'
row_is '^failed io/threads/inflight:100/.*needs [0-9]+ file descriptors'
run_is_whole
nothing_left

for limit in 5 7 9 11 20; do
	title="$limit descriptors"
	under=(prlimit "--nofile=$limit:$limit")
	run run "${measure[@]}"
	case $status in
	3) lines_say 2 "limit is $limit" ;;
	*)
		status_is 4
		line_says "Too many open files"
		;;
	esac
	nothing_left
done

# `LIMIT`: checks a run in which at most so many tasks may be, the driver one
# of them; `by` names the limit.  Calibrating takes a worker, and each point
# one and two that watch the noise.
tasks_ran_out() {
	status_is 3
	case $1 in
	1)
		lines_say 4 "needs 5 threads and processes, 0 can .*$by"
		row_is "^failed cpu/serial/.*needs 1 .*$by"
		row_is "^failed cpu/pool/.*needs 5 .*$by"
		;;
	4)
		lines_say 3 "needs 5 threads and processes, 3 can .*$by"
		row_is '^measured cpu/serial/'
		row_is "^failed cpu/threads/.*$by"
		row_is "^failed cpu/fork/.*$by"
		;;
	6)
		# Each could run alone, if nothing else ran: so it is tried.
		lines_say 3 "Resource temporarily unavailable"
		row_is '^measured cpu/serial/'
		row_is '^failed cpu/threads/.*contexts: Resource'
		row_is '^failed cpu/fork/.*Resource'
		row_is '^failed cpu/pool/.*contexts: Resource'
		;;
	esac
	run_is_whole
	nothing_left
}
title="no descriptor for the signals"
if command -v strace >/dev/null && strace -o "$work/trace" true 2>/dev/null; then
	under=(strace -o "$work/trace" -e trace=signalfd4
		-e inject=signalfd4:error=EMFILE)
	refused 4 "cannot watch for signals: Too many open" run "${measure[@]}"
	refused 4 "cannot watch for signals: Too many open" bench ^cpu/serial
	under=()
else
	skip "no strace, or it may not trace here"
fi

points=(run --workload cpu --model serial,threads,fork,pool --inflight 4
	--budget 600ms --sets 1 --no-figures)

title="another user's processes"
if [[ $(id -u) == 0 ]] && setpriv --reuid=65534 --clear-groups true; then
	# A user that nobody is, or the processes of others would count.
	user=$((40000000 + $$))
	mkdir -m 777 "$work/theirs"
	SWITCHYARD_RESULTS=$work/theirs
	by=RLIMIT_NPROC
	for limit in 1 4 6; do
		title="at most $limit processes of a user"
		under=(setpriv "--reuid=$user" "--regid=$user" --clear-groups
			prlimit "--nproc=$limit:$limit")
		run "${points[@]}"
		tasks_ran_out $limit
	done
	SWITCHYARD_RESULTS=$work/results
else
	skip "only root can become another user"
fi

# A folder in the hierarchy that counts processes, where one may be made: this
# shell's own in version 1, the root in version 2.
pids_folder() {
	local controllers path
	while IFS=: read -r _ controllers path; do
		if [[ ,$controllers, == *,pids,* ]]; then
			echo "/sys/fs/cgroup/pids$path"
			return
		fi
	done </proc/self/cgroup
	if grep -qsw pids /sys/fs/cgroup/cgroup.subtree_control; then
		echo /sys/fs/cgroup
	fi
}

title="a cgroup of few processes"
group=$(pids_folder)/switchyard-test-$$
if [[ $group != /sys/* ]] || ! mkdir "$group" 2>/dev/null; then
	skip "no cgroup that counts processes may be made here"
	finish
fi
trap 'clean_up; rmdir "$group" 2>/dev/null' EXIT
by="cgroup pids.max"
for limit in 1 4 6; do
	title="pids.max $limit"
	echo $limit >"$group/pids.max"
	under=(bash -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$group")
	run "${points[@]}"
	tasks_ran_out $limit
	check "still in the cgroup" test -z "$(cat "$group/cgroup.procs")"
done

finish
