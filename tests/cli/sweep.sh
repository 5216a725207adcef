#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Sweep files: what they choose, what the command line changes of that, and one
# line with file, line and key for what is wrong with them.
# shellcheck disable=SC2054,SC2317 source=tests/cli/lib.sh
source "$(dirname "$0")/lib.sh"
sweeps=$(cd "$(dirname "$0")/../../scripts/sweeps" && pwd)
cd "$work" || exit 1

# `NAME`: writes standard input to a sweep of this name.
write() {
	cat >"$1.ini"
}

# `COUNT PATTERN`: so many lines of standard output match.
prints() {
	local lines
	lines=$(grep -Ec -e "$2" "$out")
	check "$lines lines like $2, not $1" test "$lines" = "$1"
}

# `COUNT ARGUMENT...`: they choose so many points.
chooses() {
	local count=$1
	shift
	title="list points ${*@Q}"
	run list points "$@"
	status_is 0
	quiet
	check "$(wc -l <"$out") points, not $count" \
		test "$(wc -l <"$out")" = "$count"
}

# `PATTERN TEXT [ARGUMENT]...`: a sweep of this text is refused.
bad() {
	local pattern=$1
	# shellcheck disable=SC2059
	printf "$2" >bad.ini
	refused 2 "$pattern" run bad.ini "${@:3}"
}

write two <<-'END'
	; two sections
	[defaults]
	model = serial, threads
	sets = 3

	[cpu]
	workload = cpu
	inflight = 1, 4..16*2
	grain = 1us..1ms*10

	[io]
	workload = io
	inflight = 4
	wait = 0, 2ms
	reply = 64, 4KiB
END

# What a file chooses.
chooses 40 two.ini
prints 32 '^cpu/(serial|threads)/inflight:(1|4|8|16)/grain_us:1(0*)/'
prints 8 '^io/(serial|threads)/inflight:4/wait_us:(0|2000)/'
chooses 40 "$work/two.ini"
chooses 16 two.ini '^cpu/serial'
chooses 16 '^cpu/serial' two.ini
cp two.ini plain
chooses 40 ./plain
refused 2 "no point matches" list points plain
refused 2 "no point matches" list points two.ini '^switch'
mkdir cpu
chooses "$("$program" list points 'cpu/serial' | wc -l)" cpu/serial

# Sections and keys from the command line.
chooses 32 two.ini --section cpu
chooses 8 two.ini --section=io
chooses 40 two.ini --section io,cpu
chooses 40 two.ini --section io --section cpu
chooses 12 two.ini --set inflight=7 --set grain=5us,7us --set wait=0 \
	--set reply=64 --set placement=one-pu,none
prints 6 '/inflight:7/.*placement:none$'
chooses 4 two.ini --section cpu --inflight 2 --grain 1us,2us
chooses 4 two.ini --section cpu --inflight 1 --set inflight=2 --set grain=1us,2us
prints 4 '/inflight:2/'
chooses 2 two.ini --section io --set wait=0 --set reply=64 --hold-awake
prints 2 '/hold_awake:1$'
chooses 2 two.ini --section io --set wait=0 --set reply=64 \
	--hold-awake --set hold-awake=no
prints 0 'hold_awake'

# The same lists without a file.
chooses 12 --workload cpu --model serial --inflight 1..8*2 --grain 0..2ms+1ms
chooses 3 --workload io --model threads --server shared,0..1+1
chooses 2 --workload io --model threads --transport unix,tcp
chooses 2 --workload cpu --model serial --placement one-pu,0,1

# What it says of time.
title="--dry-run"
run run two.ini --dry-run
status_is 0
quiet
prints 41 '/|^40 points in 20 groups, 3 sets: about 41 s$'
check "a point after the last line" \
	grep -q '^40 points' <(tail -n 1 "$out")
run run two.ini --dry-run --section io --sets 1 --budget 9s
prints 1 '^8 points in 4 groups, 1 set: about 10 s$'
run run two.ini --dry-run --budget 60min
prints 1 'about 60 min$'
run run two.ini --dry-run --budget 180min
prints 1 'about 3 h 0 min$'
run run --workload wait --wait 10s --model threads --dry-run
prints 1 '^1 point in 1 group, 5 sets: about 7[0-9] s$'
run run --dry-run
status_is 0
prints 1 ' points in [0-9]+ groups, 5 sets: about '
check "left a folder of results" test ! -e "$SWITCHYARD_RESULTS"

# Each ready sweep takes as long as its second line says.
for sweep in "$sweeps"/*.ini; do
	title=${sweep##*/}
	run run "$sweep" --dry-run
	status_is 0
	quiet
	takes=$(sed -n '2s/^; Takes \(.*\)\.$/\1/p' "$sweep")
	# How many contexts are weighed side by side depends on the machine.
	[[ $title == contexts.ini ]] && takes='about [1-3][0-9][0-9] s'
	check "it takes $(tail -n 1 "$out"), not $takes" \
		grep -q ": $takes\$" <(tail -n 1 "$out")
	check "its first line does not say what it shows" \
		grep -Eq '^; .{10,}\.$' <(head -n 1 "$sweep")
	run run "$title" --dry-run
	status_is 0
	quiet
done
title="list sweeps"
run list sweeps
status_is 0
quiet
for sweep in quick cpu io full switch contexts primitives claims compare; do
	prints 1 "^$sweep\\.ini  *[A-Z]"
done
prints 9 'Takes|takes'
check "wider than 80 columns" test -z "$(grep -E '.{81}' "$out")"
refused 2 "no point matches 'quick'; the sweep is called quick\.ini" run quick
# One of this folder goes before.
cp two.ini quick.ini
chooses 40 quick.ini
rm quick.ini

# A run of it: the label is its own, the file's or the command line's.
write small <<-'END'
	[defaults]
	model = serial, threads
	sets = 1
	seed = 7
	budget = 200ms
	[a]
	workload = cpu
	inflight = 2
END
title="a run"
run run small.ini --no-figures
status_is 0
run_is_whole
row_is '^measured cpu/serial/inflight:2/'
row_is '^measured cpu/threads/inflight:2/'
check "not its label" grep -q -- '-small$' <(readlink "$(latest)")
check "not its seed" grep -q '"seed": 7' "$(latest)/plan.json"
check "not its sets" grep -q '"sets": 1' "$(latest)/plan.json"
check "not its budget" grep -q '"budget_ns": 200000000' "$(latest)/plan.json"
sed -i '1a label = night' small.ini
run run small.ini --no-figures --seed 8 --set sets=2
status_is 0
check "not its label" grep -q -- '-night$' <(readlink "$(latest)")
check "not its seed" grep -q '"seed": 8' "$(latest)/plan.json"
check "not its sets" grep -q '"sets": 2' "$(latest)/plan.json"
run run small.ini --no-figures --label day serial
status_is 0
check "not its label" grep -q -- '-day$' <(readlink "$(latest)")
nothing_left
rm -r "$SWITCHYARD_RESULTS"

# What is no sweep file.
refused 2 "^switchyard: none\.ini: there is no such file here.*list sweeps" \
	run none.ini
refused 2 "$work/none\.ini: cannot be read: No such file" run "$work/none.ini"
mkdir folder.ini
refused 2 "folder\.ini: is a folder" run folder.ini
mkfifo pipe.ini
refused 2 "pipe\.ini: is a pipe or a device" run pipe.ini
refused 2 "/dev/zero: is a pipe or a device" run /dev/zero
refused 2 "/dev/null: is a pipe or a device" run /dev/null
head -c 300 "$program" >binary.ini
refused 2 "binary\.ini:1: byte 1 of the line is 0x7f: this is not a text" \
	run binary.ini
cp "$program" program.ini
refused 2 "program\.ini" run program.ini
truncate -s 10M zeros.ini
refused 2 "zeros\.ini: has more than the 1048576" run zeros.ini
{
	cat two.ini
	yes '; a comment that is long enough' | head -c 10M
} >comments.ini
refused 2 "comments\.ini: has more than the 1048576" run comments.ini
cat two.ini >unreadable.ini
chmod 0 unreadable.ini
if [[ -r unreadable.ini ]] && command -v setpriv >/dev/null; then
	chmod 711 "$work"
	chmod a+rx "$program"
	under=(setpriv --reuid=65534 --regid=65534 --clear-groups)
	refused 2 "unreadable\.ini: cannot be read: Permission denied" \
		run unreadable.ini
	under=()
elif [[ -r unreadable.ini ]]; then
	skip "an unreadable file: root reads all, and there is no setpriv"
else
	refused 2 "unreadable\.ini: cannot be read: Permission denied" \
		run unreadable.ini
fi
refused 2 "one argument too many: 'b\.ini'" run two.ini b.ini
refused 2 "one argument too many: 'y'" run two.ini x y

# What is wrong in one: file, line, section, key.
bad '^switchyard: bad\.ini: is empty; a sweep has sections' ''
bad 'bad\.ini: has no section but' '[defaults]\nmodel = all\n'
bad 'bad\.ini:3: \[a\] unknown key .inflght.; did you mean .inflight.' \
	'[a]\nworkload = cpu\ninflght = 4\n'
bad 'bad\.ini:3: \[a\] inflight is there already, in line 2' \
	'[a]\ninflight = 4\ninflight = 5\n'
bad 'bad\.ini:3: section \[a\] is there already, in line 1' \
	'[a]\nworkload = cpu\n[a]\nworkload = io\n'
bad "bad\.ini:1: 'inflight' stands before the first section" 'inflight = 4\n'
bad "bad\.ini:2: \[a\] inflight: '1\.\.10\*1' never ends" \
	'[a]\ninflight = 1..10*1\n'
bad "never ends: the step must be over 0" '[a]\ninflight = 1..10+0\n'
bad "never ends: 0 times 2" '[a]\ngrain = 0..1ms*2\n'
bad "runs downwards" '[a]\ninflight = 10..1+1\n'
bad "'-2' is not a factor" '[a]\ninflight = 1..10*-2\n'
bad "the step '-2'" '[a]\ninflight = 1..10+-2\n'
bad "bad\.ini:2: \[a\] grain: '10parsecs' is not a duration; write 500us" \
	'[a]\ngrain = 10parsecs\n'
bad "bad\.ini:2: \[a\] inflight: 1000001 is out of range: 1 to 1000000" \
	'[a]\ninflight = 1000001\n'
bad "bad\.ini:2: section \[b\] is empty" '\n[b]\n[c]\nworkload = cpu\n'
bad "bad\.ini:1: section \[a\] makes no points" \
	'[a]\nworkload = idle\nmodel = serial\n'
bad "bad\.ini:1: a section needs a name" '[]\nworkload = cpu\n'
bad "bad\.ini:3: \[a\] grain: no point of this section has it" \
	'[a]\nworkload = io\ngrain = 1us\n'
bad "bad\.ini:2: the line has over 200 bytes" \
	"[a]\\ninflight = $(seq -s, 1 80)\\n"
bad "bad\.ini:2: byte 3 of the line is 0x00" '[a]\nwo\0rkload = cpu\n'
bad "bad\.ini:3: neither .key = value. nor a section" \
	'[a]\ninflight = 1\n  2, 3\n'
bad "bad\.ini:2: \[defaults\] sets: '3x' is not a whole number" \
	'[defaults]\nsets = 3x\n[a]\nworkload = cpu\n'
bad "bad\.ini:2: \[defaults\] sets: more than 1000" \
	'[defaults]\nsets = 1001\n[a]\nworkload = cpu\n'
bad "bad\.ini:2: \[defaults\] budget: '5' is not a duration" \
	'[defaults]\nbudget = 5\n[a]\nworkload = cpu\n'
bad "bad\.ini:2: \[defaults\] label: '\.\./x' is not 1 to 40" \
	'[defaults]\nlabel = ../x\n[a]\nworkload = cpu\n'
bad "bad\.ini:2: \[a\] sets is the same for the whole run" '[a]\nsets = 3\n'
bad "bad\.ini:2: \[a\] unknown key 'results'" '[a]\nresults = /tmp\n'
# A section that is not chosen is checked too.
bad "bad\.ini:4: \[b\] grain: '5kg'" \
	'[a]\nworkload = cpu\n[b]\ngrain = 5kg\n' --section a
# What is not text stays one line without control characters.
bad "unknown key" '[a]\n\xff\xfe = 4\n'
bad "this is not a text" '[a]\n\033[31m = 4\n'

# Explosions are refused at once, and before anything is made.
under=(bash -c 'ulimit -t 5; exec "$@"' --)
billion='[a]\nmodel = serial\nworkload = cpu\ninflight = 1..1000000+1\ngrain = 1ns..1us+1ns\n'
bad "bad\.ini:1: \[a\] makes 1000000000 points with those before it, more than 10000; .*--max-points" \
	"$billion"
bad "18446744073709551615 points or more" \
	'[a]\nworkload = io\ninflight = 1..1000000+1\nwait = 0..10s+1ns\nrequest = 8..1MiB+1\nreply = 8..1MiB+1\n'
bad "bad\.ini:3: \[b\] makes 10001 points with those before it" \
	'[a]\nworkload = cpu\n[b]\nworkload = cpu\ninflight = 1..9992+1\nmodel = serial\n'
bad "bad\.ini:1: \[a\] makes 100 points.* more than 99" \
	'[a]\nworkload = cpu\nmodel = serial\ninflight = 1..100+1\n' --max-points 99
chooses 100 bad.ini --max-points 100
refused 2 "the lists make 1000000000 points, more than 10000" list points \
	--workload cpu --model serial --inflight 1..1000000+1 --grain 1ns..1us+1ns
under=()
refused 2 "--max-points: must be over 0" run two.ini --max-points 0
refused 2 "--max-points: 'x'" run two.ini --max-points x
refused 2 "--max-points: more than 100000" run two.ini --max-points 100001

# --section and --set.
refused 2 "two\.ini has no section \[nope\], but cpu, io" \
	run two.ini --section nope
refused 2 "two\.ini has no section \[cpus\]; did you mean 'cpu'" \
	run two.ini --section io,cpus
refused 2 "--section: an empty name" run two.ini --section ''
refused 2 "--section: an empty name" run two.ini --section cpu,
refused 2 "--section: \[defaults\] holds for all" run two.ini --section defaults
refused 2 "--section needs a value" run two.ini --section
refused 2 "no FILE\.ini is given" run --section cpu
refused 2 "no FILE\.ini is given; without one" run --set inflight=4
refused 2 "--set needs a value" run two.ini --set
refused 2 "--set: '' is not KEY=VALUE" run two.ini --set ''
refused 2 "--set: 'inflight' is not KEY=VALUE" run two.ini --set inflight
refused 2 "--set: '=4' is not KEY=VALUE" run two.ini --set =4
refused 2 "--set: 'inflight=' has no value" run two.ini --set inflight=
refused 2 "--set: unknown key 'inflght'; did you mean 'inflight'" \
	run two.ini --set inflght=4
refused 2 "--set: unknown key 'xyzzy'; keys are" run two.ini --set xyzzy=4
refused 2 "--set: unknown key 'results'" run two.ini --set results=/tmp
refused 2 "--set inflight: 'x' is not a whole number" \
	run two.ini --set inflight=x
refused 2 "--set inflight: '1\.\.10\*1' never ends" \
	run two.ini --set 'inflight=1..10*1'
refused 2 "--set sets: must be over 0" run two.ini --set sets=0
refused 2 "--set label: 'a/b'" run two.ini --set label=a/b
refused 2 "--grain: no point that is chosen has it, only those of cpu" \
	run two.ini --section io --grain 1us
refused 2 "unknown option '--section'" tour --section cpu
refused 2 "unknown option '--dry-run'" list points --dry-run

# 10 000 points are planned in 64 MiB.
title="a large plan"
if "$program" --version | grep -q 'sanitizer: '; then
	skip "memory of a sanitized program"
else
	under=(bash -c 'ulimit -d 65536; exec "$@"' --)
	run run --workload cpu --model serial,threads --inflight 1..5000+1 --dry-run
	status_is 0
	prints 1 '^10000 points in 5000 groups'
	under=()
fi
check "left a folder of results" test ! -e "$SWITCHYARD_RESULTS"

finish
