#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# `export` writes a run for other tools, or says in one line why it cannot;
# its file is written whole or not at all, and Google Benchmark's own tool
# reads what is meant for it.
# shellcheck disable=SC2054,SC2317 source=tests/cli/lib.sh
source "$(dirname "$0")/lib.sh"

example=$(realpath "$(dirname "$0")/../../results/example")
formats=(gbench csv tsv markdown claims)

# What is asked for.
refused 2 "one of gbench, csv, tsv, markdown, claims" export
refused 2 "one of gbench, csv, tsv, markdown, claims" export "$example"
refused 2 "one run folder" export --to csv
refused 2 "no format 'xml'; there are gbench, csv, tsv, markdown, claims" \
	export "$example" --to xml
refused 2 "no format ''" export "$example" --to=
refused 2 "no format 'CSV'" export "$example" --to CSV
refused 2 "no format 'a.b'" export "$example" --to $'a\nb'
refused 2 "--to needs a value" export "$example" --to
refused 2 "one argument too many: 'x'" export "$example" x --to csv
refused 2 "'--frob'" export "$example" --to csv --frob
refused 2 "--samples: gbench" export "$example" --to gbench --samples
refused 2 "--samples: markdown" export "$example" --to markdown --samples
refused 2 "--samples takes no value" export "$example" --to csv --samples=1
refused 2 "--output: .* empty" export "$example" --to csv --output=
refused 2 "unknown option '--to'" run --to csv

# What is no run.
folder=$work/folder
mkdir "$folder"
for format in "${formats[@]}"; do
	refused 2 "$work/none/results.json: No such file" \
		export "$work/none" --to "$format"
	refused 2 "/dev/null/results.json: Not a directory" \
		export /dev/null --to "$format"
	refused 2 "$folder/results.json: No such file" \
		export "$folder" --to "$format"
done
refused 2 "$folder/samples.jsonl: No such file" \
	export "$folder" --to csv --samples
refused 2 "too long" export "/$(printf 'x%.0s' {1..5000})" --to csv
refused 2 "too long" export "/$(printf 'x%.0s' {1..5000})" --to csv --samples
mkdir "$folder/samples.jsonl" "$folder/results.json"
refused 2 "$folder/samples.jsonl: Is a directory" \
	export "$folder" --to csv --samples
refused 2 "$folder/results.json" export "$folder" --to csv
rmdir "$folder/samples.jsonl" "$folder/results.json"

# `TEXT PATTERN`: results.json holds the text; nothing is written for it.
holds() {
	local format
	printf '%b' "$1" >"$folder/results.json"
	for format in "${formats[@]}"; do
		refused 2 "$2" export "$folder" --to "$format"
	done
	echo before >"$work/kept"
	refused 2 "$2" export "$folder" --to csv --output "$work/kept"
	check "the file of before is gone" grep -qx before "$work/kept"
}
holds '' "$folder/results.json, line 1"
holds '{"schema": 1, "points": [' "$folder/results.json, line 1"
holds '{"schema": 1,\n"points": [NaN]}' "$folder/results.json, line 2"
holds '{"schema": 1, "points": [], "points": []}' "duplicate"
holds '{"schema": 1, "points": [1e999]}' "$folder/results.json, line 1"
holds '{"schema": 1, "a": "\xff", "points": []}' "$folder/results.json"
holds '{}' "no schema"
holds '[]' "no schema"
holds '{"schema": 2, "points": []}' "schema 2.*use a newer"
holds '{"schema": 1}' "no list of points"
holds '{"schema": 1, "points": [[]]}' "points\[0\] has no name"
for found in '[]' 1 '{"lost": -5}' '{"lost": "x"}' '{"lost": 1e300}'; do
	holds '{"schema": 1, "points": [{"findings": '"$found"'}]}' \
		"points\[0\] has findings that are no counts"
done
head -c 100000 "$example/results.json" >"$folder/results.json"
refused 2 "$folder/results.json, line [0-9]+" export "$folder" --to csv
deep() {
	printf '{"schema": 1, "points": [], "context": {}, "benchmarks": [], "x": '
	printf '%.0s[' $(seq "$1")
	printf '%.0s]' $(seq "$1")
	printf '}\n'
}
deep 3000 >"$folder/results.json"
refused 2 "$folder/results.json, line 1.*depth" export "$folder" --to csv
title="a field of a later version, with a thousand levels"
deep 1000 >"$folder/results.json"
for format in "${formats[@]}"; do
	run export "$folder" --to "$format"
	status_is 0
	quiet
done
title="a machine.json that is wrong"
echo '{"build"' >"$folder/machine.json"
refused 2 "$folder/machine.json, line" export "$folder" --to markdown
run export "$folder" --to csv
status_is 0

# The example, in every format.
for format in "${formats[@]}"; do
	title="the example as $format"
	run export "$example" --to "$format"
	status_is 0
	quiet
	cp "$out" "$work/$format"
	check "is short" test "$(wc -l <"$out")" -gt 20
	# What is written to a file is the same.
	run export --to="$format" --output "$work/file.$format" "$example"
	status_is 0
	quiet
	check "something on standard output" test ! -s "$out"
	check "the file differs" cmp -s "$work/$format" "$work/file.$format"
done
check "is no JSON" is_json "$work/gbench"
check "other than a row a point" test "$(wc -l <"$work/tsv")" = \
	$(($(grep -c '^   "label": ' "$example/results.json") + 1))
title="the slices of the example"
run export "$example" --to tsv --samples
status_is 0
quiet
check "other than the journal's" test "$(wc -l <"$out")" = \
	$(($(grep -c '"elapsed_ns":' "$example/samples.jsonl") + 1))

title="a journal alone, cut off"
rm "$folder"/*
head -c 5000 "$example/samples.jsonl" >"$folder/samples.jsonl"
run export "$folder" --to csv --samples
status_is 0
line_says "note: $folder/samples.jsonl, line [0-9]+ is cut off"
check "no rows" test "$(wc -l <"$out")" -gt 3
title="a journal that is wrong in the middle"
{
	head -n 3 "$example/samples.jsonl"
	echo '{"point": "a", '
	tail -n 3 "$example/samples.jsonl"
} >"$folder/samples.jsonl"
run export "$folder" --to csv --samples
status_is 2
line_says "$folder/samples.jsonl, line 4: "
run export "$folder" --to csv --samples --output "$work/none.csv"
status_is 2
check "left half a file" test ! -e "$work/none.csv"

# Where it cannot be written.
unwritable() {
	refused 4 "cannot write .*$2" export "$example" --to csv --output "$1"
}
unwritable "$work/none/file" "No such file"
unwritable "$work/csv/file" "Not a directory"
unwritable "$work" "Is a directory"
unwritable "$work/new/" "Is a directory"
unwritable "$work/$(printf 'x%.0s' {1..300})" "too long"
unwritable "/$(printf 'x%.0s' {1..5000})" "xxx: File name too long"
unwritable /proc/none "No such file"
# Never a device of the system's: a mistake made by root would replace it.
title="a device"
if mknod "$work/full" c 1 7 2>/dev/null && { : >"$work/full"; } 2>/dev/null; then
	unwritable "$work/full" "No space left"
	check "the device is gone" test -c "$work/full"
else
	skip "no device can be made here"
fi
for format in "${formats[@]}"; do
	title="export --to $format >/dev/full"
	timeout 40 "$program" export "$example" --to "$format" \
		>/dev/full 2>"$err"
	status=$?
	status_is 4
	line_says "standard output: No space left"
done
title="a limit on the size of a file"
echo before >"$work/kept"
under=(prlimit --fsize=16384:16384 env --ignore-signal=XFSZ)
run export "$example" --to gbench --output "$work/kept"
under=()
status_is 4
line_says "cannot write $work/kept: File too large"
check "the file of before is gone" grep -qx before "$work/kept"
title="another user's folder"
if [[ $(id -u) == 0 ]] && setpriv --reuid=65534 --clear-groups true 2>&1; then
	mkdir -m 755 "$work/closed"
	chmod 644 "$work/kept"
	under=(setpriv --reuid=65534 --clear-groups)
	run export "$example" --to csv --output "$work/closed/file"
	status_is 4
	line_says "$work/closed/file: Permission denied"
	run export "$example" --to csv --output "$work/kept"
	status_is 4
	line_says "$work/kept: Permission denied"
	under=()
else
	skip "only root can become another user"
fi

title="a link"
ln -s "$work/kept" "$work/link"
run export "$example" --to csv --output "$work/link"
status_is 0
check "the link is gone" test -L "$work/link"
check "the file differs" cmp -s "$work/csv" "$work/kept"
title="a FIFO"
mkfifo "$work/fifo"
timeout 20 cat "$work/fifo" >"$work/read" &
reader=$!
run export "$example" --to csv --output "$work/fifo"
status_is 0
wait "$reader"
check "the FIFO is gone" test -p "$work/fifo"
check "what came through differs" cmp -s "$work/csv" "$work/read"
title="/dev/stdout"
"$program" export "$example" --to csv --output /dev/stdout 2>"$err" |
	cat >"$out"
check "the output differs" cmp -s "$work/csv" "$out"
title="/dev/stdout where it is appended to a file"
{
	echo before
	"$program" export "$example" --to csv --output /dev/stdout 2>"$err"
	echo after
} >>"$work/appended"
check "what was there is gone" cmp -s "$work/appended" \
	<(echo before && cat "$work/csv" && echo after)
title="a link to nothing"
ln -s none "$work/dangling"
unwritable "$work/dangling" "No such file"
check "the link is gone" test -L "$work/dangling"
title="the mode of the file of before"
chmod 600 "$work/kept"
run export "$example" --to csv --output "$work/kept"
status_is 0
check "is another" test "$(stat -c %a "$work/kept")" = 600
check "a temporary file stayed" test -z "$(find "$work" -name '.*.new')"

# A reader that goes is not complained about, whoever tells the program.
for format in "${formats[@]}"; do
	title="export --to $format | head -1"
	"$program" export "$example" --to "$format" 2>"$err" |
		head -n 1 >"$out"
	quiet
	check "no first line" test -s "$out"
	(
		trap '' PIPE
		"$program" export "$example" --to "$format" 2>"$err"
		echo $? >"$work/status"
	) | head -n 1 >"$out"
	quiet
	status=$(cat "$work/status")
	status_is 0
done

title="an interrupted run"
sed 's/"interrupted": false/"interrupted": true/' "$example/results.json" \
	>"$folder/results.json"
# `FORMAT PATTERN`
tells() {
	run export "$folder" --to "$1"
	status_is 0
	check "$1 does not say so" grep -q -e "$2" "$out"
}
tells markdown '^> \*\*Interrupted:\*\* '
tells gbench '^    "interrupted": "true"'
tells csv ',true,1,20'
tells tsv $'\ttrue\t1\t20'

# Google Benchmark's own tool.
tool=/usr/share/benchmark/compare.py
title="compare.py"
if [[ ! -e $tool ]]; then
	skip "no $tool; apt-get install libbenchmark-tools"
	finish
elif ! /usr/bin/python3 -c 'import scipy.stats' 2>/dev/null; then
	skip "no scipy; apt-get install python3-scipy"
	finish
fi
# What is on its standard error is scipy's, which warns of rows without times.
compare() {
	/usr/bin/python3 "$tool" --no-color "$@" >"$out" 2>"$err"
	status=$?
	status_is 0
	check "a traceback" test -z "$(grep Traceback "$err")"
}
# `NS FILE`: two points in nine sets each, and one that is not there.
nine_sets() {
	local entry=' "family_index": %d, "per_family_instance_index": 0,
		"run_type": "iteration", "repetitions": 9, "threads": 1,
		"iterations": 10, "time_unit": "ns", "name": "%s",
		"run_name": "%s", "repetition_index": %d, "real_time": %d,
		"cpu_time": %d%s}'
	local comma='' i
	{
		printf '{"schema": 1, "points": [], "context": {"date": "x"},'
		printf '"benchmarks": ['
		for i in {0..8}; do
			for name in cpu/a cpu/b; do
				# shellcheck disable=SC2059
				printf "$comma{$entry" 0 $name $name "$i" \
					$(($1 + i)) $(($1 + 2 * i)) ''
				comma=,
			done
		done
		# shellcheck disable=SC2059
		printf ",{$entry" 1 cpu/gone cpu/gone 0 0 0 \
			', "error_occurred": true, "error_message": "no \"x\""'
		printf ']}'
	} >"$folder/results.json"
	run export "$folder" --to gbench --output "$2"
	status_is 0
}
nine_sets 100 "$work/a.json"
nine_sets 200 "$work/b.json"
compare benchmarks "$work/a.json" "$work/b.json"
for name in cpu/a cpu/b; do
	check "not nine rows of $name" test \
		"$(grep -c "^$name  *[+-]" "$out")" = 9
	check "no U test of $name" grep -Eq \
		"^${name}_pvalue  *0.000.*Repetitions: 9 vs 9\$" "$out"
done
check "no row for what is not here" grep -q '^cpu/gone  *+0.0000' "$out"

title="compare.py on the example"
compare benchmarks "$work/gbench" "$work/gbench"
check "other than the example's points" cmp -s \
	<(grep -o '"run_name": "[^"]*' "$work/gbench" | cut -d'"' -f4 | sort -u) \
	<(sed -n 's/_median .*//p' "$out" | sort -u)
check "no U test" grep -q '_pvalue .*Repetitions: 3 vs 3' "$out"
check "no mean of all" grep -q '^OVERALL_GEOMEAN ' "$out"

title="compare.py on two runs"
for file in a b; do
	run run "${measure[@]}" --sets 2
	status_is 0
	run export "$(latest)" --to gbench --output "$work/$file.json"
	status_is 0
done
compare benchmarks "$work/a.json" "$work/b.json"
for model in serial threads; do
	check "no $model" grep -q "^cpu/$model/.*_median " "$out"
done

finish
