/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef VAULT_STORE_STORE_LMDB_H
#define VAULT_STORE_STORE_LMDB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/bytes.h"
#include "base/err.h"

/* LMDB, with its codes turned into ours and its traps covered.  Internal to the store.
 *
 * Every commit is durable: the flags that trade that away are used nowhere.  The map's size is
 * fixed at open, so that neither another process's growth nor ours can move it. */

struct MDB_txn;
struct MDB_cursor;
struct store_lmdb;

/* One tree per way of growing: rows fall anywhere within their space and month, the log is
 * appended to, ids of done batches live for days. */
enum store_tree {
    STORE_TREE_ROWS,
    STORE_TREE_LOG,
    STORE_TREE_DONE,
    STORE_TREE_META,
    STORE_TREE_COUNT
};

/* Opens the environment in an existing folder, which the caller has locked, and creates what is
 * missing.
 * ERR_CORRUPT: not an environment, or the file is shorter than it says. */
enum err store_lmdb_open(const char *folder, uint64_t map_size, struct store_lmdb **out) MUST_CHECK;

/* No transaction may live.  Takes NULL. */
void store_lmdb_close(struct store_lmdb *env);

struct store_txn {
    struct store_lmdb *env;
    struct MDB_txn *txn; /* NULL: none */
};

/* Begins a transaction; of those that write there is one at a time, others wait.
 * ERR_UNAVAILABLE: too many readers, or the environment must be opened again. */
enum err store_lmdb_begin(struct store_lmdb *env, bool is_write, struct store_txn *out) MUST_CHECK;

/* Ends it without a trace; one that has ended is fine. */
void store_lmdb_abort(struct store_txn *txn);

/* Ends it, durably or not at all.
 * ERR_FULL, ERR_NOMEM, ERR_UNAVAILABLE: not applied; the environment stays usable.
 * ERR_UNKNOWN: applied or not; every later store_lmdb_begin gives ERR_UNAVAILABLE. */
enum err store_lmdb_commit(struct store_txn *txn) MUST_CHECK;

/* After an error other than ERR_NOT_FOUND a transaction that writes can only be aborted. */

/* '*out' borrows the map until the transaction ends or writes.  ERR_NOT_FOUND. */
enum err store_lmdb_get(const struct store_txn *txn, enum store_tree tree, struct bytes key,
                        struct bytes *out) MUST_CHECK;

/* Puts a value of 'len' bytes, which the caller writes to '*out' before the next call. */
enum err store_lmdb_put(const struct store_txn *txn, enum store_tree tree, struct bytes key,
                        size_t len, uint8_t **out) MUST_CHECK;

/* The same for a key that must be beyond all others.  ERR_CORRUPT: it is not. */
enum err store_lmdb_append(const struct store_txn *txn, enum store_tree tree, struct bytes key,
                           size_t len, uint8_t **out) MUST_CHECK;

/* ERR_NOT_FOUND. */
enum err store_lmdb_delete(const struct store_txn *txn, enum store_tree tree,
                           struct bytes key) MUST_CHECK;

/* Walks a tree in the order of its keys; to be closed before its transaction ends. */
struct store_cursor {
    struct MDB_cursor *cursor;
};

enum err store_lmdb_cursor(const struct store_txn *txn, enum store_tree tree,
                           struct store_cursor *out) MUST_CHECK;
void store_lmdb_cursor_done(struct store_cursor *cursor);

/* To the first entry at or behind 'from', to the next one, to the last one; ERR_NOT_FOUND: no
 * more. */
enum err store_lmdb_seek(const struct store_cursor *cursor, struct bytes from, struct bytes *key,
                         struct bytes *value) MUST_CHECK;
enum err store_lmdb_next(const struct store_cursor *cursor, struct bytes *key,
                         struct bytes *value) MUST_CHECK;
enum err store_lmdb_last(const struct store_cursor *cursor, struct bytes *key,
                         struct bytes *value) MUST_CHECK;

/* Removes the entry on which the cursor stands; seek again after it. */
enum err store_lmdb_erase(const struct store_cursor *cursor) MUST_CHECK;

/* How many entries a tree has; how many bytes of the file are in use. */
enum err store_lmdb_count(const struct store_txn *txn, enum store_tree tree,
                          uint64_t *out) MUST_CHECK;
uint64_t store_lmdb_used(const struct store_lmdb *env);
uint64_t store_lmdb_map_size(const struct store_lmdb *env);

#endif
