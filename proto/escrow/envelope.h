/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef PROTO_ESCROW_ENVELOPE_H
#define PROTO_ESCROW_ENVELOPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/secret.h"
#include "proto/escrow/crypt.h"
#include "proto/escrow/derive.h"
#include "proto/escrow/header.h"
#include "proto/escrow/types.h"

/* The envelope of a report (docs/PROTOCOL.md section 4).  Every length is fixed by the number of
 * blocks and the mode, so that a length tells nothing more. */

enum {
    ENVELOPE_CAPSULE_LEN = 512, /* padded */
    ENVELOPE_CAPSULE_MAX = ENVELOPE_CAPSULE_LEN - 1,
    ENVELOPE_CONTENT_LEN = 2048, /* padded */
    ENVELOPE_CONTENT_MAX = ENVELOPE_CONTENT_LEN - 1,

    ENVELOPE_WRAP_LEN = 32 + CRYPT_CE_EXTRA, /* W1, W2: 104 */
    ENVELOPE_SLOT_LEN = 3 * 32 + ENVELOPE_WRAP_LEN, /* C0 || C1 || y || W1: 200 */
    ENVELOPE_CT_ID_LEN = ENVELOPE_CAPSULE_LEN + CRYPT_CE_EXTRA,
    ENVELOPE_CT_CT_LEN = ENVELOPE_CONTENT_LEN + CRYPT_CE_EXTRA,
    ENVELOPE_INNER_TAIL_LEN = ENVELOPE_WRAP_LEN + ENVELOPE_CT_ID_LEN + ENVELOPE_CT_CT_LEN,
    ENVELOPE_INNER_PLAIN_MAX = HEADER_SLOTS_MAX * ENVELOPE_SLOT_LEN + ENVELOPE_INNER_TAIL_LEN,

    ENVELOPE_GATE_PLAIN_LEN = RID_LEN + 3 * 32 + 2,
    ENVELOPE_GATE_LEN = ENVELOPE_GATE_PLAIN_LEN + CRYPT_BOX_EXTRA, /* 162 */
    ENVELOPE_DIRECT_PLAIN_LEN = 1 + RID_LEN + 3 * 32,
    ENVELOPE_DIRECT_LEN = ENVELOPE_DIRECT_PLAIN_LEN + CRYPT_BOX_EXTRA, /* 161, or 0 */
    ENVELOPE_INNER_MAX_LEN = ENVELOPE_INNER_PLAIN_MAX + CRYPT_BOX_EXTRA /* 7656 */
};

/* Length of 'inner' with so many blocks: 5256 or 7656; and of 'direct' in a release mode: 0 or
 * 161. */
size_t envelope_inner_len(uint8_t block_count);
size_t envelope_direct_len(uint8_t mode);

/* The secrets of one ctx's block: 1 to HEADER_SLOTS slots, all different, borrowed. */
struct envelope_block {
    struct escrow_ctx ctx;
    const struct slot_secret *slots;
    size_t count;
};

/* Which slot of the header holds which match key, so that the capsule can name the keys' types. */
struct envelope_layout {
    struct report_header header; /* complete */
    uint8_t slot_of[HEADER_BLOCKS_MAX][HEADER_SLOTS]; /* of blocks[b].slots[j]: 0-11 in its block */
};

/* First step: draws the rid and the unused slots and sorts.  'fields' gives everything of the
 * header but rid and blocks.  Blocks stand in ascending order of ctx.
 *
 * ERR_INVALID: no block or more than two, no slot or more than HEADER_SLOTS, a key twice, or a
 * field out of its bounds.
 * Threads: any. */
enum err envelope_lay_out(const struct report_header *fields, const struct envelope_block *blocks,
                          size_t block_count, struct envelope_layout *out) MUST_CHECK;

struct envelope_input {
    uint8_t sector; /* of the organisation, from the registry: the x of its shares */
    uint16_t domains; /* set of life domains, for the gate alone */
    struct bytes capsule; /* at most ENVELOPE_CAPSULE_MAX */
    struct bytes content; /* at most ENVELOPE_CONTENT_MAX */
    struct box_public gate_key; /* of the header's bucket */
    struct box_public team_key; /* of this quarter */
};

/* What is sent, but for tickets and signature.  Holds nothing secret. */
struct envelope {
    uint8_t header[HEADER_MAX_LEN];
    size_t header_len;
    uint8_t gate[ENVELOPE_GATE_LEN];
    uint8_t inner[ENVELOPE_INNER_MAX_LEN];
    size_t inner_len;
    uint8_t direct[ENVELOPE_DIRECT_LEN];
    size_t direct_len;
};

/* Second step, with the same blocks: encrypts under fresh keys.
 *
 * ERR_INVALID: sector 0, domains that may not be filed, another layout than these blocks', or a
 * weak public key.
 * ERR_TOO_BIG: capsule or content too long.
 *
 * Threads: any.  Time: about 1 ms.
 * Leaks: to the vault, through lengths: the number of blocks and the mode, as the header says. */
enum err envelope_seal(const struct envelope_layout *layout, const struct envelope_block *blocks,
                       const struct envelope_input *input, struct envelope *out) MUST_CHECK;

/* All random values of the second step but those inside sealed boxes. */
struct envelope_random {
    struct key32 k_id;
    struct key32 k_ct;
    struct key32 z1; /* the gate's halves */
    struct key32 z2;
    struct crypt_nonce w1[HEADER_SLOTS_MAX];
    struct crypt_nonce w2;
    struct crypt_nonce ct_id;
    struct crypt_nonce ct_ct;
    uint8_t unused[HEADER_SLOTS_MAX][ENVELOPE_SLOT_LEN]; /* content of unused slots */
};
WIPED_KIND(envelope_random)

/* What the three sealed boxes hold, before they are sealed. */
struct envelope_plain {
    uint8_t gate[ENVELOPE_GATE_PLAIN_LEN];
    uint8_t inner[ENVELOPE_INNER_PLAIN_MAX];
    size_t inner_len;
    uint8_t direct[ENVELOPE_DIRECT_PLAIN_LEN];
    size_t direct_len;
};
WIPED_KIND(envelope_plain)

/* For golden bytes: the parts of the two steps with given random values, which are never used
 * twice. 'fields' gives the rid too; 'unused' has an index value for each slot that may stay
 * unused, block by block. */
enum err envelope_lay_out_with(const struct report_header *fields,
                               const struct envelope_block *blocks, size_t block_count,
                               const struct hash32 unused[HEADER_SLOTS_MAX],
                               struct envelope_layout *out) MUST_CHECK;
enum err envelope_compose(const struct envelope_layout *layout, const struct envelope_block *blocks,
                          const struct envelope_input *input, const struct envelope_random *random,
                          struct envelope_plain *out) MUST_CHECK;

/* The wrapping keys: B(32; k_j; "sein1.w1"; z1 || rid) and B(32; K_id; "sein1.w2"; z2 || rid). */
void envelope_w1_key(const struct key32 *slot_key, const struct key32 *z1, const struct rid *rid,
                     struct key32 *out);
void envelope_w2_key(const struct key32 *k_id, const struct key32 *z2, const struct rid *rid,
                     struct key32 *out);

#endif
