/* SPDX-License-Identifier: MIT */
/*
 * tutorial_rows.c - the constructs, in the tutorial's order, and what they are
 * measured beside.
 *
 * A point is written as the keys of a sweep, all of it at the placement
 * one-pu; a Python program as its file and what it is asked for.  URL stands
 * for the address of the server that both fetch from.
 */
#include "study/tutorial.h"

#define PYTHON(what, limit)                                                    \
	{                                                                      \
		SY_BESIDE_PYTHON, what, "Python", limit                        \
	}

const struct sy_construct sy_constructs[] = {
	{ .name = "thread: start, join",
	  .operation = "a thread",
	  .ours = "workload=spawn model=threads mechanism=join burst=1",
	  .beside = { PYTHON("thread_start_join.py join", 0) } },
	{ .name = "process: start, join",
	  .operation = "a process",
	  .ours = "workload=spawn model=fork mechanism=wait burst=1",
	  .beside = { PYTHON("process.py join", 0) } },
	{ .name = "pool: apply",
	  .operation = "a round trip",
	  .ours = "workload=cpu model=pool grain=0 inflight=1 window=1",
	  .most_ns = 8000,
	  .beside = { PYTHON("pool.py apply", 0) } },
	{ .name = "pool: submit",
	  .operation = "a task",
	  .ours = "workload=cpu model=pool grain=0 inflight=2 window=1024",
	  .beside = { PYTHON("pool.py submit", 10) } },
	{ .name = "greenlet: switch",
	  .operation = "a switch",
	  .ours = "workload=switch model=coroutine mechanism=inline",
	  .beside = { PYTHON("greenlet_switch.py switch", 10) } },
	{ .name = "gevent: spawn, joinall",
	  .operation = "a coroutine",
	  .ours = "workload=spawn model=coroutine mechanism=pooled burst=1",
	  .beside = { PYTHON("gevent_spawn.py spawn", 0) } },
	{ .name = "gevent: sleep(0), 16 in turn",
	  .operation = "a switch",
	  .ours = "workload=switch model=coroutine mechanism=yield ring=16",
	  .beside = { PYTHON("gevent_spawn.py yield", 10) } },
	{ .name = "gevent: 1000 sleep 10 ms",
	  .operation = "a sleep",
	  .ours = "workload=wait model=coroutine inflight=1000 wait=10ms",
	  .beside = { PYTHON("gevent_spawn.py sleepers 0.01", 0) } },
};
const size_t sy_construct_count =
	sizeof(sy_constructs) / sizeof(sy_constructs[0]);
