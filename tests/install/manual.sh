#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The manual pages are well formed and name every verb, option, variable and
# key that there is, and none that there is not.
# shellcheck disable=SC2016,SC2317 source=tests/install/lib.sh
source "$(dirname "$0")/lib.sh"
page=$source_dir/man/switchyard.1.in
sweep_page=$source_dir/man/switchyard-sweep.5.in

# `SECTION`: its lines.
section() {
	awk -v name="$1" '/^\.Sh / { inside = $0 == ".Sh " name; next } inside' \
		"$page"
}

title="well formed"
if command -v mandoc >/dev/null; then
	check "$(mandoc -T lint -W warning "$SWITCHYARD_BUILD"/man/*)" \
		mandoc -T lint -W warning "$SWITCHYARD_BUILD"/man/*
else
	skip "there is no mandoc (scripts/setup test)"
fi

# "VERB OPTION" for each form of the synopsis, and of the help.
title="the synopsis"
given=$(section SYNOPSIS | awk '
	/^\.Nm/ { verb = "" }
	/^\.Cm/ && !verb { verb = $2; print verb }
	{ sub(/^\./, "")
	for (i = 1; i < NF; i++) if ($i == "Fl" && verb)
		print verb " -" $(i + 1) }')
wanted=$(for verb in $(verbs); do
	echo "$verb"
	options_of "$verb" | sed "s/^/$verb /"
done)
same_lines "the synopsis of man/switchyard.1.in" "$wanted" "$given"

title="the options"
everywhere=$(grep -oE '^\.(Op |It )?Fl -[a-z].*' "$page" |
	grep -oE 'Fl -[a-z_-]+' | sed 's/Fl /-/' | options_in)
same_lines "man/switchyard.1.in" \
	"$(printf '%s\n' "$wanted" --help --version | options_in)" \
	"$everywhere"
described=$(grep '^\.It Fl' "$page" | grep -oE 'Fl -[a-z_-]+' |
	sed 's/Fl /-/' | options_in)
same_lines "the descriptions in man/switchyard.1.in" "$everywhere" "$described"

title="the verbs"
same_lines "the verbs of man/switchyard.1.in" "$(verbs)" \
	"$(section DESCRIPTION | sed -n '/^\.Ss Verbs/,/^\.El/s/^\.It Cm //p')"

title="the variables"
same_lines "the environment of man/switchyard.1.in" \
	"$(grep -rhoE 'getenv\("(SWITCHYARD_[A-Z]+|GITHUB_STEP_SUMMARY|NO_COLOR|PATH)"' \
		"$source_dir/bench" | cut -d'"' -f2)" \
	"$(section ENVIRONMENT | sed -n 's/^\.It Ev //p' | grep -v HWLOC)"

title="the keys of a sweep"
if [[ -e $source_dir/docs/sweeps.md ]]; then
	same_lines "man/switchyard-sweep.5.in" \
		"$(sed -n 's/^| `\([a-z][a-z-]*\)` |.*/\1/p' \
			"$source_dir/docs/sweeps.md")" \
		"$(awk '/^\.Ss/ { inside = /^\.Ss Keys/ }
			inside && /^\.It Cm/ { print $3 }' "$sweep_page")"
else
	skip "there is no docs/sweeps.md"
fi

finish
