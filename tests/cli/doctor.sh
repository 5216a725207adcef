#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The doctor says of every check what it found, on any machine and to any user,
# and changes nothing; its findings are in machine.json and under the tables.
# Other shells expand what is in quotes here.
# shellcheck disable=SC2016,SC2034,SC2054,SC2317 source=tests/cli/lib.sh
source "$(dirname "$0")/lib.sh"

# The leak checker of a sanitized build needs /proc, and no tracer.
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
checks=25

refused 2 "'--frob'" doctor --frob
refused 2 "'--strict=yes'" doctor --strict=yes
refused 2 "'-s'" doctor -s
refused 2 "'--'" doctor --
refused 2 "too many: 'now'" doctor now
refused 2 "too many: ''" doctor ''
refused 2 "'--frob'" doctor --strict --frob

# `LEVEL NAME PATTERN`: this finding, with its value, is in what was printed.
finding_is() {
	check "no $1 of $2 like $3: $(grep -E "^.{10}$2  " "$out")" \
		grep -Eq "^$1 +$2  +$3" "$out"
}

# `NAME`: the command of a finding, its lines joined, blanks cut.
command_of() {
	awk -v name="$1" '
	substr($0, 11, 17) == sprintf("%-17s", name) { inside = 1; next }
	/^[a-z]/ || /^$/ { inside = 0 }
	inside && sub(/^ *change: /, "") { own = 1 }
	inside && own {
		sub(/^ */, "")
		more = sub(/ \\$/, " ")
		printf "%s", $0
		if (!more) { print ""; exit }
	}' "$out"
}

# What every call of it promises.
examined() {
	quiet
	check "not $checks findings" test \
		"$(grep -Ec '^(warning|note|not known|ok) ' "$out")" = $checks
	check "a line over 80 columns" test -z "$(grep -E '^.{81}' "$out")"
	check "the count is not what follows" test \
		"$(sed -n '1s/warnings: \([0-9]*\),.*/\1/p' "$out")" = \
		"$(grep -c '^warning ' "$out")"
	check "does not say that nothing was changed" \
		grep -q '^Nothing was changed' "$out"
	nothing_left
}

title="doctor"
run doctor
status_is 0
examined
check "not the worst first" awk '
	/^warning /   { rank = 1 }
	/^note /      { rank = 2 }
	/^not known / { rank = 3 }
	/^ok /        { rank = 4 }
	rank < last { exit 1 }
	{ last = rank }' "$out"
check "left a folder of results" test ! -e "$SWITCHYARD_RESULTS"

title="doctor --json"
run doctor --json
status_is 0
quiet
check "is no JSON" is_json "$out"
check "not $checks findings" test "$(grep -c '"level": ' "$out")" = $checks
docs=$(dirname "$0")/../../docs/doctor.md
while read -r name; do
	check "docs/doctor.md does not know $name" \
		grep -q "^| .*\`$name\`" "$docs"
done < <(sed -n 's/^ *"name": "\([a-z_]*\)",$/\1/p' "$out")

title="doctor --strict"
run doctor --strict
warnings=$(sed -n '1s/warnings: \([0-9]*\),.*/\1/p' "$out")
if [[ $warnings == 0 ]]; then
	status_is 0
	quiet
else
	status_is 4
	line_says "^switchyard: doctor: $warnings warnings?: "
fi

title="few descriptors"
under=(prlimit --nofile=64:64)
run doctor
status_is 0
examined
finding_is warning files 64
check "command: $(command_of files)" test "$(command_of files)" = \
	'prlimit --pid $$ --nofile=65536:65536'
run doctor --strict
status_is 4
line_says "doctor: [0-9]+ warnings?: .*files"
finding_is warning files 64
run doctor --json --strict
status_is 4
line_says "doctor: [0-9]+ warnings?: .*files"
check "is no JSON" is_json "$out"

title="the findings of a run"
under=(prlimit --nofile=600:600)
run run "${measure[@]}"
status_is 0
check "no warning under the table" grep -q '^warning: files: 600$' "$out"
check "a line is cut off" test -z "$(grep -E '^(warning|note): .{70}' "$out")"
check "does not name the doctor" grep -q '^`switchyard doctor` says' "$out"
check "a line over 80 columns" test -z "$(grep -E '^.{81}' "$out")"
check "not $checks findings in machine.json" test \
	"$(grep -c '"level": "' "$(latest)/machine.json")" = $checks
run_is_whole
rm -rf "$SWITCHYARD_RESULTS"

title="another machine's topology"
under=(env "HWLOC_SYNTHETIC=pack:2 core:2 pu:2")
run doctor --strict
status_is 4
line_says "doctor: .*hwloc"
finding_is warning hwloc HWLOC_SYNTHETIC
check "command: $(command_of hwloc)" test "$(command_of hwloc)" = \
	"unset HWLOC_SYNTHETIC"
under=(env "HWLOC_XMLFILE=/nowhere" "HWLOC_HIDE_ERRORS=1")
run doctor
status_is 0
finding_is warning hwloc 'HWLOC_[A-Z_]+ HWLOC_[A-Z_]+'
under=()

# Its lines fit a terminal, and a shell reads them as one.
for length in {44..51}; do
	title="a command with a word of $length letters"
	long=HWLOC_$(printf "%$((length - 6))s" | tr ' ' A)
	under=(env HWLOC_C=1 "$long=1" HWLOC_B=1)
	run doctor
	check "a line over 80 columns" test -z "$(grep -E '^.{81}' "$out")"
	check "command: $(command_of hwloc)" test "$(command_of hwloc)" = \
		"unset HWLOC_C $long HWLOC_B"
done
under=()

title="one PU of several"
allowed=$(sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' /proc/self/status)
if [[ $allowed == "${allowed%%[-,]*}" ]]; then
	skip "there is one PU"
else
	under=(taskset -c "${allowed%%[-,]*}")
	run doctor
	status_is 0
	finding_is note cpuset '1 of [0-9]+ PUs'
	under=()
fi

title="another user"
if [[ $(id -u) == 0 ]] && setpriv --reuid=65534 --clear-groups true; then
	under=(setpriv --reuid=65534 --regid=65534 --clear-groups)
	run doctor
	status_is 0
	examined
	under+=(prlimit --nproc=20:20)
	run doctor
	status_is 0
	finding_is warning processes '[0-9]+ .RLIMIT_NPROC.'
	under=()
else
	skip "only root can become another user"
fi

# `FOLDER...`: the program where these hold nothing.
hide() {
	local folder script=
	for folder; do
		script+="mount -t tmpfs none $folder && "
	done
	under=(unshare -m bash -c "$script"'exec "$0" "$@"')
}
title="a machine that tells nothing"
hide /sys
if "${under[@]}" true 2>/dev/null; then
	run doctor
	status_is 0
	examined
	for name in governor turbo throttling smt 'isolated cpus' \
		mitigations 'huge pages' cpuset; do
		finding_is 'not known' "$name" '.'
	done
	title="a machine that tells even less"
	hide /sys /proc
	if "${under[@]}" "$program" --version >/dev/null 2>&1; then
		run doctor
		status_is 0
		examined
		for name in load steal 'cgroup quota' memory container \
			autogroup processes 'memory maps'; do
			finding_is 'not known' "$name" '.'
		done
		run doctor --json
		status_is 0
		check "is no JSON" is_json "$out"
	else
		skip "this build does not start without /proc"
	fi
	under=()
else
	skip "no folder may be mounted over here"
	under=()
fi

# The folder of a controller in which a cgroup may be made: of version 1, or
# the root of version 2.
cgroup_folder() {
	local controllers path
	while IFS=: read -r _ controllers path; do
		if [[ ,$controllers, == *,$1,* ]]; then
			sed -n "s/.* \([^ ]*\) [^ ]* - cgroup .*[ ,]$1\(,.*\)\?\$/\1/p" \
				/proc/self/mountinfo | head -n 1
			return
		fi
	done </proc/self/cgroup
	if grep -qsw "$1" /sys/fs/cgroup/cgroup.subtree_control; then
		echo /sys/fs/cgroup
	fi
}

# The command that it names is the one that lifts the limit.
title="a quota of half a CPU"
# Too long for a line, with blanks at which none may break.
group="$(cgroup_folder cpu)/switchyard doctor, a name longer than one line is $$"
if [[ $group != /sys/* ]] || ! mkdir "$group" 2>/dev/null; then
	skip "no cgroup that has a quota may be made here"
else
	trap 'clean_up; rmdir "$group" 2>/dev/null' EXIT
	if [[ -e $group/cpu.max ]]; then
		echo "50000 100000" >"$group/cpu.max"
	else
		echo 50000 >"$group/cpu.cfs_quota_us"
	fi
	under=(bash -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$group")
	run doctor
	status_is 0
	finding_is warning 'cgroup quota' '0\.50 CPUs'
	command=$(command_of 'cgroup quota')
	check "a file's name is broken" test "$command" == "${command#*\'}" -o \
		-n "$(grep -F "'$group/cpu." "$out")"
	if [[ $command == "echo "*" > '$group/cpu."* ]]; then
		eval "$command"
		run doctor
		finding_is ok 'cgroup quota' '(none|[0-9.]+ CPUs)'
	elif grep -q '^note *container' "$out"; then
		skip "a container's quota is set from outside"
	else
		fail "command: $command"
	fi
	under=()
	rmdir "$group"
fi

title="what it opens"
if command -v strace >/dev/null && strace -o "$work/trace" true 2>/dev/null; then
	for verb in "doctor" "doctor --strict" "doctor --json"; do
		# shellcheck disable=SC2086 # a verb with its option
		strace -f -o "$work/trace" -e trace=file,prctl,setrlimit \
			"$program" $verb >"$out" 2>"$err"
		check "opens to write: $(grep -E 'O_WRONLY|O_RDWR|O_CREAT' \
			"$work/trace" | grep -v /dev/null)" test -z \
			"$(grep -E 'O_WRONLY|O_RDWR|O_CREAT' "$work/trace" |
				grep -v '"/dev/null"')"
	done
else
	skip "no strace, or it may not trace here"
fi

title="nobody reads it"
for option in "" --json; do
	# shellcheck disable=SC2086 # an empty word is no argument
	"$program" doctor $option >/dev/full 2>"$err"
	status=$?
	status_is 4
	line_says "cannot write to standard output"
done
"$program" doctor 2>"$err" | head -n 1 >"$out"
check "no first line" grep -q '^warnings: ' "$out"
quiet
"$program" doctor 2>"$err" >&-
status=$?
status_is 0
quiet

finish
