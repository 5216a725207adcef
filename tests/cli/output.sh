#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A reader that goes away, or standard streams that are closed, cost neither
# results nor the status, and are not complained about.
# shellcheck disable=SC2054,SC2317 source=tests/cli/lib.sh
source "$(dirname "$0")/lib.sh"

well() {
	status_is 0
	quiet
	run_is_whole
	row_is '^measured cpu/serial/'
	nothing_left
	rm -rf "$SWITCHYARD_RESULTS"
}

title="run | head -1"
"$program" run "${measure[@]}" 2>"$err" | head -n 1 >"$out"
status=${PIPESTATUS[0]}
check "no first line" grep -q '^switchyard ' "$out"
check "was interrupted" grep -q '"interrupted": false' \
	"$(latest)/results.json"
well

title="a reader that goes while it measures"
SECONDS=0
"$program" run --workload cpu --model serial --inflight 1 --budget 30s \
	--sets 1 --no-figures 2>"$err" | sleep 1.5
status=${PIPESTATUS[0]}
check "went on for $SECONDS s" test $SECONDS -lt 10
check "does not say that it was stopped" grep -q '"interrupted": true' \
	"$(latest)/results.json"
well

title="tour | head -1"
"$program" tour --budget 1s --sets 1 --no-figures 2>"$err" |
	head -n 1 >"$out"
status=${PIPESTATUS[0]}
# However short, it takes a round of every group; it may tell where it is.
# A point that a busy machine disturbs is a row, and status 3.
if [[ $status == 3 ]]; then
	drop_notices
	check "complains of other than points" test -z \
		"$(grep -Ev '^switchyard: .* (invalid|failed): ' "$err")"
	: >"$err"
	status=0
fi
well

title="no standard output"
"$program" run "${measure[@]}" 2>"$err" >&-
status=$?
well

title="no standard input"
"$program" run "${measure[@]}" 2>"$err" >"$out" <&-
status=$?
well

title="no standard error"
: >"$err"
"$program" run "${measure[@]}" >"$out" 2>&-
status=$?
check "no table" grep -q '^serial ' "$out"
well

title="no standard streams"
"$program" run "${measure[@]}" <&- >&- 2>&-
status=$?
well

# Whether anybody hears it or not.
title="a refusal that nobody hears"
"$program" bogus 2>&-
status=$?
status_is 2
"$program" bogus 2>/dev/full
status=$?
status_is 2
"$program" bogus 2> >(true)
status=$?
check "status $status" test $status = 2 -o $status = 141

title="list points | head -1"
"$program" list points 2>"$err" | head -n 1 >"$out"
quiet

finish
