/* SPDX-License-Identifier: MIT */
/*
 * live.h - two programs compared, slice by slice.
 *
 * A visit is one set of one point: a fresh worker of each side, bound alike,
 * given the same point and the same number of operations a slice (found on
 * OLD, once a point), asked in pairs of neighbours in a seeded random order.
 * The driver goes around the suite in passes, each in a random order, so that
 * the sets of a point are spread over the whole of the comparison and a bad
 * minute of the machine costs every point a little instead of one point all.
 * Behind each visit a pair of the sentinel: two workers of OLD that hold the
 * plain kernel and live as long as the comparison.
 *
 * A point is left alone once its interval is narrow enough, never because a
 * test has come out; its time is the others'.  A worker that dies, hangs past
 * the limit or answers nonsense ends its point: outcome, side and reason.
 */
#ifndef SY_LIVE_H
#define SY_LIVE_H

#include "compare/comparison.h"
#include "engine/measure.h"

/* What a visit takes, workers apart, and the fewest rounds of it. */
#define SY_VISIT_NS UINT64_C(200000000)
#define SY_VISIT_ROUNDS_LEAST 4
/* Half of the interval, as a share, at which a point is known well enough, with
   the sets of sy_judge_sets. */
#define SY_WIDTH 0.005
/* Wall time a point, both sides and their starts: 4 s a side. */
#define SY_COMPARE_POINT_NS UINT64_C(8000000000)

struct sy_live {
	struct sy_plan *plan; /* resolved; budget, slice, limit, seed */
	double width;         /* SY_WIDTH; 0: go on to the end of the budget */
	bool anyway;          /* unlike builds are compared, and said to be */
	uint64_t visit_ns;    /* 0: SY_VISIT_NS */
	const char *programs[SY_SIDES]; /* paths to be exec'd */
	int cancel_fd;                  /* readable: stop; or -1 */
	/* Between slices; nonzero stops as cancel_fd does.  A set is a pass,
	   and how many there will be is a guess; a group is one of the pass's
	   points. */
	int (*progress)(void *data, const struct sy_progress *progress);
	void *data;
};

/*
 * Compares and judges.  The comparison has been initialised and has room for
 * the plan's points, whose names and outcomes ABSENT the caller has filled in
 * where this machine lacks them.  What is returned is an error of the whole:
 * -ENOEXEC: a side is no such program, with the reason; -EPROTO: it speaks
 * another protocol; -EXDEV: the sides' builds are unlike (type or sanitizer);
 * -EIO: OLD fails at the plain kernel, by which work is sized and which is the
 * sentinel; -ENOMEM, -EMFILE, -EAGAIN.  Errors of a point are that point's, and
 * their reasons do not name the side.  Where it was stopped, what there is has
 * been judged: 0, with `interrupted`.
 */
int sy_compare_live(const struct sy_live *live,
                    struct sy_comparison *comparison, struct sy_reason *reason);

#endif /* SY_LIVE_H */
