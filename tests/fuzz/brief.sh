#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A harness of build/fuzz under libFuzzer: brief.sh HARNESS CORPUS RUNS.  The seed is
# fixed and the runs are counted, so that a slow machine runs what a fast one
# does; scripts/fuzz is for finding more.
set -euo pipefail
harness=$1 corpus=$2 runs=$3
if [ ! -x "$harness" ]; then
	echo "skipped: $harness is not built; scripts/build fuzz (needs clang and libclang-rt-dev)"
	exit 77
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/new"
dictionary=$(dirname "$0")/${harness##*/fuzz_}.dict
[ -e "$dictionary" ] || dictionary=
"$harness" -seed=1 -runs="$runs" -timeout=20 -malloc_limit_mb=256 \
	-verbosity=0 -artifact_prefix="$scratch/" ${dictionary:+-dict="$dictionary"} \
	"$scratch/new" "$corpus" || {
	for found in "$scratch"/*-*; do
		echo "$found: $(base64 -w 0 "$found")" >&2
	done
	exit 1
}
