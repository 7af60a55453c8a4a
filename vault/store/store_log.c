/* SPDX-License-Identifier: EUPL-1.2 */
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "vault/store/store_impl.h"

/* How many nodes above itself leaf 'number' completes: one for each time that its pair is full. */
static size_t
nodes_above(uint64_t number)
{
    return (size_t) __builtin_ctzll(number + 1);
}

struct number_key {
    uint8_t bytes[STORE_NUMBER_LEN];
};

static struct bytes
number_key(uint64_t number, struct number_key *out)
{
    struct byte_writer writer;

    byte_writer_init(&writer, out->bytes, sizeof out->bytes);
    byte_writer_u64(&writer, number);
    return (struct bytes) { .data = out->bytes, .len = sizeof out->bytes };
}

static enum err
number_of(struct bytes key, uint64_t *out)
{
    struct byte_reader reader;
    uint64_t number = 0;

    byte_reader_init(&reader, key.data, key.len);
    number = byte_reader_u64(&reader);
    if (byte_reader_finish(&reader) != ERR_OK || number >= TREE_SIZE_MAX) {
        return ERR_CORRUPT;
    }
    *out = number;
    return ERR_OK;
}

/* Takes an entry of the log apart. */
static enum err
split_leaf(uint64_t number, struct bytes stored, const uint8_t **nodes, struct bytes *body)
{
    const size_t head_len = STORE_LEAF_LEN + nodes_above(number) * TREE_HASH_LEN;

    if (stored.len < head_len || stored.len > head_len + STORE_LEAF_BODY_MAX) {
        return ERR_CORRUPT;
    }
    *nodes = stored.data + STORE_LEAF_LEN;
    *body = (struct bytes) { .data = stored.data + head_len, .len = stored.len - head_len };
    return ERR_OK;
}

enum err
store_log_size(const struct store_txn *txn, uint64_t *out)
{
    struct store_cursor cursor = { 0 };
    struct bytes key = { 0 };
    struct bytes value = { 0 };
    uint64_t number = 0;
    enum err err = store_lmdb_cursor(txn, STORE_TREE_LOG, &cursor);

    if (err != ERR_OK) {
        return err;
    }
    err = store_lmdb_last(&cursor, &key, &value);
    if (err == ERR_OK) {
        err = number_of(key, &number);
        if (err == ERR_OK) {
            *out = number + 1;
        }
    } else if (err == ERR_NOT_FOUND) {
        *out = 0;
        err = ERR_OK;
    }
    store_lmdb_cursor_done(&cursor);
    return err;
}

/* A node is kept with the leaf that completed it. */
static enum err
read_node(void *context, uint8_t level, uint64_t index, struct tree_hash *out)
{
    const struct store_txn *txn = context;
    struct number_key key;
    struct bytes stored = { 0 };
    struct bytes body = { 0 };
    const uint8_t *nodes = NULL;
    uint64_t number = 0;
    enum err err = ERR_OK;

    if (level > TREE_LEVEL_MAX || index >= (TREE_SIZE_MAX >> level)) {
        return ERR_INVALID;
    }
    number = ((index + 1) << level) - 1;
    err = store_lmdb_get(txn, STORE_TREE_LOG, number_key(number, &key), &stored);
    if (err == ERR_OK) {
        err = split_leaf(number, stored, &nodes, &body);
    }
    if (err != ERR_OK) {
        return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
    }
    if (level == 0) {
        tree_leaf_hash(stored.data, STORE_LEAF_LEN, out);
    } else {
        memcpy(out->bytes, nodes + (size_t) (level - 1) * TREE_HASH_LEN, TREE_HASH_LEN);
    }
    return ERR_OK;
}

struct tree_reader
store_log_reader(struct store_txn *txn)
{
    return (struct tree_reader) { .read = read_node, .context = txn };
}

struct tree_reader
store_tree_reader(struct store_snapshot *snapshot)
{
    return store_log_reader(&snapshot->txn);
}

enum err
store_log_append(const struct store_txn *txn, struct tree_frontier *frontier, struct bytes leaf,
                 struct bytes body)
{
    const uint64_t number = frontier->size;
    struct tree_completed completed;
    struct byte_writer writer;
    struct number_key key;
    struct tree_hash hash;
    uint8_t *at = NULL;
    size_t len = 0;
    enum err err = ERR_OK;

    tree_leaf_hash(leaf.data, leaf.len, &hash);
    err = tree_frontier_append(frontier, &hash, &completed);
    if (err != ERR_OK) {
        return err;
    }
    len = leaf.len + (completed.count - 1) * TREE_HASH_LEN + body.len;
    err = store_lmdb_append(txn, STORE_TREE_LOG, number_key(number, &key), len, &at);
    if (err != ERR_OK) {
        return err;
    }
    byte_writer_init(&writer, at, len);
    byte_writer_raw(&writer, leaf.data, leaf.len);
    for (size_t i = 1; i < completed.count; i++) {
        byte_writer_raw(&writer, completed.nodes[i].hash.bytes, TREE_HASH_LEN);
    }
    byte_writer_raw(&writer, body.data, body.len);
    return byte_writer_finish(&writer);
}

/* ---- heads ---- */

static enum err
read_head(struct store_txn *txn, uint64_t size, struct store_head *out)
{
    const struct tree_reader reader = store_log_reader(txn);
    struct tree_frontier frontier;
    enum err err = tree_frontier_read(size, &reader, &frontier);

    if (err == ERR_OK) {
        out->size = size;
        tree_frontier_root(&frontier, &out->root);
    }
    return err;
}

enum err
store_head(struct store *store, struct store_snapshot *snapshot, struct store_head *out)
{
    struct store_view view = { 0 };
    uint64_t size = 0;
    enum err err = store_view_begin(store, snapshot, &view);

    if (err != ERR_OK) {
        return err;
    }
    err = store_log_size(&view.txn, &size);
    if (err == ERR_OK) {
        err = read_head(&view.txn, size, out);
    }
    store_view_end(&view);
    return err;
}

enum err
store_expect_head(struct store *store, const struct store_head *seen)
{
    struct store_view view = { 0 };
    struct store_head then = { 0 };
    uint64_t size = 0;
    enum err err = store_view_begin(store, NULL, &view);

    if (err != ERR_OK) {
        return err;
    }
    err = store_log_size(&view.txn, &size);
    if (err == ERR_OK && size < seen->size) {
        err = ERR_ROLLBACK;
    }
    if (err == ERR_OK) {
        err = read_head(&view.txn, seen->size, &then);
    }
    if (err == ERR_OK && sodium_memcmp(&then.root, &seen->root, sizeof then.root) != 0) {
        err = ERR_ROLLBACK;
    }
    store_view_end(&view);
    return err;
}

/* ---- leaves ---- */

/* Collects leaves whose bodies still lie in the map; '*out_len' is what they need. */
static enum err
collect_leaves(const struct store_cursor *cursor, uint64_t first, size_t limit,
               struct store_leaf_page *page, size_t *out_len)
{
    struct number_key from;
    struct bytes key = { 0 };
    struct bytes stored = { 0 };
    const uint8_t *nodes = NULL;
    size_t len = 0;
    enum err err = store_lmdb_seek(cursor, number_key(first, &from), &key, &stored);

    while (err == ERR_OK && page->count < limit) {
        struct store_leaf *leaf = &page->leaves[page->count];
        struct bytes body = { 0 };

        err = number_of(key, &leaf->number);
        if (err == ERR_OK && leaf->number != first + page->count) {
            err = ERR_CORRUPT;
        }
        if (err == ERR_OK) {
            err = split_leaf(leaf->number, stored, &nodes, &body);
        }
        if (err != ERR_OK) {
            return err;
        }
        if (page->count > 0 && len + body.len > STORE_PAGE_MAX_LEN) {
            break;
        }
        memcpy(leaf->leaf, stored.data, STORE_LEAF_LEN);
        leaf->body = body.data;
        leaf->len = body.len;
        len += body.len;
        page->count++;
        err = store_lmdb_next(cursor, &key, &stored);
    }
    *out_len = len;
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err
copy_bodies(struct store_leaf_page *page, size_t len)
{
    size_t at = 0;

    page->memory = malloc(len + 1);
    if (page->memory == NULL) {
        return ERR_NOMEM;
    }
    for (size_t i = 0; i < page->count; i++) {
        struct store_leaf *leaf = &page->leaves[i];

        memcpy(page->memory + at, leaf->body, leaf->len);
        leaf->body = page->memory + at;
        at += leaf->len;
    }
    return ERR_OK;
}

enum err
store_leaves(struct store *store, struct store_snapshot *snapshot, uint64_t first, size_t limit,
             struct store_leaf_page *out)
{
    struct store_view view = { 0 };
    struct store_cursor cursor = { 0 };
    struct store_leaf_page page = { 0 };
    size_t len = 0;
    enum err err = ERR_OK;

    if (limit == 0 || limit > STORE_SCAN_MAX) {
        return ERR_INVALID;
    }
    page.leaves = malloc(limit * sizeof *page.leaves);
    if (page.leaves == NULL) {
        return ERR_NOMEM;
    }
    err = store_view_begin(store, snapshot, &view);
    if (err != ERR_OK) {
        goto out;
    }
    err = store_lmdb_cursor(&view.txn, STORE_TREE_LOG, &cursor);
    if (err != ERR_OK) {
        goto out;
    }
    err = collect_leaves(&cursor, first, limit, &page, &len);
    if (err != ERR_OK) {
        goto out;
    }
    err = copy_bodies(&page, len);
    if (err != ERR_OK) {
        goto out;
    }
    *out = page;
    page = (struct store_leaf_page) { 0 };
out:
    store_lmdb_cursor_done(&cursor);
    store_view_end(&view);
    store_leaf_page_done(&page);
    return err;
}

void
store_leaf_page_done(struct store_leaf_page *page)
{
    free(page->leaves);
    free(page->memory);
    *page = (struct store_leaf_page) { 0 };
}

/* ---- checkpoints ---- */

static enum err
read_checkpoint(const struct store_txn *txn, uint64_t *size, struct bytes *note)
{
    struct byte_reader reader;
    struct bytes stored = { 0 };
    enum err err = store_lmdb_get(txn, STORE_TREE_META, store_meta_key("checkpoint"), &stored);

    if (err != ERR_OK) {
        return err;
    }
    byte_reader_init(&reader, stored.data, stored.len);
    *size = byte_reader_u64(&reader);
    note->len = byte_reader_left(&reader);
    note->data = byte_reader_borrow(&reader, note->len);
    if (reader.underflowed || note->len == 0 || note->len > STORE_CHECKPOINT_MAX) {
        return ERR_CORRUPT;
    }
    return ERR_OK;
}

static enum err
write_checkpoint(const struct store_txn *txn, uint64_t size, const void *note, size_t len)
{
    struct byte_writer writer;
    uint8_t *at = NULL;
    enum err err = store_lmdb_put(txn, STORE_TREE_META, store_meta_key("checkpoint"),
                                  STORE_NUMBER_LEN + len, &at);

    if (err != ERR_OK) {
        return err;
    }
    byte_writer_init(&writer, at, STORE_NUMBER_LEN + len);
    byte_writer_u64(&writer, size);
    byte_writer_raw(&writer, note, len);
    return byte_writer_finish(&writer);
}

enum err
store_put_checkpoint(struct store *store, uint64_t size, const void *note, size_t len)
{
    struct store_txn txn = { 0 };
    struct bytes last = { 0 };
    uint64_t last_size = 0;
    uint64_t log_size = 0;
    enum err err = ERR_OK;

    if (len == 0 || len > STORE_CHECKPOINT_MAX) {
        return ERR_INVALID;
    }
    err = store_lmdb_begin(store->env, true, &txn);
    if (err != ERR_OK) {
        goto out;
    }
    err = read_checkpoint(&txn, &last_size, &last);
    if (err != ERR_OK && err != ERR_NOT_FOUND) {
        goto out;
    }
    if (err == ERR_OK && size < last_size) {
        err = ERR_ROLLBACK;
        goto out;
    }
    err = store_log_size(&txn, &log_size);
    if (err != ERR_OK) {
        goto out;
    }
    if (size > log_size) {
        err = ERR_INVALID;
        goto out;
    }
    err = write_checkpoint(&txn, size, note, len);
    if (err != ERR_OK) {
        goto out;
    }
    err = store_lmdb_commit(&txn);
out:
    store_lmdb_abort(&txn);
    return err;
}

enum err
store_checkpoint(struct store *store, uint64_t *out_size, uint8_t out[STORE_CHECKPOINT_MAX],
                 size_t *out_len)
{
    struct store_view view = { 0 };
    struct bytes note = { 0 };
    uint64_t size = 0;
    enum err err = store_view_begin(store, NULL, &view);

    if (err != ERR_OK) {
        return err;
    }
    err = read_checkpoint(&view.txn, &size, &note);
    if (err == ERR_OK) {
        memcpy(out, note.data, note.len);
        *out_len = note.len;
        *out_size = size;
    }
    store_view_end(&view);
    return err;
}
