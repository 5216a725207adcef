/* SPDX-License-Identifier: MIT */
/*
 * lstopo.c - see lstopo.h.  lstopo reads and writes files in memory, so that
 * nothing is left on the disk whatever ends it, or us.
 */
#include "lstopo.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "program.h"
#include "whole_file.h"

/* 8192 PUs take it a fifth of a second. */
#define LIMIT_MS 60000

/* The attributes of the outermost tag are within these. */
#define HEAD_BYTES 512

static int find_lstopo(char *program, size_t bytes, char *why, size_t why_bytes)
{
	const char *path = getenv("PATH");

	/* The second may be the same, or a bigger one that opens windows. */
	if (!sy_program_find("lstopo-no-graphics", path, program, bytes) ||
	    !sy_program_find("lstopo", path, program, bytes))
		return 0;
	snprintf(why, why_bytes,
	         "lstopo is not installed; apt-get install hwloc-nox");
	return -ENOENT;
}

/* A file in memory, to be read from its beginning. */
static int memory_file(const char *text, int *fd)
{
	int made = memfd_create("lstopo", MFD_CLOEXEC), rc;

	if (made < 0)
		return -errno;
	rc = dprintf(made, "%s", text) < 0 || lseek(made, 0, SEEK_SET) < 0
	             ? -errno
	             : 0;
	if (rc)
		close(made);
	else
		*fd = made;
	return rc;
}

/*
 * lstopo writes its viewBox in pixels, which SVG does not know there; browsers
 * forgive it, and other programs show nothing.
 */
static void mend_view_box(char *svg, size_t bytes)
{
	char *end = svg + (bytes < HEAD_BYTES ? bytes : HEAD_BYTES);
	char *at = memmem(svg, (size_t)(end - svg), "viewBox='", 9);

	if (!at)
		return;
	for (at += 9; at + 1 < end && *at != '\''; at++)
		if (at[0] == 'p' && at[1] == 'x')
			memset(at, ' ', 2);
}

static int write_svg(const char *path, const char *svg, size_t bytes)
{
	struct sy_whole_file file;
	int rc = sy_whole_file_open(&file, path);

	if (rc)
		return rc;
	if (fwrite(svg, 1, bytes, file.stream) < bytes)
		rc = -errno;
	return sy_whole_file_close(&file, rc);
}

static int publish(int drawn_fd, const char *path)
{
	struct stat info;
	char *svg;
	int rc;

	if (fstat(drawn_fd, &info))
		return -errno;
	if (info.st_size == 0)
		return -ENODATA;
	svg = mmap(NULL, (size_t)info.st_size, PROT_READ | PROT_WRITE,
	           MAP_PRIVATE, drawn_fd, 0);
	if (svg == MAP_FAILED)
		return -errno;
	mend_view_box(svg, (size_t)info.st_size);
	rc = write_svg(path, svg, (size_t)info.st_size);
	munmap(svg, (size_t)info.st_size);
	return rc;
}

/*
 * Nothing is drawn once for many that are alike, because contexts tell them
 * apart; and no legend, which would name the host and the date.
 */
static int run(const char *program, const char *legend, int xml_fd,
               int drawn_fd, char *why, size_t why_bytes)
{
	const char *const argv[] = {
		program,
		"--if",
		"xml",
		"-i",
		"-",
		"--of",
		"nativesvg",
		"--disallowed",
		"--no-factorize",
		"--no-default-legend",
		"--append-legend",
		legend,
		"-",
		NULL,
	};
	struct sy_program lstopo = {
		.name = "lstopo",
		.making = "the picture",
		.argv = (char *const *)argv,
		.folder_fd = -1,
		.stdin_fd = xml_fd,
		.stdout_fd = drawn_fd,
		.limit_ms = LIMIT_MS,
	};

	return sy_program_run(&lstopo, why, why_bytes);
}

/* The two files in memory, and what lstopo says, which is for `why` alone. */
static int draw(const char *xml, const char *legend, const char *program,
                int drawn_fd, char *why, size_t why_bytes)
{
	int xml_fd, rc = memory_file(xml, &xml_fd);

	if (rc) {
		snprintf(why, why_bytes, "no memory for the picture: %s",
		         strerror(-rc));
		return rc;
	}
	rc = run(program, legend, xml_fd, drawn_fd, why, why_bytes);
	close(xml_fd);
	return rc;
}

int sy_lstopo_draw(const char *xml, const char *legend, const char *path,
                   char *why, size_t why_bytes)
{
	char program[PATH_MAX];
	int drawn_fd, rc;

	rc = find_lstopo(program, sizeof(program), why, why_bytes);
	if (rc)
		return rc;
	rc = memory_file("", &drawn_fd);
	if (rc) {
		snprintf(why, why_bytes, "no memory for the picture: %s",
		         strerror(-rc));
		return rc;
	}
	rc = draw(xml, legend, program, drawn_fd, why, why_bytes);
	if (!rc) {
		rc = publish(drawn_fd, path);
		if (rc)
			snprintf(why, why_bytes, "cannot write '%.200s': %s",
			         path,
			         rc == -ENODATA ? "lstopo drew nothing"
			                        : strerror(-rc));
	}
	close(drawn_fd);
	return rc;
}
