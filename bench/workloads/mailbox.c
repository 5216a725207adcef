/* SPDX-License-Identifier: MIT */
/*
 * mailbox.c - see mailbox.h.
 *
 * The server is two processes: the owner, and its parent, which sleeps until
 * the owner ends.  Where that was not asked for, it says so and opens all
 * gates, for futexes tell nobody of a death.
 */
#include "workloads/mailbox.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

struct start {
	struct sy_post *post;
	uint32_t keys;
};

struct owner {
	struct sy_post *post;
	struct sy_dictionary *dictionary;
	int control;
};

static void answer(struct owner *owner, uint32_t index)
{
	struct sy_post *post = owner->post;
	struct sy_mailbox *box = &post->boxes[index];
	ssize_t bytes = sy_ask_length(box->request, sizeof(box->request));

	if (bytes > 0 && sy_is_request(box->request))
		sy_dictionary_answer(owner->dictionary, box->request,
		                     box->reply);
	else
		/* What is no request is told by a reply that is none. */
		memset(box->reply, 0, sizeof(struct sy_ask_header));
	atomic_store_explicit(&box->answered, true, memory_order_release);
	sy_places_release(post->places, sy_mailbox_gate(index), 1);
}

static void answer_all(struct owner *owner)
{
	struct sy_post *post = owner->post;

	for (uint32_t word = 0; word <= (post->count - 1) / 64; word++) {
		uint64_t marked = 0;

		if (atomic_load_explicit(&post->marked[word],
		                         memory_order_relaxed))
			marked = atomic_exchange(&post->marked[word], 0);
		for (; marked; marked &= marked - 1)
			answer(owner,
			       word * 64 + (uint32_t)__builtin_ctzll(marked));
	}
}

/* The owner's life: nobody but its parent waits for its end. */
static void own(struct owner *owner, pid_t parent)
{
	struct sy_post *post = owner->post;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != parent)
		_exit(1);
	prctl(PR_SET_NAME, "sy-mailbox");
	close(owner->control);
	while (!atomic_load(&post->closing)) {
		sy_places_acquire(post->places, SY_MAILBOX_GATE);
		answer_all(owner);
	}
	_exit(0);
}

static int open_owner(void **state, const void *data, int control)
{
	const struct start *start = data;
	struct owner *owner = calloc(1, sizeof(*owner));
	pid_t parent = getpid(), pid;
	int rc;

	if (!owner)
		return -ENOMEM;
	owner->post = start->post;
	owner->control = control;
	rc = sy_dictionary_open(&owner->dictionary, start->keys);
	if (rc)
		goto free_owner;
	pid = fork();
	if (!pid)
		own(owner, parent);
	if (pid < 0) {
		rc = -errno;
		goto close_dictionary;
	}
	atomic_store(&owner->post->owner, pid);
	*state = owner;
	return 0;

close_dictionary:
	sy_dictionary_close(owner->dictionary);
free_owner:
	free(owner);
	return rc;
}

/* Lets all go on that wait for an answer, now or later. */
static void open_gates(struct sy_post *post)
{
	atomic_store(&post->dead, true);
	for (uint32_t i = 0; i < post->count; i++)
		sy_places_release(post->places, sy_mailbox_gate(i), 1);
}

static int watch_owner(void *state)
{
	struct owner *owner = state;
	char end;

	while (waitpid(atomic_load(&owner->post->owner), NULL, 0) < 0 &&
	       errno == EINTR)
		;
	if (!atomic_load(&owner->post->closing))
		open_gates(owner->post);
	while (read(owner->control, &end, 1) < 0 && errno == EINTR)
		;
	return 0;
}

static void close_owner(void *state)
{
	struct owner *owner = state;

	sy_dictionary_close(owner->dictionary);
	free(owner);
}

/* ---- the memory ---- */

static size_t align(size_t bytes)
{
	return (bytes + 63) & ~(size_t)63;
}

static int post_map(struct sy_post **post, uint32_t clients)
{
	size_t marked = align(sizeof(struct sy_post));
	size_t boxes = marked + align((clients / 64 + 1) * sizeof(uint64_t));
	size_t units = boxes + clients * sizeof(struct sy_mailbox);
	size_t bytes = units + ((size_t)clients + 1) * sizeof(uint32_t);
	unsigned char *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
	                             MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct sy_post *new = (void *)memory;

	if (memory == MAP_FAILED)
		return -ENOMEM;
	new->bytes = bytes;
	new->count = clients;
	new->marked = (void *)(memory + marked);
	new->boxes = (void *)(memory + boxes);
	new->units = (void *)(memory + units);
	*post = new;
	return 0;
}

/* Gates where nobody gets through before somebody lets him. */
static int gates_open(struct sy_post *post)
{
	struct sy_batch batch = { .gate_count = post->count + 1,
		                  .gate_units = post->units };
	int rc;

	post->units[SY_MAILBOX_GATE] = post->count + 1;
	for (uint32_t i = 0; i < post->count; i++)
		post->units[sy_mailbox_gate(i)] = 1;
	rc = sy_places_open(&post->places, &batch, true);
	if (rc)
		return rc;
	for (uint32_t i = 0; i <= post->count; i++)
		sy_places_acquire(post->places, SY_MAILBOX_GATE);
	for (uint32_t i = 0; i < post->count; i++)
		sy_places_acquire(post->places, sy_mailbox_gate(i));
	return 0;
}

int sy_post_open(struct sy_post **post, uint32_t clients, uint32_t keys, int pu)
{
	struct start start = { .keys = keys };
	const struct sy_service service = {
		.name = "sy-mail-watch",
		.data = &start,
		.open = open_owner,
		.run = watch_owner,
		.close = close_owner,
	};
	int rc = post_map(&start.post, clients);

	if (rc)
		return rc;
	rc = gates_open(start.post);
	if (rc)
		goto unmap;
	rc = sy_server_start(&start.post->server, &service, pu);
	if (rc)
		goto close_places;
	*post = start.post;
	return 0;

close_places:
	sy_places_close(start.post->places);
unmap:
	munmap(start.post, start.post->bytes);
	return rc;
}

void sy_post_close(struct sy_post *post)
{
	atomic_store(&post->closing, true);
	sy_places_release(post->places, SY_MAILBOX_GATE, 1);
	sy_server_stop(&post->server);
	sy_places_close(post->places);
	munmap(post, post->bytes);
}
