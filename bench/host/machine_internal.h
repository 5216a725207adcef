/* SPDX-License-Identifier: MIT */
/*
 * machine_internal.h - the parts that machine facts and limits are made of.
 *
 * Everything is read below `root`: "" for this machine, a folder of made-up
 * /proc and /sys files in tests.  What a system does not tell is null, or
 * UINT64_MAX where it is a number.  The json_t functions return a new object,
 * or NULL where there is no memory.
 */
#ifndef SY_MACHINE_INTERNAL_H
#define SY_MACHINE_INTERNAL_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "limits.h"
#include "machine.h"

#define SY_PATH_BYTES 4096
#define SY_FACT_LINE_BYTES 4096

/* machine_files.c: `path` is relative to `root` and starts with a slash. */

/* The first line, without its end.  False: no such file, or it is empty. */
bool sy_file_line(const char *root, const char *path, char *line, size_t bytes);
/* A number that is the whole first line; UINT64_MAX: none ("max", -1, ...). */
uint64_t sy_file_number(const char *root, const char *path);
/*
 * What follows `key` and blanks, ':' or '=' on the first line that starts so.
 * `line` may not be longer than SY_FACT_LINE_BYTES.
 */
bool sy_file_field(const char *root, const char *path, const char *key,
                   char *value, size_t bytes);
/* The first number of such a line. */
uint64_t sy_file_field_number(const char *root, const char *path,
                              const char *key);
/* CPUs in a list such as "0-3,8"; 0: malformed. */
unsigned sy_cpu_list_count(const char *list);
/* The same of a file; 0 also where it is not there. */
unsigned sy_file_cpu_count(const char *root, const char *path);

/* A string or null; a whole number or null for UINT64_MAX. */
json_t *sy_json_text(const char *text);
json_t *sy_json_number(uint64_t number);
json_t *sy_json_file(const char *root, const char *path);
/* "0" is false, "1" is true, anything else null. */
json_t *sy_json_switch(const char *root, const char *path, bool inverted);
/* json_object_set_new that also fails for a NULL object. */
int sy_json_put(json_t *object, const char *key, json_t *value);

/* machine_cgroup.c */

/*
 * Calls `see` for the cgroup of this process and for each one above it, in
 * the v1 hierarchy of `controller` and in the v2 hierarchy, as far as they
 * are mounted.  `folder` is relative to `root`.
 */
typedef void sy_cgroup_see(const char *root, const char *folder, bool v2,
                           void *data);
void sy_cgroup_walk(const char *root, const char *controller,
                    sy_cgroup_see *see, void *data);
/* "folder/name", and the number that is in this file. */
const char *sy_cgroup_path(char path[SY_PATH_BYTES], const char *folder,
                           const char *name);
uint64_t sy_cgroup_number(const char *root, const char *folder,
                          const char *name);
/*
 * What the cgroups leave: more tasks, more bytes.  UINT64_MAX: no limit.
 * `file`, or NULL, is the one that allows the fewest tasks, "" where none does.
 */
uint64_t sy_cgroup_tasks_free(const char *root, char file[SY_PATH_BYTES]);
uint64_t sy_cgroup_memory_free(const char *root);

/* limits.c */

/* Threads of the whole system: the 103 of "0.20 0.06 0.01 5/103 6508"; 0: the
   kernel does not tell. */
uint64_t sy_threads_alive(const char *root);

/* machine_cgroup_cpu.c */

/* The smallest quota of CPU time. */
struct sy_cgroup_quota {
	double cpus; /* that may be used at once; 0: no quota */
	bool seen;   /* any cgroup at all */
	bool v2;
	char folder[SY_PATH_BYTES]; /* that sets it */
};
void sy_cgroup_quota_read(const char *root, struct sy_cgroup_quota *quota);
/*
 * The files that limit CPU time, CPUs and tasks (`tasks_file`, as from
 * sy_cgroup_tasks_free), how often the quota ran out, and the cpuset.
 */
json_t *sy_cgroup_facts(const char *root, const struct sy_cgroup_quota *quota,
                        const char *tasks_file);

/* machine.c */

struct utsname;
/* The facts of a machine of files below `root`, run by user `uid`. */
json_t *sy_machine_facts_at(const char *root, uint64_t uid,
                            const struct utsname *name, const char *signature,
                            const struct sy_topology *topology);

/* limits.c */

/* The soft RLIMIT_NPROC of this process. */
uint64_t sy_limits_processes(void);
/* `processes` is that of user `uid`; `file` as in sy_cgroup_tasks_free. */
void sy_limits_read_at(const char *root, uint64_t processes, uint64_t uid,
                       char file[SY_PATH_BYTES], struct sy_limits *limits);

/* machine_virtual.c */

/* What CPUID says of a hypervisor ("KVMKVMKVM"); "" for none or not x86. */
#define SY_HYPERVISOR_BYTES 13
void sy_cpuid_hypervisor(char signature[SY_HYPERVISOR_BYTES]);
/* "none", "kvm", "xen", ...; "unknown" is virtual, but not by whom. */
const char *sy_virtualisation(const char *root, const char *signature);
/* "none", "docker", ...; "unknown" is a container, but not whose. */
json_t *sy_container_fact(const char *root);

/* machine_cpu.c */

/* The CPU's model name, or the nearest that this architecture tells. */
void sy_cpu_model(const char *root, char *model, size_t bytes);
/* `topology` may be NULL: then what it would tell is null. */
json_t *sy_cpu_facts(const char *root, const struct sy_topology *topology);
json_t *sy_mitigation_facts(const char *root);

/* machine_caches.c: those of CPU 0, as the kernel lists them. */
json_t *sy_cache_facts(const char *root);

/* machine_kernel.c */
json_t *sy_kernel_facts(const char *root, const struct utsname *name);

/* machine_load.c */
json_t *sy_load_facts(const char *root);

/* machine_build.c */
json_t *sy_build_facts(void);
json_t *sy_library_facts(void);

#endif /* SY_MACHINE_INTERNAL_H */
