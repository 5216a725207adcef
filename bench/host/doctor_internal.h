/* SPDX-License-Identifier: MIT */
/*
 * doctor_internal.h - how a check reads facts and says what it found.
 *
 * A check is a pure function from facts to one finding.  Facts are read with
 * the functions below, which take what is null, missing or of another type as
 * not known.
 */
#ifndef SY_DOCTOR_INTERNAL_H
#define SY_DOCTOR_INTERNAL_H

#include <jansson.h>
#include <stdbool.h>

enum sy_level { SY_OK, SY_UNKNOWN, SY_NOTE, SY_WARNING };

#define SY_VALUE_BYTES 256
/* Room for a path of a cgroup; a longer command is left out. */
#define SY_COMMAND_BYTES 1024

struct sy_finding {
	enum sy_level level;
	char value[SY_VALUE_BYTES];     /* "": not known */
	const char *meaning;            /* static */
	char command[SY_COMMAND_BYTES]; /* "": none */
	const char *reason;             /* static, or NULL */
};

struct sy_check {
	const char *name;
	bool brief; /* its notes stand under every table, as warnings do */
	void (*look)(const json_t *facts, struct sy_finding *finding);
};

/* The checks by area, each list ended by a NULL name. */
extern const struct sy_check sy_build_checks[], sy_sharing_checks[],
	sy_cpu_checks[], sy_kernel_checks[], sy_limit_checks[];

/* facts[part][key], or facts[key] where part is NULL; NULL: not known. */
const json_t *sy_fact(const json_t *facts, const char *part, const char *key);
const char *sy_fact_text(const json_t *facts, const char *part,
                         const char *key);
/* False: not known, and *number is left alone. */
bool sy_fact_number(const json_t *facts, const char *part, const char *key,
                    double *number);
/* Who the hypervisor or the container is of; NULL: none that is known. */
const char *sy_fact_guest(const json_t *facts);
const char *sy_fact_container(const json_t *facts);
/* PUs that can be used here, at least 1. */
double sy_fact_pus(const json_t *facts);

/* `meaning` is static; the rest formats the value. */
void sy_found(struct sy_finding *finding, enum sy_level level,
              const char *meaning, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
void sy_not_known(struct sy_finding *finding, const char *meaning,
                  const char *reason);
void sy_change_by(struct sy_finding *finding, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/*
 * "echo TEXT > FILE".  A file that a shell would not take as it stands is put
 * in quotes; in a container `reason` is given instead, since its limits are
 * set from outside.
 */
void sy_change_file(struct sy_finding *finding, const json_t *facts,
                    const char *text, const char *file);

#endif /* SY_DOCTOR_INTERNAL_H */
