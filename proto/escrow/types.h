/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef PROTO_ESCROW_TYPES_H
#define PROTO_ESCROW_TYPES_H

#include <stdint.h>

/* The public values of the protocol, one struct each, so that the compiler refuses a swap.  All are
 * plain bytes: no padding, no pointers, alignment 1.  Secrets are struct key32 and key64. */

enum {
    RID_LEN = 16,
    HASH32_LEN = 32,
    HASH64_LEN = 64,
    POINT_LEN = 32,
    SIGN_PUBLIC_LEN = 32,
    SIGNATURE_LEN = 64,
    BOX_PUBLIC_LEN = 32
};

/* A report's random name. */
struct rid {
    uint8_t bytes[RID_LEN];
};

/* A BLAKE2b hash: hh, h(m), an index value. */
struct hash32 {
    uint8_t bytes[HASH32_LEN];
};

/* A BLAKE2b hash of 64 bytes: p, which names a whole submission. */
struct hash64 {
    uint8_t bytes[HASH64_LEN];
};

/* An encoded element of ristretto255: a commitment, a VOPRF public key. */
struct point {
    uint8_t bytes[POINT_LEN];
};

/* An Ed25519 public key and a signature.  The secret key is a struct key64 in libsodium's form. */
struct sign_public {
    uint8_t bytes[SIGN_PUBLIC_LEN];
};
struct signature {
    uint8_t bytes[SIGNATURE_LEN];
};

/* An X25519 public key for sealed boxes.  The secret key is a struct key32. */
struct box_public {
    uint8_t bytes[BOX_PUBLIC_LEN];
};

#endif
