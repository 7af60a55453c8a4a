/* SPDX-License-Identifier: EUPL-1.2 */
#include "vault/store/store_lmdb.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <lmdb.h>

enum {
    MAX_READERS = 1024,
    DISK_FULL_LEN = 1024 * 1024 /* less room than this explains a short write */
};

struct store_lmdb {
    MDB_env *env;
    MDB_dbi trees[STORE_TREE_COUNT];
    uint64_t map_size;
};

static const char *const tree_names[STORE_TREE_COUNT] = {
    [STORE_TREE_ROWS] = "rows",
    [STORE_TREE_LOG] = "log",
    [STORE_TREE_DONE] = "done",
    [STORE_TREE_META] = "meta",
};

static enum err
err_of_lmdb(int rc)
{
    switch (rc) {
        case MDB_SUCCESS:
            return ERR_OK;
        case MDB_NOTFOUND:
        case ENOENT:
            return ERR_NOT_FOUND;
        case MDB_MAP_FULL:
        case MDB_TXN_FULL:
        case ENOSPC:
        case EDQUOT:
        case EFBIG:
            return ERR_FULL;
        case MDB_PANIC:
        case MDB_READERS_FULL:
        case MDB_MAP_RESIZED:
        case EIO:
        case EAGAIN:
            return ERR_UNAVAILABLE;
        case MDB_PAGE_NOTFOUND:
        case MDB_CORRUPTED:
        case MDB_VERSION_MISMATCH:
        case MDB_INVALID:
        case MDB_INCOMPATIBLE:
        case MDB_KEYEXIST: /* only where a key must be the last one */
            return ERR_CORRUPT;
        case MDB_BAD_VALSIZE:
        case EINVAL:
            return ERR_INVALID;
        case ENOMEM:
            return ERR_NOMEM;
        case EACCES:
        case EPERM:
        case EROFS:
            return ERR_DENIED;
        default:
            return ERR_IO;
    }
}

static MDB_val
val_of(struct bytes bytes)
{
    /* LMDB does not write through the pointer of what it is given to put or to find. */
    union {
        const void *in;
        void *out;
    } data = { .in = bytes.data };

    return (MDB_val) { .mv_size = bytes.len, .mv_data = data.out };
}

static struct bytes
bytes_of(MDB_val val)
{
    return (struct bytes) { .data = val.mv_data, .len = val.mv_size };
}

/* ---- the environment ---- */

static int
open_trees(struct store_lmdb *env)
{
    MDB_txn *txn = NULL;
    int rc = mdb_txn_begin(env->env, NULL, 0, &txn);

    if (rc != 0) {
        return rc;
    }
    for (int tree = 0; tree < STORE_TREE_COUNT; tree++) {
        rc = mdb_dbi_open(txn, tree_names[tree], MDB_CREATE, &env->trees[tree]);
        if (rc != 0) {
            mdb_txn_abort(txn);
            return rc;
        }
    }
    return mdb_txn_commit(txn);
}

/* A page behind the end of the file would be a SIGBUS, not an error. */
static enum err
check_length(MDB_env *env)
{
    MDB_envinfo info;
    MDB_stat stat;
    struct stat st;
    int fd = -1;

    if (mdb_env_info(env, &info) != 0 || mdb_env_stat(env, &stat) != 0 ||
        mdb_env_get_fd(env, &fd) != 0 || fstat(fd, &st) != 0) {
        return ERR_IO;
    }
    return (uint64_t) st.st_size / stat.ms_psize > info.me_last_pgno ? ERR_OK : ERR_CORRUPT;
}

enum err
store_lmdb_open(const char *folder, uint64_t map_size, struct store_lmdb **out)
{
    struct store_lmdb *env = NULL;
    enum err err = ERR_OK;

    env = calloc(1, sizeof *env);
    if (env == NULL) {
        return ERR_NOMEM;
    }
    env->map_size = map_size;
    err = err_of_lmdb(mdb_env_create(&env->env));
    if (err != ERR_OK) {
        env->env = NULL;
        goto out;
    }
    if (mdb_env_set_mapsize(env->env, map_size) != 0 ||
        mdb_env_set_maxdbs(env->env, STORE_TREE_COUNT) != 0 ||
        mdb_env_set_maxreaders(env->env, MAX_READERS) != 0) {
        err = ERR_INVALID;
        goto out;
    }
    err = err_of_lmdb(mdb_env_open(env->env, folder, MDB_NOTLS | MDB_NORDAHEAD, 0600));
    if (err != ERR_OK) {
        goto out;
    }
    err = check_length(env->env);
    if (err != ERR_OK) {
        goto out;
    }
    err = err_of_lmdb(open_trees(env));
    if (err != ERR_OK) {
        goto out;
    }
    *out = env;
    env = NULL;
out:
    store_lmdb_close(env);
    return err;
}

void
store_lmdb_close(struct store_lmdb *env)
{
    if (env == NULL) {
        return;
    }
    if (env->env != NULL) {
        mdb_env_close(env->env);
    }
    free(env);
}

/* ---- transactions ---- */

enum err
store_lmdb_begin(struct store_lmdb *env, bool is_write, struct store_txn *out)
{
    MDB_txn *txn = NULL;
    enum err err = err_of_lmdb(mdb_txn_begin(env->env, NULL, is_write ? 0 : MDB_RDONLY, &txn));

    if (err == ERR_OK) {
        *out = (struct store_txn) { .env = env, .txn = txn };
    }
    return err;
}

void
store_lmdb_abort(struct store_txn *txn)
{
    if (txn->txn != NULL) {
        mdb_txn_abort(txn->txn);
        txn->txn = NULL;
    }
}

/* LMDB calls a write that was cut short by a full disk EIO. */
static bool
disk_is_full(MDB_env *env)
{
    struct statvfs fs;
    int fd = -1;

    return mdb_env_get_fd(env, &fd) == 0 && fstatvfs(fd, &fs) == 0 &&
        (uint64_t) fs.f_bavail * fs.f_frsize < DISK_FULL_LEN;
}

enum err
store_lmdb_commit(struct store_txn *txn)
{
    MDB_env *env = txn->env->env;
    MDB_txn *probe = NULL;
    int rc = mdb_txn_commit(txn->txn);
    int probed = 0;

    txn->txn = NULL; /* freed, whatever came out */
    if (rc == 0) {
        return ERR_OK;
    }

    /* Nothing counts before its meta page is written.  When that write itself failed, LMDB tries to
     * put the old page back, and where it cannot it refuses all further work. */
    probed = mdb_txn_begin(env, NULL, MDB_RDONLY, &probe);
    if (probed == MDB_PANIC) {
        return ERR_UNKNOWN;
    }
    if (probed == 0) {
        mdb_txn_abort(probe);
    }
    if (rc == EIO && disk_is_full(env)) {
        return ERR_FULL;
    }
    return err_of_lmdb(rc);
}

/* ---- entries ---- */

enum err
store_lmdb_get(const struct store_txn *txn, enum store_tree tree, struct bytes key,
               struct bytes *out)
{
    MDB_val name = val_of(key);
    MDB_val value;
    int rc = mdb_get(txn->txn, txn->env->trees[tree], &name, &value);

    if (rc == 0) {
        *out = bytes_of(value);
    }
    return err_of_lmdb(rc);
}

static enum err
put(const struct store_txn *txn, enum store_tree tree, struct bytes key, MDB_val value,
    unsigned int flags, uint8_t **out)
{
    MDB_val name = val_of(key);
    int rc = mdb_put(txn->txn, txn->env->trees[tree], &name, &value, flags | MDB_RESERVE);

    if (rc == 0) {
        *out = value.mv_data;
    }
    return err_of_lmdb(rc);
}

enum err
store_lmdb_put(const struct store_txn *txn, enum store_tree tree, struct bytes key, size_t len,
               uint8_t **out)
{
    return put(txn, tree, key, (MDB_val) { .mv_size = len }, 0, out);
}

enum err
store_lmdb_append(const struct store_txn *txn, enum store_tree tree, struct bytes key, size_t len,
                  uint8_t **out)
{
    return put(txn, tree, key, (MDB_val) { .mv_size = len }, MDB_APPEND, out);
}

enum err
store_lmdb_delete(const struct store_txn *txn, enum store_tree tree, struct bytes key)
{
    MDB_val name = val_of(key);

    return err_of_lmdb(mdb_del(txn->txn, txn->env->trees[tree], &name, NULL));
}

/* ---- cursors ---- */

enum err
store_lmdb_cursor(const struct store_txn *txn, enum store_tree tree, struct store_cursor *out)
{
    MDB_cursor *cursor = NULL;
    int rc = mdb_cursor_open(txn->txn, txn->env->trees[tree], &cursor);

    if (rc == 0) {
        out->cursor = cursor;
    }
    return err_of_lmdb(rc);
}

void
store_lmdb_cursor_done(struct store_cursor *cursor)
{
    if (cursor->cursor != NULL) {
        mdb_cursor_close(cursor->cursor);
        cursor->cursor = NULL;
    }
}

static enum err
move(const struct store_cursor *cursor, MDB_val name, MDB_cursor_op op, struct bytes *key,
     struct bytes *value)
{
    MDB_val found = { 0 };
    int rc = mdb_cursor_get(cursor->cursor, &name, &found, op);

    if (rc == 0) {
        *key = bytes_of(name);
        *value = bytes_of(found);
    }
    return err_of_lmdb(rc);
}

enum err
store_lmdb_seek(const struct store_cursor *cursor, struct bytes from, struct bytes *key,
                struct bytes *value)
{
    return move(cursor, val_of(from), MDB_SET_RANGE, key, value);
}

enum err
store_lmdb_next(const struct store_cursor *cursor, struct bytes *key, struct bytes *value)
{
    return move(cursor, (MDB_val) { 0 }, MDB_NEXT, key, value);
}

enum err
store_lmdb_last(const struct store_cursor *cursor, struct bytes *key, struct bytes *value)
{
    return move(cursor, (MDB_val) { 0 }, MDB_LAST, key, value);
}

enum err
store_lmdb_erase(const struct store_cursor *cursor)
{
    return err_of_lmdb(mdb_cursor_del(cursor->cursor, 0));
}

/* ---- figures ---- */

enum err
store_lmdb_count(const struct store_txn *txn, enum store_tree tree, uint64_t *out)
{
    MDB_stat stat;
    int rc = mdb_stat(txn->txn, txn->env->trees[tree], &stat);

    if (rc == 0) {
        *out = stat.ms_entries;
    }
    return err_of_lmdb(rc);
}

uint64_t
store_lmdb_used(const struct store_lmdb *env)
{
    MDB_envinfo info;
    MDB_stat stat;

    if (mdb_env_info(env->env, &info) != 0 || mdb_env_stat(env->env, &stat) != 0) {
        return 0;
    }
    return (uint64_t) (info.me_last_pgno + 1) * stat.ms_psize;
}

uint64_t
store_lmdb_map_size(const struct store_lmdb *env)
{
    return env->map_size;
}
