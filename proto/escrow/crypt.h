/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef PROTO_ESCROW_CRYPT_H
#define PROTO_ESCROW_CRYPT_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/secret.h"
#include "proto/escrow/types.h"

/* Key-committing encryption CE(K, ad, m) of docs/PROTOCOL.md section 2:
 * 32 commitment || 24 nonce || ciphertext || 16 tag; and sealed boxes. */

enum {
    CRYPT_NONCE_LEN = 24,
    CRYPT_TAG_LEN = 16,
    CRYPT_CE_EXTRA = HASH32_LEN + CRYPT_NONCE_LEN + CRYPT_TAG_LEN, /* 72 */
    CRYPT_BOX_EXTRA = 48
};

struct crypt_nonce {
    uint8_t bytes[CRYPT_NONCE_LEN];
};

/* Encrypts under a fresh random nonce.  'out' has room for message.len + CRYPT_CE_EXTRA.
 * Leaks: the length. */
void crypt_ce_seal(const struct key32 *key, struct bytes ad, struct bytes message, uint8_t *out);

/* The same with a given nonce, for golden bytes and for random values drawn together: a nonce is
 * never used twice with a key. */
void crypt_ce_seal_with(const struct key32 *key, const struct crypt_nonce *nonce, struct bytes ad,
                        struct bytes message, uint8_t *out);

/* Opens into 'out', which has room for box.len - CRYPT_CE_EXTRA and is the caller's to wipe.
 * ERR_AUTH: another key or 'ad', or changed; 'out' is untouched or zero. */
enum err crypt_ce_open(const struct key32 *key, struct bytes ad, struct bytes box,
                       uint8_t *out) MUST_CHECK;

/* A new X25519 pair. */
void crypt_box_key_new(struct key32 *secret, struct box_public *out);
void crypt_box_public_of(const struct key32 *secret, struct box_public *out);

/* seal(m, pk).  'out' has room for message.len + CRYPT_BOX_EXTRA.
 * ERR_INVALID: 'key' is a weak point; 'out' then holds nothing of the message. */
enum err crypt_box_seal(const struct box_public *key, struct bytes message,
                        uint8_t *out) MUST_CHECK;

/* Opens into 'out', which has room for box.len - CRYPT_BOX_EXTRA and is the caller's to wipe.
 * ERR_AUTH: sealed for another key, or changed. */
enum err crypt_box_open(const struct key32 *secret, struct bytes box, uint8_t *out) MUST_CHECK;

#endif
