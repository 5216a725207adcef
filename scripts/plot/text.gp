# SPDX-License-Identifier: MIT
# text.gp - the last layer of every figure: texts and the lines that lead to
# labels, in pixels of the canvas.  The classes are those of figure_parts.h.

unset arrow
unset border
unset tics
unset grid
unset logscale
set lmargin at screen 0
set rmargin at screen 1
set bmargin at screen 0
set tmargin at screen 1
set xrange [0:W]
set yrange [0:H]
t = data("text")
# A long one crosses the panel: dotted, so that it is not taken for data.
long = 45
plot data("lines") using ($3 <= long ? $1 : NaN):2:3:4:(colour($5)) \
		with vectors nohead lw 0.6 lc rgb variable, \
	data("lines") using ($3 > long ? $1 : NaN):2:3:4:(colour($5)) \
		with vectors nohead lw 0.7 dt (2,8) lc rgb variable, \
	t using ($3 == 0 ? $1 : NaN):2:5 with labels left noenhanced \
		font ",13" tc rgb mute, \
	t using ($3 == 1 ? $1 : NaN):2:5 with labels left noenhanced \
		font ",12.5" tc rgb mute, \
	t using ($3 == 2 ? $1 : NaN):2:5:(ink($4)) with labels left noenhanced \
		font ",12.5" tc rgb variable, \
	t using ($3 == 3 ? $1 : NaN):2:5 with labels left noenhanced \
		font ",11" tc rgb mute, \
	t using ($3 == 4 ? $1 : NaN):2:5 with labels center noenhanced \
		font ",11" tc rgb mute, \
	t using ($3 == 5 ? $1 : NaN):2:5 with labels right noenhanced \
		font ",12.5" tc rgb fg, \
	t using ($3 == 6 ? $1 : NaN):2:5 with labels center noenhanced \
		font ",12.5" tc rgb fg
unset multiplot
unset output
