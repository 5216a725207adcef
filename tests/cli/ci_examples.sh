#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# examples/ci: what is compared is what was named, and the answer is passed on.
# shellcheck disable=SC2016,SC2034,SC2154,SC2317 source=tests/cli/lib.sh
source "$(dirname "$0")/lib.sh"

examples=$(realpath "$(dirname "$0")/../../examples/ci")

# `PROGRAM ARGUMENT...`
libraries() {
	SWITCHYARD=$1 timeout -k 1 40 "$examples/compare-libraries.sh" "${@:2}" \
		>"$out" 2>"$err" </dev/null
	status=$?
}

# Says which sides it was given, by asking each; the status is OLD's.
fake=$work/a\ program
cat >"$fake" <<'SH'
#!/usr/bin/env bash
[ "$1" = compare ] || { echo "${COLOUR-none} $LD_PRELOAD$*"; exit 7; }
old=$("$2" worker 'a  b') || status=$?
printf '%s\n' "OLD: $old" "NEW: $("$3" worker)" "asked: ${*:4}"
exit "$status"
SH
printf '#!/bin/sh\nCOLOUR=green exec "%s" "$@"\n' "$fake" >"$work/own"
chmod +x "$fake" "$work/own"

says() {
	check "standard output lacks: $1" grep -qxF -e "$1" "$out"
}
left() {
	check "wrappers stayed" test -z "$(ls -A "$TMPDIR")"
}
mkdir "$work/tmp"
export TMPDIR=$work/tmp

title="variables and a wrapper"
libraries "$fake" 'COLOUR=dark "red"' "$work/own" --filter 'x y'
status_is 7
says 'OLD: dark "red" worker a  b'
says 'NEW: green worker'
says 'asked: --markdown --filter x y'
left
libraries "$fake" plain COLOUR=blue
says 'OLD: none worker a  b'
says 'NEW: blue worker'

# `PATTERN ARGUMENT...`
refuses() {
	title="compare-libraries ${*:2}"
	libraries "$fake" "${@:2}"
	status_is 2
	check "not one line" test "$(wc -l <"$err")" = 1
	check "no word of: $1" grep -Eq -e "$1" "$err"
	left
}
refuses 'name two sides' plain
refuses 'same libraries are loaded' plain LD_PRELOAD=/no/such.so
refuses 'same libraries are loaded' LD_LIBRARY_PATH=/no/such plain
refuses 'is neither plain nor' plain "$work"

title="a library of its own"
uv=$(LD_TRACE_LOADED_OBJECTS=1 "$program" | sed -n 's/.*=> \(.*libuv[^ ]*\) .*/\1/p')
if [[ -n $uv ]]; then
	mkdir "$work/lib"
	cp "$uv" "$work/lib/"
	libraries "$program" plain "LD_LIBRARY_PATH=$work/lib" --no-such-option
	status_is 2
	check "refused before it compares" grep -q 'OLD is plain' "$err"
else
	skip "libuv is not a shared library here"
fi
# What is found in so little time may be anything.
title="revisions"
fork=$work/fork
mkdir -p "$fork/scripts" "$fork/examples/ci"
cp "$examples/compare-revisions.sh" "$fork/examples/ci/"
printf '#!/bin/sh\necho "asked: $*"\nexit 3\n' >"$fork/scripts/regress"
chmod +x "$fork/scripts/regress"
git init -q -b main "$fork"
git -C "$fork" -c user.name=t -c user.email=t@t commit -q --allow-empty -m one
revisions() {
	status=0
	OUT=$work/a/b BASE=$1 "$fork/examples/ci/compare-revisions.sh" --seed 2 \
		>"$out" 2>"$err" </dev/null || status=$?
}
revisions main
status_is 3
check "another revision" grep -q "^asked: $(git -C "$fork" rev-parse HEAD) " "$out"
check "nothing is kept" test -s "$work/a/b/comparison.md"
revisions nowhere
status_is 2

title="two wrappers, measured"
printf '#!/bin/sh\nMALLOC_ARENA_MAX=1 exec "%s" "$@"\n' "$program" >"$work/own"
cp "$work/own" "$work/other"
libraries "$program" "$work/own" "$work/other" --budget 500ms \
	--filter '^cpu/serial/' --json "$work/comparison.json"
check "status $status" test "$status" = 0 -o "$status" = 1 -o "$status" = 3
check "no table" grep -Eq '^\| (SAME|FASTER|NOISY|SLOWER) \|.* cpu/serial/' "$out"
check "no JSON" is_json "$work/comparison.json"
left
nothing_left
finish
