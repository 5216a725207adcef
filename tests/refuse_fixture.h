/* SPDX-License-Identifier: MIT */
/*
 * refuse_fixture.h - a kernel that refuses guards, for the calling process and
 * what it forks: a filter of system calls, so that the libraries under test
 * are those that are shipped.
 */
#ifndef SY_REFUSE_FIXTURE_H
#define SY_REFUSE_FIXTURE_H

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

/* MADV_GUARD_INSTALL, and PROT_NONE. */
#define REFUSED_ADVICE 102
#define REFUSED_PROTECTION 0

/* System call `number` fails with `error` where its third argument is this. */
static inline bool refuse_call(long number, uint32_t argument, int error)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		         offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)number, 0, 3),
		/* The lower half of it, on a little-endian machine. */
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		         offsetof(struct seccomp_data, args[2])),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, argument, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (uint32_t)error),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof(filter) / sizeof(filter[0]),
		                      filter };

	return !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) &&
	       !prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

/* False: this machine has no such filters. */
static inline bool refuse_marks(int error)
{
	return refuse_call(SYS_madvise, REFUSED_ADVICE, error);
}

static inline bool refuse_protection(int error)
{
	return refuse_call(SYS_mprotect, REFUSED_PROTECTION, error);
}

#endif /* SY_REFUSE_FIXTURE_H */
