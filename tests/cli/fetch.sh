#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Fetches: addresses that are none, servers that are not there, and an nginx of
# which nothing is left however a run ends.
# shellcheck disable=SC2054,SC2317 source=tests/cli/lib.sh
source "$(dirname "$0")/lib.sh"

fetch=(--workload fetch --inflight 4 --sets 1 --no-figures --budget 400ms)

# Copies of nginx that still run; what was killed may not be reaped yet.
own=$work/nginx
servers() {
	local entry
	for entry in /proc/[0-9]*; do
		if [[ $entry/exe -ef $own ]]; then
			echo "${entry#/proc/}"
		fi
	done
}
no_server() {
	[[ -z $(servers) ]]
}
some_server() {
	[[ -n $(servers) ]]
}
nothing_left_of_it() {
	nothing_left "${1:-0}"
	check "an nginx is left" within "${1:-1}" no_server
}

refused 2 "--url: .*http://" run "${fetch[@]}" --url example.com
refused 2 "--url: .*https" run "${fetch[@]}" --url https://example.com/
refused 2 "--url: .*port" run "${fetch[@]}" --url http://example.com:0/
refused 2 "--url: .*port" run "${fetch[@]}" --url http://example.com:65536/
refused 2 "--url: .*user" run "${fetch[@]}" --url http://me@example.com/
refused 2 "--url: .*only" run "${fetch[@]}" --url "http://example.com/'x'"
refused 2 "--url: .*only" run "${fetch[@]}" --url $'http://example.com/\nx'
refused 2 "--timeout: " run "${fetch[@]}" --timeout 0
refused 2 "--body: " run "${fetch[@]}" --body 1GiB
refused 2 "--connection: " run "${fetch[@]}" --connection open

# `WORDS URL`
fails_at() {
	title="a fetch from $2"
	run run "${fetch[@]}" --model serial --url "$2"
	status_is 3
	line_says "^switchyard: fetch/serial/.* failed: .*$1"
	nothing_left
}
# Port 1 is tcpmux, which nobody serves; a label has 63 characters at most.
fails_at "nobody listens" http://127.0.0.1:1/
fails_at "does not resolve" "http://$(printf 'x%.0s' {1..64})/"

title="no nginx"
SWITCHYARD_NGINX=$work/none run run "${fetch[@]}" --model threads
status_is 77
line_says "SWITCHYARD_NGINX"

title="an nginx that ends at once"
printf '#!/bin/sh\necho one >&2\necho two >&2\nexit 1\n' >"$work/ends"
chmod 755 "$work/ends"
SWITCHYARD_NGINX=$work/ends run run "${fetch[@]}" --model threads
status_is 3
line_says "nginx ended before it took a connection"
nothing_left

for nginx in $(command -v nginx) /usr/sbin/nginx; do
	[[ -x $nginx ]] && cp "$nginx" "$own" && break
done
title="nginx"
if [[ ! -x $own ]]; then
	skip "nginx is not installed"
	finish
	exit
fi
export SWITCHYARD_NGINX=$own

title="fetches of all models"
run run "${fetch[@]}" --inflight 1 --model all --connection keep,fresh
status_is 0
quiet
check "not nine rows twice" test \
	"$(grep -c '"state": "measured"' "$(latest)/results.json")" = 18
nothing_left_of_it

# Long enough that it is met in the middle.
long=(run --workload fetch --inflight 4 --sets 1 --no-figures --limit 20s)
begin_long() {
	title=$1
	start "${long[@]}" --budget "$2" --model threads,eventloop,fork
	check "no nginx was started" within 20 some_server
}

for signal in INT TERM KILL; do
	begin_long "the driver gets $signal in the middle" 60s
	kill -"$signal" "$driver"
	await 20
	if [[ $signal == KILL ]]; then status_is 137; else status_is 130; fi
	nothing_left_of_it 10
done

begin_long "nginx is killed in the middle" 5s
for server in $(servers); do
	kill -KILL "$server" 2>/dev/null
done
await 40
status_is 3
nothing_left_of_it 10

finish
