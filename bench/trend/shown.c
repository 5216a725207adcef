/* SPDX-License-Identifier: MIT */
/* shown.c - a run's name, commit and time as they are shown; see history.h. */
#include <stdio.h>
#include <string.h>

#include "trend/history.h"

const char *sy_trend_run_name(const struct sy_trend_run *run)
{
	const char *slash = strrchr(run->folder, '/');

	return slash ? slash + 1 : run->folder;
}

const char *sy_trend_run_label(const struct sy_trend_run *run)
{
	const char *name = sy_trend_run_name(run);
	const char *dash = strchr(name, '-');

	return dash && dash - name == 16 && name[8] == 'T' && name[15] == 'Z'
	               ? dash + 1
	               : name;
}

char *sy_trend_run_commit(const struct sy_trend_run *run,
                          char text[SY_COMMIT_BYTES])
{
	const char *commit = run->told[SY_TOLD_COMMIT];
	size_t used = 0;

	/* It is shown as it stands, so nothing but what a commit has. */
	for (; commit && used < 7 && commit[used]; used++)
		text[used] = strchr("0123456789abcdef", commit[used])
		                     ? commit[used]
		                     : '?';
	snprintf(text + used, SY_COMMIT_BYTES - used, "%s%s", used ? "" : "?",
	         run->dirty ? "+" : "");
	return text;
}

static char *format_time(time_t at, const char *format, char *text)
{
	struct tm utc;

	if (!gmtime_r(&at, &utc) ||
	    !strftime(text, SY_DATE_BYTES, format, &utc))
		snprintf(text, SY_DATE_BYTES, "?");
	return text;
}

char *sy_trend_run_date(const struct sy_trend_run *run,
                        char text[SY_DATE_BYTES])
{
	return format_time(run->at, "%Y-%m-%d", text);
}

char *sy_trend_run_time(const struct sy_trend_run *run,
                        char text[SY_DATE_BYTES])
{
	return format_time(run->at, "%Y-%m-%d %H:%M", text);
}

char *sy_trend_run_stamp(const struct sy_trend_run *run,
                         char text[SY_DATE_BYTES])
{
	return format_time(run->at, "%Y-%m-%dT%H:%M:%SZ", text);
}

char *sy_trend_run_hour(const struct sy_trend_run *run,
                        char text[SY_DATE_BYTES])
{
	return format_time(run->at, "%m-%d %H:%M", text);
}
