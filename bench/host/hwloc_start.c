/* SPDX-License-Identifier: MIT */
/*
 * hwloc_start.c - hwloc's environment and the topology that a binder needs.
 *
 * The plug-ins of the distributions load the drivers of graphics cards
 * (milliseconds, and threads in a process that is about to be measured), for
 * objects that are not asked for here.  The only way to refuse them is the
 * environment, which is changed for the moment of the start and put back; so
 * a topology or a binder is opened before other threads use the environment.
 */
#include "hwloc_start.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PLUGINS_VARIABLE "HWLOC_PLUGINS_PATH"
#define PLUGINS_NOWHERE "/dev/null"

/* hwloc writes a set as words of 32 bits, the highest first. */
#define WORD_BITS 32
#define WORD_COUNT (SY_BINDER_PUS / WORD_BITS)
#define ALL_WORD ",0xffffffff"
#define NO_WORD ",0x0"
#define TOP_BIT "0x1"

static const char *const elsewhere[] = {
	"HWLOC_XMLFILE",    "HWLOC_SYNTHETIC",  "HWLOC_FSROOT",
	"HWLOC_CPUID_PATH", "HWLOC_COMPONENTS",
};

bool sy_hwloc_variable_elsewhere(const char *name)
{
	for (size_t i = 0; i < sizeof(elsewhere) / sizeof(*elsewhere); i++)
		if (!strcmp(name, elsewhere[i]))
			return true;
	return false;
}

bool sy_hwloc_elsewhere(void)
{
	for (size_t i = 0; i < sizeof(elsewhere) / sizeof(*elsewhere); i++) {
		const char *value = getenv(elsewhere[i]);

		if (value && *value)
			return true;
	}
	return false;
}

int sy_hwloc_plugins_off(char **before)
{
	const char *set = getenv(PLUGINS_VARIABLE);
	char *copy = set ? strdup(set) : NULL;

	if (set && !copy)
		return -ENOMEM;
	if (setenv(PLUGINS_VARIABLE, PLUGINS_NOWHERE, 1)) {
		free(copy);
		return -ENOMEM;
	}
	*before = copy;
	return 0;
}

void sy_hwloc_plugins_on(char *before)
{
	/* Where there is no memory for it, the plug-ins stay off. */
	if (before)
		(void)setenv(PLUGINS_VARIABLE, before, 1);
	else
		unsetenv(PLUGINS_VARIABLE);
	free(before);
}

/* The set of bit SY_BINDER_PUS, with all bits below it or with none. */
static void write_set(char *text, const char *word)
{
	size_t length = strlen(word);

	text = stpcpy(text, TOP_BIT);
	for (unsigned i = 0; i < WORD_COUNT; i++, text += length)
		memcpy(text, word, length + 1);
}

/*
 * hwloc binds to any subset of a machine's complete set, but looks only at
 * what is in its tree.  A tree of a single PU behind all real ones, within a
 * complete set of them all, is read in a fraction of a millisecond on a
 * machine of any size; discovering the real one takes milliseconds, and a
 * flat synthetic one of 4096 PUs 0.7 s.  The one PU must not be a real one,
 * because binding to all of the tree means to bind to the complete set.
 */
char *sy_binder_xml(void)
{
	char all[sizeof(TOP_BIT) + WORD_COUNT * (sizeof(ALL_WORD) - 1)];
	char last[sizeof(TOP_BIT) + WORD_COUNT * (sizeof(NO_WORD) - 1)];
	char *xml;
	int bytes;

	write_set(all, ALL_WORD);
	write_set(last, NO_WORD);
	bytes = asprintf(
		&xml,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<!DOCTYPE topology SYSTEM \"hwloc2.dtd\">\n"
		"<topology version=\"2.0\">\n"
		"  <object type=\"Machine\" os_index=\"0\" cpuset=\"%s\""
		" complete_cpuset=\"%s\" allowed_cpuset=\"%s\""
		" nodeset=\"0x1\" complete_nodeset=\"0x1\""
		" allowed_nodeset=\"0x1\" gp_index=\"1\">\n"
		"    <object type=\"NUMANode\" os_index=\"0\" cpuset=\"%s\""
		" complete_cpuset=\"%s\" nodeset=\"0x1\""
		" complete_nodeset=\"0x1\" gp_index=\"2\""
		" local_memory=\"1\"/>\n"
		"    <object type=\"PU\" os_index=\"%d\" cpuset=\"%s\""
		" complete_cpuset=\"%s\" nodeset=\"0x1\""
		" complete_nodeset=\"0x1\" gp_index=\"3\"/>\n"
		"  </object>\n"
		"</topology>\n",
		last, all, last, last, all, SY_BINDER_PUS, last, last);
	return bytes < 0 ? NULL : xml;
}
