# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# lib.sh - runs the program and checks what every run of it promises: an exit
# status, one line on standard error where something is wrong, and nothing
# left behind: no process, no shared memory, no temporary file.
#
# A script works on a copy of the program in a folder of its own, so whatever
# still runs from that copy is what this script's runs left.  SWITCHYARD names
# the program.  A script ends with `finish`.
#
# Options take lists with commas, and functions are called through others.
# shellcheck disable=SC2034,SC2054,SC2317
set -u
ulimit -c 0

: "${SWITCHYARD:?the program to test}"
work=$(mktemp -d)
program=$work/switchyard
cp "$SWITCHYARD" "$program"
# Plot scripts and sweeps are found from where the copy lies.
mkdir "$work/share"
ln -s "$(realpath "${BASH_SOURCE%/*}/../../scripts")" "$work/share/switchyard"
chmod 755 "$work" "$program"
export SWITCHYARD_RESULTS=$work/results
out=$work/out
err=$work/err
status=
driver=
under=()
failures=0
passes=0
skips=0
shm_before=$(ls -A /dev/shm 2>/dev/null)

# A run that measures something, in about a second.
measure=(--workload cpu --model serial,threads --inflight 4 --budget 400ms
	--sets 1 --no-figures)

# Prints the processes that run the program, children's children too.
alive() {
	local entry
	for entry in /proc/[0-9]*; do
		if [[ $entry/exe -ef $program ]]; then
			echo "${entry#/proc/}"
		fi
	done
}

kill_left() {
	local pid
	for pid in $(alive); do
		kill -KILL "$pid" 2>/dev/null
	done
}

clean_up() {
	kill_left
	rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 1' INT TERM

# `SECONDS COMMAND`: repeats the command until it succeeds, 1 if it never does.
within() {
	local tries=$(($1 * 50))
	shift
	until "$@"; do
		((tries-- > 0)) || return 1
		sleep 0.02
	done
}

pass() {
	((++passes))
}

fail() {
	((++failures))
	echo "FAILED: ${title:-}: $*"
	if [[ -s $err ]]; then
		sed 's/^/    stderr: /' "$err" | head -n 8
	fi
}

skip() {
	((++skips))
	echo "skipped: ${title:-}: $*"
}

# Counts a check: `check WHAT COMMAND` fails as WHAT where the command does.
check() {
	local what=$1
	shift
	if "$@"; then pass; else fail "$what"; fi
}

# Runs the program with these arguments, under the command in `under` if there
# is one; sets status (124: it hung).
run() {
	timeout -k 1 40 ${under[@]+"${under[@]}"} "$program" "$@" \
		>"$out" 2>"$err" </dev/null
	status=$?
}

# Starts it; its process is $driver.
start() {
	: >"$out"
	: >"$err"
	"$program" "$@" >"$out" 2>"$err" </dev/null &
	driver=$!
}

# The driver is a child of this shell, so it stays a zombie until waited for.
ended() {
	local state
	state=$(sed 's/.*) //' "/proc/$driver/stat" 2>/dev/null)
	[[ -z $state || ${state:0:1} == Z ]]
}

# Waits for what `start` started, at most so many seconds; sets status.
await() {
	if ! within "$1" ended; then
		fail "still runs after $1 s"
		kill_left
	fi
	wait "$driver"
	status=$?
} 2>/dev/null # where the shell would tell of a job that a signal ended

status_is() {
	if [[ $status == "$1" ]]; then
		pass
	else
		fail "status $status, not $1"
	fi
}

# A sanitized build tells that it does not know coroutines, and what takes over
# ten seconds says how far it is: neither is what a test asks for.
drop_notices() {
	sed -i -E -e "/ASan doesn't fully support makecontext/d" \
		-e '/^ *[0-9]+ s left, set [0-9]+ of [0-9]+: /d' \
		-e '/^measuring [a-z]+\//d' "$err"
}

# `COUNT PATTERN`: so many lines on standard error, every one the program's
# own, and one of them matches the extended regular expression.
lines_say() {
	local lines
	drop_notices
	lines=$(wc -l <"$err")
	if [[ $lines != "$1" ]]; then
		fail "$lines lines on standard error, not $1"
	elif LC_ALL=C grep -qv '^switchyard: ' "$err"; then
		fail "a line that does not begin with the program's name"
	elif [[ $(tail -c 1 "$err" | od -An -tx1) != " 0a" ]]; then
		fail "the last line does not end"
	elif LC_ALL=C tr -d '\n' <"$err" | LC_ALL=C grep -q '[[:cntrl:]]'; then
		fail "control characters in what it says"
	elif ! grep -Eq -e "$2" "$err"; then
		fail "no word of: $2"
	else
		pass
	fi
}

line_says() {
	lines_say 1 "$1"
}

quiet() {
	drop_notices
	check "standard error is not empty" test ! -s "$err"
}

none_alive() {
	[[ -z $(alive) ]]
}

# Other tests may come and go in /dev/shm; what stays is looked at.
shm_as_before() {
	[[ -z $(comm -13 <(sort <<<"$shm_before") \
		<(ls -A /dev/shm 2>/dev/null | sort)) ]]
}

# `[SECONDS]`: within this time (0: already) nothing of it is left.
nothing_left() {
	if within "${1:-0}" none_alive; then
		pass
	else
		fail "still there: $(ps -o pid=,ppid=,stat=,args= \
			-p "$(alive | paste -sd,)" 2>/dev/null | paste -sd';')"
		kill_left
	fi
	check "left in /dev/shm: $(ls -A /dev/shm)" within 2 shm_as_before
	check "a temporary file stayed" test -z \
		"$(find "$SWITCHYARD_RESULTS" -name '.*.new' 2>/dev/null)"
}

# Whether mounts of its own can be made; `private` is then the command.
may_mount() {
	for private in "unshare -m" "unshare -rm"; do
		read -ra private <<<"$private"
		"${private[@]}" true 2>/dev/null && return
	done
	return 1
}

# A command line that is refused: `STATUS PATTERN ARGUMENT...`.
refused() {
	local wanted=$1 pattern=$2
	shift 2
	title="switchyard ${*@Q}"
	run "$@"
	status_is "$wanted"
	line_says "$pattern"
	check "something on standard output" test ! -s "$out"
}

latest() {
	printf '%s' "$SWITCHYARD_RESULTS/latest"
}

# Whether a file is JSON, by whatever there is to read it.
is_json() {
	if command -v jq >/dev/null; then
		jq -es 'length == 1' "$1" >/dev/null 2>&1
	elif command -v python3 >/dev/null; then
		python3 -c 'import json, sys; json.load(open(sys.argv[1]))' \
			"$1" 2>/dev/null
	else
		[[ $(tail -c 2 "$1") == *"}" ]]
	fi
}

# Whether every line of a journal is one whole object.
is_journal() {
	[[ -s $1 && $(tail -c 1 "$1" | od -An -tx1) == " 0a" ]] || return 1
	if command -v jq >/dev/null; then
		! jq -ceR 'try (fromjson | type == "object") catch false' \
			"$1" | grep -qv true
	else
		! grep -qv '^{.*}$' "$1"
	fi
}

# The samples of a point in a journal: `FILE PATTERN`.
sample_count() {
	grep -Ec "\"elapsed_ns\":.*\"point\":\"$2" "$1"
}

# "state name (reason)" of every point in the results of the run.
states() {
	awk -F'": "' '
	/^ "points": \[/ { inside = 1 }
	/^ \]/ { inside = 0 }
	!inside { next }
	{ sub(/",?$/, "") }
	/^   "name": / { name = $2 }
	/^   "state": / { state = $2 }
	/^   "reason": / { reason = " (" $2 ")" }
	/^  }/ { print state " " name reason; reason = "" }
	' "$(latest)/results.json"
}

# `PATTERN`: a point of the run is in this state, by a line of `states`.
row_is() {
	if states | grep -Eq -e "$1"; then
		pass
	else
		fail "no row like: $1; rows: $(states | paste -sd';')"
	fi
}

# Every file of a run is there and whole; `latest` names it.
run_is_whole() {
	local file
	check "latest is no link" test -L "$(latest)"
	for file in plan.json machine.json results.json; do
		check "$file is not whole" is_json "$(latest)/$file"
	done
	check "topology.xml is not whole" grep -q '^</topology>' \
		"$(latest)/topology.xml"
	check "samples.jsonl has half a line" is_journal \
		"$(latest)/samples.jsonl"
}

finish() {
	title="at the end"
	nothing_left 2
	echo "$passes checks passed, $failures failed, $skips parts skipped"
	if ((failures)); then
		exit 1
	fi
	if ((skips && passes <= 3)); then
		exit 77
	fi
	exit 0
}
