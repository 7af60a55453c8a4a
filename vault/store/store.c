/* SPDX-License-Identifier: EUPL-1.2 */
#include "vault/store/store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <linux/magic.h>

#include "base/file.h"
#include "vault/store/store_impl.h"

enum { MAP_SIZE_MIN = 1024 * 1024, CIFS_SUPER = 0x4d42, MONTH_END = UINT16_MAX };

static const uint64_t default_map_size = UINT64_C(1) << 40;

/* ---- opening ---- */

/* LMDB relies on shared memory and locks that file systems over the network do not keep. */
static bool
is_remote(const char *folder)
{
    struct statfs fs;

    if (statfs(folder, &fs) != 0) {
        return false;
    }
    switch ((unsigned long) fs.f_type & 0xffffffffUL) {
        case NFS_SUPER_MAGIC:
        case SMB_SUPER_MAGIC:
        case CIFS_SUPER:
        case 0xff534d42UL: /* CIFS */
        case 0xfe534d42UL: /* SMB2 */
        case CODA_SUPER_MAGIC:
        case AFS_SUPER_MAGIC:
            return true;
        default:
            return false;
    }
}

static enum err
check_folder(const struct store_config *config)
{
    struct stat st;
    char *data = NULL;
    enum err err = file_make_folder(config->folder, 0700);

    if (err != ERR_OK) {
        return err;
    }
    if (stat(config->folder, &st) != 0) {
        return ERR_IO;
    }
    if (!S_ISDIR(st.st_mode) || (st.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        return ERR_DENIED;
    }
    if (is_remote(config->folder)) {
        return ERR_INVALID;
    }
    if (!config->must_exist) {
        return ERR_OK;
    }
    err = file_join(config->folder, "data.mdb", &data);
    if (err == ERR_OK && access(data, F_OK) != 0) {
        err = ERR_NOT_FOUND;
    }
    free(data);
    return err;
}

static enum err
take_lock(struct store *store, const char *folder)
{
    char *path = NULL;
    enum err err = file_join(folder, "owner.lock", &path);

    if (err != ERR_OK) {
        return err;
    }
    err = file_lock(path, &store->lock_fd);
    free(path);
    return err;
}

static enum err
write_number(const struct store_txn *txn, const char *name, uint64_t number, size_t len)
{
    struct byte_writer writer;
    uint8_t *at = NULL;
    enum err err = store_lmdb_put(txn, STORE_TREE_META, store_meta_key(name), len, &at);

    if (err == ERR_OK) {
        byte_writer_init(&writer, at, len);
        if (len == sizeof(uint32_t)) {
            byte_writer_u32(&writer, (uint32_t) number);
        } else {
            byte_writer_u64(&writer, number);
        }
    }
    return err;
}

/* A new store gets its format; an old one must have it. */
static enum err
check_format(struct store *store)
{
    struct store_txn txn = { 0 };
    struct byte_reader reader;
    struct bytes stored = { 0 };
    uint64_t rows = 0;
    enum err err = store_lmdb_begin(store->env, true, &txn);

    if (err != ERR_OK) {
        goto out;
    }
    err = store_lmdb_get(&txn, STORE_TREE_META, store_meta_key("format"), &stored);
    if (err == ERR_OK) {
        byte_reader_init(&reader, stored.data, stored.len);
        err = byte_reader_u32(&reader) == STORE_FORMAT ? byte_reader_finish(&reader) : ERR_CORRUPT;
        err = err == ERR_OK ? ERR_OK : ERR_CORRUPT;
        goto out;
    }
    if (err != ERR_NOT_FOUND) {
        goto out;
    }
    err = store_lmdb_count(&txn, STORE_TREE_ROWS, &rows);
    if (err == ERR_OK && rows > 0) {
        err = ERR_CORRUPT;
    }
    if (err == ERR_OK) {
        err = write_number(&txn, "format", STORE_FORMAT, sizeof(uint32_t));
    }
    if (err == ERR_OK) {
        err = store_lmdb_commit(&txn);
    }
out:
    store_lmdb_abort(&txn);
    return err;
}

/* Reads what the writer keeps in memory. */
static enum err
load_writer(struct store *store)
{
    struct store_txn txn = { 0 };
    struct tree_reader nodes;
    struct byte_reader reader;
    struct bytes stored = { 0 };
    uint64_t size = 0;
    enum err err = store_lmdb_begin(store->env, false, &txn);

    if (err != ERR_OK) {
        goto out;
    }
    err = store_lmdb_get(&txn, STORE_TREE_META, store_meta_key("sequence"), &stored);
    if (err == ERR_OK) {
        byte_reader_init(&reader, stored.data, stored.len);
        store->sequence = byte_reader_u64(&reader);
        err = byte_reader_finish(&reader) == ERR_OK ? ERR_OK : ERR_CORRUPT;
    } else if (err == ERR_NOT_FOUND) {
        err = ERR_OK;
    }
    if (err != ERR_OK) {
        goto out;
    }
    err = store_log_size(&txn, &size);
    if (err != ERR_OK) {
        goto out;
    }
    nodes = store_log_reader(&txn);
    err = tree_frontier_read(size, &nodes, &store->frontier);
out:
    store_lmdb_abort(&txn);
    return err;
}

enum err
store_open(const struct store_config *config, struct store **out)
{
    const uint64_t map_size = config->map_size == 0 ? default_map_size : config->map_size;
    struct store *store = NULL;
    enum err err = ERR_OK;

    if (config->folder == NULL || config->clock == NULL || map_size < MAP_SIZE_MIN ||
        map_size % (uint64_t) sysconf(_SC_PAGESIZE) != 0) {
        return ERR_INVALID;
    }
    store = calloc(1, sizeof *store);
    if (store == NULL) {
        return ERR_NOMEM;
    }
    store->lock_fd = -1;
    store->clock = config->clock;
    err = check_folder(config);
    if (err != ERR_OK) {
        goto out;
    }
    err = take_lock(store, config->folder);
    if (err != ERR_OK) {
        goto out;
    }
    err = store_lmdb_open(config->folder, map_size, &store->env);
    if (err != ERR_OK) {
        goto out;
    }
    err = check_format(store);
    if (err != ERR_OK) {
        goto out;
    }
    err = load_writer(store);
    if (err != ERR_OK) {
        goto out;
    }
    err = store_queue_start(store_commit_group, store, &store->queue);
    if (err != ERR_OK) {
        goto out;
    }
    *out = store;
    store = NULL;
out:
    store_close(store);
    return err;
}

void
store_close(struct store *store)
{
    if (store == NULL) {
        return;
    }
    store_queue_stop(store->queue);
    store_lmdb_close(store->env);
    file_unlock(store->lock_fd);
    free(store);
}

/* ---- reading ---- */

enum err
store_snapshot_begin(struct store *store, struct store_snapshot **out)
{
    struct store_snapshot *snapshot = calloc(1, sizeof *snapshot);
    enum err err = ERR_OK;

    if (snapshot == NULL) {
        return ERR_NOMEM;
    }
    err = store_lmdb_begin(store->env, false, &snapshot->txn);
    if (err != ERR_OK) {
        free(snapshot);
        return err;
    }
    *out = snapshot;
    return ERR_OK;
}

void
store_snapshot_end(struct store_snapshot *snapshot)
{
    if (snapshot != NULL) {
        store_lmdb_abort(&snapshot->txn);
        free(snapshot);
    }
}

enum err
store_view_begin(struct store *store, struct store_snapshot *snapshot, struct store_view *out)
{
    if (snapshot != NULL) {
        *out = (struct store_view) { .txn = snapshot->txn };
        return ERR_OK;
    }
    out->is_own = true;
    return store_lmdb_begin(store->env, false, &out->txn);
}

void
store_view_end(struct store_view *view)
{
    if (view->is_own) {
        store_lmdb_abort(&view->txn);
    }
}

enum err
store_get(struct store *store, struct store_snapshot *snapshot, const struct store_key *key,
          struct store_value *out)
{
    struct store_view view = { 0 };
    struct store_row_key name;
    struct store_value value = { 0 };
    struct bytes stored = { 0 };
    struct bytes data = { 0 };
    enum err err = ERR_OK;

    if (!store_key_is_valid(key)) {
        return ERR_INVALID;
    }
    store_row_key(key->space, key->month, (struct bytes) { key->data, key->len }, &name);
    err = store_view_begin(store, snapshot, &view);
    if (err != ERR_OK) {
        goto out;
    }
    err = store_lmdb_get(&view.txn, STORE_TREE_ROWS, store_row_key_bytes(&name), &stored);
    if (err != ERR_OK) {
        goto out;
    }
    err = store_row_value_read(stored, &value.version, &data);
    if (err != ERR_OK) {
        goto out;
    }
    value.data = malloc(data.len + 1);
    if (value.data == NULL) {
        err = ERR_NOMEM;
        goto out;
    }
    memcpy(value.data, data.data, data.len);
    value.len = data.len;
    *out = value;
out:
    store_view_end(&view);
    return err;
}

void
store_value_done(struct store_value *value)
{
    free(value->data);
    *value = (struct store_value) { 0 };
}

static bool
begins_with(struct bytes whole, struct bytes prefix)
{
    /* Keys on disk are no secrets: they are blinded before they get here. */
    for (size_t i = 0; i < prefix.len; i++) {
        if (i >= whole.len || whole.data[i] != prefix.data[i]) {
            return false;
        }
    }
    return true;
}

static bool
is_same(struct bytes a, struct bytes b)
{
    return a.len == b.len && begins_with(a, b);
}

/* Collects rows whose values still lie in the map; '*out_len' is what they need. */
static enum err
collect_rows(const struct store_cursor *cursor, const struct store_range *range,
             struct store_page *page, size_t *out_len)
{
    struct store_row_key prefix;
    struct store_row_key from;
    struct bytes key = { 0 };
    struct bytes stored = { 0 };
    size_t len = 0;
    enum err err = ERR_OK;

    store_row_key(range->space, range->month, (struct bytes) { range->prefix, range->prefix_len },
                  &prefix);
    from = prefix;
    if (range->after != NULL) {
        store_row_key(range->space, range->month,
                      (struct bytes) { range->after->data, range->after->len }, &from);
    }
    err = store_lmdb_seek(cursor, store_row_key_bytes(&from), &key, &stored);
    if (err == ERR_OK && range->after != NULL && is_same(key, store_row_key_bytes(&from))) {
        err = store_lmdb_next(cursor, &key, &stored);
    }
    while (err == ERR_OK && begins_with(key, store_row_key_bytes(&prefix))) {
        struct store_row *row = &page->rows[page->count];
        struct bytes value = { 0 };

        if (page->count == range->limit ||
            (page->count > 0 && len + stored.len > STORE_PAGE_MAX_LEN)) {
            *out_len = len;
            return ERR_OK;
        }
        err = store_row_key_read(key, &row->key);
        if (err == ERR_OK) {
            err = store_row_value_read(stored, &row->version, &value);
        }
        if (err != ERR_OK) {
            return err;
        }
        row->data = value.data;
        row->len = value.len;
        len += value.len;
        page->count++;
        err = store_lmdb_next(cursor, &key, &stored);
    }
    page->is_last = true;
    *out_len = len;
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

/* Copies the values out of the map. */
static enum err
copy_rows(struct store_page *page, size_t len)
{
    size_t at = 0;

    page->memory = malloc(len + 1);
    if (page->memory == NULL) {
        return ERR_NOMEM;
    }
    for (size_t i = 0; i < page->count; i++) {
        struct store_row *row = &page->rows[i];

        memcpy(page->memory + at, row->data, row->len);
        row->data = page->memory + at;
        at += row->len;
    }
    return ERR_OK;
}

enum err
store_scan(struct store *store, struct store_snapshot *snapshot, const struct store_range *range,
           struct store_page *out)
{
    const struct store_key probe = { .space = range->space, .len = 1 };
    struct store_view view = { 0 };
    struct store_cursor cursor = { 0 };
    struct store_page page = { 0 };
    size_t len = 0;
    enum err err = ERR_OK;

    if (!store_key_is_valid(&probe) || range->limit == 0 || range->limit > STORE_SCAN_MAX ||
        range->prefix_len > STORE_KEY_MAX ||
        (range->after != NULL && !store_key_is_valid(range->after))) {
        return ERR_INVALID;
    }
    page.rows = malloc(range->limit * sizeof *page.rows);
    if (page.rows == NULL) {
        return ERR_NOMEM;
    }
    err = store_view_begin(store, snapshot, &view);
    if (err != ERR_OK) {
        goto out;
    }
    err = store_lmdb_cursor(&view.txn, STORE_TREE_ROWS, &cursor);
    if (err != ERR_OK) {
        goto out;
    }
    err = collect_rows(&cursor, range, &page, &len);
    if (err != ERR_OK) {
        goto out;
    }
    err = copy_rows(&page, len);
    if (err != ERR_OK) {
        goto out;
    }
    *out = page;
    page = (struct store_page) { 0 };
out:
    store_lmdb_cursor_done(&cursor);
    store_view_end(&view);
    store_page_done(&page);
    return err;
}

void
store_page_done(struct store_page *page)
{
    free(page->rows);
    free(page->memory);
    *page = (struct store_page) { 0 };
}

/* Jumps from month to month instead of walking the rows between. */
static enum err
collect_months(const struct store_cursor *cursor, enum store_space space, uint16_t *months,
               size_t cap, size_t *count)
{
    struct store_row_key from;
    struct store_key found;
    struct bytes key = { 0 };
    struct bytes value = { 0 };
    uint32_t month = 0;

    while (month <= MONTH_END) {
        enum err err = ERR_OK;

        store_row_key(space, (uint16_t) month, (struct bytes) { 0 }, &from);
        err = store_lmdb_seek(cursor, store_row_key_bytes(&from), &key, &value);
        if (err == ERR_NOT_FOUND) {
            return ERR_OK;
        }
        if (err == ERR_OK) {
            err = store_row_key_read(key, &found);
        }
        if (err != ERR_OK) {
            return err;
        }
        if (found.space != space) {
            return ERR_OK;
        }
        if (*count == cap) {
            return ERR_TOO_BIG;
        }
        months[(*count)++] = found.month;
        month = found.month + 1U;
    }
    return ERR_OK;
}

enum err
store_months(struct store *store, enum store_space space, uint16_t *out, size_t cap,
             size_t *out_count)
{
    struct store_view view = { 0 };
    struct store_cursor cursor = { 0 };
    uint16_t *months = NULL;
    size_t count = 0;
    enum err err = ERR_OK;

    months = malloc((cap + 1) * sizeof *months);
    if (months == NULL) {
        return ERR_NOMEM;
    }
    err = store_view_begin(store, NULL, &view);
    if (err != ERR_OK) {
        goto out;
    }
    err = store_lmdb_cursor(&view.txn, STORE_TREE_ROWS, &cursor);
    if (err != ERR_OK) {
        goto out;
    }
    err = collect_months(&cursor, space, months, cap, &count);
    if (err != ERR_OK) {
        goto out;
    }
    memcpy(out, months, count * sizeof *months);
    *out_count = count;
out:
    store_lmdb_cursor_done(&cursor);
    store_view_end(&view);
    free(months);
    return err;
}

/* ---- figures ---- */

enum err
store_stats(struct store *store, struct store_stats *out)
{
    struct store_view view = { 0 };
    struct store_stats stats = { 0 };
    enum err err = store_view_begin(store, NULL, &view);

    if (err != ERR_OK) {
        return err;
    }
    err = store_lmdb_count(&view.txn, STORE_TREE_ROWS, &stats.rows);
    if (err == ERR_OK) {
        err = store_lmdb_count(&view.txn, STORE_TREE_LOG, &stats.leaves);
    }
    store_view_end(&view);
    if (err != ERR_OK) {
        return err;
    }
    stats.commits = atomic_load(&store->commits);
    stats.batches = atomic_load(&store->batches);
    stats.replays = atomic_load(&store->replays);
    stats.conflicts = atomic_load(&store->conflicts);
    stats.failures = atomic_load(&store->failures);
    stats.used_len = store_lmdb_used(store->env);
    stats.map_size = store_lmdb_map_size(store->env);
    *out = stats;
    return ERR_OK;
}
