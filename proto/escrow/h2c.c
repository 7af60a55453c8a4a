/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/escrow/h2c.h"

#include <assert.h>

#include <sodium.h>

#include "proto/escrow/group.h"

enum { SHA512_BLOCK_LEN = 128 };

/* expand_message_xmd to 64 bytes, which is one round: b_1 = H(b_0 || 1 || DST'). */
static void
expand(struct bytes dst, const struct bytes *parts, size_t count, struct key64 *out)
{
    static const uint8_t z_pad[SHA512_BLOCK_LEN];
    static const uint8_t length_and_zero[3] = { 0, 64, 0 };
    static const uint8_t one = 1;
    WIPED(key64) struct key64 b0 = { { 0 } };
    crypto_hash_sha512_state state;
    const uint8_t dst_len = (uint8_t) dst.len;

    assert(dst.len <= 255);
    crypto_hash_sha512_init(&state);
    crypto_hash_sha512_update(&state, z_pad, sizeof z_pad);
    for (size_t i = 0; i < count; i++) {
        crypto_hash_sha512_update(&state, parts[i].data, parts[i].len);
    }
    crypto_hash_sha512_update(&state, length_and_zero, sizeof length_and_zero);
    crypto_hash_sha512_update(&state, dst.data, dst.len);
    crypto_hash_sha512_update(&state, &dst_len, 1);
    crypto_hash_sha512_final(&state, b0.bytes);

    crypto_hash_sha512_init(&state);
    crypto_hash_sha512_update(&state, b0.bytes, sizeof b0.bytes);
    crypto_hash_sha512_update(&state, &one, 1);
    crypto_hash_sha512_update(&state, dst.data, dst.len);
    crypto_hash_sha512_update(&state, &dst_len, 1);
    crypto_hash_sha512_final(&state, out->bytes);
    sodium_memzero(&state, sizeof state);
}

void
h2c_scalar(struct bytes dst, const struct bytes *parts, size_t count, struct key32 *out)
{
    WIPED(key64) struct key64 wide = { { 0 } };

    expand(dst, parts, count, &wide);
    group_reduce(wide.bytes, out);
}

enum err
h2c_point(struct bytes dst, const struct bytes *parts, size_t count, struct point *out)
{
    WIPED(key64) struct key64 wide = { { 0 } };
    struct point point;

    expand(dst, parts, count, &wide);
    if (crypto_core_ristretto255_from_hash(point.bytes, wide.bytes) != 0 ||
        sodium_is_zero(point.bytes, sizeof point.bytes) == 1) {
        return ERR_INTERNAL;
    }
    *out = point;
    return ERR_OK;
}
