#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# `trend` finds where levels changed over the runs of a machine and says it in
# every format, whatever the names hold; what it cannot read it names.
# shellcheck disable=SC2016,SC2317 source=tests/cli/lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=tests/cli/history_lib.sh
source "$(dirname "$0")/history_lib.sh"

root=$work/root
machine=0123456789abcdef

# What is asked for.
refused 2 "name a folder of runs" trend
refused 2 "one argument too many: 'b'" trend a b
refused 2 "'--frob'" trend a --frob
refused 2 "--json: .* empty" trend a --json=
refused 2 "--output: .* empty" trend a --output=
refused 2 "--no-figures asks for none" trend a --no-figures --output b
refused 2 "both write to standard output" trend a --json - --markdown
refused 2 "--filter: " trend "$work" --filter '*('
refused 2 "--seed" trend a --seed x

# What is no folder of runs.
refused 2 "cannot read $work/none: No such file" trend "$work/none"
refused 2 "cannot read /dev/null: Not a directory" trend /dev/null
refused 2 "cannot read /xxx.*too long" trend "/$(printf 'x%.0s' {1..5000})"
mkdir "$root"
refused 2 "no run with results in $root" trend "$root"
mkdir -p "$root/$machine/20260101T000000Z-a"
touch "$root/$machine/20260101T000000Z-a/samples.jsonl"
refused 2 "none of those there has ended" trend "$root"
refused 2 "is one run" trend "$root/$machine/20260101T000000Z-a"
rm -r "$root"
title="a folder that may not be read"
if [[ $(id -u) == 0 ]] && setpriv --reuid=65534 --clear-groups true 2>&1; then
	mkdir -m 700 "$work/closed"
	under=(setpriv --reuid=65534 --clear-groups)
	refused 2 "cannot read $work/closed: Permission denied" \
		trend "$work/closed"
	under=()
else
	skip "only root can become another user"
fi

# A history with names that mean something elsewhere.
evil='ev|il/"q"`touch pwned`$(touch pwned)/{/:Bold=40 x}<b>&amp;\^_@~
::error::*x*'
escaped='ev|il/\"q\"`touch pwned`$(touch pwned)/{/:Bold=40 x}<b>&amp;\\^_@~\n::error::*x*'
new_compiler=18
make_history "$root" $machine 0 30 "$escaped=1000,18:1.2" \
	"cpu/steady/placement:one-pu=50" "switch/two=7,10:1.5,20:0.8"
ln -s "$machine/20250130T040000Z-nightly" "$root/latest"
cd "$work" || exit 1

title="the table"
run trend root --no-figures
status_is 0
quiet
check "wider than 80" test -z "$(LC_ALL=C.UTF-8 grep -E '.{81}' "$out")"
check "no sentence" grep -qx \
	"3 points over 30 runs: 2 changed level." "$out"
check "not advisory" grep -q "^Advisory: " "$out"
check "no change of the first" grep -Eq \
	'^ +\+(19|20|21)\.[0-9] % +1.0[0-9] us -> 1.2[0-9] us +2025-01-19 ' "$out"
check "both sides' runs" grep -A2 "2025-01-19 " "$out" |
	grep -q "20250118T040000Z-nightly"
check "what changed there" grep -q \
	"compiler changed here: GNU 12.2.0 -> GNU 13.1.0" "$out"
check "a name that is a line of its own" test -z "$(grep '^::' "$out")"
check "figures were drawn" test ! -e root/trend
# The newest change first.
check "another order" test "$(grep -n '^switch/two' "$out" | cut -d: -f1)" -lt \
	"$(grep -n '^ev|il' "$out" | cut -d: -f1)"
check "files were made" test ! -e pwned

title="JSON"
run trend root --no-figures --json -
status_is 0
check "is no JSON" is_json "$out"
cp "$out" json
if command -v jq >/dev/null; then
	check "another name" test "$(jq -r '.histories[0].points[] |
		select(.changes[0].differences | index("compiler")) | .name' \
		json)" = "$evil"
	check "other changes" test "$(jq -c '[.histories[0].points[] |
		[.state, (.changes | map(.after))]]' json)" = \
		'[["steady",[]],["changed",[18]],["changed",[10,20]]]'
	check "other values" test "$(jq '[.histories[].points[].values[]] |
		length' json)" = 90
	check "latest counts twice" test \
		"$(jq '.histories[0].runs | length' json)" = 30
fi
run trend root --no-figures --json file.json
status_is 0
check "no table" grep -q "^3 points" "$out"
check "the file differs" cmp -s json file.json
run trend root --no-figures --seed 1 --json -
check "the same seed differs" cmp -s json "$out"

title="Markdown"
run trend root --no-figures --markdown
status_is 0
check "other than a line a change" test "$(grep -c '^| .*nightly' "$out")" = 3
# Columns are told apart by bars that are not escaped.
check "a name made columns" test -z "$(grep '^|' "$out" |
	sed 's/\\|//g; s/[^|]//g' | grep -vx '||||||||')"
check "a name made a line" test -z "$(grep '^::' "$out")"

title="one point by its name"
run trend root --no-figures --filter '^switch/'
status_is 0
check "others, too" grep -q "^1 point over 30 runs: 1 changed level" "$out"
run trend root --no-figures --filter nothing
status_is 0
check "a point" grep -q "^0 points over 30 runs" "$out"

title="a machine's folder"
run trend "root/$machine" --no-figures
status_is 0
check "another result" grep -q "^3 points over 30 runs: 2" "$out"

title="figures"
if command -v gnuplot >/dev/null; then
	run trend root
	status_is 0
	quiet
	check "not told" grep -qx "2 figures in root/trend" "$out"
	check "other figures" test "$(ls root/trend | grep -c '\.svg$')" = 2
	check "no picture" test "$(ls root/trend | grep -c '\.png$')" = 2
	check "temporary files" test -z "$(find root/trend -name '*.part')"
	# The title stands in the drawing as in the table.
	shown='ev|il/”q”`touch pwned`$(touch pwned)/{/:Bold=40 x}&lt;b>&amp;amp;'
	check "another title" grep -qF ">$shown" root/trend/ev_il*.svg
	check "files were made" test -z "$(find . -name pwned)"
	if command -v xmllint >/dev/null; then
		check "no XML" xmllint --noout root/trend/*.svg
	fi
	run trend root --output elsewhere --filter steady --json figures.json
	status_is 0
	check "a steady point that was asked for" test \
		"$(ls elsewhere | grep -c '^cpu_steady.*\.svg$')" = 1
	check "the figure is not named" grep -q '"figure": "cpu_steady' \
		figures.json
else
	skip "no gnuplot"
fi

title="a folder for figures that cannot be made"
run trend root --output /dev/null/figures
status_is 4
line_says "cannot write /dev/null/figures: Not a directory"
check "the table is not there" grep -q "^3 points over 30 runs" "$out"
run trend root --output "$work/none/figures"
status_is 4
line_says "cannot write $work/none/figures: No such file"
title="a file that cannot be written"
run trend root --no-figures --json "$work/none/file"
status_is 4
line_says "cannot write $work/none/file: No such file"
title="trend >/dev/full"
timeout 40 "$program" trend root --no-figures >/dev/full 2>"$err"
status=$?
status_is 4
line_says "standard output: No space left"
title="no gnuplot"
PATH=/nowhere "$program" trend root --output plain >"$out" 2>"$err"
status=$?
status_is 0
line_says "no figures: gnuplot is not installed"
check "no data" test -n "$(ls plain/data)"

# Damaged runs are named, and cost no other.
new_compiler=1000000
make_history damaged $machine 0 20 "a=1,10:2"
runs=(damaged/$machine/*)
head -c 200 "${runs[1]}/results.json" >part && mv part "${runs[1]}/results.json"
sed -i 's/"schema": 1/"schema": 9/' "${runs[2]}/results.json"
sed -i 's/"value": [0-9.]*/"value": NaN/' "${runs[3]}/results.json"
sed -i 's/"schema": 1/"schema": 1, "schema": 1/' "${runs[4]}/results.json"
nested() {
	printf '{"deep": '
	printf '%.0s[' $(seq "$1")
	printf '%.0s]' $(seq "$1")
	printf ', %s' "$(tail -c +2 "$2/results.json")"
}
nested 1000 "${runs[5]}" >part && mv part "${runs[5]}/results.json"
nested 100000 "${runs[6]}" >part && mv part "${runs[6]}/results.json"
printf '{"build": ' >"${runs[7]}/machine.json"
rm "${runs[8]}/results.json" "${runs[8]}/machine.json"
touch "${runs[8]}/samples.jsonl"
rm "${runs[9]}/results.json" && mkfifo "${runs[9]}/results.json"
title="damaged runs"
run trend damaged --no-figures
status_is 0
lines_say 7 "skipped: ${runs[1]}/results.json, line "
lines_say 7 "skipped: ${runs[2]}/results.json: schema 9.*use a newer"
lines_say 7 "skipped: ${runs[3]}/results.json, line "
lines_say 7 "skipped: ${runs[4]}/results.json.*duplicate"
lines_say 7 "skipped: ${runs[6]}/results.json.*depth"
lines_say 7 "skipped: ${runs[7]}/machine.json, line "
lines_say 7 "skipped: .*${runs[9]}/results.json"
check "they are not counted" grep -q "^1 run without results; 7 runs are " \
	"$out"
check "the others are not there" grep -q "^1 point over 12 runs" "$out"

title="machines and builds apart"
make_history mixed 00000000000000aa 0 3 "a=1"
make_history mixed 00000000000000bb 0 3 "a=2"
build=Debug
make_history mixed 00000000000000bb 5 3 "a=3"
build=Release
run trend mixed --no-figures
status_is 0
quiet
check "not three" test "$(grep -c '^1 point over 3 runs' "$out")" = 3
check "no build" grep -q '^Machine 00000000000000bb, Debug build' "$out"
check "too few are not said" grep -q "1 has too few runs (fewer" "$out"

title="many entries"
mkdir many
(cd many && mkdir $(seq 200) && touch $(seq -f 'f%g' 200))
mv mixed/00000000000000aa many
run trend many --no-figures
status_is 0
quiet
check "other runs" grep -q '^1 point over 3 runs' "$out"

finish
