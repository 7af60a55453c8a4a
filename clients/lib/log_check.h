/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef CLIENTS_LIB_LOG_CHECK_H
#define CLIENTS_LIB_LOG_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/bytes.h"
#include "base/err.h"
#include "proto/escrow/audit_record.h"
#include "proto/escrow/checkpoint.h"
#include "proto/escrow/tree.h"

/* The whole of an audit log against a signed checkpoint: every record gives its leaf, all leaves give the
 * root, and the log that was seen before is the front of this one.  No network and no files; entries
 * come one after the other, nothing is kept of them. */

/* What is wrong; X(code, key, text). */
#define LOG_FAULT_MAP(X)                                                                           \
    X(LOG_FINE, "fine", "nothing is wrong")                                                        \
    X(LOG_ORDER, "order", "an entry is missing or out of order")                                   \
    X(LOG_FORM, "form", "an entry has not the form of a log entry")                                \
    X(LOG_LEAF, "leaf", "an entry is not the one that was committed to")                           \
    X(LOG_SHORT, "short", "the log ends before its checkpoint says so")                            \
    X(LOG_ROOT, "root", "the entries do not give the root of the checkpoint")                      \
    X(LOG_SHRUNK, "shrunk", "the log is shorter than one that was seen before")                    \
    X(LOG_FORKED, "forked", "the log is not a continuation of the one that was seen before")

#define LOG_FAULT_ENUM(code, key, text) code,
enum log_fault { LOG_FAULT_MAP(LOG_FAULT_ENUM) };
#undef LOG_FAULT_ENUM

/* Constants; the text is an English msgid. */
const char *log_fault_key(enum log_fault fault);
const char *log_fault_text(enum log_fault fault);

/* Filled by log_check_begin; to be read, not written. */
struct log_check {
    struct checkpoint now; /* verified by the caller */
    struct checkpoint before; /* the last that was seen; size 0: none */
    struct tree_frontier frontier;
    uint64_t erased_count;
    uint64_t refused_count; /* entries that record a refusal, each with its count */
    enum log_fault fault;
    uint64_t bad_index; /* of the first entry that is wrong, when has_bad_index */
    bool has_bad_index;
};

/* An entry as the service sent it; borrowed. */
struct log_entry {
    uint64_t index;
    struct bytes leaf;
    struct bytes salt; /* empty with 'record': erased */
    struct bytes record;
};

/* 'before' may be NULL.
 * ERR_AUTH: LOG_SHRUNK, or LOG_FORKED when both are of one size. */
enum err log_check_begin(const struct checkpoint *now, const struct checkpoint *before,
                         struct log_check *out) MUST_CHECK;

/* Takes the next entry, from 0 on.  '*out' is the record, or has time_s 0 when it was erased; NULL: not
 * wanted.
 * ERR_AUTH: check->fault says what is wrong, for good.  ERR_NOMEM. */
enum err log_check_entry(struct log_check *check, const struct log_entry *entry,
                         struct audit_record *out) MUST_CHECK;

/* After the last entry.  ERR_AUTH: as above. */
enum err log_check_end(struct log_check *check) MUST_CHECK;

#endif
