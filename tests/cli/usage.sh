#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A command line that makes no sense is refused with status 2 and one line
# that names what is wrong; help and version say what they should.
# shellcheck disable=SC2054,SC2317 source=tests/cli/lib.sh
source "$(dirname "$0")/lib.sh"

title="no arguments"
run
status_is 2
check "usage on standard error" grep -q '^  switchyard tour ' "$err"
check "something on standard output" test ! -s "$out"

refused 2 "'bogus'" bogus
refused 2 "''" ''
refused 2 "worker" worker
refused 2 "'tuor'" tuor --budget 5s

# Names that there are not.
refused 2 "--model.*'nope'" run --model nope
refused 2 "--model.*'nope'" run --model serial,nope
refused 2 "--workload.*'nope'" run --workload nope
refused 2 "--placement.*'nope'" run --placement nope
refused 2 "--placement.*'nope'" run --placement one-pu,nope
refused 2 "--server.*'x'" run --workload io --server x
refused 2 "--transport.*'pigeon'" run --workload io --transport pigeon
refused 2 "'--frob'" run --frob
refused 2 "'--frob=3'" tour --frob=3
refused 2 "'-x'" run -x
refused 2 "'--'" run --
refused 2 "'--model'" tour --model serial
refused 2 "'--budget'" list points --budget 3s
refused 2 "list.*'nonsense'" list nonsense
refused 2 "list.*'--nonsense'" list --nonsense
refused 2 "list.*'x'" list models x

# Values.
refused 2 "--model needs a value" run --model
refused 2 "--budget needs a value" tour --budget
refused 2 "--no-figures takes no value" run --no-figures=yes
refused 2 "--grain.*'5kg'" run --grain 5kg
refused 2 "--grain.*'5'" run --grain 5
refused 2 "--grain.*'-5us'" run --grain -5us
refused 2 "--grain.*out of range" run --grain 11s
refused 2 "--wait.*'2 ms'" run --workload io --wait '2 ms'
refused 2 "--request.*'5KB'" run --workload io --request 5KB
refused 2 "--request.*out of range" run --workload io --request 1GiB
refused 2 "--reply.*out of range" run --workload io --reply 0
refused 2 "--inflight.*'x'" run --inflight x
refused 2 "--inflight.*'4x'" run --inflight 4x
refused 2 "--inflight.*out of range" run --inflight 0
refused 2 "--inflight.*'-1'" run --inflight -1
refused 2 "--inflight.*'0x10'" run --inflight 0x10
refused 2 "--window.*3.*power of two" run --model pool --window 3
refused 2 "--budget.*'1.5ns'" run --budget 1.5ns
refused 2 "--budget.*over 0" run --budget 0
refused 2 "--sets.*over 0" tour --sets 0
refused 2 "--limit.*100ms" run --limit 0
refused 2 "--limit.*100ms" run --limit 1ms
refused 2 "--seed.*'1.5'" run --seed 1.5
refused 2 "PU 0 .*twice" run --placement 0,0
refused 2 "'0-'" run --placement 0-
refused 2 "'1-0'" run --placement 1-0
refused 2 "no placement 'x'" run --placement 0,x

# Empty items.
for option in model workload inflight grain wait placement request; do
	refused 2 "--$option: ''" run "--$option" ''
	refused 2 "--$option: ''" run "--$option="
done
refused 2 "--model.*'serial,,threads'.*empty" run --model serial,,threads
refused 2 "--inflight.*'4,'.*empty" run --inflight 4,
refused 2 "--placement.*',one-pu'.*empty" run --placement ,one-pu

# Filters.
refused 2 "'\['.*regular expression" run '['
refused 2 "'\('.*regular expression" list points '('
refused 2 "no point matches" run nothing-is-called-this
refused 2 "no point matches" list points '^nothing$'
refused 2 "no point matches" run --workload cpu --model serial '^io/'
refused 2 "one argument too many: 'io'" run cpu io
refused 2 "one argument too many: 'cpu'" tour cpu

# Huge numbers.
huge=99999999999999999999
refused 2 "--inflight.*$huge" run --inflight $huge
refused 2 "--inflight.*1000001" run --inflight 1000001
refused 2 "--grain.*${huge}s" run --grain ${huge}s
refused 2 "--budget.*too large" run --budget ${huge}s
refused 2 "--budget.*week" run --budget 999999min
refused 2 "--limit.*hour" run --limit 999min
refused 2 "--sets.*1000" run --sets 1001
refused 2 "--seed.*too large" run --seed $huge
# A seed is written into JSON, whose integers are signed here.
refused 2 "--seed.*too large" run --seed 18446744073709551615
refused 2 "--placement.*'$huge'|'$huge'" run --placement $huge
refused 2 "--placement" run --placement "0$(printf ',%d' {1..200})"
refused 2 "10001 points or more|more than 10000" run --model serial \
	--workload cpu --inflight "$(seq -s, 1 10001)"
refused 2 "--server.*$huge" run --workload io --server $huge

# Labels are part of a path.
for label in a/b ../x .. .hidden '' 'two words' 'tab	tab' \
	"$(printf 'x%.0s' {1..41})"; do
	refused 2 "--label" run --label "$label"
done

# What is not text stays one line without control characters.
line=$'one\ntwo\r\x1b[31mthree\x7f'
refused 2 "no verb 'one.two" "$line"
refused 2 "--label.*one.two" run --label "$line"
refused 2 "--model.*one.two" run --model "$line"
refused 2 "unknown option '--one.two" run "--$line"
refused 2 "--inflight.*one.two" run --inflight "$line"
refused 2 "one.two" plot "$line"
refused 2 "one.two.*regular expression" run "[$line"
refused 2 "no verb" $'\xff\xfe\x80'
refused 2 "--label: 'xxxx" run --label "$(printf 'x%.0s' {1..9000})"
refused 2 "no verb 'xxxx" "$(printf 'x%.0s' {1..9000})"

# Nothing of this measured or wrote anything.
title="what was refused"
check "left a folder of results" test ! -e "$SWITCHYARD_RESULTS"

# Help.
says() {
	local pattern
	for pattern in "$@"; do
		check "does not say: $pattern" grep -Eq -e "$pattern" "$out"
	done
}
for first in --help -h help; do
	title="switchyard $first"
	run $first
	status_is 0
	quiet
	says '^  switchyard tour' '^  switchyard run' '^  switchyard list' \
		'^  switchyard plot' '^  switchyard export' '--version'
done
help_of() {
	title="switchyard $1 --help"
	run "$1" --help
	status_is 0
	quiet
	check "wider than 80 columns" test -z "$(grep -E '.{81}' "$out")"
	says "^switchyard $1" "${@:2}"
}
common=(--budget --sets --seed --limit --label --results --no-figures)
help_of tour "${common[@]}"
help_of run "${common[@]}" FILTER --model --workload --inflight --grain \
	--wait --placement --request --reply --transport --server --window \
	--hold-awake
help_of bench FILTER FILE.ini --benchmark_filter --benchmark_out
help_of list points
help_of plot plots
help_of export --to gbench csv tsv markdown --samples --output
title="help behind other arguments"
run run --model nope --help
status_is 0
says '^switchyard run'

title="--version"
run --version
status_is 0
quiet
says '^switchyard [0-9]+\.[0-9]+\.[0-9]+ ' 'libuv [0-9]' 'hwloc [0-9]' \
	'jansson [0-9]' 'flags: '

# What there is to choose from is what the options take.
title="list"
run list models
status_is 0
says '^serial ' '^threads ' '^semaphore ' '^fork ' '^pool ' '^coroutine ' \
	'^eventloop '
run list workloads
status_is 0
says '^cpu ' '^wait ' '^io ' '^switch '
run list placements
status_is 0
says '^none ' '^compact ' '^spread ' '^one-pu ' '^siblings ' '^same-l3 ' \
	'^other-package ' '^matrix '
run list points '^cpu/serial/inflight:(1|4)/'
status_is 0
quiet
check "not the two points that match" test "$(wc -l <"$out")" = 2

finish
