# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# lib.sh - what the program says of its own verbs and options.
# SWITCHYARD_BUILD names the build.
#
# shellcheck disable=SC2034 source=tests/cli/lib.sh
source "${BASH_SOURCE%/*}/../cli/lib.sh"
: "${SWITCHYARD_BUILD:?the build}"
source_dir=$(realpath "${BASH_SOURCE%/*}/../..")
version=$(sed -n 's/^CMAKE_PROJECT_VERSION:STATIC=//p' \
	"$SWITCHYARD_BUILD/CMakeCache.txt")

# What a build is good for that is no release is not in a package.
is_release() {
	grep -qx 'CMAKE_BUILD_TYPE:STRING=Release' \
		"$SWITCHYARD_BUILD/CMakeCache.txt" &&
		grep -qx 'SY_SANITIZE:[A-Z]*=' "$SWITCHYARD_BUILD/CMakeCache.txt"
}

verbs() {
	"$program" --help | sed -n 's/^  switchyard \([a-z]*\) .*/\1/p' |
		sort -u
}

# Options in a text, one a line; those of Google Benchmark are one.
options_in() {
	grep -oE -e '--[a-z][a-z_-]*' | sed 's/^--benchmark_.*/--benchmark_/' |
		sort -u
}

# `VERB`: the options that its help names.
options_of() {
	"$program" "$1" --help | options_in
}

# `WHAT WANTED GIVEN`: each line of both texts is in the other.  The message
# names what is missing or too many, as "VERB OPTION" or whatever a line is.
same_lines() {
	local missing extra
	missing=$(comm -23 <(sort -u <<<"$2") <(sort -u <<<"$3"))
	extra=$(comm -13 <(sort -u <<<"$2") <(sort -u <<<"$3"))
	check "$1 lacks: ${missing//$'\n'/, }" test -z "$missing"
	check "$1 has what is not there: ${extra//$'\n'/, }" \
		test -z "$extra"
}
