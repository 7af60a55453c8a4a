/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef PROTO_ESCROW_GROUP_H
#define PROTO_ESCROW_GROUP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/secret.h"
#include "proto/escrow/types.h"

/* ristretto255 as the protocol needs it: what libsodium accepts too gladly is refused here. */

/* red(w): 64 bytes to a scalar. */
void group_reduce(const uint8_t wide[64], struct key32 *out);

/* Below the group order.  Zero is canonical.  Constant time. */
bool group_scalar_is_canonical(const struct key32 *scalar);
bool group_scalar_is_zero(const struct key32 *scalar);

/* A canonical encoding of a point other than the identity. */
bool group_point_is_valid(const struct point *point);

/* scalar * point, and scalar * base point.
 * ERR_MALFORMED: 'point' is no point, or the result is the identity. */
enum err group_multiply(const struct key32 *scalar, const struct point *point,
                        struct point *out) MUST_CHECK;
enum err group_multiply_base(const struct key32 *scalar, struct point *out) MUST_CHECK;

/* a + b, which may be the identity.  ERR_MALFORMED: one is no point. */
enum err group_add(const struct point *a, const struct point *b, struct point *out) MUST_CHECK;

/* A small number as a scalar: first byte, then zeros. */
void group_small_scalar(uint8_t value, struct key32 *out);

#endif
