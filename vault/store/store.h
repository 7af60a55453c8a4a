/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef VAULT_STORE_STORE_H
#define VAULT_STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "proto/escrow/tree.h"

/* What a daemon keeps on disk: rows, the leaves of its audit log, and tasks for later, all
 * changed by one-shot batches and never by interactive transactions, so that an embedded engine
 * and a remote one can serve alike.  The engine behind this header is LMDB; watching for changes
 * and online backup come with the second engine.
 *
 * Values are sealed and keys blinded before they get here (vault/store/seal.h): the store keeps
 * no secret.  What is deleted stays in the engine's file until its page is used again: only
 * destroyed keys erase.
 *
 * A row's address is its space, its retention month and its key.  The month is the row's bucket
 * (clock_bucket), or 0 for a row that does not expire; it is part of the address so that
 * store_drop_month is one walk over adjacent rows, and so that new rows fall close together.
 *
 * Footprint: the file is mapped and counts as page cache; anonymous memory holds the pages of the
 * group being written (8 MiB after 200 thousand signals) and does not grow with the store.  Each
 * put of a random key dirties a page of its own: keep rows under random keys small (an index row
 * costs about 100 bytes on disk), keep key and value together below 2020 bytes (above, a row
 * takes whole pages of 4 KiB).
 *
 * Measured with 1980-byte values, twelve index rows, a task and a leaf each, in groups of 57:
 * 4.7 KB on disk per signal, so 47 GB for ten million; CPU per signal 95 microseconds at 20
 * thousand, 160 at 60 thousand, 250 at 200 thousand, four fifths of it the kernel writing the
 * scattered pages of index rows.  Beyond that nearly each row has a page of its own already, so
 * it should grow little more. */

/* Numbers are on disk: add lines, never change or reuse one. */
#define STORE_SPACE_MAP(X)                                                                         \
    X(STORE_STATE, 1, "state") /* single rows of a daemon's own */                                 \
    X(STORE_RECORDS, 2, "records") /* signals */                                                   \
    X(STORE_INDEX, 3, "index") /* blinded index values */                                          \
    X(STORE_TICKETS, 4, "tickets") /* used tickets, or issued ones */                              \
    X(STORE_LINKS, 5, "links") /* links between records, components */                             \
    X(STORE_CASES, 6, "cases") /* flags and cases */                                               \
    X(STORE_QUOTAS, 7, "quotas") /* counters per caller */                                         \
    X(STORE_REVOKED, 8, "revoked") /* records withdrawn for ever */                                \
    X(STORE_ANSWERS, 9, "answers") /* what was answered to whom */                                 \
    X(STORE_OUTBOX, 10, "outbox") /* tasks; numbered by the store, see store_batch_outbox */       \
    X(STORE_META, 11, "meta") /* what correlation reads of a record */                             \
    X(STORE_OWN, 12, "own") /* per organisation: what it filed */

#define STORE_SPACE_ENUM(code, number, name) code = (number),
enum store_space { STORE_SPACE_MAP(STORE_SPACE_ENUM) };
#undef STORE_SPACE_ENUM

enum {
    STORE_KEY_MAX = 128,
    STORE_VALUE_MAX = 64 * 1024,
    STORE_BATCH_MAX_OPS = 128,
    STORE_BATCH_MAX_LEN = 256 * 1024, /* keys, values, leaves, all together */
    STORE_ID_MIN = 16,
    STORE_ID_MAX = 32,
    STORE_ID_KEPT_S = 48 * 3600, /* at least so long a replay is recognised */
    STORE_LEAF_LEN = 33, /* version and salted commitment: what is hashed into the tree */
    STORE_LEAF_BODY_MAX = 8 * 1024,
    STORE_SCAN_MAX = 1000, /* rows in one page */
    STORE_PAGE_MAX_LEN = 1024 * 1024, /* bytes in one page, or one row */
    STORE_CHECKPOINT_MAX = 8 * 1024
};

struct clock;
struct store;
struct store_snapshot;
struct store_batch;

/* An address.  Make it with store_key. */
struct store_key {
    enum store_space space;
    uint16_t month; /* 0: does not expire */
    size_t len; /* 1 to STORE_KEY_MAX */
    uint8_t data[STORE_KEY_MAX];
};

/* A key of 'len' bytes.  A 'len' beyond STORE_KEY_MAX gives a key that every function refuses with
 * ERR_INVALID. */
struct store_key store_key(enum store_space space, uint16_t month, const void *data, size_t len);

/* The name of a batch, by which a second try is known.  Random, or derived from what the batch
 * does; two different batches must not share one. */
struct store_id {
    size_t len; /* STORE_ID_MIN to STORE_ID_MAX */
    uint8_t bytes[STORE_ID_MAX];
};

void store_id_random(struct store_id *out);

/* ---- opening ---- */

struct store_config {
    const char *folder; /* the store's own folder, created with mode 0700 */
    uint64_t
        map_size; /* bytes, address space and upper bound of the file; 0: 1 TiB.  Never grows */
    bool must_exist; /* do not begin a new store where none is */
    struct clock *clock; /* borrowed till store_close; for the age of batch ids */
};

/* Opens or creates a store and starts its writer thread.
 *
 * ERR_NOT_FOUND: 'must_exist' and there is none.
 * ERR_EXISTS: another process, or this one, has it open.
 * ERR_INVALID: a map below 1 MiB or no multiple of the page size, or a file system over the
 * network.
 * ERR_DENIED: the folder may not be used, or others than its owner may write to it.
 * ERR_CORRUPT: not a store, or of a format that this program does not know.
 * ERR_FULL, ERR_NOMEM, ERR_IO.
 *
 * Threads: a store is shared by all threads; fork before, never after. */
enum err store_open(const struct store_config *config, struct store **out) MUST_CHECK;

/* Waits for batches under way, then closes; no other call may be running or follow, and all
 * snapshots must have ended.  Takes NULL. */
void store_close(struct store *store);

/* ---- reading ---- */

/* A consistent view of the moment at which it begins.  While it lives the file cannot reuse what is
 * deleted meanwhile: keep it short.
 * ERR_UNAVAILABLE: too many at once.  ERR_NOMEM, ERR_IO.
 * Threads: one at a time per snapshot; any thread. */
enum err store_snapshot_begin(struct store *store, struct store_snapshot **out) MUST_CHECK;

/* Takes NULL. */
void store_snapshot_end(struct store_snapshot *snapshot);

/* In all that follows 'snapshot' may be NULL: the present. */

struct store_value {
    uint8_t *data; /* never NULL after ERR_OK */
    size_t len;
    uint64_t version; /* changes with every put of the key, is never used twice in a store */
};

/* Reads one row; free '*out' with store_value_done.
 * ERR_NOT_FOUND: no such row.
 * ERR_INVALID: not a key.  ERR_CORRUPT, ERR_NOMEM, ERR_UNAVAILABLE, ERR_IO.
 * Threads: any.  Time: a few microseconds, or a page read from disk. */
enum err store_get(struct store *store, struct store_snapshot *snapshot,
                   const struct store_key *key, struct store_value *out) MUST_CHECK;

/* Frees and empties; a zeroed value is fine. */
void store_value_done(struct store_value *value);

/* Which rows to read: of one space and month, those whose key begins with 'prefix', in the order of
 * their keys, from behind 'after' on. */
struct store_range {
    enum store_space space;
    uint16_t month;
    const uint8_t *prefix; /* may be NULL with prefix_len 0: all */
    size_t prefix_len;
    const struct store_key *after; /* NULL: from the first; else the last key of the page before */
    size_t limit; /* 1 to STORE_SCAN_MAX */
};

struct store_row {
    struct store_key key;
    const uint8_t *data; /* lives as long as the page */
    size_t len;
    uint64_t version;
};

struct store_page {
    struct store_row *rows;
    size_t count;
    bool is_last; /* nothing follows */
    uint8_t *memory; /* the store's */
};

/* Reads a page: at most 'limit' rows and STORE_PAGE_MAX_LEN bytes.  Free '*out' with
 * store_page_done. An empty page is ERR_OK.
 * ERR_INVALID: a range that is none.  ERR_CORRUPT, ERR_NOMEM, ERR_UNAVAILABLE, ERR_IO.
 * Threads: any. */
enum err store_scan(struct store *store, struct store_snapshot *snapshot,
                    const struct store_range *range, struct store_page *out) MUST_CHECK;
void store_page_done(struct store_page *page);

/* The months that have rows in 'space', ascending, 0 among them; at most 'cap'.
 * ERR_TOO_BIG: more than 'cap'.  ERR_CORRUPT, ERR_NOMEM, ERR_UNAVAILABLE, ERR_IO. */
enum err store_months(struct store *store, enum store_space space, uint16_t *out, size_t cap,
                      size_t *out_count) MUST_CHECK;

/* ---- changing ---- */

/* Begins an empty batch under a name.
 * ERR_INVALID: a name that is too short or too long.  ERR_NOMEM. */
enum err store_batch_new(const struct store_id *id, struct store_batch **out) MUST_CHECK;

/* Takes NULL. */
void store_batch_free(struct store_batch *batch);

/* What the batch is to do.  An operation that does not fit, or for which there is no memory, is
 * remembered: store_batch_check and store_apply report the first one, so that a row of calls
 * needs one check at the end.  All data is copied.
 *
 * Preconditions are looked at first, wherever they stand; then the operations are done in order. */

/* The row must not exist. */
void store_batch_expect_absent(struct store_batch *batch, const struct store_key *key);

/* The row must exist with this version. */
void store_batch_expect_version(struct store_batch *batch, const struct store_key *key,
                                uint64_t version);

/* Writes the row, new or again.  Not for STORE_OUTBOX. */
void store_batch_put(struct store_batch *batch, const struct store_key *key, const void *value,
                     size_t len);

/* Removes the row; one that is not there is fine. */
void store_batch_delete(struct store_batch *batch, const struct store_key *key);

/* Adds a task for later: a row of STORE_OUTBOX, month 0, whose key the store numbers upwards.
 * Read with store_scan, done by store_batch_delete. */
void store_batch_outbox(struct store_batch *batch, const void *task, size_t len);

/* Appends a leaf to the audit log, with the sealed record that stands behind it. */
void store_batch_leaf(struct store_batch *batch, const uint8_t leaf[STORE_LEAF_LEN],
                      const void *body, size_t len);

/* ERR_OK, or what was remembered: ERR_INVALID (a key, a space), ERR_TOO_BIG (an operation or the
 * whole), ERR_NOMEM. */
enum err store_batch_check(const struct store_batch *batch) MUST_CHECK;

struct store_result {
    uint64_t first_leaf; /* number of the batch's first leaf; without one, of the next to come */
    uint32_t leaf_count;
    struct store_key conflict; /* after ERR_CONFLICT: the first key that was not as expected */
};

/* Applies 'batch' as a whole or not at all, and waits until it is durable.  Batches that wait at
 * the same time share one commit.  'out' is written on ERR_OK, ERR_REPLAY (both leaf fields) and
 * ERR_CONFLICT (conflict).
 *
 * ERR_REPLAY: a batch of this name was applied before; '*out' is what it got.
 * ERR_CONFLICT: a precondition does not hold; nothing was done.
 * ERR_FULL: the map or the disk is full; nothing was done.
 * ERR_UNAVAILABLE: surely not done; the disk failed, or the store must be opened again.
 * ERR_UNKNOWN: done or not; open the store again and ask store_outcome.
 * ERR_INVALID, ERR_TOO_BIG, ERR_NOMEM: as store_batch_check; nothing was done.
 * ERR_CORRUPT: stored data is damaged; nothing was done.
 *
 * Threads: any.
 * Time: one commit (two flushes of the disk), and the rest of the one under way.
 * Leaks: to the disk: number, length and time of the rows. */
enum err store_apply(struct store *store, const struct store_batch *batch,
                     struct store_result *out) MUST_CHECK;

/* What became of the batch of this name.  Settles ERR_UNKNOWN.
 * ERR_OK: applied; '*out' is what it got.
 * ERR_NOT_FOUND: not applied, or longer ago than STORE_ID_KEPT_S.
 * ERR_INVALID, ERR_CORRUPT, ERR_NOMEM, ERR_UNAVAILABLE, ERR_IO. */
enum err store_outcome(struct store *store, const struct store_id *id,
                       struct store_result *out) MUST_CHECK;

/* Removes every row of the month, in all spaces, in many small commits; after a crash, call it
 * again.
 * ERR_INVALID: month 0.  ERR_FULL, ERR_UNAVAILABLE, ERR_UNKNOWN, ERR_CORRUPT, ERR_NOMEM. */
enum err store_drop_month(struct store *store, uint16_t month, uint64_t *out_count) MUST_CHECK;

/* ---- the audit log's leaves ---- */

struct store_head {
    uint64_t size; /* how many leaves */
    struct tree_hash root;
};

/* ERR_CORRUPT, ERR_NOMEM, ERR_UNAVAILABLE, ERR_IO. */
enum err store_head(struct store *store, struct store_snapshot *snapshot,
                    struct store_head *out) MUST_CHECK;

struct store_leaf {
    uint64_t number;
    uint8_t leaf[STORE_LEAF_LEN];
    const uint8_t *body; /* lives as long as the page */
    size_t len;
};

struct store_leaf_page {
    struct store_leaf *leaves;
    size_t count;
    uint8_t *memory; /* the store's */
};

/* Reads leaves from number 'first' on: at most 'limit' (1 to STORE_SCAN_MAX), at most
 * STORE_PAGE_MAX_LEN bytes; none when there is none.  Free '*out' with store_leaf_page_done.
 * ERR_INVALID, ERR_CORRUPT, ERR_NOMEM, ERR_UNAVAILABLE, ERR_IO. */
enum err store_leaves(struct store *store, struct store_snapshot *snapshot, uint64_t first,
                      size_t limit, struct store_leaf_page *out) MUST_CHECK;
void store_leaf_page_done(struct store_leaf_page *page);

/* A reader of the tree's complete nodes, for the proofs of proto/escrow/tree.h.  It borrows
 * 'snapshot', which may not be NULL.  Level 0 is hashed from the stored leaf, the levels above
 * were stored when they became complete. */
struct tree_reader store_tree_reader(struct store_snapshot *snapshot);

/* Keeps the newest signed checkpoint; the one before is forgotten.
 * ERR_ROLLBACK: 'size' is below that of the one kept.
 * ERR_INVALID: 'size' is beyond the log, or the note longer than STORE_CHECKPOINT_MAX or empty.
 * ERR_FULL, ERR_UNAVAILABLE, ERR_UNKNOWN, ERR_CORRUPT, ERR_NOMEM. */
enum err store_put_checkpoint(struct store *store, uint64_t size, const void *note,
                              size_t len) MUST_CHECK;

/* Reads it back; '*out_len' bytes of the note in 'out'.
 * ERR_NOT_FOUND: none was ever kept.  ERR_CORRUPT, ERR_NOMEM, ERR_UNAVAILABLE, ERR_IO. */
enum err store_checkpoint(struct store *store, uint64_t *out_size,
                          uint8_t out[STORE_CHECKPOINT_MAX], size_t *out_len) MUST_CHECK;

/* Holds the log against a head seen before: a store that lost its tail, or was put back, is found
 * out.
 * ERR_ROLLBACK: the log is shorter, or had another root at that size.
 * ERR_CORRUPT, ERR_NOMEM, ERR_UNAVAILABLE, ERR_IO. */
enum err store_expect_head(struct store *store, const struct store_head *seen) MUST_CHECK;

/* ---- looking after it ---- */

struct store_stats {
    uint64_t commits; /* since it was opened; durable ones */
    uint64_t batches; /* applied in them */
    uint64_t replays;
    uint64_t conflicts;
    uint64_t failures; /* batches that were refused for another reason */
    uint64_t rows; /* in all spaces */
    uint64_t leaves;
    uint64_t used_len; /* bytes of the file in use, deleted ones not yet reused included */
    uint64_t map_size; /* how far it can go */
};

enum err store_stats(struct store *store, struct store_stats *out) MUST_CHECK;

#endif
