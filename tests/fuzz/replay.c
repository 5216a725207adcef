/* SPDX-License-Identifier: MIT */
/*
 * replay.c - a harness without libFuzzer: replay COUNT SEED PATH...
 *
 * Every file, or every file of a folder, is given to the harness as it is;
 * then COUNT changed ones, which are the same for the same seed and files.
 */
#include "fuzz.h"

#include <dirent.h>
#include <sys/stat.h>

/* Of one input; longer ones are left as they are. */
#define ROOM 65536
/* So many changes of one input, one upon the other. */
#define CHANGES 4

struct input {
	uint8_t *data;
	size_t size;
};

struct corpus {
	struct input *inputs;
	size_t count;
};

/* The next number of a sequence: xorshift64*. */
static uint64_t state;

static size_t below(size_t limit)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (size_t)((state * UINT64_C(2685821657736338717)) >> 33) % limit;
}

/* A harness that knows the form of its input has one of its own. */
extern size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t room,
                                      unsigned seed) __attribute__((weak));

static size_t put(uint8_t *data, size_t size, size_t room, const char *text)
{
	size_t length = strlen(text), at = below(size + 1);

	if (size + length > room)
		return size;
	memmove(data + at + length, data + at, size - at);
	memcpy(data + at, text, length);
	return size + length;
}

static size_t drop(uint8_t *data, size_t size)
{
	size_t at = below(size), length = 1 + below(size - at);

	memmove(data + at, data + at + length, size - at - length);
	return size - length;
}

/* A piece of it once more, somewhere else. */
static size_t repeat(uint8_t *data, size_t size, size_t room)
{
	size_t from = below(size), length = 1 + below(size - from);
	char *piece;

	if (length > 64)
		length = 64;
	piece = fuzz_text(data + from, length);
	size = put(data, size, room, piece);
	free(piece);
	return size;
}

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t room)
{
	static const char *const pieces[] = {
		"0",  "-1", "1e999", "4294967296", "9223372036854775807",
		"{",  "[",  "\"",    "\n",         ",",
		":",  "]",  "}",     "\xff",       "\x01",
		"..", "*2", "null",  "\\u0000",    "1.5",
	};

	switch (size ? below(5) : 4) {
	case 0:
		data[below(size)] = (uint8_t)below(256);
		return size;
	case 1:
		data[below(size)] ^= (uint8_t)(1u << below(8));
		return size;
	case 2:
		return drop(data, size);
	case 3:
		return repeat(data, size, room);
	default:
		return put(data, size, room,
		           pieces[below(sizeof(pieces) / sizeof(*pieces))]);
	}
}

/* Harnesses get memory of the input's size, as libFuzzer gives it to them. */
static void run(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);

	fuzz_must(copy);
	memcpy(copy, data, size);
	LLVMFuzzerTestOneInput(copy, size);
	free(copy);
}

static void run_changed(const struct input *input, uint8_t *data)
{
	size_t size = input->size, changes = 1 + below(CHANGES);

	memcpy(data, input->data, size);
	while (changes--)
		size = LLVMFuzzerCustomMutator
		               ? LLVMFuzzerCustomMutator(
					 data, size, ROOM,
					 (unsigned)below(1u << 30))
		               : LLVMFuzzerMutate(data, size, ROOM);
	run(data, size);
}

static void add_file(struct corpus *corpus, const char *path)
{
	FILE *file = fopen(path, "rb");
	struct input input = { .data = malloc(ROOM) };

	fuzz_must(file && input.data);
	input.size = fread(input.data, 1, ROOM, file);
	fclose(file);
	corpus->inputs =
		reallocarray(corpus->inputs, corpus->count + 1, sizeof(input));
	fuzz_must(corpus->inputs);
	corpus->inputs[corpus->count++] = input;
}

/* In the order of their names, so that the same is run everywhere. */
static void add_folder(struct corpus *corpus, const char *path)
{
	struct dirent **entries;
	int count = scandir(path, &entries, NULL, alphasort);

	fuzz_must(count >= 0);
	for (int i = 0; i < count; i++) {
		char file[4096];

		snprintf(file, sizeof(file), "%s/%s", path, entries[i]->d_name);
		if (entries[i]->d_name[0] != '.')
			add_file(corpus, file);
		free(entries[i]);
	}
	free(entries);
}

static void add(struct corpus *corpus, const char *path)
{
	struct stat info;

	if (stat(path, &info)) {
		perror(path);
		exit(2);
	}
	if (S_ISDIR(info.st_mode))
		add_folder(corpus, path);
	else
		add_file(corpus, path);
}

int main(int argc, char **argv)
{
	static uint8_t data[ROOM];
	struct corpus corpus = { 0 };
	size_t changed;

	if (argc < 4) {
		fprintf(stderr, "usage: %s COUNT SEED PATH...\n", argv[0]);
		return 2;
	}
	changed = strtoul(argv[1], NULL, 10);
	state = strtoul(argv[2], NULL, 10) * 2 + 1;
	for (int i = 3; i < argc; i++)
		add(&corpus, argv[i]);
	fuzz_must(corpus.count);
	for (size_t i = 0; i < corpus.count; i++)
		run(corpus.inputs[i].data, corpus.inputs[i].size);
	for (size_t i = 0; i < changed; i++)
		run_changed(&corpus.inputs[below(corpus.count)], data);
	printf("%zu files and %zu changed ones\n", corpus.count, changed);
	for (size_t i = 0; i < corpus.count; i++)
		free(corpus.inputs[i].data);
	free(corpus.inputs);
	return 0;
}
