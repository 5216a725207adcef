#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Points of tasks that meet, share and fetch: what is wrong with them is said in
# one line, what a model cannot do is a row with the reason, and what was found
# is in tables, results, journal and exports.
# shellcheck disable=SC2054,SC2317 source=tests/cli/lib.sh
source "$(dirname "$0")/lib.sh"
cd "$work" || exit 1

quick=(--budget 600ms --sets 1 --no-figures)

# ---- what is wrong is usage, before anything is started ----

# `MESSAGE ARGUMENT...`
wrong() {
	local pattern=$1
	shift
	refused 2 "$pattern" run "$@"
}

wrong "--units: 0 is out of range: 1 to 1000000" --workload gate --units 0
wrong "--units: '-1' is not a whole number" --workload gate --units -1
wrong "--units: a gate of 65 units never holds 64 tasks in flight back" \
	--workload gate --units 5,65
wrong "--inflight: a gate of 5 units never holds 4 tasks" --workload gate \
	--inflight 1..4*2
wrong "--inflight: an event needs 2 tasks" --workload event --inflight 1
wrong "--notify: 4 of a condition .* of 4 tasks in flight 3 wait" \
	--workload condition --inflight 4 --notify 4
wrong "--inside: '-1us' is not a duration" --workload lock --inside -1us
wrong "--inside: 1s is out of range: 0 to 100ms" --workload lock --inside 1s
wrong "--outside: '5' is not a duration" --workload gate --outside 5
wrong "64 tasks of 1000 sections take 6400 s at least, and an answer is given 20 s" \
	--workload lock --model threads --inside 100ms
wrong "serial.*20 tasks of 1000 sections take 20 s at least, and an answer is given 20 s" \
	--workload gate --model serial,threads --inflight 20 --wait 1ms
wrong "threads.*20 tasks of 1000 sections take 40 s at least" \
	--workload gate --model threads --inflight 20 --wait 10ms
wrong "serial.*20 tasks of 100 sections take 22 s at least" \
	--workload gate --model serial --inflight 20 --wait 1ms \
	--inside 5ms --outside 5ms --sections 100
wrong "--sections: 0 is out of range" --workload share --sections 0
wrong "--cells: 1000 is not a power of two" --workload share --cells 1000
wrong "--mechanism: no mechanism 'lok'; did you mean 'lock'" --mechanism lok
wrong "--workload: no workload 'evnt'; did you mean 'event'" --workload evnt
wrong "--timeout: 0 is out of range: 1ms to 60s" --workload fetch --timeout 0
wrong "--connection: 'close' is not 'keep' or 'fresh'" --workload fetch \
	--connection close
wrong "--url: 'https://h/' must begin with http://" --workload fetch \
	--url https://h/
wrong "--url: 'http://a.b/,http://c.d/' is two addresses" --workload fetch \
	--url http://a.b/,http://c.d/
wrong "--url: .*is not http://HOST" --workload fetch --url http:///
wrong "--url: .*may have letters, digits and .* only" \
	--workload fetch --url 'http://h/?"'
wrong "--body: is of the server that is started here, and url names another" \
	--workload fetch --url http://h/ --body 1KiB
wrong "--units: no point that is chosen has it, only those of gate" \
	--workload lock --units 5
check "left a folder of results" test ! -e "$SWITCHYARD_RESULTS"

# ---- what there is, and is not ----

# `COUNT ARGUMENT...`
chooses() {
	local wanted=$1
	shift
	title="list points ${*@Q}"
	run list points "$@"
	status_is 0
	quiet
	check "$(wc -l <"$out") points, not $wanted" \
		test "$(wc -l <"$out")" = "$wanted"
}

chooses 4 --workload lock --model serial,threads
chooses 2 --workload lock,share --model threads --mechanism none
chooses 3 --workload gate --model threads --units 1,4 --inflight 1,4
title="list mechanisms"
run list mechanisms
status_is 0
for name in lock/lock lock/none share/array; do
	check "no $name" grep -q "^$name " "$out"
done
title="list workloads"
run list workloads
check "serial is not said to lack order" grep -q "not under serial: " "$out"
check "wider than 80 columns" test -z "$(grep -E '.{81}' "$out")"
title="a dry run"
run run --workload event --model serial,threads --dry-run
status_is 0
check "it does not say what is not available" grep -Eq \
	"^not available: event/serial/inflight:64/placement:one-pu: " "$out"
check "it says so of threads" test "$(grep -c "not available" "$out")" = 1

# ---- rows with figures, and without ----

title="a lock, and none"
run run --workload lock --model threads,coroutine.ucontext --inflight 4 \
	--sections 2000 "${quick[@]}"
status_is 0
run_is_whole
nothing_left
group=lock/inflight:4/inside_ns:0/outside_ns:0/sections:2000/placement:one-pu
check "not one table of all mechanisms" test "$(grep -c "^lock/" "$out")" = 1
check "its name is not the group's without in flight" \
	grep -qxF "${group/inflight:4\//}" "$out"
check "no figure of a lock" grep -Eq "^threads\.lock +[0-9]" "$out"
check "the yardstick is not marked" \
	grep -Eq "^threads\.none +[0-9].*\(ref\)$" "$out"
check "the yardstick is the best" test -z \
	"$(grep -E "in flight: .*\.none" "$out")"
check "nothing is said of what was lost" \
	grep -Eq "^lost, share of operations: |^found in all: lost " "$out"
check "results.json has no findings" grep -q '"lost_share": ' \
	"$(latest)/results.json"
check "the journal has none" grep -q '"findings":{"lost":' \
	"$(latest)/samples.jsonl"
check "wider than 80 columns" test -z "$(grep -E '.{81}' "$out" |
	grep -v '^results in ')"
for format in csv tsv markdown; do
	title="export --to $format"
	run export "$(latest)" --to $format
	status_is 0
	quiet
	check "no findings" grep -Eq "lost(:0|_share)" "$out"
done
title="export --samples"
run export "$(latest)" --to tsv --samples
check "no findings" grep -q "lost:0" "$out"

title="a run of it that goes on"
last=$(readlink -f "$(latest)")
sed -i '/"ended"/d' "$last/samples.jsonl"
sed -i '/"done"/d' "$last/samples.jsonl"
run run --resume "$last" --no-figures
status_is 0
check "nothing is said of what was lost" \
	grep -Eq "^lost, share of operations: |^found in all: lost " "$out"

title="a finding that is missing in a journal"
sed -i -e '/"ended"/d' -e '0,/"findings":{"lost":/s//"findings":{"found":/' \
	"$last/samples.jsonl"
run run --resume "$last" --no-figures
status_is 2
line_says "samples.jsonl, line [0-9]+: the sample makes no sense"
rm -rf "$SWITCHYARD_RESULTS"

title="events under a model that has no order"
run run --workload event --model serial,threads --inflight 3 "${quick[@]}"
status_is 0
row_is "^absent event/serial/inflight:3/placement:one-pu \(.*one at a time"
row_is "^measured event/threads/"
check "the table does not say why" \
	grep -Eq "^absent: serial: .*one at a time$" "$out"
title="plot of what has no figure"
run plot "$(latest)"
line_says "no figures: none is drawn of event$"
title="a run of what has no figure"
run run --workload event,lock --model threads --inflight 3 --sections 10 \
	--budget 1s
status_is 0
check "the figures are missed" test -z "$(grep figures "$err")"
check "nothing is said of figures" \
	grep -qx "no figures: none is drawn of lock, event" "$out"
check "trailing blanks" test -z "$(grep ' $' "$out")"
run run --workload event --model serial --inflight 3 "${quick[@]}"
status_is 77
line_says "nothing of this can run here: .*one at a time"

title="timers"
run run --workload timer --model threads --inflight 4 --wait 1ms "${quick[@]}"
status_is 0
check "no lateness" grep -Eq "; lateness at 4$" "$out"
check "no p99.9" grep -Eq "^ +4 +\+- +p50 +p90 +p99 +p99\.9 +max$" "$out"

title="a gate with all that its name can have"
run run --workload gate --model threads --inflight 16 --wait 1ms \
	--inside 10us --outside 10us --sections 10 "${quick[@]}"
status_is 0
check "wider than 80 columns" test -z "$(grep -E '.{81}' "$out" |
	grep -v '^results in ')"

title="bench"
run bench --workload gate --model threads --inflight 6 --units 2 \
	--benchmark_min_time=0.01 --benchmark_format=json
status_is 0
check "no counter of what was found" grep -Eq '"most_inside": [12]' "$out"

finish
