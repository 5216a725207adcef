#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What this machine does not have is 'not here': a row without a number, or
# status 77 where nothing else is left.  Another machine's topology is refused.
# shellcheck disable=SC2054,SC2317 source=tests/cli/lib.sh
source "$(dirname "$0")/lib.sh"

# Nothing is measured, so nothing is written.
not_here() {
	refused 77 "$@"
	nothing_left
	check "left a folder of results" test ! -e "$SWITCHYARD_RESULTS"
}
not_here "PU 4095 does not exist" run "${measure[@]}" --placement 4095
not_here "PU 4095 does not exist" run "${measure[@]}" --placement 4094-4095 \
	--placement 4095
not_here "server's PU.*1000" run "${measure[@]}" --workload io --server 1000

title="a placement that is here and one that is not"
run run "${measure[@]}" --placement one-pu,4095
status_is 0
quiet
row_is '^measured cpu/serial/.*placement:one-pu'
row_is '^measured cpu/threads/.*placement:one-pu'
row_is '^absent cpu/serial/.*placement:4095 .PU 4095 does not exist'
row_is '^absent cpu/threads/.*placement:4095 .PU 4095 does not exist'
check "the table does not say it" grep -Eq '^serial +absent' "$out"
check "samples of it" test \
	"$(sample_count "$(latest)/samples.jsonl" '.*placement:4095')" = 0
run_is_whole
nothing_left
rm -rf "$SWITCHYARD_RESULTS"

# The PUs that this shell may use.
allowed=$(sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' /proc/self/status)
first=${allowed%%[-,]*}
last=${allowed##*[-,]}
title="a PU that may not be used"
if [[ $first == "$last" ]]; then
	skip "there is one PU"
else
	under=(taskset -c "$first")
	not_here "PU $last .*may not be used" run "${measure[@]}" \
		--placement "$last"
	not_here "PU $last .*may not be used" run "${measure[@]}" \
		--placement "$first,$last"
	title="a PU that may be used beside one that may not"
	run run "${measure[@]}" --placement "one-pu,$last"
	status_is 0
	row_is '^measured cpu/serial/.*placement:one-pu'
	row_is "^absent cpu/serial/.*placement:$last .PU $last .*may not be"
	rm -rf "$SWITCHYARD_RESULTS"
	under=()
fi

# Another machine's topology would bind to PUs that are other ones here.
xml=$work/topology.xml
run run "${measure[@]}"
cp "$(latest)/topology.xml" "$xml"
rm -rf "$SWITCHYARD_RESULTS"
for setting in "HWLOC_XMLFILE=$xml" "HWLOC_XMLFILE=$work/none" \
	"HWLOC_SYNTHETIC=pack:2 core:2 pu:2" HWLOC_SYNTHETIC=nonsense; do
	under=(env "$setting")
	refused 4 "hwloc.*${setting%%=*}.*unset" run "${measure[@]}"
	refused 4 "hwloc.*${setting%%=*}.*unset" tour --budget 5s --no-figures
	nothing_left
	check "left a folder of results" test ! -e "$SWITCHYARD_RESULTS"
	title="$setting, nothing measured"
	run list models
	status_is 0
	quiet
done
for setting in "HWLOC_FSROOT=$work" "HWLOC_CPUID_PATH=$work"; do
	under=(env "$setting")
	refused 4 "hwloc.*unset" run "${measure[@]}"
done
under=(env HWLOC_XMLFILE= HWLOC_SYNTHETIC=)
title="empty variables"
run run "${measure[@]}"
status_is 0

finish
