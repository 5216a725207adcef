#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# `plot` refuses input that it cannot read, by name and place, with status 2.
# shellcheck disable=SC2054,SC2317 source=tests/cli/lib.sh
source "$(dirname "$0")/lib.sh"

refused 2 "one run folder" plot
refused 2 "one run folder" plot "$work" "$work"
refused 2 "$work/none/results.json: No such file" plot "$work/none"
refused 2 "/dev/null/results.json: Not a directory" plot /dev/null

folder=$work/folder
mkdir "$folder"
refused 2 "$folder/results.json: No such file" plot "$folder"
mkdir "$folder/results.json"
refused 2 "$folder/results.json" plot "$folder"
rmdir "$folder/results.json"

# `TEXT PATTERN`: results.json holds the text.
holds() {
	printf '%b' "$1" >"$folder/results.json"
	refused 2 "$2" plot "$folder"
	title="results.json holding ${1@Q}"
	check "plots were drawn" test -z \
		"$(find "$folder" -name '*.svg' -o -name '*.png')"
}
holds '' "$folder/results.json, line 1"
holds '\n\n\n' "$folder/results.json"
holds '{"points": [' "$folder/results.json, line 1, column 1"
holds '{\n"points": [}\n' "$folder/results.json, line 2"
holds '{"points": []} {}' "$folder/results.json"
holds '{"points": [], "points": []}' "$folder/results.json.*duplicate"
holds '\x00\x01\x02' "$folder/results.json"
holds '{"a": "\xff"}' "$folder/results.json"
holds '{}' "points"
holds '[]' "points"
holds '{"points": 7}' "points"
holds '{"points": {"a": 1}}' "points"

title="a name longer than a path can be"
refused 2 "too long" plot "/$(printf 'x%.0s' {1..5000})"

title="a folder of the user's that is cut off half-way"
run run "${measure[@]}"
status_is 0
head -c 2000 "$(latest)/results.json" >"$folder/results.json"
refused 2 "$folder/results.json, line [0-9]+" plot "$folder"

title="deep nesting"
printf '%.0s[' {1..100000} >"$folder/results.json"
refused 2 "$folder/results.json" plot "$folder"

finish
