/* SPDX-License-Identifier: MIT */
/* rows_speed.c - what carrying out tasks costs beside doing it by hand. */
#include "study/study.h"

#define CPU(model)                                                             \
	{                                                                      \
		SY_ROW_RATIO, "cpu", model, model ".bare", 1.05, 64, 1024,     \
			10000, 0                                               \
	}
#define IO(model)                                                              \
	{                                                                      \
		SY_ROW_RATIO, "io", model, model ".bare", 1.05, 64, 1024, 0, 0 \
	}

const struct sy_row sy_speed_rows[] = {
	CPU("serial"),
	CPU("threads"),
	CPU("semaphore"),
	CPU("fork"),
	CPU("pool"),
	CPU("coroutine"),
	CPU("eventloop"),
	IO("serial"),
	IO("threads"),
	IO("semaphore"),
	IO("fork"),
	IO("pool"),
	IO("coroutine"),
	IO("eventloop"),
	{ SY_ROW_PRICE, "cpu", "serial", "serial.bare", 0, 64, 1024, 0, 0 },
	{ SY_ROW_TIME, "cpu", "coroutine", NULL, 20, 64, 1024, 0, 0 },
	{ SY_ROW_TIME, "cpu", "eventloop", NULL, 20, 64, 1024, 0, 0 },
	{ SY_ROW_TIME, "cpu", "threads", NULL, 20, 64, 1024, 0, 0 },
	{ SY_ROW_TIME, "cpu", "pool", NULL, 60, 64, 1024, 0, 0 },
	{ SY_ROW_TIME, "cpu", "pool", NULL, 8000, 1, 1, 0, 0 },
	{ SY_ROW_RATIO, "io", "coroutine", "raw.epoll", 1.03, 64, 1024, 0, 0 },
	{ SY_ROW_RATIO, "io", "eventloop.poll", "raw.epoll", 1.05, 64, 1024, 0,
	  0 },
	{ SY_ROW_RATIO, "io", "eventloop", "raw.epoll", 0, 64, 1024, 0, 0 },
	{ SY_ROW_BATCH, "wait", "coroutine", NULL, 10.8, 1000, 1024, 10000000,
	  0 },
	{ SY_ROW_BATCH, "wait", "eventloop", NULL, 11.5, 1000, 1024, 10000000,
	  0 },
	{ SY_ROW_CAPACITY, "wait", "coroutine", NULL, 0, 10000, 1024, 10000000,
	  0 },
	{ SY_ROW_CAPACITY, "wait", "eventloop", NULL, 0, 10000, 1024, 10000000,
	  0 },
	{ SY_ROW_CAPACITY, "wait", "threads", NULL, 0, 4000, 1024, 10000000,
	  0 },
	{ SY_ROW_CAPACITY, "wait", "fork", NULL, 0, 2000, 1024, 10000000, 0 },
	{ SY_ROW_CAPACITY, "wait", "pool", NULL, 0, 2000, 1024, 10000000, 0 },
};
const size_t sy_speed_row_count =
	sizeof(sy_speed_rows) / sizeof(sy_speed_rows[0]);
