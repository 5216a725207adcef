#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# `run --resume` of what does not fit together, or to this program and machine:
# refused in one line, and left as it was.
# shellcheck disable=SC2016,SC2034,SC2054,SC2317 source=tests/cli/resume_lib.sh
source "$(dirname "$0")/resume_lib.sh"

title="a run that was killed"
killed

for file in plan.json machine.json samples.jsonl; do
	fresh
	rm "$run/$file"
	stays 2 "cannot read .*$file.*: No such file"
	fresh
	: >"$run/$file"
	stays 2 "$run/$file, line 1"
	fresh
	head -c 300 /dev/urandom >"$run/$file"
	echo >>"$run/$file"
	stays 2 "$run/$file, line "
done
fresh
sed -i '6s/./x/' "$run/samples.jsonl"
stays 2 "$run/samples.jsonl, line 6: "
fresh
sed -i '6s/$/}/' "$run/samples.jsonl"
stays 2 "$run/samples.jsonl, line 6: "
fresh
sed -i '6{p}' "$run/samples.jsonl"
stays 2 "$run/samples.jsonl, line 7: there twice"
fresh
sed -i '1{p}' "$run/samples.jsonl"
stays 2 "$run/samples.jsonl, line 2: no record"
fresh
sed -i '6s/"elapsed_ns":[0-9]*/"elapsed_ns":99999999999999999999/' \
	"$run/samples.jsonl"
stays 2 "$run/samples.jsonl, line 6: "
fresh
sed -i '6s/"elapsed_ns":[0-9]*/"elapsed_ns":0/' "$run/samples.jsonl"
stays 2 "$run/samples.jsonl, line 6: the sample makes no sense"
fresh
sed -i '6s#"point":"[^"]*"#"point":"cpu/other"#' "$run/samples.jsonl"
stays 2 "line 6: no point 'cpu/other' in plan.json"
fresh
sed -i 's/"schema": 3/"schema": 4/' "$run/plan.json"
stays 2 "$run/plan.json: its schema is 4.*a newer one wrote it"
fresh
sed -i 's/"schema": 3/"schema": 1/' "$run/plan.json"
stays 2 "$run/plan.json: its schema is 1.*an older"
fresh
sed -i 's/"sets": 2/"sets": -2/' "$run/plan.json"
stays 2 "$run/plan.json: seed, sets"
fresh
sed -i '0,/"workload": "cpu"/s//"workload": "none"/' "$run/plan.json"
stays 2 "$run/plan.json: point 0: no workload 'none'"

id=$(basename "$(dirname "$run")")
fresh
sed -i "s/$id/0123456789abcdef/" "$run"/{plan,machine}.json \
	"$run/samples.jsonl"
stays 4 "is of another machine: 0123456789abcdef, and this is $id"
fresh
sed -i "s/$id/0123456789abcdef/" "$run/machine.json"
stays 2 "machine.json and plan.json are not of one run"
fresh
sed -i "s/$id/0123456789abcdef/" "$run/samples.jsonl"
stays 2 "line 1: not of the machine"
fresh
sed -i 's/"release": "[^"]*"/"release": "5.4.0-other"/' "$run/machine.json"
stays 4 "under another system: Linux was 5.4.0-other"
fresh
sed -i 's/^ *"hash": "[^"]*"/"hash": null/' "$run/plan.json"
stays 4 "begun by another program"

title="another program"
fresh
cp "$program" "$work/same"
printf 'x' >>"$program" 2>/dev/null || {
	cp "$program" "$work/new" && printf 'x' >>"$work/new" &&
		mv "$work/new" "$program"
}
stays 4 "begun by another program: version .*, commit .*; this is "
mv "$work/same" "$program"

title="fewer PUs"
if [[ $(nproc) -gt 1 ]]; then
	fresh
	pu=$(sed -n '/"pus": \[/{n;s/[^0-9]//gp;q}' "$run/plan.json")
	for other in $(seq 0 7); do
		[[ $other != "$pu" ]] && taskset -c "$other" true \
			2>/dev/null && break
	done
	under=(taskset -c "$other")
	stays 4 "does not go on here: cpu/.*: its placement is on other PUs now"
	under=()
else
	skip "one PU"
fi

title="a limit that is lower now"
fresh
under=(prlimit --nofile=30:30)
stays 4 "does not go on here: cpu/.* needs .* descriptors"
under=()

title="what is no run"
run_before=$run
for run in "$work/nowhere" "$program" "$work" /dev/null ""; do
	refused 2 "cannot read " "${go_on[@]}" "$run"
done
run=$run_before
refused 2 "cannot read .*too long" "${go_on[@]}" "$(printf 'x/%.0s' {1..2500})"
ln -sfn "$work/nowhere" "$work/broken-link"
refused 2 "cannot read .*No such file" "${go_on[@]}" "$work/broken-link"
refused 2 "resume needs a value" run --resume

title="what contradicts"
fresh
for option in --budget=3s --sets=2 --seed=1 --limit=5s --label=x \
	--results="$work" --model=serial --hold-awake --dry-run --max-points=5; do
	name=${option%%=*}
	stays 2 "only --no-figures can be given, not '${name#--}'" "$option"
done
stays 2 "not '--section'" --section=a
stays 2 "not '--set'" --set=inflight=1
stays 2 "not 'filter'" 'cpu/.*'
stays 2 "not 'sweep file'" quick.ini
refused 2 "unknown option" tour --resume "$run"
refused 2 "unknown option" list points --resume "$run"

finish
