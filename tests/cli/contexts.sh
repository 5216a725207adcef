#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Created and waiting contexts, from the command line to the tables and the
# exports: what they take is what they were made to take, what goes wrong is a
# row with its reason, and a run of them goes on where it was stopped.
#
# SWITCHYARD_BROKEN is the program with contexts whose memory is known.
# shellcheck disable=SC2016,SC2034,SC2054,SC2317 source=tests/cli/resume_lib.sh
SWITCHYARD=${SWITCHYARD_BROKEN:?the program with contexts of known memory}
source "$(dirname "$0")/resume_lib.sh"

crowd=(run --model crowd --no-figures)

# The number of a point in the results: `NAME KEY`, of an estimate its value.
figure() {
	awk -v name="\"name\": \"$1\"" -v key="^   \"$2\": " '
	index($0, name) { inside = 1 }
	/^  \}/ { inside = 0 }
	inside && $0 ~ key { found = 1 }
	found && /[0-9]/ {
		gsub(/[^0-9.eE+-]/, "", $NF)
		print $NF
		exit
	}
	' <(sed -n '/^ "points": \[/,/^ \]/p' "$(latest)/results.json")
}

# `NAME KEY LEAST MOST`
is_within() {
	local value
	value=$(figure "$1" "$2")
	check "$2 of $1 is '$value'" awk -v value="$value" -v least="$3" \
		-v most="$4" 'BEGIN { exit !(value != "" &&
			value + 0 >= least && value + 0 <= most) }'
}

fits() {
	check "a line of over 80 columns" test -z "$(grep -E '^.{81}' "$out")"
}

title="waiting contexts"
run "${crowd[@]}" --workload idle --mechanism pages,more,child \
	--contexts 100,400 --sets 5 --budget 2s
status_is 0
run_is_whole
nothing_left
fits
for count in 100 400; do
	# Pages, and for 512 of them one of tables.
	is_within "idle/crowd.pages/contexts:$count/placement:one-pu" \
		bytes_per_context 12000 13500
	is_within "idle/crowd.more/contexts:$count/placement:one-pu" \
		bytes_per_context 24200 26000
	# A kernel's stack and page tables at least.
	is_within "idle/crowd.child/contexts:$count/placement:one-pu" \
		bytes_per_context 20000 100000000
	is_within "idle/crowd.pages/contexts:$count/placement:one-pu" \
		slices 5 10000
done
check "no curve" grep -Eq '^crowd\.pages +1[23](\.[0-9]+)? KiB' "$out"
check "no columns" grep -Eq '^ +100 +400 +\+-$' "$out"
check "no detail" grep -q '^  crowd.pages: pages, written once' "$out"
check "not the smallest" grep -q '^  smallest, contexts 100: crowd.pages' "$out"
check "no verdict" grep -q '"verdict": "larger"' "$(latest)/results.json"
check "no basis" grep -q '"by": "bytes_per_context"' "$(latest)/results.json"

title="in every format"
for format in gbench csv tsv markdown; do
	run export "$(latest)" --to $format
	status_is 0
	quiet
	check "nothing of memory in $format" grep -Eq \
		'bytes_per_context|Memory of a waiting context' "$out"
done
run export "$(latest)" --to csv --samples
check "no bytes of slices" grep -q 'bytes,slab_bytes,detail' "$out"

title="contexts that fail, and processes that die"
rm -rf "$SWITCHYARD_RESULTS"
run "${crowd[@]}" --workload idle --mechanism pages,fails,dies \
	--contexts 800 --sets 1 --budget 300ms
status_is 3
lines_say 2 "failed"
row_is '^measured idle/crowd.pages/'
row_is '^failed idle/crowd.fails/.*creating them failed on the way to 500'
row_is '^failed idle/crowd.dies/.*held the contexts died \(signal 9'
check "no state in the table" grep -Eq '^crowd\.dies +failed$' "$out"
run_is_whole
nothing_left

title="contexts that hang"
rm -rf "$SWITCHYARD_RESULTS"
run "${crowd[@]}" --workload idle --mechanism child,hangs --contexts 600 \
	--sets 1 --budget 300ms --limit 4s
status_is 3
row_is '^failed idle/crowd.hangs/.*no answer within its limit'
nothing_left

title="more memory than there is"
rm -rf "$SWITCHYARD_RESULTS"
run "${crowd[@]}" --workload spawn --mechanism calls --burst 1 \
	--resident 900GiB --sets 1 --budget 300ms
status_is 3
line_says "needs about [0-9]+ MiB of memory, [0-9]+ MiB are free"
nothing_left

title="created contexts"
rm -rf "$SWITCHYARD_RESULTS"
run "${crowd[@]}" --workload spawn --mechanism forks,calls --burst 1 \
	--resident 0,8MiB --sets 2 --budget 1s
status_is 0
run_is_whole
fits
for tags in "" /resident:8388608; do
	for row in forks calls; do
		name="spawn/crowd.$row/burst:1$tags/placement:one-pu"
		is_within "$name" ns_per_op 1 1e10
		is_within "$name" first_ns 1 1e10
		is_within "$name" alone_ns 1 1e10
	done
done
check "no table of the first" grep -q 'time of the first in a process' "$out"
check "no memory side by side" grep -Eq '^ +none +8MiB +\+-$' "$out"
nothing_left

# Drawn of its session and of its journal alike.
title="a run that is stopped"
long=("${crowd[@]}" --workload idle,spawn --mechanism pages,child,forks,calls
	--contexts 200,400 --burst 1,4 --sets 3 --budget 3s)
begin_until 20
kill -KILL "$driver"
await 5
within 2 none_alive
keep
run "${go_on[@]}" "$run"
status_is 0
quiet
run_is_whole
check "samples were lost" begins_with "$run/samples.jsonl" "$before"
check "samples are there twice" each_once "$run/samples.jsonl"
for count in 200 400; do
	is_within "idle/crowd.pages/contexts:$count/placement:one-pu" \
		bytes_per_context 12000 13500
	row_is "^measured idle/crowd.child/contexts:$count/"
done
for burst in 1 4; do
	row_is "^measured spawn/crowd.forks/burst:$burst/"
	is_within "spawn/crowd.forks/burst:$burst/placement:one-pu" \
		first_ns 1 1e10
done
nothing_left

finish
