#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# `compare` of two run folders: what it exits with, what it says of runs that
# are none or are unlike, and names that are anything in every form it prints.
# shellcheck disable=SC2016 source=tests/cli/lib.sh
source "$(dirname "$0")/lib.sh"

cd "$work" || exit 1
export GITHUB_STEP_SUMMARY=$work/summary
mkdir old new

# `DIR COMPILER`: the machine of a run.
machine() {
	cat >"$1/machine.json" <<-END
		{"id": "0123456789abcdef", "kernel": {"release": "6.1.0"},
		 "libraries": {"libc": "glibc 2.36"}, "mitigations": {},
		 "build": {"version": "0.1.0", "type": "Release",
		 "compiler": "$2", "flags": "-O2", "sanitizer": null}}
	END
}

# `NAME NS [SHARE]`: a point that was measured, +- 1 % or so much.
measured() {
	printf '{"name": "%s", "family": "cpu", "state": "measured", ' "$1"
	printf '"slices": 30, "cpu_ns_per_op": 1, "switches_per_op": '
	printf '{"voluntary": 0, "involuntary": 0}, "ns_per_op": '
	awk -v ns="$2" -v share="${3:-0.01}" 'BEGIN {
		printf "{\"value\": %f, \"low\": %f, \"high\": %f}}",
			ns, ns / (1 + share), ns * (1 + share) }'
}

# `NAME STATE REASON`: one that was not.
unmeasured() {
	printf '{"name": "%s", "family": "cpu", "state": "%s", "reason": "%s"}' \
		"$@"
}

# `DIR POINT...`: the results of a run.
results() {
	local dir=$1 IFS=, points
	shift
	points=$*
	cat >"$dir/results.json" <<-END
		{"schema": 1, "machine_id": "0123456789abcdef",
		 "machine": {"summary": "Model T, 2 PUs"},
		 "interrupted": ${interrupted:-false},
		 "sentinel": {"spread": ${spread:-0.01}}, "points": [$points]}
	END
}

# `STATUS OPTION...`: the two are compared, and it exits so.
compared() {
	local wanted=$1
	shift
	run compare old new "$@"
	status_is "$wanted"
	quiet
}

shows() {
	check "no line like: $1" grep -Eq -e "$1" "$out"
}

machine old gcc
machine new gcc

title="nothing is slower"
results old "$(measured a 100)" "$(measured gone 5)"
results new "$(measured a 101)" "$(measured 'new one' 5)"
compared 0
shows '^SAME .* a$'
shows '^ONLY in OLD: gone'
shows '^ONLY in NEW: new one'
shows '^Advisory'

title="a point is slower, another failed"
results old "$(measured a 100)" "$(measured b 100)"
results new "$(measured a 120)" "$(unmeasured b failed 'it died')"
compared 1
shows '^SLOWER .* a$'
shows 'it died'
title="the other way around; a higher floor; only what has not failed"
run compare new old --noisy-ok
status_is 3
shows '^FASTER .* a$'
compared 3 --floor 25%
compared 1 --filter '^a$'

title="not known"
results old "$(measured a 100 0.2)"
results new "$(measured a 101 0.2)"
compared 3
shows '^NOISY .* a$'
compared 0 --noisy-ok
spread=0.04 results new "$(measured a 150)"
compared 3
shows 'noise 4.0 % \(NOISY\)'

title="a wrong answer"
results new "$(measured a 150)" "$(unmeasured b wrong 'a sum is wrong')"
compared 5
shows 'a sum is wrong'

title="a run that was interrupted, and another kernel"
results old "$(measured a 100)"
interrupted=true results new "$(measured a 100)"
sed -i 's/6\.1\.0/6.12.3/' new/machine.json
compared 0
shows '^NEW .*interrupted yes.* kernel 6.12.3'
check "OLD is said to be interrupted" test 1 = "$(grep -c interrupted "$out")"
interrupted=true results old "$(measured a 100)"
compared 0
check "not both are" test 2 = "$(grep -c 'interrupted yes' "$out")"
results old "$(measured a 100)"

# Unlike builds.
machine new clang
refused 3 "different compilers: 'gcc' and 'clang'; .*with --anyway$" \
	compare old new
title="unlike builds, anyway"
compared 0 --anyway
shows "unlike: different compilers: 'gcc' and 'clang'"
machine new gcc

# What is no pair of runs.
mkdir other
machine other gcc
results other "$(measured z 1)"
refused 3 "no point is in both runs: 1 only in OLD, 1 only in NEW" \
	compare old other
refused 3 "no point of the two runs matches 'x'" compare old new --filter x
refused 2 "'\[' is not a regular expression" compare old new --filter '['
mkdir empty stopped
touch stopped/samples.jsonl
refused 2 "empty is not the folder of a run" compare old empty
refused 2 "go on with it: switchyard run --resume stopped$" compare stopped new
mkfifo empty/results.json
refused 2 "cannot read empty/results.json: it is no regular file" \
	compare empty new
cp old/machine.json stopped
sed 's/"schema": 1/"schema": 2/' old/results.json >stopped/results.json
refused 2 "schema 2, this program reads 1: use the switchyard that wrote it" \
	compare old stopped
sed 's/"high": 1/"high": -1/' old/results.json >stopped/results.json
refused 2 "points\[0\] \('a'\): ns_per_op.high: not a number over 0" \
	compare old stopped
head -c 200 old/results.json >stopped/results.json
refused 2 "stopped/results.json, line 4, column [0-9]+: " compare stopped new

# Names that are something elsewhere, as JSON: in every form, they come back.
nasty=('q\"uo'"'"'te' '`tick` ``two' '<b>&amp;|bar|' 'one\ntwo' \
	'::error::x' '%0A::warning::%' '[x](y) *s* _u_' 'a\\\\b' 'é\u2028\u001b[1m')
points=() slow=()
for name in "${nasty[@]}"; do
	points+=("$(measured "$name" 100)")
	slow+=("$(measured "$name" 150)")
done
points+=("$(unmeasured 'bad`\n::error::<i>' failed '`why`\n::error::|<i>')")
slow+=("$(measured 'bad`\n::error::<i>' 100)")
results old "${points[@]}"
results new "${slow[@]}"

title="any name in the table and in annotations"
rm -f summary
compared 1 --github --json any.json
check "a line over 80 columns" test -z "$(grep -E '^.{81}' "$out" |
	grep -v ^::)"
check "an escape" test -z "$(tr -cd '\033' <"$out")"
check "not one SLOWER row for each name" \
	test "${#nasty[@]}" = "$(grep -c '^SLOWER ' "$out")"
# One an error, one a failure; a name makes none of its own.
check "errors: $(grep -c '^::error' "$out")" \
	test "${#nasty[@]}" = "$(grep -c '^::error' "$out")"
check "warnings: $(grep -c '^::' "$out")" \
	test $((${#nasty[@]} + 1)) = "$(grep -c '^::' "$out")"
check "a line break is not escaped" grep -Fq 'SLOWER one\ntwo::+' "$out"
check "a percent sign is not" grep -Fq 'SLOWER %250A\x3a%3Awarning' "$out"

title="any name in JSON"
if command -v jq >/dev/null; then
	check "names differ" test \
		"$(jq -c '[.points[].name]' old/results.json)" = \
		"$(jq -c '[.points[].name]' any.json)"
	# A reason is one line, so what would break it is a question mark.
	check "the reason differs" test \
		"$(jq -c '.points[-1].reason' old/results.json |
			sed 's/\\n/?/')" = \
		"$(jq -c '.points[-1].reason' any.json)"
else
	skip "jq reads JSON"
fi

title="any name in Markdown"
compared 1 --markdown
check "the summary has something else" grep -Fxq \
	"$(sed -n '/^| SLOWER/{p;q}' "$out")" summary
check "not one row for each name" \
	test "${#nasty[@]}" = "$(grep -c '^| \**SLOWER' "$out")"
# Two tables, of five and of seven columns: a bar within a name ends no cell.
check "rows of other lengths" test "||||||,||||||||" = "$(grep '^|' "$out" |
	sed 's/\\|//g; s/[^|]//g' | sort -u | paste -sd,)"
check "markup outside of code" test -z "$(sed -E 's/(`+) .* \1//g' "$out" |
	grep -E '<b>|<i>|\*s\*|\]\(y\)')"
check "a name begins a line" test -z "$(grep -E '^(two|::)' "$out")"

finish
