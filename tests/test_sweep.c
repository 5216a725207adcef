/* SPDX-License-Identifier: MIT */
/*
 * test_sweep.c - a sweep file has the points that it says; what is wrong with
 * one is told with file, line and key.
 */
#include "engine_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "sweep/sweep.h"

static void parse(struct sy_sweep *sweep, const char *text)
{
	struct sy_reason reason = { "" };

	if (sy_sweep_parse(sweep, "x.ini", text, strlen(text), &reason))
		fail_msg("%s", reason.text);
}

static void assert_refused_bytes(const char *text, size_t length,
                                 const char *why)
{
	struct sy_sweep sweep;
	struct sy_reason reason = { "" };

	if (sy_sweep_parse(&sweep, "x.ini", text, length, &reason) != -EINVAL)
		fail_msg("not refused: %s", text);
	assert_says(reason.text, why);
}

static void assert_refused(const char *text, const char *why)
{
	assert_refused_bytes(text, strlen(text), why);
}

static uint64_t count(const struct sy_sweep *sweep, const char *name)
{
	const struct sy_section *section = sy_sweep_find(sweep, name);
	struct sy_values values;
	struct sy_space space;
	struct sy_reason reason;
	uint64_t points;

	assert_non_null(section);
	sy_sweep_values(sweep, section, &values);
	assert_int_equal(sy_space_read(&space, &values, &reason), 0);
	points = sy_space_count(&space);
	sy_space_free(&space);
	return points;
}

/* The points of all sections, in groups. */
static void plan_all(struct sy_plan *plan, const struct sy_sweep *sweep)
{
	sy_plan_init(plan);
	for (size_t i = 0; i < sweep->count; i++) {
		struct sy_values values;
		struct sy_space space;
		struct sy_reason reason;

		sy_sweep_values(sweep, &sweep->sections[i], &values);
		assert_int_equal(sy_space_read(&space, &values, &reason), 0);
		assert_int_equal(sy_space_add(&space, plan), 0);
		sy_space_free(&space);
	}
	assert_int_equal(sy_plan_arrange(plan), 0);
}

static bool has(const struct sy_plan *plan, const char *name)
{
	for (size_t i = 0; i < plan->count; i++)
		if (!strcmp(plan->points[i].name, name))
			return true;
	return false;
}

static void test_a_section_is_the_product_of_its_lists(void **state)
{
	struct sy_sweep sweep;
	struct sy_plan plan;

	(void)state;
	parse(&sweep, "[a]\n"
	              "model = serial, threads\n"
	              "workload = cpu\n"
	              "inflight = 1, 4..16*2\n"
	              "grain = 0, 10us\n"
	              "placement = one-pu, 0,1\n"
	              "hold-awake = no, yes\n");
	assert_int_equal(sweep.count, 1);
	assert_int_equal(count(&sweep, "a"), 2 * 4 * 2 * 2 * 2);
	plan_all(&plan, &sweep);
	assert_int_equal(plan.count, 64);
	assert_int_equal(sy_plan_group_count(&plan), 32);
	assert_true(has(&plan, "cpu/serial/inflight:8/grain_us:0/"
	                       "placement:0,1/hold_awake:1"));
	sy_plan_free(&plan);
	sy_sweep_free(&sweep);
}

static void test_every_key_shapes_points(void **state)
{
	struct sy_sweep sweep;
	struct sy_plan plan;

	(void)state;
	parse(&sweep, "[a]\nmodel = pool\nworkload = io\ninflight = 3\n"
	              "wait = 5ms\nplacement = spread\nrequest = 128\n"
	              "reply = 1KiB\ntransport = tcp\nserver = 1\n"
	              "window = 16\nhold-awake = yes\n");
	plan_all(&plan, &sweep);
	assert_int_equal(plan.count, 1);
	assert_string_equal(plan.points[0].name,
	                    "io/pool/inflight:3/wait_us:5000/request:128/"
	                    "reply:1024/transport:tcp/server:1/"
	                    "placement:spread/window:16/hold_awake:1");
	sy_plan_free(&plan);
	sy_sweep_free(&sweep);
}

/* A list of one family does not multiply the points of another. */
static void test_each_family_has_its_own_keys_only(void **state)
{
	struct sy_sweep sweep;
	struct sy_plan plan;

	(void)state;
	parse(&sweep, "[a]\n"
	              "model = threads, pool\n"
	              "workload = switch, cpu, wait, io\n"
	              "mechanism = condition\n"
	              "inflight = 1, 2\n"
	              "grain = 1us..1ms*10\n"
	              "wait = 1ms, 2ms, 3ms\n"
	              "reply = 64, 128\n"
	              "transport = unix, tcp\n"
	              "server = shared, 0, 1\n");
	/* switch, cpu, wait, io */
	assert_int_equal(count(&sweep, "a"),
	                 1 + 2 * 2 * 4 + 2 * 2 * 3 + 2 * 2 * 3 * 2 * 2 * 3);
	plan_all(&plan, &sweep);
	assert_int_equal(plan.count, count(&sweep, "a"));
	sy_plan_free(&plan);
	sy_sweep_free(&sweep);
}

static void test_a_plain_loop_waits_alone_unless_it_is_named(void **state)
{
	struct sy_sweep sweep;
	struct sy_plan plan;
	uint64_t all = 0, one;

	(void)state;
	for (size_t m = 0; sy_models[m]; m++)
		all += !sy_models[m]->by_name;
	parse(&sweep, "[all]\nworkload = wait\ninflight = 1..8*2\n"
	              "[named]\nworkload = wait\ninflight = 1..8*2\n"
	              "model = all, serial\n[cpu]\nworkload = cpu\n"
	              "inflight = 1..8*2\n");
	one = count(&sweep, "all");
	assert_int_equal(one, all * 4 - 3);
	assert_int_equal(count(&sweep, "named"), all * 4);
	assert_int_equal(count(&sweep, "cpu"), all * 4);
	plan_all(&plan, &sweep);
	/* What two sections make is there once. */
	assert_int_equal(plan.count, all * 8);
	sy_plan_free(&plan);
	sy_sweep_free(&sweep);
}

static void test_a_section_goes_before_the_defaults(void **state)
{
	struct sy_sweep sweep;
	struct sy_values values;

	(void)state;
	/* They hold wherever they stand. */
	parse(&sweep, "[a]\nworkload = cpu\n[defaults]\nmodel = serial\n"
	              "inflight = 1, 2\nsets = 3\nlabel = night\n"
	              "[b]\nworkload = cpu\ninflight = 7\n");
	assert_int_equal(sweep.count, 2);
	sy_sweep_values(&sweep, &sweep.sections[0], &values);
	assert_string_equal(values.text[SY_KEY_INFLIGHT], "1, 2");
	assert_string_equal(values.text[SY_KEY_MODEL], "serial");
	assert_null(values.text[SY_KEY_GRAIN]);
	sy_sweep_values(&sweep, &sweep.sections[1], &values);
	assert_string_equal(values.text[SY_KEY_INFLIGHT], "7");
	assert_string_equal(sweep.run[SY_RUN_SETS], "3");
	assert_string_equal(sweep.run[SY_RUN_LABEL], "night");
	assert_int_equal(sweep.run_lines[SY_RUN_LABEL], 7);
	assert_null(sweep.run[SY_RUN_BUDGET]);
	assert_null(sy_sweep_find(&sweep, "defaults"));
	sy_sweep_free(&sweep);
}

static void test_points_of_two_sections_form_one_group(void **state)
{
	struct sy_sweep sweep;
	struct sy_plan plan;

	(void)state;
	parse(&sweep,
	      "[a]\nworkload = cpu\nmodel = serial\ninflight = 1, 2\n"
	      "[b]\nworkload = cpu\nmodel = threads\ninflight = 1, 2\n");
	plan_all(&plan, &sweep);
	assert_int_equal(plan.count, 4);
	assert_int_equal(sy_plan_group_count(&plan), 2);
	assert_int_equal(sy_plan_group_end(&plan, 0), 2);
	sy_plan_free(&plan);
	sy_sweep_free(&sweep);
}

static void test_a_billion_points_are_only_counted(void **state)
{
	struct sy_sweep sweep;

	(void)state;
	parse(&sweep, "[a]\nmodel = serial\nworkload = cpu\n"
	              "inflight = 1..1000000+1\ngrain = 1ns..1us+1ns\n"
	              "[b]\nworkload = io\ninflight = 1..1000000+1\n"
	              "wait = 0..10s+1ns\nrequest = 8..1MiB+1\n"
	              "reply = 8..1MiB+1\n");
	assert_int_equal(count(&sweep, "a"), 1000000000);
	assert_int_equal(count(&sweep, "b"), UINT64_MAX);
	sy_sweep_free(&sweep);
}

static void test_text_is_read_as_people_write_it(void **state)
{
	struct sy_sweep sweep;

	(void)state;
	parse(&sweep, "\xef\xbb\xbf; a comment, with a byte order mark\r\n"
	              "\r\n"
	              "  # another, indented\r\n"
	              "\t[ a ] ; of this section\r\n"
	              "   workload  =  cpu   ; behind a value\r\n"
	              "\tinflight: 1, 2 # the other way\r\n"
	              "grain=10us\r\n"
	              "[b]#\n"
	              "workload = wait");
	assert_int_equal(sweep.count, 2);
	assert_string_equal(sweep.sections[0].name, "a");
	assert_int_equal(sweep.sections[0].line, 4);
	assert_string_equal(sweep.sections[0].text[SY_KEY_WORKLOAD], "cpu");
	assert_string_equal(sweep.sections[0].text[SY_KEY_INFLIGHT], "1, 2");
	assert_int_equal(sweep.sections[0].lines[SY_KEY_GRAIN], 7);
	assert_string_equal(sweep.sections[1].text[SY_KEY_WORKLOAD], "wait");
	sy_sweep_free(&sweep);
}

static void test_a_wrong_pair_is_told_with_its_line(void **state)
{
	(void)state;
	assert_refused("[a]\n\ninflght = 4\n",
	               "x.ini:3: [a] unknown key 'inflght'; did you mean "
	               "'inflight'?");
	assert_refused("[a]\nxyzzy = 4\n", "x.ini:2: [a] unknown key 'xyzzy'");
	assert_refused("[a]\nresults = /tmp\n", "x.ini:2: [a] unknown key");
	assert_refused("[a]\nworkload = cpu\ngrain = 10parsecs\n",
	               "x.ini:3: [a] grain: '10parsecs' is not a duration; "
	               "write 500us");
	assert_refused(
		"[a]\ninflight = 0\n",
		"x.ini:2: [a] inflight: 0 is out of range: 1 to 1000000");
	assert_refused("[a]\ninflight = 1..10*1\n", "x.ini:2: [a] inflight: "
	                                            "'1..10*1' never ends");
	assert_refused("[a]\nmodel = treads\n",
	               "x.ini:2: [a] model: no model 'treads'; did you mean "
	               "'threads'?");
	assert_refused("[a]\nworkload = cpus\n", "did you mean 'cpu'?");
	assert_refused("[a]\nplacement = compct\n", "did you mean 'compact'?");
	assert_refused("[a]\nplacement = 0-\n", "'0-' is not a list of PUs");
	assert_refused("[a]\nplacement = 0,0x1\n", "is not a list of PUs");
	assert_refused("[a]\ntransport = pigeon\n", "is not 'unix' or 'tcp'");
	assert_refused("[a]\nhold-awake = maybe\n", "is not 'no' or 'yes'");
	assert_refused("[a]\nserver = 2048\n", "out of range: 0 to 2047");
	assert_refused("[a]\nwindow = 3\n", "3 is not a power of two");
	assert_refused("[a]\ninflight =\n",
	               "x.ini:2: [a] inflight has no value");
	assert_refused("[a]\ninflight = ; 4\n", "inflight has no value");
	assert_refused("[a]\ninflight = # 4\n", "inflight has no value");
	assert_refused("[a]\ninflight = 4;5\n", "'4;5' is not a whole number");
	assert_refused("[a]\n= 4\n", "x.ini:2: there is no key before");
	assert_refused("[a]\ninflight = 4\ninflight = 4\n",
	               "x.ini:3: [a] inflight is there already, in line 2");
	assert_refused("[defaults]\nsets = 3\nsets = 3\n[a]\nworkload = cpu\n",
	               "x.ini:3: [defaults] sets is there already, in line 2");
	assert_refused("[a]\nsets = 3\n", "x.ini:2: [a] sets is the same for "
	                                  "the whole run");
	assert_refused("inflight = 4\n[a]\nworkload = cpu\n",
	               "x.ini:1: 'inflight' stands before the first section");
}

static void test_a_wrong_section_is_told_with_its_line(void **state)
{
	(void)state;
	assert_refused("[a]\nworkload = cpu\n[a]\nworkload = io\n",
	               "x.ini:3: section [a] is there already, in line 1");
	assert_refused("[a]\n[a]\n", "x.ini:2: section [a] is there already");
	assert_refused("[defaults]\n[defaults]\n[a]\nworkload = cpu\n",
	               "x.ini:2: section [defaults] is there already");
	assert_refused("[Default]\nmodel = all\n",
	               "x.ini:1: [Default]: what holds for all sections is "
	               "called [defaults]");
	assert_refused("[]\nworkload = cpu\n",
	               "x.ini:1: a section needs a name");
	assert_refused("[ ]\nworkload = cpu\n", "a section needs a name");
	assert_refused("\n[a\nworkload = cpu\n", "x.ini:2: '[a' has no ']'");
	assert_refused("[a b]\n", "x.ini:1: section [a b]: a name is 1 to 40");
	assert_refused("[aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa]\n",
	               "a name is 1 to 40");
	assert_refused("[a] workload = cpu\n",
	               "x.ini:1: [a] is followed by 'workload = cpu'");
	assert_refused("[a]\nworkload = cpu\n[b]\n[c]\nworkload = io\n",
	               "x.ini:3: section [b] is empty");
	assert_refused("[a]\nworkload = idle\nmodel = serial\n",
	               "x.ini:1: section [a] makes no points");
	assert_refused("[a]\nworkload = io\ngrain = 1us\n",
	               "x.ini:3: [a] grain: no point of this section has it, "
	               "only those of cpu");
	assert_refused("[defaults]\nworkload = switch\n[a]\ninflight = 4\n",
	               "x.ini:4: [a] inflight: no point of this section");
}

static void test_a_line_that_is_none_is_told(void **state)
{
	(void)state;
	assert_refused("[a]\nworkload\nnonsense = 1\n",
	               "x.ini:2: neither `key = value` nor a section");
	assert_refused("[a]\ninflight = 1,\n  2, 3\n",
	               "x.ini:2: [a] inflight: '1,' has an empty item");
	assert_refused("[a]\ninflight = 1\n  2, 3\nworkload = cpu\n",
	               "x.ini:3: neither");
	assert_refused("[a]\nwhat\n[a]\n", "x.ini:2: neither");
}

/* One line of `length` bytes with its end, in a section. */
static char *long_line(size_t length, char filler)
{
	char *text = malloc(length + 40);
	size_t used;

	assert_non_null(text);
	used = (size_t)sprintf(text, "[a]\nworkload = cpu\n");
	memcpy(text + used, "inflight = 1", 12);
	memset(text + used + 12, filler, length - 13);
	text[used + length - 1] = '\n';
	text[used + length] = '\0';
	return text;
}

static void test_a_line_of_over_200_bytes_is_refused(void **state)
{
	struct sy_sweep sweep;
	char *text = long_line(200, ' ');

	(void)state;
	parse(&sweep, text);
	sy_sweep_free(&sweep);
	free(text);
	text = long_line(201, ' ');
	assert_refused(text, "x.ini:3: the line has over 200 bytes");
	free(text);
	text = long_line(5000, ' ');
	assert_refused(text, "x.ini:3: the line has over 200 bytes");
	free(text);
	/* The last byte that fits is not lost. */
	text = long_line(200, '0');
	assert_refused(text, "x.ini:3: [a] inflight: 1000");
	free(text);
}

static void test_a_file_without_points_is_refused(void **state)
{
	(void)state;
	assert_refused("", "x.ini: is empty");
	assert_refused("\xef\xbb\xbf", "x.ini: is empty");
	assert_refused("\n; nothing\n", "x.ini: has no section");
	assert_refused("[defaults]\nmodel = all\n", "has no section but");
}

static void test_what_is_no_text_is_refused(void **state)
{
	static const char nul[] = "[a]\nworkload = c\0pu\n";
	static const char wide[] = "\xff\xfe[\0a\0]\0\n\0";

	(void)state;
	assert_refused_bytes(nul, sizeof(nul) - 1,
	                     "x.ini:2: byte 13 of the line is 0x00");
	assert_refused_bytes(wide, sizeof(wide) - 1, "this is not a text");
	assert_refused("\x7f"
	               "ELF\x02\x01\x01",
	               "x.ini:1: byte 1 of the line");
	assert_refused("[a]\rworkload = cpu\r", "0x0d: this is not a text");
	assert_refused("[\xff\xfe]\nworkload = cpu\n", "a name is 1 to 40");
}

static void test_too_many_sections_are_refused(void **state)
{
	char *text = malloc(64 * 1024), *at = text;

	(void)state;
	assert_non_null(text);
	for (int i = 0; i <= 1000; i++)
		at += sprintf(at, "[s%d]\nworkload = cpu\n", i);
	assert_refused(text, "x.ini:2001: more than 1000 sections");
	free(text);
}

static void assert_unread(const char *path, int error, const char *why)
{
	struct sy_sweep sweep;
	struct sy_reason reason = { "" };

	assert_int_equal(sy_sweep_read(&sweep, path, &reason), error);
	assert_says(reason.text, path);
	assert_says(reason.text, why);
}

static void test_what_is_no_file_is_refused_at_once(void **state)
{
	char folder[64], path[96];
	struct sy_sweep sweep;
	struct sy_reason reason;
	int fd;

	(void)state;
	make_folder(folder);
	assert_unread(folder, -EISDIR, "is a folder");
	assert_unread("/dev/zero", -ENOTSUP, "a device");
	snprintf(path, sizeof(path), "%s/x.ini", folder);
	assert_unread(path, -ENOENT, "No such file");
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_unread(path, -ENOTSUP, "is a pipe");
	assert_int_equal(unlink(path), 0);
	fd = open(path, O_CREAT | O_RDWR, 0600);
	assert_true(fd >= 0);
	assert_unread(path, -EINVAL, "is empty");
	/* A hole: nothing of it is on the disk, and nothing of it is read. */
	assert_int_equal(ftruncate(fd, 1 << 20), 0);
	assert_unread(path, -EINVAL, "byte 1 of the line is 0x00");
	assert_int_equal(ftruncate(fd, (1 << 20) + 1), 0);
	assert_unread(path, -EFBIG, "more than the 1048576");
	assert_int_equal(ftruncate(fd, (off_t)10 << 40), 0);
	assert_unread(path, -EFBIG, "more than the 1048576");
	assert_int_equal(ftruncate(fd, 0), 0);
	assert_int_equal(pwrite(fd, "[a]\nworkload=cpu", 16, 0), 16);
	close(fd);
	assert_int_equal(sy_sweep_read(&sweep, path, &reason), 0);
	assert_int_equal(sweep.count, 1);
	sy_sweep_free(&sweep);
	remove_folder(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_section_is_the_product_of_its_lists),
		cmocka_unit_test(test_every_key_shapes_points),
		cmocka_unit_test(test_each_family_has_its_own_keys_only),
		cmocka_unit_test(
			test_a_plain_loop_waits_alone_unless_it_is_named),
		cmocka_unit_test(test_a_section_goes_before_the_defaults),
		cmocka_unit_test(test_points_of_two_sections_form_one_group),
		cmocka_unit_test(test_a_billion_points_are_only_counted),
		cmocka_unit_test(test_text_is_read_as_people_write_it),
		cmocka_unit_test(test_a_wrong_pair_is_told_with_its_line),
		cmocka_unit_test(test_a_wrong_section_is_told_with_its_line),
		cmocka_unit_test(test_a_line_that_is_none_is_told),
		cmocka_unit_test(test_a_line_of_over_200_bytes_is_refused),
		cmocka_unit_test(test_a_file_without_points_is_refused),
		cmocka_unit_test(test_what_is_no_text_is_refused),
		cmocka_unit_test(test_too_many_sections_are_refused),
		cmocka_unit_test(test_what_is_no_file_is_refused_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
