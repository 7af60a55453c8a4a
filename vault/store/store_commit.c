/* SPDX-License-Identifier: EUPL-1.2 */
#include <string.h>

#include "base/clock.h"
#include "vault/store/store_impl.h"

enum {
    DAY_S = 24 * 3600,
    DAYS_KEPT = 2, /* whole days behind the present one: at least STORE_ID_KEPT_S */
    DONE_KEY_MAX = 4 + STORE_ID_MAX,
    DONE_LEN = 12,
    PURGE_MIN = 64, /* old ids that a commit removes at most, and as many again as it adds */
    DROP_ROWS = 500 /* rows in one commit of store_drop_month */
};

/* What a group has changed so far, on top of the newest commit. */
struct work {
    struct store_txn txn;
    uint32_t today;
    uint64_t sequence;
    struct tree_frontier frontier;
    size_t applied;
};

/* ---- batches that are done ---- */

struct done_key {
    size_t len;
    uint8_t bytes[DONE_KEY_MAX];
};

static struct bytes
done_key(uint32_t day, const struct store_id *id, struct done_key *out)
{
    struct byte_writer writer;

    byte_writer_init(&writer, out->bytes, sizeof out->bytes);
    byte_writer_u32(&writer, day);
    byte_writer_raw(&writer, id->bytes, id->len);
    return (struct bytes) { .data = out->bytes, .len = writer.len };
}

static enum err
read_done(struct bytes stored, struct store_result *out)
{
    struct byte_reader reader;
    uint64_t first = 0;
    uint32_t count = 0;

    byte_reader_init(&reader, stored.data, stored.len);
    first = byte_reader_u64(&reader);
    count = byte_reader_u32(&reader);
    if (byte_reader_finish(&reader) != ERR_OK) {
        return ERR_CORRUPT;
    }
    out->first_leaf = first;
    out->leaf_count = count;
    return ERR_OK;
}

/* Looks in the days that count; one ahead too, since a clock may be set back. */
static enum err
find_done(const struct store_txn *txn, uint32_t today, const struct store_id *id,
          struct store_result *out)
{
    struct done_key key;
    struct bytes stored = { 0 };
    const uint32_t oldest = today > DAYS_KEPT ? today - DAYS_KEPT : 0;

    for (uint32_t day = today + 1; day + 1 > oldest; day--) {
        enum err err = store_lmdb_get(txn, STORE_TREE_DONE, done_key(day, id, &key), &stored);

        if (err == ERR_OK) {
            return read_done(stored, out);
        }
        if (err != ERR_NOT_FOUND || day == 0) {
            return err;
        }
    }
    return ERR_NOT_FOUND;
}

static enum err
write_done(const struct work *work, const struct store_id *id, const struct store_result *result)
{
    struct done_key key;
    struct byte_writer writer;
    uint8_t *at = NULL;
    enum err err =
        store_lmdb_put(&work->txn, STORE_TREE_DONE, done_key(work->today, id, &key), DONE_LEN, &at);

    if (err != ERR_OK) {
        return err;
    }
    byte_writer_init(&writer, at, DONE_LEN);
    byte_writer_u64(&writer, result->first_leaf);
    byte_writer_u32(&writer, result->leaf_count);
    return byte_writer_finish(&writer);
}

/* Removes ids that are old enough, a few at a time. */
static enum err
purge_done(const struct work *work)
{
    static const uint8_t from[1] = { 0 };
    struct store_cursor cursor = { 0 };
    struct bytes key = { 0 };
    struct bytes value = { 0 };
    enum err err = store_lmdb_cursor(&work->txn, STORE_TREE_DONE, &cursor);

    for (size_t left = PURGE_MIN + 2 * work->applied; left > 0 && err == ERR_OK; left--) {
        struct byte_reader reader;

        err = store_lmdb_seek(&cursor, (struct bytes) { from, sizeof from }, &key, &value);
        if (err != ERR_OK) {
            break;
        }
        byte_reader_init(&reader, key.data, key.len);
        if (byte_reader_u32(&reader) + DAYS_KEPT >= work->today) {
            break;
        }
        err = store_lmdb_erase(&cursor);
    }
    store_lmdb_cursor_done(&cursor);
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err
store_outcome(struct store *store, const struct store_id *id, struct store_result *out)
{
    struct store_view view = { 0 };
    enum err err = ERR_OK;

    if (!store_id_is_valid(id)) {
        return ERR_INVALID;
    }
    err = store_view_begin(store, NULL, &view);
    if (err != ERR_OK) {
        return err;
    }
    err = find_done(&view.txn, (uint32_t) (clock_now_s(store->clock) / DAY_S), id, out);
    store_view_end(&view);
    return err;
}

/* ---- one batch ---- */

/* ERR_CONFLICT: a precondition does not hold. */
static enum err
check_preconditions(const struct work *work, const struct store_batch *batch,
                    struct store_result *result)
{
    for (size_t i = 0; i < batch->count; i++) {
        const struct store_op *op = &batch->ops[i];
        const struct bytes key = store_op_key(batch, op);
        struct store_row_key name;
        struct bytes stored = { 0 };
        struct bytes value = { 0 };
        uint64_t version = 0;
        bool is_as_expected = false;
        enum err err = ERR_OK;

        if (op->kind != STORE_OP_EXPECT_ABSENT && op->kind != STORE_OP_EXPECT_VERSION) {
            continue;
        }
        store_row_key(op->space, op->month, key, &name);
        err = store_lmdb_get(&work->txn, STORE_TREE_ROWS, store_row_key_bytes(&name), &stored);
        if (err == ERR_OK) {
            err = store_row_value_read(stored, &version, &value);
            is_as_expected = op->kind == STORE_OP_EXPECT_VERSION && op->version == version;
        } else if (err == ERR_NOT_FOUND) {
            is_as_expected = op->kind == STORE_OP_EXPECT_ABSENT;
            err = ERR_OK;
        }
        if (err != ERR_OK) {
            return err;
        }
        if (!is_as_expected) {
            result->conflict = store_key(op->space, op->month, key.data, key.len);
            return ERR_CONFLICT;
        }
    }
    return ERR_OK;
}

static enum err
put_row(struct work *work, const struct store_op *op, struct bytes key, struct bytes value)
{
    struct store_row_key name;
    struct byte_writer writer;
    const size_t len = STORE_VERSION_LEN + value.len;
    uint8_t *at = NULL;
    enum err err = ERR_OK;

    store_row_key(op->space, op->month, key, &name);
    err = store_lmdb_put(&work->txn, STORE_TREE_ROWS, store_row_key_bytes(&name), len, &at);
    if (err != ERR_OK) {
        return err;
    }
    byte_writer_init(&writer, at, len);
    byte_writer_u64(&writer, ++work->sequence);
    byte_writer_raw(&writer, value.data, value.len);
    return byte_writer_finish(&writer);
}

/* A task's key is the version that its row gets: numbers only grow. */
static enum err
put_task(struct work *work, const struct store_op *op, struct bytes value)
{
    struct byte_writer writer;
    uint8_t number[STORE_NUMBER_LEN];

    byte_writer_init(&writer, number, sizeof number);
    byte_writer_u64(&writer, work->sequence + 1);
    return put_row(work, op, (struct bytes) { number, sizeof number }, value);
}

static enum err
delete_row(const struct work *work, const struct store_op *op, struct bytes key)
{
    struct store_row_key name;
    enum err err = ERR_OK;

    store_row_key(op->space, op->month, key, &name);
    err = store_lmdb_delete(&work->txn, STORE_TREE_ROWS, store_row_key_bytes(&name));
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err
apply_op(struct work *work, const struct store_batch *batch, const struct store_op *op)
{
    const struct bytes key = store_op_key(batch, op);
    const struct bytes value = store_op_value(batch, op);

    switch (op->kind) {
        case STORE_OP_EXPECT_ABSENT:
        case STORE_OP_EXPECT_VERSION:
            return ERR_OK;
        case STORE_OP_PUT:
            return put_row(work, op, key, value);
        case STORE_OP_DELETE:
            return delete_row(work, op, key);
        case STORE_OP_OUTBOX:
            return put_task(work, op, value);
        case STORE_OP_LEAF:
            return store_log_append(&work->txn, &work->frontier, key, value);
    }
    return ERR_INTERNAL;
}

/* ERR_REPLAY and ERR_CONFLICT come before anything is written; after any other error the
 * transaction is spoiled. */
static enum err
apply_batch(struct work *work, const struct store_batch *batch, struct store_result *result)
{
    enum err err = find_done(&work->txn, work->today, &batch->id, result);

    if (err != ERR_NOT_FOUND) {
        return err == ERR_OK ? ERR_REPLAY : err;
    }
    err = check_preconditions(work, batch, result);
    if (err != ERR_OK) {
        return err;
    }
    result->first_leaf = work->frontier.size;
    result->leaf_count = batch->leaf_count;
    for (size_t i = 0; i < batch->count; i++) {
        err = apply_op(work, batch, &batch->ops[i]);
        if (err != ERR_OK) {
            return err;
        }
    }
    work->applied++;
    return write_done(work, &batch->id, result);
}

/* ---- a group ---- */

static enum err
write_sequence(const struct work *work)
{
    struct byte_writer writer;
    uint8_t *at = NULL;
    enum err err = store_lmdb_put(&work->txn, STORE_TREE_META, store_meta_key("sequence"),
                                  STORE_NUMBER_LEN, &at);

    if (err != ERR_OK) {
        return err;
    }
    byte_writer_init(&writer, at, STORE_NUMBER_LEN);
    byte_writer_u64(&writer, work->sequence);
    return byte_writer_finish(&writer);
}

/* Applies the jobs in one commit.  On failure none of them is applied, and '*is_spoiled' tells
 * whether one of them, rather than the commit, was the reason. */
static enum err
try_group(struct store *store, struct store_job **jobs, size_t count, bool *is_spoiled)
{
    struct work work = { .today = (uint32_t) (clock_now_s(store->clock) / DAY_S),
                         .sequence = store->sequence,
                         .frontier = store->frontier };
    enum err err = store_lmdb_begin(store->env, true, &work.txn);

    *is_spoiled = false;
    if (err != ERR_OK) {
        goto out;
    }
    for (size_t i = 0; i < count; i++) {
        jobs[i]->err = apply_batch(&work, jobs[i]->batch, &jobs[i]->result);
        if (jobs[i]->err != ERR_OK && jobs[i]->err != ERR_REPLAY && jobs[i]->err != ERR_CONFLICT) {
            err = jobs[i]->err;
            *is_spoiled = true;
            goto out;
        }
    }
    if (work.applied == 0) {
        goto out;
    }
    err = purge_done(&work);
    if (err != ERR_OK) {
        goto out;
    }
    err = write_sequence(&work);
    if (err != ERR_OK) {
        goto out;
    }
    err = store_lmdb_commit(&work.txn);
    if (err != ERR_OK) {
        goto out;
    }
    store->sequence = work.sequence;
    store->frontier = work.frontier;
    atomic_fetch_add(&store->commits, 1);
    atomic_fetch_add(&store->batches, work.applied);
out:
    store_lmdb_abort(&work.txn);
    return err;
}

static void
fail_all(struct store_job **jobs, size_t count, enum err err)
{
    for (size_t i = 0; i < count; i++) {
        jobs[i]->err = err;
    }
}

static void
count_outcomes(struct store *store, struct store_job **jobs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (jobs[i]->err == ERR_REPLAY) {
            atomic_fetch_add(&store->replays, 1);
        } else if (jobs[i]->err == ERR_CONFLICT) {
            atomic_fetch_add(&store->conflicts, 1);
        } else if (jobs[i]->err != ERR_OK) {
            atomic_fetch_add(&store->failures, 1);
        }
    }
}

/* A batch that does not fit must cost the others nothing: a spoiled group is tried one by one. */
void
store_commit_group(void *context, struct store_job **jobs, size_t count)
{
    struct store *store = context;
    bool is_spoiled = false;
    enum err err = try_group(store, jobs, count, &is_spoiled);

    if (err != ERR_OK && is_spoiled && count > 1) {
        for (size_t i = 0; i < count; i++) {
            err = try_group(store, jobs + i, 1, &is_spoiled);
            if (err != ERR_OK) {
                jobs[i]->err = err;
            }
        }
    } else if (err != ERR_OK) {
        fail_all(jobs, count, err);
    }
    count_outcomes(store, jobs, count);
}

enum err
store_apply(struct store *store, const struct store_batch *batch, struct store_result *out)
{
    struct store_job job = { .batch = batch };
    enum err err = store_batch_check(batch);

    if (err != ERR_OK) {
        return err;
    }
    err = store_queue_run(store->queue, &job);
    if (err == ERR_OK || err == ERR_REPLAY) {
        out->first_leaf = job.result.first_leaf;
        out->leaf_count = job.result.leaf_count;
    } else if (err == ERR_CONFLICT) {
        out->conflict = job.result.conflict;
    }
    return err;
}

/* ---- months ---- */

/* Removes up to DROP_ROWS rows of a space and month; '*count' grows by what was removed. */
static enum err
drop_rows(const struct store_txn *txn, enum store_space space, uint16_t month, uint64_t *count)
{
    struct store_cursor cursor = { 0 };
    struct store_row_key from;
    struct store_key found;
    struct bytes key = { 0 };
    struct bytes value = { 0 };
    enum err err = store_lmdb_cursor(txn, STORE_TREE_ROWS, &cursor);

    store_row_key(space, month, (struct bytes) { 0 }, &from);
    for (size_t i = 0; i < DROP_ROWS && err == ERR_OK; i++) {
        err = store_lmdb_seek(&cursor, store_row_key_bytes(&from), &key, &value);
        if (err == ERR_OK) {
            err = store_row_key_read(key, &found);
        }
        if (err != ERR_OK || found.space != space || found.month != month) {
            break;
        }
        err = store_lmdb_erase(&cursor);
        *count += err == ERR_OK;
    }
    store_lmdb_cursor_done(&cursor);
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err
drop_space(struct store *store, enum store_space space, uint16_t month, uint64_t *total)
{
    for (;;) {
        struct store_txn txn = { 0 };
        uint64_t count = 0;
        enum err err = store_lmdb_begin(store->env, true, &txn);

        if (err == ERR_OK) {
            err = drop_rows(&txn, space, month, &count);
        }
        if (err == ERR_OK && count > 0) {
            err = store_lmdb_commit(&txn);
        }
        store_lmdb_abort(&txn);
        if (err != ERR_OK || count == 0) {
            return err;
        }
        *total += count;
    }
}

enum err
store_drop_month(struct store *store, uint16_t month, uint64_t *out_count)
{
    static const enum store_space spaces[] = {
#define SPACE_ITEM(code, number, name) code,
        STORE_SPACE_MAP(SPACE_ITEM)
#undef SPACE_ITEM
    };
    uint64_t total = 0;

    if (month == 0) {
        return ERR_INVALID;
    }
    for (size_t i = 0; i < sizeof spaces / sizeof spaces[0]; i++) {
        enum err err = drop_space(store, spaces[i], month, &total);

        if (err != ERR_OK) {
            return err;
        }
    }
    *out_count = total;
    return ERR_OK;
}
