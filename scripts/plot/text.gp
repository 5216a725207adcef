# SPDX-License-Identifier: MIT
# text.gp - the last layer of every figure: its key, texts and the lines that
# lead to labels, in pixels of the canvas.  The classes are those of figure_parts.h.

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
k = data("key")
# Titles and headings alone are read for markup: they are the program's own.
bold(size, text) = sprintf("{/:Bold=%d %s}", size, text)
# A long one crosses the panel: dotted, so that it is not taken for data.
long = 45
plot k using ($3 == 3 ? $1 : NaN):2:(20):(0) with vectors nohead lw 1 lc rgb fg, \
	k using ($3 == 0 ? $1 - 8 : NaN):2:(16):(0) \
		with vectors nohead lw 2 lc rgb fg, \
	k using ($3 == 2 ? $1 : NaN):($2 - 5):(0):(10) \
		with vectors nohead lw 1.3 lc rgb fg, \
	k using ($3 == 0 || $3 == 3 ? $1 : NaN):2 with points pt 7 ps 0.6 lc rgb fg, \
	k using ($3 == 3 ? $1 + 20 : NaN):2 with points pt 7 ps 0.6 lc rgb fg, \
	k using ($3 == 1 ? $1 : NaN):2 with points pt 6 ps 0.4 lw 1.1 lc rgb fg, \
	k using ($3 == 4 ? $1 : NaN):2 with points pt 13 ps 0.6 lc rgb fg, \
	k using ($3 == 5 ? $1 : NaN):2:(6):(6) with boxxyerror fs solid noborder \
		lc rgb faint, \
	k using ($3 == 5 ? $1 : NaN):2:(6):(6) with boxxyerror \
		fs transparent pattern 4 lc rgb mute, \
	data("lines") using ($3 <= long ? $1 : NaN):2:3:4:(colour($5)) \
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
		font ",12.5" tc rgb fg, \
	t using ($3 == 7 ? $1 : NaN):2:5 with labels right noenhanced \
		font ",11" tc rgb mute, \
	t using ($3 == 8 ? $1 : NaN):2:(bold(17, strcol(5))) with labels left \
		tc rgb fg, \
	t using ($3 == 9 ? $1 : NaN):2:(bold(14, strcol(5))) with labels left \
		tc rgb fg, \
	t using ($3 == 10 ? $1 : NaN):2:5 with labels center rotate by 90 \
		noenhanced font ",12.5" tc rgb fg
unset multiplot
unset output
