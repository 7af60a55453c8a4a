/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/escrow/hash.h"

#include <assert.h>
#include <string.h>

#include <sodium.h>

void
hash_labelled(const struct bytes *key, const char *label, const struct bytes *parts, size_t count,
              uint8_t *out, size_t out_len)
{
    static const uint8_t salt[crypto_generichash_blake2b_SALTBYTES];
    uint8_t pers[crypto_generichash_blake2b_PERSONALBYTES] = { 0 };
    crypto_generichash_blake2b_state state;
    size_t label_len = strlen(label);
    int failed = 0;

    assert(label_len <= sizeof pers && out_len >= HASH_MIN_LEN && out_len <= HASH_MAX_LEN);
    for (size_t i = 0; i < label_len; i++) {
        pers[i] = (uint8_t) label[i];
    }
    failed = crypto_generichash_blake2b_init_salt_personal(
        &state, key == NULL ? NULL : key->data, key == NULL ? 0 : key->len, out_len, salt, pers);
    for (size_t i = 0; i < count; i++) {
        failed |= crypto_generichash_blake2b_update(&state, parts[i].data, parts[i].len);
    }
    failed |= crypto_generichash_blake2b_final(&state, out, out_len);
    /* libsodium fails here only on lengths, which are ours. */
    assert(failed == 0);
    (void) failed;
    sodium_memzero(&state, sizeof state);
}

void
hash_part(const void *data, size_t len, struct hash32 *out)
{
    const struct bytes part = { data, len };

    hash_labelled(NULL, "sein1.part", &part, 1, out->bytes, sizeof out->bytes);
}

int
hash32_compare(const struct hash32 *a, const struct hash32 *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes);
}
