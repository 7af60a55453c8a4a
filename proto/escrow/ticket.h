/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef PROTO_ESCROW_TICKET_H
#define PROTO_ESCROW_TICKET_H

#include "base/attr.h"
#include "base/err.h"
#include "base/secret.h"
#include "proto/escrow/ctx.h"
#include "proto/escrow/types.h"

enum {
    TICKET_RANDOM_LEN = 16,
    TICKET_LEN = 4 + CTX_LEN + 4 + TICKET_RANDOM_LEN + SIGNATURE_LEN, /* 99 */
    TICKET_MAX_AGE_DAYS = 7 /* for the vault; unused after 8 the officer is alarmed */
};

/* Proof that the pseudonym service evaluated one batch for this organisation; used once. */
struct ticket {
    uint32_t serial; /* of the organisation */
    struct escrow_ctx ctx;
    uint32_t day; /* since 1970 */
    uint8_t random[TICKET_RANDOM_LEN]; /* names the ticket */
};

/* Makes a ticket with a fresh random name and signs it.  'serial' is at least 1. */
void ticket_make(const struct key64 *secret, uint32_t serial, const struct escrow_ctx *ctx,
                 uint32_t day, uint8_t out[TICKET_LEN]);

/* Reads and verifies; age, use and organisation are the caller's to check.
 * ERR_MALFORMED: not a ticket.  ERR_AUTH: not signed by 'key'. */
enum err ticket_verify(const struct sign_public *key, const uint8_t in[TICKET_LEN],
                       struct ticket *out) MUST_CHECK;

/* Reads without verifying, to find the key of its day.
 * ERR_MALFORMED: not a ticket. */
enum err ticket_read(const uint8_t in[TICKET_LEN], struct ticket *out) MUST_CHECK;

#endif
