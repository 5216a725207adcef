#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# `compare` says in one line what cannot be compared and why, before anything
# is measured, and tells one comparison in every form at once.
# shellcheck disable=SC2016,SC2054,SC2317 source=tests/cli/lib.sh
source "$(dirname "$0")/lib.sh"

example=$(realpath "$(dirname "$0")/../../results/example")
cd "$work" || exit 1
export GITHUB_STEP_SUMMARY=
pair=("$program" "$program")
# One point, and no more time than it takes.
tiny=("${pair[@]}" --filter '^cpu/serial' --budget 400ms)

# What is asked for.
refused 2 "OLD is missing; give the path of a switchyard program" compare
refused 2 "NEW is missing" compare "$program"
refused 2 "one argument too many: 'x'" compare "${pair[@]}" x
refused 2 "'--frob'" compare "${pair[@]}" --frob
refused 2 "unknown option '-x'" compare "${pair[@]}" -x
refused 2 "--anyway takes no value" compare "${pair[@]}" --anyway=1
refused 2 "--filter needs a value" compare "${pair[@]}" --filter
for percent in '' % x 3%% -3 3. .5 1e1 ' 3' '3 %' 0x3 nan; do
	refused 2 "--floor: '.*' is not a percentage; write 3%, 0.5%" \
		compare "${pair[@]}" --floor="$percent"
done
refused 2 "--floor: more than 50 %" compare "${pair[@]}" --floor 50.001%
refused 2 "--width: more than 50 %" compare "${pair[@]}" --width 51
refused 2 "--width: '9{80}' is too large" compare "${pair[@]}" \
	--width "$(printf '9%.0s' {1..99})"
refused 2 "--budget: must be over 0" compare "${pair[@]}" --budget 0
refused 2 "--limit: under 100ms" compare "${pair[@]}" --limit 1ms
refused 2 "--seed: '-1' is not a whole number" compare "${pair[@]}" --seed -1
refused 2 "--json: the name of a file is empty" compare "${pair[@]}" --json=
refused 2 "--json - and --markdown both write to standard output" \
	compare "${pair[@]}" --json - --markdown
refused 2 "--json - and --github both write" compare "${pair[@]}" --json=- \
	--github
refused 2 "unknown option '--floor'" run --floor 3%

# Which points.
refused 2 "'\(' is not a regular expression" compare "${pair[@]}" --filter '('
refused 2 "no point matches" compare "${pair[@]}" --filter nothing
refused 2 "none.ini: there is no such file" compare "${pair[@]}" \
	--suite none.ini
printf '[a]\nmodel = x\n' >bad.ini
refused 2 "bad.ini:2: .*x" compare "${pair[@]}" --suite bad.ini

# What is no side.
mkdir folder
echo 'no program' >plain
printf 'no interpreter\n' >text
printf '#!/bin/sh\nexit 0\n' >silent
chmod +x text silent
mkfifo fifo
refused 2 "OLD: ./x: No such file or directory; give the path of a switch" \
	compare ./x "$program"
refused 2 "NEW: none/x: No such file or directory; give" \
	compare "$program" none/x
refused 2 "OLD: plain/x: Not a directory" compare plain/x "$program"
refused 2 "OLD: : No such file" compare '' "$program"
refused 2 "NEW: a.b: No such file" compare "$program" $'a\nb'
refused 2 "NEW: plain: not executable; give" compare "$program" plain
refused 2 "OLD: fifo: neither a file nor a folder; give" \
	compare fifo "$program"
refused 2 "OLD is a folder and NEW a program; give two programs or two" \
	compare folder "$program"
refused 2 "NEW is a folder and OLD a program" compare "$program" folder
refused 2 "OLD: .*text.*give the path of a switchyard program" \
	compare ./text "$program" "${tiny[@]:2}"
refused 2 "NEW: .*cat.*give the path of a switchyard program" \
	compare "$program" /bin/cat "${tiny[@]:2}"
refused 2 "NEW: .*silent.*give the path of a switchyard program" \
	compare "$program" ./silent "${tiny[@]:2}"
# Nothing is searched for in PATH: this is a file that is here, or nothing.
refused 2 "OLD: cat: No such file" compare cat cat
ln -s "$work/silent" cat
refused 2 "OLD: .*./cat" compare cat "$program" "${tiny[@]:2}"

# Two folders: what was measured is not measured again.
for option in budget=1s width=1% suite=x.ini seed=1 limit=1s; do
	refused 2 "--${option%=*}: two run folders have been measured already" \
		compare "$example" "$example" --"$option"
done
refused 2 "folder is not the folder of a run" compare folder folder

# What cannot be written is found before anything is measured.
under=(timeout 20)
refused 4 "cannot write none/x.json: No such file" compare "${pair[@]}" \
	--json none/x.json
refused 4 "cannot write folder: Is a directory" compare "${pair[@]}" \
	--json folder
GITHUB_STEP_SUMMARY=none/x refused 4 "cannot write none/x: No such file" \
	compare "${pair[@]}" --github
under=()

# A side against itself, in every form; how noisy it is here is not asked.
judged() {
	check "status $status, not 0, 1 or 3" \
		test "$status" = 0 -o "$status" = 1 -o "$status" = 3
	quiet
}
title="table, annotations, summary and JSON"
echo before >summary
GITHUB_STEP_SUMMARY=summary run compare "${tiny[@]}" --github --json out.json
judged
check "no point in the table" grep -Eq \
	'^(SAME|NOISY|FASTER|SLOWER) .* cpu/serial/' "$out"
check "no sentence" grep -Eq '^(No point|1 of 1|This machine)' "$out"
check "a line over 80 columns without a point's name" test -z "$(
	grep -E '^.{81}' "$out" | grep -Ev '^::|^[A-Z]+ ')"
check "out.json is not JSON" is_json out.json
for key in schema rule sides sentinel pair_columns points sentence status; do
	check "no $key in out.json" grep -q "^ \"$key\": " out.json
done
check "its status is not that in out.json" \
	grep -qx " \"status\": $status" out.json
check "the summary was replaced" grep -qx before summary
check "no table in the summary" grep -q '^| Verdict |' summary

title="JSON in the place of the table"
run compare "${tiny[@]}" --json -
judged
cp "$out" alone.json
check "it is not JSON" is_json alone.json

title="Markdown in the place of the table; a program that is here"
run compare switchyard ./switchyard "${tiny[@]:2}" --markdown --noisy-ok \
	--floor 50%
judged
check "no Markdown" grep -q '^### Switchyard comparison' "$out"
check "a program by its name is not told" grep -q '^- OLD: ` switchyard `' \
	"$out"

title="full disks"
GITHUB_STEP_SUMMARY=/dev/full run compare "${tiny[@]}" --github \
	--json /dev/full
status_is 4
lines_say 2 "cannot write /dev/full: No space left"
lines_say 2 "cannot write .*GITHUB_STEP_SUMMARY: No space left"

title="full standard output"
timeout 40 "$program" compare "${tiny[@]}" >/dev/full 2>"$err"
status=$?
status_is 4
line_says "cannot write to standard output: No space left"

# The driver and workers of both sides.
working() {
	(($(alive | wc -l) > 2))
}
title="interrupted"
start compare "${pair[@]}" --budget 50s --json stopped.json
check "no workers" within 20 working
kill -INT "$driver"
await 20
status_is 130
quiet
check "not said" grep -q '^Interrupted\.' "$out"
check "stopped.json does not say it" grep -q '^ "interrupted": true' \
	stopped.json
nothing_left 2

title="nobody reads on"
"$program" compare "${tiny[@]}" --budget 50s 2>"$err" | true
status=${PIPESTATUS[0]}
check "status $status" test "$status" -lt 4
quiet
nothing_left 2

# Programs that are no two builds of one kind, and one of another protocol.
title="unlike programs"
fakes=(./release ./debug --filter '^cpu/serial' --budget 1s)
cp "${SWITCHYARD_FAKE:?the fake worker}" release
cp release debug
cp release newer
echo 'told build_type Debug' >debug.conf
echo 'hello protocol' >newer.conf
refused 3 "different build types: OLD Release, NEW Debug; --anyway compares" \
	compare "${fakes[@]}"
refused 3 "NEW.*protocol 99, not 2" compare ./release ./newer \
	--filter '^cpu/serial' --budget 1s
run compare "${fakes[@]}" --anyway
check "status $status" test "$status" -lt 4
check "not said to be unlike" grep -q '^compared although unlike: .*Debug' \
	"$out"

# What the ready suite promises.
title="the ready suite"
"$program" run compare.ini --dry-run 2>"$err" | grep / >points.txt
check "$(wc -l <points.txt) points" test "$(wc -l <points.txt)" = 24
for family in $("$program" list workloads | sed -n 's/^\([a-z]\+\) .*/\1/p'); do
	check "no point of $family" grep -q "^$family/" points.txt
done
for model in $("$program" list models | sed -n 's/^\([a-z]\+\) .*/\1/p'); do
	check "no point of $model" grep -Eq "^[a-z]+/$model[./]" points.txt
done

title="two runs"
cp -r "$example" other
run compare "$example" other --filter '^switch/threads' --json stored.json
check "status $status" test "$status" = 0
quiet
check "not advisory" grep -q '^Advisory' "$out"
check "stored.json is not advisory" grep -q '^ "advisory": true' stored.json

finish
