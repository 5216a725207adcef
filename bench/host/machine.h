/* SPDX-License-Identifier: MIT */
/*
 * machine.h - what has to be known of a machine to believe its figures.
 */
#ifndef SY_MACHINE_H
#define SY_MACHINE_H

#include <jansson.h>
#include <stddef.h>

struct sy_topology;

#define SY_MACHINE_ID_BYTES 17 /* 16 hexadecimal digits and a NUL */

/*
 * The same for the same kind of machine whatever its name, memory size or
 * kernel: a hash of CPU model, PU count, caches and virtualisation.
 */
void sy_machine_id(const struct sy_topology *topology,
                   char id[SY_MACHINE_ID_BYTES]);

/*
 * A new object with everything that machine.json holds of the host: CPU,
 * caches, counts, kernel, preemption mode, HZ, clock source, cpuidle driver,
 * governor, turbo, SMT, THP, autogroup, isolated CPUs, mitigations,
 * virtualisation, load, steal, limits, cgroup quota, timer slack, libc and
 * libraries, compiler, flags, build type and git commit, and what doctor.h
 * finds in them.  A fact that this system does not tell is null, and so is the
 * machine's shape without a topology (NULL).  NULL: no memory.
 */
json_t *sy_machine_facts(const struct sy_topology *topology);

/* One line that a person knows the machine by, from its facts. */
#define SY_MACHINE_LINE_BYTES 200
void sy_machine_line(const json_t *facts, char line[SY_MACHINE_LINE_BYTES]);

/* Cost and resolution of CLOCK_MONOTONIC, measured, in nanoseconds. */
void sy_machine_clock(double *cost_ns, double *resolution_ns);

#endif /* SY_MACHINE_H */
