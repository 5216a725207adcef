#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# `run --resume` of a run that is measured by another process, is another
# user's, or whose folder or disk goes away: nothing is lost.
# shellcheck disable=SC2016,SC2034,SC2054,SC2317 source=tests/cli/resume_lib.sh
source "$(dirname "$0")/resume_lib.sh"

title="a run that was killed"
killed

title="measured by another process"
begin_until 20
run=$(folder)
refused 4 "$run is being measured by another process" "${go_on[@]}" "$run"
# What a worker holds would outlive its driver.
for pid in $(alive); do
	if [[ $pid != "$driver" ]]; then
		check "a worker holds the journal" test -z "$(find \
			"/proc/$pid/fd" -lname '*samples.jsonl' 2>/dev/null)"
	fi
done
kill -KILL "$driver"
await 5
keep
start "${go_on[@]}" "$run"
check "never went on" within 20 lines_are $(($(wc -l <"$before") + 5))
refused 4 "$run is being measured by another process" "${go_on[@]}" "$run"
await 20
: >"$err"
went_on

if [[ $(id -u) == 0 ]] && setpriv --reuid=65534 --clear-groups true 2>&1; then
	title="another user's run"
	other=(setpriv --reuid=65534 --clear-groups)
	chmod -R a+rX "$SWITCHYARD_RESULTS"
	under=("${other[@]}")
	run "${go_on[@]}" "$run"
	status_is 0
	line_says "is complete"
	under=()
	fresh
	chmod -R a+rX "$run"
	under=("${other[@]}")
	stays 4 "cannot write samples.jsonl in $run: Permission denied"
	under=()
	chmod 666 "$run"/*
	under=("${other[@]}")
	stays 4 "cannot write .* in $run: Permission denied"
	under=()
	chmod 600 "$run/samples.jsonl"
	under=("${other[@]}")
	refused 2 "cannot read samples.jsonl in $run: Permission denied" \
		"${go_on[@]}" "$run"
	under=()
else
	skip "only root can become another user"
fi

# Where the disk is in the way.

title="a folder that is removed while it measures"
rm -rf "$SWITCHYARD_RESULTS"
start run --workload cpu --model serial,pool --inflight 2 --budget 60s \
	--sets 1 --no-figures
check "never measured" within 20 lines_are 10
rm -rf "$SWITCHYARD_RESULTS"
await 10
status_is 4
line_says "cannot write samples.jsonl in .*: No such file"
check "it says where results are" test -z "$(grep '^results in' "$out")"
check "the folder came back" test ! -e "$SWITCHYARD_RESULTS"
nothing_left

title="a folder that is removed while it goes on"
run=$SWITCHYARD_RESULTS/0123456789abcdef/again
mkdir -p "${run%/*}"
fresh
start "${go_on[@]}" "$run"
check "never went on" within 20 grep -q 'spent_ns":[1-9]' \
	"$run/samples.jsonl"
rm -rf "$SWITCHYARD_RESULTS"
await 10
status_is 4
line_says "cannot write .*: No such file"
nothing_left

title="a disk that is full half-way"
rm -rf "$SWITCHYARD_RESULTS"
under=(prlimit --fsize=12288:12288)
run "${long[@]}" --budget 5s
under=()
status_is 4
line_says "cannot write .*: File too large"
keep
check "no samples of before" test "$(wc -l <"$before")" -ge 10
under=(prlimit --fsize=12288:12288)
run "${go_on[@]}" "$run"
under=()
status_is 4
# Of a run that got through, on a busy machine, it is the results.
line_says "cannot write (samples.jsonl|results.json) in $run: File too large"
check "samples were lost" begins_with "$run/samples.jsonl" "$before"
nothing_left
run "${go_on[@]}" "$run"
went_on

title="a file system that is full half-way"
if ! may_mount; then
	skip "no mount namespace may be made here"
	finish
fi
mkdir "$work/mounted"
run=$work/copied
rm -rf "$run"
# Full first; then with room, and gone on with.
under=("${private[@]}" bash -c '
	mount -t tmpfs -o size=32k tmpfs "$0" || exit 99
	"${@:2}" >/dev/null
	status=$?
	cp "$0"/*/*/samples.jsonl "$1.before"
	mount -o remount,size=8m "$0" || exit 98
	[[ $status == 4 ]] || exit 97
	"$2" run --no-figures --resume "$(echo "$0"/*/*-run)"
	status=$?
	cp -a "$0" "$1"
	exit $status
' "$work/mounted" "$run")
export SWITCHYARD_RESULTS=$work/mounted
run "${long[@]}"
under=()
line_says "cannot write .*: No space left"
SWITCHYARD_RESULTS=$work/copied
: >"$err"
run=$(folder)
before=$work/copied.before
check "no samples of before" test "$(wc -l <"$before")" -ge 10
went_on

finish
