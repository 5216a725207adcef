#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# scripts/claims judges a run, and says in one line what it cannot read.
# shellcheck disable=SC2317 source=tests/cli/lib.sh
source "$(dirname "$0")/lib.sh"

source=$(realpath "$(dirname "$0")/../..")
example=$source/results/example

# `ARGUMENT...`: as `run`, of the script.
claims() {
	SWITCHYARD=$program "$source/scripts/claims" "$@" >"$out" 2>"$err" \
		</dev/null
	status=$?
}

title="claims of the example"
claims "$example"
status_is 0
quiet
check "not every claim has a ruling" test 6 = \
	"$(grep -Ec '^(holds|does not hold|cannot tell): "' "$out")"
check "not every claim has its rule" test 6 = "$(grep -c '^    rule: ' "$out")"
check "nothing can be told" grep -q '^holds: ' "$out"
check "a creation without figures" \
	grep -Eq 'fork\.wait .*, threads\.join .* times \(' "$out"

check "no noise" grep -Eq '^noise: .* differ by [0-9.]+ %$' "$out"
check "a warning of a quiet run" test -z "$(grep '^warning' "$out")"
check "no group below its figures" grep -Eq '^      spawn/' "$out"
check "wider than 80 columns" test -z "$(grep -E '.{81}' "$out")"
check "a command that a shell does not go on with" \
	grep -Eq '^      switchyard run --workload .* \\$' "$out"

title="claims of a noisy run"
mkdir "$work/noisy"
sed -e '/"sentinel": {/,/}/s/"spread": [0-9.e-]*/"spread": 0.12/' \
	-e "s|spawn/burst:1/|spawn/$(printf 'resident:65536/%.0s' {1..9})|" \
	"$example/results.json" >"$work/noisy/results.json"
claims "$work/noisy"
status_is 0
check "no noise" grep -q '^noise: .* differ by 12.0 %$' "$out"
check "a long group is not cut behind a '/'" grep -Eq '^ {6}spawn/.*/$' "$out"
check "trailing blanks" test -z "$(grep ' $' "$out")"
check "no warning" grep -q '^warning: NOISY, over 3 %' "$out"
check "wider than 80 columns" test -z "$(grep -E '.{81}' "$out")"

title="claims of nothing"
claims
status_is 2
check "does not say what to do" grep -q 'name one run folder' "$err"
claims "$work/none"
status_is 2
line_says "$work/none/results.json: No such file"

finish
