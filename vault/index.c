/* SPDX-License-Identifier: EUPL-1.2 */
#include "vault/index.h"

#include "base/bytes.h"
#include "proto/escrow/hash.h"

enum {
    NONCE_LEN = crypto_aead_chacha20poly1305_ietf_NPUBBYTES,
    TAG_LEN = crypto_aead_chacha20poly1305_ietf_ABYTES
};
_Static_assert(INDEX_ROW_LEN == NONCE_LEN + RID_LEN + TAG_LEN, "a row holds one rid");

static void
derive(const struct index_end *end, const char *label, uint8_t *out, size_t len)
{
    const struct bytes tau = { end->tau.bytes, HASH32_LEN };
    uint8_t number[4];
    const struct bytes part = { number, sizeof number };
    struct byte_writer writer;

    byte_writer_init(&writer, number, sizeof number);
    byte_writer_u32(&writer, end->next);
    hash_labelled(&tau, label, &part, 1, out, len);
}

static struct store_key
index_key(const struct index_end *end)
{
    uint8_t key[BLIND_LEN];

    derive(end, "vault.chain", key, sizeof key);
    return store_key(STORE_INDEX, end->month, key, sizeof key);
}

void
index_add(struct store_batch *batch, const struct index_end *end, const struct rid *rid)
{
    WIPED(key32) struct key32 secret = { { 0 } };
    const struct store_key key = index_key(end);
    uint8_t row[INDEX_ROW_LEN];

    derive(end, "vault.chainkey", secret.bytes, sizeof secret.bytes);
    randombytes_buf(row, NONCE_LEN);
    crypto_aead_chacha20poly1305_ietf_encrypt(row + NONCE_LEN, NULL, rid->bytes, RID_LEN, key.data,
                                              key.len, NULL, row, secret.bytes);
    store_batch_put(batch, &key, row, sizeof row);
}

static enum err
open_row(const struct index_end *end, const struct store_key *key, const struct store_value *value,
         struct rid *out)
{
    WIPED(key32) struct key32 secret = { { 0 } };

    if (value->len != INDEX_ROW_LEN) {
        return ERR_CORRUPT;
    }
    derive(end, "vault.chainkey", secret.bytes, sizeof secret.bytes);
    if (crypto_aead_chacha20poly1305_ietf_decrypt(out->bytes, NULL, NULL, value->data + NONCE_LEN,
                                                  value->len - NONCE_LEN, key->data, key->len,
                                                  value->data, secret.bytes) != 0) {
        return ERR_CORRUPT;
    }
    return ERR_OK;
}

enum err
index_walk(const struct vault *vault, struct store_snapshot *snapshot, struct index_end *end,
           enum err (*each)(void *context, const struct rid *rid), void *context)
{
    struct index_end at = { .tau = end->tau, .month = end->month };

    for (; at.next < INDEX_CHAIN_MAX; at.next++) {
        const struct store_key key = index_key(&at);
        struct store_value value = { .data = NULL };
        struct rid rid;
        enum err err = store_get(vault->config.store, snapshot, &key, &value);

        if (err == ERR_NOT_FOUND) {
            break;
        }
        if (err == ERR_OK) {
            err = open_row(&at, &key, &value, &rid);
        }
        store_value_done(&value);
        if (err == ERR_OK) {
            err = each(context, &rid);
        }
        if (err != ERR_OK) {
            return err;
        }
    }
    *end = at;
    return ERR_OK;
}
