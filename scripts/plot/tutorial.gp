# SPDX-License-Identifier: MIT
# tutorial.gp - every construct of the tutorial in Python and in C: what an
# operation takes, on one axis, and how many times as long it takes in Python.
# In the folder where scripts/study-tutorial wrote tutorial.tsv:
#
#   gnuplot -d -e "out='svg'" tutorial.gp
#
# (with the path of this file; `out` is svg or png).  Names are read from the
# table and only ever drawn: they are no part of the script.

set encoding utf8
set datafile separator tab
table = "tutorial.tsv"

# The look of the other figures: theme.gp.
fg = 0x333333
mute = 0x6e6e6e
faint = 0xd4d4d4
ours = 0x0072b2
theirs = 0xd55e00
ours_ink = 0x0072b2
theirs_ink = 0xb84a00

# Lines beside Python come first, one a construct, then others; notes last, in
# comments.
rows = 0
notes = 0
low = 1e9
high = 1
array ratio[256]
array met[256]
least(a, b) = b < a ? b : a
most(a, b) = b > a ? b : a
number(x) = x == x && x > 0
take(beside, theirs_ns, ours_ns, times, judged) = beside eq "python" ? \
	(rows = rows + 1, ratio[rows] = number(times) ? times : 0, \
	met[rows] = judged, \
	low = number(ours_ns) ? least(low, ours_ns) : low, \
	high = number(ours_ns) ? most(high, ours_ns) : high, \
	low = number(theirs_ns) ? least(low, theirs_ns) : low, \
	high = number(theirs_ns) ? most(high, theirs_ns) : high, 1) : 1
figure_of(text) = text eq "NaN" ? 0 : real(text)
stats table skip 1 using (take(strcol(3), figure_of(strcol(4)), figure_of(strcol(7)), \
	figure_of(strcol(10)), strcol(15))) nooutput
is_note(text) = text[1:2] eq "# "
set datafile commentschars ""
stats table skip 1 using (notes = notes + is_note(strcol(1)), 1) nooutput
set datafile commentschars "#"
unmet = 0
do for [i = 1:rows] {
	unmet = unmet + (met[i] eq "no")
}

W = 860
row = 30
head = 96 + 18 * notes
foot = 44
H = head + row * rows + foot
left = 250.0 / W
right = 1 - 128.0 / W

if (out eq "svg") {
	set term svg size W,H dynamic enhanced font "Inter, sans-serif,14" \
		name "tutorial" butt dashlength 0.6 background rgb "white"
} else {
	set term pngcairo size 2*W,2*H enhanced font "Inter, sans-serif,14" \
		fontscale 1.5 linewidth 2 pointscale 2.7 butt dashlength 0.6 \
		background rgb "white"
}
set output sprintf("tutorial.%s.part", out)

set multiplot
set lmargin at screen left
set rmargin at screen right
set bmargin at screen real(foot) / H
set tmargin at screen 1 - (head - 4.0) / H
set border 1 lc rgb mute lw 0.8
set tics nomirror out scale 0.6,0.3 textcolor rgb fg font ",12.5"
set grid xtics lt 1 lc rgb faint lw 0.7
set logscale x 10
# Room for what is written beside the points.
set xrange [low / 20:high * 12]
set yrange [rows - 0.5:-0.5]
unset key
set xtics ("1 ns" 1, "10 ns" 10, "100 ns" 100, "1 µs" 1e3, "10 µs" 1e4, \
	"100 µs" 1e5, "1 ms" 1e6, "10 ms" 1e7, "100 ms" 1e8)
set xtics offset 0, (out eq "svg" ? 0.55 : 0.3)
set ytics scale 0 noenhanced
# Three digits, or as many as there are before the point.
digits(v) = v < 9.995 ? sprintf("%.2f", v) : v < 99.95 ? sprintf("%.1f", v) \
	: sprintf("%.0f", v)
span(ns) = ns < 999.5 ? digits(ns) . " ns" : ns < 999.5e3 ? \
	digits(ns / 1e3) . " µs" : digits(ns / 1e6) . " ms"
python(i) = stringcolumn(3) eq "python" ? column(i) : NaN
# The longer one's figure is written to its right, the other's to its left.
longer(i, j) = column(i) > column(j)
# Their ground hides the grid.
set style textbox opaque noborder fillcolor rgb "white" margins 0.4,0.2
to_the_left = 'boxed right offset character -1, 0 noenhanced font ",12.5"'
to_the_right = 'boxed left offset character 1, 0 noenhanced font ",12.5"'
times(v) = v > 0 ? digits(v) . " x" : "–"
do for [i = 1:rows] {
	set label i times(ratio[i]) at screen (1 - 20.0 / W), first (i - 1) \
		right noenhanced font ",13" tc rgb fg
	if (met[i] eq "no") {
		set label rows + i "*" at screen (1 - 18.0 / W), first (i - 1) \
			left noenhanced font ",13" tc rgb fg
	}
}
plot table skip 1 using (python(7)):0:(python(4) - python(7)):(0):ytic(1) \
		with vectors nohead lw 1 lc rgb faint, \
	table skip 1 using (python(8)):0:(python(9) - python(8)):(0) \
		with vectors nohead lw 2 lc rgb ours, \
	table skip 1 using (python(5)):0:(python(6) - python(5)):(0) \
		with vectors nohead lw 2 lc rgb theirs, \
	table skip 1 using (python(7)):0 with points pt 7 ps 0.6 lc rgb ours, \
	table skip 1 using (python(4)):0 with points pt 13 ps 0.75 lc rgb theirs, \
	table skip 1 using (longer(7, 4) ? NaN : python(8)):0:(span(column(7))) \
		with labels @to_the_left tc rgb ours_ink, \
	table skip 1 using (longer(7, 4) ? python(9) : NaN):0:(span(column(7))) \
		with labels @to_the_right tc rgb ours_ink, \
	table skip 1 using (longer(7, 4) ? python(5) : NaN):0:(span(column(4))) \
		with labels @to_the_left tc rgb theirs_ink, \
	table skip 1 using (longer(7, 4) ? NaN : python(6)):0:(span(column(4))) \
		with labels @to_the_right tc rgb theirs_ink

# Title, notes and key, in pixels of the canvas.
unset label
unset border
unset tics
unset grid
unset logscale
set lmargin at screen 0
set rmargin at screen 1
set bmargin at screen 0
set tmargin at screen 1
set xrange [0:W]
set yrange [H:0]
set label "{/:Bold=17 What an operation takes in Python and in C}" \
	at 20, 24 left tc rgb fg
set label "in C" at 36, head - 30 left noenhanced font ",13" tc rgb ours_ink
set label "in Python" at 96, head - 30 left noenhanced font ",13" \
	tc rgb theirs_ink
set label "median, bars: 95 % interval" at 190, head - 30 left noenhanced \
	font ",13" tc rgb mute
set label "Python / C" at W - 20, head - 30 right noenhanced font ",13" \
	tc rgb mute
if (unmet > 0) {
	set label "* does not meet its limit with all of its interval" at \
		400, head - 30 left noenhanced font ",13" tc rgb mute
}
seen = 0
set datafile commentschars ""
plot table skip 1 using (is_note(strcol(1)) ? 20 : NaN):\
		(is_note(strcol(1)) ? (seen = seen + 1, 32 + 18 * seen) : NaN):\
		(strcol(1)[3:*]) \
		with labels left noenhanced font ",13" tc rgb mute, \
	"+" using (26):(head - 30) every ::0::0 with points pt 7 ps 0.6 lc rgb ours, \
	"+" using (86):(head - 30) every ::0::0 with points pt 13 ps 0.75 \
		lc rgb theirs
unset multiplot
unset output
