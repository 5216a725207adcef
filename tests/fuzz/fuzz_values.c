/* SPDX-License-Identifier: MIT */
/*
 * fuzz_values.c - what people write behind an option: durations, sizes,
 * counts, labels, lists and placements.
 *
 * A duration or a size that is taken is the same when it is written and read
 * again; a placement has PUs of its machine, each once.
 */
#include "fuzz.h"

#include <errno.h>
#include <math.h>

#include "host/topology.h"
#include "host/units.h"
#include "results/run.h"
#include "sweep/space.h"

#define PUS 16

static void check_units(const char *text)
{
	uint64_t value, again;
	char buffer[64];

	if (!sy_parse_duration(text, &value)) {
		sy_format_duration(value, buffer, sizeof(buffer));
		fuzz_must(!sy_parse_duration(buffer, &again) && again == value);
	}
	if (!sy_parse_size(text, &value)) {
		sy_format_size(value, buffer, sizeof(buffer));
		fuzz_must(!sy_parse_size(buffer, &again) && again == value);
	}
	if (!sy_parse_count(text, &value)) {
		snprintf(buffer, sizeof(buffer), "%llu",
		         (unsigned long long)value);
		fuzz_must(!sy_parse_count(buffer, &again) && again == value);
	}
}

static void check_percent(const char *text)
{
	double share;

	if (!sy_parse_percent(text, &share))
		fuzz_must(isfinite(share) && share >= 0);
}

static void check_label(const char *text)
{
	if (!sy_label_check(text))
		fuzz_must(*text && *text != '.' && strlen(text) <= 40 &&
		          !strchr(text, '/'));
}

/* A value that is right for its key makes a space with that key. */
static void check_value(enum sy_key key, const char *text)
{
	struct sy_values values = { 0 };
	struct sy_reason reason;
	struct sy_space space;

	values.text[key] = text;
	if (sy_value_check(key, text, &reason)) {
		fuzz_check_reason(&reason);
		return;
	}
	fuzz_must(!sy_space_read(&space, &values, &reason));
	sy_space_count(&space);
	sy_space_free(&space);
}

/* Of two packages, four cores each, two PUs each; made once, as hwloc's
   descriptions are tried in a process of their own. */
static const struct sy_topology *machine(void)
{
	static struct sy_topology *topology;

	if (!topology)
		fuzz_must(!sy_topology_open_synthetic(
			&topology, "pack:2 l3:1 core:4 pu:2"));
	return topology;
}

static void check_placement(const char *text)
{
	struct sy_placement placement;
	char why[200] = "";
	unsigned seen = 0;

	if (sy_placement_make(&placement, machine(), text, why, sizeof(why))) {
		fuzz_must(*why);
		return;
	}
	fuzz_must(placement.count >= 1 && placement.count <= PUS);
	for (unsigned i = 0; i < placement.count; i++) {
		unsigned bit = 1u << placement.pus[i];

		fuzz_must(placement.pus[i] >= 0 && placement.pus[i] < PUS);
		fuzz_must(!(seen & bit));
		seen |= bit;
	}
	sy_placement_free(&placement);
}

/* The first byte says what it is the value of. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text;

	if (!size)
		return 0;
	text = fuzz_text(data + 1, size - 1);
	check_units(text);
	check_percent(text);
	check_label(text);
	check_placement(text);
	check_value(data[0] % SY_KEYS, text);
	free(text);
	return 0;
}
