/* SPDX-License-Identifier: MIT */
/*
 * test_protocol.c - lines of JSON over a socket: whole ones however they
 * come, and every other thing refused.
 */
#include "engine_fixture.h"

#include <pthread.h>

#include "engine/protocol.h"

struct line {
	int ends[2]; /* the reader's and ours */
	struct sy_line_reader reader;
};

static void open_line(struct line *line)
{
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, line->ends), 0);
	assert_int_equal(sy_line_reader_open(&line->reader, line->ends[0]), 0);
}

static void hang_up(struct line *line)
{
	if (line->ends[1] >= 0)
		close(line->ends[1]);
	line->ends[1] = -1;
}

static void close_line(struct line *line)
{
	sy_line_reader_close(&line->reader);
	hang_up(line);
	close(line->ends[0]);
}

static void put(struct line *line, const char *text)
{
	size_t bytes = strlen(text);

	assert_int_equal(send(line->ends[1], text, bytes, 0), bytes);
}

static int get(struct line *line, json_t **message)
{
	return sy_message_receive(&line->reader, -1, 0, message);
}

static void assert_next(struct line *line, json_int_t value)
{
	json_t *message;

	assert_int_equal(get(line, &message), 0);
	assert_int_equal(json_integer_value(json_object_get(message, "a")),
	                 value);
	json_decref(message);
}

static void test_lines_come_torn_and_together(void **state)
{
	static const char text[] = "{\"a\": 1}\n{\"a\":2, \"b\": [\"\\n\"]}\n"
				   "  {\"a\": 3 }\r\n";
	struct line line;
	json_t *message;
	int seen = 0;

	(void)state;
	open_line(&line);
	put(&line, text);
	for (int i = 1; i <= 3; i++)
		assert_next(&line, i);
	assert_int_equal(get(&line, &message), -ETIMEDOUT);
	for (const char *c = text; *c; c++) {
		put(&line, (char[]){ *c, '\0' });
		if (*c == '\n')
			assert_next(&line, ++seen);
		else
			assert_int_equal(get(&line, &message), -ETIMEDOUT);
	}
	assert_int_equal(seen, 3);
	/* One whole and half of the next. */
	put(&line, "{\"a\": 4}\n{\"a\"");
	assert_next(&line, 4);
	assert_int_equal(get(&line, &message), -ETIMEDOUT);
	put(&line, ": 5}\n");
	assert_next(&line, 5);
	close_line(&line);
}

static void test_what_is_no_object_is_refused(void **state)
{
	static const char *const lines[] = {
		"\n",
		"nonsense\n",
		"{\"a\": 1\n",
		"[1]\n",
		"7\n",
		"\"text\"\n",
		"{\"a\": 1}}\n",
		"{\"a\":1,\"a\":2}\n",
		"{'a': 1}\n",
		"{\"a\": \"\xff\"}\n",
	};
	struct line line;
	json_t *message;

	(void)state;
	open_line(&line);
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		put(&line, lines[i]);
		assert_int_equal(get(&line, &message), -EPROTO);
		/* The next line is read for itself. */
		put(&line, "{\"a\": 8}\n");
		assert_next(&line, 8);
	}
	assert_int_equal(send(line.ends[1], "{\"a\0\": 1}\n", 10, 0), 10);
	assert_int_equal(get(&line, &message), -EPROTO);
	close_line(&line);
}

/* Sends `bytes` blanks, then an object and a line feed. */
struct flood {
	int fd;
	size_t bytes;
};

static void *pour(void *data)
{
	const struct flood *flood = data;
	char blanks[4096];

	memset(blanks, ' ', sizeof(blanks));
	for (size_t left = flood->bytes; left;) {
		size_t part = left < sizeof(blanks) ? left : sizeof(blanks);

		if (send(flood->fd, blanks, part, MSG_NOSIGNAL) <= 0)
			return NULL;
		left -= part;
	}
	send(flood->fd, "{\"a\":9}\n", 8, MSG_NOSIGNAL);
	return NULL;
}

static int receive_long(size_t bytes)
{
	struct line line;
	struct flood flood;
	json_t *message = NULL;
	pthread_t thread;
	int error;

	open_line(&line);
	flood = (struct flood){ line.ends[1], bytes - 8 };
	assert_int_equal(pthread_create(&thread, NULL, pour, &flood), 0);
	error = sy_message_receive(&line.reader, -1, 10000, &message);
	shutdown(line.ends[0], SHUT_RDWR); /* ends the flood */
	pthread_join(thread, NULL);
	if (!error)
		json_decref(message);
	close_line(&line);
	return error;
}

static void test_a_line_has_a_greatest_length(void **state)
{
	(void)state;
	assert_int_equal(receive_long(SY_LINE_BYTES), 0);
	assert_int_equal(receive_long(SY_LINE_BYTES + 1), -EPROTO);
	assert_int_equal(receive_long(4 * SY_LINE_BYTES), -EPROTO);
}

static void test_the_end_is_told_after_the_last_line(void **state)
{
	struct line line;
	json_t *message;

	(void)state;
	open_line(&line);
	put(&line, "{\"a\": 1}\n{\"a\":");
	hang_up(&line);
	assert_next(&line, 1);
	assert_int_equal(get(&line, &message), -EPIPE);
	assert_int_equal(get(&line, &message), -EPIPE);
	close_line(&line);
	/* One that went away with a request unread resets the connection. */
	open_line(&line);
	assert_int_equal(send(line.ends[0], "x", 1, 0), 1);
	hang_up(&line);
	assert_int_equal(get(&line, &message), -EPIPE);
	close_line(&line);
}

static void test_a_timeout_ends_the_waiting(void **state)
{
	uint64_t begin_ns = sy_clock_ns();
	struct line line;
	json_t *message;

	(void)state;
	open_line(&line);
	assert_int_equal(sy_message_receive(&line.reader, -1, 30, &message),
	                 -ETIMEDOUT);
	assert_in_range(sy_clock_ns() - begin_ns, 29 * MS, 5000 * MS);
	close_line(&line);
}

/* A byte every 10 ms, for as long as anybody reads. */
static void *drip(void *data)
{
	while (send(*(int *)data, " ", 1, MSG_NOSIGNAL) == 1)
		usleep(10000);
	return NULL;
}

static void test_a_dripping_line_does_not_put_the_timeout_off(void **state)
{
	struct line line;
	json_t *message;
	pthread_t thread;
	uint64_t begin_ns;

	(void)state;
	open_line(&line);
	assert_int_equal(pthread_create(&thread, NULL, drip, &line.ends[1]), 0);
	begin_ns = sy_clock_ns();
	assert_int_equal(sy_message_receive(&line.reader, -1, 100, &message),
	                 -ETIMEDOUT);
	assert_in_range(sy_clock_ns() - begin_ns, 99 * MS, 5000 * MS);
	shutdown(line.ends[0], SHUT_RDWR);
	pthread_join(thread, NULL);
	close_line(&line);
}

static void test_cancelling_ends_the_waiting(void **state)
{
	struct line line;
	json_t *message;
	int ends[2];

	(void)state;
	open_line(&line);
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(
		sy_message_receive(&line.reader, ends[0], 10, &message),
		-ETIMEDOUT);
	assert_int_equal(write(ends[1], "x", 1), 1);
	assert_int_equal(
		sy_message_receive(&line.reader, ends[0], -1, &message),
		-ECANCELED);
	close(ends[0]);
	close(ends[1]);
	close_line(&line);
}

static void test_a_message_is_one_line(void **state)
{
	static const char wanted[] = "{\"a\":\"x\\ny\",\"b\":7}\n";
	char text[64] = "";
	struct line line;

	(void)state;
	open_line(&line);
	assert_int_equal(
		sy_message_send(line.ends[0],
	                        json_pack("{ss si}", "a", "x\ny", "b", 7)),
		0);
	assert_int_equal(recv(line.ends[1], text, sizeof(text) - 1, 0),
	                 strlen(wanted));
	assert_string_equal(text, wanted);
	assert_int_equal(sy_message_send(line.ends[0], NULL), -ENOMEM);
	hang_up(&line);
	assert_int_equal(
		sy_message_send(line.ends[0], json_pack("{si}", "a", 1)),
		-EPIPE);
	close_line(&line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines_come_torn_and_together),
		cmocka_unit_test(test_what_is_no_object_is_refused),
		cmocka_unit_test(test_a_line_has_a_greatest_length),
		cmocka_unit_test(test_the_end_is_told_after_the_last_line),
		cmocka_unit_test(test_a_timeout_ends_the_waiting),
		cmocka_unit_test(
			test_a_dripping_line_does_not_put_the_timeout_off),
		cmocka_unit_test(test_cancelling_ends_the_waiting),
		cmocka_unit_test(test_a_message_is_one_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
