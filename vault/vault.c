/* SPDX-License-Identifier: EUPL-1.2 */
#include "vault/vault.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "proto/escrow/hash.h"
#include "vault/case_book.h"
#include "vault/core.h"

enum { ROW_FORMAT = 1 };

/* ---- opening ---- */

static enum err
derive_blind(struct vault *vault)
{
    WIPED(key32) struct key32 metadata = { { 0 } };
    struct bytes key = { .data = metadata.bytes, .len = sizeof metadata.bytes };
    enum err err = keyring_get(vault->config.ring, KEYRING_METADATA, 0, &metadata);

    if (err == ERR_OK) {
        err = secret_new(sizeof metadata.bytes, &vault->blind);
    }
    if (err == ERR_OK) {
        hash_labelled(&key, "vault.blind", NULL, 0, secret_edit(vault->blind),
                      sizeof metadata.bytes);
    }
    return err;
}

static enum err
count_tasks(struct vault *vault)
{
    struct store_range range = { .space = STORE_OUTBOX, .limit = STORE_SCAN_MAX };
    struct store_key after;
    bool is_last = false;

    while (!is_last) {
        struct store_page page = { .rows = NULL };
        enum err err = store_scan(vault->config.store, NULL, &range, &page);

        if (err != ERR_OK) {
            return err;
        }
        atomic_fetch_add(&vault->outstanding, (unsigned int) page.count);
        is_last = page.is_last || page.count == 0;
        if (page.count > 0) {
            after = page.rows[page.count - 1].key;
            range.after = &after;
        }
        store_page_done(&page);
    }
    return ERR_OK;
}

enum err
vault_open(const struct vault_config *config, struct vault **out)
{
    struct vault *vault = calloc(1, sizeof *vault);
    enum err err = ERR_NOMEM;

    if (vault == NULL) {
        return ERR_NOMEM;
    }
    vault->config = *config;
    if (pthread_mutex_init(&vault->correlating, NULL) != 0) {
        free(vault);
        return ERR_NOMEM;
    }
    if (pthread_mutex_init(&vault->changing, NULL) != 0) {
        pthread_mutex_destroy(&vault->correlating);
        free(vault);
        return ERR_NOMEM;
    }
    err = derive_blind(vault);
    if (err == ERR_OK) {
        err = count_tasks(vault);
    }
    if (err == ERR_OK) {
        err = case_book_open(vault, &vault->book);
    }
    if (err != ERR_OK) {
        goto out;
    }
    *out = vault;
    vault = NULL;
out:
    vault_close(vault);
    return err;
}

void
vault_close(struct vault *vault)
{
    if (vault == NULL) {
        return;
    }
    case_book_close(vault->book);
    secret_free(vault->blind);
    pthread_mutex_destroy(&vault->changing);
    pthread_mutex_destroy(&vault->correlating);
    free(vault);
}

uint32_t
vault_outstanding(struct vault *vault)
{
    return atomic_load(&vault->outstanding);
}

uint16_t
core_month(const struct vault *vault)
{
    return clock_bucket(date_of(clock_now_s(vault->config.clock)));
}

/* ---- rows ---- */

void
core_blind(const struct vault *vault, enum row_kind kind, const void *data, size_t len,
           uint8_t out[BLIND_LEN])
{
    const struct bytes key = { secret_data(vault->blind), secret_len(vault->blind) };
    const uint8_t kind_byte = (uint8_t) kind;
    const struct bytes parts[] = { { &kind_byte, 1 }, { data, len } };

    hash_labelled(&key, "vault.row", parts, 2, out, BLIND_LEN);
}

struct store_key
core_key(const struct vault *vault, enum row_kind kind, enum store_space space, uint16_t month,
         const void *data, size_t len)
{
    uint8_t bytes[1 + BLIND_LEN] = { (uint8_t) kind };

    core_blind(vault, kind, data, len, bytes + 1);
    return store_key(space, month, bytes, sizeof bytes);
}

static enum keyring_kind
key_kind(const struct store_key *key)
{
    return key->month == 0 ? KEYRING_METADATA : KEYRING_BUCKET;
}

/* The whole address is bound: a row moved elsewhere does not open. */
static struct seal_context
context_of(const struct store_key *key)
{
    return (struct seal_context) {
        .space = (uint8_t) key->space,
        .key_kind = (uint8_t) key_kind(key),
        .key_number = key->month,
        .version = ROW_FORMAT,
        .id = key->data,
        .id_len = key->len,
    };
}

enum err
row_open(const struct vault *vault, const struct store_key *key, const uint8_t *data, size_t len,
         struct row *out)
{
    WIPED(key32) struct key32 secret = { { 0 } };
    const struct seal_context context = context_of(key);
    struct row row = { .data = NULL };
    enum err err = keyring_get(vault->config.ring, key_kind(key), key->month, &secret);

    if (err != ERR_OK) {
        return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
    }
    if (len < SEAL_OVERHEAD) {
        return ERR_CORRUPT;
    }
    row.data = malloc(len - SEAL_OVERHEAD + 1);
    if (row.data == NULL) {
        return ERR_NOMEM;
    }
    if (seal_open(&secret, &context, data, len, row.data, &row.len) != ERR_OK) {
        free(row.data);
        return ERR_CORRUPT;
    }
    *out = row;
    return ERR_OK;
}

enum err
row_read(const struct vault *vault, struct store_snapshot *snapshot, const struct store_key *key,
         struct row *out)
{
    struct store_value value = { .data = NULL };
    enum err err = store_get(vault->config.store, snapshot, key, &value);

    if (err == ERR_OK) {
        err = row_open(vault, key, value.data, value.len, out);
    }
    if (err == ERR_OK) {
        out->version = value.version;
    }
    store_value_done(&value);
    return err;
}

void
row_done(struct row *row)
{
    if (row->data != NULL) {
        sodium_memzero(row->data, row->len);
        free(row->data);
    }
    *row = (struct row) { .data = NULL };
}

enum err
row_seal(const struct vault *vault, const struct store_key *key, const void *plain, size_t len,
         uint8_t *out)
{
    WIPED(key32) struct key32 secret = { { 0 } };
    const struct seal_context context = context_of(key);
    enum err err = keyring_make(vault->config.ring, key_kind(key), key->month, &secret);

    return err == ERR_OK ? seal(&secret, &context, plain, len, out) : err;
}

enum err
row_put(const struct vault *vault, struct store_batch *batch, const struct store_key *key,
        const void *plain, size_t len)
{
    uint8_t *sealed = malloc(len + SEAL_OVERHEAD);
    enum err err = sealed == NULL ? ERR_NOMEM : row_seal(vault, key, plain, len, sealed);

    if (err == ERR_OK) {
        store_batch_put(batch, key, sealed, len + SEAL_OVERHEAD);
    }
    free(sealed);
    return err;
}
