/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef VAULT_CASE_EDIT_H
#define VAULT_CASE_EDIT_H

#include "vault/cases.h"
#include "vault/core.h"

/* One change of cases: read, decide, and apply as one batch with its audit leaves.  Only one at a time
 * in a vault, so that nothing that was read changes before it is applied. */

enum { CASE_EDIT_MAX = 9 };

struct audit_record;

struct case_edit {
    struct vault *vault;
    struct store_batch *batch;
    size_t count;
    struct case_file *files[CASE_EDIT_MAX];
    bool is_new[CASE_EDIT_MAX];
    bool is_changed[CASE_EDIT_MAX];
};

/* Waits for its turn.  End it with case_edit_end, also after a failure.  ERR_NOMEM. */
enum err case_edit_begin(struct vault *vault, struct case_edit *edit) MUST_CHECK;
void case_edit_end(struct case_edit *edit);

/* Reads a case into the edit, once; the file is the edit's.
 * ERR_NOT_FOUND, ERR_FULL (more than CASE_EDIT_MAX), ERR_CORRUPT, ERR_NOMEM, ERR_UNAVAILABLE, ERR_IO. */
enum err case_edit_load(struct case_edit *edit, const struct case_id *id,
                        struct case_file **out) MUST_CHECK;

/* Begins a new case with the next number, flagged now.  ERR_FULL, ERR_NOMEM. */
enum err case_edit_new(struct case_edit *edit, struct case_file **out) MUST_CHECK;

/* Marks a file of the edit as changed now and adds a leaf: 'who' (NULL: the vault itself) with 'type'
 * where it has none, 'action' where it has none, and the case as object.  Errors of audit_append. */
enum err case_edit_record(struct case_edit *edit, struct case_file *file,
                          const struct audit_record *who, const char *type) MUST_CHECK;

/* Moves the case by the table of moves.  ERR_STATE: not from here. */
enum err case_edit_move(struct case_file *file, enum case_state to) MUST_CHECK;

/* Writes every changed file, applies the batch and tells the watchers.  Errors of store_apply. */
enum err case_edit_apply(struct case_edit *edit) MUST_CHECK;

/* ---- what a case holds ---- */

/* The position of a record; file->record_count when it is none of the case's. */
size_t case_find(const struct case_file *file, const struct rid *rid);

/* Which linked records have these hashes: a mask of positions.
 * ERR_INVALID: one is none of them, or stands there twice. */
enum err case_find_all(const struct case_file *file, const struct hash32 *hh, size_t count,
                       uint64_t *out) MUST_CHECK;

/* Replaces the records: those that stay keep their order, what was released and opened, and their
 * confirmations; a confirmation that loses a record goes. */
void case_set_records(struct case_file *file, const struct case_record *records, size_t count);

/* Applies the policy to the records as they are: flags, explanations, counts, term. */
void case_evaluate(const struct vault *vault, struct case_file *file);

/* ---- membership ---- */

/* The case to which a linked record belongs.  ERR_NOT_FOUND: none; else as row_read. */
enum err case_membership(const struct vault *vault, struct store_snapshot *snapshot,
                         uint16_t bucket, const struct rid *rid, struct case_id *out) MUST_CHECK;
enum err case_membership_put(struct case_edit *edit, const struct case_record *record,
                             const struct case_id *id) MUST_CHECK;
void case_membership_delete(struct case_edit *edit, const struct case_record *record);

#endif
