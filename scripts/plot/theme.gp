# SPDX-License-Identifier: MIT
# theme.gp - the look that all figures share, and the tables that say where
# things stand.  By hand, in the folder plots/ of a run:
#
#   gnuplot -d -e "figure='throughput'; out='svg'" theme.gp throughput.gp text.gp
#
# (with the paths of these files; `out` is svg or png).  Everything that
# varies is in data/: no name is ever part of a script.

set encoding utf8
data(table) = sprintf("data/%s_%s.dat", figure, table)

# Okabe and Ito's colours, which the colour-blind can tell apart: blues for
# threads, oranges for processes, green and purple for what runs in user
# space.  A variant has its model's shape, in a lighter hue and dashed.  In
# the order of sy_model_style: serial threads semaphore fork pool coroutine
# eventloop coroutine.ucontext eventloop.poll, and three greys for others.
styles = 12
colours = "0x7f7f7f 0x0072b2 0x56b4e9 0xd55e00 0xe69f00 0x009e73 \
0x882255 0x6cc9ae 0xcc79a7 0x999999 0xb0b0b0 0x666666"
# Darker for text: on white, sky blue and orange have a contrast of 2.2 : 1.
inks = "0x6a6a6a 0x0072b2 0x2b7fbd 0xb84a00 0x946300 0x007a59 \
0x882255 0x2d8168 0xa8487c 0x6a6a6a 0x6a6a6a 0x555555"
filled = "2 7 5 9 13 11 15 11 15 7 5 9"
hollow = "6 6 4 8 12 10 14 10 14 6 4 8"
colour(i) = int(word(colours, int(i) + 1))
ink(i) = int(word(inks, int(i) + 1))
variant(i) = i >= 7
fg = 0x333333
mute = 0x6e6e6e
faint = 0xd4d4d4

# width height kind left right bottom top x_low x_high y_low y_high mark
panels = 0
array kind[8]; array left[8]; array right[8]; array bottom[8]; array top[8]
array x_low[8]; array x_high[8]; array y_low[8]; array y_high[8]; array mark[8]
stats data("panels") using (panels = panels + 1, W = $1, H = $2, \
	kind[panels] = $3, left[panels] = $4, right[panels] = $5, \
	bottom[panels] = $6, top[panels] = $7, x_low[panels] = $8, \
	x_high[panels] = $9, y_low[panels] = $10, y_high[panels] = $11, \
	mark[panels] = $12, $1) nooutput

# panel axis value minor label
ticks = 0
array tick_panel[1024]; array tick_axis[1024]; array tick_at[1024]
array tick_minor[1024]; array tick_label[1024]
stats data("ticks") using (ticks = ticks + 1, tick_panel[ticks] = $1, \
	tick_axis[ticks] = $2, tick_at[ticks] = $3, tick_minor[ticks] = $4, \
	tick_label[ticks] = strcol(5), $1) nooutput

# "Inter" where it is installed, else what the viewer has without serifs.
# An svg has a viewBox and no size of its own; a png has twice the pixels.
if (out eq "svg") {
	set term svg size W,H dynamic enhanced font "Inter, sans-serif,14" \
		name figure butt dashlength 0.6 background rgb "white"
} else {
	set term pngcairo size 2*W,2*H enhanced font "Inter, sans-serif,14" \
		fontscale 1.5 linewidth 2 pointscale 2.7 butt dashlength 0.6 \
		background rgb "white"
}
set output sprintf("%s.%s.part", figure, out)

set border 3 lc rgb mute lw 0.8
set tics nomirror out scale 0.6,0.3 textcolor rgb fg font ",12.5"
# The two terminals put them at different distances below the axis.
set xtics offset 0, (out eq "svg" ? 0.55 : 0.3)
unset key
do for [i = 0:styles - 1] {
	if (variant(i)) {
		set style line i + 1 lc rgb colour(i) lw 1.6 dt (12,6)
	} else {
		set style line i + 1 lc rgb colour(i) lw 1.8 dt solid
	}
}

# The frame of panel p, with its own ticks.
fx(i, p) = tick_panel[i] == p && tick_axis[i] == 0
fy(i, p) = tick_panel[i] == p && tick_axis[i] == 1
