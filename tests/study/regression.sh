# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# regression.sh - scripts/study-regression says what it would record and how
# long that takes, and records nothing that is there; the verb that reads it
# refuses what is no recording, in one line.
# The library sets what is used here.
# shellcheck disable=SC1091,SC2034,SC2154
source "${BASH_SOURCE%/*}/../cli/lib.sh"
script=$(realpath "${BASH_SOURCE%/*}/../../scripts/study-regression")
folder=$work/recordings

# `STATUS REGEX ARG...`: how the script ends, and a line that it prints.
script_says() {
	local status=$1 line=$2 got=0
	shift 2
	title="study-regression $*"
	bash "$script" "$@" >"$out" 2>&1 </dev/null || got=$?
	if [[ $got == "$status" ]] && grep -Eq -e "$line" "$out"; then
		pass
	else
		fail "status $got, and $(paste -sd';' "$out")"
	fi
}

# Under two hours, each kind in turns with the others.
script_says 0 '^92 min 48 s of recordings, 92 min 48 s ' --dry-run "$folder"
title="what would be recorded"
if [[ $(grep -c '^aa-' "$out") == 30 && $(grep -c '^extra-05-' "$out") == 20 &&
	$(grep -c ': 40 s, extra-00 and extra-10, 5 points: to record$' "$out") == 20 &&
	$(grep -c '^burner-01: 96 s, same and same' "$out") == 1 &&
	$(sort "$out" | uniq -d | wc -l) == 0 ]]; then
	pass
else
	fail "$(paste -sd';' "$out")"
fi
# After half of the lines there is about half of each.
title="an early stop leaves some of each"
half=$(head -n 46 "$out")
aa=$(grep -c '^aa-' <<<"$half") extra=$(grep -c '^extra-' <<<"$half")
if ((aa >= 14 && aa <= 16 && extra >= 26 && extra <= 33)); then
	pass
else
	fail "$aa suites and $extra with more work"
fi
script_says 0 '^5 min 12 s of recordings' --dry-run --quick "$folder"
script_says 0 '^12 min 0 s of recordings' --dry-run --suites 2 --repeats 2 "$folder"
script_says 0 '^0 min 0 s of recordings' --dry-run --suites 0 --repeats 0 "$folder"
script_says 2 'needs a number' --suites 5x --dry-run
script_says 2 'needs a number' --dry-run --repeats
script_says 2 'is no option' --dry-run --fast
script_says 2 'one word too many' --dry-run a b
title="a dry run makes nothing"
if [[ ! -e $folder ]]; then
	pass
else
	fail "$folder is there"
fi

# What is there is not recorded again.
mkdir -p "$folder"
touch "$folder/aa-01.json" "$folder/extra-05-01.json.part"
script_says 0 '^5 min 12 s of recordings, 3 min 36 s of them to record$' \
	--dry-run --quick "$folder"

# `REGEX`: one line of the study's own, with this in it, and status 2.
refuses() {
	status_is 2
	if [[ $(wc -l <"$err") == 1 && ! -s $out ]] &&
		grep -Eq -e "^switchyard-study: regression: .*$1" "$err"; then
		pass
	else
		fail "not one line that says: $1"
	fi
}

# The verb that reads it.
run regression "$folder"
refuses 'aa-01.json: line 1, column'
rm "$folder"/*
run regression "$folder"
refuses 'has no recordings; scripts/study-regression makes them'
run regression "$work/none"
refuses 'cannot read .*none'
run regression
refuses 'it takes a folder'
run regression --lists "$folder"
refuses 'it takes a folder'
run regression --help
status_is 0

finish
