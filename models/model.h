/* SPDX-License-Identifier: MIT */
/*
 * model.h - what a concurrency model owes a benchmark, and what it is given.
 *
 * A task is a small program of ops, written once as a step function.  A model
 * carries out the ops of many tasks at once, each task exactly once, and does
 * nothing else: it does not time, print, choose work or choose processors.
 * So what differs between two rows of a table is the model alone.
 *
 * One thread calls open, then run any number of times, then close.  That
 * thread is bound by the caller to the PU of context 0; only run is timed.
 * Every int returned is 0 or a negative errno.
 */
#ifndef SY_MODEL_H
#define SY_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

enum sy_op_kind {
	SY_DONE,    /* the task is over; its value is final */
	SY_COMPUTE, /* value = sy_kernel(value, rounds) */
	SY_SLEEP,   /* go on when CLOCK_MONOTONIC has reached `until_ns` */
	SY_SEND,    /* all `count` bytes of `buf` on the lane's connection */
	SY_RECV, /* 1..`count` bytes into `buf`; 0 at the end of the stream */

	/* The lane's connection, where the batch has an address. */
	SY_CONNECT, /* to batch->address; result 0, and lane->fd is set */
	SY_HANGUP,  /* closes it, where there is one; lane->fd is -1 */

	/* Meeting places of tasks, each kind numbered from 0: `place`.  Where
	   a process of the model has died, SY_ACQUIRE, SY_AWAIT and SY_WAIT
	   do not wait for what it may have taken along: -EOWNERDEAD. */
	SY_LOCK,    /* result 0, or -EOWNERDEAD: held, its last owner died */
	SY_UNLOCK,  /* by the task that holds it */
	SY_ACQUIRE, /* one unit of a gate */
	SY_RELEASE, /* `count` units; -EOVERFLOW: more than were acquired */
	SY_AWAIT,   /* goes on when the event is set, at once where it is */
	SY_SET,     /* the event: all that wait for it go on */
	SY_CLEAR,   /* the event: who comes from now on waits */
	/* The condition of lock `place`, by the task that holds the lock: lets
	   go of it, waits until notified, and holds it again; as SY_LOCK. */
	SY_WAIT,
	SY_NOTIFY, /* the `count` that have waited longest, and no other */
	/* `count` of `sections`, one after another; result 0, or -EOWNERDEAD:
	   an owner of the lock has died in its section, and they went on; or
	   the gate has no unit left, and they did not. */
	SY_SECTIONS,
};

/*
 * Critical sections in a row, so that what one of them costs is not what the
 * op around it costs; sections.h has one of them.  It lies with the job.
 */
struct sy_sections {
	enum sy_op_kind by; /* SY_LOCK, SY_ACQUIRE, or SY_DONE: by nothing */
	uint32_t place;
	uint64_t inside_rounds;  /* of the kernel, in the section */
	uint64_t outside_rounds; /* after it */
	uint64_t *cells;         /* section i of all adds 1 to one of these */
	uint32_t cell_count;     /* power of two */
	/* How many are inside, and the most there were; NULL: not counted. */
	uint32_t *inside, *most;
};

/* 16 bytes, so that it is returned in two registers. */
struct sy_op {
	uint32_t kind;  /* enum sy_op_kind */
	uint32_t count; /* SY_SEND, SY_RECV: bytes, at most INT32_MAX */
	union {
		uint64_t rounds;
		uint64_t until_ns;
		void *buf;
		uint64_t place;
		const struct sy_sections *sections;
	};
};

/*
 * A task in flight.  Set up by sy_task_begin; from then on it belongs to the
 * step function, except `result`, which the model writes after SY_SEND and
 * SY_RECV (the bytes carried, or a negative errno) and after the ops below
 * these (0, where nothing else is said, or a negative errno).
 *
 * A deadline, CLOCK_MONOTONIC, is heeded by SY_SEND, SY_RECV, SY_CONNECT and
 * SY_AWAIT: their result is -ETIMEDOUT then.  Lanes begin with none (0); a
 * step function that sets it sets it in every task.
 *
 * Contract of the connection (request and reply): the peer sends nothing
 * unasked.  A SY_RECV directly after a SY_SEND therefore finds nothing yet,
 * and a model may park at once instead of trying first.
 */
struct sy_task {
	uint64_t index;       /* 0 .. task_count - 1 */
	uint64_t value;       /* what is checked when the task is done */
	int64_t result;       /* of the last op that has one */
	const void *job;      /* the workload's parameters, read only */
	struct sy_lane *lane; /* where the task runs, until SY_DONE */
	uint32_t step;        /* 0 at the start; counted by the step function */
	int32_t error;     /* negative errno, set before SY_DONE on failure */
	uint64_t local[2]; /* the step function's own */
	uint64_t deadline_ns;
};

/* The next op of a task.  Called by one context at a time; never blocks. */
typedef struct sy_op sy_step_fn(struct sy_task *task);

/* What the tasks that ended in one place add up to, in any order. */
struct sy_tally {
	uint64_t done;  /* tasks ended */
	uint64_t sum;   /* of their values */
	uint64_t proof; /* of sy_proof(index): a lost or doubled task shows */
	int32_t error;  /* the first task error, or 0 */
};

/*
 * One of the tasks in flight at a time: it owns a connection, a buffer and a
 * tally.  The batch owns the lanes; they are made before open, in memory
 * that every process of the model shares.  No two live tasks share a lane.
 */
struct sy_lane {
	struct sy_task task;
	struct sy_tally tally;
	uint64_t begin_ns; /* of the task, where it is stamped */
	uint32_t index;
	int fd;                 /* connected blocking stream socket, or -1 */
	unsigned char *scratch; /* `scratch_bytes` of the batch */
} __attribute__((aligned(128)));

/* PUs with an OS index below this are told apart in `visited`. */
#define SY_PUS_MAX 2048

/*
 * A thread or process that the kernel schedules for the model.  Written by
 * the context itself (bind, sy_context_see), read after run.
 */
struct sy_context {
	pid_t process; /* its process where it is not the caller's, or 0 */
	int pu;        /* OS index that it is bound to; -1: not bound */
	int pu_seen;   /* where it last ran; -1: not seen yet */
	uint32_t migrations; /* changes of pu_seen: a lower bound */
	uint64_t visited[SY_PUS_MAX / 64];
} __attribute__((aligned(64)));

/* What a mechanism is asked for beside a count; see struct sy_mechanism. */
struct sy_setting {
	/* switch: in the ring, or 0; spawn: alive at once; idle: in the end */
	uint32_t contexts;
	/* switch: of its own, that a context works on before it hands over */
	uint64_t working_bytes;
	uint64_t stack_bytes; /* of a context; 0: what the mechanism uses */
	/* spawn: memory of the process that creates, all of it written once,
	   in huge pages where that was asked for and could be had */
	uint64_t resident_bytes;
	unsigned char *resident; /* the caller's; NULL where there is none */
};

/*
 * What is to be run.  It lies, with all that it points to, in anonymous
 * memory that is shared with every process forked from the caller, at the
 * same address.  Read-only for the model but for lanes, contexts and
 * latencies_ns.  task_count may change between two runs, nothing else does.
 */
struct sy_batch {
	sy_step_fn *step;
	const void *job;
	uint64_t task_count; /* tasks 0 .. task_count - 1 are one run */

	struct sy_lane *lanes; /* `inflight` of them */
	uint32_t inflight;     /* tasks in flight at most, >= 1 */
	uint32_t window;       /* tasks submitted ahead, power of two (pool) */
	size_t scratch_bytes;

	/*
	 * NULL, and no clock is read; else the latency of task i goes to
	 * latencies_ns[i >> stamp_shift] where i is a multiple of
	 * 1 << stamp_shift.
	 */
	uint64_t *latencies_ns;
	uint32_t stamp_shift;

	struct sy_context *contexts; /* as many as `needs` asked for */
	uint32_t context_count;
	uint32_t pu_count; /* PUs that the contexts may use, >= 1 */

	struct sy_setting setting; /* mechanisms only */
	/* Of context i from working[i * working_step] on; or NULL. */
	unsigned char *working;
	size_t working_step;
	/*
	 * Binds the calling thread to the PU of context `index`, reads it
	 * back and notes it there.  -EINVAL, -ENODEV (the kernel bound it
	 * elsewhere).  Does nothing in an unbound placement.
	 */
	int (*bind)(struct sy_batch *batch, uint32_t index);
	void *bind_data; /* for `bind`; models leave it alone */

	/*
	 * A struct sockaddr for SY_CONNECT, or NULL.  With it lanes begin
	 * without a connection; those that were made belong to the process
	 * that made them and are closed by the model: where a process ends
	 * with its task (fork) lane->fd is -1 again after it, and in all
	 * models after close.
	 */
	const void *address;
	uint32_t address_bytes;

	/* The meeting places; the model makes its own in open. */
	uint32_t lock_count;              /* each has its condition */
	uint32_t gate_count, event_count; /* no event is set */
	const uint32_t *gate_units;       /* of each gate: all are free */
	/* SY_WANTS_OUTSIDE: they are made already, and the caller's. */
	struct sy_places *places;
	unsigned wants; /* enum sy_wants */
};

/* What tasks may want of a model beside that their ops are carried out. */
enum sy_wants {
	/* Tasks wait for later ones: as many as `inflight` are given out in
	   the order of their indices, none before a lane is free for it. */
	SY_WANTS_ORDER = 1 << 0,
	/* A process that is none of the model's uses batch->places. */
	SY_WANTS_OUTSIDE = 1 << 1,
};

/* What open will take, so that a limit is found before it is hit. */
struct sy_needs {
	uint32_t contexts;         /* entries used of batch->contexts */
	uint32_t threads;          /* created beside the caller's */
	uint32_t processes;        /* alive at once beside the caller's */
	uint64_t descriptors;      /* beside those of the lanes, one process */
	uint32_t lane_descriptors; /* opened for each connected lane */
	uint64_t mappings;         /* memory maps, one process */
	uint64_t bytes;            /* memory beside that of all of these */
};

/* What the mechanisms of a family have in common. */
enum sy_family {
	SY_SWITCH, /* control passes from one context to the next */
	SY_SPAWN,  /* contexts are created and ended */
	SY_IDLE,   /* contexts exist and wait */
};

/* The parts of struct sy_setting that a mechanism heeds; others are 0 or 1
   for it.  Those that the caller sees to (resident memory) need no bit. */
enum sy_takes {
	SY_TAKES_RING = 1 << 0,    /* switch: contexts other than 0 */
	SY_TAKES_WORKING = 1 << 1, /* switch: working_bytes */
	SY_TAKES_BURST = 1 << 2,   /* spawn: contexts other than 1 */
	SY_TAKES_STACK = 1 << 3,   /* spawn, idle: stack_bytes */
};

/*
 * One way of passing control, of creating contexts or of letting them wait:
 * the row FAMILY/MODEL.NAME.  The batch has one lane, which is not used, and
 * as many contexts as `needs` asks for; each is bound through the batch.
 *
 * SY_SWITCH: context 0 is the thread that calls run.  With setting.contexts 0
 * two contexts hand over to one another, user contexts from two different
 * places in the code; else so many contexts, all of them clones in one loop,
 * hand over in a ring.  Before it hands over, a context calls sy_work_set.
 *
 * SY_SPAWN: run creates setting.contexts of them, then ends these, and so on
 * until there were `count`.  Each context runs and sees where (sy_context_see)
 * before it is ended.
 *
 * SY_IDLE: run is called in a process of its own, with rising counts, and
 * lets more contexts be created until `count` of them have run and wait.
 */
struct sy_mechanism {
	const char *name; /* [a-z]+ */
	const char *summary;
	enum sy_family family;
	unsigned takes; /* enum sy_takes */
	bool in_tour;
	bool reference; /* a yardstick: shown, but neither best nor a rival */
	unsigned pus_least; /* that it needs to make sense; 0: one will do */
	/*
	 * SY_SWITCH: kernel switches that one hand-off makes on one PU: all of
	 * them at least the first, the voluntary ones at most the second.  A
	 * kernel that lets the woken context run at once counts its waker's
	 * switch as involuntary, so the voluntary ones alone may be fewer.
	 */
	unsigned switches_min, switches_max;
	const void *way; /* for open: which of several that share it */
	/* Why this machine or build does not have it; NULL: it is here. */
	const char *(*absent)(void);
	void (*needs)(const struct sy_mechanism *mechanism,
	              const struct sy_batch *batch, struct sy_needs *needs);
	int (*open)(void **state, struct sy_batch *batch,
	            const struct sy_mechanism *mechanism);
	/*
	 * `count` operations: a multiple of 2 and of the contexts.  -ECHILD: a
	 * context has died; -EFAULT: a coroutine's stack has overflowed into
	 * its canary; other errors of the mechanism.
	 */
	int (*run)(void *state, uint64_t count);
	/*
	 * The same calls as `count` operations make, in one context with
	 * nobody to switch to, or (spawn) without what net is to show: what
	 * raw minus net is.  NULL: nothing is left then, or it cannot be had.
	 */
	int (*alone)(void *state, uint64_t count);
	/* What a reader of the row must know ("marked page"), at most 31
	   bytes, valid until close; NULL: nothing. */
	const char *(*detail)(const void *state);
	/* Leaves no thread, process, descriptor or mapping behind. */
	void (*close)(void *state);
};

struct sy_model {
	const char *name;    /* [a-z]+(.[a-z]+)?: the row label in results */
	const char *summary; /* what it is and what a context is */
	/* Not in the tour, and not among "all": it shows something of its own
	   and is measured where it is named. */
	bool by_name;
	/* Has one task in flight, however many lanes there are. */
	bool alone;
	/* Why this machine or build cannot run it, or NULL. */
	const char *(*absent)(void);
	/* Why it cannot give tasks what they want (enum sy_wants), or NULL;
	   the function is NULL where it can give all. */
	const char *(*lacks)(unsigned wants);
	void (*needs)(const struct sy_batch *batch, struct sy_needs *needs);
	/*
	 * Creates the contexts, each bound through the batch.  Sets *state on
	 * success only, and leaves nothing behind on failure.
	 * -EAGAIN, -ENOMEM, -EMFILE and what bind returns.
	 */
	int (*open)(void **state, struct sy_batch *batch);
	/*
	 * Carries out tasks 0 .. task_count - 1 and returns when all have
	 * ended.  A task's own error is in the tallies; the value returned
	 * is of the mechanism (a fork that fails, a context that died);
	 * -EFAULT: a coroutine's stack has overflowed into its canary.
	 */
	int (*run)(void *state);
	/* Leaves no thread, process, descriptor or mapping behind. */
	void (*close)(void *state);
	/* Ended by NULL; or NULL: there are none. */
	const struct sy_mechanism *const *mechanisms;
};

/* CLOCK_MONOTONIC. */
uint64_t sy_clock_ns(void);

/* Scatters an index, so that sums of it show what was lost or doubled. */
static inline uint64_t sy_proof(uint64_t index)
{
	uint64_t x = (index + 1) * UINT64_C(0x9e3779b97f4a7c15);

	x ^= x >> 32;
	return x * UINT64_C(0xd6e8feb86659fd93);
}

/* Starts task `index` on a free lane; the model then calls the step function. */
static inline void sy_task_begin(struct sy_batch *batch, struct sy_lane *lane,
                                 uint64_t index)
{
	struct sy_task *task = &lane->task;

	task->index = index;
	task->value = 0;
	task->job = batch->job;
	task->lane = lane;
	task->step = 0;
	task->error = 0;
	if (batch->latencies_ns &&
	    !(index & ((UINT64_C(1) << batch->stamp_shift) - 1)))
		lane->begin_ns = sy_clock_ns();
}

/* Stamps a task that answered SY_DONE.  sy_task_end calls it. */
static inline void sy_task_stamp(struct sy_batch *batch, struct sy_lane *lane)
{
	uint64_t index = lane->task.index;

	if (batch->latencies_ns &&
	    !(index & ((UINT64_C(1) << batch->stamp_shift) - 1)))
		batch->latencies_ns[index >> batch->stamp_shift] =
			sy_clock_ns() - lane->begin_ns;
}

/* Adds one ended task to a tally. */
static inline void sy_tally_add(struct sy_tally *tally, uint64_t index,
                                uint64_t value, int32_t error)
{
	tally->done++;
	tally->sum += value;
	tally->proof += sy_proof(index);
	if (error && !tally->error)
		tally->error = error;
}

/* Ends a task that answered SY_DONE: the lane is free again. */
static inline void sy_task_end(struct sy_batch *batch, struct sy_lane *lane)
{
	const struct sy_task *task = &lane->task;

	sy_task_stamp(batch, lane);
	sy_tally_add(&lane->tally, task->index, task->value, task->error);
}

/*
 * Notes where the calling context runs now.  About a nanosecond (rseq), so
 * that it can be called after each task of a blocking model and at each
 * budget of a scheduler.
 */
void sy_context_see(struct sy_context *context);
/* Its two halves, for a context that cannot write where it runs itself: the
   PU that the caller runs on, or -1, and noting it. */
int sy_context_pu(void);
void sy_context_see_at(struct sy_context *context, int pu);

/* What a context works on between two hand-offs. */
static inline unsigned char *sy_working_set(const struct sy_batch *batch,
                                            uint32_t context)
{
	return batch->working ? batch->working + context * batch->working_step
	                      : NULL;
}

/* A byte of each cache line is read and written. */
static inline void sy_work_set(unsigned char *set, uint64_t bytes)
{
	for (uint64_t i = 0; i < bytes; i += 64)
		((volatile unsigned char *)set)[i]++;
}

/* All models, `serial` first, ended by NULL. */
extern const struct sy_model *const sy_models[];

/* By name, or NULL. */
const struct sy_model *sy_model_find(const char *name);
const struct sy_mechanism *sy_mechanism_find(const struct sy_model *model,
                                             enum sy_family family,
                                             const char *name);

/* "switch", "spawn", "idle" */
const char *sy_family_name(enum sy_family family);

#ifdef __cplusplus
}
#endif

#endif /* SY_MODEL_H */
