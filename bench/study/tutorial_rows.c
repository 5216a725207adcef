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

#define BARE(what, label)                                                      \
	{                                                                      \
		SY_BESIDE_BARE, what, label, 1.05                              \
	}
/* One lane, or as many as there are threads in the tutorial. */
#define LOCK(model, inflight)                                                  \
	"workload=lock mechanism=lock sections=1000 model=" model              \
	" inflight=" inflight
#define GATE(model, inflight, units)                                           \
	"workload=gate sections=1000 model=" model " inflight=" inflight       \
	" units=" units
#define SHARE(mechanism)                                                       \
	"workload=share model=pool inflight=1 sections=10000 "                 \
	"mechanism=" mechanism
#define DICTIONARY(mechanism)                                                  \
	"workload=share model=pool inflight=1 sections=100 "                   \
	"mechanism=" mechanism
#define POOL(model, inflight)                                                  \
	"workload=cpu grain=0 model=" model " inflight=" inflight
/* Many threads are woken for a slice. */
#define CROWD_NS 50000000
#define EMPTY "workload=cpu model=serial grain=0 inflight=1"
#define FETCH(model, connection)                                               \
	"workload=fetch url=URL inflight=100 connection=" connection           \
	" model=" model
/* wrk measures whole seconds: slices beside it are no moments. */
#define FETCH_NS 200000000
#define WRK                                                                    \
	{                                                                      \
		SY_BESIDE_WRK, "wrk", "wrk", 0.8                               \
	}

const struct sy_construct sy_constructs[] = {
	{ .name = "thread: start, join",
	  .operation = "a thread",
	  .ours = "workload=spawn model=threads mechanism=join burst=1",
	  .beside = { PYTHON("thread_start_join.py join", 0) } },
	{ .name = "daemon: start, join(1 s)",
	  .operation = "a thread",
	  .ours = "workload=spawn model=bare mechanism=timed burst=1",
	  .beside = { PYTHON("thread_daemon.py daemon", 0) } },
	{ .name = "lock, one thread",
	  .operation = "a change",
	  .ours = LOCK("threads", "1"),
	  .beside = { PYTHON("lock.py alone", 10),
	              BARE(LOCK("bare", "1"), "mutex") } },
	{ .name = "lock, 100 threads",
	  .operation = "a change",
	  .ours = LOCK("threads", "100"),
	  .slice_ns = CROWD_NS,
	  .beside = { PYTHON("lock.py contended", 10) } },
	{ .name = "semaphore, one thread",
	  .operation = "a passage",
	  .ours = GATE("threads", "1", "1"),
	  .beside = { PYTHON("bounded_semaphore.py alone", 0),
	              BARE(GATE("bare", "1", "1"), "sem_t") } },
	{ .name = "semaphore of 5, 20 threads",
	  .operation = "a passage",
	  .ours = GATE("threads", "20", "5"),
	  .slice_ns = CROWD_NS,
	  .beside = { PYTHON("bounded_semaphore.py contended", 0) } },
	{ .name = "event: set, 10 wait",
	  .operation = "once for all",
	  .ours = "workload=event model=threads inflight=11",
	  .beside = { PYTHON("event.py broadcast", 0) } },
	{ .name = "condition: notify(1), 10 wait",
	  .operation = "once for all",
	  .ours = "workload=condition model=threads inflight=11 notify=1",
	  .beside = { PYTHON("condition.py notify", 0) } },
	{ .name = "timer, 12 of 1 ms at a time",
	  .operation = "a timer",
	  .ours = "workload=timer model=threads inflight=12 wait=1ms",
	  .beside = { PYTHON("timer.py lanes 0.001", 0) } },
	{ .name = "process: start, join",
	  .operation = "a process",
	  .ours = "workload=spawn model=fork mechanism=wait burst=1",
	  .beside = { PYTHON("process.py join", 0) } },
	{ .name = "Array, under its lock",
	  .operation = "a write",
	  .ours = SHARE("array"),
	  .most_ns = 10,
	  .beside = { PYTHON("shared_array.py locked", 10) } },
	{ .name = "Array, the lock held, raw",
	  .operation = "a write",
	  .ours = SHARE("array"),
	  .beside = { PYTHON("shared_array.py held", 10) } },
	{ .name = "Array, raw",
	  .operation = "a write",
	  .ours = SHARE("raw"),
	  .beside = { PYTHON("shared_array.py raw", 10) } },
	{ .name = "manager: get and set, socket",
	  .operation = "a get or a set",
	  .ours = DICTIONARY("manager"),
	  .most_ns = 12000,
	  .beside = { PYTHON("manager_dict.py dict", 0) } },
	{ .name = "manager: mailbox",
	  .operation = "a get or a set",
	  .ours = DICTIONARY("mailbox"),
	  .most_ns = 6000,
	  .beside = { PYTHON("manager_dict.py dict", 0) } },
	{ .name = "pool: apply",
	  .operation = "a round trip",
	  .ours = POOL("pool.apply", "1") " window=1",
	  .most_ns = 8000,
	  .beside = { PYTHON("pool.py apply", 0) } },
	{ .name = "pool: apply_async, callback",
	  .operation = "a task",
	  .ours = POOL("pool.submit", "2"),
	  .beside = { PYTHON("pool.py submit", 10) } },
	{ .name = "pool: map",
	  .operation = "a task",
	  .ours = POOL("pool.map", "2"),
	  .beside = { PYTHON("pool.py map", 0) } },
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
	{ .name = "fetch 4 KiB, 100 at once, kept",
	  .operation = "a request",
	  .ours = FETCH("coroutine", "keep"),
	  .slice_ns = FETCH_NS,
	  .server = true,
	  .beside = { PYTHON("gevent_fetch.py keep URL", 0), WRK } },
	{ .name = "fetch 4 KiB, kept, event loop",
	  .operation = "a request",
	  .ours = FETCH("eventloop", "keep"),
	  .slice_ns = FETCH_NS,
	  .server = true,
	  .beside = { PYTHON("gevent_fetch.py keep URL", 0), WRK } },
	{ .name = "fetch, a connection each",
	  .operation = "a request",
	  .ours = FETCH("coroutine", "fresh"),
	  .slice_ns = FETCH_NS,
	  .server = true,
	  .beside = { PYTHON("gevent_fetch.py fresh URL", 0) } },
	/* No construct: what the machine makes of two that are the same. */
	{ .name = "an empty task, twice",
	  .operation = "a task",
	  .ours = EMPTY,
	  .beside = { { SY_BESIDE_BARE, EMPTY, "itself", 0 } } },
};
const size_t sy_construct_count =
	sizeof(sy_constructs) / sizeof(sy_constructs[0]);
