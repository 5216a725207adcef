/* SPDX-License-Identifier: MIT */
/*
 * sink.h - where what a worker prints goes that is not ours to show: memory of
 * a fixed size, so that a flood ends in it.
 */
#ifndef SY_SINK_H
#define SY_SINK_H

/* So much is kept; what comes behind it is refused with EPERM. */
#define SY_SINK_BYTES 4096
#define SY_SINK_LINE_BYTES 160

/* Closed by exec and by the caller.  -EMFILE, -ENFILE, -ENOMEM. */
int sy_sink_open(int *fd);

/*
 * The first line in it that has a letter, without what is no printable ASCII,
 * and cut where it is longer.  -ENOENT: there is none.
 */
int sy_sink_line(int fd, char line[SY_SINK_LINE_BYTES]);

#endif /* SY_SINK_H */
