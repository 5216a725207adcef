/* SPDX-License-Identifier: MIT */
/*
 * points.c - from lists on the command line to points: their product.
 */
#include <errno.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "host/units.h"

/* More lanes than any machine of today has descriptors and threads for. */
#define INFLIGHT_MAX 1000000
#define WINDOW_MAX 65536
/* What is longer makes a slice of many seconds: all lanes work one after
   another, but wait at once. */
#define GRAIN_MAX_NS UINT64_C(100000000)
#define WAIT_MAX_NS UINT64_C(10000000000)
#define ITEMS_MAX 64
/* A product of lists grows fast; this many points take hours already. */
#define POINTS_MAX 10000

/* A comma-separated list, cut into its items. */
struct list {
	char *text; /* owned */
	const char *items[ITEMS_MAX];
	size_t count;
};

static int cut(struct list *list, const char *option, const char *text)
{
	char *rest, *item;

	list->count = 0;
	list->text = strdup(text);
	if (!list->text)
		return sy_complain(SY_EXIT_REFUSED, "no memory");
	for (rest = list->text; (item = strsep(&rest, ","));) {
		if (!*item)
			return sy_complain(SY_EXIT_USAGE,
			                   "--%s: '%s' has an empty item",
			                   option, text);
		if (list->count == ITEMS_MAX)
			return sy_complain(SY_EXIT_USAGE,
			                   "--%s: more than %d items", option,
			                   ITEMS_MAX);
		list->items[list->count++] = item;
	}
	return 0;
}

/* The numbers of a list, each within bounds. */
struct numbers {
	uint64_t values[ITEMS_MAX];
	size_t count;
};

typedef int parse_fn(const char *text, uint64_t *value);

static int read_numbers(struct numbers *numbers, const char *option,
                        const char *text, parse_fn *parse, uint64_t least,
                        uint64_t most, const char *form)
{
	struct list list = { 0 };
	int status = cut(&list, option, text);

	for (size_t i = 0; i < list.count && !status; i++) {
		uint64_t *value = &numbers->values[i];

		if (parse(list.items[i], value))
			status = sy_complain(SY_EXIT_USAGE,
			                     "--%s: '%s' is not %s", option,
			                     list.items[i], form);
		else if (*value < least || *value > most)
			status = sy_complain(SY_EXIT_USAGE,
			                     "--%s: %s is out of range", option,
			                     list.items[i]);
	}
	numbers->count = list.count;
	free(list.text);
	return status;
}

/* All that the lists say, before it is multiplied out. */
struct space {
	struct list models, workloads, placements;
	struct numbers inflight, grain, wait, request, reply, window;
	bool tcp;
	int server_pu;
};

static int read_server(struct space *space, const char *text)
{
	uint64_t pu;

	space->server_pu = SY_SERVER_SHARED;
	if (!text || !strcmp(text, "shared"))
		return 0;
	if (sy_parse_count(text, &pu) || pu >= SY_PUS_MAX)
		return sy_complain(SY_EXIT_USAGE,
		                   "--server: '%s' is neither 'shared' nor the "
		                   "number of a PU",
		                   text);
	space->server_pu = (int)pu;
	return 0;
}

static int read_transport(struct space *space, const char *text)
{
	space->tcp = text && !strcmp(text, "tcp");
	if (text && !space->tcp && strcmp(text, "unix"))
		return sy_complain(SY_EXIT_USAGE,
		                   "--transport: '%s' is neither 'unix' nor "
		                   "'tcp'",
		                   text);
	return 0;
}

static const char *or_default(const char *text, const char *otherwise)
{
	return text ? text : otherwise;
}

static int read_space(struct space *space, const struct sy_options *o)
{
	static const char time_form[] = "a duration; write 500us, 10ms, 1s";
	int status = cut(&space->models, "model", or_default(o->models, "all"));

	if (!status)
		status = cut(&space->workloads, "workload",
		             or_default(o->workloads, "all"));
	if (!status)
		status = read_numbers(&space->inflight, "inflight",
		                      or_default(o->inflight, "64"),
		                      sy_parse_count, 1, INFLIGHT_MAX,
		                      "a whole number");
	if (!status)
		status = read_numbers(
			&space->grain, "grain", or_default(o->grain, "100us"),
			sy_parse_duration, 0, GRAIN_MAX_NS, time_form);
	if (!status)
		status = read_numbers(
			&space->wait, "wait", or_default(o->wait, "2ms"),
			sy_parse_duration, 0, WAIT_MAX_NS, time_form);
	if (!status)
		status = read_numbers(&space->request, "request",
		                      or_default(o->request, "64"),
		                      sy_parse_size, 8, SY_MESSAGE_MAX,
		                      "a size; write 64, 4KiB, 1MiB");
	if (!status)
		status = read_numbers(&space->reply, "reply",
		                      or_default(o->reply, "64"), sy_parse_size,
		                      8, SY_MESSAGE_MAX,
		                      "a size; write 64, 4KiB, 1MiB");
	if (!status)
		status = read_numbers(
			&space->window, "window", or_default(o->window, "1024"),
			sy_parse_count, 1, WINDOW_MAX, "a whole number");
	if (!status)
		status = read_transport(space, o->transport);
	return status ? status : read_server(space, o->server);
}

/*
 * Placements are not cut at commas where they are PU numbers: "0,2-3" is one
 * placement, "compact,spread" are two.
 */
static int read_placements(struct space *space, const char *text)
{
	if (!text)
		text = "one-pu";
	if (text[0] < '0' || text[0] > '9')
		return cut(&space->placements, "placement", text);
	space->placements.text = strdup(text);
	space->placements.items[0] = space->placements.text;
	space->placements.count = 1;
	return space->placements.text
	               ? 0
	               : sy_complain(SY_EXIT_REFUSED, "no memory");
}

static bool known_placement(const char *name)
{
	if (name[0] >= '0' && name[0] <= '9')
		return strlen(name) < SY_PLACEMENT_BYTES;
	for (const struct sy_placement_kind *kind = sy_placement_kinds;
	     kind->name; kind++)
		if (!strcmp(name, kind->name))
			return true;
	return false;
}

static int check_names(const struct space *space)
{
	const struct list *list = &space->models;

	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->items[i], "all") &&
		    !sy_model_find(list->items[i]))
			return sy_complain(SY_EXIT_USAGE,
			                   "--model: no model '%s'; see "
			                   "`switchyard list models`",
			                   list->items[i]);
	list = &space->workloads;
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->items[i], "all") &&
		    strcmp(list->items[i], "switch") &&
		    !sy_workload_find(list->items[i]))
			return sy_complain(SY_EXIT_USAGE,
			                   "--workload: no workload '%s'; see "
			                   "`switchyard list workloads`",
			                   list->items[i]);
	list = &space->placements;
	for (size_t i = 0; i < list->count; i++)
		if (!known_placement(list->items[i]))
			return sy_complain(SY_EXIT_USAGE,
			                   "--placement: no placement '%s'; "
			                   "see `switchyard list placements`",
			                   list->items[i]);
	for (size_t i = 0; i < space->window.count; i++)
		if (space->window.values[i] & (space->window.values[i] - 1))
			return sy_complain(
				SY_EXIT_USAGE,
				"--window: %llu is not a power of "
				"two",
				(unsigned long long)space->window.values[i]);
	return 0;
}

static bool wanted(const struct list *list, const char *name, bool *by_name)
{
	bool all = false;

	*by_name = false;
	for (size_t i = 0; i < list->count; i++) {
		all |= !strcmp(list->items[i], "all");
		*by_name |= !strcmp(list->items[i], name);
	}
	return all || *by_name;
}

static int add_handoffs(struct sy_plan *plan, const struct space *space,
                        struct sy_request *r)
{
	int error = 0;
	bool by_name;

	for (size_t m = 0; sy_models[m]; m++) {
		const struct sy_handoff *h = sy_models[m]->handoffs;

		if (!wanted(&space->models, sy_models[m]->name, &by_name))
			continue;
		for (; h && h->name && !error; h++) {
			r->model = sy_models[m];
			r->handoff = h;
			r->workload = NULL;
			error = sy_plan_add(plan, r);
		}
	}
	return error;
}

static int add_models(struct sy_plan *plan, const struct space *space,
                      const struct sy_workload *workload, struct sy_request *r)
{
	int error = 0;
	bool by_name;

	r->workload = workload;
	r->handoff = NULL;
	for (size_t m = 0; sy_models[m] && !error; m++) {
		const char *name = sy_models[m]->name;

		if (!wanted(&space->models, name, &by_name))
			continue;
		/* A plain loop never has more than one wait in flight. */
		if (!strcmp(name, "serial") && strcmp(workload->name, "cpu") &&
		    r->inflight > 1 && !by_name)
			continue;
		r->model = sy_models[m];
		error = sy_plan_add(plan, r);
	}
	return error;
}

/* Every family at the parameters that `r` has now; doubles are not added. */
static int add_families(struct sy_plan *plan, const struct space *space,
                        struct sy_request *r)
{
	bool by_name;
	int error = 0;

	if (wanted(&space->workloads, "switch", &by_name))
		error = add_handoffs(plan, space, r);
	for (size_t w = 0; sy_workloads[w] && !error; w++)
		if (wanted(&space->workloads, sy_workloads[w]->name, &by_name))
			error = add_models(plan, space, sy_workloads[w], r);
	return error;
}

/* The lists as wheels of an odometer: every combination of their values. */
static int multiply(struct sy_plan *plan, const struct space *space,
                    struct sy_request *r)
{
	const size_t sizes[] = {
		space->placements.count, space->inflight.count,
		space->grain.count,      space->wait.count,
		space->request.count,    space->reply.count,
		space->window.count,
	};
	enum { WHEELS = sizeof(sizes) / sizeof(sizes[0]) };
	size_t at[WHEELS] = { 0 };
	int error = 0;

	for (size_t turned = 0; turned < WHEELS && !error;) {
		snprintf(r->placement, sizeof(r->placement), "%s",
		         space->placements.items[at[0]]);
		r->inflight = (uint32_t)space->inflight.values[at[1]];
		r->grain_ns = space->grain.values[at[2]];
		r->wait_ns = space->wait.values[at[3]];
		r->request_bytes = (uint32_t)space->request.values[at[4]];
		r->reply_bytes = (uint32_t)space->reply.values[at[5]];
		r->window = (uint32_t)space->window.values[at[6]];
		error = add_families(plan, space, r);
		if (plan->count > POINTS_MAX)
			error = -E2BIG;
		for (turned = 0; turned < WHEELS; turned++) {
			if (++at[turned] < sizes[turned])
				break;
			at[turned] = 0;
		}
	}
	return error;
}

static void space_free(struct space *space)
{
	free(space->models.text);
	free(space->workloads.text);
	free(space->placements.text);
}

static int product_status(int error)
{
	if (error == -E2BIG)
		return sy_complain(SY_EXIT_USAGE,
		                   "the lists make more than %d points",
		                   POINTS_MAX);
	return error ? sy_complain(SY_EXIT_REFUSED, "no memory") : 0;
}

static int add_product(struct sy_plan *plan, const struct sy_options *options)
{
	struct space space = { 0 };
	struct sy_request request;
	int status = read_space(&space, options);

	if (!status)
		status = read_placements(&space, options->placement);
	if (!status)
		status = check_names(&space);
	if (!status) {
		sy_request_default(&request);
		request.tcp = space.tcp;
		request.server_pu = space.server_pu;
		request.hold_awake = options->hold_awake;
		status = product_status(multiply(plan, &space, &request));
	}
	space_free(&space);
	return status;
}

static int keep_matching(struct sy_plan *plan, const char *filter)
{
	regex_t expression;
	char text[200];
	size_t kept = 0;
	int error = regcomp(&expression, filter, REG_EXTENDED | REG_NOSUB);

	if (error) {
		regerror(error, &expression, text, sizeof(text));
		return sy_complain(SY_EXIT_USAGE,
		                   "'%s' is not a regular expression: %s",
		                   filter, text);
	}
	for (size_t i = 0; i < plan->count; i++)
		if (!regexec(&expression, plan->points[i].name, 0, NULL, 0))
			plan->points[kept++] = plan->points[i];
	plan->count = kept;
	regfree(&expression);
	return 0;
}

static bool any_point(const struct sy_plan *plan, const char *families)
{
	for (size_t i = 0; i < plan->count; i++)
		if (strstr(families, sy_point_family(&plan->points[i])))
			return true;
	return false;
}

/* An option that no point has would be measured at its default, unseen. */
static int check_used(const struct sy_plan *plan, const struct sy_options *o)
{
	const struct {
		const char *option, *value, *families;
	} uses[] = {
		{ "grain", o->grain, "cpu" },
		{ "wait", o->wait, "wait io" },
		{ "request", o->request, "io" },
		{ "reply", o->reply, "io" },
		{ "transport", o->transport, "io" },
		{ "server", o->server, "io" },
		{ "inflight", o->inflight, "cpu wait io" },
	};

	for (size_t i = 0; i < sizeof(uses) / sizeof(uses[0]); i++)
		if (uses[i].value && !any_point(plan, uses[i].families))
			return sy_complain(SY_EXIT_USAGE,
			                   "--%s: no point that is chosen has "
			                   "it, only those of %s",
			                   uses[i].option, uses[i].families);
	return 0;
}

int sy_choose_points(struct sy_plan *plan, const struct sy_options *options)
{
	int status = 0;

	if (options->shaped)
		status = add_product(plan, options);
	else if (sy_tour_points(plan))
		status = sy_complain(SY_EXIT_REFUSED, "no memory");
	if (!status && options->filter)
		status = keep_matching(plan, options->filter);
	if (!status && !plan->count)
		status = sy_complain(SY_EXIT_USAGE,
		                     "no point matches; see `switchyard list "
		                     "points`");
	return status ? status : check_used(plan, options);
}
