/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/escrow/derive.h"

#include <sodium.h>

#include "proto/escrow/group.h"
#include "proto/escrow/hash.h"

/* red(B(64; S_j; "sein1.coef"; ctx || u8 i)) */
static void
derive_coefficient(const uint8_t ctx[CTX_LEN], const struct key64 *output, uint8_t number,
                   struct key32 *out)
{
    WIPED(key64) struct key64 wide = { { 0 } };
    const struct bytes key = { output->bytes, sizeof output->bytes };
    const struct bytes parts[] = { { ctx, CTX_LEN }, { &number, 1 } };

    hash_labelled(&key, "sein1.coef", parts, 2, wide.bytes, sizeof wide.bytes);
    group_reduce(wide.bytes, out);
}

void
derive_key(const struct escrow_ctx *ctx, const struct key32 *a0, struct key32 *out)
{
    uint8_t encoded[CTX_LEN];
    const struct bytes key = { a0->bytes, sizeof a0->bytes };
    const struct bytes part = { encoded, sizeof encoded };

    ctx_write(ctx, encoded);
    hash_labelled(&key, "sein1.kek", &part, 1, out->bytes, sizeof out->bytes);
}

void
derive_index(const struct escrow_ctx *ctx, const struct point *c0, const struct point *c1,
             struct hash32 *out)
{
    uint8_t encoded[CTX_LEN];
    const struct bytes parts[] = { { encoded, sizeof encoded },
                                   { c0->bytes, sizeof c0->bytes },
                                   { c1->bytes, sizeof c1->bytes } };

    ctx_write(ctx, encoded);
    hash_labelled(NULL, "sein1.index", parts, 3, out->bytes, sizeof out->bytes);
}

enum err
derive_slot(const struct escrow_ctx *ctx, const struct key64 *output, struct slot_secret *out)
{
    WIPED(slot_secret) struct slot_secret slot = { 0 };
    uint8_t encoded[CTX_LEN];

    ctx_write(ctx, encoded);
    derive_coefficient(encoded, output, 0, &slot.a0);
    derive_coefficient(encoded, output, 1, &slot.a1);
    if (group_multiply_base(&slot.a0, &slot.c0) != ERR_OK ||
        group_multiply_base(&slot.a1, &slot.c1) != ERR_OK) {
        return ERR_INTERNAL;
    }
    derive_key(ctx, &slot.a0, &slot.key);
    derive_index(ctx, &slot.c0, &slot.c1, &slot.index);
    *out = slot;
    return ERR_OK;
}

void
derive_share(const struct slot_secret *slot, uint8_t sector, struct key32 *out)
{
    WIPED(key32) struct key32 product = { { 0 } };
    struct key32 x;

    group_small_scalar(sector, &x);
    crypto_core_ristretto255_scalar_mul(product.bytes, slot->a1.bytes, x.bytes);
    crypto_core_ristretto255_scalar_add(out->bytes, slot->a0.bytes, product.bytes);
}

void
derive_tau(const struct key32 *bucket_key, const struct hash32 *index, struct hash32 *out)
{
    WIPED(key32) struct key32 pepper = { { 0 } };
    const struct bytes root = { bucket_key->bytes, sizeof bucket_key->bytes };
    const struct bytes key = { pepper.bytes, sizeof pepper.bytes };
    const struct bytes part = { index->bytes, sizeof index->bytes };

    hash_labelled(&root, "sein1.pepper", NULL, 0, pepper.bytes, sizeof pepper.bytes);
    hash_labelled(&key, "sein1.tau", &part, 1, out->bytes, sizeof out->bytes);
}
