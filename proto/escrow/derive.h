/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef PROTO_ESCROW_DERIVE_H
#define PROTO_ESCROW_DERIVE_H

#include "base/attr.h"
#include "base/err.h"
#include "base/secret.h"
#include "proto/escrow/ctx.h"
#include "proto/escrow/types.h"

/* What a partner derives from one match key (docs/PROTOCOL.md section 3.3).  Who knows 'key' and
 * the gate's half opens every report on this person: it dies with the call. */
struct slot_secret {
    struct key32 a0; /* coefficients of the polynomial */
    struct key32 a1;
    struct key32 key; /* k_j */
    struct point c0; /* commitments to them */
    struct point c1;
    struct hash32 index; /* all that vault and gate see */
};
WIPED_KIND(slot_secret)

/* From the VOPRF's 64-byte output.
 * ERR_INTERNAL: a coefficient is zero (never seen).
 * Threads: any.  Time: two base multiplications, constant. */
enum err derive_slot(const struct escrow_ctx *ctx, const struct key64 *output,
                     struct slot_secret *out) MUST_CHECK;

/* k_j from the polynomial's constant, and the index value from the commitments. */
void derive_key(const struct escrow_ctx *ctx, const struct key32 *a0, struct key32 *out);
void derive_index(const struct escrow_ctx *ctx, const struct point *c0, const struct point *c1,
                  struct hash32 *out);

/* The share of sector x: y = a0 + a1 * x. */
void derive_share(const struct slot_secret *slot, uint8_t sector, struct key32 *out);

/* The vault's row key of an index value: tau of section 4, under a retention bucket's key. */
void derive_tau(const struct key32 *bucket_key, const struct hash32 *index, struct hash32 *out);

#endif
