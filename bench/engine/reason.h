/* SPDX-License-Identifier: MIT */
/*
 * reason.h - one line that says what went wrong, where, and what to do.
 *
 * Library functions return a negative errno and, where a number says too
 * little, fill a reason; only the verbs print it.
 */
#ifndef SY_REASON_H
#define SY_REASON_H

#define SY_REASON_BYTES 400

struct sy_reason {
	char text[SY_REASON_BYTES];
};

/* Formats the reason, control characters replaced; returns `error` unchanged. */
int sy_reason(struct sy_reason *reason, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* What an error of a model's or a mechanism's run means. */
const char *sy_run_error(int error);

#endif /* SY_REASON_H */
