/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef VAULT_STORE_STORE_IMPL_H
#define VAULT_STORE_STORE_IMPL_H

#include <stdatomic.h>

#include "base/bytes.h"
#include "vault/store/store.h"
#include "vault/store/store_batch.h"
#include "vault/store/store_lmdb.h"
#include "vault/store/store_queue.h"

/* What the parts of the store share.  Internal to it.
 *
 * On disk, integers big-endian:
 *
 *     rows   u8 space | u16 month | key        -> u64 version | value
 *     log    u64 number                        -> 33 leaf | 32 per node completed above it | body
 *     done   u32 day | batch id                -> u64 first leaf | u32 leaf count
 *     meta   "format"                          -> u32
 *            "sequence"                        -> u64, the newest version given out
 *            "checkpoint"                      -> u64 size | note */

enum {
    STORE_FORMAT = 1,
    STORE_ROW_HEAD_LEN = 3,
    STORE_ROW_KEY_MAX = STORE_ROW_HEAD_LEN + STORE_KEY_MAX,
    STORE_VERSION_LEN = 8,
    STORE_NUMBER_LEN = 8
};

struct store {
    struct store_lmdb *env;
    struct store_queue *queue;
    struct clock *clock;
    int lock_fd;

    /* The writer thread's alone, after store_open: as of the newest commit. */
    uint64_t sequence;
    struct tree_frontier frontier;

    atomic_uint_fast64_t commits;
    atomic_uint_fast64_t batches;
    atomic_uint_fast64_t replays;
    atomic_uint_fast64_t conflicts;
    atomic_uint_fast64_t failures;
};

struct store_snapshot {
    struct store_txn txn;
};

/* A transaction that reads: the snapshot's, or one of its own when there is none. */
struct store_view {
    struct store_txn txn;
    bool is_own;
};

enum err store_view_begin(struct store *store, struct store_snapshot *snapshot,
                          struct store_view *out) MUST_CHECK;
void store_view_end(struct store_view *view);

/* A row's key in the tree. */
struct store_row_key {
    size_t len;
    uint8_t bytes[STORE_ROW_KEY_MAX];
};

void store_row_key(enum store_space space, uint16_t month, struct bytes key,
                   struct store_row_key *out);
struct bytes store_row_key_bytes(const struct store_row_key *key);

/* ERR_CORRUPT: not a row's key, or not a row's value. */
enum err store_row_key_read(struct bytes stored, struct store_key *out) MUST_CHECK;
enum err store_row_value_read(struct bytes stored, uint64_t *version,
                              struct bytes *value) MUST_CHECK;

/* The key of a single entry of the meta tree. */
struct bytes store_meta_key(const char *name);

/* How many leaves the log has; reads nodes of the tree from it. */
enum err store_log_size(const struct store_txn *txn, uint64_t *out) MUST_CHECK;
struct tree_reader store_log_reader(struct store_txn *txn);

/* Appends a leaf to the log and to 'frontier'. */
enum err store_log_append(const struct store_txn *txn, struct tree_frontier *frontier,
                          struct bytes leaf, struct bytes body) MUST_CHECK;

/* Settles a group of batches; the queue's thread calls it with the store. */
void store_commit_group(void *context, struct store_job **jobs, size_t count);

#endif
