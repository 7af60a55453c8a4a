/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef PROTO_ESCROW_RECEIPT_H
#define PROTO_ESCROW_RECEIPT_H

#include "base/attr.h"
#include "base/err.h"
#include "base/secret.h"
#include "proto/escrow/types.h"

enum { RECEIPT_LEN = RID_LEN + HASH64_LEN + 4 + SIGNATURE_LEN /* 148 */ };

/* The vault's word that it keeps this submission.  Deterministic, and the same whether or not
 * anything matched. */
struct receipt {
    struct rid rid;
    struct hash64 submission; /* p */
    uint32_t day; /* since 1970, of the first submission */
};

void receipt_make(const struct key64 *secret, uint16_t tenant, const struct receipt *receipt,
                  uint8_t out[RECEIPT_LEN]);

/* ERR_AUTH: not signed by 'key' for this tenant. */
enum err receipt_verify(const struct sign_public *key, uint16_t tenant,
                        const uint8_t in[RECEIPT_LEN], struct receipt *out) MUST_CHECK;

#endif
