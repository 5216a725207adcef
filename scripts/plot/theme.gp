# SPDX-License-Identifier: MIT
# theme.gp - the look that all figures share, and the tables that say where
# things stand.  By hand, in the folder plots/ of a run:
#
#   gnuplot -d -e "figure='throughput'; out='svg'" theme.gp panels.gp text.gp
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
colour(i) = int(word(colours, int(i) + 1))
ink(i) = int(word(inks, int(i) + 1))
# Lines of one style differ in shape and dashes: line k, from 0, takes the
# k-th after its style's own.
filled_points = "2 7 5 9 13 11 15"
hollow_points = "6 6 4 8 12 10 14"
first_point = "0 1 2 3 4 5 6 5 6 1 2 3"
first_dash = "0 0 0 0 0 0 0 1 1 0 0 0"
point(s, k) = k == 0 ? int(word(first_point, int(s) + 1)) : \
	1 + (int(word(first_point, int(s) + 1)) + 5 + int(k)) % 6
filled(s, k) = int(word(filled_points, point(s, k) + 1))
hollow(s, k) = int(word(hollow_points, point(s, k) + 1))
dash(s, k) = (int(word(first_dash, int(s) + 1)) + int(k)) % 4
set dashtype 2 (12,6)
set dashtype 3 (3,5)
set dashtype 4 (14,5,3,5)
# Of cells: as light as the value is large, and told apart in any vision.
set palette defined (0 "#00224e", 1 "#173b6f", 2 "#45526c", 3 "#666970", \
	4 "#828079", 5 "#a49a73", 6 "#c8b565", 7 "#fde545")
fg = 0x333333
mute = 0x6e6e6e
faint = 0xd4d4d4

# width height kind left right bottom top x_low x_high y_low y_high file
panels = 0
array kind[16]; array left[16]; array right[16]; array bottom[16]
array top[16]; array x_low[16]; array x_high[16]; array y_low[16]
array y_high[16]; array file[16]
stats data("panels") using (panels = panels + 1, W = $1, H = $2, \
	kind[panels] = $3, left[panels] = $4, right[panels] = $5, \
	bottom[panels] = $6, top[panels] = $7, x_low[panels] = $8, \
	x_high[panels] = $9, y_low[panels] = $10, y_high[panels] = $11, \
	file[panels] = strcol(12), $1) nooutput

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
set key noautotitle
unset key
# The frame of panel p, with its own ticks.
fx(i, p) = tick_panel[i] == p && tick_axis[i] == 0
fy(i, p) = tick_panel[i] == p && tick_axis[i] == 1
