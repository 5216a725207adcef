/* SPDX-License-Identifier: MIT */
/*
 * made_tree.h - a folder of made-up /proc and /sys files for a test.
 *
 * After cmocka.h.  The tree is *state and is removed after the test.
 */
#ifndef SY_MADE_TREE_H
#define SY_MADE_TREE_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define TREE_PATH_BYTES 512

static int tree_setup(void **state)
{
	char *root = strdup("/tmp/sy-tree-XXXXXX");

	if (!root || !mkdtemp(root)) {
		free(root);
		return -1;
	}
	*state = root;
	return 0;
}

static int tree_remove_one(const char *path, const struct stat *status,
                           int type, struct FTW *where)
{
	(void)status;
	(void)type;
	(void)where;
	return remove(path);
}

static int tree_teardown(void **state)
{
	int rc = nftw(*state, tree_remove_one, 16, FTW_DEPTH | FTW_PHYS);

	free(*state);
	return rc;
}

/* Writes a file, with the folders that it lies in. */
static void tree_write(const char *root, const char *path, const char *text)
{
	char full[TREE_PATH_BYTES];
	FILE *file;

	snprintf(full, sizeof(full), "%s%s", root, path);
	for (char *slash = full + strlen(root) + 1;
	     (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		mkdir(full, 0700);
		*slash = '/';
	}
	file = fopen(full, "we");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

#endif /* SY_MADE_TREE_H */
