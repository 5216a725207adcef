/* SPDX-License-Identifier: MIT */
/*
 * placement.c - which PUs contexts go to, and in which order.
 *
 * Every order is a permutation of PUs, so no PU is handed out twice before
 * all have been handed out once: what hwloc_distrib does not promise when
 * there are more contexts than cores.  Kinds of CPU are the outermost key of
 * every order, because contexts on unequal CPUs are not comparable.
 */
#include "topology_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct sy_placement_kind sy_placement_kinds[] = {
	{ "none", "not bound: the kernel places the contexts" },
	{ "compact", "neighbours first: a core's PUs, an L3, a package" },
	{ "spread", "far apart: packages, L3s, cores, then a core's PUs" },
	{ "one-pu", "all contexts on one PU, not the first if possible" },
	{ "siblings", "two PUs of one core (SMT)" },
	{ "same-l3", "two PUs of different cores that share an L3" },
	{ "other-package", "two PUs of different packages" },
	{ NULL, NULL },
};

static int compare_unsigned(unsigned a, unsigned b)
{
	return (a > b) - (a < b);
}

int sy_pus_compare(const void *left, const void *right)
{
	const struct sy_pu *a = left, *b = right;
	int order = compare_unsigned(a->slowness, b->slowness);

	for (unsigned i = 0; i < SY_PU_LEVELS && !order; i++)
		order = compare_unsigned(a->level[i], b->level[i]);
	if (!order)
		order = compare_unsigned(a->smt, b->smt);
	return order;
}

void sy_pus_compact(struct sy_pu *pus, unsigned count)
{
	qsort(pus, count, sizeof(*pus), sy_pus_compare);
}

/*
 * Spreading works from the inside outwards.  Within a tier (a kind of CPU and
 * an SMT rank) every core has one PU.  The cores of an L3 are numbered, then
 * the L3s of a NUMA node take turns in giving their next core, then the nodes
 * of a package, then the packages.
 */
struct seat {
	struct sy_pu pu;
	unsigned turn; /* place in the order within the group looked at */
};

/* Whether two seats differ in tier or in the first `levels` levels. */
static int compare_group(const struct seat *a, const struct seat *b,
                         unsigned levels)
{
	int order = compare_unsigned(a->pu.slowness, b->pu.slowness);

	if (!order)
		order = compare_unsigned(a->pu.smt, b->pu.smt);
	for (unsigned i = 0; i < levels && !order; i++)
		order = compare_unsigned(a->pu.level[i], b->pu.level[i]);
	return order;
}

/* By group, in a group by turn, and in a turn by the member of the group. */
static int compare_turn(const void *left, const void *right, void *data)
{
	const struct seat *a = left, *b = right;
	unsigned levels = *(const unsigned *)data;
	int order = compare_group(a, b, levels);

	if (!order)
		order = compare_unsigned(a->turn, b->turn);
	if (!order)
		order = compare_unsigned(a->pu.level[levels],
		                         b->pu.level[levels]);
	return order;
}

static void take_turns(struct seat *seats, unsigned count, unsigned levels)
{
	unsigned turn = 0;

	qsort_r(seats, count, sizeof(*seats), compare_turn, &levels);
	for (unsigned i = 0; i < count; i++) {
		if (i && compare_group(&seats[i - 1], &seats[i], levels))
			turn = 0;
		seats[i].turn = turn++;
	}
}

int sy_pus_spread(struct sy_pu *pus, unsigned count)
{
	struct seat *seats = calloc(count, sizeof(*seats));

	if (!seats)
		return -ENOMEM;
	for (unsigned i = 0; i < count; i++)
		seats[i].pu = pus[i];
	for (unsigned levels = SY_PU_LEVELS; levels-- > 0;)
		take_turns(seats, count, levels);
	for (unsigned i = 0; i < count; i++)
		pus[i] = seats[i].pu;
	free(seats);
	return 0;
}

/*
 * The first PU of the last core of the fastest kind.  Where that is the
 * machine's first PU, which takes most interrupts, the kind's last PU.
 */
int sy_pus_one(const struct sy_pu *pus, unsigned count)
{
	const struct sy_pu *last = pus, *head = NULL;
	int first = pus[0].os_index;

	for (unsigned i = 0; i < count; i++) {
		const struct sy_pu *pu = &pus[i];

		if (pu->os_index < first)
			first = pu->os_index;
		if (pu->slowness != 0)
			continue;
		if (last->slowness != 0 || sy_pus_compare(pu, last) > 0)
			last = pu;
		if (pu->smt == 0 && (!head || sy_pus_compare(pu, head) > 0))
			head = pu;
	}
	return head && head->os_index != first ? head->os_index
	                                       : last->os_index;
}

/* Orders a copy of the PUs and keeps their OS indices. */
static int make_ordered(struct sy_placement *made, const struct sy_pu *pus,
                        unsigned count, bool spread)
{
	struct sy_pu *order = malloc(count * sizeof(*order));
	int rc = 0;

	if (!order)
		return -ENOMEM;
	memcpy(order, pus, count * sizeof(*order));
	if (spread)
		rc = sy_pus_spread(order, count);
	else
		sy_pus_compact(order, count);
	for (unsigned i = 0; i < count; i++)
		made->pus[i] = order[i].os_index;
	made->count = count;
	free(order);
	return rc;
}

static int not_a_placement(const char *name, char *why, size_t why_bytes)
{
	snprintf(why, why_bytes,
	         "'%.40s' is not a placement; see `switchyard list placements`",
	         name);
	return -EINVAL;
}

static int make_named(struct sy_placement *made, const struct sy_pu *pus,
                      unsigned count, const char *name, char *why,
                      size_t why_bytes)
{
	int rc;

	if (!strcmp(name, "compact"))
		return make_ordered(made, pus, count, false);
	if (!strcmp(name, "spread"))
		return make_ordered(made, pus, count, true);
	if (!strcmp(name, "none")) {
		made->bound = false;
		made->count = count;
		for (unsigned i = 0; i < count; i++)
			made->pus[i] = pus[i].os_index;
		return 0;
	}
	if (!strcmp(name, "one-pu")) {
		made->count = 1;
		made->pus[0] = sy_pus_one(pus, count);
		return 0;
	}
	if (name[0] >= '0' && name[0] <= '9')
		return sy_placement_list(made, pus, count, name, why,
		                         why_bytes);
	rc = sy_placement_pair(made, pus, count, name, why, why_bytes);
	if (rc == -ENOENT)
		rc = not_a_placement(name, why, why_bytes);
	return rc;
}

int sy_placement_make(struct sy_placement *placement,
                      const struct sy_topology *topology, const char *name,
                      char *why, size_t why_bytes)
{
	unsigned count;
	const struct sy_pu *pus = sy_topology_pus(topology, &count);
	struct sy_placement made = { .bound = true };
	int *fewer, rc = -ENOMEM;

	made.pus = calloc(count, sizeof(*made.pus));
	if (made.pus)
		rc = make_named(&made, pus, count, name, why, why_bytes);
	if (rc == -ENOMEM)
		snprintf(why, why_bytes, "no memory for a placement");
	if (rc) {
		free(made.pus);
		return rc;
	}
	/* The points of a matrix are many, and each keeps one or two. */
	fewer = realloc(made.pus, made.count * sizeof(*fewer));
	if (fewer)
		made.pus = fewer;
	*placement = made;
	return 0;
}

void sy_placement_free(struct sy_placement *placement)
{
	free(placement->pus);
	placement->pus = NULL;
	placement->count = 0;
}
