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

# The lines that match, each with those that go on with its reason.
rows_of() {
	awk -v "pattern=$1" '/^    / { line = line $0; next }
		line ~ pattern { print line }
		{ line = $0 }
		END { if (line ~ pattern) print line }' "${@:2}"
}

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
without=$(awk -F'\t' '$3 == "python" && $7 == "NaN" && $17 !~ /is not here|not have/' \
	"$work/files/tutorial.tsv")
check "no figure, and nothing is missing: $without" test -z "$without"
check "as many rows as constructs" test \
	"$(awk -F'\t' '$3 == "python"' "$work/files/tutorial.tsv" | wc -l)" -ge 24
check "wrk is not told to be missing" grep -q 'wrk is not here (Debian: wrk)\|nginx' "$out"
nothing_left 2

check "more than 80 columns: $(grep -E '.{81}' "$out")" test -z \
	"$(grep -E '^.{81}' "$out")"
# Intervals begin in one column.  What is NO has an interval of which some does
# not meet the limit, whatever the ratio.
check "columns out of line: $(grep -E '(yes|NO|reported)$' "$out")" test 1 = "$(grep -E '(yes|NO|reported)$' "$out" |
	awk '{ print match($0, /\([0-9.]+[.][.]/) }' |
	sort -u | wc -l)"
check "a wrong yes or NO" test -z "$(awk -F'\t' '$14 == ">=" &&
	$10 != "NaN" && ($11 >= $13) != ($15 == "yes")
	$14 == "<=" && $3 == "bare" && $10 != "NaN" &&
	($12 <= $13) != ($15 == "yes")
	$14 == "<=" && $3 == "alone" && $7 != "NaN" &&
	($9 <= $13) != ($15 == "yes")' "$work/files/tutorial.tsv")"
for row in 'pool: apply +[0-9.]+ us \([0-9.]+[.][.][0-9.]+\) +<= 8 us' \
	'Array, under its lock +[0-9.]+ ns \([0-9.]+[.][.][0-9.]+\) +<= 10 ns'; do
	check "no line like: $row" grep -Eq "^$row (yes|NO)\$" "$out"
done
check "no rule" grep -q '^A limit is met (yes) where the far end' "$out"

# With so few rounds a thing differs from itself now and then: until both were
# seen, or for a while.
title="the control"
warned=0
for ((seed = 1; seed <= 20 && (warned == 0 || warned == seed - 1); seed++)); do
	run tutorial --only '^an empty task' --sets 2 --budget 1ms \
		--seed "$seed" --out "$work/files"
	status_is 0
	quiet
	outside=$(awk -F'\t' '$3 == "bare" && ($11 > 1 || $12 < 1)' \
		"$work/files/tutorial.tsv" | wc -l)
	((warned += outside))
	check "a warning without a reason, or none" test "$outside" = \
		"$(grep -c '^The control differs' "$out")"
done
((warned > 0)) || skip "the control did not differ"

title="no nginx"
SWITCHYARD_NGINX=$work/none run tutorial --python "$work/python" \
	--only '^fetch' --sets 1 --budget 1ms
status_is 0
quiet
check "no reason" grep -Eq '^fetch 4 KiB, kept.* - +- +SWITCHYARD_NGINX' \
	<(rows_of '^fetch 4 KiB, kept' "$out")
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
	WRK=$1 run tutorial --python "$work/python" --only 'event loop' \
		--sets 2 --budget 1ms
	status_is "$2"
	check "no line like: $3; but: $(paste -sd';' "$out")" \
		grep -Eq "^fetch 4 KiB, kept, event loop +$3" \
		<(sed -n '/^requests a second/,$p' "$out" | rows_of '^fetch')
	nothing_left
}
under=(env "PATH=$work/bin:$PATH")
if [[ -x ${SWITCHYARD_NGINX:-/usr/sbin/nginx} ]]; then
	wrk_says nonsense 3 "- .*wrk's report is not understood"
	wrk_says fails 3 "- .*wrk failed in a report: no such host"
	wrk_says refused 3 "- .*wrk: Non-2xx or 3xx responses: 7"
	wrk_says lost 3 "- .*wrk: Socket errors: connect 7"
	wrk_says good 0 "20.0k +[0-9.]+k? +[0-9.]+ \\([0-9.]+[.][.][0-9.]+\\) +>= 0.8 (yes|NO)$"
else
	skip "no nginx"
fi

finish
