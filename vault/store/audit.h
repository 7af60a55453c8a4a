/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef VAULT_STORE_AUDIT_H
#define VAULT_STORE_AUDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "proto/escrow/audit_record.h"
#include "proto/escrow/note.h"
#include "vault/store/store.h"

/* The audit log on top of the store: no audit record, no answer.  The record goes into the batch
 * of the action that it describes, so that both are durable or neither.
 *
 * In the tree stands a salted commitment; record and salt lie beside it, padded and sealed under
 * the audit key of the record's month. */

struct clock;
struct keyring;
struct audit;

enum { AUDIT_PAGE_MAX = 256, AUDIT_FOLD_S = 60, AUDIT_FOLDS_MAX = 256 };

struct audit_config {
    struct store *store; /* this and the next two are borrowed till audit_close */
    struct keyring *ring; /* holds the body keys; signs with KEYRING_AUDIT_SIGN, number 0 */
    struct clock *clock;
    const char *origin; /* the log's name in its checkpoints and in the name of its key */
    uint32_t interval_s; /* between checkpoints, at least 1 */
};

/* Opens the log, and holds the stored leaves against the last checkpoint that was published.
 * ERR_ROLLBACK: leaves are gone or changed since.
 * ERR_AUTH: the last checkpoint is not ours.
 * ERR_INVALID: an origin that is no name, or interval 0.
 * ERR_NOT_FOUND: the ring has no signing key.
 * ERR_CORRUPT, ERR_NOMEM, ERR_UNAVAILABLE, ERR_IO.
 * Threads: a log is shared by all threads. */
enum err audit_open(const struct audit_config *config, struct audit **out) MUST_CHECK;

/* Writes the refusals that are still folded, as far as that works, and frees; takes NULL. */
void audit_close(struct audit *audit);

/* Adds a record to 'batch'.  Sets its event id when that is all zero, and its time when that is 0.
 * ERR_INVALID: a record that cannot be written (see audit_record_encode).
 * ERR_EXPIRED: the audit key of that month was destroyed.
 * ERR_FULL, ERR_NOMEM, ERR_IO, ERR_DENIED: a new month's key could not be made.
 * What the batch itself remembers is told by store_batch_check.
 * Time: the first record of a month makes a key, see keyring_make. */
enum err audit_append(struct audit *audit, struct store_batch *batch,
                      struct audit_record *record) MUST_CHECK;

/* Records a refusal, in a batch of its own.  The first of a kind (organisation, type, refusal) is
 * written before this returns; those of the next AUDIT_FOLD_S seconds only count, and become one
 * record with their number.  A crash loses such a number, never the first. ERR_UNKNOWN and all of
 * audit_append and store_apply: the caller then answers that it is unavailable. */
enum err audit_refuse(struct audit *audit, const struct audit_record *record) MUST_CHECK;

/* To be called about once a second: writes folded refusals whose minute is over, and publishes a
 * checkpoint when the interval is over, also when nothing happened.
 * Returns the first error; whatever was not done is tried again at the next call. */
enum err audit_tick(struct audit *audit) MUST_CHECK;

/* Publishes a checkpoint now.  The root is recomputed from the leaves appended since the last
 * one, and the last one's root from the stored tree.
 * ERR_ROLLBACK: the log is shorter than the last checkpoint, or had another root at its size.
 * ERR_CORRUPT: the stored tree does not fit its leaves.
 * ERR_INTERNAL: the fresh signature does not verify.
 * Else as store_put_checkpoint. */
enum err audit_publish(struct audit *audit) MUST_CHECK;

/* The public key that verifies the log's checkpoints. */
void audit_vkey(const struct audit *audit, struct note_vkey *out);

/* An entry as the officer gets it (LogEntry). */
struct audit_entry {
    uint64_t number;
    uint8_t leaf[AUDIT_LEAF_LEN];
    bool is_erased; /* its body or its key was destroyed: no salt and no record */
    uint8_t salt[AUDIT_SALT_LEN];
    size_t len;
    uint8_t record[AUDIT_RECORD_MAX]; /* canonical bytes; audit_record_decode reads them */
};

struct audit_page {
    struct audit_entry *entries;
    size_t count;
};

/* Reads at most 'limit' (1 to AUDIT_PAGE_MAX) entries from number 'first' on, opens them and
 * holds them against their commitments.  Free '*out' with audit_page_done.  Reading the log is
 * itself an action to be recorded by the caller.
 * ERR_CORRUPT: an entry does not open or does not fit its commitment.
 * ERR_INVALID, ERR_NOMEM, ERR_UNAVAILABLE, ERR_IO. */
enum err audit_read(struct audit *audit, struct store_snapshot *snapshot, uint64_t first,
                    size_t limit, struct audit_page *out) MUST_CHECK;

/* Wipes and frees. */
void audit_page_done(struct audit_page *page);

#endif
