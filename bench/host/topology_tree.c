/* SPDX-License-Identifier: MIT */
/* topology_tree.c - hwloc's tree as a plain one. */
#include "tree.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "topology_hwloc.h"

struct builder {
	hwloc_topology_t hwloc;
	struct sy_tree tree;
	unsigned room;         /* in nodes */
	struct sy_place place; /* of what is being added */
};

static struct sy_node *new_node(struct builder *builder)
{
	struct sy_tree *tree = &builder->tree;

	if (tree->count == builder->room) {
		unsigned room = builder->room ? 2 * builder->room : 64;
		struct sy_node *nodes =
			realloc(tree->nodes, room * sizeof(*nodes));

		if (!nodes)
			return NULL;
		tree->nodes = nodes;
		builder->room = room;
	}
	memset(&tree->nodes[tree->count], 0, sizeof(*tree->nodes));
	return &tree->nodes[tree->count++];
}

static enum sy_node_kind kind_of(hwloc_obj_type_t type)
{
	switch (type) {
	case HWLOC_OBJ_MACHINE:
		return SY_NODE_MACHINE;
	case HWLOC_OBJ_PACKAGE:
		return SY_NODE_PACKAGE;
	case HWLOC_OBJ_NUMANODE:
		return SY_NODE_NUMA;
	case HWLOC_OBJ_L3CACHE:
		return SY_NODE_L3;
	case HWLOC_OBJ_CORE:
		return SY_NODE_CORE;
	case HWLOC_OBJ_PU:
		return SY_NODE_PU;
	default:
		return hwloc_obj_type_is_cache(type) ? SY_NODE_CACHE
		                                     : SY_NODE_OTHER;
	}
}

/* What a file says may hold anything. */
static void copy_text(char *copy, size_t bytes, const char *text)
{
	snprintf(copy, bytes, "%s", text);
	for (char *c = copy; *c; c++)
		if (!isprint((unsigned char)*c))
			*c = '?';
}

static void name_node(struct sy_node *node, hwloc_obj_t obj)
{
	static const char *const names[SY_NODE_KINDS] = {
		[SY_NODE_MACHINE] = "machine", [SY_NODE_PACKAGE] = "package",
		[SY_NODE_NUMA] = "NUMA node",  [SY_NODE_CORE] = "core",
		[SY_NODE_PU] = "PU",
	};
	const char *name = names[node->kind];

	if (!name && obj->type == HWLOC_OBJ_DIE)
		name = "die";
	if (!name && obj->type == HWLOC_OBJ_GROUP)
		name = obj->subtype && *obj->subtype ? obj->subtype : "group";
	if (name)
		copy_text(node->name, sizeof(node->name), name);
	else
		hwloc_obj_type_snprintf(node->name, sizeof(node->name), obj, 0);
}

/* A copy, since places move when nodes are added. */
static void note_place(struct builder *builder, const struct sy_node *node)
{
	int number = (int)node->number;

	if (node->kind == SY_NODE_PACKAGE)
		builder->place.package = number;
	else if (node->kind == SY_NODE_NUMA)
		builder->place.numa = number;
	else if (node->kind == SY_NODE_L3)
		builder->place.l3 = number;
	else if (node->kind == SY_NODE_CORE)
		builder->place.core = number;
	else if (node->kind == SY_NODE_PU)
		builder->tree.places[number] = builder->place;
}

static int add_node(struct builder *builder, hwloc_obj_t obj)
{
	struct sy_node *node = new_node(builder);
	bool counted =
		obj->type != HWLOC_OBJ_PU && obj->type != HWLOC_OBJ_NUMANODE;

	if (!node)
		return -ENOMEM;
	node->kind = kind_of(obj->type);
	node->number = counted ? obj->logical_index : obj->os_index;
	node->span = 1;
	if (node->kind == SY_NODE_PU) {
		if (node->number >= SY_TOPOLOGY_PUS_MAX)
			return -E2BIG;
		node->usable = hwloc_bitmap_isset(
			hwloc_topology_get_allowed_cpuset(builder->hwloc),
			node->number);
	}
	if (hwloc_obj_type_is_cache(obj->type))
		node->bytes = obj->attr->cache.size;
	if (node->kind == SY_NODE_NUMA)
		node->bytes = obj->attr->numanode.local_memory;
	name_node(node, obj);
	builder->tree.counts[node->kind]++;
	note_place(builder, node);
	return 0;
}

/* NUMA nodes may be behind caches of their own, which are passed over. */
static int add_memory(struct builder *builder, hwloc_obj_t obj)
{
	int rc = 0;

	for (hwloc_obj_t child = obj->memory_first_child; child && !rc;
	     child = child->next_sibling)
		rc = child->type == HWLOC_OBJ_NUMANODE
		             ? add_node(builder, child)
		             : add_memory(builder, child);
	return rc;
}

/* Of several NUMA nodes in one place the first counts as a PU's own. */
static int add_own_memory(struct builder *builder, hwloc_obj_t obj)
{
	unsigned before = builder->tree.count;
	int rc = add_memory(builder, obj);

	if (!rc && builder->tree.count > before)
		note_place(builder, &builder->tree.nodes[before]);
	return rc;
}

static int add_tree(struct builder *builder, hwloc_obj_t obj)
{
	struct sy_place outside = builder->place;
	unsigned index = builder->tree.count;
	int rc = add_node(builder, obj);

	if (!rc)
		rc = add_own_memory(builder, obj);
	for (unsigned i = 0; i < obj->arity && !rc; i++)
		rc = add_tree(builder, obj->children[i]);
	builder->place = outside;
	if (!rc)
		builder->tree.nodes[index].span = builder->tree.count - index;
	return rc;
}

/* By rank where hwloc could rank them; it ranks the slowest 0. */
static int note_cpu_kinds(struct builder *builder)
{
	struct sy_tree *tree = &builder->tree;
	int kinds = hwloc_cpukinds_get_nr(builder->hwloc, 0);
	hwloc_bitmap_t set = hwloc_bitmap_alloc();
	int efficiency;

	if (!set)
		return -ENOMEM;
	tree->cpu_kinds = kinds > 0 ? (unsigned)kinds : 1;
	tree->cpu_kinds_ranked = kinds > 1;
	for (int kind = 0; kind < kinds; kind++) {
		if (hwloc_cpukinds_get_info(builder->hwloc, (unsigned)kind, set,
		                            &efficiency, NULL, NULL, 0))
			continue;
		if (efficiency < 0)
			tree->cpu_kinds_ranked = false;
		for (unsigned pu = 0; pu < tree->places_count; pu++)
			if (tree->places[pu].cpu_kind >= 0 &&
			    hwloc_bitmap_isset(set, pu))
				tree->places[pu].cpu_kind =
					efficiency < 0 ? kind
						       : kinds - 1 - efficiency;
	}
	hwloc_bitmap_free(set);
	for (unsigned i = 0; i < tree->count; i++)
		if (tree->nodes[i].kind == SY_NODE_PU)
			tree->nodes[i].cpu_kind =
				(unsigned)tree->places[tree->nodes[i].number]
					.cpu_kind;
	return 0;
}

static void note_cpu(struct builder *builder)
{
	hwloc_obj_t package =
		hwloc_get_obj_by_type(builder->hwloc, HWLOC_OBJ_PACKAGE, 0);
	const char *model =
		package ? hwloc_obj_get_info_by_name(package, "CPUModel")
			: NULL;

	if (model)
		copy_text(builder->tree.cpu, sizeof(builder->tree.cpu), model);
}

static int build(struct builder *builder)
{
	static const struct sy_place none = { -1, -1, -1, -1, -1 };
	struct sy_tree *tree = &builder->tree;
	int rc;

	tree->places = malloc(SY_TOPOLOGY_PUS_MAX * sizeof(*tree->places));
	if (!tree->places)
		return -ENOMEM;
	tree->places_count = SY_TOPOLOGY_PUS_MAX;
	for (unsigned pu = 0; pu < tree->places_count; pu++)
		tree->places[pu] = none;
	builder->place = none;
	builder->place.cpu_kind = 0;
	rc = add_tree(builder, hwloc_get_root_obj(builder->hwloc));
	if (!rc)
		rc = note_cpu_kinds(builder);
	if (!rc)
		note_cpu(builder);
	return rc;
}

int sy_tree_make(struct sy_tree *tree, const struct sy_topology *topology)
{
	struct builder builder = { .room = 0 };
	int rc = sy_topology_whole(topology, &builder.hwloc);

	if (rc)
		return rc;
	rc = build(&builder);
	hwloc_topology_destroy(builder.hwloc);
	if (rc)
		sy_tree_free(&builder.tree);
	else
		*tree = builder.tree;
	return rc;
}

void sy_tree_free(struct sy_tree *tree)
{
	free(tree->nodes);
	free(tree->places);
	tree->nodes = NULL;
	tree->places = NULL;
}

const struct sy_place *sy_tree_place(const struct sy_tree *tree, int pu)
{
	if (pu < 0 || (unsigned)pu >= tree->places_count ||
	    tree->places[pu].cpu_kind < 0)
		return NULL;
	return &tree->places[pu];
}
