/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef PROTO_ESCROW_GATE_H
#define PROTO_ESCROW_GATE_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/secret.h"
#include "proto/escrow/envelope.h"
#include "proto/escrow/links.h"
#include "proto/escrow/types.h"

/* What the gate opens and what it hands out (docs/PROTOCOL.md section 5). */

enum {
    GATE_RELEASED_LEN = RID_LEN + HASH32_LEN + 32 + CRYPT_BOX_EXTRA, /* 128 */
    GATE_CONFIRMED_LEN = RID_LEN + HASH32_LEN + 32 + 2 + CRYPT_BOX_EXTRA /* 130 */
};

/* The plaintext of a record's gate box. */
struct gate_secrets {
    struct rid rid;
    struct hash32 header_hash;
    struct key32 z1;
    struct key32 z2;
    uint16_t domains;
};
WIPED_KIND(gate_secrets)

/* Opens a gate box with the bucket's key, and compares rid and hh with the header it came with.
 * ERR_AUTH: sealed for another key, or changed.
 * ERR_MALFORMED: of another record, or domains that may not be filed: report the signer. */
enum err gate_open(const struct key32 *secret, struct bytes box, const struct rid *rid,
                   const struct hash32 *header_hash, struct gate_secrets *out) MUST_CHECK;

/* Renames the life domains by a fresh random permutation: tags[i] has a bit for each domain of
 * domains[i], equal for equal domains.  The vault counts them and learns none. */
void gate_tag_domains(const uint16_t *domains, size_t count, uint16_t *tags);

/* seal(rid || hh || z1, pk_C) and seal(rid || hh || z2 || domains, pk_C).
 * ERR_INVALID: 'team' is a weak point. */
enum err gate_seal_release(const struct box_public *team, const struct gate_secrets *secrets,
                           uint8_t out[GATE_RELEASED_LEN]) MUST_CHECK;
enum err gate_seal_confirm(const struct box_public *team, const struct gate_secrets *secrets,
                           uint8_t out[GATE_CONFIRMED_LEN]) MUST_CHECK;

#endif
