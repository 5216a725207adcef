/* SPDX-License-Identifier: MIT */
/*
 * relay_fixture.h - rings of threads and processes: which mechanisms there
 * are, a batch for one of them, and what its contexts have done.
 */
#ifndef SY_RELAY_FIXTURE_H
#define SY_RELAY_FIXTURE_H

#include "models_fixture.h"
#include "relay.h"

/* Of each context: three cache lines, the last of them begun only. */
#define WORKING_BYTES 130

struct ring {
	const struct sy_mechanism *row;
	struct sy_batch *batch;
	uint32_t count;
	void *state;
};

static inline bool is_relay(const struct sy_mechanism *row)
{
	return row->family == SY_SWITCH && row->alone == sy_relay_alone;
}

static inline bool of_processes(const struct sy_mechanism *row)
{
	return is_relay(row) && row->open == sy_relay_processes_open;
}

/* One that waits without sleeping needs a PU for each context. */
static inline bool can_run(const struct sy_mechanism *row)
{
	int pus[2];

	return allowed_pus(pus, 2) >= row->pus_least;
}

static inline void for_each_relay(void (*test)(const struct sy_mechanism *row))
{
	const struct sy_model *const *model;
	const struct sy_mechanism *const *row;

	for (model = sy_models; *model; model++) {
		row = (*model)->mechanisms;
		for (; row && *row; row++) {
			if (!is_relay(*row) || !can_run(*row))
				continue;
			print_message("           %s.%s\n", (*model)->name,
			              (*row)->name);
			test(*row);
		}
	}
}

/* `contexts` as in the setting; on one PU, or as many as the row needs. */
static inline struct ring create_ring(const struct sy_mechanism *row,
                                      uint32_t contexts)
{
	int pus[2];
	uint32_t allowed = allowed_pus(pus, 2);
	uint32_t used = row->pus_least > 1 ? row->pus_least : 1;
	struct sy_batch_spec spec = {
		.mechanism = row,
		.setting = { .contexts = contexts,
		             .working_bytes = WORKING_BYTES },
		.inflight = 1,
		.window = 1,
		.pus = &pus[allowed - used],
		.pu_count = used,
		.bound = true,
	};
	struct ring ring = { .row = row, .count = contexts ? contexts : 2 };

	assert_int_equal(sy_batch_create(&ring.batch, &spec), 0);
	assert_int_equal(ring.batch->context_count, ring.count);
	return ring;
}

static inline struct ring open_ring(const struct sy_mechanism *row,
                                    uint32_t contexts)
{
	struct ring ring = create_ring(row, contexts);

	assert_int_equal(row->open(&ring.state, ring.batch, row), 0);
	return ring;
}

static inline void close_ring(struct ring *ring)
{
	ring->row->close(ring->state);
	sy_batch_destroy(ring->batch);
}

static inline int run_laps(struct ring *ring, uint64_t laps)
{
	return ring->row->run(ring->state, laps * ring->count);
}

/* The first byte of each line of its working set counts a context's turns;
   all others stay as they were. */
static inline void assert_turns(const struct ring *ring, uint32_t context,
                                uint64_t turns)
{
	const unsigned char *set = sy_working_set(ring->batch, context);
	size_t i;

	for (i = 0; i < ring->batch->working_step; i++)
		assert_int_equal(set[i], i < WORKING_BYTES && i % 64 == 0
		                                 ? turns % 256
		                                 : 0);
}

#endif /* SY_RELAY_FIXTURE_H */
