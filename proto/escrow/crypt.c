/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/escrow/crypt.h"

#include <string.h>

#include <sodium.h>

#include "proto/escrow/hash.h"

_Static_assert(CRYPT_NONCE_LEN == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES &&
                   CRYPT_TAG_LEN == crypto_aead_xchacha20poly1305_ietf_ABYTES &&
                   CRYPT_BOX_EXTRA == crypto_box_SEALBYTES,
               "libsodium's lengths");

/* The commitment, which finds out a second key that would decrypt too, and the key proper. */
static void
ce_keys(const struct key32 *key, struct bytes ad, struct hash32 *commitment, struct key32 *inner)
{
    const struct bytes secret = { key->bytes, sizeof key->bytes };

    hash_labelled(&secret, "sein1.cmt", &ad, 1, commitment->bytes, sizeof commitment->bytes);
    hash_labelled(&secret, "sein1.enc", &ad, 1, inner->bytes, sizeof inner->bytes);
}

void
crypt_ce_seal_with(const struct key32 *key, const struct crypt_nonce *nonce, struct bytes ad,
                   struct bytes message, uint8_t *out)
{
    WIPED(key32) struct key32 inner = { { 0 } };
    struct hash32 commitment;

    ce_keys(key, ad, &commitment, &inner);
    memcpy(out, commitment.bytes, HASH32_LEN);
    memcpy(out + HASH32_LEN, nonce->bytes, CRYPT_NONCE_LEN);
    crypto_aead_xchacha20poly1305_ietf_encrypt(out + HASH32_LEN + CRYPT_NONCE_LEN, NULL,
                                               message.data, message.len, ad.data, ad.len, NULL,
                                               nonce->bytes, inner.bytes);
}

void
crypt_ce_seal(const struct key32 *key, struct bytes ad, struct bytes message, uint8_t *out)
{
    struct crypt_nonce nonce;

    randombytes_buf(nonce.bytes, sizeof nonce.bytes);
    crypt_ce_seal_with(key, &nonce, ad, message, out);
}

enum err
crypt_ce_open(const struct key32 *key, struct bytes ad, struct bytes box, uint8_t *out)
{
    WIPED(key32) struct key32 inner = { { 0 } };
    struct hash32 commitment;
    const uint8_t *nonce = NULL;

    if (box.len < CRYPT_CE_EXTRA) {
        return ERR_AUTH;
    }
    ce_keys(key, ad, &commitment, &inner);
    if (sodium_memcmp(commitment.bytes, box.data, HASH32_LEN) != 0) {
        return ERR_AUTH;
    }
    nonce = box.data + HASH32_LEN;
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL, nonce + CRYPT_NONCE_LEN,
                                                   box.len - HASH32_LEN - CRYPT_NONCE_LEN, ad.data,
                                                   ad.len, nonce, inner.bytes) != 0) {
        return ERR_AUTH;
    }
    return ERR_OK;
}

void
crypt_box_key_new(struct key32 *secret, struct box_public *out)
{
    crypto_box_keypair(out->bytes, secret->bytes);
}

void
crypt_box_public_of(const struct key32 *secret, struct box_public *out)
{
    /* Fails for no clamped scalar. */
    (void) crypto_scalarmult_base(out->bytes, secret->bytes);
}

enum err
crypt_box_seal(const struct box_public *key, struct bytes message, uint8_t *out)
{
    return crypto_box_seal(out, message.data, message.len, key->bytes) == 0 ? ERR_OK : ERR_INVALID;
}

enum err
crypt_box_open(const struct key32 *secret, struct bytes box, uint8_t *out)
{
    struct box_public public;

    if (box.len < CRYPT_BOX_EXTRA) {
        return ERR_AUTH;
    }
    crypt_box_public_of(secret, &public);
    if (crypto_box_seal_open(out, box.data, box.len, public.bytes, secret->bytes) != 0) {
        return ERR_AUTH;
    }
    return ERR_OK;
}
