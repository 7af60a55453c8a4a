/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef VAULT_CASE_FLAG_H
#define VAULT_CASE_FLAG_H

#include "vault/case_edit.h"
#include "vault/record.h"

/* How a component that stands under a flag becomes a case, or makes one grow. */

struct case_change {
    bool is_new; /* a case was begun */
    bool is_changed; /* one grew, took in others, or got another flag */
};

/* What a case keeps of a report. */
struct case_record case_record_of(const struct record_meta *meta);

/* Puts the records of one component, linked and attached ones, into their case: the oldest open case
 * of any of the linked ones, else a new one.  Other open cases of theirs close as merged, at most eight
 * at a time; more are taken in when the component next changes.  When the case has these records and
 * flags already, nothing is changed and no leaf is written.
 *
 * Adds to the edit, without applying it.  Errors of case_edit_load, audit_append and row_put. */
enum err case_flag(struct case_edit *edit, const struct case_record *records, size_t count,
                   struct case_change *out) MUST_CHECK;

#endif
