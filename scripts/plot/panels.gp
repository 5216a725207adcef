# SPDX-License-Identifier: MIT
# panels.gp - the panels of every figure; see theme.gp.  What the columns of a
# panel's file are depends on its kind:
# 0 rows: y value low high second part lower_mode upper_mode style reference
# 1 lines, 2 bands: at x value low high at_least style shape
# 3 cells: column row shade(0..1, -1: not measured) text
# 4 trend: sort(0 run, 1 level, 2 change, 3 above, 4 below) at value low high style

set multiplot
do for [p = 1:panels] {
	set lmargin at screen left[p] / W
	set rmargin at screen right[p] / W
	set bmargin at screen bottom[p] / H
	set tmargin at screen top[p] / H
	set xrange [x_low[p]:x_high[p]]
	set yrange [y_low[p]:y_high[p]]
	set xtics ()
	set ytics nomirror
	set ytics ()
	unset grid
	unset arrow
	do for [i = 1:ticks] {
		if (fx(i, p)) {
			set xtics add (tick_label[i] tick_at[i] tick_minor[i])
		}
		if (fy(i, p)) {
			set ytics add (tick_label[i] tick_at[i] tick_minor[i])
		}
		if (tick_panel[i] == p && tick_axis[i] == 2) {
			set arrow from tick_at[i], graph 0 to tick_at[i], graph 1 nohead \
				back lc rgb mute lw 0.8 dt (10,8)
		}
	}
	f = "data/" . file[p]
	if (kind[p] == 0) {
		set logscale x 10
		unset logscale y
		set border 1
		unset ytics
		set grid xtics lt 1 lc rgb faint lw 0.7
		# A white point under a hollow one hides the line that runs into it.
		plot f using ($7 > 0 ? NaN : $3):1:($4 - $3):(0):(colour($9)) \
				with vectors nohead lw 2 lc rgb variable, \
			f using ($7 > 0 ? $7 : NaN):1:($8 - $7):(0):(colour($9)) \
				with vectors nohead lw 1 lc rgb variable, \
			f using ($6 > 0 ? $6 : NaN):($1 - 5):(0):(10):(colour($9)) \
				with vectors nohead lw 1.3 lc rgb variable, \
			f using ($5 > 0 ? $5 : NaN):1 with points pt 7 ps 0.4 lc rgb 0xffffff, \
			f using ($5 > 0 ? $5 : NaN):1:(colour($9)) with points pt 6 ps 0.4 \
				lw 1.1 lc rgb variable, \
			f using ($7 > 0 ? NaN : $2):1:($10 > 0 ? 13 : 7):(colour($9)) \
				with points ps 0.6 pt variable lc rgb variable, \
			f using ($7 > 0 ? $7 : NaN):1:(colour($9)) \
				with points pt 7 ps 0.6 lc rgb variable, \
			f using ($7 > 0 ? $8 : NaN):1:(colour($9)) \
				with points pt 7 ps 0.6 lc rgb variable
	}
	if (kind[p] == 1 || kind[p] == 2) {
		set logscale x 2
		set logscale y 10
		set border 3
		set grid ytics lt 1 lc rgb faint lw 0.7
		plot for [s = 0:styles - 1] f \
				using 1:(kind[p] == 2 && $7 == s ? $4 : NaN):5 \
				with filledcurves fc rgb colour(s) \
				fs transparent solid 0.2 noborder, \
			f using 1:4:(0):($5 - $4):(colour($7)) \
				with vectors nohead lc rgb variable lw 1.1, \
			for [d = 0:3] f using 1:(dash($7, $8) == d ? $3 : NaN):(colour($7)) \
				with lines lc rgb variable lw (d ? 1.6 : 1.8) dt d + 1, \
			f using 1:($6 == 0 ? $3 : NaN):(filled($7, $8)):(colour($7)) \
				with points ps 0.5 pt variable lc rgb variable, \
			f using 1:($6 == 1 ? $3 : NaN):(filled($7, $8)) \
				with points ps 0.52 pt variable lc rgb 0xffffff, \
			f using 1:($6 == 1 ? $3 : NaN):(hollow($7, $8)):(colour($7)) \
				with points ps 0.52 lw 1.2 pt variable lc rgb variable
	}
	if (kind[p] == 3) {
		unset logscale
		set border 0
		set tics scale 0,0
		set cbrange [0:1]
		set colorbox user origin (right[p] + 10) / W, bottom[p] / H \
			size 12.0 / W, (top[p] - bottom[p]) / H noborder
		unset cbtics
		small = x_high[p] < 17
		half = small ? 0.485 : 0.51
		plot f using ($3 >= 0 ? $1 : NaN):2:(half):(half):3 \
				with boxxyerror fs solid noborder lc palette, \
			f using ($3 < 0 ? $1 : NaN):2:(half):(half) \
				with boxxyerror fs solid noborder lc rgb faint, \
			f using ($3 < 0 && small ? $1 : NaN):2:(half):(half) \
				with boxxyerror fs transparent pattern 4 lc rgb mute, \
			f using ($3 >= 0 && small ? $1 : NaN):2:4:($3 > 0.5 ? 0x1a1a1a : 0xffffff) \
				with labels center noenhanced font ",11" tc rgb variable
		set tics scale 0.6,0.3
	}
	if (kind[p] == 4) {
		unset logscale
		set border 3
		set grid ytics lt 1 lc rgb faint lw 0.7
		plot f using ($1 == 2 ? $2 : NaN):(y_low[p]):(0):($3 - y_low[p]):(colour($6)) \
				with vectors nohead lw 1.1 dt 2 lc rgb variable, \
			f using ($1 == 0 ? $2 : NaN):4:(0):($5 - $4) \
				with vectors nohead lw 1.1 lc rgb 0xb9c4cc, \
			f using ($1 == 0 ? $2 : NaN):3 with points pt 7 ps 0.42 \
				lc rgb 0x7b8b97, \
			f using ($1 == 3 ? $2 : NaN):3 with points pt 8 ps 0.6 \
				lc rgb 0x7b8b97, \
			f using ($1 == 4 ? $2 : NaN):3 with points pt 10 ps 0.6 \
				lc rgb 0x7b8b97, \
			f using ($1 == 1 ? $4 : NaN):3:($5 - $4):(0) \
				with vectors nohead lw 2.2 lc rgb fg
	}
}
