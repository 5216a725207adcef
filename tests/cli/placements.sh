#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Two PUs that lie to one another in a given way: measured or absent, and never
# others.  A matrix is the hand-offs on all PUs and between every two, of those
# that may be used, and of nothing else.
# shellcheck disable=SC2054,SC2317 source=tests/cli/lib.sh
source "$(dirname "$0")/lib.sh"
cd "$work" || exit 1

handoff=(--workload switch --model threads --mechanism condition)
quick=(--budget 400ms --sets 1 --no-figures)

# `ARGUMENT...`: the names of the points that they choose, in `out`.
points() {
	title="list points ${*@Q}"
	run list points "$@"
	status_is 0
	quiet
}

# `PLACEMENT...`: exactly these are in `out`, in this order, for one row.
placements_are() {
	local got
	got=$(sed -n 's/^switch\/threads\.condition\/placement://p' "$out" |
		paste -sd' ')
	check "placements $got, not $*" test "$got" = "$*"
}

title="pairs are measured where they are"
run run "${handoff[@]}" --placement one-pu,siblings,same-l3,other-package \
	"${quick[@]}"
status_is 0
quiet
for placement in siblings same-l3 other-package; do
	run topology --placement "$placement"
	case $status in
	0)
		pus=$(sed -n 's/^ *[01]  *\([0-9]*\) .*/\1/p' "$out" |
			paste -sd,)
		row_is "^measured switch/.*placement:$placement$"
		check "not on PUs $pus" grep -Eqz \
			"placement:$placement\"[^]]*\"pus\": \[[[:space:]]*${pus/,/,[[:space:]]*}[[:space:]]*\]" \
			"$(latest)/plan.json"
		;;
	77) row_is "^absent switch/.*placement:$placement \(.*(core|L3|package|kinds)" ;;
	*) fail "status $status" ;;
	esac
done
rm -r "$SWITCHYARD_RESULTS"

# The PUs that this shell may use: the first, and another one.
mapfile -t pus < <(sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' \
	/proc/self/status | tr , '\n' | while IFS=- read -r from to; do
	seq "$from" "${to:-$from}"
done)
a=${pus[0]} b=${pus[-1]}

# One PU has neither pairs nor a matrix.
under=(taskset -c "$a")
for placement in siblings same-l3 other-package; do
	refused 77 "nothing of this can run here: " run "${handoff[@]}" \
		--placement "$placement" "${quick[@]}"
done
one="^switchyard: a matrix needs two PUs, 1 may be used here$"
cat >matrix.ini <<-'END'
	[defaults]
	model = threads
	mechanism = condition
	[pairs]
	workload = switch
	placement = matrix
END
for verb in "list points" run "run --dry-run" bench; do
	# shellcheck disable=SC2086
	refused 77 "$one" $verb "${handoff[@]}" --placement matrix
	# shellcheck disable=SC2086
	refused 77 "$one" $verb matrix.ini
done
under=()
check "left a folder of results" test ! -e "$SWITCHYARD_RESULTS"

# Two PUs, where there are two.
if [[ $a == "$b" ]]; then
	title="a matrix"
	skip "there is one PU"
else
	under=(taskset -c "$a,$b")
	points "${handoff[@]}" --placement matrix
	placements_are "$a" "$a,$b" "$b,$a" "$b"
	points matrix.ini
	placements_are "$a" "$a,$b" "$b,$a" "$b"
	points matrix.ini --set placement=none
	placements_are none
	points "${handoff[@]}" --placement "one-pu,matrix,$b"
	placements_are one-pu "$a" "$a,$b" "$b,$a" "$b"
	points matrix.ini "placement:$b,"
	placements_are "$b,$a"
	points matrix.ini --max-points 4
	refused 2 "a matrix of 2 PUs 1 points become 4, more than 3; .*taskset.*--max-points" \
		list points matrix.ini --max-points 3
	title="--dry-run"
	run run matrix.ini --dry-run
	status_is 0
	quiet
	check "not four points" grep -q '^4 points in 4 groups' "$out"
	title="a run of a matrix"
	run run matrix.ini "${quick[@]}"
	status_is 0
	quiet
	run_is_whole
	for cell in "$a" "$a,$b" "$b,$a" "$b"; do
		row_is "^measured switch/threads.condition/placement:$cell$"
	done
	title="a matrix that is held awake"
	run run matrix.ini --hold-awake "${quick[@]}"
	status_is 0
	row_is "^measured .*placement:$a,$b/hold_awake:1"
	row_is "^absent .*placement:$a/hold_awake:1 .*spinner"
	title="bench with a matrix"
	run bench matrix.ini --benchmark_list_tests
	status_is 0
	check "not four points" test "$(grep -c placement: "$out")" = 4
	run bench matrix.ini --benchmark_min_time=0.01
	status_is 0
	check "not four rows" test "$(grep -c '^switch/' "$out")" = 4
	under=()
	nothing_left
	rm -r "$SWITCHYARD_RESULTS"
fi

# Of nothing else, wherever that is said.
other="'matrix' is of hand-offs only, and '[a-z]*' is among the workloads; .*'switch' alone"
refused 2 "^switchyard: --placement: $other" run --placement matrix
refused 2 "--placement: $other" run --workload cpu --placement matrix
refused 2 "--placement: $other" bench --workload switch,io --placement one-pu,matrix
refused 2 "\[pairs\] placement: $other" run matrix.ini --workload idle
refused 2 "\[pairs\] placement: $other" list points matrix.ini --set workload=all
sed -i "s/= switch/= cpu/" matrix.ini
refused 2 "matrix\.ini:6: \[pairs\] placement: $other" run matrix.ini
printf '[defaults]\nplacement = matrix\n[a]\nworkload = switch\n[b]\nworkload = io\n' \
	>matrix.ini
refused 2 "matrix\.ini:2: \[b\] placement: $other" run matrix.ini --section a
refused 2 "no placement 'matrx'; did you mean 'matrix'" run --placement matrx
refused 2 "no placement 'sibling'; did you mean 'siblings'" \
	run --placement sibling
under=(env HWLOC_SYNTHETIC=pu:4)
refused 4 "hwloc describes another machine" list points "${handoff[@]}" \
	--placement matrix
under=()
check "left a folder of results" test ! -e "$SWITCHYARD_RESULTS"

finish
