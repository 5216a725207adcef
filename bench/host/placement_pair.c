/* SPDX-License-Identifier: MIT */
/*
 * placement_pair.c - two PUs that lie to one another in a given way, for what
 * two contexts hand to each other.
 *
 * PUs are sorted so that those that may be a pair stand together, the most
 * liked first: as of `one-pu`, the first PU of the last core.  One pass over
 * them then finds the best pair, however many there are.  Two PUs of unequal
 * kinds are never one: what each of the contexts takes would not be the same.
 */
#include "topology_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned core_of(const struct sy_pu *pu)
{
	return pu->level[SY_CORE] + 1;
}

static unsigned package_of(const struct sy_pu *pu)
{
	return pu->level[SY_PACKAGE] + 1;
}

static unsigned l2_of(const struct sy_pu *pu)
{
	return pu->l2;
}

static unsigned l3_of(const struct sy_pu *pu)
{
	return pu->l3;
}

static unsigned pu_of(const struct sy_pu *pu)
{
	return (unsigned)pu->os_index;
}

static unsigned machine_of(const struct sy_pu *pu)
{
	(void)pu;
	return 1;
}

static const struct pairing {
	const char *name;
	unsigned (*common)(const struct sy_pu *pu); /* 0: it has no such */
	/* What they differ in; the second where nothing differs in the first.
	   Two cores that share an L2 as well would show the L2. */
	unsigned (*apart[2])(const struct sy_pu *pu);
	const char *absent, *unknown; /* why there is none; none has any */
} pairings[] = {
	{ "siblings",
	  core_of,
	  { pu_of },
	  "no core has two PUs that may be used (no SMT, or masked)",
	  NULL },
	{ "same-l3",
	  l3_of,
	  { l2_of, core_of },
	  "no two cores that may be used share an L3 cache",
	  "hwloc knows of no L3 cache here" },
	{ "other-package",
	  machine_of,
	  { package_of },
	  "all PUs that may be used are in one package",
	  NULL },
	{ NULL, NULL, { NULL }, NULL, NULL },
};

struct pair {
	const struct sy_pu *first, *second; /* NULL: none was found */
};

static int compare_unsigned(unsigned a, unsigned b)
{
	return (a > b) - (a < b);
}

/* The fastest kind, first PUs of cores, the last core. */
static int compare_liking(const struct sy_pu *a, const struct sy_pu *b)
{
	int order = compare_unsigned(a->slowness, b->slowness);

	if (!order)
		order = compare_unsigned(a->smt, b->smt);
	return order ? order : sy_pus_compare(b, a);
}

static int compare_group(const struct sy_pu *a, const struct sy_pu *b,
                         const struct pairing *pairing)
{
	int order = compare_unsigned(a->slowness, b->slowness);

	return order ? order
	             : compare_unsigned(pairing->common(a), pairing->common(b));
}

static int compare_seat(const void *left, const void *right, void *data)
{
	const struct sy_pu *a = left, *b = right;
	int order = compare_group(a, b, data);

	return order ? order : compare_liking(a, b);
}

/*
 * The pair of each group is its most liked PU and the next one that is apart
 * from it; of the groups, that whose first PU is liked most.  `pus` are sorted;
 * without that of the OS index `avoid`.
 */
static struct pair find(const struct sy_pu *pus, unsigned count,
                        const struct pairing *pairing,
                        unsigned (*apart)(const struct sy_pu *pu), int avoid)
{
	struct pair found = { NULL, NULL };
	const struct sy_pu *head = NULL;
	bool paired = false;

	for (const struct sy_pu *pu = pus; pu < pus + count; pu++) {
		if (!pairing->common(pu) || pu->os_index == avoid)
			continue;
		if (!head || compare_group(head, pu, pairing)) {
			head = pu;
			paired = false;
		} else if (!paired && apart(head) != apart(pu)) {
			paired = true;
			if (!found.first ||
			    compare_liking(head, found.first) < 0)
				found = (struct pair){ head, pu };
		}
	}
	return found;
}

/* Of the fastest kind that has one; then as far apart as can be; then without
   the machine's first PU, which takes most interrupts. */
static struct pair find_best(const struct sy_pu *pus, unsigned count,
                             const struct pairing *pairing, int first_pu)
{
	const int avoid[] = { first_pu, -1 };
	struct pair best = { NULL, NULL };

	for (unsigned i = 0; i < 4; i++) {
		struct pair pair;

		if (!pairing->apart[i / 2])
			break;
		pair = find(pus, count, pairing, pairing->apart[i / 2],
		            avoid[i % 2]);
		if (pair.first && (!best.first ||
		                   pair.first->slowness < best.first->slowness))
			best = pair;
	}
	return best;
}

/* Sorts `pus`.  `first_pu` is the OS index of the machine's first. */
static struct pair find_in(struct sy_pu *pus, unsigned count,
                           const struct pairing *pairing, int first_pu)
{
	qsort_r(pus, count, sizeof(*pus), compare_seat, (void *)pairing);
	return find_best(pus, count, pairing, first_pu);
}

/* `pus` are not needed any more. */
static const char *reason_of(struct sy_pu *pus, unsigned count,
                             const struct pairing *pairing)
{
	bool known = false;

	for (unsigned i = 0; i < count; i++) {
		known |= pairing->common(&pus[i]) != 0;
		pus[i].slowness = 0;
	}
	if (!known)
		return pairing->unknown;
	return find_in(pus, count, pairing, -1).first
	               ? "there are such PUs only of unequal kinds"
	               : pairing->absent;
}

static int choose(struct sy_placement *made, struct sy_pu *pus, unsigned count,
                  const struct pairing *pairing, char *why, size_t why_bytes)
{
	int first_pu = pus[0].os_index;
	struct pair pair = find_in(pus, count, pairing, first_pu);
	bool swap;

	if (!pair.first) {
		snprintf(why, why_bytes, "%s", reason_of(pus, count, pairing));
		return -ENODEV;
	}
	swap = sy_pus_compare(pair.first, pair.second) > 0;
	made->pus[swap] = pair.first->os_index;
	made->pus[!swap] = pair.second->os_index;
	made->count = 2;
	return 0;
}

int sy_placement_pair(struct sy_placement *made, const struct sy_pu *pus,
                      unsigned count, const char *name, char *why,
                      size_t why_bytes)
{
	const struct pairing *pairing = pairings;
	struct sy_pu *copy;
	int rc;

	while (pairing->name && strcmp(pairing->name, name))
		pairing++;
	if (!pairing->name)
		return -ENOENT;
	copy = malloc(count * sizeof(*copy));
	if (!copy)
		return -ENOMEM;
	memcpy(copy, pus, count * sizeof(*copy));
	rc = choose(made, copy, count, pairing, why, why_bytes);
	free(copy);
	return rc;
}
