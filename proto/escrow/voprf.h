/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef PROTO_ESCROW_VOPRF_H
#define PROTO_ESCROW_VOPRF_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/secret.h"
#include "proto/escrow/types.h"

/* The verifiable oblivious pseudorandom function of RFC 9497, mode 1, ristretto255-SHA512: the
 * server learns neither input nor output, the client verifies that the pinned key was used. */

enum {
    VOPRF_BATCH_MAX = 16, /* elements under one proof; clients always fill a batch */
    VOPRF_INPUT_MAX = 1024,
    VOPRF_PROOF_LEN = 64
};

/* The server's pair.  Past a call it lives in a struct secret of this size. */
struct voprf_key {
    struct key32 secret; /* a scalar */
    struct point public;
};
WIPED_KIND(voprf_key)

/* c || s of a batched DLEQ proof. */
struct voprf_proof {
    uint8_t bytes[VOPRF_PROOF_LEN];
};

/* What a client keeps between its question and the answer.  'blinded' goes to the server. */
struct voprf_batch {
    size_t count;
    struct key32 blinds[VOPRF_BATCH_MAX];
    struct point blinded[VOPRF_BATCH_MAX];
};
WIPED_KIND(voprf_batch)

/* DeriveKeyPair (section 3.2.1), from a secret seed and public info of at most VOPRF_INPUT_MAX.
 * ERR_INVALID: the info is too long.  ERR_INTERNAL: no key comes of this seed (never seen). */
enum err voprf_derive_key(const struct key32 *seed, struct bytes info,
                          struct voprf_key *out) MUST_CHECK;

/* A new random pair. */
enum err voprf_new_key(struct voprf_key *out) MUST_CHECK;

/* Client: blinds 'count' inputs of 1 to VOPRF_INPUT_MAX bytes with fresh random scalars.
 *
 * ERR_INVALID: a count of 0 or above VOPRF_BATCH_MAX, or an input of a wrong length.
 * ERR_INTERNAL: an input hashes to the identity (never seen).
 *
 * Threads: any.
 * Time: 0.1 ms an element.
 * Leaks: 'blinded' tells nothing but the count; inputs are of public length. */
enum err voprf_blind(const struct bytes *inputs, size_t count, struct voprf_batch *out) MUST_CHECK;

/* The same with given scalars, for test vectors alone: a scalar used twice links its inputs.
 * ERR_INVALID, too: a scalar that is zero or not canonical. */
enum err voprf_blind_with(const struct bytes *inputs, const struct key32 *blinds, size_t count,
                          struct voprf_batch *out) MUST_CHECK;

/* Server: evaluates a batch and proves it.  'evaluated' has room for 'count' points.
 *
 * ERR_INVALID: a count of 0 or above VOPRF_BATCH_MAX.
 * ERR_MALFORMED: an element is no point, or the identity; nothing is evaluated.
 * ERR_INTERNAL: a multiplication yielded the identity (never seen).
 *
 * Threads: any.
 * Time: 2 * count + 3 scalar multiplications, in constant time in the key. */
enum err voprf_evaluate(const struct voprf_key *key, const struct point *blinded, size_t count,
                        struct point *evaluated, struct voprf_proof *proof) MUST_CHECK;

/* The same with a given nonce, for test vectors alone: a nonce used twice betrays the key. */
enum err voprf_evaluate_with(const struct voprf_key *key, const struct key32 *nonce,
                             const struct point *blinded, size_t count, struct point *evaluated,
                             struct voprf_proof *proof) MUST_CHECK;

/* Client: verifies the proof under the pinned 'key', and only then unblinds: outputs[i] is of
 * inputs[i], which are those given to voprf_blind.  'evaluated' has batch->count points.
 *
 * ERR_MALFORMED: an element or a scalar of the proof is not canonical, or the identity.
 * ERR_AUTH: the proof does not hold: another key, another element.  Send nothing, tell the user. */
enum err voprf_finalize(const struct point *key, const struct voprf_batch *batch,
                        const struct bytes *inputs, const struct point *evaluated,
                        const struct voprf_proof *proof, struct key64 *outputs) MUST_CHECK;

#endif
