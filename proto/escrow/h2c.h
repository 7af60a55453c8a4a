/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef PROTO_ESCROW_H2C_H
#define PROTO_ESCROW_H2C_H

#include <stddef.h>

#include "base/attr.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/secret.h"
#include "proto/escrow/types.h"

/* Hashing to ristretto255 with expand_message_xmd and SHA-512 (RFC 9380 section 5.3.1, RFC 9497
 * section 4.1): of 'parts' one after the other, under a domain separation tag of at most 255
 * bytes. */

void h2c_scalar(struct bytes dst, const struct bytes *parts, size_t count, struct key32 *out);

/* ERR_INTERNAL: the identity (never seen). */
enum err h2c_point(struct bytes dst, const struct bytes *parts, size_t count,
                   struct point *out) MUST_CHECK;

#endif
