/* SPDX-License-Identifier: MIT */
/*
 * summary.h - results.json: estimates, verdicts and the same as Google
 * Benchmark writes them, made from the samples of a session.
 */
#ifndef SY_SUMMARY_H
#define SY_SUMMARY_H

#include <jansson.h>

#include "engine/measure.h"

/* Less than this is never called a difference. */
#define SY_FLOOR 0.03

/*
 * Judges the points (a hand-off whose switches were not what it declares
 * becomes SY_INVALID) and gives the whole of results.json; `machine` is the
 * object of sy_machine_facts.  The session's latencies are let go of as they
 * are summed up: those of a large sweep are not held twice.  NULL: no memory.
 */
json_t *sy_summary(const struct sy_plan *plan, struct sy_session *session,
                   const json_t *machine, const char *machine_id);

/* Whether a figure is the server's limit and not the model's. */
bool sy_server_limited(const struct sy_point *point,
                       const struct sy_result *result);

/* What the figure of a finding is called: "lost_share", "most_inside". */
#define SY_FINDING_BYTES 48
char *sy_finding_share(const struct sy_finding *finding,
                       char name[SY_FINDING_BYTES]);

/* The spread of the kernel against itself, as a share; negative: not known. */
double sy_summary_noise(const struct sy_session *session);

#endif /* SY_SUMMARY_H */
