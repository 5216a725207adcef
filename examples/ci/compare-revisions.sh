#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: compare-revisions.sh [OPTION...]
#
# What .github/workflows/regression.yml does, for any other system: compares
# the checkout with where it left the main branch.  Copy it, or call it from a
# job whose working directory is the checkout:
#
#   BASE   the branch that the change is for (origin/main)
#   OUT    where comparison.md and comparison.json are put (.)
#
# Put comparison.md into the merge request as a comment where the system has a
# way to, and keep both files as artifacts, also of a job that failed.  Options
# are further ones of `switchyard compare`.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
base=${BASE:-origin/main}
out=${OUT:-.}
mkdir -p "$out" || exit 4

# The base may have gone on since: what it has and the change has not is no
# part of the change.
if ! fork=$(git -C "$root" merge-base -- "$base" HEAD); then
	echo "compare-revisions: no commit is in both $base and HEAD; in a shallow" \
		"clone, \`git fetch --unshallow\` first" >&2
	exit 2
fi
status=0
# --noisy-ok: what a shared machine could not tell is said and does not fail.
"$root/scripts/regress" "$fork" --budget 2min --noisy-ok --markdown \
	--json "$out/comparison.json" "$@" >"$out/comparison.md" || status=$?
cat "$out/comparison.md"
# 1: something is slower.  3: a point failed on a side.  Both are for somebody
# to look at; a job that may only warn turns them into 0 here.
exit "$status"
