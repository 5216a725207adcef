#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: compare-libraries.sh OLD NEW [OPTION...]
#
# Is a libc, a libuv or an allocator slower than another?  One build of
# switchyard in two environments.  OLD and NEW are each one of
#
#   plain        the environment as it is
#   NAME=VALUE   the same with this variable
#   PROGRAM      an executable that runs switchyard as it likes
#
# and options are those of `switchyard compare`.  Prints Markdown; the exit
# status is that of `compare`.  SWITCHYARD names the program.
#
#   # another allocator
#   compare-libraries.sh plain LD_PRELOAD=/usr/lib/x86_64-linux-gnu/libjemalloc.so.2
#   # a libuv of one's own, against that of the system
#   compare-libraries.sh plain LD_LIBRARY_PATH=$HOME/libuv/lib --filter eventloop
#   # a setting
#   compare-libraries.sh plain GLIBC_TUNABLES=glibc.pthread.rseq=0
#   # another libc: a PROGRAM, since its loader has to start the program
#   #!/bin/sh
#   exec /opt/glibc/lib/ld-linux-x86-64.so.2 --library-path \
#           /opt/glibc/lib:/usr/lib/x86_64-linux-gnu /path/to/switchyard "$@"
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
program=${SWITCHYARD:-$root/build/release/switchyard}

give_up() {
	echo "compare-libraries: $1" >&2
	exit 2
}

# `[NAME=VALUE]`: the libraries that the program would load, without the
# addresses at which they happen to lie.
libraries() {
	env "$@" LD_TRACE_LOADED_OBJECTS=1 "$program" 2>/dev/null |
		sed 's/ (0x[0-9a-f]*)$//'
}

# `WRAPPER SIDE`: a program that is the side.  It ends in exec, so that the
# worker is the process that was started.
wrap() {
	local command=(env "$2" "$program")
	case $2 in
	plain) command=("$program") ;;
	LD_PRELOAD=* | LD_LIBRARY_PATH=*)
		# The loader passes over what it does not find, and the two
		# sides would be found to be the same.
		[ "$(libraries "$2")" != "$(libraries)" ] ||
			give_up "with $2 the same libraries are loaded as without"
		;;
	[A-Za-z_]*=*) ;;
	*)
		[ -f "$2" ] && [ -x "$2" ] ||
			give_up "$2 is neither plain nor NAME=VALUE nor a program"
		command=("$(realpath "$2")")
		;;
	esac
	printf '#!/usr/bin/env bash\nexec %s "$@"\n' "${command[*]@Q}" >"$1"
	chmod +x "$1"
}

case ${1-} in
-h | --help)
	sed -n '/^# usage/,/^set /{/^# \?/s///p}' "$0"
	exit 0
	;;
esac
[ $# -ge 2 ] || give_up "name two sides, as in \`$0 plain LD_PRELOAD=FILE\`"
old=$1 new=$2
shift 2
[ -z "${SWITCHYARD-}" ] || [ -x "$program" ] ||
	give_up "SWITCHYARD: $program is no program"
[ -x "$program" ] || "$root/scripts/build" release >&2
program=$(realpath "$program")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
wrap "$work/old" "$old"
wrap "$work/new" "$new"
echo "compare-libraries: OLD is $old, NEW is $new" >&2

"$program" compare "$work/old" "$work/new" --markdown "$@" &
driver=$!
trap 'kill -TERM "$driver" 2>/dev/null; wait "$driver"; exit' INT TERM HUP
status=0
wait "$driver" || status=$?
exit "$status"
