#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The version stands in one place, project(VERSION), and all say the same.
# shellcheck source=tests/install/lib.sh
source "$(dirname "$0")/lib.sh"

title="the project"
check "no version in $SWITCHYARD_BUILD/CMakeCache.txt" test -n "$version"
title="CHANGELOG.md"
heading=$(grep -m 1 '^## ' "$source_dir/CHANGELOG.md")
date='([0-9]{4}-[0-9]{2}-[0-9]{2}|unreleased)'
if [[ $heading =~ ^"## [$version] - "$date$ ]]; then
	pass
else
	fail "the newest heading, '$heading', is not '## [$version] - DATE'"
fi
title="--version"
run --version
check "says $(head -n 1 "$out")" grep -qF "switchyard $version (" "$out"
title="manual pages"
for page in "$SWITCHYARD_BUILD"/man/*; do
	check "${page##*/} says $(grep '^\.Os' "$page")" \
		grep -qxF ".Os \"Switchyard $version\"" "$page"
	check "${page##*/} is not of the changelog's day" grep -qE \
		'^\.Dd [A-Z][a-z]+ [1-9][0-9]?, 20[0-9]{2}$' "$page"
done
title="elsewhere"
check "a version of its own" test -z "$(grep -lF "$version" \
	"$source_dir"/man/* "$source_dir"/cmake/*.cmake \
	"$source_dir"/scripts/completions/*)"

finish
