#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A run leaves a whole folder, or says in one line why it cannot, with status
# 4; on a disk that fills up, what was measured before is kept.
# shellcheck disable=SC2054,SC2317 source=tests/cli/lib.sh
source "$(dirname "$0")/lib.sh"

title="a run"
run run "${measure[@]}" --label first
status_is 0
quiet
run_is_whole
nothing_left
row_is '^measured cpu/serial/'
row_is '^measured cpu/threads/'
check "latest is not the run" test "$(readlink "$(latest)")" = \
	"$(cd "$SWITCHYARD_RESULTS" && echo */*-first)"
check "the output does not say where" grep -q "^results in .*-first$" "$out"
check "the journal and the results are of other points" test \
	"$(sample_count "$(latest)/samples.jsonl" 'cpu/serial/')" -gt 0

title="a second run"
run run "${measure[@]}" --label second
status_is 0
check "latest stayed" test "$(readlink "$(latest)")" = \
	"$(cd "$SWITCHYARD_RESULTS" && echo */*-second)"
check "the first one went" is_json \
	"$(echo "$SWITCHYARD_RESULTS"/*/*-first/results.json)"
check "other than two folders" test \
	"$(find "$SWITCHYARD_RESULTS" -mindepth 2 -maxdepth 2 | wc -l)" = 2

title="a root that is not UTF-8 and has a line feed"
SWITCHYARD_RESULTS=$work/$'r\xff\nx'
run run "${measure[@]}"
status_is 0
quiet
run_is_whole

title="--results and the environment"
SWITCHYARD_RESULTS=$work/option
run run "${measure[@]}" --results "$work/option"
status_is 0
run_is_whole

# Roots that cannot be one.
unwritable() {
	refused 4 "cannot write results below .*$2" run "${measure[@]}" \
		--results "$1"
	nothing_left
}
SWITCHYARD_RESULTS=$work/results
touch "$work/file"
ln -s "$work/nowhere" "$work/dangling"
unwritable "$work/file" "Not a directory"
unwritable "$work/file/below" "Not a directory"
unwritable /dev/full "Not a directory"
unwritable "$work/none/below" "No such file"
unwritable "$work/dangling" "No such file"
unwritable "$work/$(printf 'x%.0s' {1..300})" "too long"
unwritable "/$(printf 'x%.0s' {1..5000})" ""
unwritable /proc/none "No such file"

# `STATUS ARGUMENT...`: standard output takes nothing.
full_output() {
	local wanted=$1
	shift
	title="switchyard $* >/dev/full"
	timeout 40 "$program" "$@" >/dev/full 2>"$err"
	status=$?
	status_is "$wanted"
	line_says "standard output: No space left"
	nothing_left
}
full_output 4 --version
full_output 4 --help
full_output 4 run --help
full_output 4 list
full_output 4 list points
full_output 4 run "${measure[@]}"
run_is_whole

# What holds in a folder that did not take everything: `WORD` is in the line.
kept() {
	local file
	status_is 4
	line_says "cannot write .*$1"
	for file in "$folder"/*/*/samples.jsonl; do
		check "half a line in $file" is_journal "$file"
	done
	while read -r file; do
		check "half of $file" is_json "$file"
	done < <(find "$folder" -name '*.json')
	check "a temporary file stayed: $(find "$folder" -name '.*')" test -z \
		"$(find "$folder" -mindepth 1 -name '.*')"
	if [[ -e $folder/latest ]]; then
		check "latest has no results" is_json \
			"$folder/latest/results.json"
	fi
}
folder=$work/full
longer=(--workload cpu --model serial,threads,coroutine --inflight 4
	--budget 2s --sets 1 --no-figures)

title="a limit on the size of a file"
under=(prlimit --fsize=16384:16384)
run run "${longer[@]}" --results "$folder"
under=()
kept "samples.jsonl.*: File too large"
check "no samples of before" test \
	"$(cat "$folder"/*/*/samples.jsonl | wc -l)" -ge 3
check "the results of before are not there" is_json \
	"$(echo "$folder"/*/*/results.json)"
nothing_left

title="another user's folder"
if [[ $(id -u) == 0 ]] && setpriv --reuid=65534 --clear-groups true 2>&1; then
	mkdir -m 755 "$work/closed"
	under=(setpriv --reuid=65534 --clear-groups)
	run run "${measure[@]}" --results "$work/closed"
	under=()
	status_is 4
	line_says "$work/closed: Permission denied"
else
	skip "only root can become another user"
fi

title="mounts"
if ! may_mount; then
	skip "no mount namespace may be made here"
	finish
fi
mkdir "$work/mounted"

# `OPTIONS ARGUMENT...`: runs with the root on a tmpfs of its own, and copies
# what is on it to $folder before it goes.
on_tmpfs() {
	rm -rf "$folder"
	mkdir "$folder"
	under=("${private[@]}" bash -c '
		mount -t tmpfs -o "$0" tmpfs "$1" || exit 99
		"${@:3}"
		status=$?
		cp -a "$1/." "$2"
		exit $status
	' "$1" "$work/mounted" "$folder")
	shift
	run "$@" --results "$work/mounted"
	under=()
}

title="a read-only mount"
on_tmpfs ro run "${measure[@]}"
status_is 4
line_says "$work/mounted: Read-only file system"
nothing_left

title="a disk with no room for the first file"
on_tmpfs size=4k run "${measure[@]}"
kept "No space left"

title="a disk that fills up while it measures"
on_tmpfs size=28k run "${longer[@]}"
kept "samples.jsonl.*: No space left"
check "no samples of before" test \
	"$(cat "$folder"/*/*/samples.jsonl | wc -l)" -ge 3
nothing_left

title="a disk without room for the results"
# Rows that this machine does not have are larger there than anywhere else.
on_tmpfs size=104k run 'inflight:1/.*one-pu|:4095$' --workload cpu \
	--model serial --inflight "$(seq -s, 1 60)" --placement one-pu,4095 \
	--budget 100ms --sets 1 --no-figures
kept "results.json.*: No space left"
check "no samples of before" test \
	"$(cat "$folder"/*/*/samples.jsonl | wc -l)" -ge 3
nothing_left

title="a disk with room"
on_tmpfs size=8m run "${measure[@]}"
status_is 0
quiet
SWITCHYARD_RESULTS=$folder
run_is_whole

finish
