/* SPDX-License-Identifier: MIT */
/*
 * described_fixture.h - machines that a test describes.
 */
#ifndef SY_DESCRIBED_FIXTURE_H
#define SY_DESCRIBED_FIXTURE_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "host/topology.h"

#define HYBRID SY_FIXTURES "/hybrid.xml"

static inline struct sy_topology *described(const char *text)
{
	struct sy_topology *topology = NULL;

	assert_int_equal(sy_topology_open_synthetic(&topology, text), 0);
	return topology;
}

static inline struct sy_topology *hybrid(void)
{
	struct sy_topology *topology = NULL;

	assert_int_equal(sy_topology_open_xml(&topology, HYBRID), 0);
	return topology;
}

#endif /* SY_DESCRIBED_FIXTURE_H */
