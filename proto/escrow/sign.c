/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/escrow/sign.h"

#include <string.h>

#include <sodium.h>

#include "proto/escrow/hash.h"

_Static_assert(sizeof(struct key64) == crypto_sign_SECRETKEYBYTES, "libsodium's form");

enum { SIGN_INPUT_LEN = HASH_LABEL_LEN + HASH64_LEN };

#define SIGN_LABEL_TEXT(code, text) [code] = (text),
static const char *const labels[] = { SIGN_LABEL_MAP(SIGN_LABEL_TEXT) };
#undef SIGN_LABEL_TEXT

void
sign_key_new(struct key64 *secret, struct sign_public *out)
{
    crypto_sign_keypair(out->bytes, secret->bytes);
}

void
sign_key_from_seed(const struct key32 *seed, struct key64 *secret, struct sign_public *out)
{
    crypto_sign_seed_keypair(out->bytes, secret->bytes, seed->bytes);
}

/* label zero-padded to 16 || B(64; -; label; u16 tenant || m) */
static void
sign_input(enum sign_label label, uint16_t tenant, struct bytes message,
           uint8_t out[SIGN_INPUT_LEN])
{
    const uint8_t encoded[2] = { (uint8_t) (tenant >> 8), (uint8_t) tenant };
    const struct bytes parts[] = { { encoded, sizeof encoded }, message };

    memset(out, 0, HASH_LABEL_LEN);
    memcpy(out, labels[label], strlen(labels[label]));
    hash_labelled(NULL, labels[label], parts, 2, out + HASH_LABEL_LEN, HASH64_LEN);
}

void
sign_make(const struct key64 *secret, enum sign_label label, uint16_t tenant, struct bytes message,
          struct signature *out)
{
    uint8_t input[SIGN_INPUT_LEN];

    sign_input(label, tenant, message, input);
    crypto_sign_detached(out->bytes, NULL, input, sizeof input, secret->bytes);
}

enum err
sign_verify(const struct sign_public *key, enum sign_label label, uint16_t tenant,
            struct bytes message, const struct signature *signature)
{
    uint8_t input[SIGN_INPUT_LEN];

    sign_input(label, tenant, message, input);
    if (crypto_sign_verify_detached(signature->bytes, input, sizeof input, key->bytes) != 0) {
        return ERR_AUTH;
    }
    return ERR_OK;
}
