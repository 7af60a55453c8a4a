/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef PROTO_ESCROW_DLEQ_H
#define PROTO_ESCROW_DLEQ_H

#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/secret.h"
#include "proto/escrow/types.h"
#include "proto/escrow/voprf.h"

/* The batched proof that one key made all evaluations (RFC 9497 section 2.2).  1 to VOPRF_BATCH_MAX
 * elements. */

/* 'nonce' NULL: a hash of fresh random bytes, the key and the transcript, so that a cloned machine
 * with its random state does not use one twice.  'blinded' are points other than the identity.
 * ERR_INTERNAL: something yielded the identity (never seen). */
enum err dleq_prove(const struct voprf_key *key, const struct key32 *nonce,
                    const struct point *blinded, const struct point *evaluated, size_t count,
                    struct voprf_proof *out) MUST_CHECK;

/* ERR_MALFORMED: a point or a scalar is not canonical, or the identity.
 * ERR_AUTH: the proof does not hold. */
enum err dleq_verify(const struct point *key, const struct point *blinded,
                     const struct point *evaluated, size_t count,
                     const struct voprf_proof *proof) MUST_CHECK;

#endif
