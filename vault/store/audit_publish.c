/* SPDX-License-Identifier: EUPL-1.2 */
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "base/clock.h"
#include "base/secret.h"
#include "proto/escrow/checkpoint.h"
#include "vault/store/audit_impl.h"
#include "vault/store/keyring.h"

/* Publishing of checkpoints.  The signer believes the store no further than it must: what it
 * signed last must still be there, and all that came since is hashed anew from the leaves. */

/* The frontier of the first 'size' leaves, as the stored tree has it, must have 'root'.
 * ERR_ROLLBACK: the log is shorter, or has another root. */
static enum err
frontier_with_root(struct store_snapshot *snapshot, uint64_t log_size, uint64_t size,
                   const struct tree_hash *root, struct tree_frontier *out)
{
    const struct tree_reader reader = store_tree_reader(snapshot);
    struct tree_frontier frontier;
    struct tree_hash found;
    enum err err = ERR_OK;

    if (log_size < size) {
        return ERR_ROLLBACK;
    }
    err = tree_frontier_read(size, &reader, &frontier);
    if (err != ERR_OK) {
        return err;
    }
    tree_frontier_root(&frontier, &found);
    if (sodium_memcmp(&found, root, sizeof found) != 0) {
        return ERR_ROLLBACK;
    }
    *out = frontier;
    return ERR_OK;
}

static enum err
read_last(struct audit *audit, struct checkpoint_seen *out)
{
    const struct checkpoint_policy policy = { .origin = audit->origin, .log = &audit->vkey };
    uint8_t note[STORE_CHECKPOINT_MAX];
    uint64_t size = 0;
    size_t len = 0;
    enum err err = store_checkpoint(audit->store, &size, note, &len);

    if (err != ERR_OK) {
        return err;
    }
    err = checkpoint_verify((const char *) note, len, &policy, out);
    return err == ERR_OK || err == ERR_NOMEM ? err : ERR_AUTH;
}

enum err
audit_resume(struct audit *audit)
{
    struct store_snapshot *snapshot = NULL;
    struct checkpoint_seen last = { 0 };
    struct store_head head = { 0 };
    enum err err = read_last(audit, &last);

    if (err == ERR_NOT_FOUND) {
        tree_frontier_init(&audit->published);
        return ERR_OK;
    }
    if (err != ERR_OK) {
        return err;
    }
    err = store_snapshot_begin(audit->store, &snapshot);
    if (err != ERR_OK) {
        goto out;
    }
    err = store_head(audit->store, snapshot, &head);
    if (err != ERR_OK) {
        goto out;
    }
    err = frontier_with_root(snapshot, head.size, last.checkpoint.size, &last.checkpoint.root,
                             &audit->published);
out:
    store_snapshot_end(snapshot);
    return err;
}

/* Appends the leaves up to 'size' to 'frontier', hashing each. */
static enum err
add_leaves(struct audit *audit, struct store_snapshot *snapshot, uint64_t size,
           struct tree_frontier *frontier)
{
    while (frontier->size < size) {
        struct store_leaf_page page = { 0 };
        enum err err = store_leaves(audit->store, snapshot, frontier->size, STORE_SCAN_MAX, &page);

        if (err == ERR_OK && page.count == 0) {
            err = ERR_CORRUPT;
        }
        for (size_t i = 0; i < page.count && err == ERR_OK; i++) {
            struct tree_hash hash;

            tree_leaf_hash(page.leaves[i].leaf, STORE_LEAF_LEN, &hash);
            err = tree_frontier_append(frontier, &hash, NULL);
        }
        store_leaf_page_done(&page);
        if (err != ERR_OK) {
            return err;
        }
    }
    return ERR_OK;
}

/* Recomputes the tree of the whole log on top of what was published last. */
static enum err
recompute(struct audit *audit, struct tree_frontier *out, struct tree_hash *root)
{
    struct store_snapshot *snapshot = NULL;
    struct tree_frontier frontier = audit->published;
    struct store_head head = { 0 };
    struct tree_hash last;
    enum err err = store_snapshot_begin(audit->store, &snapshot);

    if (err != ERR_OK) {
        goto out;
    }
    err = store_head(audit->store, snapshot, &head);
    if (err != ERR_OK) {
        goto out;
    }
    tree_frontier_root(&audit->published, &last);
    err = frontier_with_root(snapshot, head.size, audit->published.size, &last, &frontier);
    if (err != ERR_OK) {
        goto out;
    }
    err = add_leaves(audit, snapshot, head.size, &frontier);
    if (err != ERR_OK) {
        goto out;
    }
    tree_frontier_root(&frontier, root);
    if (sodium_memcmp(root, &head.root, sizeof *root) != 0) {
        err = ERR_CORRUPT;
        goto out;
    }
    *out = frontier;
out:
    store_snapshot_end(snapshot);
    return err;
}

static enum err
sign(struct audit *audit, const struct checkpoint *checkpoint, char **note, size_t *len)
{
    WIPED(note_skey) struct note_skey skey = { .type = NOTE_ED25519 };
    WIPED(key32) struct key32 seed = { { 0 } };
    enum err err = keyring_get(audit->ring, KEYRING_AUDIT_SIGN, 0, &seed);

    if (err != ERR_OK) {
        return err;
    }
    memcpy(skey.name, audit->origin, sizeof skey.name);
    memcpy(skey.seed, seed.bytes, sizeof skey.seed);
    return checkpoint_sign(checkpoint, &skey, note, len);
}

/* Under the lock. */
static enum err
publish(struct audit *audit)
{
    struct checkpoint checkpoint = { 0 };
    struct tree_frontier frontier;
    char *note = NULL;
    size_t len = 0;
    enum err err = recompute(audit, &frontier, &checkpoint.root);

    if (err != ERR_OK) {
        return err;
    }
    memcpy(checkpoint.origin, audit->origin, sizeof checkpoint.origin);
    checkpoint.size = frontier.size;
    err = sign(audit, &checkpoint, &note, &len);
    if (err == ERR_OK) {
        err = store_put_checkpoint(audit->store, checkpoint.size, note, len);
    }
    free(note);
    if (err == ERR_OK) {
        audit->published = frontier;
        audit->published_s = clock_now_s(audit->clock);
    }
    return err;
}

enum err
audit_publish(struct audit *audit)
{
    enum err err = ERR_OK;

    pthread_mutex_lock(&audit->publish_lock);
    err = publish(audit);
    pthread_mutex_unlock(&audit->publish_lock);
    return err;
}

enum err
audit_tick(struct audit *audit)
{
    enum err flushed = audit_fold_flush(audit, false);
    enum err err = ERR_OK;
    uint64_t now_s = 0;

    pthread_mutex_lock(&audit->publish_lock);
    now_s = clock_now_s(audit->clock);
    if (audit->published_s == 0 || now_s < audit->published_s ||
        now_s - audit->published_s >= audit->interval_s) {
        err = publish(audit);
    }
    pthread_mutex_unlock(&audit->publish_lock);
    return flushed != ERR_OK ? flushed : err;
}
