/* SPDX-License-Identifier: EUPL-1.2 */
#include "tools/measure/bare_store.h"

#include <stdlib.h>
#include <string.h>

#include <lmdb.h>

#include "base/file.h"
#include "tools/measure/meter.h"
#include "vault/store/store.h"

/* The store's trees, as vault/store/store_impl.h describes them. */
enum tree { TREE_ROWS, TREE_LOG, TREE_DONE, TREE_META, TREES };
static const char *const tree_names[TREES] = { "rows", "log", "done", "meta" };

enum { NUMBER_LEN = 8, MAX_READERS = 1024 };
static const size_t MAP_LEN = (size_t) 1 << 40; /* as the store's */

struct entry {
    uint64_t order;
    MDB_val key;
    MDB_val value;
};

struct entries {
    struct entry *list; /* keys and values are copies */
    size_t count;
    size_t room;
    uint64_t next; /* the order from which on entries are new */
};

struct bare_store {
    MDB_env *env;
    MDB_dbi trees[TREES];
    struct entries entries[TREES]; /* of rows, log and done, by order */
    size_t *ends; /* of each report's rows in entries[TREE_ROWS] */
    size_t reports;
    size_t done; /* of them put so far */
    uint64_t sequence;
};

static void
must(int result, const char *what)
{
    if (result != 0) {
        meter_fail(what, mdb_strerror(result));
    }
}

static MDB_env *
open_env(const char *folder, unsigned int flags)
{
    MDB_env *env = NULL;

    must(mdb_env_create(&env), folder);
    must(mdb_env_set_mapsize(env, MAP_LEN), folder);
    must(mdb_env_set_maxdbs(env, TREES), folder);
    must(mdb_env_set_maxreaders(env, MAX_READERS), folder);
    must(mdb_env_open(env, folder, MDB_NOTLS | MDB_NORDAHEAD | flags, 0600), folder);
    return env;
}

uint64_t
bare_store_commits(const char *store_folder)
{
    MDB_env *env = open_env(store_folder, MDB_RDONLY | MDB_NOLOCK);
    MDB_envinfo info;

    must(mdb_env_info(env, &info), store_folder);
    mdb_env_close(env);
    return info.me_last_txnid;
}

static uint64_t
read_number(const uint8_t *at)
{
    uint64_t number = 0;

    for (size_t i = 0; i < NUMBER_LEN; i++) {
        number = number << 8 | at[i];
    }
    return number;
}

static int
compare_entries(const void *a, const void *b)
{
    const struct entry *left = a;
    const struct entry *right = b;

    return (left->order > right->order) - (left->order < right->order);
}

static MDB_val
copy_of(MDB_val from)
{
    MDB_val to = { from.mv_size, meter_alloc(1, from.mv_size) };

    memcpy(to.mv_data, from.mv_data, from.mv_size);
    return to;
}

static void
drop_entries(struct entries *entries)
{
    for (size_t i = 0; i < entries->count; i++) {
        free(entries->list[i].key.mv_data);
        free(entries->list[i].value.mv_data);
    }
    entries->count = 0;
}

static void
add_entry(struct entries *entries, uint64_t order, MDB_val key, MDB_val value)
{
    if (entries->count == entries->room) {
        size_t room = entries->room == 0 ? 4096 : 2 * entries->room;
        struct entry *more = reallocarray(entries->list, room, sizeof *more);

        if (more == NULL) {
            meter_fail("rows", "out of memory");
        }
        entries->list = more;
        entries->room = room;
    }
    entries->list[entries->count++] = (struct entry) { order, copy_of(key), copy_of(value) };
}

/* In what order entries were written: rows and done entries say so in the first bytes of their value,
 * the log in its key. */
static void
read_tree(struct bare_store *bare, MDB_txn *txn, enum tree tree)
{
    struct entries *entries = &bare->entries[tree];
    MDB_cursor *cursor = NULL;
    MDB_dbi dbi = 0;
    MDB_val key;
    MDB_val value;

    drop_entries(entries);
    must(mdb_dbi_open(txn, tree_names[tree], 0, &dbi), tree_names[tree]);
    must(mdb_cursor_open(txn, dbi, &cursor), tree_names[tree]);
    while (mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == 0) {
        uint64_t order = read_number(tree == TREE_LOG ? key.mv_data : value.mv_data);

        if (order >= entries->next) {
            add_entry(entries, order, key, value);
        }
    }
    mdb_cursor_close(cursor);
    if (entries->count == 0) {
        meter_fail(tree_names[tree], "nothing new in the vault's file");
    }
    qsort(entries->list, entries->count, sizeof *entries->list, compare_entries);
    entries->next = entries->list[entries->count - 1].order + 1;
}

/* A report's last row is its task for the correlator. */
static void
find_reports(struct bare_store *bare)
{
    const struct entries *rows = &bare->entries[TREE_ROWS];

    free(bare->ends);
    bare->ends = meter_alloc(rows->count, sizeof *bare->ends);
    bare->reports = 0;
    bare->done = 0;
    for (size_t i = 0; i < rows->count; i++) {
        if (*(const uint8_t *) rows->list[i].key.mv_data == STORE_OUTBOX) {
            bare->ends[bare->reports++] = i + 1;
        }
    }
    if (bare->reports == 0 || bare->entries[TREE_LOG].count < bare->reports ||
        bare->entries[TREE_DONE].count < bare->reports) {
        meter_fail("rows", "the vault's file does not hold what was filed");
    }
}

static void
make_trees(struct bare_store *bare)
{
    MDB_txn *txn = NULL;

    must(mdb_txn_begin(bare->env, NULL, 0, &txn), "bare store");
    for (int tree = 0; tree < TREES; tree++) {
        must(mdb_dbi_open(txn, tree_names[tree], MDB_CREATE, &bare->trees[tree]), tree_names[tree]);
    }
    must(mdb_txn_commit(txn), "bare store");
}

struct bare_store *
bare_store_new(const char *folder)
{
    struct bare_store *bare = meter_alloc(1, sizeof *bare);

    if (file_make_folder(folder, 0700) != ERR_OK) {
        meter_fail(folder, "could not be made");
    }
    bare->env = open_env(folder, 0);
    make_trees(bare);
    return bare;
}

void
bare_store_free(struct bare_store *bare)
{
    if (bare == NULL) {
        return;
    }
    mdb_env_close(bare->env);
    for (int tree = 0; tree < TREES; tree++) {
        drop_entries(&bare->entries[tree]);
        free(bare->entries[tree].list);
    }
    free(bare->ends);
    free(bare);
}

void
bare_store_read(struct bare_store *bare, const char *store_folder)
{
    MDB_env *env = open_env(store_folder, MDB_RDONLY);
    MDB_txn *txn = NULL;

    must(mdb_txn_begin(env, NULL, MDB_RDONLY, &txn), store_folder);
    read_tree(bare, txn, TREE_ROWS);
    read_tree(bare, txn, TREE_LOG);
    read_tree(bare, txn, TREE_DONE);
    mdb_txn_abort(txn);
    mdb_env_close(env);
    find_reports(bare);
}

/* The rows of a report, its leaf, and the batch's name. */
static size_t
first_row(const struct bare_store *bare, size_t report)
{
    return report == 0 ? 0 : bare->ends[report - 1];
}

size_t
bare_store_puts(const struct bare_store *bare)
{
    size_t last = bare->reports - 1;

    return bare->ends[last] - first_row(bare, last) + 2;
}

static size_t
entry_len(const struct entry *entry)
{
    return entry->key.mv_size + entry->value.mv_size;
}

size_t
bare_store_bytes(const struct bare_store *bare)
{
    size_t last = bare->reports - 1;
    size_t len = entry_len(&bare->entries[TREE_LOG].list[last]) +
        entry_len(&bare->entries[TREE_DONE].list[last]);

    for (size_t i = first_row(bare, last); i < bare->ends[last]; i++) {
        len += entry_len(&bare->entries[TREE_ROWS].list[i]);
    }
    return len;
}

static void
put(struct bare_store *bare, MDB_txn *txn, enum tree tree, size_t at, unsigned int flags)
{
    struct entry entry = bare->entries[tree].list[at];

    must(mdb_put(txn, bare->trees[tree], &entry.key, &entry.value, flags), tree_names[tree]);
}

static void
commit_group(struct bare_store *bare, size_t group)
{
    MDB_txn *txn = NULL;
    static char name[] = "sequence";
    MDB_val key = { sizeof name - 1, name };
    MDB_val value = { sizeof bare->sequence, &bare->sequence };

    must(mdb_txn_begin(bare->env, NULL, 0, &txn), "bare commit");
    for (size_t i = 0; i < group; i++, bare->done++) {
        for (size_t row = first_row(bare, bare->done); row < bare->ends[bare->done]; row++) {
            put(bare, txn, TREE_ROWS, row, 0);
        }
        put(bare, txn, TREE_LOG, bare->done, MDB_APPEND);
        put(bare, txn, TREE_DONE, bare->done, 0);
    }
    bare->sequence++;
    must(mdb_put(txn, bare->trees[TREE_META], &key, &value, 0), "bare commit");
    must(mdb_txn_commit(txn), "bare commit");
}

void
bare_store_run(struct bare_store *bare, size_t count, double group, struct bare_result *out)
{
    size_t left = bare->reports - bare->done;
    size_t end = bare->done + (count < left ? count : left);
    size_t begun_at = bare->done;
    uint64_t begun_ns = meter_now_ns();
    uint64_t cpu_ns = meter_thread_ns();
    struct samples samples = { .ns = NULL };
    double owed = 0;

    while (bare->done < end) {
        uint64_t before = meter_now_ns();
        size_t now = 0;

        owed += group;
        now = (size_t) owed < end - bare->done ? (size_t) owed : end - bare->done;
        owed -= (double) now;
        if (now > 0) {
            commit_group(bare, now);
            samples_add(&samples, meter_now_ns() - before);
        }
    }
    cpu_ns = meter_thread_ns() - cpu_ns;
    begun_ns = meter_now_ns() - begun_ns;
    count = bare->done - begun_at;
    if (count == 0) {
        meter_fail("bare commits", "no rows are left");
    }
    *out = (struct bare_result) {
        .per_s = (double) count * 1e9 / (double) begun_ns,
        .p50_us = samples_percentile_us(&samples, 50),
        .p99_us = samples_percentile_us(&samples, 99),
        .cpu_us = (double) cpu_ns / 1e3 / (double) count,
    };
    samples_done(&samples);
}
