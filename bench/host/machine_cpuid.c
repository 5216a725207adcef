/* SPDX-License-Identifier: MIT */
/*
 * machine_cpuid.c - whether CPUID knows of a hypervisor, and of which.
 */
#include "machine_internal.h"

#include <string.h>

#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>

/* Leaf 1: ECX bit 31 is reserved for hypervisors to set. */
#define HYPERVISOR_BIT 31
#define HYPERVISOR_LEAF 0x40000000

void sy_cpuid_hypervisor(char signature[SY_HYPERVISOR_BYTES])
{
	unsigned a, b, c, d;

	memset(signature, 0, SY_HYPERVISOR_BYTES);
	if (!__get_cpuid(1, &a, &b, &c, &d) || !(c >> HYPERVISOR_BIT & 1))
		return;
	__cpuid(HYPERVISOR_LEAF, a, b, c, d);
	memcpy(signature, &b, sizeof(b));
	memcpy(signature + 4, &c, sizeof(c));
	memcpy(signature + 8, &d, sizeof(d));
	/* A hypervisor that does not sign is one all the same. */
	if (!*signature)
		strcpy(signature, "unknown");
}

#else

void sy_cpuid_hypervisor(char signature[SY_HYPERVISOR_BYTES])
{
	memset(signature, 0, SY_HYPERVISOR_BYTES);
}

#endif
