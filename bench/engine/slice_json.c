/* SPDX-License-Identifier: MIT */
/*
 * slice_json.c - a slice as JSON: in the protocol and in the journal alike.
 *
 * Latencies travel as [bucket, count] pairs of the buckets that hold any.
 */
#include "engine/protocol.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "engine/extra.h"
#include "engine/json.h"

json_t *sy_visited_to_json(const uint64_t *visited)
{
	json_t *pus = json_array();

	for (int pu = 0; pus && pu < SY_PUS_MAX; pu++)
		if (visited[pu / 64] >> (pu % 64) & 1)
			pus = sy_json_then(pus, json_integer(pu));
	return pus;
}

static json_t *latencies_to_json(const struct sy_histogram *latencies)
{
	json_t *pairs = json_array();

	for (int i = 0; pairs && i < SY_HISTOGRAM_BUCKETS; i++)
		if (latencies->counts[i])
			pairs = sy_json_then(
				pairs,
				json_pack("[iI]", i,
			                  (json_int_t)latencies->counts[i]));
	return pairs;
}

static json_t *with_number(json_t *json, const char *key, uint64_t number)
{
	return sy_json_with(json, key, json_integer((json_int_t)number));
}

json_t *sy_findings_to_json(const struct sy_finding *findings,
                            const uint64_t found[SY_FINDINGS_MAX])
{
	json_t *json = json_object();

	for (size_t i = 0; findings[i].name; i++)
		json = with_number(json, findings[i].name, found[i]);
	return json;
}

json_t *sy_slice_to_json(const struct sy_slice *slice)
{
	json_t *json =
		json_pack("{sI sI sI sI sI sI sI sI so}", "operations",
	                  (json_int_t)slice->operations, "elapsed_ns",
	                  (json_int_t)slice->elapsed_ns, "voluntary",
	                  (json_int_t)slice->usage.voluntary, "involuntary",
	                  (json_int_t)slice->usage.involuntary, "cpu_ns",
	                  (json_int_t)slice->usage.cpu_ns, "server_ns",
	                  (json_int_t)slice->server_ns, "migrations",
	                  (json_int_t)slice->migrations, "alone_operations",
	                  (json_int_t)slice->alone_operations, "pus",
	                  sy_visited_to_json(slice->visited));

	if (slice->performed > slice->operations)
		json = with_number(json, "performed", slice->performed);
	if (slice->alone_operations)
		json = sy_json_with(json, "alone_ns",
		                    json_integer((json_int_t)slice->alone_ns));
	if (slice->first_operations)
		json = with_number(with_number(json, "first_operations",
		                               slice->first_operations),
		                   "first_ns", slice->first_ns);
	if (slice->bytes || slice->slab_bytes)
		json = with_number(with_number(json, "bytes", slice->bytes),
		                   "slab_bytes", slice->slab_bytes);
	if (*slice->detail)
		json = sy_json_with(json, "detail", json_string(slice->detail));
	if (slice->findings)
		json = sy_json_with(
			json, "findings",
			sy_findings_to_json(slice->findings, slice->found));
	if (!slice->latencies.total)
		return json;
	json = sy_json_with(json, "latency_max_ns",
	                    json_integer((json_int_t)slice->latencies.max));
	return sy_json_with(json, "latencies",
	                    latencies_to_json(&slice->latencies));
}

/* An integer within bounds, 0 where it is not there; counts what is wrong. */
static uint64_t number(const json_t *json, const char *key, int *wrong)
{
	const json_t *value = json_object_get(json, key);

	if (!value)
		return 0;
	if (!json_is_integer(value) || json_integer_value(value) < 0 ||
	    json_integer_value(value) > (json_int_t)SY_NUMBER_MOST) {
		++*wrong;
		return 0;
	}
	return (uint64_t)json_integer_value(value);
}

int sy_findings_from_json(struct sy_slice *slice,
                          const struct sy_finding *findings, const json_t *json)
{
	const json_t *found = json_object_get(json, "findings");
	int wrong = 0;

	slice->findings = findings;
	for (size_t i = 0; findings && findings[i].name; i++) {
		wrong += !json_object_get(found, findings[i].name);
		slice->found[i] = number(found, findings[i].name, &wrong);
	}
	return wrong ? -EPROTO : 0;
}

static int visited_from_json(uint64_t *visited, const json_t *pus)
{
	size_t i;
	json_t *pu;

	if (pus && !json_is_array(pus))
		return -EPROTO;
	json_array_foreach (pus, i, pu) {
		json_int_t index = json_integer_value(pu);

		if (!json_is_integer(pu) || index < 0 || index >= SY_PUS_MAX)
			return -EPROTO;
		visited[index / 64] |= UINT64_C(1) << (index % 64);
	}
	return 0;
}

static int latencies_from_json(struct sy_histogram *latencies,
                               const json_t *pairs)
{
	size_t i;
	json_t *pair;

	if (pairs && !json_is_array(pairs))
		return -EPROTO;
	json_array_foreach (pairs, i, pair) {
		json_int_t bucket, count;

		if (json_unpack(pair, "[II!]", &bucket, &count) || bucket < 0 ||
		    bucket >= SY_HISTOGRAM_BUCKETS || count < 0 ||
		    count > UINT32_MAX - latencies->counts[bucket])
			return -EPROTO;
		latencies->counts[bucket] += (uint32_t)count;
		latencies->total += (uint64_t)count;
	}
	return 0;
}

static bool is_plain(const char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			return false;
	return true;
}

/* 1: not what it can be; it is printed as it is. */
static int detail_from_json(char detail[SY_DETAIL_BYTES], const json_t *json)
{
	const char *text = json_string_value(json);

	if (!json)
		return 0;
	if (!text || strlen(text) >= SY_DETAIL_BYTES || !is_plain(text))
		return 1;
	strcpy(detail, text);
	return 0;
}

/* As many as were asked for, where nothing else is said.  1: fewer, or more
   than there can be. */
static int performed_from_json(struct sy_slice *slice, const json_t *json)
{
	uint64_t most = SY_PERFORMED_TIMES * slice->operations;
	int wrong = 0;

	slice->performed = slice->operations;
	if (!json_object_get(json, "performed"))
		return 0;
	slice->performed = number(json, "performed", &wrong);
	return wrong || slice->performed < slice->operations ||
	       slice->performed > most;
}

int sy_slice_from_json(struct sy_slice *slice, const json_t *json)
{
	int wrong = 0;

	memset(slice, 0, sizeof(*slice));
	slice->operations = number(json, "operations", &wrong);
	wrong += performed_from_json(slice, json);
	slice->elapsed_ns = number(json, "elapsed_ns", &wrong);
	slice->usage.voluntary = number(json, "voluntary", &wrong);
	slice->usage.involuntary = number(json, "involuntary", &wrong);
	slice->usage.cpu_ns = number(json, "cpu_ns", &wrong);
	slice->server_ns = number(json, "server_ns", &wrong);
	slice->migrations = number(json, "migrations", &wrong);
	slice->alone_operations = number(json, "alone_operations", &wrong);
	slice->alone_ns = number(json, "alone_ns", &wrong);
	slice->latencies.max = number(json, "latency_max_ns", &wrong);
	slice->first_operations = number(json, "first_operations", &wrong);
	slice->first_ns = number(json, "first_ns", &wrong);
	slice->bytes = number(json, "bytes", &wrong);
	slice->slab_bytes = number(json, "slab_bytes", &wrong);
	wrong += detail_from_json(slice->detail,
	                          json_object_get(json, "detail"));
	if (wrong || !slice->operations || !slice->elapsed_ns ||
	    visited_from_json(slice->visited, json_object_get(json, "pus")))
		return -EPROTO;
	return latencies_from_json(&slice->latencies,
	                           json_object_get(json, "latencies"));
}
