#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# `topology` shows this machine or a described one, says where contexts would
# go, and draws lstopo's picture whole or not at all.  A description that is
# none is refused, and never taken for this machine.
# shellcheck disable=SC2016,SC2054,SC2317 source=tests/cli/lib.sh
source "$(dirname "$0")/lib.sh"
here=$(cd "$(dirname "$0")" && pwd)
hybrid=$here/../fixtures/hybrid.xml
cd "$work" || exit 1

# `PATTERN ARGUMENT...`: works, with a line of this on standard output.
shows() {
	local pattern=$1
	shift
	title="switchyard topology ${*@Q}"
	run topology "$@"
	status_is 0
	quiet
	check "no line like: $pattern" grep -Eq -e "$pattern" "$out"
}
not_a_machine() {
	refused 2 "--input: .*$1" topology --input "$2"
	nothing_left
}

title="this machine"
run topology
status_is 0
quiet
check "not as many PUs as nproc says" test "$(nproc)" -le \
	"$(grep -Eo '[0-9]+ PUs?' "$out" | head -n 1 | grep -Eo '[0-9]+')"
check "no cores with PUs" grep -Eq '^ .*PU [0-9]+' "$out"
allowed=$(sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' /proc/self/status)
first=${allowed%%[-,]*}
shows "^placement one-pu, 3 contexts on 1 of" --placement one-pu --contexts 3
shows "^ +0 +$first " --placement "$first"
title="a narrowed affinity mask"
if [[ $allowed == "$first" ]]; then
	skip "there is one PU"
else
	under=(taskset -c "$first")
	shows 'not usable: PU [0-9]' --placement compact
	check "more than one context" test "$(grep -Ec '^ +[0-9]' "$out")" = 1
	under=()
fi

# Described machines.
shows '^machine: 16 PUs, 12 cores' --input "$hybrid" --placement spread
shows '^ +0 +8 ' --input="$hybrid" --placement=spread --contexts=2
shows '^machine: 2048 PUs' --input 'pack:16 numa:2 l3:4 core:8 pu:2'
check "more than a page" test "$(wc -l <"$out")" -lt 24
check "wider than 80 columns" test -z "$(grep -E '.{81}' "$out")"
shows '^ +2047 +[0-9]+ ' --input 'pack:16 numa:2 l3:4 core:8 pu:2' \
	--placement spread --full
shows '^machine: 8192 PUs' --input 'pack:16 numa:4 l3:4 core:8 pu:4'
shows '^machine: 4 PUs' --input 'pack:2 pu:2' --placement none
shows '^ +1 +31 ' --input 'pack:2 l3:2 core:4 pu:2' --placement siblings
check "not its first PU" grep -Eq '^ +0 +30 ' "$out"
check "more than two contexts" test "$(grep -Ec '^ +[0-9]' "$out")" = 2
shows '^placement same-l3, 2 contexts on 2 of 16 PUs: 2 cores, 1 L3,' \
	--input "$hybrid" --placement same-l3
shows ': 2 cores, .*2 packages$' --input 'pack:2 l3:2 core:4 pu:2' \
	--placement other-package
cp "$hybrid" "$work/pu:3"
shows '^machine: 16 PUs' --input "pu:3"
rm "$work/pu:3"

# What describes no machine.
for text in '' nonsense pack: 'pack:2 core:x' 'pack:2 core:4' pu:0 'pu:2 pu' \
	'pack:-1 pu:2' 'memcache:2 pu:2' 'pack:2(x pu:2' '[numa' \
	"$(printf 'x%.0s' {1..9000})" "$(printf 'group:1 %.0s' {1..200})pu:2"; do
	not_a_machine "neither a file nor a machine" "$text"
done
for text in pu:8193 'pack:99999999 pu:99999999' 'core:4097 pu:2' \
	pu:99999999999999999999 'pu:2(indexes=0,4294967295)' \
	'[numa(indexes=4294967295)] pu:2' 'l2:8192 l1:1 core:1 pu:1' \
	"$(printf 'pack:65536 %.0s' {1..8})pu:1"; do
	not_a_machine "too large: at most 8192" "$text"
done
not_a_machine "one.two.three" $'one\ntwo\tthree\e[31m'

# Files that are none.
none="not a whole and sound topology"
not_a_machine "$work/none.xml: No such file" "$work/none.xml"
not_a_machine "none.xml: No such file" none.xml
not_a_machine "/none/x: No such file" /none/x
not_a_machine "$work: Is a directory" "$work"
not_a_machine "no regular file" /dev/null
not_a_machine "no regular file" /dev/zero
mkfifo "$work/pipe.xml"
not_a_machine "no regular file" "$work/pipe.xml"
rm "$work/pipe.xml"

# `WHAT`: the file x.xml, which was just made, is refused.
bad_file() {
	not_a_machine "x.xml: ${2:-$none}" x.xml
	title="$1"
	rm -f x.xml
}
: >x.xml
bad_file "an empty file"
echo "once upon a time" >x.xml
bad_file "a story"
head -c 20000 /dev/urandom >x.xml
bad_file "noise"
{ cat "$hybrid"; printf '\0</topology>'; } >x.xml
bad_file "a byte of 0"
head -c 3000 "$hybrid" >x.xml
bad_file "a file that was cut off"
sed '30,40d' "$hybrid" >x.xml
bad_file "a file that lacks its middle"
truncate -s 100M x.xml
bad_file "100 MiB" "over 64 MiB"
sed 's/version="2.0"/version="9.0"/' "$hybrid" >x.xml
bad_file "a format of the future"
cat >x.xml <<'END'
<?xml version="1.0"?>
<!DOCTYPE topology [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>
<topology version="2.0"><object type="Machine" name="&b;"/></topology>
END
bad_file "entities"
if ((EUID)); then
	cp "$hybrid" x.xml
	chmod 000 x.xml
	bad_file "a file of somebody else's" "Permission denied"
fi
# These make hwloc crash, warn, or fill the memory.
sed '0,/type="L3Cache"/s//type="PU"/' "$hybrid" >x.xml
bad_file "a PU of cores"
sed '/NUMANode/s/os_index="0"/os_index="4294967295"/' "$hybrid" >x.xml
bad_file "a NUMA node of a high number"
sed '0,/complete_cpuset="0x00000004"/s//complete_cpuset="0xf...f"/' \
	"$hybrid" >x.xml
bad_file "a cache of all PUs there can be"
sed 's/type="PU" os_index="15"/type="PU" os_index="99999"/' "$hybrid" >x.xml
bad_file "a PU of a high number" "more than 8192 PUs|$none"

# What the environment says is never taken for this machine, nor for another.
title="HWLOC_XMLFILE"
HWLOC_XMLFILE=$hybrid run topology
status_is 4
line_says "another machine.*--input"
check "something on standard output" test ! -s "$out"
title="HWLOC_SYNTHETIC"
HWLOC_SYNTHETIC=nonsense run topology
status_is 4
line_says "another machine.*--input"
HWLOC_XMLFILE=$hybrid HWLOC_SYNTHETIC=pu:7 shows '^machine: 3 PUs' --input pu:3

# Options.
refused 2 "--placement: 'nope' is not a placement" topology --placement nope
refused 2 "--placement: ''" topology --placement ''
refused 2 "PU 0 is listed twice" topology --input pu:4 --placement 0,0
refused 77 "PU 4 does not exist" topology --input pu:4 --placement 0-4
refused 77 "no core has two PUs that may be used" \
	topology --input 'l3:1 core:4 pu:1' --placement siblings
refused 77 "hwloc knows of no L3 cache here" \
	topology --input 'core:4 pu:2' --placement same-l3
refused 77 "all PUs that may be used are in one package" \
	topology --input "$hybrid" --placement other-package
refused 2 "--placement: 'matrix' is no placement of contexts.*--workload switch" \
	topology --placement matrix
refused 2 "--contexts: say where" topology --contexts 3
refused 2 "--contexts: 'x'" topology --placement spread --contexts x
refused 2 "--contexts: must be" topology --placement spread --contexts 0
refused 2 "--contexts: more" topology --placement spread --contexts 1000001
refused 2 "--contexts: '99999999999999999999' is too large" \
	topology --placement spread --contexts 99999999999999999999
refused 2 "--full takes no value" topology --full=yes
refused 2 "--input needs a value" topology --input
refused 2 "'--model'" topology --model serial
refused 2 "one argument too many: 'pu:3'" topology pu:3
refused 2 "unknown option '--input'" run --input pu:3

# `STATUS PATTERN ARGUMENT...`: no picture, for this reason, and none left.
no_picture() {
	local wanted=$1 pattern=$2
	shift 2
	title="switchyard topology ${*@Q}"
	run topology "$@"
	status_is "$wanted"
	line_says "$pattern"
	check "a part of a picture" test -z "$(find "$work" -name '*svg*')"
	nothing_left
}

# A stand-in for lstopo that does this.
mkdir "$work/bin"
lstopo_that() {
	printf '#!/bin/bash\n%s\n' "$1" >"$work/bin/lstopo-no-graphics"
	chmod 755 "$work/bin/lstopo-no-graphics"
}
path=$PATH
PATH=$work/bin:$path
lstopo_that 'echo "no such <thing>" >&2; exit 3'
no_picture 4 "lstopo failed in the picture: no such <thing>" --svg x.svg
lstopo_that 'echo "<svg"; kill -SEGV $$'
no_picture 4 "lstopo died of signal 11" --svg x.svg
lstopo_that 'exit 0'
no_picture 4 "cannot write 'x.svg': lstopo drew nothing" --svg x.svg
lstopo_that 'cat; echo "${@: -2}"'
no_picture 4 "'$work/none/x.svg': No such file" --svg "$work/none/x.svg"
no_picture 4 "'$work': Is a directory" --svg "$work"
no_picture 4 "'/dev/full': No space left" --svg /dev/full
no_picture 4 "'':" --svg ''
no_picture 4 "'bin/': Is a directory" --svg bin/
no_picture 4 "'none/':" --svg none/
refused 2 "--svg needs a value" topology --svg

title="a picture takes the place of one that is there"
echo old >x.svg
run topology --input pu:4 --placement 1,3 --contexts 2 --svg x.svg
status_is 0
quiet
check "is not what lstopo wrote" grep -q 'lstopoStyle' x.svg
check "has no names of contexts" grep -q '"context 1"' x.svg
check "has no legend" grep -q '^placement 1,3: .* -$' x.svg
nothing_left

title="a picture that fails leaves one that is there"
echo old >x.svg
lstopo_that 'echo new; exit 1'
run topology --svg x.svg
status_is 4
check "it is gone" test "$(cat x.svg)" = old
rm x.svg

title="started by somebody who ignores the ends of children"
under=(env --ignore-signal=CHLD)
lstopo_that 'echo "no such <thing>" >&2; exit 3'
no_picture 4 "lstopo failed in the picture: no such <thing>" --svg x.svg
shows '^machine: 2 PUs' --input pu:2
under=()

title="interrupted while lstopo draws"
lstopo_that "echo \$\$ >$work/pid; exec sleep 1000"
rm -f "$work/pid"
start topology --svg x.svg
check "lstopo does not start" within 10 test -s "$work/pid"
kill -TERM "$driver"
await 10
check "lstopo still runs" test ! -e "/proc/$(cat "$work/pid")"
check "a part of a picture" test ! -e x.svg

title="no lstopo"
env PATH=/nonexistent "$program" topology --svg x.svg >"$out" 2>"$err"
status=$?
status_is 4
line_says "lstopo is not installed; apt-get install hwloc-nox"
check "a part of a picture" test ! -e x.svg

title="a full disk"
lstopo_that 'head -c 100000 /dev/zero'
if unshare -m true 2>/dev/null; then
	mkdir "$work/full"
	under=(unshare -m bash -c 'mount -t tmpfs -o size=20k tmpfs full || exit 9
		"$@"; status=$?; ls -A full >left; exit $status' -)
	run topology --svg full/x.svg
	under=()
	status_is 4
	line_says "'full/x.svg': No space left"
	check "left $(cat left)" test ! -s left
else
	skip "no mount namespace may be made here"
fi
PATH=$path

title="lstopo's own picture"
if ! command -v lstopo-no-graphics >/dev/null; then
	skip "there is no lstopo-no-graphics (package hwloc-nox)"
else
	run topology --input 'pack:2 l3:1 core:4 pu:2' --placement spread \
		--contexts 6 --svg x.svg
	status_is 0
	quiet
	check "is not whole" grep -q '^</svg>' x.svg
	check "has no contexts" test "$(grep -c '>context [0-5]<' x.svg)" = 6
	# Pixels are no unit of a viewBox, for which strict programs show
	# nothing.
	check "has pixels in its viewBox" grep -Eq "viewBox='[0-9 .]+'" x.svg
	check "not six PUs are blue" test "$(grep "class='PU'" x.svg |
		grep "<rect" | grep -c 'rgb(31,95,168)')" = 6
	check "names this host" test -z "$(grep -F 'Host:' x.svg)"
	# Every PU has a box of its own, though many are alike.
	HWLOC_XMLFILE=$hybrid run topology --svg x.svg \
		--input 'pack:2 numa:2 core:16 pu:2' --placement 0
	check "not all PUs are drawn" test \
		"$(grep "class='PU'" x.svg | grep -c '<rect')" = 128
fi

finish
