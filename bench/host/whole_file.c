/* SPDX-License-Identifier: MIT */
/* whole_file.c - see whole_file.h. */
#include "host/whole_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ".NAME.PID.new" beside the file; the name cut so that it stays one. */
static int name_temporary(struct sy_whole_file *file)
{
	const char *slash = strrchr(file->path, '/');
	const char *name = slash ? slash + 1 : file->path;
	int length = snprintf(file->temporary, sizeof(file->temporary),
	                      "%.*s.%.50s.%d.new", (int)(name - file->path),
	                      file->path, name, (int)getpid());

	if (!*name)
		return -EISDIR;
	return length < (int)sizeof(file->temporary) ? 0 : -ENAMETOOLONG;
}

/* What is behind links, so that it is replaced and not they. */
static int find_place(struct sy_whole_file *file, const char *path,
                      bool *direct)
{
	struct stat status;

	*direct = false;
	if (strlen(path) >= sizeof(file->path))
		return -ENAMETOOLONG;
	strcpy(file->path, path);
	if (stat(path, &status))
		return errno == ENOENT ? name_temporary(file) : -errno;
	*direct = !S_ISREG(status.st_mode);
	if (access(path, W_OK))
		return -errno;
	if (*direct)
		return 0;
	if (!realpath(path, file->path))
		return -errno;
	return name_temporary(file);
}

int sy_whole_file_open(struct sy_whole_file *file, const char *path)
{
	bool direct;
	int fd, error;

	*file = (struct sy_whole_file){ 0 };
	error = find_place(file, path, &direct);
	if (error)
		return error;
	fd = direct ? open(path, O_WRONLY | O_CLOEXEC)
	            : open(file->temporary,
	                   O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0)
		return -errno;
	file->stream = fdopen(fd, "w");
	if (file->stream)
		return 0;
	error = -errno;
	close(fd);
	if (!direct)
		unlink(file->temporary);
	return error;
}

int sy_stream_error(FILE *stream)
{
	if (fflush(stream))
		return -errno;
	/* It failed at an earlier write, whose errno is gone. */
	return ferror(stream) ? -EIO : 0;
}

int sy_whole_file_close(struct sy_whole_file *file, int error)
{
	bool direct = !*file->temporary;

	if (!error)
		error = sy_stream_error(file->stream);
	if (!error && !direct && fsync(fileno(file->stream)))
		error = -errno;
	if (fclose(file->stream) && !error)
		error = -errno;
	if (!error && !direct && rename(file->temporary, file->path))
		error = -errno;
	if (error && !direct)
		unlink(file->temporary);
	return error;
}
