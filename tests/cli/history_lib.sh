# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# history_lib.sh - run folders that nobody measured: a history with levels
# that are known, for tests and for looking at figures.

# `ROOT MACHINE FROM COUNT POINT=NS[,RUN:FACTOR]...`: so many runs, a day apart,
# numbered FROM on.  A point's time is NS until run RUN, from then on
# NS * FACTOR, with noise of about 1 %; the same each time.  `build` and
# `compiler` are those of each run; from run `new_compiler` on it is another.
build=Release
compiler="GNU 12.2.0"
new_compiler=1000000
make_history() {
	local root=$1 machine=$2 from=$3 count=$4
	shift 4
	awk -v root="$root" -v machine="$machine" -v from="$from" \
		-v count="$count" -v build="$build" -v compiler="$compiler" \
		-v new_compiler="$new_compiler" '
	# Sums of three of a linear congruential generator: near enough a bell.
	function draw(  i, sum) {
		for (i = sum = 0; i < 3; i++) {
			state = (state * 69069 + 12345) % 4294967296
			sum += state / 4294967296
		}
		return sum - 1.5
	}
	function point_of(text, run,  parts, steps, n, i, step, ns) {
		match(text, /=[^=]*$/)
		n = split(substr(text, RSTART + 1), steps, ",")
		ns = steps[1]
		for (i = 2; i <= n; i++) {
			split(steps[i], step, ":")
			if (run >= step[1])
				ns = steps[1] * step[2]
		}
		ns *= 1 + 0.012 * draw()
		return sprintf("{\"name\": \"%s\", \"group\": \"g\",\n" \
			"\"family\": \"cpu\", \"model\": \"serial\",\n" \
			"\"state\": \"measured\", \"slices\": 40, \"sets\": 3,\n" \
			"\"ns_per_op\": {\"value\": %.6f, \"low\": %.6f, \"high\": %.6f}}",
			substr(text, 1, RSTART - 1), ns,
			ns * (1 - 0.008 * (1 + draw() / 2)),
			ns * (1 + 0.008 * (1 + draw() / 2)))
	}
	function day(run,  d, m) {
		d = run % 28
		m = int(run / 28)
		return sprintf("%04d-%02d-%02d", 2025 + int(m / 12), m % 12 + 1, d + 1)
	}
	BEGIN {
		for (i = 1; i < ARGC; i++)
			points[i] = ARGV[i]
		last = ARGC
		ARGC = 1
		for (run = from; run < from + count; run++) {
			state = run * 7919 + 17
			for (i = 0; i < 5; i++)
				draw()
			date = day(run)
			stamp = date
			gsub("-", "", stamp)
			folder = root "/" machine "/" stamp "T040000Z-nightly"
			system("mkdir -p \"" folder "\"")
			commit = sprintf("%06x%06x", (run * 4050307 + 9824516) % 16777216, run)
			file = folder "/results.json"
			printf "{\"context\": {\"date\": \"%sT04:05:00+00:00\"},\n" \
				"\"schema\": 1, \"machine_id\": \"%s\", \"wall_ns\": %.0f,\n" \
				"\"machine\": {\"summary\": \"Invented CPU, 2 PUs\"},\n" \
				"\"interrupted\": false, \"sentinel\": {\"spread\": 0.012},\n" \
				"\"points\": [", date, machine, 300000000000 + run > file
			for (i = 1; i < last; i++)
				printf "%s%s", (i > 1 ? ",\n" : "\n"), point_of(points[i], run) > file
			printf "]}\n" > file
			close(file)
			file = folder "/machine.json"
			printf "{\"kernel\": {\"release\": \"6.1.0\"}, \"libraries\": " \
				"{\"libc\": \"glibc 2.36\", \"libuv\": \"1.44.2\"}, \"build\":\n" \
				"{\"version\": \"0.1.0\", \"type\": \"%s\", \"compiler\": \"%s\",\n" \
				"\"flags\": \"-O2\", \"sanitizer\": null, \"git_commit\": \"%s\",\n" \
				"\"git_dirty\": \"no\"}}\n", build,
				(run >= new_compiler ? "GNU 13.1.0" : compiler), commit > file
			close(file)
		}
	}' "$@"
}
