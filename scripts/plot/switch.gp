# SPDX-License-Identifier: MIT
# switch.gp - what one context switch costs; see theme.gp.
# data/switch.dat: row ns low high net_ns lower_mode upper_mode style name
# data/switch_key.dat: x y symbol (0: raw, 1: net, 2: two modes)

set label 1 "{/:Bold=17 What one context switch costs}" \
	at screen 16.0 / W, 1 - 28.0 / H left tc rgb fg
set multiplot
set lmargin at screen left[1] / W
set rmargin at screen right[1] / W
set bmargin at screen bottom[1] / H
set tmargin at screen top[1] / H
set xrange [x_low[1]:x_high[1]]
set yrange [y_low[1]:y_high[1]]
set logscale x 10
set border 1
unset ytics
set xtics ()
do for [i = 1:ticks] {
	set xtics add (tick_label[i] tick_at[i] tick_minor[i])
}
set grid xtics lt 1 lc rgb faint lw 0.7
f = "data/switch.dat"
plot f using ($6 == 0 ? $3 : NaN):1:($4 - $3):(0):(colour($8)) \
		with vectors nohead lw 2 lc rgb variable, \
	f using ($6 > 0 ? $6 : NaN):1:($7 - $6):(0):(colour($8)) \
		with vectors nohead lw 1 lc rgb variable, \
	f using ($5 > 0 ? $5 : NaN):1 with points pt 7 ps 0.4 lc rgb 0xffffff, \
	f using ($5 > 0 ? $5 : NaN):1:(colour($8)) with points pt 6 ps 0.4 lw 1.1 \
		lc rgb variable, \
	f using ($6 == 0 ? $2 : NaN):1:(colour($8)) with points pt 7 ps 0.6 \
		lc rgb variable, \
	f using ($6 > 0 ? $6 : NaN):1:(colour($8)) with points pt 7 ps 0.6 lc rgb variable, \
	f using ($7 > 0 ? $7 : NaN):1:(colour($8)) with points pt 7 ps 0.6 lc rgb variable

# The key, in pixels of the canvas.
set lmargin at screen 0
set rmargin at screen 1
set bmargin at screen 0
set tmargin at screen 1
unset border
unset tics
unset grid
unset logscale
set xrange [0:W]
set yrange [0:H]
k = "data/switch_key.dat"
key = fg
plot k using ($3 == 2 ? $1 : NaN):2:(20):(0) with vectors nohead lw 1 lc rgb key, \
	k using ($3 == 0 ? $1 - 8 : NaN):2:(16):(0) \
		with vectors nohead lw 2 lc rgb key, \
	k using ($3 != 1 ? $1 : NaN):2 with points pt 7 ps 0.6 lc rgb key, \
	k using ($3 == 2 ? $1 + 20 : NaN):2 with points pt 7 ps 0.6 lc rgb key, \
	k using ($3 == 1 ? $1 : NaN):2 with points pt 6 ps 0.4 lw 1.1 lc rgb key
unset label 1
