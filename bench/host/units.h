/* SPDX-License-Identifier: MIT */
/*
 * units.h - durations, sizes and counts as people write them, both ways.
 *
 * Parsing is strict: the whole text, no sign, no blanks, no overflow.  It
 * returns 0 or -EINVAL (not of the form) or -ERANGE (too large).
 */
#ifndef SY_UNITS_H
#define SY_UNITS_H

#include <stddef.h>
#include <stdint.h>

/* "250ns", "100us", "1.5ms", "60s", "2min"; the unit is needed but for 0. */
int sy_parse_duration(const char *text, uint64_t *ns);
/* "64", "64B", "4KiB", "1MiB", "1GiB". */
int sy_parse_size(const char *text, uint64_t *bytes);
/* "4096". */
int sy_parse_count(const char *text, uint64_t *count);
/* "3%", "3" and "0.5%" as shares: 0.03, 0.03 and 0.005. */
int sy_parse_percent(const char *text, double *share);

/* Shortest exact form: 100000 -> "100us", 1500 -> "1500ns".  Returns buf. */
char *sy_format_duration(uint64_t ns, char *buf, size_t bytes);
char *sy_format_size(uint64_t size, char *buf, size_t bytes);

/*
 * A measured value with as many digits as its interval allows (at least two,
 * at most four): 1234.5 ns, half-width 20 -> "1.23 us".  Returns buf.
 */
char *sy_format_ns(double ns, double half_width, char *buf, size_t bytes);
/* The same for an amount of memory: "4.21 KiB". */
char *sy_format_bytes(double amount, double half_width, char *buf,
                      size_t bytes);
/* The same for a rate: 152345.2/s, 400 -> "152.3k". */
char *sy_format_rate(double per_second, double half_width, char *buf,
                     size_t bytes);

#endif /* SY_UNITS_H */
