# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# resume_lib.sh - runs that are stopped, and what holds once they went on.
#
# shellcheck disable=SC2034,SC2054,SC2317 source=tests/cli/lib.sh
source "$(dirname "$0")/lib.sh"

# Two groups and two sets: four turns of about a third of a second.
long=(run --workload cpu --model serial,threads,coroutine --inflight 2,4
	--budget 1500ms --sets 2 --no-figures)
go_on=(run --no-figures --resume)

begin() {
	rm -rf "$SWITCHYARD_RESULTS"
	start "${long[@]}"
}

folder() {
	local entry
	for entry in "$SWITCHYARD_RESULTS"/*/*/; do
		printf '%s' "${entry%/}"
		return
	done
}

# Whether the journal has so many lines.
lines_are() {
	[[ $(wc -l <"$(folder)/samples.jsonl" 2>/dev/null) -ge $1 ]]
} 2>/dev/null

# `COUNT`: starts a run, and returns once the journal has so many lines.
begin_until() {
	begin
	check "never measured" within 20 lines_are "$1"
}

# Whether a file begins with another one, but for what `$whole` is short of it.
begins_with() {
	cmp -s -n "$(stat -c %s "$2")" "$1" "$2"
}

# Every line once: samples are told apart by their point and time.
each_once() {
	[[ -z $(sed -n 's/.*"point":"\([^"]*\)".*"at_ns":\([0-9]*\).*/\1 \2/p' \
		"$1" | sort | uniq -d) ]]
}

# What holds of a run that has come to its end, in folder $run; $before is its
# journal when it was stopped.
went_on() {
	status_is 0
	quiet
	run_is_whole
	check "it was interrupted still" grep -q '"interrupted": false' \
		"$run/results.json"
	check "samples were lost" begins_with "$run/samples.jsonl" "$before"
	check "samples are there twice" each_once "$run/samples.jsonl"
	check "it was not gone on with" test \
		"$(grep -c '^{"begun"' "$run/samples.jsonl")" -ge 2
	check "it was calibrated again" test \
		"$(grep -c '^{"calibrated"' "$run/samples.jsonl")" = 1
	check "it has no end" grep -q '"complete":true' \
		<(tail -n 1 "$run/samples.jsonl")
	row_is '^measured cpu/serial/inflight:2/'
	row_is '^measured cpu/coroutine/inflight:4/'
	check "latest is another one" test "$(latest)" -ef "$run"
	nothing_left
}

keep() {
	run=$(folder)
	before=$work/before.jsonl
	cp "$run/samples.jsonl" "$before"
}

# Keeps a run that was killed as $work/killed; `fresh` makes it $run again.
killed() {
	begin_until 20
	kill -KILL "$driver"
	await 5
	within 2 none_alive
	keep
	cp -r "$run" "$work/killed"
}

fresh() {
	rm -rf "$run"
	cp -r "$work/killed" "$run"
}

# `STATUS PATTERN [ARGUMENT...]`: --resume of $run is refused.
stays() {
	local wanted=$1 pattern=$2
	shift 2
	find "$run/" -type f -exec md5sum {} + 2>/dev/null | sort >"$work/sums"
	refused "$wanted" "$pattern" "${go_on[@]}" "$run" "$@"
	check "it was changed" cmp -s "$work/sums" \
		<(find "$run/" -type f -exec md5sum {} + 2>/dev/null | sort)
	nothing_left
}
