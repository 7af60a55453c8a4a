/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef PROTO_ESCROW_CTX_H
#define PROTO_ESCROW_CTX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/bytes.h"
#include "base/err.h"

enum {
    CTX_LEN = 11,
    CTX_THRESHOLD = 2, /* t: the only threshold of version 1 */
    CTX_INPUT_ROOM = 8 + CTX_LEN + 512 /* enough for any OPRF input */
};

/* ctx: what every derived value of the protocol is bound to (docs/PROTOCOL.md section 2). */
struct escrow_ctx {
    uint16_t tenant; /* municipality code */
    uint16_t epoch; /* of the VOPRF key */
    uint8_t norm_version; /* of the normaliser */
    uint8_t threshold; /* CTX_THRESHOLD */
};

void ctx_write(const struct escrow_ctx *ctx, uint8_t out[CTX_LEN]);

/* ERR_MALFORMED: another protocol, or another threshold than CTX_THRESHOLD. */
enum err ctx_read(const uint8_t in[CTX_LEN], struct escrow_ctx *out) MUST_CHECK;

bool ctx_is_equal(const struct escrow_ctx *a, const struct escrow_ctx *b);

/* Writes the OPRF input of a match key (section 3.1): "sein1/in" || ctx || key.  'key' is
 * u16 type || sum of (u8 tag || u16 len || bytes), as the identity library builds it.  The caller
 * wipes 'out'.
 *
 * ERR_INVALID: an empty key.
 * ERR_TOO_BIG: more than CTX_INPUT_ROOM. */
enum err ctx_oprf_input(const struct escrow_ctx *ctx, struct bytes key, uint8_t out[CTX_INPUT_ROOM],
                        size_t *out_len) MUST_CHECK;

#endif
