/* SPDX-License-Identifier: MIT */
/*
 * doctor.h - what in a machine's facts matters for figures, what that means,
 * and what would change it.  Nothing is ever changed from here.
 */
#ifndef SY_DOCTOR_H
#define SY_DOCTOR_H

#include <jansson.h>

/*
 * A new array of findings, the worst first: one of every check, whatever the
 * facts (sy_machine_facts) hold.  Each is an object of
 *
 *   name     of the check, such as "governor"
 *   level    "warning": harms figures; "note": has to be known to read them;
 *            "unknown": this system does not tell; "ok"
 *   value    what it is here, or null where it is not known
 *   meaning  what that means for the figures, a sentence
 *   command  that would change it, for a root shell, or null
 *   reason   why it is not known, or what to do where no command helps, or null
 *   brief    whether it belongs under every table
 *
 * NULL: no memory.
 */
json_t *sy_findings(const json_t *facts);

#endif /* SY_DOCTOR_H */
