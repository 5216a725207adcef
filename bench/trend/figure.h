/* SPDX-License-Identifier: MIT */
/*
 * figure.h - the history of a point as a figure: its runs in order with their
 * intervals, the levels, and where these changed, named by the commits.
 *
 * As the figures of a run (results/figures.h): everything that varies goes to
 * data files, names too, and the scripts of scripts/plot draw it.
 */
#ifndef SY_TREND_FIGURE_H
#define SY_TREND_FIGURE_H

#include "trend/trend.h"

/* Each takes half a second; a table of more is read, not looked at. */
#define SY_TREND_FIGURES 24

/* Marks what is drawn: the points that changed, in the order in which they are
   listed, and where `all`, then the others; SY_TREND_FIGURES at most.  How
   many, and how many more there would be; -ENOMEM. */
int sy_trend_choose(struct sy_trend *trend, bool all, size_t *chosen,
                    size_t *left);

/*
 * Draws DIR/NAME.{svg,png} of each point that is marked, with its data in
 * DIR/data; the folder is made, but not its parent.  Errors as those of
 * sy_figures_draw, with `why`; -EACCES and such: DIR cannot be written.  What
 * was not drawn is not marked any more.
 */
int sy_trend_draw(struct sy_trend *trend, const char *dir,
                  const char *scripts_dir, char *why, size_t why_bytes);

/* Writes the data of one figure; -ENOMEM, or an error of a file. */
int sy_trend_figure_write(const struct sy_history *history,
                          const struct sy_trend_point *point, int dir_fd);

#endif /* SY_TREND_FIGURE_H */
