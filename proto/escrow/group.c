/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/escrow/group.h"

#include <string.h>

#include <sodium.h>

void
group_reduce(const uint8_t wide[64], struct key32 *out)
{
    crypto_core_ristretto255_scalar_reduce(out->bytes, wide);
}

bool
group_scalar_is_canonical(const struct key32 *scalar)
{
    WIPED(key64) struct key64 wide = { { 0 } };
    WIPED(key32) struct key32 reduced = { { 0 } };

    memcpy(wide.bytes, scalar->bytes, sizeof scalar->bytes);
    group_reduce(wide.bytes, &reduced);
    return sodium_memcmp(reduced.bytes, scalar->bytes, sizeof reduced.bytes) == 0;
}

bool
group_scalar_is_zero(const struct key32 *scalar)
{
    return sodium_is_zero(scalar->bytes, sizeof scalar->bytes) == 1;
}

bool
group_point_is_valid(const struct point *point)
{
    /* libsodium takes the identity for valid: it is encoded as zeros. */
    return sodium_is_zero(point->bytes, sizeof point->bytes) == 0 &&
        crypto_core_ristretto255_is_valid_point(point->bytes) == 1;
}

enum err
group_multiply(const struct key32 *scalar, const struct point *point, struct point *out)
{
    struct point product;

    if (crypto_scalarmult_ristretto255(product.bytes, scalar->bytes, point->bytes) != 0) {
        return ERR_MALFORMED;
    }
    *out = product;
    return ERR_OK;
}

enum err
group_multiply_base(const struct key32 *scalar, struct point *out)
{
    struct point product;

    if (crypto_scalarmult_ristretto255_base(product.bytes, scalar->bytes) != 0) {
        return ERR_MALFORMED;
    }
    *out = product;
    return ERR_OK;
}

enum err
group_add(const struct point *a, const struct point *b, struct point *out)
{
    struct point sum;

    if (crypto_core_ristretto255_add(sum.bytes, a->bytes, b->bytes) != 0) {
        return ERR_MALFORMED;
    }
    *out = sum;
    return ERR_OK;
}

void
group_small_scalar(uint8_t value, struct key32 *out)
{
    memset(out->bytes, 0, sizeof out->bytes);
    out->bytes[0] = value;
}
