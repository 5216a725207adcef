/* SPDX-License-Identifier: MIT */
/*
 * trial.h - something that may crash, hang or eat the memory, tried in a child
 * process first.
 */
#ifndef SY_TRIAL_H
#define SY_TRIAL_H

/*
 * Calls `attempt`, which returns 0 or a negative errno, in a child with 20
 * seconds of CPU time and a gibibyte of memory more than there is.  Returns
 * what it returned; -EINVAL where it died, or said anything on standard error;
 * -ENOMEM, -EAGAIN: there is no child to be had.
 */
int sy_trial(int (*attempt)(const void *data), const void *data);

#endif /* SY_TRIAL_H */
