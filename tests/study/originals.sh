# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# originals.sh - the tutorial's programs in Python: run alone each keeps its
# promises and says so, served it answers what it was asked.
set -u
here=$(realpath "${BASH_SOURCE%/*}/../../scripts/python-originals")
python=/usr/bin/python3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0
passes=0
skips=0

if [[ ! -x $python ]]; then
	echo "skipped: no $python"
	exit 77
fi

fail() {
	((++failures))
	echo "FAILED: $*"
	head -n 5 "$work/out" "$work/err"
}

# `PROGRAM ARGUMENT...`: sets status; false where a module is missing.
run() {
	timeout -k 1 100 "$python" -B -E -s "$here/$1" "${@:2}" \
		>"$work/out" 2>"$work/err" <"$work/in"
	status=$?
	if [[ $status == 77 ]] || grep -q '^absent' "$work/out"; then
		((++skips))
		echo "skipped: $1: $(cat "$work/out" "$work/err")"
		return 1
	fi
}

# `PROGRAM PATTERN...`: alone; its lines match, one pattern a line.
alone() {
	local program=$1 line
	shift
	: >"$work/in"
	run "$program" || return
	if [[ $status != 0 || -s $work/err ]]; then
		fail "$program: status $status"
		return
	fi
	for line in "$@"; do
		if IFS= read -r said <&3 && [[ $said =~ ^$line$ ]]; then
			((++passes))
		else
			fail "$program: '${said:-}' is not '$line'"
		fi
	done 3<"$work/out"
	if [[ $(wc -l <"$work/out") != "$#" ]]; then
		fail "$program: $(wc -l <"$work/out") lines, not $#"
	fi
}

# `PORTION PROGRAM WHAT...`: served; it answers as often as it was asked.
served() {
	local portion=$1 program=$2
	shift 2
	printf '%s\n' "$portion" $((3 * portion)) >"$work/in"
	run "$program" --serve "$@" || return
	if [[ $status == 0 && ! -s $work/err ]] &&
		[[ $(tr '\n' ' ' <"$work/out") =~ \
			^"ready $portion "-?[0-9]+" "[1-9][0-9]*" "[1-9][0-9]*" "$ ]]; then
		((++passes))
	else
		fail "$program --serve $*: status $status"
	fi
}

# `LINES PATTERN PROGRAM WHAT...`: it complains of its input in one line.
complains() {
	local pattern=$2 program=$3
	printf '%b' "$1" >"$work/in"
	shift 3
	run "$program" --serve "$@" || return
	if [[ $status == 1 && ! -s $work/err ]] &&
		[[ $(tail -n 1 "$work/out") =~ ^"error "$pattern ]]; then
		((++passes))
	else
		fail "$program --serve $*: no complaint: $pattern"
	fi
}

alone thread_start_join.py "hello .* from to-.*" "hello .* from to-.*" \
	"hello from greeter" "in a loop .* side by side .*"
alone thread_daemon.py "daemon: main ends" \
	"foreground: main ends, thread ends" \
	"timed join: alive, thread ends, ended"
alone lock.py "with the lock 20000 of 20000" "without it .* of 500: .*"
alone bounded_semaphore.py "20 passed, at most [1-5] at once" \
	"one release too many: .*"
alone event.py "10 passed after set" "nobody after clear"
alone condition.py "notify\(3\), notify\(1\), notify_all: \[3, 4\], 10" \
	"wait_for: nothing while it is false, then item"
alone timer.py "fired [0-9]+ us late, the cancelled one never"
alone process.py "in the child \['parent', 'child'\], in the parent \['parent'\]"
alone shared_array.py "with the lock 4000 of 4000" \
	"raw \[0, 1, 2, 3, 4, 5, 6, 7\]"
alone manager_dict.py "80 keys of 4 clients"
alone pool.py "after close: Pool not running" \
	"100 callbacks, results as serial" \
	"without join [0-9]+ of 5000 have no result"
alone greenlet_switch.py "12 56 34 78"
alone gevent_spawn.py "foo, bar, foo again, bar again"
alone gevent_fetch.py "/one: 1500 bytes, 174a2787" \
	"/three: 2500 bytes, 7598e3a8" "/two: 1500 bytes, f57c930a"

served 1 thread_start_join.py join
served 1 thread_daemon.py daemon
served 1 lock.py alone
served 100 lock.py contended
served 1 bounded_semaphore.py alone
served 20 bounded_semaphore.py contended
served 1 event.py broadcast
served 1 condition.py notify
served 1 timer.py lanes 0.001
served 1 process.py join
served 1 shared_array.py locked
served 1 shared_array.py held
served 1 shared_array.py raw
served 2 manager_dict.py dict
served 1 pool.py apply
served 1 pool.py submit
served 1 pool.py map
served 2 greenlet_switch.py switch
served 16 gevent_spawn.py yield
served 1 gevent_spawn.py spawn
served 1000 gevent_spawn.py sleepers 0.01

complains "x\n" "'x' is no number of operations" lock.py
complains "\n" "'' is no number of operations" lock.py
complains "-1\n" "'-1' is no number of operations" lock.py
complains "0\n" "0 operations, not a multiple of 1" lock.py
complains "150\n" "150 operations, not a multiple of 100" lock.py contended
complains "9999999999999\n" "9999999999999 operations" lock.py
complains "99999999999999999999\n" "'99999999999999999999' is no" lock.py
complains "1\n" "no 'other', but alone, contended" lock.py other
complains "1\n" "'' is no http:// address" gevent_fetch.py fresh
complains "1\n" ".*Connection refused" gevent_fetch.py keep \
	http://127.0.0.1:1/

# Its own process is gone when it was killed: Pool's would see to that by
# themselves, the manager's would stay.
gone() {
	for ((tries = 0; tries < 250; tries++)); do
		[[ ! -e /proc/$1 || $(cut -d' ' -f3 "/proc/$1/stat") == Z ]] &&
			return
		sleep 0.02
	done 2>/dev/null
	return 1
}
coproc "$python" -B -E -s "$here/manager_dict.py" --serve 2>/dev/null
peer=$COPROC_PID
IFS= read -r -t 60 _ <&"${COPROC[0]}"
manager=$(pgrep -P "$peer")
if [[ -z $manager ]]; then
	fail "manager_dict.py --serve: no process of the manager"
fi
kill -KILL "$peer"
wait "$peer" 2>/dev/null
if gone "$manager"; then
	((++passes))
else
	fail "the manager outlives who started it"
	kill -KILL "$manager"
fi

: >"$work/in"
run lock.py --help
if [[ $status == 0 && $(cat "$work/out") == "usage: lock.py [--serve "* ]]; then
	((++passes))
else
	fail "lock.py --help"
fi
run lock.py --other
if [[ $status == 2 && $(cat "$work/err") == "usage: lock.py "* ]]; then
	((++passes))
else
	fail "lock.py --other"
fi
if find "$here" -name '__pycache__' | grep -q .; then
	fail "__pycache__ in $here"
fi
if "$python" -m pyflakes --version >/dev/null 2>&1; then
	"$python" -B -m pyflakes "$here"/*.py >"$work/out" 2>&1 ||
		fail "pyflakes has something to say"
fi

echo "$passes checks passed, $failures failed, $skips parts skipped"
((failures == 0))
