/* SPDX-License-Identifier: MIT */
/*
 * eventloop_lane.h - the two models made of loops: their lanes, and how a
 * variant carries bytes.
 *
 * A loop and everything that hangs on it belongs to one thread while a run
 * lasts, and to the caller of open and close otherwise.  Several threads touch
 * struct sy_uv_model's atomics and semaphores, the parking, and a loop's
 * inbox.
 */
#ifndef SY_EVENTLOOP_LANE_H
#define SY_EVENTLOOP_LANE_H

#include "eventloop_internal.h"
#include "parking.h"

struct sy_uv_model;
struct sy_uv_loop;

/* One state machine. */
struct sy_uv_lane {
	struct sy_uv_callback callback; /* first: see sy_uv_lane_of */
	struct sy_lane *lane;
	struct sy_uv_loop *loop;
	/* enum sy_op_kind of the op before this one, or that it waits in. */
	uint32_t last;
	bool was_blocking; /* the batch's socket, before libuv took it */
	bool connected;    /* by SY_CONNECT: the socket is the model's */
	bool rests;        /* parked, with nothing else to wake it */
	void *connection;  /* the variant's own, or NULL */
	uint64_t until_ns; /* what it waits for is over then; 0: never */
	uint64_t armed_ns; /* when the timer is due, where it is active */
	uv_timer_t timer;
	struct sy_waiter waiter;
	/* The SY_SECTIONS that is going on, and those that are done. */
	const struct sy_sections *sections;
	uint32_t section, section_count;
};

static inline struct sy_uv_lane *sy_uv_lane_of(struct sy_uv_callback *callback)
{
	return (struct sy_uv_lane *)callback;
}

/* Lanes that other loops' threads have woken, last first. */
struct sy_uv_inbox {
	_Atomic(struct sy_uv_callback *) last;
	uv_async_t async; /* only where there are several loops */
} __attribute__((aligned(128)));

struct sy_uv_loop {
	uv_loop_t uv;
	struct sy_uv_ready ready;
	struct sy_uv_model *model;
	struct sy_uv_lane *lanes;
	uint32_t index;      /* of its context */
	uint32_t lane_count; /* lanes index, index + loops, ... of the batch */
	uint32_t lanes_live; /* that have a task or may still take one */
	uint64_t next, end;  /* tasks that are taken and not yet begun */
	uint64_t grain;      /* tasks to take at once, at most */
	bool parked;         /* a task has waited since tasks were taken */
	bool pipe_broken;    /* a SIGPIPE may be pending for this thread */
	unsigned char *buffer; /* io->buffer_bytes */
	pthread_t thread;      /* not for loop 0 */
	sem_t start;
	int bind_error;
	struct sy_uv_inbox inbox;
} __attribute__((aligned(128)));

/* How a variant carries bytes. */
struct sy_uv_io {
	size_t buffer_bytes;         /* that the lanes of a loop share */
	uint32_t descriptors_a_loop; /* beside those of any loop */
	uint32_t descriptors_a_lane; /* opened beside the batch's */
	/* Makes lane->connection of the batch's descriptor; on failure there
	   is none. */
	int (*open)(struct sy_uv_lane *lane);
	/* Ends it, as well as a socket that is the model's; the memory is
	   freed by the loop, when libuv is done with it. */
	void (*close)(struct sy_uv_lane *lane);
	/*
	 * True: task->result is set.  False: it will be, and then the lane
	 * is resumed, unless the op is cancelled before.
	 */
	bool (*send)(struct sy_uv_lane *lane, struct sy_op op);
	bool (*receive)(struct sy_uv_lane *lane, struct sy_op op);
	/* As these; sy_uv_connected sets the result.  -EAGAIN: the listener
	   has no room just now, and does not say when it has. */
	bool (*connect)(struct sy_uv_lane *lane);
	/* The send or receive that waits waits no longer. */
	void (*cancel)(struct sy_uv_lane *lane);
};

extern const struct sy_uv_io sy_uv_stream, sy_uv_poll;

struct sy_uv_model {
	struct sy_batch *batch;
	const struct sy_uv_io *io;
	struct sy_uv_loop *loops;
	struct sy_parking *parking; /* NULL: the batch has no places */
	uint32_t loop_count;        /* to be opened */
	uint32_t open_count;        /* loops that are open: the first ones */
	bool ending;                /* written before `start` is posted */
	sem_t done;                 /* a thread is bound; all have run */
	atomic_int error;           /* of a run, and of all after it */
	_Alignas(128) atomic_uint_fast64_t next;    /* task that nobody took */
	_Alignas(128) atomic_uint_fast32_t running; /* threads in a run */
	/* See eventloop_meet.c. */
	_Alignas(128) atomic_uint_fast64_t awake;
};

/* Opens the timers and connections of a loop; -errno, see sy_uv_io.open. */
int sy_uv_lanes_open(struct sy_uv_loop *loop);
/* Ends all connections, before sy_uv_loop_end. */
void sy_uv_lanes_close(struct sy_uv_loop *loop);
/* After it. */
void sy_uv_lanes_free(struct sy_uv_loop *loop);
/* Queues all lanes of a loop, each to take a task. */
void sy_uv_lanes_start(struct sy_uv_loop *loop);
/* A lane's callback while it has a task: goes on with it. */
void sy_uv_lane_go_on(struct sy_uv_callback *callback);

/*
 * Goes on with a lane that has waited: at once, or in its turn where this
 * pass over the loop has computed enough.  The last thing that a watcher's
 * callback does.
 */
static inline void sy_uv_lane_resume(struct sy_uv_lane *lane)
{
	struct sy_uv_ready *ready = &lane->loop->ready;

	lane->until_ns = 0;
	if (ready->rounds < SY_UV_BUDGET_ROUNDS)
		lane->callback.call(&lane->callback);
	else
		sy_uv_ready_push(ready, &lane->callback);
}

/* The same, with the result of what it waited for. */
static inline void sy_uv_lane_finish(struct sy_uv_lane *lane, int64_t result)
{
	lane->lane->task.result = result;
	sy_uv_lane_resume(lane);
}

/* What became of an op. */
enum sy_uv_went {
	SY_UV_DONE,
	SY_UV_WAITS,   /* the lane is resumed when it is done */
	SY_UV_UNKNOWN, /* the model has no such op, or no such place */
};

/* --- eventloop_thread.c: who runs a loop --- */

/* Creates the loop's thread, bound; loop 0 has none. */
int sy_uv_thread_open(struct sy_uv_loop *loop);
/* Tells it to end and waits for it; model->ending is set. */
void sy_uv_thread_end(struct sy_uv_loop *loop);
/* A run, in all loops: returns when the last of them is over. */
void sy_uv_threads_run(struct sy_uv_model *model);

/* --- eventloop_timer.c: sleeps and deadlines --- */

/* True: that time has come. */
bool sy_uv_sleep(struct sy_uv_lane *lane, uint64_t until_ns);
/* A send, a receive, a connect or an await waits and has a deadline.  True:
   it has come; the op is undone, and its result is set. */
bool sy_uv_wait(struct sy_uv_lane *lane, uint32_t kind);

/* True: the deadline has come, by a clock that is read once a turn. */
static inline bool sy_uv_late(const struct sy_uv_lane *lane)
{
	uint64_t deadline_ns = lane->lane->task.deadline_ns;

	return deadline_ns &&
	       uv_now(&lane->loop->uv) * UINT64_C(1000000) >= deadline_ns;
}

/* --- eventloop_connection.c --- */

/* Of the batch's descriptor. */
int sy_uv_connection_open(struct sy_uv_lane *lane);
/* Where there is one.  Afterwards lane->fd is what it was if it is the
   batch's, else -1. */
void sy_uv_connection_close(struct sy_uv_lane *lane);
/* SY_CONNECT and SY_HANGUP. */
bool sy_uv_connect(struct sy_uv_lane *lane);
void sy_uv_hang_up(struct sy_uv_lane *lane);
/* How a connect ended: with `fd`, or with an error, and nothing is left. */
int64_t sy_uv_connected(struct sy_uv_lane *lane, int error, int fd);
/* A socket that does not block, in *fd.  0: it is connected; -EINPROGRESS: it
   will be; else there is none. */
int sy_uv_socket_connect(const struct sy_batch *batch, int *fd);
bool sy_uv_address_is_tcp(const struct sy_batch *batch);

/* --- eventloop_meet.c: where tasks meet --- */

int sy_uv_meet_open(struct sy_uv_model *model);
/* Of one loop: by what other threads wake its lanes. */
int sy_uv_meet_open_loop(struct sy_uv_loop *loop);
void sy_uv_meet_close(struct sy_uv_model *model);
/* Before each run. */
void sy_uv_meet_start(struct sy_uv_model *model);
/* SY_LOCK .. SY_SECTIONS. */
enum sy_uv_went sy_uv_meet(struct sy_uv_lane *lane, struct sy_op op);
/* SY_SECTIONS; in eventloop_sections.c. */
enum sy_uv_went sy_uv_sections(struct sy_uv_lane *lane, struct sy_op op);
/* The lane is parked; `then` is called when it is woken. */
void sy_uv_rest(struct sy_uv_lane *lane,
                void (*then)(struct sy_uv_callback *callback));
/* The lane will not take another task in this run. */
void sy_uv_meet_leave(struct sy_uv_loop *loop);

#endif /* SY_EVENTLOOP_LANE_H */
