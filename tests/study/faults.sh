# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# faults.sh - `switchyard-study tutorial` with peers that die, hang or answer
# nonsense: each costs its row, with the reason; the others go on, and nothing
# is left.
# The library sets what is used here.
# shellcheck disable=SC1091,SC2034,SC2154
source "${BASH_SOURCE%/*}/../cli/lib.sh"
scripts=$(realpath "${BASH_SOURCE%/*}/../../scripts")

# Told by FAKE what it does for one program; a good peer for all others.
fake=$work/python
cp "${BASH_SOURCE%/*}/fake-python" "$fake"

# Processes of the fake, whose command line has its path, as that of the study
# has; this one's has not.
fakes() {
	local pid
	# Numbers are words.
	# shellcheck disable=SC2013
	for pid in $(grep -ls "${fake%n}[n]" /proc/[0-9]*/cmdline |
		cut -d/ -f3); do
		[[ /proc/$pid/exe -ef $program ]] || echo "$pid"
	done
}
no_fakes() {
	[[ -z $(fakes) ]]
}

study() {
	run tutorial --only '^(thread: start|pool: apply$)' --sets 2 \
		--budget 300ms --limit 1s --python "$fake" "$@"
}

output_has() {
	if grep -Eq -e "$1" "$out"; then
		pass
	else
		fail "no line like: $1; but $(paste -sd';' "$out")"
	fi
}

# One line of the study's own, with this in it.
complaint_is() {
	drop_notices
	if [[ $(wc -l <"$err") == 1 ]] &&
		grep -Eq -e "^switchyard-study: .*$1" "$err"; then
		pass
	else
		fail "not one line that says: $1"
	fi
}

# `MODE REASON`: the row of the faulty peer has ours and the reason, the other
# is measured.
costs_its_row() {
	title=$1
	export FAKE=$1
	study
	status_is 3
	output_has "^thread: start, join +- +[0-9.]+ [nu]s$"
	output_has "^    .*$2"
	output_has "^pool: apply +100 ns +[0-9.]+ [nu]s .* reported$"
	complaint_is "thread: start, join: .*$2"
	nothing_left
	check "a peer is left" no_fakes
}

program_is="thread_start_join.py"
costs_its_row dies "$program_is ended with status 3: No module named 'x'"
costs_its_row says-nothing "$program_is did not answer within 1000 ms"
costs_its_row greets "$program_is answered nonsense: 'hello'"
costs_its_row no-portion "$program_is answered nonsense: 'ready 0"
costs_its_row elsewhere "$program_is runs on PU 4095, not [0-9]+"
costs_its_row broken "$program_is: it is broken"
costs_its_row killed "$program_is was ended by signal 9"
costs_its_row hangs "$program_is did not answer within 1000 ms"
costs_its_row words "$program_is answered nonsense: 'a while'"
costs_its_row zero "$program_is answered nonsense: '0'"
costs_its_row negative "$program_is answered nonsense: '-5'"
costs_its_row huge "$program_is answered nonsense: '99999999999999999999'"
costs_its_row twice "$program_is answered more than a line"
costs_its_row endless "$program_is answered more than a line"
costs_its_row complains "$program_is: one line of it"

title="what is not here is no failure"
FAKE=absent study
status_is 0
output_has '^thread: start, join +- +[0-9.]+ [nu]s$'
output_has '^    there is no x here'
quiet
study --python /nonexistent/python3
status_is 0
output_has '/nonexistent/python3 is not here \(Debian: python3\)'
quiet

title="files"
mkdir "$work/out-folder"
FAKE=good study --out "$work/out-folder"
status_is 0
check "no JSON" is_json "$work/out-folder/tutorial.json"
check "samples of both sides" grep -q '"what": "thread_start_join.py join"' \
	"$work/out-folder/tutorial.json"
check "a table with a head and 3 lines" test 4 = \
	"$(grep -vc "^#" "$work/out-folder/tutorial.tsv")"
check "2 notes" test 2 = "$(grep -c "^# " "$work/out-folder/tutorial.tsv")"
check "17 columns each" test 17 = "$(awk -F'\t' '!/^#/ { print NF }' \
	"$work/out-folder/tutorial.tsv" | sort -u)"
FAKE=dies study --out "$work/out-folder"
status_is 3
check "no figure, but a reason" grep -Eq \
	$'^thread: start.*\tNaN\tNaN\tNaN\t.*\tnone\t.*ended with status 3' \
	"$work/out-folder/tutorial.tsv"

# Names are data: what gnuplot would do with them as code does not happen.
title="the figure"
if command -v gnuplot >/dev/null; then
	cd "$work/out-folder" || exit 1
	# Backquotes are what a shell within gnuplot would take.
	# shellcheck disable=SC2016
	sed -i 's/^pool: apply/`touch pwned` @x {\/Bold y} "z/' tutorial.tsv
	for form in svg png; do
		gnuplot -d -e "out='$form'" \
			"$work/share/switchyard/plot/tutorial.gp" \
			>"$out" 2>"$err"
		status=$?
		status_is 0
		quiet
		check "no $form" test -s "tutorial.$form.part"
	done
	check "a name was carried out" test ! -e pwned
	check "the name is not drawn" grep -q 'touch pwned' tutorial.svg.part
	cd / || exit 1
else
	skip "no gnuplot"
fi

title="interrupted"
export FAKE=hangs
start tutorial --only '^thread: start' --sets 2 --limit 100s --python "$fake"
some_fakes() {
	! no_fakes
}
check "no peer" within 20 some_fakes
kill -INT "$driver"
await 20
status_is 130
complaint_is "interrupted"
nothing_left
check "a peer is left" no_fakes

# Python's programs see to it themselves that they do not outlive it; those
# that have processes of their own as well.
title="killed"
cp -r "$scripts/python-originals" "$work/originals"
theirs() {
	grep -ls "$work/originals/pool[.]py" /proc/[0-9]*/cmdline
}
both_theirs() {
	[[ $(theirs | wc -l) -ge 2 ]]
}
none_theirs() {
	! theirs >/dev/null
}
if [[ -x /usr/bin/python3 ]]; then
	start tutorial --only '^pool: apply$' --originals "$work/originals"
	check "no program with a process of its own" within 20 both_theirs
	kill -KILL "$driver"
	await 20
	nothing_left 5
	check "a program is left" within 5 none_theirs
else
	skip "no /usr/bin/python3"
fi

bad() {
	title="tutorial ${*:2}"
	run tutorial "${@:2}"
	status_is 2
	complaint_is "$1"
	check "something on standard output" test ! -s "$out"
}
bad "'--other' is not understood" --other
bad "'--only' is not understood" --only
bad "'x' is not understood" --budget x
bad "'0' is not understood" --sets 0
bad "'101' is not understood" --sets 101
bad "'-1' is not understood" --seed -1
bad "'0' is not understood" --limit 0
bad "'10000h' is not understood" --budget 10000h
bad "matches no construct" --only '^nothing$'
bad "not a regular expression" --only '('
bad "'more' is one word too many" more
bad "no folder that can be written to" --out /nonexistent --budget 1ms

title="help"
run tutorial --help
status_is 0
quiet
output_has '^usage: switchyard-study tutorial'
bash "$scripts/study-tutorial" --help \
	>"$work/script-help" 2>"$err"
quiet
for option in --only --list --budget --sets --seed --limit --out; do
	check "$option in the study's help" grep -q -e "^  $option " "$out"
	check "$option in the script's help" grep -q -e "^  $option " \
		"$work/script-help"
done
run tutorial --list
status_is 0
output_has '^thread: start, join$'

finish
