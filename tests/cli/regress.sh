#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# scripts/regress builds the right two programs and leaves no worktree behind,
# however it ends.  Its project here is one whose program says what it is, so
# that nothing is compiled and nothing measured.
# shellcheck disable=SC2317 source=tests/cli/lib.sh
source "$(dirname "$0")/lib.sh"

source=$(realpath "$(dirname "$0")/../..")
for need in git cmake ninja flock pgrep; do
	command -v $need >/dev/null || {
		echo "skipped: no $need"
		exit 77
	}
done
export HOME=$work GIT_CONFIG_NOSYSTEM=1
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE
repo=$work/the\ project
pause=40.0$$ # unlike any other's

# `NAME`: a program that says its name, what it was given, and who OLD is.
project() {
	printf '#!/bin/sh\necho "NEW is %s"\n%s\nexit "${STATUS-0}"\n' "$1" \
		'grep -o "NEW is .*[a-z0-9]" "$2" | sed "s/NEW/OLD/"
shift 3; echo "asked: $*"' >"$repo/program"
	chmod +x "$repo/program"
}

commit() {
	git -C "$repo" add -A
	git -C "$repo" -c user.name=t -c user.email=t@t commit -q -m "$1"
}

# `CHECKOUT ARGUMENT...`
regress() {
	local checkout=$1
	shift
	timeout -k 1 40 "$checkout/scripts/regress" "$@" >"$out" 2>"$err" \
		</dev/null
	status=$?
}

says() {
	check "standard output lacks: $1" grep -Eq -e "$1" "$out"
}

# `CHECKOUT`: its own tree is the only one, and nothing of a build is left.
no_tree() {
	check "a worktree stayed" test "${2:-1}" = \
		"$(git -C "$1" worktree list | wc -l)"
	check "a folder stayed" test ! -e "$1/build/regress/base"
}

one_line() {
	check "not one line" test "$(wc -l <"$err")" = 1
	check "no word of: $1" grep -Eq -e "$1" "$err"
}

mkdir -p "$repo/scripts"
cp "$source/scripts/regress" "$repo/scripts/"
printf '#!/bin/sh\n' >"$repo/scripts/setup"
chmod +x "$repo/scripts/setup"
echo /build/ >"$repo/.gitignore"
cat >"$repo/CMakeLists.txt" <<'LISTS'
cmake_minimum_required(VERSION 3.20)
project(fake LANGUAGES NONE)
add_custom_target(switchyard COMMAND cp ${CMAKE_SOURCE_DIR}/program
  ${CMAKE_BINARY_DIR}/switchyard)
LISTS
git init -q -b main "$repo"
project one
commit one
project slow
sed -i "s/COMMAND/COMMAND sleep $pause COMMAND/" "$repo/CMakeLists.txt"
commit slow
project bad
sed -i "s/sleep $pause/false/" "$repo/CMakeLists.txt"
commit bad
project two
sed -i 's/COMMAND false//' "$repo/CMakeLists.txt"
commit two
project three

title="a revision and the checkout as it is"
STATUS=3 regress "$repo" main~3 --filter 'a b'
status_is 3
says '^NEW is three$'
says '^OLD is one$'
says '^asked: --filter a b$'
check "no word of changes" grep -q 'building NEW.* changes' "$err"
no_tree "$repo"

title="the same again"
regress "$repo" main~3
status_is 0
says '^OLD is one$'
check "built once more" test -z "$(grep 'building OLD' "$err")"

title="another compiler"
CFLAGS=-O1 regress "$repo" main~3
status_is 0
check "what other flags made was taken" grep -q 'building OLD' "$err"

title="where a hook calls it, from a linked worktree"
git -C "$repo" worktree add -q --detach "$work/linked" main
GIT_DIR=$work/none GIT_INDEX_FILE=$work/none regress "$work/linked" HEAD~3
status_is 0
says '^NEW is two$'
says '^OLD is one$'
no_tree "$work/linked" 2
git -C "$repo" worktree remove --force "$work/linked"

title="one that does not build"
regress "$repo" main~1
status_is 4
check "no word of it" grep -q '^regress: OLD does not build: ' "$err"
no_tree "$repo"

# A build that takes its time.
sleepers() {
	pgrep -fx "sleep $pause"
}
asleep() {
	sleepers >/dev/null
}
no_sleeper() {
	! asleep
}

title="two at once, and the first is ended while it builds"
"$repo/scripts/regress" main~2 >"$out" 2>"$err" </dev/null &
driver=$!
check "it never builds" within 20 asleep
"$repo/scripts/regress" main~3 >"$work/second" 2>"$work/second.err" </dev/null &
second=$!
check "the second does not wait" within 20 grep -q waiting "$work/second.err"
check "the second built" test -z "$(grep building "$work/second.err")"
kill -TERM "$driver"
await 20
status_is 130
check "its build goes on" within 5 no_sleeper
wait "$second"
check "the second: status $?" test $? = 0
check "the second compared something else" grep -q '^OLD is one$' "$work/second"
no_tree "$repo"

title="killed while it builds"
setsid "$repo/scripts/regress" main~2 >"$out" 2>"$err" </dev/null &
driver=$!
check "it never builds" within 20 asleep
kill -KILL "$driver"
await 5
for pid in $(sleepers); do
	kill -KILL "$pid"
done
regress "$repo" main~3
status_is 0
no_tree "$repo"

# `STATUS PATTERN CHECKOUT ARGUMENT...`
refuses() {
	title="regress ${*:4}"
	regress "${@:3}"
	status_is "$1"
	one_line "$2"
	check "something on standard output" test ! -s "$out"
}
refuses 2 'name a revision first' "$repo"
refuses 2 'name a revision first' "$repo" --budget 1s
refuses 2 "'nowhere' is no revision of .*; try .git fetch" "$repo" nowhere
refuses 2 "'main:program' is no revision" "$repo" main:program
refuses 2 'is no revision' "$repo" $'a\nb'
title="--help"
regress "$repo" --help
status_is 0
says '^usage: regress REVISION'
check "an option's comment is not one" test -z "$(grep '^#' "$out")"

title="a shallow clone"
git clone -q --depth 1 "file://$repo" "$work/shallow"
regress "$work/shallow" HEAD
status_is 0
says '^OLD is two$'
refuses 2 "shallow; try .git fetch --depth=1 origin COMMIT" "$work/shallow" HEAD~1
git -C "$work/shallow" fetch -q --depth=1 origin "$(git -C "$repo" rev-parse main~3)"
regress "$work/shallow" FETCH_HEAD
says '^OLD is one$'

title="no clone"
cp -r "$repo" "$work/plain"
rm -rf "$work/plain/.git"
GIT_CEILING_DIRECTORIES=$work refuses 4 'not a git repository' "$work/plain" HEAD

finish
