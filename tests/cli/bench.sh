#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Points through Google Benchmark: what its flags make of them, what is wrong
# is an error row and an exit status, and its compare.py drives the program.
#
# SWITCHYARD_BROKEN is the program with models that are wrong on purpose.
# shellcheck disable=SC2054,SC2317 source=tests/cli/lib.sh
source "$(dirname "$0")/lib.sh"

broken=$work/switchyard-broken
cp "${SWITCHYARD_BROKEN:?the program with the broken models}" "$broken"
good=$program
report=$work/report.json
short=--benchmark_min_time=0.01
little=(--workload cpu --inflight 2 --grain 10us "$short")

# The lines that are the program's own, and not Google Benchmark's context.
own_lines() {
	sed -i '/^switchyard: /!d' "$err"
}

asserted() {
	jq -e "$1" "$report" >/dev/null
}
# `FILTER`: an expression of jq's about the report, or skipped without it.
if command -v jq >/dev/null; then
	holds() {
		check "the report: $1" asserted "$1"
	}
else
	holds() {
		skip "jq reads reports"
	}
fi

# ---- the command line ----

refused 2 "--benchmark_frob" bench --benchmark_frob=1
refused 2 "--benchmark_frob" --benchmark_frob=1
refused 2 "--benchmark_min_time=0.5s.*without a unit" bench \
	--benchmark_min_time=0.5s
refused 2 "--benchmark_filter=.*empty" bench --benchmark_filter=
refused 2 "--benchmark_filter=\[" bench '--benchmark_filter=['
refused 2 "filter nothing.*--benchmark_list_tests" bench \
	--benchmark_filter=nothing
refused 2 "no point matches" bench nothing
refused 2 "no point matches" nothing --benchmark_list_tests
refused 2 "regular expression" bench '['
refused 2 "one argument too many: 'io'" bench cpu io
refused 2 "'--budget'" bench --budget 3s
refused 2 "'--seed'" bench --seed 3
refused 2 "--limit.*100ms" bench --limit 1ms
refused 2 "--model.*'nope'" bench --model nope
refused 2 "--grain: no point" bench --workload switch --grain 1us
refused 2 "no verb 'nope'" nope --model serial
refused 4 "cannot write /nowhere/report" bench "${little[@]}" --model serial \
	--benchmark_out=/nowhere/report
refused 77 "nothing of this can run here: PU" bench --placement 0,1022-1023
under=(env HWLOC_XMLFILE=/nowhere)
refused 4 "HWLOC_XMLFILE" bench
under=()
check "left a folder of results" test ! -e "$SWITCHYARD_RESULTS"

# ---- what is chosen ----

title="the tour's points"
run bench --benchmark_list_tests
status_is 0
quiet
sed 's|/manual_time$||' "$out" >"$work/listed"
run list points
check "not the points of the tour" cmp -s "$work/listed" "$out"

title="both filters"
run cpu/ --benchmark_filter=/inflight:4/ --benchmark_list_tests
status_is 0
check "not what both choose" test "$(wc -l <"$out")" = "$(
	"$program" list points '^cpu/.*/inflight:4/' | wc -l)"

title="a sweep"
printf '[one]\nworkload = cpu\nmodel = serial\ninflight = 1, 2\n' \
	>"$work/my.ini"
run bench "$work/my.ini" --benchmark_list_tests
status_is 0
check "not its points" test "$(grep -c ^cpu/serial/ "$out")" = 2

title="what is left out"
run bench --workload cpu --model serial,threads --benchmark_filter=-serial \
	--benchmark_list_tests
status_is 0
check "not the one" test "$(cut -d/ -f2 <"$out")" = threads

# ---- reports ----

title="a report on standard output"
run bench "${little[@]}" --model serial,threads,pool \
	--benchmark_format=json --benchmark_repetitions=2
status_is 0
check "no JSON" is_json "$out"
own_lines
quiet
nothing_left
cp "$out" "$report"
holds '[.benchmarks[] | select(.run_type == "iteration")] | length == 6'
holds '.benchmarks | all(.name | test("^cpu/[a-z]+/inflight:2/"))'
holds '.benchmarks | all(.name | contains("manual_time") | not)'
holds '[.benchmarks[] | select(.run_type == "iteration")]
	| all(.real_time > 0 and .cpu_time > 0 and .time_unit == "ns"
		and .iterations > 0 and .slices > 0 and .items_per_second > 0
		and has("voluntary_per_op") and has("involuntary_per_op"))'
holds '.context | .executable == "switchyard" and (.machine_id | length == 16)
	and has("cpu_model") and has("kernel") and has("switchyard_version")
	and has("switchyard_commit") and has("switchyard_build_type")'
run list points "${little[@]:0:6}" --model serial,threads,pool
holds "[.benchmarks[] | select(.run_type == \"iteration\") | .name] | unique
	== ($(jq -cnR '[inputs] | unique' <"$out" 2>/dev/null))"

title="a hand-off and a wait"
run bench --workload switch,wait --model coroutine --mechanism assembly,ucontext --wait 2ms --inflight 2 "$short" "--benchmark_out=$report"
status_is 0
check "no table" grep -q '^wait/coroutine/' "$out"
check "no JSON" is_json "$report"
holds '.benchmarks | length == 3'
holds '[.benchmarks[] | select(.name | startswith("switch"))] | length == 2
	and all(has("net_ns"))'
holds '[.benchmarks[] | select(.name | startswith("wait"))] | all(has("net_ns")
	| not) and .[0].real_time > 900000'
nothing_left

title="no disk"
if [[ -w /dev/full ]]; then
	run bench "${little[@]}" --model serial --benchmark_out=/dev/full
	status_is 4
	own_lines
	line_says "cannot write all of /dev/full"
	"$program" bench "${little[@]}" --model serial >/dev/full 2>"$err"
	status=$?
	status_is 4
	own_lines
	line_says "cannot write all of standard output"
	"$program" --benchmark_list_tests >/dev/full 2>"$err"
	status=$?
	status_is 4
else
	skip "no /dev/full"
fi

# ---- what is wrong is a row ----

# `MODEL...`, with two that are right, into a report.
program=$broken
bad() {
	local list
	list=serial,threads,$(IFS=,; echo "${*/#/broken.}")
	title="broken $*"
	run bench "${little[@]}" --model "$list" "--benchmark_out=$report"
	own_lines
	nothing_left
	check "no JSON" is_json "$report"
	holds '[.benchmarks[] | select(.error_occurred | not)]
		| length == 2 and all(.real_time > 0)'
}
# `MODEL REASON`
row_says() {
	holds "[.benchmarks[] | select(.name | contains(\"/broken.$1/\"))]
		| length == 1 and all(.error_occurred and .real_time == 0
			and (.error_message | test(\"$2\")))"
}

bad value
status_is 5
lines_say 1 'cpu/broken.value/.* wrong: wrong checksum'
row_says value 'wrong checksum'

bad crash open
status_is 3
lines_say 2 'cpu/broken.crash/.* failed: .*signal 6'
row_says crash 'signal 6'
row_says open 'Cannot allocate memory'

# Its answers are wrong from the 17th run on.
title="each repetition has a worker of its own"
run bench --workload cpu --inflight 2 --grain 5ms --model broken.late \
	--benchmark_min_time=0.001 --benchmark_repetitions=12 \
	"--benchmark_out=$report"
status_is 0
holds '[.benchmarks[] | select(.run_type == "iteration")]
	| length == 12 and all(.error_occurred | not)'

# What had been measured until then was wrong as well, for all one knows.
title="an answer that is wrong in the end"
run bench --workload cpu --inflight 2 --grain 10us --model broken.late \
	--benchmark_min_time=0.06 --benchmark_repetitions=4 \
	"--benchmark_out=$report"
own_lines
status_is 5
line_says 'cpu/broken.late/.* wrong:'
holds '.benchmarks | length == 4 and all(.error_occurred and .real_time == 0
	and (.error_message | test("wrong checksum"))
	and (has("items_per_second") | not))'

little+=(--limit 2s)
bad hang
status_is 3
lines_say 1 'cpu/broken.hang/.* failed: no answer within its limit'
row_says hang 'no answer within its limit'

title="a model that is not here"
run bench "${little[@]}" --model serial,threads,broken.absent \
	"--benchmark_out=$report"
status_is 3
own_lines
line_says 'cpu/broken.absent/.* absent: no machine has it'
row_says absent 'no machine has it'
run bench "${little[@]}" --model serial,broken.absent \
	--benchmark_filter=absent
status_is 77
own_lines
line_says 'cpu/broken.absent/.* absent: no machine has it'
refused 77 'nothing of this can run here: no machine has it' bench \
	"${little[@]}" --model broken.absent

title="a hand-off that hands nothing over"
run bench --workload switch --model threads,broken.switches \
	--mechanism condition,none "$short" "--benchmark_out=$report"
status_is 3
own_lines
line_says 'broken.switches.* invalid: 0\.[0-9]* switches a hand-off'
row_says switches.none 'switches a hand-off'
nothing_left
program=$good

title="64 descriptors"
under=(prlimit --nofile=64:64)
run bench --workload io --model threads --inflight 4,100 "$short" "--benchmark_out=$report"
under=()
status_is 3
own_lines
line_says "io/threads/inflight:100/.* failed: .*limit is 64"
holds '[.benchmarks[] | select(.error_occurred)] | length == 1'
nothing_left

title="a worker that is killed"
worker() {
	pgrep -P "$driver" >"$work/pid"
}
begin() {
	start bench --workload io --inflight 4 "$@" "--benchmark_out=$report" \
		--benchmark_min_time=20
}
begin --model threads
check "no worker" within 10 worker
sleep 0.3
kill -KILL "$(<"$work/pid")"
await 10
status_is 3
own_lines
line_says "io/threads/.* failed: .*signal 9"
holds '.benchmarks | length == 1 and .[0].error_occurred'
nothing_left

# ---- what stops it ----

for signal in INT TERM HUP; do
	title="SIG$signal"
	begin --model pool,threads,coroutine
	check "no worker" within 10 worker
	sleep 0.2
	kill -$signal "$driver"
	await 5
	status_is 130
	own_lines
	quiet
	check "no JSON" is_json "$report"
	holds '.benchmarks == []'
	nothing_left
done

title="a driver that is killed"
begin --model pool,threads,coroutine
check "no worker" within 10 worker
kill -KILL "$driver"
await 5
status_is 137
nothing_left 2

title="nobody reads standard output"
"$program" bench --workload cpu --model serial,threads --inflight 2 \
	--benchmark_min_time=5 2>"$err" | true
status=${PIPESTATUS[0]}
status_is 0
nothing_left
"$program" bench "${little[@]}" --model serial 2>"$err" | true
status=${PIPESTATUS[0]}
status_is 0
own_lines
quiet

# ---- compare.py ----

compare=/usr/share/benchmark/compare.py
title="compare.py"
if [[ ! -x /usr/bin/python3 ]] || ! /usr/bin/python3 -c 'import scipy' 2>/dev/null
then
	skip "it needs python3-scipy"
	finish
elif [[ ! -f $compare ]]; then
	skip "libbenchmark-tools has it"
	finish
fi

# Without a character that would be written for a colour.
compare() {
	: >"$err"
	timeout 60 /usr/bin/python3 "$compare" --no-color "$@" >"$out" 2>"$err"
	status=$?
	status_is 0
}
# `PATTERN`: a line of its table, with two changes and four times.
compares() {
	check "no line like $1: $(tail -n 4 "$out")" grep -Eq \
		"^$1 +([+-][0-9.]+ +){2}([0-9]+ +){3}[0-9]+\$" "$out"
}

title="compare.py benchmarks: the program with itself"
name=cpu/serial/inflight:1/
compare benchmarks "$program" "$program" "^$name" --benchmark_min_time=0.01
compares "${name}grain_us:100/placement:spread"
title="compare.py filters"
compare filters "$program" cpu/serial/ cpu/threads/ /inflight:1/ "$short"
compares '\[cpu/serial/ vs. cpu/threads/\]inflight:1/.*'
title="compare.py benchmarks: reports, of bench and of a run"
for i in 1 2; do
	run bench "${little[@]}" --model serial --benchmark_repetitions=2 \
		"--benchmark_out=$work/$i.json"
	status_is 0
done
compare benchmarks "$work/1.json" "$work/2.json"
compares 'cpu/serial/inflight:2/[^ ]*_median'
compares 'cpu/serial/inflight:2/[^ ]*one-pu'
check "no test" grep -q 'U Test, Repetitions: 2 vs 2' "$out"
run run --workload cpu --inflight 2 --grain 10us --model serial --sets 2 \
	--budget 300ms --no-figures
status_is 0
run export "$(latest)" --to gbench
status_is 0
cp "$out" "$work/run.json"
compare benchmarks "$work/1.json" "$work/run.json"
compares 'cpu/serial/inflight:2/[^ ]*_median'
compares 'cpu/serial/inflight:2/[^ ]*one-pu'

finish
