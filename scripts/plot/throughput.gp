# SPDX-License-Identifier: MIT
# throughput.gp - tasks a second over tasks in flight; see theme.gp.
# data/throughput_{cpu,io}.dat: inflight tasks/s low high at_least style model

set label 1 "{/:Bold=17 Throughput as more tasks are in flight}" \
	at screen 16.0 / W, 1 - 28.0 / H left tc rgb fg
set multiplot
do for [p = 1:panels] {
	set lmargin at screen left[p] / W
	set rmargin at screen right[p] / W
	set bmargin at screen bottom[p] / H
	set tmargin at screen top[p] / H
	set xrange [x_low[p]:x_high[p]]
	set yrange [y_low[p]:y_high[p]]
	set logscale x 2
	set logscale y 10
	set xtics ()
	set ytics ()
	do for [i = 1:ticks] {
		if (fx(i, p)) {
			set xtics add (tick_label[i] tick_at[i] tick_minor[i])
		}
		if (fy(i, p)) {
			set ytics add (tick_label[i] tick_at[i] tick_minor[i])
		}
	}
	set grid ytics lt 1 lc rgb faint lw 0.7
	unset arrow
	if (mark[p] > 0) {
		set arrow from mark[p], graph 0 to mark[p], graph 1 nohead back \
			lc rgb mute lw 0.8 dt (10,8)
	}
	family = kind[p] == 0 ? "cpu" : "io"
	title = kind[p] == 0 ? "CPU-bound" : "I/O-bound"
	set label 2 "{/:Bold=14 " . title . "}" \
		at screen left[p] / W, (top[p] + 50) / H left tc rgb fg
	f = sprintf("data/throughput_%s.dat", family)
	# A white point under a hollow one hides the line that runs into it.
	plot for [s = 0:styles - 1] f using 1:($6 == s ? $3 : NaN):(0):($4 - $3) \
			with vectors nohead lc rgb colour(s) lw 1.1, \
		for [s = 0:styles - 1] f using 1:($6 == s ? $2 : NaN) \
			with lines ls s + 1, \
		for [s = 0:styles - 1] \
			f using 1:($6 == s && $5 == 0 ? $2 : NaN) with points \
			pt int(word(filled, s + 1)) ps 0.5 lc rgb colour(s), \
		for [s = 0:styles - 1] \
			f using 1:($6 == s && $5 == 1 ? $2 : NaN) with points \
			pt int(word(filled, s + 1)) ps 0.52 lc rgb 0xffffff, \
		for [s = 0:styles - 1] \
			f using 1:($6 == s && $5 == 1 ? $2 : NaN) with points \
			pt int(word(hollow, s + 1)) ps 0.52 lw 1.2 lc rgb colour(s)
	unset label 1
}
unset label 2
