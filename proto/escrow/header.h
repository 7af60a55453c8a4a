/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef PROTO_ESCROW_HEADER_H
#define PROTO_ESCROW_HEADER_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "proto/escrow/ctx.h"
#include "proto/escrow/types.h"

enum {
    HEADER_VERSION = 1,
    HEADER_BLOCKS_MAX = 2, /* one for each live ctx */
    HEADER_SLOTS = 12, /* of a block, used or not */
    HEADER_SLOTS_MAX = HEADER_BLOCKS_MAX * HEADER_SLOTS,
    HEADER_FIXED_LEN = 34,
    HEADER_BLOCK_LEN = CTX_LEN + HEADER_SLOTS * HASH32_LEN,
    HEADER_ONE_LEN = HEADER_FIXED_LEN + HEADER_BLOCK_LEN, /* 429 */
    HEADER_MAX_LEN = HEADER_FIXED_LEN + HEADER_BLOCKS_MAX * HEADER_BLOCK_LEN /* 824 */
};

struct header_block {
    struct escrow_ctx ctx;
    struct hash32 index[HEADER_SLOTS]; /* ascending, all different; unused ones random */
};

/* H of docs/PROTOCOL.md section 4, in order. */
struct report_header {
    uint32_t registry_version; /* from 1 */
    struct rid rid;
    uint32_t serial; /* of the organisation, from 1 */
    uint16_t bucket; /* month of expiry: clock_bucket() */
    uint8_t mode; /* enum release_mode */
    uint8_t band; /* enum severity_band */
    uint16_t legal_basis; /* enum legal_basis; which ones may be used is policy */
    uint16_t week; /* of observation: clock_week() */
    uint8_t block_count; /* 1 or 2: of one tenant, in ascending order of ctx, all different */
    struct header_block blocks[HEADER_BLOCKS_MAX];
};

/* Length of a header with so many blocks. */
size_t header_len(uint8_t block_count);

/* Writes H; '*out_len' is header_len(header->block_count).
 * ERR_INVALID: a field out of its bounds or slots out of order; 'out' is untouched. */
enum err header_write(const struct report_header *header, uint8_t out[HEADER_MAX_LEN],
                      size_t *out_len) MUST_CHECK;

/* Reads H strictly: what header_write would not have written is refused, so one report has one
 * form.
 * ERR_MALFORMED: another length or version, a field out of its bounds, slots out of order or
 * twice. */
enum err header_read(const void *data, size_t len, struct report_header *out) MUST_CHECK;

/* hh, to which everything in the report is bound.  Of bytes that header_read has accepted. */
void header_hash(const void *data, size_t len, struct hash32 *out);

/* The index value of slot 0 to 12 * block_count - 1, and the ctx of its block.  For a slot beyond:
 * NULL. */
const struct hash32 *header_slot(const struct report_header *header, unsigned int slot);
const struct escrow_ctx *header_slot_ctx(const struct report_header *header, unsigned int slot);

#endif
