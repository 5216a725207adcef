#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Points of switch, spawn and idle that cannot be: what is wrong with them is
# said in one line, before anything is started where that can be known.
# shellcheck disable=SC2054,SC2317 source=tests/cli/lib.sh
source "$(dirname "$0")/lib.sh"
cd "$work" || exit 1

quick=(--budget 400ms --sets 1 --no-figures)

# `MESSAGE ARGUMENT...`: usage.
wrong() {
	local pattern=$1
	shift
	title="${*@Q}"
	run run "$@"
	status_is 2
	line_says "$pattern"
	check "something on standard output" test ! -s "$out"
}

wrong "--mechanism: no mechanism 'futx'; did you mean 'futex'" \
	--workload switch --mechanism futx
wrong "--mechanism: no mechanism 'zzzzzzzz'; see .*list mechanisms" \
	--workload switch --mechanism zzzzzzzz
wrong "--ring: 1 is out of range: 2 to 10000" --workload switch --ring 1
wrong "--ring: 10001 is out of range" --workload switch --ring 10001
wrong "--ring: 'many' is not" --workload switch --ring many
wrong "--working-set: 2TiB is out of range: 0 to 1TiB" \
	--workload switch --working-set 2TiB
wrong "--working-set: '-1' is not" --workload switch --working-set -1
wrong "--burst: 0 is out of range" --workload spawn --burst 0
wrong "--contexts: 0 is out of range" --workload idle --contexts 0
wrong "--contexts: 1000001 is out of range" --workload idle --contexts 1000001
wrong "--stack: 2GiB is out of range" --workload spawn --stack 2GiB
wrong "--resident: 'huge' is not a size" --workload spawn --resident huge
wrong "--ring: no point that is chosen has it, only those of switch" \
	--workload spawn --ring 4
wrong "--burst: no point that is chosen has it, only those of spawn" \
	--workload switch --burst 4
wrong "no point matches" --workload switch --model pool --mechanism condition
check "left a folder of results" test ! -e "$SWITCHYARD_RESULTS"

# `MESSAGE ARGUMENT...`: a row that failed, with the reason.
fails() {
	local pattern=$1
	shift
	title="${*@Q}"
	run run "$@" "${quick[@]}"
	status_is 3
	line_says "$pattern"
	nothing_left 2
	rm -rf "$SWITCHYARD_RESULTS"
}

free_mib=$(($(sed -n 's/^MemAvailable: *\([0-9]*\) kB/\1/p' /proc/meminfo) / 1024))
fails "needs about [0-9]+ MiB of memory, [0-9]+ MiB are free" \
	--workload switch --model coroutine --mechanism assembly \
	--working-set $((free_mib + 1024))MiB
fails "needs about [0-9]+ MiB of memory" --workload switch --model threads \
	--mechanism condition --working-set $((free_mib / 100 + 10))MiB --ring 200
fails "needs about [0-9]+ MiB of memory" --workload spawn --model fork \
	--mechanism wait --resident $((free_mib + 1024))MiB

title="more contexts than there may be"
if [[ $(id -u) == 0 ]] && setpriv --reuid=65534 --clear-groups true 2>&1; then
	mkdir -m 777 "$SWITCHYARD_RESULTS"
	under=(prlimit --nproc=60:60 setpriv --reuid=65534 --clear-groups)
	for point in "switch threads condition --ring 100" \
		"switch fork semaphore --ring 100" \
		"idle threads parked --contexts 100" \
		"spawn threads join --burst 100"; do
		read -r family model mechanism key count <<<"$point"
		fails "needs [0-9]+ threads and processes, [0-9]+ can still be made here \(RLIMIT_NPROC\)" \
			--workload "$family" --model "$model" \
			--mechanism "$mechanism" "$key" "$count"
		mkdir -p -m 777 "$SWITCHYARD_RESULTS"
	done
	under=()
	rm -rf "$SWITCHYARD_RESULTS"
else
	skip "only root can become another user"
fi

title="huge pages that the kernel does not give"
thp=/sys/kernel/mm/transparent_hugepage/enabled
if may_mount; then
	echo 'always madvise [never]' >never
	under=("${private[@]}" bash -c 'mount --bind "$0" "$1" && shift && exec "$@"'
		"$PWD/never" "$thp")
	run run --workload spawn --model fork --mechanism wait --resident 8MiB \
		--huge-pages "${quick[@]}"
	under=()
	status_is 77
	line_says "nothing of this can run here: the kernel gives no huge pages"
else
	skip "no mount namespace may be made here"
fi

finish
