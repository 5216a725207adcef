# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# rows.sh - every row of `switchyard-study tutorial` is one that there is: its
# points can be measured, and what is not here says what is missing.
#
# The library sets what is used here.
# shellcheck disable=SC1091,SC2034,SC2154
source "${BASH_SOURCE%/*}/../cli/lib.sh"
cp "${BASH_SOURCE%/*}/fake-python" "$work/python"
unset FAKE

# Without wrk, which takes seconds.
title="all rows"
mkdir "$work/bin" "$work/files"
ln -s "$(command -v bash)" "$work/bin/bash"
under=(env "PATH=$work/bin")
run tutorial --python "$work/python" --sets 2 --budget 1ms \
	--out "$work/files"
status_is 0
quiet
check "a row that there is not: $(grep -E 'no (key|model|workload|mechanism)' \
	"$out")" test -z "$(grep -E \
	"no (key|model|workload|mechanism)|points, not one|too long" "$out")"

# Each construct has its figure in C, or says that something is not here.
without=$(awk -F'\t' '$3 == "python" && $7 == "NaN" && $16 !~ /is not here|not have/' \
	"$work/files/tutorial.tsv")
check "no figure, and nothing is missing: $without" test -z "$without"
check "as many rows as constructs" test \
	"$(awk -F'\t' '$3 == "python"' "$work/files/tutorial.tsv" | wc -l)" -ge 24
check "wrk is not told to be missing" grep -q 'wrk is not here (Debian: wrk)\|nginx' "$out"
nothing_left 2

title="no nginx"
SWITCHYARD_NGINX=$work/none run tutorial --python "$work/python" \
	--only '^fetch' --sets 1 --budget 1ms
status_is 0
quiet
check "no reason" grep -Eq '^fetch 4 KiB.* - .*SWITCHYARD_NGINX' "$out"
nothing_left

# `MODE STATUS PATTERN`: wrk does this, and its line says that.
cat >"$work/bin/wrk" <<'FAKE'
#!/usr/bin/env bash
case $WRK in
nonsense) echo "hello" ;;
fails) echo "no such host" >&2 && exit 1 ;;
refused) printf '  Non-2xx or 3xx responses: 7\nRequests/sec:  1000.00\n' ;;
lost) printf '  Socket errors: connect 7\nRequests/sec:  1000.00\n' ;;
good) printf 'Requests/sec:  20000.00\n' ;;
esac
FAKE
chmod +x "$work/bin/wrk"
wrk_says() {
	title="wrk: $1"
	WRK=$1 run tutorial --python "$work/python" --only '^the same' \
		--sets 2 --budget 1ms
	status_is "$2"
	check "no line like: $3; but: $(grep / "$out" | paste -sd';')" \
		grep -Eq "^the same, event loop / wrk +$3" "$out"
	nothing_left
}
under=(env "PATH=$work/bin:$PATH")
if [[ -x ${SWITCHYARD_NGINX:-/usr/sbin/nginx} ]]; then
	wrk_says nonsense 3 "- .*wrk's report is not understood"
	wrk_says fails 3 "- .*wrk failed in a report: no such host"
	wrk_says refused 3 "- .*wrk: Non-2xx or 3xx responses: 7"
	wrk_says lost 3 "- .*wrk: Socket errors: connect 7"
	wrk_says good 0 "50.* us .*>= 0.8 x"
else
	skip "no nginx"
fi

finish
