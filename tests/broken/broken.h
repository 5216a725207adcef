/* SPDX-License-Identifier: MIT */
/*
 * broken.h - models that are wrong on purpose, each in one way of its own.
 *
 * They stand beside the real ones in a program that is only built for tests:
 * what it prints shows that a wrong answer is never a number.
 */
#ifndef SY_BROKEN_H
#define SY_BROKEN_H

#include "model.h"

extern const struct sy_model sy_broken_value; /* a bit of one value */
extern const struct sy_model sy_broken_late;  /* the same, but not at first */
extern const struct sy_model sy_broken_lost;  /* the last task is not run */
extern const struct sy_model sy_broken_twice; /* one is run again */
extern const struct sy_model sy_broken_other; /* one in another's place */
extern const struct sy_model sy_broken_crash; /* in run */
extern const struct sy_model sy_broken_hang;  /* in run */
extern const struct sy_model sy_broken_open;  /* fails to open */
extern const struct sy_model sy_broken_switches; /* claims what it makes not */
extern const struct sy_model sy_broken_absent;

/* overflow.c */
extern const struct sy_model sy_broken_overflow; /* into a guard page */
extern const struct sy_model sy_broken_canary;   /* into a canary */

/* promises.c: of meeting places */
extern const struct sy_model sy_broken_lock;   /* everybody gets it */
extern const struct sy_model sy_broken_gate;   /* lets one more in */
extern const struct sy_model sy_broken_event;  /* stays set */
extern const struct sy_model sy_broken_notify; /* wakes one more */
extern const struct sy_model sy_broken_timer;  /* runs at once */
extern const struct sy_model sy_broken_cancel; /* runs all the same */

/* crowd.c: mechanisms of idle and spawn; it carries out no tasks. */
extern const struct sy_model sy_crowd;

#endif /* SY_BROKEN_H */
