/* SPDX-License-Identifier: EUPL-1.2 */
#include "vault/store/audit.h"

#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "base/clock.h"
#include "base/secret.h"
#include "vault/store/audit_impl.h"
#include "vault/store/keyring.h"
#include "vault/store/seal.h"

_Static_assert((int) AUDIT_LEAF_LEN == (int) STORE_LEAF_LEN, "one leaf");

enum {
    PAD_LEN = 128, /* the length of a record says little about it */
    PLAIN_MAX = AUDIT_SALT_LEN + AUDIT_RECORD_MAX + PAD_LEN,
    BODY_MAX = PLAIN_MAX + SEAL_OVERHEAD,
    AUDIT_SPACE = 0 /* beside those of the store's rows */
};

/* Salt and record before sealing. */
struct plain {
    size_t len;
    uint8_t bytes[PLAIN_MAX];
};
WIPED_KIND(plain)

/* ---- opening ---- */

enum err
audit_open(const struct audit_config *config, struct audit **out)
{
    WIPED(note_skey) struct note_skey skey = { .type = NOTE_ED25519 };
    WIPED(key32) struct key32 seed = { { 0 } };
    struct audit *audit = NULL;
    enum err err = ERR_OK;

    if (config->interval_s == 0 || config->origin == NULL || !note_name_is_valid(config->origin)) {
        return ERR_INVALID;
    }
    err = keyring_get(config->ring, KEYRING_AUDIT_SIGN, 0, &seed);
    if (err != ERR_OK) {
        return err == ERR_EXPIRED ? ERR_NOT_FOUND : err;
    }
    audit = calloc(1, sizeof *audit);
    if (audit == NULL) {
        return ERR_NOMEM;
    }
    pthread_mutex_init(&audit->publish_lock, NULL);
    pthread_mutex_init(&audit->fold_lock, NULL);
    audit->store = config->store;
    audit->ring = config->ring;
    audit->clock = config->clock;
    audit->interval_s = config->interval_s;
    memcpy(audit->origin, config->origin, strlen(config->origin) + 1);
    memcpy(skey.name, audit->origin, sizeof skey.name);
    memcpy(skey.seed, seed.bytes, sizeof skey.seed);
    note_vkey_of(&skey, &audit->vkey);
    audit->folds = calloc(AUDIT_FOLDS_MAX, sizeof *audit->folds);
    if (audit->folds == NULL) {
        err = ERR_NOMEM;
        goto out;
    }
    err = audit_resume(audit);
    if (err != ERR_OK) {
        goto out;
    }
    *out = audit;
    audit = NULL;
out:
    audit_close(audit);
    return err;
}

void
audit_close(struct audit *audit)
{
    enum err err = ERR_OK;

    if (audit == NULL) {
        return;
    }
    if (audit->folds != NULL) {
        err = audit_fold_flush(audit, true);
        (void) err; /* as far as that works */
        sodium_memzero(audit->folds, AUDIT_FOLDS_MAX * sizeof *audit->folds);
        free(audit->folds);
    }
    pthread_mutex_destroy(&audit->fold_lock);
    pthread_mutex_destroy(&audit->publish_lock);
    free(audit);
}

void
audit_vkey(const struct audit *audit, struct note_vkey *out)
{
    *out = audit->vkey;
}

/* ---- writing ---- */

/* The leaf is part of the place: a body moved to another leaf does not open. */
static struct seal_context
place_of(const uint8_t leaf[AUDIT_LEAF_LEN], uint16_t month)
{
    return (struct seal_context) { .space = AUDIT_SPACE,
                                   .key_kind = KEYRING_AUDIT,
                                   .key_number = month,
                                   .version = AUDIT_LEAF_VERSION,
                                   .id = leaf,
                                   .id_len = AUDIT_LEAF_LEN };
}

static enum err
fill_plain(const struct audit_record *record, struct plain *plain, uint8_t leaf[AUDIT_LEAF_LEN])
{
    size_t len = 0;
    enum err err = audit_record_encode(record, plain->bytes + AUDIT_SALT_LEN, &len);

    if (err != ERR_OK) {
        return err;
    }
    randombytes_buf(plain->bytes, AUDIT_SALT_LEN);
    audit_leaf(plain->bytes, plain->bytes + AUDIT_SALT_LEN, len, leaf);
    if (sodium_pad(&plain->len, plain->bytes, AUDIT_SALT_LEN + len, PAD_LEN, sizeof plain->bytes) !=
        0) {
        return ERR_INTERNAL;
    }
    return ERR_OK;
}

enum err
audit_append(struct audit *audit, struct store_batch *batch, struct audit_record *record)
{
    WIPED(plain) struct plain plain = { 0 };
    WIPED(key32) struct key32 key = { { 0 } };
    struct audit_record full = *record;
    struct seal_context place;
    uint8_t leaf[AUDIT_LEAF_LEN];
    uint8_t body[BODY_MAX];
    uint16_t month = 0;
    enum err err = ERR_OK;

    if (sodium_is_zero(full.event_id, sizeof full.event_id)) {
        randombytes_buf(full.event_id, sizeof full.event_id);
    }
    if (full.time_s == 0) {
        full.time_s = clock_now_s(audit->clock);
    }
    err = fill_plain(&full, &plain, leaf);
    if (err != ERR_OK) {
        return err;
    }
    month = clock_bucket(date_of(full.time_s));
    err = keyring_make(audit->ring, KEYRING_AUDIT, month, &key);
    if (err != ERR_OK) {
        return err;
    }
    place = place_of(leaf, month);
    err = seal(&key, &place, plain.bytes, plain.len, body);
    if (err != ERR_OK) {
        return err;
    }
    store_batch_leaf(batch, leaf, body, plain.len + SEAL_OVERHEAD);
    *record = full;
    return ERR_OK;
}

/* ---- reading ---- */

/* Opens a body and holds it against its leaf. */
static enum err
open_body(const struct key32 *key, uint16_t month, const struct store_leaf *stored,
          struct audit_entry *entry)
{
    WIPED(plain) struct plain plain = { 0 };
    const struct seal_context place = place_of(stored->leaf, month);
    uint8_t leaf[AUDIT_LEAF_LEN];
    size_t len = 0;

    if (stored->len > sizeof plain.bytes + SEAL_OVERHEAD ||
        seal_open(key, &place, stored->body, stored->len, plain.bytes, &plain.len) != ERR_OK ||
        sodium_unpad(&len, plain.bytes, plain.len, PAD_LEN) != 0 || len < AUDIT_SALT_LEN ||
        len > AUDIT_SALT_LEN + AUDIT_RECORD_MAX) {
        return ERR_CORRUPT;
    }
    entry->len = len - AUDIT_SALT_LEN;
    audit_leaf(plain.bytes, plain.bytes + AUDIT_SALT_LEN, entry->len, leaf);
    if (sodium_memcmp(leaf, stored->leaf, sizeof leaf) != 0) {
        return ERR_CORRUPT;
    }
    memcpy(entry->salt, plain.bytes, AUDIT_SALT_LEN);
    memcpy(entry->record, plain.bytes + AUDIT_SALT_LEN, entry->len);
    return ERR_OK;
}

static enum err
read_entry(struct audit *audit, const struct store_leaf *stored, struct audit_entry *entry)
{
    WIPED(key32) struct key32 key = { { 0 } };
    uint8_t kind = 0;
    uint16_t month = 0;
    enum err err = ERR_OK;

    entry->number = stored->number;
    memcpy(entry->leaf, stored->leaf, sizeof entry->leaf);
    if (stored->len == 0) {
        entry->is_erased = true;
        return ERR_OK;
    }
    if (seal_key_of(stored->body, stored->len, &kind, &month) != ERR_OK || kind != KEYRING_AUDIT) {
        return ERR_CORRUPT;
    }
    err = keyring_get(audit->ring, KEYRING_AUDIT, month, &key);
    if (err == ERR_EXPIRED) {
        entry->is_erased = true;
        return ERR_OK;
    }
    return err == ERR_OK ? open_body(&key, month, stored, entry) : ERR_CORRUPT;
}

enum err
audit_read(struct audit *audit, struct store_snapshot *snapshot, uint64_t first, size_t limit,
           struct audit_page *out)
{
    struct store_leaf_page leaves = { 0 };
    struct audit_page page = { 0 };
    enum err err = ERR_OK;

    if (limit == 0 || limit > AUDIT_PAGE_MAX) {
        return ERR_INVALID;
    }
    err = store_leaves(audit->store, snapshot, first, limit, &leaves);
    if (err != ERR_OK) {
        goto out;
    }
    page.entries = calloc(leaves.count + 1, sizeof *page.entries);
    if (page.entries == NULL) {
        err = ERR_NOMEM;
        goto out;
    }
    page.count = leaves.count;
    for (size_t i = 0; i < leaves.count && err == ERR_OK; i++) {
        err = read_entry(audit, &leaves.leaves[i], &page.entries[i]);
    }
    if (err != ERR_OK) {
        goto out;
    }
    *out = page;
    page = (struct audit_page) { 0 };
out:
    store_leaf_page_done(&leaves);
    audit_page_done(&page);
    return err;
}

void
audit_page_done(struct audit_page *page)
{
    if (page->entries != NULL) {
        sodium_memzero(page->entries, page->count * sizeof *page->entries);
    }
    free(page->entries);
    *page = (struct audit_page) { 0 };
}
