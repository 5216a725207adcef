/* SPDX-License-Identifier: MIT */
/*
 * topology.c - a machine, this one or any other, and where contexts would go.
 *
 * It looks and draws, and binds nothing.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "host/lstopo.h"
#include "host/tree.h"
#include "sweep/matrix.h"

static int complain_here(int error)
{
	if (error == -ENOTSUP)
		return sy_complain(SY_EXIT_REFUSED,
		                   "hwloc describes another machine "
		                   "(HWLOC_XMLFILE, HWLOC_SYNTHETIC or "
		                   "HWLOC_COMPONENTS is set): unset it, or "
		                   "name that machine with --input");
	return sy_complain(SY_EXIT_REFUSED,
	                   "hwloc cannot read this machine: %s",
	                   strerror(-error));
}

static int complain_file(int error, const char *path)
{
	const char *what = strerror(-error);

	if (error == -ENOMEM)
		return sy_complain(SY_EXIT_REFUSED, "--input: %.200s: %s", path,
		                   what);
	if (error == -EINVAL)
		what = "not a whole and sound topology in hwloc's XML; "
		       "`lstopo FILE.xml` writes one";
	else if (error == -E2BIG)
		what = "more than 8192 PUs, or OS indices from there on";
	else if (error == -EFBIG)
		what = "over 64 MiB, which no topology is";
	else if (error == -ENXIO)
		what = "no regular file";
	return sy_complain(SY_EXIT_USAGE, "--input: %.200s: %s", path, what);
}

static int complain_synthetic(int error, const char *text)
{
	if (error == -EINVAL)
		return sy_complain(SY_EXIT_USAGE,
		                   "--input: '%.80s' is neither a file nor a "
		                   "machine in hwloc's notation, such as "
		                   "'pack:2 core:4 pu:2'",
		                   text);
	if (error == -E2BIG)
		return sy_complain(
			SY_EXIT_USAGE,
			"--input: '%.80s' is too large: at most 8192 "
			"PUs, with OS indices below that, and fewer "
			"where thousands have one parent",
			text);
	return sy_complain(SY_EXIT_REFUSED, "--input: '%.80s': %s", text,
	                   strerror(-error));
}

/* hwloc's notation has no slashes and no ending. */
static bool names_file(const char *input)
{
	size_t length = strlen(input);

	return strchr(input, '/') ||
	       (length > 4 && !strcasecmp(input + length - 4, ".xml")) ||
	       !access(input, F_OK);
}

static int open_input(struct sy_topology **topology, const char *input)
{
	int error;

	if (!input) {
		error = sy_topology_open(topology);
		return error ? complain_here(error) : 0;
	}
	if (names_file(input)) {
		error = sy_topology_open_xml(topology, input);
		return error ? complain_file(error, input) : 0;
	}
	error = sy_topology_open_synthetic(topology, input);
	return error ? complain_synthetic(error, input) : 0;
}

/* What is looked at. */
struct view {
	const struct sy_options *options;
	struct sy_topology *topology;
	struct sy_tree tree;
	struct sy_placement placement; /* pus NULL: none was asked for */
	unsigned contexts;
};

static int place(struct view *view)
{
	const char *name = view->options->preview;
	char why[128];
	int error;

	if (!name && view->options->contexts)
		return sy_complain(SY_EXIT_USAGE,
		                   "--contexts: say where they go with "
		                   "--placement");
	if (!name)
		return 0;
	if (!strcmp(name, SY_MATRIX))
		return sy_complain(
			SY_EXIT_USAGE,
			"--placement: '" SY_MATRIX "' is no "
			"placement of contexts but a point for every "
			"two PUs; `run --workload switch` takes it");
	error = sy_placement_make(&view->placement, view->topology, name, why,
	                          sizeof(why));
	if (error)
		return sy_complain(error == -EINVAL   ? SY_EXIT_USAGE
		                   : error == -ENODEV ? SY_EXIT_NOTHING
		                                      : SY_EXIT_REFUSED,
		                   "--placement: %s", why);
	/* Without a number, one context for each PU of the placement. */
	view->contexts = view->options->contexts
	                         ? (unsigned)view->options->contexts
	                         : view->placement.count;
	return 0;
}

static int print(struct view *view)
{
	const struct sy_options *options = view->options;
	int error = sy_tree_make(&view->tree, view->topology);

	if (!error)
		error = sy_tree_print(stdout, &view->tree, options->full);
	if (!error && view->placement.pus) {
		fputc('\n', stdout);
		error = sy_placement_print(stdout, &view->tree,
		                           &view->placement, options->preview,
		                           view->contexts, options->full);
	}
	return error ? sy_complain(SY_EXIT_REFUSED,
	                           "cannot show the machine: %s",
	                           strerror(-error))
	             : 0;
}

/* What the colours of the picture mean. */
static void write_legend(const struct view *view, char *legend, size_t bytes)
{
	bool all = view->tree.counts[SY_NODE_PU] ==
	           sy_topology_pu_count(view->topology);
	const char *rest = all ? "" : ", not usable PUs are red";

	if (!view->placement.pus)
		snprintf(legend, bytes, "PUs: %u%s",
		         view->tree.counts[SY_NODE_PU], rest);
	else if (!view->placement.bound)
		snprintf(legend, bytes, "placement %s: not bound%s",
		         view->options->preview, rest);
	else
		snprintf(legend, bytes,
		         "placement %.60s: PUs of contexts are blue%s",
		         view->options->preview, rest);
}

static int draw(const struct view *view)
{
	const char *path = view->options->svg;
	char legend[160], why[SY_REASON_BYTES], *xml;
	int error;

	if (!path)
		return 0;
	error = sy_topology_mark(view->topology, &view->placement,
	                         view->contexts, &xml);
	if (error)
		return sy_complain(SY_EXIT_REFUSED, "cannot draw %.200s: %s",
		                   path, strerror(-error));
	/* lstopo may take its time. */
	fflush(stdout);
	write_legend(view, legend, sizeof(legend));
	error = sy_lstopo_draw(xml, legend, path, why, sizeof(why));
	free(xml);
	if (error)
		return sy_complain(SY_EXIT_REFUSED, "--svg: %s", why);
	return 0;
}

static int topology(int argc, char **argv)
{
	struct sy_options options;
	struct view view = { .options = &options };
	int status = sy_options_parse(&options, &sy_verb_topology, argc, argv,
	                              false);

	if (status)
		return status;
	status = open_input(&view.topology, options.input);
	if (status)
		return status;
	status = place(&view);
	if (!status)
		status = print(&view);
	if (!status)
		status = draw(&view);
	sy_tree_free(&view.tree);
	sy_placement_free(&view.placement);
	sy_topology_close(view.topology);
	return status;
}

const struct sy_verb sy_verb_topology = {
	.name = "topology",
	.usage = "topology [--input MACHINE] [--placement P [--contexts N]] "
		 "[--svg FILE]",
	.summary = "this machine or another, and where contexts would go",
	.help = "Prints the machine as a tree.  PUs and NUMA nodes have the "
		"kernel's numbers;\npackages, L3s and cores are counted.  "
		"Nothing is bound or changed.\n\n"
		"  --input MACHINE   another machine: a file of hwloc's XML "
		"(`lstopo FILE.xml`),\n                    or hwloc's "
		"notation, as 'pack:2 numa:2 l3:2 core:8 pu:2'\n"
		"  --placement P     which PU each context gets: none, "
		"compact, "
		"spread, one-pu,\n                    siblings, same-l3, "
		"other-package, or PUs as 0,2-3\n"
		"  --contexts N      how many there are (default: one a PU of "
		"the placement)\n"
		"  --svg FILE        lstopo's picture, with the PUs of "
		"contexts marked\n"
		"  --full            all of a machine with over 32 PUs, and "
		"all contexts\n",
	.run = topology,
};
