# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# lib.sh - builds live.c with the switch in many ways, and runs it.
#
# A build is one line of words: the compiler and its options.  One that cannot
# build an empty program here (no such option, no library for it) is left out,
# and said so.  A script ends with `finish`, which wants one build at least.
set -u
ulimit -c 0
cd "$(dirname "$0")/../.." || exit 1

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
launcher=() # what runs a program that was built: an emulator, valgrind
machine=$(uname -m)
rounds=5000
failures=0
runs=0
echo 'int main(void) { return 0; }' >"$work/empty.c"

absent() {
	echo "skipped: $*"
	exit 77
}

fail() {
	echo "FAILED: $*"
	sed 's/^/    /' "$work/log"
	failures=$((failures + 1))
}

# can OPTION... - whether an empty program can be built and run so.
# shellcheck disable=SC2317
can() {
	"$@" "$work/empty.c" -o "$work/empty" >"$work/log" 2>&1 || return 1
	timeout 20 "${launcher[@]}" "$work/empty" >>"$work/log" 2>&1
}

# build SOURCES OPTION... - $work/live from the switch that lies in SOURCES.
build() {
	local sources=$1
	shift
	"$@" -D_GNU_SOURCE -Wall -Wextra -Werror -I"$sources" -Itests/switch \
		tests/switch/live.c "$sources/fiber.c" "$sources/switch_$machine.S" \
		-o "$work/live" >"$work/log" 2>&1
}

# Runs what was built: `timeout`, as a wrong switch may run for ever.  The
# shell's own word on a crash is not wanted.
live() {
	{
		timeout 20 "${launcher[@]}" "$work/live" "$rounds" >"$work/log" 2>&1
	} 2>/dev/null
}

# holds OPTION... - built so, the switches lose nothing.
holds() {
	if ! can "$@"; then
		echo "not here: $*"
		return
	fi
	runs=$((runs + 1))
	if ! build models/coroutine "$@"; then
		fail "does not build: $*"
	elif live; then
		echo "ok: $*"
	elif [ $? -eq 77 ]; then
		absent "$(grep absent "$work/log" | head -n 1)"
	else
		fail "$*"
	fi
}

# broken WHAT FILE SED OPTION... - with FILE edited so, the same is noticed.
broken() {
	local what=$1 file=$2 edit=$3 copy=$work/broken
	shift 3
	rm -rf "$copy"
	cp -r models/coroutine "$copy"
	sed -i -e "$edit" "$copy/$file"
	runs=$((runs + 1))
	: >"$work/log"
	if cmp -s "models/coroutine/$file" "$copy/$file"; then
		fail "$what: nothing in $file to break"
	elif ! build "$copy" "$@"; then
		fail "$what: does not build: $*"
	elif live; then
		fail "$what: not noticed: $*"
	else
		echo "noticed: $what: $*"
	fi
}

finish() {
	[ "$runs" -gt 0 ] || absent "no build works here"
	echo "$runs runs, $failures failed"
	[ "$failures" -eq 0 ]
	exit
}
