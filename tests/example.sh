#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# `PROGRAM FILE`: the example prints what the file says, complains of nothing,
# ends with 0 and leaves no process.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A copy, so that what still runs of it is known by its name.
program=$work/$(basename "$1")
cp "$1" "$program"
status=0
"$program" >"$work/out" 2>"$work/err" || status=$?
sed -i "/ASan doesn't fully support makecontext/d" "$work/err"
if [ "$status" -eq 77 ]; then
	cat "$work/out" "$work/err"
	exit 77
fi
failed=0
if [ "$status" -ne 0 ]; then
	echo "status $status"
	failed=1
fi
if [ -s "$work/err" ]; then
	sed 's/^/standard error: /' "$work/err"
	failed=1
fi
diff -u "$2" "$work/out" || failed=1
for link in /proc/[0-9]*/exe; do
	if [ "$(readlink "$link" 2>/dev/null)" = "$program" ]; then
		echo "still runs: ${link%/exe}"
		failed=1
	fi
done
exit $failed
