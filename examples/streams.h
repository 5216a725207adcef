/* SPDX-License-Identifier: MIT */
/*
 * streams.h - how an example begins and ends: with standard streams that are
 * open, and with what it printed written.
 */
#ifndef EXAMPLE_STREAMS_H
#define EXAMPLE_STREAMS_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* A descriptor 0 to 2 that is closed would be given to a socket or a loop. */
static inline void example_begin(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= 2);
	if (fd > 2)
		close(fd);
}

/* The exit status, with a line where it is not 0. */
static inline int example_end(int failed)
{
	if (failed)
		fputs("the example could not be carried out\n", stderr);
	if (fflush(stdout) || ferror(stdout)) {
		perror("standard output");
		failed = 1;
	}
	return failed ? 1 : 0;
}

#endif /* EXAMPLE_STREAMS_H */
